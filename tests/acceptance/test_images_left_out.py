"""A map that leaves out images: their names arrive, the images do not, the report counts them, and all sums close."""

from __future__ import annotations

import csv
from pathlib import Path

import sqlalchemy as sa

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.files import is_left_out
from bridgework.mapping.words import meanings, word_key
from bridgework.store import Store
from bridgework.store.tables import finding
from tests.support import PASSPHRASE, begin, new_twin, small_practice


def rows_of(export: Path, name: str) -> list[dict[str, str]]:
    """The rows of an export file."""
    with (export / name).open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_images_that_the_map_leaves_out_are_counted_and_everything_closes(tmp_path: Path) -> None:
    made = small_practice(tmp_path / "export", patients=12, messy=False)
    known = {row["Patiëntnr"] for row in rows_of(tmp_path / "export", "patienten.csv")}
    documents = rows_of(tmp_path / "export", "documenten.csv")
    option = meanings(builtin().values["document_category"])
    out = [is_left_out(row["Bestandsnaam"], ["images"], option.get(word_key(row["Categorie"]))) for row in documents]
    images = sum(out)
    named = [(row["Bestandsnaam"], row["Patiëntnr"]) for row, is_out in zip(documents, out, strict=True) if not is_out]
    named += [(row["Bestand"], row["Patiëntnr"]) for row in rows_of(tmp_path / "export", "facturen.csv")]
    others = [name for name, patient in named if patient in known and name]
    assert images
    assert others
    with new_twin(made) as twin:
        way = begin(tmp_path / "migration", tmp_path / "export", twin)
        path = way.folder / "map.yaml"
        text = path.read_text(encoding="utf-8")
        assert text.count("attach: targetPerson}") == 1
        path.write_text(text.replace("attach: targetPerson}", "attach: targetPerson, without: [images]}"), "utf-8")
        way.apply("map")
        accounts = way.apply("load").document["outcome"]["counts"]["accounts"]
        assert all(one["closes"] for one in accounts)
        verified = way.apply("verify").document["outcome"]["counts"]
        assert verified["missing"] == {}
    store = Store.open(way.folder / "store.db", PASSPHRASE)
    with store.read() as connection:
        query = sa.select(finding.c.count, finding.c.severity).where(finding.c.code == "IMAGE-LEFT-OUT")
        (said,) = connection.execute(query).all()
    assert tuple(said) == (images, "info")
    assert verified["files"] == {"equal": len(others)}
