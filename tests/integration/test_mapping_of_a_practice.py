"""A whole messy practice through the mapper: every record is one that Twenty takes, and every doubt is said."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.recognise import recognise
from bridgework.mapping.records import Mapper, directory
from bridgework.twins.dentadmin import generate_practice
from bridgework.twins.dentadmin.export_format import Language
from tests.unit.mapping_samples import LANGUAGES, Row, check_value, context

# What the generator plants of each kind must come out as this finding, and as no other.
DOUBTS = {
    ("insz_wrong", "insz_exponent"): ("patient", "INSZ-NOT-VALID"),
    ("insz_float", "insz_lost_zero"): ("patient", "INSZ-REPAIRED"),
    ("dst_gap",): ("appointment", "CLOCK-GAP"),
}


def read(path: Path) -> list[list[str]]:
    raw = path.read_bytes().replace(b"\0", b"")
    encoding = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp1252"
    return list(csv.reader(raw.decode(encoding, "replace").splitlines(keepends=True), delimiter=";"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_messy_practice_maps_whole(language: Language, tmp_path: Path) -> None:
    made = generate_practice(tmp_path / "export", patients=80, seed=11, language=language, messy=True, density=0.2)
    content = {path.name: read(path) for path in sorted((tmp_path / "export").glob("*.csv"))}
    found = recognise({name: lines[0] for name, lines in content.items()})
    assert {one.object for one in found.values()} == set(made.records)
    document = propose(
        ProfiledFile(name, one.object, [ProfiledColumn(header) for header in content[name][0]])
        for name, one in found.items()
    )
    assert document.problems() == []
    rows = {
        one.object: [
            Row(one.object, number, "/".join(values[key].strip() for key in one.key_headers), values)
            for number, cells in enumerate(content[name][1:], start=1)
            if len(cells) == len(content[name][0])
            for values in [dict(zip(content[name][0], cells, strict=True))]
        ]
        for name, one in found.items()
    }
    known = {name: directory(document, name, rows[name]) for name in ("provider", "insurer", "referrer")}
    mapper = Mapper(document, context(directory=known))
    findings: Counter[tuple[str, str]] = Counter()
    for step in mapper.steps():
        records = [record for row in rows[step.source_object] if (record := mapper.build(step, row)) is not None]
        for record in records:
            findings.update((step.source_object, one.code) for one in record.findings)
            for name, value in record.values.items():
                check_value(record, name, value)
        if step.role == "record" and step.waves == 1:
            assert len(records) == len(rows[step.source_object])
    codes = {code for _, code in findings}
    assert not codes & {"UNKNOWN-WORD", "NOT-A-NUMBER", "NOT-YES-OR-NO", "NOT-AN-AMOUNT", "TRUNCATED", "NOT-A-TIME"}
    for kinds, place in DOUBTS.items():
        assert findings[place] == sum(made.planted.get(kind, 0) for kind in kinds), place
    wrong = made.planted["email_invalid"]  # and a sentinel such as 9999 may stand in the column too
    assert wrong <= findings["patient", "EMAIL-NOT-VALID"] <= wrong + made.planted["sentinel"]
