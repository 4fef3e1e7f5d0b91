"""Counts the cells of one column: how many are filled, how long, of what kind and pattern, how many are different.

Works on some hundred cells at a time, since what is done once for a whole column of them costs a tenth.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Self

Counts = dict[str, Any]

MOST_DISTINCT = 1000
_MOST_PATTERNS = 100
_PATTERN_LENGTH = 40
_FEW = 24
_CODEC = "cp1252"
_BETWEEN = "\0"

_YES_NO = frozenset(
    "j n ja nee neen o oui non y yes no x true false waar onwaar vrai faux".split()  # noqa: SIM905 - reads as words
)
_SEPARATORS = frozenset("/-.")
_LONGEST_INTEGER = 15  # digits; no double keeps more
# Of dates those that the formats of the built-in map read, by their shapes: an A stands for T, and for Z.
_DATE = re.compile(
    r"(9{1,2})([/.-])(9{1,2})\2(9{4}|99)(?:[ A](99?:99(?::99(?:\.9{1,9})?)?))?"
    r"|9999-99-99(?:[ A]99?:99(?::99(?:\.9{1,9})?)?(?:A| ?[+-]99(?::?99)?)?)?"
)
_DECIMAL = re.compile(
    r"(?:€ ?)?[+-]?(?:9{1,3}(?:\.999)+|9+)?[.,]9+-?(?: ?€)?|(?:€ ?)[+-]?9+-?|[+-]?9+(?:-| ?€)|[+-]?9{1,3}(?:\.999)+-?"
)
_RUNS = re.compile(r"A[Aa]+|a+|9{19,}")


def _class_of(byte: int) -> int:
    sign = bytes([byte]).decode(_CODEC, "replace")
    if sign in "0123456789":
        return ord("9")
    if sign.isalpha():
        return ord("A") if sign.isupper() else ord("a")
    return byte


_CLASSES = bytes(map(_class_of, range(256)))


class Column:
    """The counts of one column."""

    __slots__ = ("_digests", "_patterns", "_seen", "filled", "first_year", "kinds", "last_year", "longest", "rows")

    def __init__(self) -> None:
        """Begin with no cells."""
        self.rows = self.filled = self.longest = self.first_year = self.last_year = 0
        self.kinds: Counter[str] = Counter()
        self._patterns: Counter[str] = Counter()
        self._digests: set[str] | None = set()
        self._seen: set[str] = set()

    @classmethod
    def resume(cls, counts: Counts) -> Self:
        """Go on from a kept state."""
        made = cls()
        made.rows, made.filled, made.longest = counts["rows"], counts["filled"], counts["longest"]
        made.first_year, made.last_year = counts["years"]
        made.kinds, made._patterns = Counter(counts["kinds"]), Counter(counts["patterns"])
        made._digests = None if counts["digests"] is None else set(counts["digests"])
        return made

    def state(self) -> Counts:
        """What to keep. Rare patterns are let go here, so that a resumed count is the same as one that went on."""
        self._patterns = Counter(dict(self.commonest(_MOST_PATTERNS)))
        return {
            "rows": self.rows,
            "filled": self.filled,
            "longest": self.longest,
            "years": [self.first_year, self.last_year],
            "kinds": dict(self.kinds),
            "patterns": dict(self._patterns),
            "digests": None if self._digests is None else sorted(self._digests),
        }

    def merge(self, other: Column) -> None:
        """Add what another column counted."""
        self.rows += other.rows
        self.filled += other.filled
        self.longest = max(self.longest, other.longest)
        self.kinds.update(other.kinds)
        self._patterns.update(other._patterns)
        self._add_years([other.first_year, other.last_year])
        both = None if self._digests is None or other._digests is None else self._digests | other._digests
        self._digests = None if both is None or len(both) > MOST_DISTINCT else both

    @property
    def capped(self) -> bool:
        """Whether there are more different values than were counted."""
        return self._digests is None

    @property
    def distinct(self) -> int:
        """How many different values there are, or the most that are counted."""
        return MOST_DISTINCT if self._digests is None else len(self._digests)

    def commonest(self, most: int) -> list[tuple[str, int]]:
        """The most frequent patterns and their counts."""
        return sorted(self._patterns.items(), key=lambda one: (-one[1], one[0]))[:most]

    def add(self, values: Sequence[str]) -> None:
        """Count cells."""
        self.rows += len(values)
        counts = Counter(values)
        counts.pop("", 0)
        if not counts:
            return
        self.longest = max(self.longest, *map(len, counts))
        if self._digests is not None:
            self._add_distinct(counts)
        if len(counts) <= _FEW:
            self._add_few(counts)
        else:
            self._add_many(values)

    def _add_distinct(self, values: Iterable[str]) -> None:
        digests = self._digests or set()
        new = [value for value in values if value not in self._seen]
        digests.update(
            hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() for value in new
        )
        self._seen.update(new)
        self._digests = digests
        if len(digests) > MOST_DISTINCT:
            self._digests = None
            self._seen.clear()

    def _add_few(self, counts: Counter[str]) -> None:
        """Cells of few different values: each value is looked at."""
        for value, times in counts.items():
            kind, pattern, year = _few(value)
            self._count(kind, pattern, times)
            self._add_years([year] if year else [])

    def _add_many(self, values: Sequence[str]) -> None:
        """Cells of many different values: their shapes are, since they have fewer."""
        joined = _BETWEEN.join(values).encode(_CODEC, "replace").translate(_CLASSES)
        kinds: Counter[str] = Counter()
        for shape, times in Counter(joined.split(b"\0")).items():
            kind, pattern = _shape(shape)
            self._count(kind, pattern, times)
            kinds[kind] += times
        if kinds["integer"]:
            self._recount(values)
        if any(kind.startswith("date ") for kind in kinds):
            # Most dates begin with the day: their years are few, and found without looking at each date.
            ends = {value[5:10] for value in values if value[2:3] in _SEPARATORS}
            starts = {value[:5] for value in values if value[4:5] == "-"}
            self._add_years(map(_year, [f"00/00{end}" for end in ends] + list(starts)))

    def _count(self, kind: str, pattern: str, times: int) -> None:
        if kind:
            self.filled += times
            self.kinds[kind] += times
            self._patterns[pattern] += times

    def _recount(self, values: Sequence[str]) -> None:
        """Digits whose shape does not show that they are no number."""
        codes = sum(
            1 for value in values if value[:1] == "0" and value.isdigit() and 1 < len(value) <= _LONGEST_INTEGER
        )
        dates = sum(1 for value in values if len(value) == 8 and _is_compact_date(value))
        self.kinds["integer"] -= codes + dates
        for kind, number in (("code", codes), ("date yyyymmdd", dates)):
            if number:
                self.kinds[kind] += number

    def _add_years(self, years: Iterable[int]) -> None:
        known = [year for year in years if year]
        if known:
            self.first_year = min([*known, self.first_year] if self.first_year else known)
            self.last_year = max(*known, self.last_year)


@lru_cache(maxsize=1 << 14)
def _few(value: str) -> tuple[str, str, int]:
    """Kind, pattern and year of a value."""
    kind, pattern = _shape(value.encode(_CODEC, "replace").translate(_CLASSES))
    bare = value.strip()
    if bare.casefold() in _YES_NO:
        kind = "boolean"
    elif bare in {"0", "1", "-1"}:
        kind = "zero" if bare == "0" else "one"
    elif kind == "integer" and _is_compact_date(bare):
        kind = "date yyyymmdd"
    elif kind == "integer" and bare[0] == "0":
        kind = "code"
    return kind, pattern, _year(bare) if kind.startswith("date ") else 0


@lru_cache(maxsize=1 << 14)
def _shape(shape: bytes) -> tuple[str, str]:
    """Kind ("" for blanks) and pattern of a value's shape: its signs by class."""
    text = shape.decode(_CODEC, "replace")
    pattern = _RUNS.sub(_run, text[: 2 * _PATTERN_LENGTH])
    if len(pattern) > _PATTERN_LENGTH or len(text) > 2 * _PATTERN_LENGTH:
        pattern = pattern[:_PATTERN_LENGTH] + "…"
    return _kind(text.strip()), pattern


def _run(match: re.Match[str]) -> str:
    run = match[0]
    if run[0] == "9":
        return "9…"
    return run[0] if len(run) == 1 or run[0] == run[-1] else "Aa"


def _kind(shape: str) -> str:
    if not shape:
        return ""
    if shape.strip("9") in {"", "-", "+"} and shape[-1] == "9":
        return "integer" if shape.count("9") <= _LONGEST_INTEGER else "code"
    if match := _DATE.fullmatch(shape):
        if match[2] is None:
            return "date yyyy-mm-dd" + (" hh:mm" if ":" in shape else "")
        sep, year = match[2], "y" * len(match[4])
        return f"date dd{sep}mm{sep}{year}" + (" hh:mm" if match[5] else "")
    if shape in {"99:99", "9:99", "99:99:99"}:
        return "time"
    return "decimal" if _DECIMAL.fullmatch(shape) else "text"


def _is_compact_date(digits: str) -> bool:
    """Whether eight digits are a year, a month and a day."""
    return (
        len(digits) == 8
        and digits.isdigit()
        and digits[:2] in {"19", "20"}
        and "01" <= digits[4:6] <= "12"
        and "01" <= digits[6:] <= "31"
    )


def _year(value: str) -> int:
    """The year of a value in one of the forms of date with four digits for it; 0 where it has none."""
    year = value[6:10] if value[2:3] in _SEPARATORS else value[:4] if value[4:5] == "-" else ""
    return int(year) if len(year) == 4 and year.isdigit() and year.isascii() else 0
