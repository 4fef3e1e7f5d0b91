"""The rows that belong to some patients, and those that they link to: a sample that is whole in itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from bridgework.mapping.document import MapDocument
from bridgework.mapping.records import Mapper
from bridgework.practice.rows import SourceRecord, StagedRows
from bridgework.stages.sampling.traits import PATIENT

_AT_ONCE = 500
Links = dict[str, list[tuple[str, str, bool]]]  # by object: column, the object that it names, whether it must be there


def rows_of_patients(
    document: MapDocument, mapper: Mapper, rows: StagedRows, patients: Collection[str]
) -> dict[str, list[int]]:
    """The row numbers, by source object: of these patients, all that hangs on them, and all that these link to."""
    links = _links(document)
    keys: dict[str, set[str]] = defaultdict(set, {PATIENT: set(patients)})
    numbers: dict[str, set[int]] = defaultdict(set)
    for some in _chunks(iter(rows.get_many(PATIENT, patients))):
        numbers[PATIENT].update(row.row_no for row in some)
    for name in _in_order(links):
        for row in rows.iterate(name):
            if _belongs(row, links[name], keys):
                numbers[name].add(row.row_no)
                keys[name].add(row.key)
    _linked(mapper, rows, numbers)
    return {name: sorted(found) for name, found in numbers.items() if found}


def _links(document: MapDocument) -> Links:
    found: Links = {}
    for name, source in document.sources.items():
        if source.record and source.keep is None:
            found[name] = [
                (line.column, str(line.with_["object"]), bool(line.with_.get("required")))
                for line in source.all_lines()
                if line.transform == "reference" and line.column
            ]
    return found


def _in_order(links: Links) -> list[str]:
    """The objects that hang on patients, each after those that it hangs on."""
    ordered = [PATIENT]
    while True:
        more = [
            name
            for name, those in links.items()
            if name not in ordered and any(to in ordered for _, to, _ in _deciding(those, set(links)))
        ]
        ready = [name for name in more if not any(to in more for _, to, _ in _deciding(links[name], set(links)))]
        if not more:
            return ordered[1:]
        ordered += ready or more[:1]


def _deciding(those: list[tuple[str, str, bool]], known: Collection[str]) -> list[tuple[str, str, bool]]:
    """The links that say where a record belongs: those that must be there, or all where none must."""
    must = [one for one in those if one[2]]
    return [one for one in (must or those) if one[1] in known]


def _belongs(row: SourceRecord, those: list[tuple[str, str, bool]], keys: Mapping[str, set[str]]) -> bool:
    deciding = [one for one in _deciding(those, keys.keys()) if row.values.get(one[0], "").strip()]
    if not deciding:
        return False
    hits = [row.values[column].strip() in keys[to] for column, to, _ in deciding]
    return all(hits) if deciding[0][2] else any(hits)


def _linked(mapper: Mapper, rows: StagedRows, numbers: dict[str, set[int]]) -> None:
    """Add what the rows link to, until nothing is added: providers, insurers, referrers, heads of families, payers."""
    waiting = {name: set(found) for name, found in numbers.items()}
    while waiting:
        wanted: dict[str, set[str]] = defaultdict(set)
        for name, found in waiting.items():
            steps = [one for one in mapper.steps() if one.source_object == name]
            for some in _chunks(iter(rows.by_row_nos(name, sorted(found)))):
                for row in some:
                    for step in steps:
                        record = mapper.build(step, row)
                        for ref in record.references if record else ():
                            wanted[ref.source_object].add(ref.source_key)
        waiting = {}
        for name, keys in wanted.items():
            new = {row.row_no for row in rows.get_many(name, sorted(keys))} - numbers[name]
            if new:
                numbers[name] |= new
                waiting[name] = new


def _chunks(records: Iterator[SourceRecord]) -> Iterator[list[SourceRecord]]:
    while some := list(islice(records, _AT_ONCE)):
        yield some
