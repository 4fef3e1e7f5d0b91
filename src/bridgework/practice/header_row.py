"""Is the first row of a table its header? Judged column by column against the rows below, not by single odd cells.

A text above numbers or dates speaks for a header, and more so if it is a word that headers have; a number above
numbers, a mail address above mail addresses, or a text that stands again further down speaks for data. So a name that
is there twice, or a column called 2024, does not decide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bridgework.practice.source_file import HeaderIs

Knows = Callable[[str], bool]
"""Whether a cell is a word that headers have."""

Kind = Literal["number", "date", "mail", "mixed", "text"]

_DATE = re.compile(
    r"\d{1,4}([./-])\d{1,2}\1\d{1,4}(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?"
    r"|(?:19|20)\d\d[./-]\d\d?|\d\d?[./-](?:19|20)\d\d"  # a month
)
_NUMBER = re.compile(r"[\d\s.,:/€+-]*\d[\d\s.,:/€%+-]*")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")

_MOSTLY = 0.8  # of the filled cells below: a few blemishes do not make another column
_FEW, _ENOUGH = 0.34, 4  # different texts among the filled cells: a column of choices
_SERIES = 4  # whole numbers beside each other, each one more or less than the one before: teeth, months
_NAMED, _CONTRAST, _LIGHT, _SAME = 3, 2, 1, 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the row is a header, why (in words without any cell), whether that is sure, and said by a person."""

    is_header: bool
    why: str
    sure: bool = True
    said: bool = False

    @property
    def called(self) -> HeaderIs:
        """The verdict as a source file has it."""
        if self.said:
            return "said"
        return ("there" if self.is_header else "missing") if self.sure else "doubtful"


def judge(row: Sequence[str], below: Sequence[Sequence[str]], knows: Knows) -> Verdict:
    """Whether a first row names the columns of the rows below it, or is one of them."""
    cells = [cell.strip() for cell in row]
    others = [some for some in ([cell.strip() for cell in one] for one in below) if any(some)]
    different = [one for one in others if one != cells]
    filled = [cell for cell in cells if cell]
    known = sum(map(knows, filled))
    if not different:
        return _alone(filled, known, repeated=bool(others))
    pros, cons = _points(cells, different, knows)
    if not pros and not cons:
        return _texts(cells, filled, others)
    told = f"{known} of its {len(filled)} cells are known words; {pros} points for a header, {cons} for data"
    is_header = pros > cons or (pros == cons and known * 3 >= len(filled))
    what = "names columns" if is_header else "holds data"
    return Verdict(is_header, f"the first row {what}: {told}", sure=2 * min(pros, cons) < max(pros, cons))


def _alone(filled: Sequence[str], known: int, *, repeated: bool) -> Verdict:
    """A row with none below that differs from it."""
    data = sum(_kind(cell) != "text" for cell in filled)
    if known * 3 >= len(filled) and known > data:
        told = f"{known} of its {len(filled)} cells are known words, and no row is below it"
        return Verdict(is_header=True, why=f"the first row names columns: {told}", sure=not repeated)
    is_header = not data and not repeated
    told = "and no other row is below it"
    what = f"names columns: none of its cells is a number, {told}" if is_header else f"holds data, {told}"
    return Verdict(is_header, f"the first row {what}", sure=data > known)


def _texts(cells: Sequence[str], filled: Sequence[str], below: Sequence[Sequence[str]]) -> Verdict:
    """A row of texts above texts, none of them a known word: nothing tells but the row itself."""
    once = len(set(filled)) == len(filled) and cells not in below
    is_header = once and len(filled) * 2 >= len(cells)
    why = "names columns: all its cells are different texts" if is_header else "holds data: cells are empty or repeated"
    return Verdict(is_header, f"the first row {why}", sure=False)


# --- what each column says -------------------------------------------------------------------------------------------


def _points(cells: Sequence[str], below: Sequence[Sequence[str]], knows: Knows) -> tuple[int, int]:
    """How much speaks for a header, and how much for data."""
    counted = _is_series(cells)
    pros = cons = 0
    for place, cell in enumerate(cells):
        under = [row[place] for row in below if place < len(row) and row[place]]
        if not cell or not under:
            pros += bool(cell) and knows(cell)
            continue
        one = _column(cell, under, named=knows(cell), counted=counted)
        pros, cons = pros + max(one, 0), cons + max(-one, 0)
    return pros, cons


def _column(cell: str, under: Sequence[str], *, named: bool, counted: bool) -> int:
    """Points of one column: above 0 for a header, below 0 for data; `under` are the filled cells below."""
    kind, usual = _kind(cell), _usual(under)
    if kind in {"text", "mixed"} and cell.casefold() in {one.casefold() for one in under}:
        return -_SAME
    if kind == "text":
        return _of_text(under, usual, named=named)
    if kind == usual:
        is_name = kind == "number" and (counted or (_YEAR.fullmatch(cell) and not _are_years(under)))
        return int(named) if is_name or (named and kind == "mixed") else -_LIGHT if kind == "mixed" else -_SAME
    plain = usual is not None and usual != "mixed" and kind != "mixed"
    return _LIGHT + int(named) if plain or (kind == "mixed" and usual in {"number", "date", "mail"}) else int(named)


def _of_text(under: Sequence[str], usual: Kind | None, *, named: bool) -> int:
    if usual in {"number", "date", "mail"}:
        return _NAMED if named else _CONTRAST
    few = len(under) >= _ENOUGH and len({one.casefold() for one in under}) <= len(under) * _FEW
    return int(named) + (_LIGHT if usual == "mixed" or few else 0)


def _kind(cell: str) -> Kind:
    if _DATE.fullmatch(cell):
        return "date"
    if _NUMBER.fullmatch(cell):
        return "number"
    if _MAIL.fullmatch(cell):
        return "mail"
    return "mixed" if _DIGIT.search(cell) else "text"


def _usual(cells: Sequence[str]) -> Kind | None:
    """What most cells of a column are; None where no kind is that of most."""
    kind, times = Counter(map(_kind, cells)).most_common(1)[0]
    return kind if times >= len(cells) * _MOSTLY else None


def _are_years(cells: Sequence[str]) -> bool:
    return sum(bool(_YEAR.fullmatch(cell)) for cell in cells) * 2 >= len(cells)


def _is_series(cells: Sequence[str]) -> bool:
    """Whether the whole numbers of a row are a series, as columns are counted: 18 17 16, 1 2 3, 2023 2024."""
    numbers = [int(cell) for cell in cells if cell.isascii() and cell.isdigit() and len(cell) <= len("2024")]
    steps = [abs(after - before) == 1 for before, after in pairwise(numbers)]
    return len(numbers) >= _SERIES and sum(steps) >= len(steps) * _MOSTLY
