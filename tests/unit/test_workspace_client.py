from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from bridgework.errors import Away, BridgeworkError, Refused, UsageError
from bridgework.workspace import Workspace
from bridgework.workspace.client import Client
from bridgework.workspace.menu import take_out
from bridgework.workspace.pace import Pace
from tests.unit.workspace_fake import NODES, FakeTwenty, field, object_
from tests.virtual_time import run

KEY = "a.secret.key"
Handler = Callable[[httpx2.Request], httpx2.Response]


def ask(handler: Handler, *, rate: int = 0) -> tuple[Any, float, Pace]:
    """One safe call; its data, the seconds that it took, and the pace."""

    async def main() -> tuple[Any, float, Pace]:
        pace = Pace(rate)
        client = Client("http://twenty.test/", KEY, pace, transport=httpx2.MockTransport(handler))
        start = asyncio.get_running_loop().time()
        data = await client.execute("query{people{totalCount}}", safe=True)
        return data, asyncio.get_running_loop().time() - start, pace

    return run(main())


def answers(*given: httpx2.Response | type[httpx2.TransportError]) -> tuple[Handler, list[httpx2.Request]]:
    """A handler that gives these answers one after the other, the last one for good."""
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        answer = given[min(len(seen), len(given)) - 1]
        if isinstance(answer, httpx2.Response):
            return answer
        raise answer("fault")

    return handler, seen


GOOD = httpx2.Response(200, json={"data": {"people": {"totalCount": 3}}})


def test_a_call_carries_the_key_and_goes_to_the_right_place() -> None:
    handler, seen = answers(GOOD)
    assert ask(handler)[0] == {"people": {"totalCount": 3}}
    assert str(seen[0].url) == "http://twenty.test/graphql"
    assert seen[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "fault",
    [
        httpx2.ConnectError,
        httpx2.ReadTimeout,
        httpx2.RemoteProtocolError,
        httpx2.Response(500, json={"statusCode": 500, "messages": ["Boom"]}),
        httpx2.Response(502, content=b"<html>Bad Gateway</html>"),
        httpx2.Response(200, content=b'{"data":{"peo'),
    ],
)
def test_a_read_is_sent_again_after_a_growing_pause(fault: Any) -> None:
    handler, seen = answers(fault, fault, fault, GOOD)
    data, took, _ = ask(handler)
    assert data == {"people": {"totalCount": 3}}
    assert len(seen) == 4
    assert 1.5 <= took <= 4  # up to 0.5, 1 and 2 seconds


def test_a_server_that_stays_away_is_told_with_what_to_do() -> None:
    handler, seen = answers(httpx2.ConnectError)
    with pytest.raises(Away) as caught:
        ask(handler)
    assert caught.value.code == "NO_ANSWER"
    assert caught.value.next_step
    assert 3 <= len(seen) <= 10


def test_the_limit_is_waited_for_and_counted() -> None:
    limited = httpx2.Response(429, json={"messages": ["Limit reached (60 tokens per 60000 ms)"]})
    handler, seen = answers(limited, limited, GOOD)
    data, took, pace = ask(handler, rate=100)
    assert data == {"people": {"totalCount": 3}}
    assert (len(seen), pace.refusals, pace.calls_per_minute) == (3, 2, 60)
    assert took >= 2


def test_a_limit_without_end_ends_in_away() -> None:
    limited = httpx2.Response(429, json={"messages": ["Limit reached (60 tokens per 60000 ms)"]})
    handler, _ = answers(limited)
    with pytest.raises(Away) as caught:
        ask(handler, rate=100)
    assert "LIMIT_REACHED" in caught.value.why


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (httpx2.Response(401, json={"statusCode": 401, "messages": ["Token invalid."]}), "KEY_REFUSED"),
        (httpx2.Response(403, json={"statusCode": 403, "messages": ["Missing authentication token"]}), "KEY_REFUSED"),
        (httpx2.Response(403, content=b"<html>blocked</html>"), "PROXY_REFUSED"),
    ],
)
def test_a_door_that_is_shut_is_tried_once(response: httpx2.Response, code: str) -> None:
    handler, seen = answers(response)
    with pytest.raises(Refused) as caught:
        ask(handler)
    assert caught.value.code == code
    assert caught.value.next_step
    assert len(seen) == 1


def test_no_error_shows_the_key() -> None:
    handler, _ = answers(httpx2.Response(401, json={"messages": [KEY]}))
    with pytest.raises(BridgeworkError) as caught:
        ask(handler)
    assert KEY not in repr(caught.value)
    assert KEY not in str(caught.value)


def open_at(transport: httpx2.AsyncBaseTransport, url: str = "http://twenty.test") -> Workspace:
    async def main() -> Workspace:
        async with await Workspace.open(url, KEY, calls_per_minute=0, transport=transport) as workspace:
            return workspace

    return run(main())


def test_opening_learns_what_the_server_is() -> None:
    found = open_at(FakeTwenty()).capabilities
    assert (found.version, found.max_records, found.uploads, found.calls_per_minute) == ("2.19.0", 200, "direct", 0)
    assert not found.automations


@pytest.mark.parametrize("url", ["twenty.test", "", "ftp://twenty.test"])
def test_an_address_that_is_none_is_told_before_anything_is_sent(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_at(FakeTwenty(), url)
    assert caught.value.code == "BAD_URL"


def test_a_server_that_is_not_twenty_is_told() -> None:
    handler, _ = answers(httpx2.Response(404, content=b"<html>nginx</html>"))
    with pytest.raises(Refused) as caught:
        open_at(httpx2.MockTransport(handler))
    assert caught.value.code == "NOT_TWENTY"


def test_an_old_server_without_client_config_still_opens() -> None:
    class Old(FakeTwenty):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.path == "/client-config":
                return httpx2.Response(404, json={"statusCode": 404, "messages": ["Cannot GET"]})
            return await super().handle_async_request(request)

    old = Old([object_("person", "people", field("name")), object_("attachment", "attachments", field("fullPath"))])
    found = open_at(old).capabilities
    assert (found.version, found.uploads) == (None, "none")


def test_a_workspace_with_many_objects_is_read_to_the_last_page() -> None:
    class Paged(FakeTwenty):
        def _metadata(self, query: str) -> dict[str, Any]:
            answer = super()._metadata(query)
            if "objects" in answer:
                half = 1 if "after" in query else 0
                edges = [{"node": node} for node in NODES[half::2]]
                answer["objects"] = {"edges": edges, "pageInfo": {"hasNextPage": not half, "endCursor": "x"}}
            return answer

    assert sorted(open_at(Paged()).model.objects) == sorted(node["nameSingular"] for node in NODES)


class Uploads(FakeTwenty):
    """Takes files in both ways, and may fail with the first ones."""

    def __init__(self, *ways: str, failing: int = 0, nodes: list[dict[str, Any]] | None = None) -> None:
        super().__init__(nodes)
        self.ways, self.failing = ways, failing
        self.stored: dict[str, bytes] = {}
        self.seen: list[httpx2.Request] = []

    def _metadata(self, query: str) -> dict[str, Any]:
        if "__schema" in query:
            names = [{"name": way} for way in self.ways]
            return {"__schema": {"queryType": {"fields": names}, "mutationType": {"fields": names}}}
        if "createFileUpload" in query:
            url = "http://files.test/put"
            return {"createFileUpload": {"fileId": "f1", "uploadUrl": url, "contentType": "application/pdf"}}
        if "completeFileUpload" in query:
            return {"completeFileUpload": {"id": "f1", "size": 1}}
        return super()._metadata(query)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = await request.aread()
        if request.headers.get("content-type", "").startswith("multipart/") or request.url.host == "files.test":
            self.seen.append(request)
            self.failing -= 1
            if self.failing >= 0:
                raise httpx2.WriteError("dropped")
            self.stored["f1"] = body
            if request.url.host == "files.test":
                return httpx2.Response(204)
            root = "uploadFilesFieldFile" if b"uploadFilesFieldFile" in body else "uploadFile"
            return httpx2.Response(200, json={"data": {root: {"id": "f1", "size": 1, "path": "attachment/f1.pdf"}}})
        return await super().handle_async_request(request)


def upload(twenty: Uploads, content: Path | bytes) -> Any:
    async def main() -> Any:
        async with await Workspace.open("http://twenty.test", KEY, calls_per_minute=0, transport=twenty) as workspace:
            return await workspace.upload("factuur é.pdf", content, "application/pdf")

    return run(main())


@pytest.mark.parametrize("failing", [0, 2])
def test_a_file_goes_to_the_announced_address_without_the_key(failing: int, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF" * 200_000)
    twenty = Uploads("createFileUpload", "uploadFilesFieldFile", failing=failing)
    assert upload(twenty, path).file_id == "f1"
    assert twenty.stored["f1"] == path.read_bytes()
    last = twenty.seen[-1]
    assert (last.method, last.headers["content-type"]) == ("PUT", "application/pdf")
    assert last.headers["content-length"] == "800000"
    assert "authorization" not in last.headers


def test_where_files_cannot_be_announced_they_go_as_a_form() -> None:
    twenty = Uploads("uploadFilesFieldFile", failing=1)
    assert upload(twenty, b"%PDF").file_id == "f1"
    body = twenty.stored["f1"]
    assert b'{"0":["variables.file"]}' in body
    assert b"%PDF" in body
    assert b"field-file" in body
    assert twenty.seen[-1].headers["authorization"] == f"Bearer {KEY}"


def test_a_file_without_bytes_cannot_be_announced_and_goes_as_a_form() -> None:
    twenty = Uploads("createFileUpload", "uploadFilesFieldFile")
    assert upload(twenty, b"").file_id == "f1"
    assert twenty.seen[-1].headers["content-type"].startswith("multipart/form-data")


def test_before_1_18_a_file_is_a_path() -> None:
    nodes = [object_("attachment", "attachments", field("fullPath"))]
    found = upload(Uploads("uploadFile", nodes=nodes), b"%PDF")
    assert found.path == "attachment/f1.pdf"


def test_without_any_way_files_are_refused() -> None:
    with pytest.raises(Refused) as caught:
        upload(Uploads(nodes=[object_("person", "people", field("name"))]), b"%PDF")
    assert caught.value.code == "NO_UPLOADS"


def test_a_file_comes_back_as_a_hash_without_showing_the_key_to_its_host() -> None:
    content = b"x" * 1_000_000
    seen: list[httpx2.Request] = []

    class Serving(FakeTwenty):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.host == "files.test":
                seen.append(request)
                if len(seen) == 1:
                    raise httpx2.ReadError("dropped")
                return httpx2.Response(200, content=content)
            return await super().handle_async_request(request)

    async def main() -> str:
        async with await Workspace.open("http://twenty.test", KEY, transport=Serving()) as workspace:
            return await workspace.download_sha256("http://files.test/f1?token=t")

    assert run(main()) == hashlib.sha256(content).hexdigest()
    assert "authorization" not in seen[-1].headers


def test_a_file_that_is_gone_is_told_at_once() -> None:
    class Gone(FakeTwenty):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            if request.url.host == "files.test":
                return httpx2.Response(403, json={"message": "Forbidden resource"})
            return await super().handle_async_request(request)

    async def main() -> str:
        async with await Workspace.open("http://twenty.test", KEY, transport=Gone()) as workspace:
            return await workspace.download_sha256("http://files.test/f1?token=t")

    with pytest.raises(Refused) as caught:
        run(main())
    assert caught.value.code == "FILE_GONE"


def test_a_whole_record_is_asked_for_in_pages_of_thousands() -> None:
    sizes: list[int] = []

    class Counting(FakeTwenty):
        def _answer(self, body: bytes) -> dict[str, Any]:
            sizes.append(len(orjson.loads(body)["variables"]["f"]["id"]["in"]))
            return super()._answer(body)

    async def main() -> None:
        async with await Workspace.open("http://twenty.test", KEY, calls_per_minute=0, transport=Counting()) as ws:
            await ws.read("person", [str(number) for number in range(12_500)], ["name"])

    run(main())
    assert sizes == [5000, 5000, 2500]


def menu(calls: frozenset[str], *given: httpx2.Response) -> list[str]:
    """Take an object out of the menu; the queries that were sent."""
    handler, seen = answers(*given)

    async def main() -> None:
        client = Client("http://twenty.test/", KEY, Pace(0), transport=httpx2.MockTransport(handler))
        await take_out(client, calls, "object-1")

    run(main())
    return [orjson.loads(one.content)["query"] for one in seen]


MENU = frozenset({"navigationMenuItems", "deleteNavigationMenuItem"})
ITEMS = [{"id": "a", "targetObjectMetadataId": "object-1"}, {"id": "b", "targetObjectMetadataId": "object-2"}]


def test_an_object_is_taken_out_of_the_menu_and_others_stay() -> None:
    listed = httpx2.Response(200, json={"data": {"navigationMenuItems": ITEMS}})
    done = httpx2.Response(200, json={"data": {"deleteNavigationMenuItem": {"id": "a"}}})
    sent = menu(MENU, listed, done)
    assert len(sent) == 2
    assert "deleteNavigationMenuItem" in sent[1]


def test_a_menu_that_may_not_be_changed_stops_nothing() -> None:
    no = httpx2.Response(200, json={"data": None, "errors": [{"message": "no", "extensions": {"code": "FORBIDDEN"}}]})
    assert len(menu(MENU, no)) == 1
    assert menu(frozenset({"getViews"}), no) == []
