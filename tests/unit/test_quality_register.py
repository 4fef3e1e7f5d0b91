"""The register of checks: whole, in step with the code that finds and with the page that explains."""

from __future__ import annotations

import re
from pathlib import Path

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.target import FINDINGS
from bridgework.practice import file_notes, judging, keeping
from bridgework.quality import registry
from bridgework.quality.columns import Columns
from bridgework.quality.page import what_is_found

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "bridgework" / "quality").glob("*.py"))

# Codes that the code puts together from parts.
MADE = {
    *("INSZ-AND-BIRTH-DATE", "INSZ-AND-SEX"),
    *("SHARES-BY-CENTS", "SHARES-NOT-TOTAL", "FEE-BY-CENTS", "FEE-NOT-TOTAL"),
    *(f"NO-SUCH-{name}" for name in ("PATIENT", "PROVIDER", "REFERRER", "INSURER", "INVOICE", "TREATMENT")),
    "NO-SUCH-APPOINTMENT",
}
# Codes of the clock in `mapping.moments`, which the code turns into its own.
NOT_OURS = {"CLOCK-GAP", "CLOCK-OVERLAP"}


def said_in_the_code() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    return set(re.findall(r'"([A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+|OVERLAP|STUB|TWINS)"', text)) - NOT_OURS


def test_every_code_of_the_checks_is_registered_and_every_registered_code_is_used() -> None:
    assert said_in_the_code() | MADE == set(registry.checks())


def test_every_code_is_registered_once_and_is_no_code_of_the_mapping() -> None:
    every = [one.code for group in registry.groups().values() for one in group]
    assert len(every) == len(set(every))
    assert not set(every) & set(FINDINGS)


def test_what_a_check_needs_is_a_concept_of_the_built_in_map() -> None:
    known = {line.concept for kind in builtin().sources.values() for line in kind.lines} | {"documents"}
    for check in registry.checks().values():
        for need in check.needs:
            assert set(need.split("|")) <= known, check.code


def test_every_link_of_the_built_in_map_has_a_code_for_a_record_that_is_not_there() -> None:
    columns = [
        Columns(name, {line.concept: line.concept for line in kind.lines}) for name, kind in builtin().sources.items()
    ]
    others = {other for one in columns for _, _, other in one.links()}
    assert {f"NO-SUCH-{other.upper()}" for other in others} <= set(registry.checks())


def test_every_warning_says_what_to_do() -> None:
    idle = [one.code for one in registry.checks().values() if one.severity != "info" and not one.next_step]
    assert idle == []


def test_only_a_stop_blocks() -> None:
    assert {one.code for one in registry.checks().values() if one.blocks} == {"LINKS-BROKEN"}


def test_the_page_of_what_is_found_is_in_step() -> None:
    """To make it again: python -c "import bridgework.quality.page as p; print(p.what_is_found(), end='')" > PAGE."""
    page = ROOT / "docs" / "what-is-found.md"
    assert page.read_text(encoding="utf-8") == what_is_found()


def test_the_page_has_every_code_of_reading_and_of_mapping_too() -> None:
    page = what_is_found()
    for code in {*registry.checks(), *FINDINGS, *judging.REASONS, *keeping.NOTES, *file_notes.NOTES}:
        assert f"| `{code}` |" in page
