"""Show values as Node's util.inspect does, since Twenty's messages quote them so."""

from __future__ import annotations

import math
import re
from typing import Any

_PLAIN_KEY = re.compile(r"^[A-Za-z_$][\w$]*$")


def show(value: Any) -> str:
    """The text of a value: 'x', 5, [ 1, 'a' ], { a: 1 }."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _show_text(value)
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, list):
        return _bracketed("[", [show(item) for item in value], "]")
    if isinstance(value, dict):
        pairs = [f"{key if _PLAIN_KEY.match(key) else _show_text(key)}: {show(item)}" for key, item in value.items()]
        return _bracketed("{", pairs, "}")
    return str(value)


def _bracketed(opening: str, parts: list[str], closing: str) -> str:
    """Parts in brackets: on one line where they fit in Node's 80 columns, else one below the other."""
    if not parts:
        return opening + closing
    if sum(map(len, parts)) + 2 * len(parts) + 11 <= 80 and not any("\n" in part for part in parts):
        return f"{opening} {', '.join(parts)} {closing}"
    return f"{opening}\n  " + ",\n  ".join(part.replace("\n", "\n  ") for part in parts) + f"\n{closing}"


def _show_text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n")
    for quote in "'\"`":
        if quote not in value:
            return f"{quote}{escaped}{quote}"
    return "'" + escaped.replace("'", "\\'") + "'"


def number(value: float) -> str:
    """A number as JavaScript prints it: 3 for 3.0, NaN, Infinity."""
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        if value.is_integer():
            return str(int(value))
    return str(value)
