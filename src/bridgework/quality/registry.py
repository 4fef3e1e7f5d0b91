"""The register of checks, as data: `checks.yaml` read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from bridgework import yaml_text
from bridgework.store.notes import Severity


class Check(BaseModel):
    """One thing that can be wrong, or worth knowing.

    `needs` are concepts (`patient.insz`) without which it cannot be made; `a|b` is satisfied by either. `what` is the
    sentence of the finding, of which the records are the subject; `means` says why it matters; `next_step` what to do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    severity: Severity
    needs: tuple[str, ...] = ()
    what: str
    means: str
    next_step: str

    @property
    def blocks(self) -> bool:
        """Whether it keeps the migration from going on."""
        return self.severity == "stop"


class _Register(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: dict[str, tuple[Check, ...]]


@cache
def groups() -> dict[str, tuple[Check, ...]]:
    """All checks by what they are about, in the order of the page."""
    text = files("bridgework.quality").joinpath("checks.yaml").read_text(encoding="utf-8")
    content, _ = yaml_text.read(text, "checks.yaml")
    return _Register.model_validate({"groups": content}).groups


@cache
def checks() -> dict[str, Check]:
    """All checks by code."""
    return {one.code: one for group in groups().values() for one in group}
