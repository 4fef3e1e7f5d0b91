"""How reports are written, and what all of them share: numbers, moments, colours that can be read."""

from __future__ import annotations

import re
import stat
from importlib.resources import files
from pathlib import Path

import pytest

from bridgework.reports.page import moment, number, share, size, write_json, write_text

THIN = "\N{NARROW NO-BREAK SPACE}"
STYLE = files("bridgework.reports").joinpath("templates/style.css").read_text(encoding="utf-8")


def test_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.html", "patients")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_is_replaced_whole_and_narrowed_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("a longer text of before", encoding="utf-8")
    path.chmod(0o644)
    write_text(path, "é")
    assert path.read_text(encoding="utf-8") == "é"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_text(tmp_path / "a.html", "before")

    def full(handle: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("bridgework.reports.page.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_text(path, "after")
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_json_keeps_letters_as_they_are_and_takes_any_value(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.json", {"name": "patiënten.csv", "folder": Path("x")})
    assert path.read_text(encoding="utf-8") == '{\n  "name": "patiënten.csv",\n  "folder": "x"\n}\n'


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (999, "999"), (1000, "1 000"), (1701902, "1 701 902"), (-2000, "-2 000")]
)
def test_thousands_are_kept_apart(value: int, shown: str) -> None:
    assert number(value) == shown.replace(" ", THIN)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 0, "—"),
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (1, 3, "33.3 %"),
        (1, 1_000_000, "< 0.1 %"),
        (999_999, 1_000_000, "> 99.9 %"),
    ],
)
def test_a_share_reads_all_or_nothing_only_where_it_is(part: int, whole: int, shown: str) -> None:
    assert share(part, whole) == shown.replace(" ", THIN)


@pytest.mark.parametrize(
    ("octets", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (2_400_000, "2.4 MB"), (34 * 10**11, "3.4 TB")],
)
def test_sizes_are_for_people(octets: int, shown: str) -> None:
    assert size(octets) == shown.replace(" ", THIN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-22T13:05:11.120Z", "22 November 2026, 14:05 (Brussels)"),
        ("2026-07-01T00:30:00+00:00", "1 July 2026, 02:30 (Brussels)"),
        ("2026-07-01T00:30:00", "1 July 2026, 02:30 (Brussels)"),
        ("yesterday", "yesterday"),
    ],
)
def test_moments_are_on_a_belgian_clock(text: str, shown: str) -> None:
    assert moment(text) == shown


def _themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    named = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", block)) for block in blocks]
    return dict(zip(("light", "dark", "print"), named, strict=True))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        *((ink, "paper") for ink in ("ink", "soft", "faint", "brand", "good", "bad", "warn")),
        *((ink, f"{ink}-back") for ink in ("good", "bad", "warn")),
        *(("ink", back) for back in ("band", "good-back", "bad-back", "warn-back")),
        *(("brand", back) for back in ("good-back", "bad-back")),
    ],
)
def test_every_text_has_the_contrast_that_wcag_asks_for(theme: str, ink: str, paper: str) -> None:
    colours = _themes()[theme]
    lighter, darker = sorted((_luminance(colours[ink]), _luminance(colours[paper])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def test_the_style_loads_nothing() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
