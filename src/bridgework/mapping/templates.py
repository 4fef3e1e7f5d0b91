"""A map of another practice as a template: columns of the same name go the same way, the rest is proposed."""

from __future__ import annotations

from bridgework.belgium.nomenclature_table import Table
from bridgework.mapping import told
from bridgework.mapping.completing import AnyTable, completed, with_files_attached
from bridgework.mapping.document import Line, MapDocument, Source
from bridgework.mapping.words import squash_header

_REASON = "as in the template"


def with_template(document: MapDocument, template: MapDocument, table: AnyTable = Table.builtin) -> MapDocument:
    """The proposed map with what the template says of columns of the same name; still to be accepted by a person.

    `table` gives the nomenclature's, where codes come to be judged.
    """
    sources = {
        name: _source(one, template.sources[name]) if name in template.sources else one
        for name, one in document.sources.items()
    }
    lists = {name: template.values.get(name, words) for name, words in document.values.items()}
    made = document.model_copy(
        update={
            "sources": sources,
            "values": lists,
            "formats": {**document.formats, **template.formats},
            "placeholders": tuple(dict.fromkeys((*document.placeholders, *template.placeholders))),
            "repairs": tuple(dict.fromkeys((*document.repairs, *template.repairs))),
        }
    )
    return completed(with_files_attached(made), template, table)


def _source(one: Source, template: Source) -> Source:
    if one.keep != template.keep or one.record != template.record:
        return one
    known = {squash_header(line.column): line for line in template.lines if line.column}
    lines = tuple(_line(line, known.get(squash_header(line.column or ""))) for line in one.lines)
    concepts = {line.concept for line in lines}
    targets = {line.target for line in (*lines, *one.derived)}
    derived = [
        line
        for line in template.derived
        if line.target not in targets and concepts.issuperset(_concepts(line, template))
    ]
    return one.model_copy(update={"lines": lines, "derived": (*one.derived, *derived)})


def _concepts(line: Line, template: Source) -> set[str]:
    """The concepts that a derived line takes; a column's own name counts as none."""
    known = {one.concept for one in template.lines}
    return {name for name in line.from_ if name in known} | ({""} if set(line.from_) - known else set())


def _line(line: Line, said: Line | None) -> Line:
    if said is None:
        return line
    ours = line.with_ if line.transform == said.transform else {}
    settings = {name: value for name, value in said.with_.items() if name not in told.OF_COLUMNS}
    settings |= {name: value for name, value in ours.items() if name in told.OF_COLUMNS}
    same = {"column": line.column, "confidence": 1.0, "reasons": (_REASON,), "next": (), "with_": settings}
    taken = said.model_copy(update=same)
    return taken.model_copy(update={"decision": "proposed"}) if said.loaded else taken
