"""YAML that people edit: read with the line of every entry, written with one line for each field of the map."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bridgework.errors import UsageError

Path = tuple[str | int, ...]

# Texts that YAML would take for something else, or that would end a flow entry, are quoted.
_PLAIN = re.compile(r"[A-Za-zÀ-ÿ_][\w .'/À-ÿ°()+%-]*")
_UNPRINTABLE = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_MEANS_MORE = re.compile(r"(null|true|false|yes|no|on|off|y|n|nan|inf|~)", re.IGNORECASE)


def read(text: str, name: str) -> tuple[Any, dict[Path, int]]:
    """The content of a YAML text as plain Python, and the line (from 1) of every entry by its path.

    Raises UsageError (MAP-UNREADABLE) with the line where the text is no YAML.
    """
    yaml = YAML(typ="rt")
    try:
        root = yaml.load(text)
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        problem = error.problem or error.context if isinstance(error, MarkedYAMLError) else None
        raise UsageError(
            "MAP-UNREADABLE",
            "The map is not valid YAML.",
            where=f"{name}, line {mark.line + 1 if mark else 1}",
            why=str(problem or "it holds characters that YAML does not take"),
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
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


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
