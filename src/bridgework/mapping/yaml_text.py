"""YAML that people edit: read with the line of every entry, written with one line for each field of the map."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from bridgework.errors import UsageError

Path = tuple[str | int, ...]

# Texts that YAML would take for something else, or that would end a flow entry, are quoted.
_PLAIN = re.compile(r"[A-Za-zÀ-ÿ_][\w .'/À-ÿ°()+%-]*")
_MEANS_MORE = re.compile(r"(null|true|false|yes|no|on|off|y|n|nan|inf|~)", re.IGNORECASE)


def read(text: str, name: str) -> tuple[Any, dict[Path, int]]:
    """The content of a YAML text as plain Python, and the line (from 1) of every entry by its path.

    Raises UsageError (MAP-UNREADABLE) with the line where the text is no YAML.
    """
    yaml = YAML(typ="rt")
    try:
        root = yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(
            "MAP-UNREADABLE",
            "The map is not valid YAML.",
            where=f"{name}, line {line}",
            why=str(error.problem or error.context or "it cannot be read"),
            next_step="correct that line in a text editor",
        ) from error
    lines: dict[Path, int] = {}
    return _plain(root, (), lines), lines


def line_of(lines: Mapping[Path, int], path: Sequence[str | int]) -> int:
    """The line of an entry, or of the nearest entry that holds it; 0 where none is known."""
    at = tuple(path)
    while at and at not in lines:
        at = at[:-1]
    return lines.get(at, 0)


def flow(value: Any) -> str:
    """A value on one line, as YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(str(key))}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if (
        isinstance(value, str)
        and _PLAIN.fullmatch(value)
        and value == value.strip()
        and not _MEANS_MORE.fullmatch(value)
    ):
        return value
    # JSON is YAML for all that is left: texts in quotes, numbers, true, false and null.
    return json.dumps(value, ensure_ascii=False)


def _plain(node: Any, path: Path, lines: dict[Path, int]) -> Any:
    if isinstance(node, CommentedMap):
        result = {}
        for key, value in node.items():
            at = (*path, str(key))
            lines[at] = node.lc.key(key)[0] + 1
            result[str(key)] = _plain(value, at, lines)
        return result
    if isinstance(node, CommentedSeq):
        items = []
        for number, value in enumerate(node):
            at = (*path, number)
            lines[at] = node.lc.item(number)[0] + 1
            items.append(_plain(value, at, lines))
        return items
    if isinstance(node, str):
        return str(node)
    return node
