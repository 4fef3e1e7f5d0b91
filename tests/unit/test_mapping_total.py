"""A map that has no problem makes a record of every row, whatever stands in the cells: the mapper never raises."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.field_types import options_of, type_of
from bridgework.mapping.records import Mapper
from bridgework.mapping.transforms import TRANSFORMS
from bridgework.twins.dentadmin.export_format import Language
from tests.unit.mapping_samples import LANGUAGES, Row, context, map_of

CELLS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *(
                "",
                "-",
                "0475/12.34.56 mama",
                "a@b.be, c@d.be",
                "12,50 EUR",
                "31/12/1999",
                "29/02/24",
                "44927",
                "1u30",
                "ja",
            ),
            *(
                "85073003328",
                "301593",
                "11, 12",
                "UR8",
                "Maes Jan",
                "Lindelaan 3 bus 2, 3500 Hasselt",
                "rx.png",
                "Gepland",
            ),
            *("2019-03-31 02:30:00", "131 - CM", "1", "12-34-56789", "\x00\ud800", "x" * 30_000, "01.01.0001"),
        ]
    ),
)
NAMES = [
    *(
        "birthDate",
        "sex",
        "name",
        "createdAt",
        "treatedOn",
        "nosuch",
        "jobTitle",
        "phoneRemarks",
        "emails",
        "dueAt",
        "id",
    ),
    *("patient", "provider", "insurer", "treatment", "date", "time", "moment", "language", "country", "targetPerson"),
    *("targetNote", "patient.number", "provider.email", "OTHER", "FDI", "insz", "riziv", "maybe", "serial", "HH:MM"),
]
VALUES = st.one_of(
    st.sampled_from(NAMES),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(),
    st.none(),
    st.lists(st.sampled_from(NAMES), max_size=2),
)
SETTINGS = sorted({name for one in TRANSFORMS.values() for name in one.settings.model_fields})


def changed(draw: Any, document: MapDocument) -> MapDocument:
    """The map with one thing of a line changed: a setting, its transform, target or cells, or whether it loads."""
    name = draw(st.sampled_from(list(document.sources)))
    source = document.sources[name]
    place = draw(st.sampled_from(["lines", "derived"] if source.derived else ["lines"]))
    lines: list[Line] = list(getattr(source, place))
    number = draw(st.integers(0, len(lines) - 1))
    line = lines[number].model_dump(by_alias=True)
    match draw(st.sampled_from(["with", "with", "with", "transform", "target", "from", "decision"])):
        case "with":
            known = list(TRANSFORMS[line["transform"]].settings.model_fields) if line["transform"] in TRANSFORMS else []
            line["with"] = {**line["with"], draw(st.sampled_from(known or SETTINGS)): draw(VALUES)}
        case "transform":
            line |= {"transform": draw(st.sampled_from(list(TRANSFORMS))), "type": None}
            if draw(st.booleans()):
                line["with"] = {}
        case "target":
            others = [one.target for other in document.sources.values() for one in (*other.lines, *other.derived)]
            fields = [f"{source.record}.{one}" for one in NAMES]
            line |= {"target": draw(st.sampled_from([*others, *fields, *document_targets(document)])), "type": None}
        case "from":
            line["from"] = draw(st.lists(st.sampled_from([one.column or "" for one in source.lines]), max_size=2))
        case _:
            line |= {"decision": draw(st.sampled_from(["load", "leave-out"])), "why": "not needed"}
    lines[number] = Line.model_validate(line)
    new = source.model_copy(update={place: tuple(lines)})
    return document.model_copy(update={"sources": {**document.sources, name: new}})


def document_targets(document: MapDocument) -> list[str]:
    return [f"{name}.{field.name}" for name, one in document.objects.items() for field in one.fields]


@settings(max_examples=100)
@given(st.sampled_from(LANGUAGES), st.data())
def test_no_map_without_problems_and_no_cells_make_the_mapper_raise(language: Language, data: Any) -> None:
    document = map_of(language)
    try:
        for _ in range(data.draw(st.integers(0, 3))):
            document = changed(data.draw, document)
    except ValidationError:
        assume(False)
    assume(not document.problems())
    mapper = Mapper(document, context())
    name = data.draw(st.sampled_from(list(document.sources)))
    columns = [line.column or "" for line in document.sources[name].lines]
    cells = dict(zip(columns, data.draw(st.lists(CELLS, min_size=len(columns), max_size=len(columns))), strict=True))
    row = Row(name, 1, data.draw(CELLS), cells)
    for step in mapper.steps():
        if step.source_object == name and (record := mapper.build(step, row)) is not None:
            check(document, record.object, record.values)


def check(document: MapDocument, object_: str, values: dict[str, Any]) -> None:
    """Each value is of its field's type; a SELECT holds one of its options."""
    for field, value in values.items():
        match type_of(document, object_, field) if object_ in document.objects else None:
            case "SELECT":
                assert value in options_of(document, object_, field)
            case "BOOLEAN":
                assert isinstance(value, bool)
            case "TEXT" | "DATE" | "DATE_TIME":
                assert isinstance(value, str)
            case "NUMBER":
                assert isinstance(value, int | float)
                assert abs(value) <= 2**53
            case "RELATION":
                raise AssertionError(f"{field}: a link is written as its id")
