"""The notation of teeth is told from the whole column, since one number often means two teeth."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.practice import StagedRows, discover, stage
from bridgework.stages.mapper import tooth_notations
from bridgework.store import Store


@pytest.mark.parametrize(
    ("teeth", "notation"),
    [
        (["11", "16", "36", "47", "85"] * 20, {"treatment": "FDI"}),
        (["3", "14", "19", "30", "A"] * 20, {"treatment": "UNIVERSAL"}),
        (["36", "47"] * 60 + ["3"], {"treatment": "FDI"}),
        (["36", "47", "3", "30"] * 20, {"treatment": "UNKNOWN"}),
        (["11", "21", "28"] * 20, {}),
    ],
)
def test_the_column_tells_where_its_cells_tell(tmp_path: Path, teeth: list[str], notation: dict[str, str]) -> None:
    header = ["Behandelingsnr", "Patiëntnr", "Datum", "Tand"]
    lines = [";".join(header), *(f"{number};7;01/02/2024;{tooth}" for number, tooth in enumerate(teeth))]
    (tmp_path / "behandelingen.csv").write_text("\r\n".join(lines) + "\r\n", encoding="cp1252")
    store = Store.create(tmp_path / "store.db", "x")
    (file,) = discover(tmp_path)
    stage(store, file, "treatment", ["Behandelingsnr"], lambda _: None)
    columns = [ProfiledColumn(name) for name in header]
    document = propose([ProfiledFile(file.relative, "treatment", columns, ["Behandelingsnr"])])
    assert tooth_notations(document, StagedRows(store)) == notation
