"""The DentAdmin twin: an invented practice as the desktop application's export would be, and an API that serves it."""

from .faults import Fault, Faults
from .generator import PracticeSummary, generate_practice, provider_emails
from .server import DentAdminTwin
from .styles import STYLES, Style

__all__ = [
    "STYLES",
    "DentAdminTwin",
    "Fault",
    "Faults",
    "PracticeSummary",
    "Style",
    "generate_practice",
    "provider_emails",
]
