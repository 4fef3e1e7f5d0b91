"""Renders a report's template and puts the files on the disk: all of a file or none of it, and for its owner only."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bridgework.reports import words

if TYPE_CHECKING:
    from jinja2 import Environment

_BRUSSELS = ZoneInfo("Europe/Brussels")
_THIN = "\N{NARROW NO-BREAK SPACE}"
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def write_page(folder: Path, name: str, view: Mapping[str, Any]) -> Path:
    """Render the template of that name with a view, and write it as `name` in the folder."""
    return write_text(folder / name, _environment().get_template(name).render(view))


def write_json(path: Path, document: Mapping[str, Any]) -> Path:
    """Write a report's document for scripts to read; what JSON does not know is written as text."""
    return write_text(path, json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def write_text(path: Path, text: str) -> Path:
    """Replace a file in one step, readable by its owner only: a report may be about patients."""
    return write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> Path:
    """The same for a file that is no text."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def dated(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the moment at which it was made, where it does not say so itself."""
    return {"made_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"), **document}


def number(value: int) -> str:
    """A count with narrow spaces between thousands: `12 480`."""
    return f"{value:,}".replace(",", _THIN)


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent, which reads 100 or 0 only where it is all or nothing."""
    if not whole:
        return "—"
    if part in {0, whole}:
        return f"{100 * part // whole}{_THIN}%"
    per_cent = 100 * part / whole
    if per_cent < 0.1:
        return f"<{_THIN}0.1{_THIN}%"
    return f">{_THIN}99.9{_THIN}%" if per_cent > 99.9 else f"{per_cent:.1f}{_THIN}%"


def size(octets: int) -> str:
    """A file's size, for people: `3.4 MB`."""
    amount, unit = float(octets), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f}{_THIN}{_UNITS[unit]}" if unit else f"{number(octets)}{_THIN}bytes"


def lasting(hours: float) -> str:
    """How long something takes, as people say it: `40 min`, `5.5 h`, `11.6 days`, `3.2 weeks`."""
    if hours < 1:
        return f"{round(hours * 60)}{_THIN}min" if hours * 60 >= 1 else f"<{_THIN}1{_THIN}min"
    if hours < 48:
        return f"{hours:.1f}{_THIN}h"
    days = hours / 24
    return f"{days:.1f}{_THIN}days" if days < 14 else f"{days / 7:.1f}{_THIN}weeks"


def moment(text: str) -> str:
    """An ISO 8601 moment as a Belgian reader's clock shows it; text of another form stays as it is."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    when = when.astimezone(_BRUSSELS)
    return f"{when.day} {when:%B %Y, %H:%M} (Brussels)"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("bridgework.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(number=number, size=size, lasting=lasting, moment=moment)
    made.filters.update(title=words.title, counted=words.counted)
    made.filters.update(sentence=lambda text: text[:1].upper() + text[1:])
    made.globals.update(share=share)
    return made
