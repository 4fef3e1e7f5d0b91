"""YAML that people edit: read with the line of every entry, written with one line for each field of the map."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from bridgework.errors import UsageError

Path = tuple[str | int, ...]

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader  # what a plain word means is said below

# Plain words that mean more than their letters, as YAML 1.2 has them: `no` is a text, and `2024-01-01` too.
_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?", re.ASCII)
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: value for value in (True, False) for text in [str(value)] for word in (text, text.lower(), text.upper())
}

_HEAD = 1 << 12  # bytes that tell an encoding

# Texts that YAML would take for something else, or that would end a flow entry, are quoted.
_PLAIN = re.compile(r"[A-Za-zÀ-ÿ_][\w .'/À-ÿ°()+%-]*")
_UNPRINTABLE = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_MEANS_MORE = re.compile(r"(null|true|false|yes|no|on|off|y|n|nan|inf|~)", re.IGNORECASE)


def decode(content: bytes, name: str) -> str:
    """The text of a file that people save; raises UsageError (MAP-UNREADABLE) where it is not in UTF-8."""
    head = content[:_HEAD]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or head.count(0) * 4 > len(head) > 0:
        raise _not_utf8(name, 1, "it seems to be in UTF-16, which Notepad calls Unicode")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        try:
            content.decode("cp1252")
        except UnicodeDecodeError:
            raise _not_utf8(name, line, "it is damaged there, or in an encoding that cannot be told") from None
        raise _not_utf8(name, line, "it seems to be in Windows-1252, which Notepad calls ANSI") from None


def _not_utf8(name: str, line: int, why: str) -> UsageError:
    return UsageError(
        "MAP-UNREADABLE",
        "The file is not saved as UTF-8.",
        where=f"{name}, line {line}",
        why=why,
        next_step="open it in a text editor, and save it with the encoding UTF-8",
    )


def read(text: str, name: str) -> tuple[Any, dict[Path, int]]:
    """The content of a YAML text as plain Python, and the line (from 1) of every entry by its path.

    Raises UsageError (MAP-UNREADABLE) with the line where the text is no YAML, or an entry stands twice.
    """
    lines: dict[Path, int] = {}
    try:
        root = yaml.compose(text, Loader=_LOADER)
        return (None if root is None else _plain(root, (), lines)), lines
    except (yaml.YAMLError, UnicodeError) as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        problem = error.problem or error.context if isinstance(error, yaml.MarkedYAMLError) else None
        line = min(mark.line, text.count("\n")) if mark else _line_of_unprintable(text)
        raise UsageError(
            "MAP-UNREADABLE",
            "The map is not valid YAML.",
            where=f"{name}, line {line + 1}",
            why=_in_words(str(problem or "it holds a character that YAML does not take"), text.split("\n")[line]),
            next_step="correct that line in a text editor",
        ) from error


def _in_words(problem: str, line: str) -> str:
    """What is wrong with a line: libyaml's own words, except where they do not name a tab that is to blame."""
    is_tab = ("token" in problem or "tab" in problem) and "\t" in line[: len(line) - len(line.lstrip())]
    return "a tab stands at its beginning, where only spaces may; use spaces" if is_tab else problem


def _line_of_unprintable(text: str) -> int:
    """The index of the first line with a character that YAML does not take; 0 where there is none."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    return text.count("\n", 0, found.start()) if found else 0


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


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        items = []
        for number, value in enumerate(node.value):
            at = (*path, number)
            lines[at] = value.start_mark.line + 1
            items.append(_plain(value, at, lines))
        return items
    quoted = isinstance(node, yaml.ScalarNode) and node.style
    return node.value if quoted else _scalar(node.value)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in result:
            raise yaml.MarkedYAMLError(problem=f"`{name}` stands twice", problem_mark=key.start_mark)
        at = (*path, name)
        lines[at] = key.start_mark.line + 1
        result[name] = _plain(value, at, lines)
    return result


def _scalar(text: str) -> Any:
    """A plain word as YAML 1.2 has it."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
