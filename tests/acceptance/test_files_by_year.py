"""An export whose treatments are in a file for each year arrives as the same workspace as one file does."""

from __future__ import annotations

import csv
from pathlib import Path

from bridgework.mapping.document import MapDocument
from tests.support import begin, new_twin, small_practice


def split_by_year(export: Path) -> list[str]:
    """Cut the file of treatments by the year of their date, into two files and a folder; gives their names.

    Each part has its own order of columns, one calls a column by another name, and one has a column of its own.
    """
    whole = export / "behandelingen.csv"
    with whole.open(encoding="cp1252", newline="") as file:
        header, *rows = csv.reader(file, delimiter=";")
    whole.unlink()
    day, number = header.index("Datum"), header.index("Behandelingsnr")
    years = sorted({row[day][-4:] for row in rows})
    cuts = {"behandelingen_1.csv": years[: len(years) // 2], "behandelingen_2.csv": years[len(years) // 2 : -1]}
    cuts[f"{years[-1]}/behandelingen.csv"] = years[-1:]
    for place, (name, of) in enumerate(cuts.items()):
        path = export / name
        path.parent.mkdir(exist_ok=True)
        order = [*range(place, len(header)), *range(place)]
        names = [f"{header[at]}." if place == 1 and at == number else header[at] for at in order]
        extra = ["Vrij veld 7"] if place == 2 else []
        with path.open("w", encoding="cp1252", newline="") as file:
            writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_MINIMAL)
            writer.writerow([*names, *extra])
            writer.writerows([*[row[at] for at in order], *["x"][: len(extra)]] for row in rows if row[day][-4:] in of)
    return list(cuts)


def test_files_by_year_are_one_object_from_audit_to_verification(tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=12, messy=False)
    names = split_by_year(tmp_path / "export")
    with new_twin(made) as twin:
        way = begin(tmp_path / "migration", tmp_path / "export", twin)
        source = MapDocument.load(way.folder / "map.yaml").sources["treatment"]
        assert source.file.split(", ") == sorted(names)
        assert [line.column for line in source.lines if line.concept == "treatment.number"] == ["Behandelingsnr"]
        assert [line.column for line in source.lines if line.concept is None] == ["Vrij veld 7"]
        accounts = way.apply("load").document["outcome"]["counts"]["accounts"]
        assert all(one["closes"] for one in accounts)
        (treatments,) = [one for one in accounts if one["object"] == "treatment"]
        assert made.records["treatment"] in treatments.values()
        verified = way.apply("verify").document["outcome"]["counts"]
        assert verified["missing"] == {}
        assert set(verified["classes"]) <= {"equal", "normalised"}
