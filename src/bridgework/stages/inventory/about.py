"""Which edition and version of DentAdmin the practice has: what a person says, else what a small file of it says."""

from __future__ import annotations

import re
from pathlib import Path

from bridgework.reports.audit_document import DentAdmin

_HOW = (
    "not known: in DentAdmin's desktop application, look under Help or “?” → About (Over, À propos); write it into"
    ' bridgework.toml as [practice] version = "…", edition = "…"'
)
_NAMES = frozenset({"version", "versie", "about", "over", "apropos", "info", "dentadmin"})
_SUFFIXES = frozenset({".txt", ".ini", ".xml", ".json"})
_MOST_BYTES = 64 * 1024
_VERSION = re.compile(r"(?:version|versie)\W{0,12}?v?(\d+(?:\.\d+){0,3})", re.IGNORECASE | re.ASCII)
_EDITION = re.compile(r"(?:edition|editie|édition|uitgave)\W{1,12}?([A-Za-z]{3,20})\b", re.IGNORECASE)


def dentadmin(folder: Path | None, version: str = "", edition: str = "") -> DentAdmin:
    """`version` and `edition` as bridgework.toml says; where it says neither, small files of the export are asked."""
    if version or edition:
        return {"edition": edition, "version": version, "known_from": "bridgework.toml"}
    for path in _small_files(folder):
        text = path.read_bytes()[:_MOST_BYTES].decode("utf-8", "replace")
        number, kind = _VERSION.search(text), _EDITION.search(text)
        if number or kind:
            return {"edition": kind[1] if kind else "", "version": number[1] if number else "", "known_from": path.name}
    return {"edition": "", "version": "", "known_from": _HOW}


def _small_files(folder: Path | None) -> list[Path]:
    if folder is None or not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _SUFFIXES
        and re.sub(r"[\W_]", "", path.stem).casefold() in _NAMES
        and path.stat().st_size <= _MOST_BYTES
    )
