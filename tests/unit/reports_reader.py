"""Reads a report's page as a browser would, as far as tests ask: its tables, its words, and what it would load."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "link", "br", "img", "input", "hr"}
_BLOCKS = {"p", "td", "th", "tr", "li", "h1", "h2", "h3", "dt", "dd", "caption", "br", "div", "summary"}


@dataclass
class Table:
    """One table: its caption, its rows as words, and the cells that are headers but do not say of what."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    unscoped: int = 0

    def row(self, first: str) -> list[str]:
        """The row that begins with this cell."""
        return next(row for row in self.rows if row and row[0].startswith(first))


class Page(HTMLParser):
    """A page that was read; `open_` lists tags that were never closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.anchors: list[str] = []
        self.ids: list[str] = []
        self.html: dict[str, str | None] = {}
        self.open_: list[str] = []
        self._words: list[str] = []
        self._cell: list[str] | None = None
        self._caption = False
        self.feed(text)

    @classmethod
    def of(cls, path: Path) -> Page:
        return cls(path.read_text(encoding="utf-8"))

    @property
    def text(self) -> str:
        """What a person reads, in one line; every kind of space is a plain one."""
        return " ".join("".join(self._words).split())

    def table(self, caption: str) -> Table:
        """The table whose caption begins so."""
        return next(one for one in self.tables if one.caption.startswith(caption))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in _VOID:
            self.open_.append(tag)
        if tag == "html":
            self.html = given
        if given.get("id"):
            self.ids.append(str(given["id"]))
        self.loads += [str(given[name]) for name in ("src", "srcset", "data", "action") if name in given]
        if "href" in given:
            (self.anchors if str(given["href"]).startswith("#") else self.loads).append(str(given["href"]))
        self._table(tag, given)
        if tag in _BLOCKS:
            self._words.append(" ")

    def _table(self, tag: str, given: dict[str, str | None]) -> None:
        if tag == "table":
            self.tables.append(Table())
        elif tag == "caption":
            self._caption = True
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in {"td", "th"}:
            self._cell = []
            if tag == "th" and given.get("scope") not in {"row", "col"}:
                self.tables[-1].unscoped += 1
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open_:
            while self.open_.pop() != tag:
                pass
        if tag == "caption":
            self._caption = False
            self.tables[-1].caption = " ".join(self.tables[-1].caption.split())
        elif tag in {"td", "th"} and self._cell is not None:
            self.tables[-1].rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        if tag in _BLOCKS:
            self._words.append(" ")

    def handle_data(self, data: str) -> None:
        if self.open_ and self.open_[-1] in {"style", "title"}:
            return
        self._words.append(data)
        if self._caption:
            self.tables[-1].caption += data
        if self._cell is not None:
            self._cell.append(data)


def is_self_contained_and_accessible(page: Page) -> None:
    """Assert what holds for every page: it loads and runs nothing, and its tables and links make sense read aloud."""
    assert page.loads == []
    assert not {"script", "iframe", "img", "link", "object", "form"} & set(page.tags)
    assert page.html.get("lang") == "en"
    assert page.open_ == []
    assert all(one.caption.strip() for one in page.tables)
    assert all(one.unscoped == 0 for one in page.tables)
    assert {one[1:] for one in page.anchors} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("h1") == 1
