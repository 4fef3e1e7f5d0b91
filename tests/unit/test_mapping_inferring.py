"""The type of a custom field is one that takes the cells of its column."""

from __future__ import annotations

import pytest

from bridgework.mapping.inferring import Inferred, inferred
from bridgework.mapping.preview import preview
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.records import Mapper
from bridgework.practice.profiles import Profiler
from tests.unit.mapping_samples import Row, context

KINDS = [
    ("Budget", ["€ 22,50", "€ 1.234,50", "€ 7"], "money"),
    ("Budget", ["22,50 €", "7", "8"], "money"),
    ("Budget", ["EUR 22,50", "EUR 7,00", "1.234,50 EUR"], "money"),
    ("Budget", ["22,50", "1.234,50", "0", "7,25-"], "money"),
    ("Budget", ["22.50", "1234.50", "7.25"], "money"),
    ("Omzet", ["1.500", "2.750", "12.000"], "number"),
    ("Omzet", ["1.234,5", "12", "7,25"], "number"),
    ("Gewicht", ["72,5", "64,25", "80"], "number"),
    ("Korting (%)", ["10,00", "12,50", "5,00"], "number"),
    ("Lengte (cm)", ["10,00", "12,50", "5,00"], "number"),
    ("BTW", ["21,00", "6,00", "6,00"], "number"),
    ("Nummer", ["12", "7", "150"], "number"),
    ("Ingang", ["12/03/85", "30/07/85", "01/02/99"], "date"),
    ("Ingang", ["2019-05-06 00:00:00.000", "2020-05-06 00:00:00.000"], "date"),
    ("Ingang", ["2019-05-06 07:30:00.000", "2020-05-06 00:00:00.000"], "moment"),
    ("Ingang", ["2019-05-06T07:30:00+02:00", "2020-05-06T08:00:00Z"], "moment"),
    ("Ingang", ["12/31/2019", "01/13/2019", "01/02/2019"], "text"),
    ("Opmerking", ["EUR 22,50", "gratis", "nog te zien"], "text"),
    ("Leeg", ["", ""], "empty"),
    ("Akkoord", ["J", "N", "J"], "boolean"),
]


@pytest.mark.parametrize(("header", "cells", "kind"), KINDS)
def test_the_type_of_an_unmapped_column_takes_every_cell_of_it(header: str, cells: list[str], kind: Inferred) -> None:
    profiler = Profiler()
    profiler.add([header], [[cell] for cell in cells])
    (profile,) = profiler.profiles("patient")
    assert inferred(header, profile.as_json(), cells) == kind
    columns = [ProfiledColumn("Patiëntnr"), ProfiledColumn("Naam"), ProfiledColumn(f"Zzz {header}", kind, 1, cells)]
    document = propose([ProfiledFile("p.csv", "patient", columns)])
    line = document.sources["patient"].lines[2]
    if kind in {"empty", "text"}:
        return
    rows = [Row("patient", at, str(at), {"Patiëntnr": str(at), f"Zzz {header}": cell}) for at, cell in enumerate(cells)]
    found = preview(Mapper(document, context()), "patient", line, rows, show=str)
    assert found.filled == len(cells)
    assert not {one for one in found.codes if one.startswith("NOT-")}
