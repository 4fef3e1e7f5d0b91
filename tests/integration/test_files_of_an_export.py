"""What the audit says of whole files: empty ones, such without rows, and those whose header is not sure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner

from bridgework.cli.commands import app
from bridgework.migration import Migration
from bridgework.settings import PracticeSettings, WorkspaceSettings
from bridgework.twins.twenty import TwentyTwin

PATIENTS = "Patiëntnr;Naam;Voornaam;Geboortedatum\n1;Peeters;Ann;01/02/1980\n2;Maes;Jan;03/04/1990\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("BRIDGEWORK_STORE_KEY", "x")
    export = tmp_path / "export"
    export.mkdir()
    (export / "patienten.csv").write_text(PATIENTS, encoding="utf-8")
    (export / "niets.csv").write_bytes(b"")
    (export / "blanco.csv").write_text(";;\n\n", encoding="utf-8")
    (export / "leesmij.txt").write_text("Dit is geen tabel.\n", encoding="utf-8")
    (export / "afspraken.csv").write_text("Afspraaknr;Patiëntnr;Datum;Uur;Duur\n", encoding="utf-8")
    (export / "namen.csv").write_text("Peeters;Ann;Gent\nMaes;Jan;Aalst\nClaes;Els;Lier\n", encoding="utf-8")
    (export / "lijst.csv").write_text("7;Peeters;01/02/1980\n8;Maes;03/04/1990\n", encoding="utf-8")
    xlsxwriter.Workbook(str(export / "leeg.xlsx")).close()
    with TwentyTwin() as twin:
        monkeypatch.setenv("BRIDGEWORK_TWENTY_KEY", twin.key)
        there = WorkspaceSettings(url=twin.url)
        Migration.create(tmp_path / "m", PracticeSettings(folder=export), there).context.store.close()
        yield tmp_path / "m"


NAMED = {
    ("TABLE-EMPTY", "blanco.csv"),
    ("TABLE-EMPTY", "leeg.xlsx"),
    ("TABLE-EMPTY", "niets.csv"),
    ("TABLE-WITHOUT-ROWS", "afspraken.csv"),
    ("HEADER-DOUBTFUL", "namen.csv"),
    ("HEADER-MISSING", "lijst.csv"),
}


def test_each_is_a_finding_of_the_audit_its_plan_and_its_page(folder: Path) -> None:
    shown = CliRunner().invoke(app, ["audit", str(folder), "--plan"], env={"COLUMNS": "250"}).output
    assert all(code in shown for code, _ in NAMED)
    done = json.loads(CliRunner().invoke(app, ["audit", str(folder), "--apply", "--json"]).stdout)
    said = [one for one in done["outcome"]["findings"] if one["code"].startswith(("TABLE-", "HEADER-"))]
    assert {(one["code"], one["field"]) for one in said} == NAMED
    assert {one["severity"] for one in said} == {"warn"}
    page = (folder / "reports" / "audit.html").read_text(encoding="utf-8")
    assert all(code in page and name in page for code, name in NAMED)
    assert not any("Peeters" in one["what"] + one["next_step"] for one in said)


def test_a_header_that_a_person_says_is_no_finding_any_more(folder: Path) -> None:
    settings = folder / "bridgework.toml"
    said = (
        '\n[practice.files."namen.csv"]\nheader = false\n[practice.files."lijst.csv"]\nheader = ["Nr", "Naam", "Geb"]\n'
    )
    settings.write_text(settings.read_text(encoding="utf-8") + said, encoding="utf-8")
    done = json.loads(CliRunner().invoke(app, ["audit", str(folder), "--apply", "--json"]).stdout)
    assert not [one for one in done["outcome"]["findings"] if one["code"].startswith("HEADER-")]
