"""YAML that people edit: read with the line of every entry, written with one line for each field of the map."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
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

    Raises UsageError (MAP-UNREADABLE) with the line where the text is no YAML, an entry stands twice, or it holds what
    no file of ours needs: an entry that holds itself, more than 100 levels, tags, numbers that no number can be.
    """
    reader = _Reader(yaml.parse(text.removeprefix("\ufeff"), Loader=_LOADER))
    try:
        return reader.document(), reader.lines
    except yaml.reader.ReaderError as error:
        before = text.encode("utf-8", "surrogatepass")[: error.position]
        line, problem = before.count(b"\n") + 1, _NO_YAML
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = min(mark.line, text.count("\n")) + 1 if mark else 1
        problem = str(error.problem or error.context)
    except (yaml.YAMLError, UnicodeError) as error:
        line, problem = _line_of(error, text), _NO_YAML
    raise UsageError(
        "MAP-UNREADABLE",
        "The map is not valid YAML.",
        where=f"{name}, line {line}",
        why=_in_words(problem, text.split("\n")[line - 1]),
        next_step="correct that line in a text editor",
    )


def _in_words(problem: str, line: str) -> str:
    """What is wrong with a line: libyaml's own words, except where they do not name a tab that is to blame."""
    is_tab = ("token" in problem or "tab" in problem) and "\t" in line[: len(line) - len(line.lstrip())]
    return "a tab stands at its beginning, where only spaces may; use spaces" if is_tab else problem


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


_NO_YAML = "it holds characters that YAML does not take"
_DEEPEST = 100  # levels; a map has six
_MOST_REPEATED = 100_000  # entries that aliases stand for, together


class _Reader:
    """Builds plain Python from the events of a YAML text; of an event, its stubs do not know what it has."""

    def __init__(self, events: Iterator[Any]) -> None:
        """Begin before the first event."""
        self.lines: dict[Path, int] = {}
        self._events = events
        self._named: dict[str, tuple[Any, int]] = {}
        self._open: set[str] = set()
        self._count = self._repeated = 0

    def document(self) -> Any:
        """The one document of the text; None where it has none."""
        content = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _wrong(event, "a second document begins")
            elif isinstance(event, yaml.NodeEvent):
                content = self._value(event, ())
        return content

    def _value(self, event: Any, path: Path) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag not in {None, "!"}:
            raise _wrong(event, f"the tag `{event.tag}` means nothing here")
        if len(path) > _DEEPEST:
            raise _wrong(event, f"it has more than {_DEEPEST} levels")
        if event.anchor is not None:
            self._open.add(event.anchor)
        before = self._count
        self._count += 1
        value = self._content(event, path)
        if event.anchor is not None:
            self._open.discard(event.anchor)
            self._named[event.anchor] = value, self._count - before
        return value

    def _content(self, event: Any, path: Path) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        if event.style:  # in quotes, or as a block: a text
            return event.value
        try:
            return _scalar(event.value)
        except (ValueError, OverflowError):
            raise _wrong(event, "the number is too large") from None

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            at = (*path, len(items))
            self.lines[at] = event.start_mark.line + 1
            items.append(self._value(event, at))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = self._name(event)
            if name in result:
                raise _wrong(event, f"`{name}` stands twice")
            at = (*path, name)
            self.lines[at] = event.start_mark.line + 1
            result[name] = self._value(next(self._events), at)
        return result

    def _name(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _wrong(event, "the name of an entry is no text")
        if event.anchor is not None:
            self._named[event.anchor] = event.value, 1
        return str(event.value)

    def _alias(self, event: Any) -> Any:
        """What an anchor names, the same each time; refuses what would grow without end."""
        if event.anchor in self._open:
            raise _wrong(event, f"`*{event.anchor}` stands in what it names")
        if event.anchor not in self._named:
            raise _wrong(event, f"nothing is named `&{event.anchor}` before")
        value, size = self._named[event.anchor]
        self._count += size
        self._repeated += size
        if self._repeated > _MOST_REPEATED:
            raise _wrong(event, f"aliases stand for more than {_MOST_REPEATED:,} entries")
        return value


def _wrong(event: Any, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def _line_of(error: Exception, text: str) -> int:
    """The line of a sign that no encoding has."""
    return text.count("\n", 0, error.start) + 1 if isinstance(error, UnicodeEncodeError) else 1


def _scalar(text: str) -> Any:
    """A plain word as YAML 1.2 has it; raises ValueError or OverflowError for a number that Python does not read."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _FLOAT.fullmatch(text):
        return text
    if math.isinf(number := float(text)):
        raise OverflowError
    return number
