"""The people who work in the workspace. The API cannot make them: they are there, or they are invited."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """A workspace member."""

    name_first: str
    name_last: str
    email: str
