"""A faithful stand-in for Twenty 2.19: the same API, rules, refusals and traps, in one process."""

from bridgework.twins.twenty.faults import Fault, Faults
from bridgework.twins.twenty.members import Member
from bridgework.twins.twenty.server import TwentyTwin

__all__ = ["Fault", "Faults", "Member", "TwentyTwin"]
