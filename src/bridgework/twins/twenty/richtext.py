"""RICH_TEXT: markdown into BlockNote blocks and back, as the server does on each write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bridgework.twins.twenty.errors import bad_data
from bridgework.twins.twenty.model import new_id

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
_LINKED = re.compile(r'"(?:url|href)"\s*:\s*"([^"]*)"', re.IGNORECASE)
_SAFE = re.compile(r"(https?:|mailto:|tel:|/|#|[^:]*$)", re.IGNORECASE)
_ALIGNED = {"backgroundColor": "default", "textColor": "default", "textAlignment": "left"}


def columns(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Both forms of a rich text, from whichever of them was given."""
    blocknote, markdown = value.get("blocknote"), value.get("markdown")
    if blocknote:
        _check(blocknote, name)
    return {
        "markdown": markdown or (_to_markdown(orjson.loads(blocknote)) if blocknote else None) or None,
        "blocknote": blocknote or (orjson.dumps(list(to_blocks(markdown))).decode() if markdown else None),
    }


def _check(blocknote: str, name: str) -> None:
    label = f'for field "{name}.blocknote"'
    try:
        parsed = orjson.loads(blocknote)
    except orjson.JSONDecodeError:
        raise bad_data(
            f"Invalid blocknote value {label} - must contain valid JSON", "Invalid value for rich text."
        ) from None
    if not isinstance(parsed, list):
        raise bad_data(
            f"Invalid blocknote value {label} - must be a JSON array of blocks", "Invalid value for rich text."
        )
    if any(not _SAFE.match(url.strip()) for url in _LINKED.findall(blocknote)):
        raise bad_data(
            f"Dangerous URL protocol in blocknote content {label}",
            "Content contains a URL with a dangerous protocol.",
        )


def _block(kind: str, content: Any, **props: Any) -> dict[str, Any]:
    return {"id": new_id(), "type": kind, "props": {**_ALIGNED, **props}, "content": content, "children": []}


def to_blocks(markdown: str) -> Iterator[dict[str, Any]]:
    """The blocks of a markdown text."""
    lists: list[str] = []
    level = 0
    quote = False
    for token in _PARSER.parse(markdown):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append("bulletListItem" if token.type.startswith("bullet") else "numberedListItem")
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type.startswith("blockquote"):
            quote = token.type.endswith("open")
        elif token.type.startswith("heading"):
            level = int(token.tag[1]) if token.type.endswith("open") else 0
        elif token.type in {"fence", "code_block"}:
            yield _block("codeBlock", [_text(token.content.rstrip("\n"), {})], language=token.info or "text")
        elif token.type == "inline":
            content = list(_inline(token.children or ()))
            if level:
                yield _block("heading", content, level=level)
            else:
                yield _block(lists[-1] if lists else "quote" if quote else "paragraph", content)


def _text(text: str, styles: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": text, "styles": dict(styles)}


def _inline(tokens: Sequence[Token]) -> Iterator[dict[str, Any]]:
    styles: dict[str, Any] = {}
    link: dict[str, Any] | None = None
    for token in tokens:
        opened, _, end = token.type.partition("_")
        if token.type == "link_open":
            link = {"type": "link", "href": str(token.attrs.get("href", "")), "content": []}
        elif token.type == "link_close" and link is not None:
            yield link
            link = None
        elif opened in _STYLES and end == "open":
            styles[_STYLES[opened]] = True
        elif opened in _STYLES:
            styles.pop(_STYLES[opened], None)
        else:
            piece = _text("\n" if token.type.endswith("break") else token.content,
                          {**styles, "code": True} if token.type == "code_inline" else styles)  # fmt: skip
            if link is None:
                yield piece
            else:
                link["content"].append(piece)


def _to_markdown(blocks: list[dict[str, Any]]) -> str:
    """A lossy markdown of blocks."""
    marks = {"bulletListItem": "* ", "numberedListItem": "1. ", "quote": "> "}
    lines = []
    for block in blocks:
        text = "".join(_plain(piece) for piece in block.get("content") or () if isinstance(piece, dict))
        kind = str(block.get("type"))
        mark = "#" * int(block["props"].get("level", 1)) + " " if kind == "heading" else marks.get(kind, "")
        lines.append(mark + text)
        if block.get("children"):
            lines.append(_to_markdown(block["children"]).rstrip("\n"))
    return "\n\n".join(lines) + "\n"


def _plain(piece: dict[str, Any]) -> str:
    if piece.get("type") == "link":
        return f"[{''.join(map(_plain, piece.get('content') or ()))}]({piece.get('href', '')})"
    text, styles = str(piece.get("text", "")), piece.get("styles") or {}
    for style, mark in (("code", "`"), ("italic", "*"), ("bold", "**"), ("strike", "~~")):
        if styles.get(style):
            text = f"{mark}{text}{mark}"
    return text
