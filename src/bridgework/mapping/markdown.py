"""Plain text as markdown that shows the same text: nothing of it turns into a heading, a list or a link."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\`*\[\]<>|~]|(?<!\w)_|_(?!\w)")
_LINE_START = re.compile(r"^(\s*)([#>+=-]|\d+[.)](?=\s))", re.MULTILINE)


def escape(text: str) -> str:
    """The text with markdown's signs escaped; a line break inside a paragraph stays one."""
    safe = _SPECIAL.sub(lambda match: "\\" + match[0], text.replace("\r\n", "\n").replace("\r", "\n"))
    safe = _LINE_START.sub(_guard, safe)
    # Two spaces before a line break keep it a line break.
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", safe)


def link(text: str, url: str) -> str:
    """A link with this text."""
    return f"[{escape(text)}]({url})"


def _guard(match: re.Match[str]) -> str:
    mark = match[2]
    return f"{match[1]}\\{mark}" if len(mark) == 1 else f"{match[1]}{mark[:-1]}\\{mark[-1]}"
