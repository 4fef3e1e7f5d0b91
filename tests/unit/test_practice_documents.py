"""A document is found by the name in a row, however that was written; nothing outside the folder ever is."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.practice import DocumentsFolder

NFC, NFD = (unicodedata.normalize(form, "cliché.jpg") for form in ("NFC", "NFD"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    (made / "2020").mkdir(parents=True)
    for name in (
        "Brief.PDF",
        NFD,
        "2020/foto.jpg",
        "2020/a 10:30.pdf",
        "dubbel.txt",
        "2020/dubbel.txt",
        "x.txt",
        "X.txt",
    ):
        (made / name).write_text(name, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("no", encoding="utf-8")
    (made / "link.txt").symlink_to(tmp_path / "secret.txt")
    return made


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Brief.PDF", "Brief.PDF"),
        ("brief.pdf", "Brief.PDF"),
        (NFC, NFD),
        (NFD, NFD),
        ("2020/foto.jpg", "2020/foto.jpg"),
        ("2020\\FOTO.JPG", "2020/foto.jpg"),
        ("foto.jpg", "2020/foto.jpg"),
        ("C:\\DentAdmin\\Documents\\2020\\foto.jpg", "2020/foto.jpg"),
        ("\\\\server\\share\\2020\\foto.jpg", "2020/foto.jpg"),
        ("  brief.pdf ", "Brief.PDF"),
        ("a 10:30.pdf", "2020/a 10:30.pdf"),
        ("dubbel.txt", "dubbel.txt"),
        ("x.txt", "x.txt"),
        ("X.txt", "X.txt"),
        ("X.TXT", None),
        ("", None),
        ("2020", None),
        ("nergens.pdf", None),
        ("../secret.txt", None),
        ("2020/../../secret.txt", None),
        ("link.txt", None),
        ("Brief.PDF\0", None),
    ],
)
def test_a_name_finds_its_file(folder: Path, name: str, found: str | None) -> None:
    assert DocumentsFolder(folder).find(name) == (folder.resolve() / found if found else None)


def test_a_folder_that_is_not_there_has_no_files(tmp_path: Path) -> None:
    assert DocumentsFolder(tmp_path / "none").find("a.pdf") is None


@given(st.text())
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    folder = DocumentsFolder(Path(__file__).parent)
    found = folder.find(name)
    assert found is None or found.is_relative_to(Path(__file__).parent.resolve())
