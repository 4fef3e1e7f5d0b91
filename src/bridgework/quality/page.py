"""What can be found in a practice, as a page for people: `docs/what-is-found.md` is what this module makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bridgework.mapping.target import FINDINGS
from bridgework.practice import file_notes, judging, keeping
from bridgework.quality.registry import groups

_HEAD = """\
# What is found, and what does it mean?

This page is made from the register of checks (`src/bridgework/quality/checks.yaml`) and from the codes that reading and
mapping use; a test keeps them in step.

`bridgework audit DIR` reads the export, looks at every row once, and says what is wrong or worth knowing. A finding
has a code, how many records it is about, the object and the column, and one example: the file and line of a record,
and, where it helps, the shape of the cell (`99/99/9999`: 9 is a digit, x a letter). A finding never holds a value.

- **info** is good to know, and often normal: nothing needs to be done.
- **warn** is something that a person can and should do something about, best in DentAdmin and before the last export.
  It does not keep the migration from going on.
- **stop** keeps the migration from going on.

Nothing is changed by what is found: a doubtful value is loaded as it is, or kept in the import remarks of its record.
Records that look like one person are never merged. A check whose columns an export does not have is left out, and
`CHECK-LEFT-OUT` says so.

"""
_SET_ASIDE = """\
## Rows that were set aside when the files were read

These rows are in quarantine, with their file, line and bytes. They are not loaded; all others are. Correct the file or
how it is read (`bridgework.toml`), and run the audit again.

"""
_READ = """\
## How the files were read

Nothing is repaired in silence: each way of reading that was needed is counted, and the raw bytes are kept.

"""
_FILES = """\
## Whole files of the export

The finding's subject is the file. All of them are marked warn.

"""
_CELLS = """\
## Cells that did not fit when records were made

These come later, when the approved map makes records for Twenty (at the load, and before it in the mapping report). The
finding's subject is the cell. None of them blocks. By a map whose preset leaves out free text, such cells are counted
and not kept in the remarks.

"""


def what_is_found() -> str:
    """The page, as Markdown."""
    parts = [_HEAD]
    for title, checks in groups().items():
        rows = [
            (f"`{one.code}`", one.severity, one.what, one.means.strip(), _sentence(one.next_step)) for one in checks
        ]
        parts += [f"## {title}\n\n", *_table(("code", "", "the records", "what it means", "what to do"), rows), "\n"]
    files = [
        (f"`{code}`", what, step.replace("{file}", "patients.csv")) for code, (what, step) in file_notes.NOTES.items()
    ]
    parts += [_FILES, *_table(("code", "the file", "what to do"), files), "\n"]
    parts += [_SET_ASIDE, *_table(("code", "why"), _plain(_quarantined())), "\n"]
    notes = [
        (f"`{code}`", "info" if code in keeping.OF_NO_CONCERN else "warn", what, _sentence(step))
        for code, (what, step) in sorted(keeping.NOTES.items())
    ]
    parts += [_READ, *_table(("code", "", "what it means", "what to do"), notes), "\n"]
    parts += [_CELLS, *_table(("code", "the cell"), _plain(FINDINGS))]
    return "".join(parts)


def _quarantined() -> dict[str, str]:
    return {
        **judging.REASONS,
        judging.RAGGED: "the row has more or fewer cells than the header, so that no cell can be trusted",
        keeping.DUPLICATE_ROW: "the same row, byte for byte, is there already",
        keeping.DUPLICATE_KEY: "a row with the same number and other content is there already; the first is kept",
    }


def _plain(codes: Mapping[str, str]) -> list[tuple[str, ...]]:
    return [(f"`{code}`", text) for code, text in sorted(codes.items())]


def _sentence(text: str) -> str:
    return text or "nothing"


def _table(head: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |\n"
    yield f"|{'---|' * len(head)}\n"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n"
