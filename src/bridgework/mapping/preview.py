"""What a map makes of sample rows, line by line: how many cells it fills, how many are in doubt, and some examples.

The rows go through the real mapper, so that a preview is what the load will do. What a reader sees of the cells is the
caller's to say: `show` makes a text of a value, by its shape for one who may not see patients.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from bridgework.mapping import contact, standard
from bridgework.mapping.document import Line
from bridgework.mapping.records import Mapper, Row
from bridgework.mapping.target import FORMS, LoadStep, TargetRecord

Show = Callable[[Any], str]
ShowValue = Callable[[Any, Sequence[str]], str]
"""Makes a text of what a cell becomes, given the codes of what is to be said of it."""

Key = tuple[str, str]

EXAMPLES = 5
_BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Example:
    """One cell, what its field becomes, and the codes of what is to be said of it; both texts as `show` makes them."""

    source: str
    value: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """One line of a map on the rows: `looked_at` cells, of which `filled` hold text, and `failing` have a doubt.

    A doubt is a finding of the line's columns that is more than another form of the same (`target.FORMS`). `codes`
    counts all findings of these columns, other forms too, the most frequent first. Examples with doubts come first.
    """

    looked_at: int
    filled: int
    failing: int
    codes: Mapping[str, int]
    examples: tuple[Example, ...]


def preview(
    mapper: Mapper,
    source: str,
    line: Line,
    rows: Iterable[Row],
    *,
    show: Show,
    show_value: ShowValue | None = None,
    examples: int = EXAMPLES,
) -> Preview:
    """One line of a source object of the mapper's map, on rows of that object; values are shown as cells are, or so."""
    one = _Sight(mapper, source, line, examples)
    _look(mapper, source, [one], rows)
    return one.result(show, show_value or (lambda value, _: show(value)))


def preview_all(
    mapper: Mapper, rows_by_source: Mapping[str, Iterable[Row]], *, show: Show, examples: int = EXAMPLES
) -> dict[Key, Preview]:
    """Every line that is loaded, on rows of its source object; the rows are gone through once.

    The key is the source object with the line's column; with its target where it is a derived line.
    """
    found: dict[Key, Preview] = {}
    loaded = {step.source_object for step in mapper.steps()}
    for source, rows in rows_by_source.items():
        if source not in loaded:
            continue
        lines = {key_of(source, line): line for line in mapper.document.sources[source].all_lines()}
        sights = {key: _Sight(mapper, source, line, examples) for key, line in lines.items()}
        _look(mapper, source, list(sights.values()), rows)
        found |= {key: one.result(show, lambda value, _: show(value)) for key, one in sights.items()}
    return found


def key_of(source: str, line: Line) -> Key:
    """The key of a line in what `preview_all` gives."""
    return source, line.column or line.target or ""


def as_it_is(value: Any) -> str:
    """Shows a value itself, for a person who asked to see it."""
    if isinstance(value, Mapping):
        return " · ".join(text for one in value.values() if (text := as_it_is(one)))
    if isinstance(value, list | tuple):
        return ", ".join(map(as_it_is, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


@dataclass(slots=True)
class _Seen:
    """Rows with the same findings: how many, how many hold text, and some of the texts with what they become."""

    count: int = 0
    filled: int = 0
    some: dict[str, Any] = field(default_factory=dict)


class _Sight:
    """What is seen of one line while the rows go by."""

    def __init__(self, mapper: Mapper, source: str, line: Line, examples: int) -> None:
        """Look at this line, for so many examples."""
        owner = mapper.document.sources[source]
        names = (line.column,) if line.column is not None else line.from_
        self.columns = tuple(owner.column_of(name) or name for name in names)
        self.of_target = line.object in standard.TARGET_OBJECTS
        self._text, self._value = _text_reader(self.columns), _value_reader(line)
        self._examples = examples
        self._seen: dict[tuple[str, ...], _Seen] = {}

    def see(self, row: Row, record: TargetRecord | None, said: Mapping[str, Sequence[str]]) -> None:
        """Note a row, the record that holds the line's field, and the codes of the row's findings by column."""
        codes: tuple[str, ...] = ()
        if said:
            codes = tuple(dict.fromkeys(code for name in self.columns if name in said for code in said[name]))
        seen = self._seen.get(codes)
        if seen is None:
            seen = self._seen[codes] = _Seen()
        seen.count += 1
        text = self._text(row.values)
        if not text or text.isspace():
            return
        seen.filled += 1
        if len(seen.some) < self._examples and text not in seen.some:
            seen.some[text] = self._value(record.values) if record is not None else None

    def result(self, show: Show, show_value: ShowValue) -> Preview:
        """The preview of the rows so far."""
        codes: Counter[str] = Counter()
        for said, seen in self._seen.items():
            codes.update(dict.fromkeys(said, seen.count))
        return Preview(
            sum(seen.count for seen in self._seen.values()),
            sum(seen.filled for seen in self._seen.values()),
            sum(seen.count for said, seen in self._seen.items() if _is_doubtful(said)),
            dict(codes.most_common()),
            tuple(self._chosen(show, show_value)),
        )

    def _chosen(self, show: Show, show_value: ShowValue) -> list[Example]:
        """Different examples: one of each set of findings, doubts first and frequent ones first; then the next ones."""
        kinds = sorted(self._seen.items(), key=lambda one: (not _is_doubtful(one[0]), -one[1].count))
        turns = zip_longest(*([(codes, *pair) for pair in seen.some.items()] for codes, seen in kinds))
        every = (one for turn in turns for one in turn if one is not None)
        shown = dict.fromkeys(Example(show(text), show_value(value, codes), codes) for codes, text, value in every)
        return list(shown)[: self._examples]


def _look(mapper: Mapper, source: str, sights: Sequence[_Sight], rows: Iterable[Row]) -> None:
    steps = [step for step in mapper.steps() if step.source_object == source]
    records = [step for step in steps if step.role == "record"]
    targets = [step for step in steps if step.role == "target"] if any(one.of_target for one in sights) else []
    for row in rows:
        record, target = _built(mapper, records, row), _built(mapper, targets, row)
        said: dict[str, list[str]] = {}
        for finding in record.findings if record is not None else ():
            said.setdefault(finding.field, []).append(finding.code)
        for one in sights:
            one.see(row, target if one.of_target else record, said)


def _built(mapper: Mapper, steps: Sequence[LoadStep], row: Row) -> TargetRecord | None:
    """The row's record of whichever of these steps makes one: of two waves, one does."""
    return next((record for step in steps if (record := mapper.build(step, row)) is not None), None)


def _is_doubtful(codes: Iterable[str]) -> bool:
    return not FORMS.issuperset(codes)


def _text_reader(columns: Sequence[str]) -> Callable[[Mapping[str, str]], str]:
    if len(columns) == 1:
        name = columns[0]
        return lambda values: values.get(name, "")
    return lambda values: _BETWEEN.join(text for name in columns if (text := values.get(name, "").strip()))


def _value_reader(line: Line) -> Callable[[Mapping[str, Any]], Any]:
    """Reads the line's own part of the field from a record's values."""
    name = f"{line.field}Id" if line.transform in {"reference", "member"} else line.field
    part = contact.ADDRESS_FIELDS.get(line.part, "") if line.transform == "address" else line.part
    if not part or line.transform in {"date", "time"}:
        return lambda values: values.get(name)
    return lambda values: (values.get(name) or {}).get(part)
