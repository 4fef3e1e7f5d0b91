"""The least client that reads any style of the DentAdmin twin, driven by the style itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from bridgework.twins.dentadmin import DentAdminTwin, Style
from bridgework.twins.dentadmin.export_format import table
from bridgework.twins.dentadmin.styles import TOKEN_PATH

Row = dict[str, str]


class Clock:
    """A time that a test sets."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Reader:
    """Calls one twin as its style wants to be called."""

    def __init__(self, twin: DentAdminTwin, http: httpx2.Client) -> None:
        self.twin, self.style, self.http = twin, twin.style, http
        self._token = ""

    def call(self, path: str, parameters: dict[str, Any] | None = None, *, method: str = "GET") -> httpx2.Response:
        headers, query = self._key()
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        if method == "POST":
            return self.http.post(path, json=given, params=query, headers=headers)
        return self.http.get(path, params={**given, **query} or None, headers=headers)

    def token(self) -> httpx2.Response:
        ident, _, secret = self.twin.key.partition(":")
        form = {"grant_type": "client_credentials", "client_id": ident, "client_secret": secret}
        answer = self.http.post(TOKEN_PATH, data=form)
        self._token = answer.json().get("access_token", "") if answer.status_code == 200 else ""
        return answer

    def ask(self, object_: str, **parameters: Any) -> httpx2.Response:
        path = self.style.list_path.format(object=self.style.collection(object_))
        return self.call(path, parameters, method=self.style.method)

    def detail(self, object_: str, ident: str) -> httpx2.Response:
        return self.call(self.style.detail_path.format(object=self.style.collection(object_), id=ident))

    def file(self, object_: str, name: str, ident: str) -> httpx2.Response:
        return self.call(self.style.file_path.format(object=self.style.collection(object_), name=name, id=ident))

    def pages(
        self, object_: str, size: int, *, since: str | None = None, between: Callable[[], object] = lambda: None
    ) -> Iterator[list[Any]]:
        """The records of every page, in whole; `between` is called between two pages."""
        style = self.style
        parameters: dict[str, Any] = {style.size: size}
        if since is not None:
            parameters[style.since] = since
        place: Any = {"page": style.first_page, "offset": 0}.get(style.paging)
        while True:
            answer = self.ask(object_, **parameters, **{style.place: place})
            assert answer.status_code == 200, answer.text
            found = loads(answer.text)
            records = at(found, style.records)
            if style.detail_path:
                records = [loads(self.detail(object_, record[style.id]).text) for record in records]
            yield records
            place = self._next(answer, found, place, len(records))
            if place is None or not records:
                return
            between()

    def rows(self, object_: str, size: int = 40, *, since: str | None = None) -> list[Row]:
        """Every record, as the texts of the object's columns."""
        return [self.row(object_, record) for page in self.pages(object_, size, since=since) for record in page]

    def row(self, object_: str, record: Any) -> Row:
        return {column.key: text(record, self.style.path(column.key)) for column in table(object_).columns}

    def _next(self, answer: httpx2.Response, found: Any, place: Any, came: int) -> Any:
        style = self.style
        if style.paging == "cursor":
            return at(found, style.next)
        if style.paging == "link":
            url = answer.links.get("next", {}).get("url")
            return None if url is None else httpx2.URL(self.twin.url).join(url).params[style.place]
        return place + (came if style.paging == "offset" else 1)

    def _key(self) -> tuple[dict[str, str], dict[str, str]]:
        style, key = self.style, self.twin.key
        if style.auth == "query":
            return {}, {style.auth_name: key}
        if style.auth == "header":
            return {style.auth_name: key}, {}
        if style.auth == "basic" and key:
            return {"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}, {}
        if style.auth == "oauth2" and not self._token:
            self.token()
        given = self._token if style.auth == "oauth2" else key
        return {"Authorization": f"Bearer {given}"} if given else {}, {}


@contextmanager
def reading(twin: DentAdminTwin) -> Iterator[Reader]:
    with httpx2.Client(base_url=twin.url) as http:
        yield Reader(twin, http)


def loads(text_: str) -> Any:
    """JSON whose numbers keep the text that they have there."""
    return json.loads(text_, parse_int=str, parse_float=str)


def at(found: Any, path: str) -> Any:
    for step in path.split(".") if path else ():
        found = found[step]
    return found


def text(record: Any, path: str) -> str:
    for step in path.split("."):
        record = (record or {}).get(step)
    return "" if record is None else record


def style_names(styles: dict[str, Style], having: Callable[[Style], object] = lambda _: True) -> list[str]:
    return [name for name, style in styles.items() if having(style)]
