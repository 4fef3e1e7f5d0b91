from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import stat
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bridgework.errors import Away, BridgeworkError, Paused, Refused, UsageError
from bridgework.practice.api import ApiClient, ApiProfile, calling, check_profile
from bridgework.practice.api.retrying import LIMITED_TRIES, TRIES
from tests.unit.practice_api_fake import HEAD, KEY, NOW, PLAIN, World, in_turn, paged, profile

ONE_PAGE = {"items": [{"id": 1}], "total": 1}
GOOD = httpx2.Response(200, json=ONE_PAGE)
INSZ = "85073003328"


def failing(world: World, use: Any = None) -> BridgeworkError:
    """The error in which reading, or a use of the client, ends."""
    with pytest.raises(BridgeworkError) as caught:
        world.run(use) if use else world.pages()
    assert caught.value.next_step
    assert KEY not in str(caught.value)
    return caught.value


# --- tries


@pytest.mark.parametrize(
    "fault",
    [
        httpx2.ConnectError,
        httpx2.ReadTimeout,
        httpx2.RemoteProtocolError,
        httpx2.Response(500),
        httpx2.Response(503),
        httpx2.Response(429),
        httpx2.Response(408),
        httpx2.Response(200, content=b'{"items": [{"id": 1'),
        httpx2.Response(200, content=b'{"items": [{"id": "\xe9"}]}'),
    ],
)
def test_what_may_pass_is_tried_again_each_try_in_a_turn_of_the_budget(fault: Any) -> None:
    world = World(in_turn(fault, fault, GOOD))
    [page] = world.pages()
    assert page.records == [b'{"id":1}']
    assert (world.turns.calls, page.calls, len(world.seen)) == (3, 3, 3)
    assert 0 < world.took < 3


def test_pauses_grow_and_end_in_an_error_that_says_what_to_do() -> None:
    world = World(in_turn(httpx2.Response(502)))
    error = failing(world)
    assert isinstance(error, Away)
    assert (error.code, error.where) == ("API-AWAY", "patient: GET /patients")
    assert "502" in error.why
    assert world.turns.calls == TRIES
    assert 1 < world.took < 130


def test_json_that_stays_broken_is_an_error_of_its_own() -> None:
    error = failing(World(in_turn(httpx2.Response(200, content=b"<html>Login</html>"))))
    assert error.code == "API-BROKEN-JSON"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_obeyed(status: int, form: str) -> None:
    value = "90" if form == "seconds" else format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True)
    world = World(in_turn(httpx2.Response(status, headers={"Retry-After": value}), GOOD))
    world.pages()
    assert 90 <= world.took <= 91.5


@pytest.mark.parametrize("value", ["soon", "", "-5", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_retry_after_without_sense_does_no_harm(value: str) -> None:
    world = World(in_turn(httpx2.Response(429, headers={"Retry-After": value}), GOOD))
    world.pages()
    assert world.took <= 1


def test_who_asks_for_hours_is_not_waited_for() -> None:
    world = World(in_turn(httpx2.Response(429, headers={"Retry-After": "7200"})))
    error = failing(world)
    assert isinstance(error, Paused)
    assert (error.code, world.turns.calls, world.took) == ("API-BUSY", 1, 0)


def test_refusals_for_too_many_calls_end_in_a_pause() -> None:
    world = World(in_turn(httpx2.Response(429, headers={"Retry-After": "60"})))
    assert isinstance(failing(world), Paused)
    assert world.turns.calls == LIMITED_TRIES


def test_all_calls_wait_where_one_was_told_to() -> None:
    answers: list[float] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        answers.append(asyncio.get_running_loop().time())
        if len(answers) == 1:
            return httpx2.Response(429, headers={"Retry-After": "50"})
        return GOOD

    async def two(client: ApiClient) -> None:
        async def one(wait: float) -> None:
            await asyncio.sleep(wait)
            async for _ in client.pages("patient"):
                pass

        await asyncio.gather(one(0), one(10))

    World(handler).run(two)
    assert answers[0] == 0
    assert min(answers[1:]) >= 50


# --- refusals


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "API-REFUSED"),
        (422, "API-REFUSED"),
        (403, "API-FORBIDDEN"),
        (404, "API-NOT-FOUND"),
        (410, "API-NOT-FOUND"),
    ],
)
def test_a_refusal_is_told_at_once_without_what_the_api_wrote(status: int, code: str) -> None:
    world = World(in_turn(httpx2.Response(status, json={"error": INSZ})))
    error = failing(world)
    assert isinstance(error, Refused)
    assert error.code == code
    assert INSZ not in str(error)
    assert world.turns.calls == 1


def test_a_key_that_is_refused_is_told_at_once() -> None:
    world = World(in_turn(httpx2.Response(401)))
    error = failing(world)
    assert (error.code, world.turns.calls) == ("API-KEY-REFUSED", 1)
    assert "BRIDGEWORK_DENTADMIN_KEY" in error.next_step


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"data": [], INSZ: 1}, "it has data"),
        ({"items": {"a": 1}}, "`items`"),
        ({"items": [1, 2]}, "`items`"),
        ([{"id": 1}], "`items`"),
        ({"error": "no"}, "it has error"),
        ("text", "`items`"),
    ],
)
def test_an_answer_without_records_says_what_was_expected_and_what_is_there(body: Any, told: str) -> None:
    error = failing(World(in_turn(httpx2.Response(200, json=body))))
    assert error.code == "API-NO-RECORDS"
    assert told in error.why
    assert INSZ not in str(error)


@pytest.mark.parametrize("body", [b'{"items": null}', b'{"items": []}', b'{"total": 0}', b""])
def test_no_records_are_no_error(body: bytes) -> None:
    [page] = World(in_turn(httpx2.Response(200, content=body))).pages()
    assert (page.records, page.cursor) == ([], None)


def test_an_answer_that_is_too_large_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "LARGEST_ANSWER", 1000)
    assert failing(World(in_turn(httpx2.Response(200, content=b" " * 2000)))).code == "API-LARGE-ANSWER"


def test_what_the_profile_does_not_have_is_told() -> None:
    world = World(in_turn(GOOD), profile(PLAIN.replace("changed_since: since", "deleted: gone")))
    assert isinstance(failing(world, lambda client: anext(client.pages("bill"))), UsageError)
    error = failing(world, lambda client: anext(client.pages("patient", since=datetime(2026, 1, 1, tzinfo=UTC))))
    assert error.code == "API-NO-CHANGED-SINCE"


# --- pages


def test_each_record_comes_as_it_was_sent() -> None:
    body = b'{"total": 2, "items": [ {"id": 1.50,  "n":"\\u00e9"} , {"id":12345678901234567890.10}\n]}'
    [page] = World(in_turn(httpx2.Response(200, content=body))).pages()
    assert page.records == [b'{"id": 1.50,  "n":"\\u00e9"}', b'{"id":12345678901234567890.10}']


def test_pages_follow_one_another_until_the_total() -> None:
    world = World(paged({"items": [{"id": 1}, {"id": 2}], "total": 3}, {"items": [{"id": 3}], "total": 3}))
    assert [len(page.records) for page in world.pages()] == [2, 1]
    assert [str(request.url.query, "ascii") for request in world.seen] == ["page=1&size=2", "page=2&size=2"]


def paging(text: str, extra: str = "") -> ApiProfile:
    return profile(PLAIN.replace("{by: page, size: size}", text).replace("total: total", extra))


def ids(*numbers: int) -> dict[str, Any]:
    return {"items": [{"id": number} for number in numbers]}


@pytest.mark.parametrize(
    ("pages", "calls"),
    [
        ([ids(1, 2), ids(3)], 2),
        ([ids(1, 2), ids(3, 4), ids()], 3),
        ([ids(1), ids()], 2),  # a page shorter than was asked for may be all that the API gives at once
        ([ids(1), ids(2), ids(3), ids()], 4),
        ([ids()], 1),
    ],
)
def test_without_a_total_pages_end_with_a_short_or_an_empty_one(pages: list[Any], calls: int) -> None:
    world = World(paged(*pages), paging("{by: page, size: size}"))
    assert len(world.records()) == sum(len(page["items"]) for page in pages)
    assert len(world.seen) == calls


def test_has_more_decides_where_it_is_there() -> None:
    pages = [{**ids(1), "more": True}, {**ids(2, 3), "more": "true"}, {**ids(4, 5), "more": 0}]
    world = World(paged(*pages), paging("{by: page, size: size, more: more}"))
    assert len(world.records()) == 5


def test_an_offset_goes_on_by_as_many_records_as_came() -> None:
    rows = [{"id": number} for number in range(7)]

    def handler(request: httpx2.Request) -> httpx2.Response:
        begin = int(request.url.params["offset"])
        return httpx2.Response(200, json={"items": rows[begin : begin + 3], "total": "7"})

    world = World(handler, profile(PLAIN.replace("{by: page, size: size}", "{by: offset, size: limit}")))
    assert len(world.records()) == 7
    assert [request.url.params["offset"] for request in world.seen] == ["0", "3", "6"]


def test_a_total_in_a_header_is_read() -> None:
    world = World(
        in_turn(httpx2.Response(200, json=ids(1, 2), headers={"X-Total": "2"})),
        paging("{by: page, size: size}", "total_header: X-Total"),
    )
    assert [page.total for page in world.pages()] == [2]


@pytest.mark.parametrize("last", [None, "", False])
def test_a_cursor_is_sent_back_until_there_is_none(last: Any) -> None:
    after = {None: ("b c", [1]), "b c": (7, [2]), "7": (last, [3])}

    def handler(request: httpx2.Request) -> httpx2.Response:
        following, found = after[request.url.params.get("after")]
        return httpx2.Response(200, json={**ids(*found), "meta": {"next": following}})

    world = World(handler, paging("{by: cursor, cursor: after, next: meta.next, size: n}"))
    assert world.records() == ['{"id":1}', '{"id":2}', '{"id":3}']


def linked(*links: str) -> Any:
    return in_turn(
        *[httpx2.Response(200, json=ids(number), headers={"Link": link}) for number, link in enumerate(links)]
    )


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ('<https://api.example.test/v1/patients?p=2>; rel="next"', "https://api.example.test/v1/patients?p=2"),
        (
            '</v1/x?p=0>; rel="prev", </v1/patients?p=2&a=%20>; rel="next"',
            "https://api.example.test/v1/patients?p=2&a=%20",
        ),
        ("<?p=2>; rel=next", "https://api.example.test/v1/patients?p=2"),
        ('<?p=2>; title="a, b"; rel="last next"', "https://api.example.test/v1/patients?p=2"),
        ("<http://api.example.test:8080/v1/patients?p=2>; rel=next", "https://api.example.test/v1/patients?p=2"),
    ],
)
def test_the_link_to_the_next_page_is_followed_on_our_host(link: str, asked: str) -> None:
    world = World(linked(link, ""), profile(PLAIN.replace("{by: page, size: size}", "{by: link, size: size}")))
    assert len(world.records()) == 2
    assert str(world.seen[1].url) == asked
    assert world.seen[1].headers["authorization"] == f"Bearer {KEY}"


def test_a_link_in_the_body_is_followed_and_the_key_in_it_is_not_kept() -> None:
    text = PLAIN.replace("{by: page, size: size}", "{by: link, next: links.next, size: size}")
    text = text.replace("bearer", "{by: query, name: api_key}")
    following = f"https://api.example.test/v1/patients?api_key={KEY}&p=2"
    world = World(
        in_turn(
            httpx2.Response(200, json={**ids(1), "links": {"next": following}}),
            httpx2.Response(200, json={**ids(2), "links": {"next": None}}),
        ),
        profile(text),
    )
    first, _ = world.pages()
    assert KEY not in str(first.cursor)
    assert dict(world.seen[1].url.params) == {"p": "2", "api_key": KEY}


def test_a_link_to_another_host_is_an_error_and_gets_no_key() -> None:
    world = World(
        linked("<https://evil.example.test/v1/patients?p=2>; rel=next", ""),
        profile(PLAIN.replace("{by: page, size: size}", "{by: link, size: size}")),
    )
    assert failing(world).code == "API-ELSEWHERE"
    assert {request.url.host for request in world.seen} == {"api.example.test"}


def test_a_page_that_comes_again_is_asked_for_again() -> None:
    one, two = ({"items": [{"id": number}], "total": 2} for number in (1, 2))
    world = World(in_turn(*[httpx2.Response(200, json=page) for page in (one, one, two)]))
    assert world.records() == ['{"id":1}', '{"id":2}']


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("{by: page, size: size}", ids(1, 2)),
        ("{by: offset, size: size}", ids(1, 2)),
        ("{by: cursor, next: next, size: size}", {**ids(1, 2), "next": "again"}),
        ("{by: cursor, next: next, size: size}", {"items": [], "next": "again"}),
        ("{by: link, next: next, size: size}", {"items": [], "next": "?p=2"}),
    ],
)
def test_pages_without_an_end_end_in_an_error(text: str, body: Any) -> None:
    world = World(in_turn(httpx2.Response(200, json=body)), paging(text))
    error = failing(world)
    assert error.code == "API-PAGES-REPEAT"
    assert world.turns.calls <= 2 + TRIES


def test_a_page_can_be_begun_at_from_its_cursor() -> None:
    pages = [{"items": [{"id": 2 * n}, {"id": 2 * n + 1}], "total": 6} for n in range(3)]
    whole = World(paged(*pages)).pages()
    rest = World(paged(*pages)).pages(cursor=whole[0].cursor)
    assert [page.records for page in rest] == [page.records for page in whole[1:]]
    assert [page.cursor for page in rest] == [page.cursor for page in whole[1:]]


def test_a_post_sends_all_in_a_json_body() -> None:
    text = PLAIN.replace("{by: page, size: size}", "{by: page, page: page.number, size: page.size}")
    text = text.replace("records: items", "records: items\n    method: POST\n    parameters: {filter: {kind: [a]}}")
    world = World(in_turn(GOOD), profile(text))
    world.pages(since=datetime(2026, 1, 2, tzinfo=UTC))
    [request] = world.seen
    assert request.method == "POST"
    assert request.content == (b'{"filter":{"kind":["a"]},"page":{"number":1,"size":2},"since":"2026-01-02T00:00:00Z"}')


DETAILS = PLAIN.replace("total: total", "total: total\n    detail: {path: '/patients/{id}', record: data}")


def detailed(request: httpx2.Request) -> httpx2.Response:
    if request.url.path == "/v1/patients":
        return httpx2.Response(200, json={"items": [{"id": "a/b"}, {"id": "gone"}, {"id": "ç"}], "total": 3})
    if request.url.path.endswith("gone"):
        return httpx2.Response(404)
    return httpx2.Response(200, content=b'{"data": {"name": 1.0}}')


def test_details_are_asked_for_each_record_and_those_that_are_gone_are_counted() -> None:
    world = World(detailed, profile(DETAILS))
    [page] = world.pages()
    assert page.records == [b'{"name": 1.0, "id": "a/b"}', '{"name": 1.0, "id": "ç"}'.encode()]
    assert (page.gone, page.calls, world.turns.calls) == (1, 4, 4)
    assert sorted(str(request.url.raw_path, "ascii") for request in world.seen[1:]) == [
        "/v1/patients/%C3%A7",
        "/v1/patients/a%2Fb",
        "/v1/patients/gone",
    ]


def test_a_detail_path_that_leads_nowhere_is_an_error() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        return GOOD if request.url.path == "/v1/patients" else httpx2.Response(404)

    assert failing(World(handler, profile(DETAILS))).code == "API-NO-DETAILS"


def test_deleted_records_come_apart_and_cost_no_details() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/v1/patients":
            return httpx2.Response(200, json={"items": [{"id": 1, "gone": "ja"}, {"id": 2, "gone": "nee"}], "total": 2})
        return httpx2.Response(200, json={"data": {"id": 2}})

    world = World(handler, profile(DETAILS.replace("total: total", "total: total\n    deleted: gone")))
    [page] = world.pages()
    assert page.deleted == [b'{"id":1,"gone":"ja"}']
    assert len(page.records) == 1
    assert page.calls == 2


# --- who we are


@pytest.mark.parametrize(
    ("how", "secret", "name", "value"),
    [
        ("bearer", "s", "authorization", "Bearer s"),
        ("basic", "u:p:q", "authorization", "Basic " + base64.b64encode(b"u:p:q").decode()),
        ("{by: header, name: X-Key-Of-Ours}", "s", "x-key-of-ours", "s"),
        ("{by: header, name: Authorization, prefix: 'Token '}", "s", "authorization", "Token s"),
    ],
)
def test_each_way_to_show_who_we_are(how: str, secret: str, name: str, value: str) -> None:
    world = World(in_turn(GOOD), profile(PLAIN.replace("bearer", how)), secret)
    world.pages()
    assert world.seen[0].headers[name] == value


@pytest.mark.parametrize(("how", "secret"), [("basic", "nocolon"), ("bearer", ""), ("bearer", "a\nb"), ("bearer", "é")])
def test_a_secret_of_the_wrong_form_is_told_before_any_call(how: str, secret: str) -> None:
    world = World(in_turn(GOOD), profile(PLAIN.replace("bearer", how)), secret)
    assert failing(world).code == "API-KEY-FORM"
    assert world.turns.calls == 0


OAUTH = PLAIN.replace("bearer", "{by: oauth2, token_url: /oauth/token, scope: read, parameters: {audience: us}}")


class TokenServer:
    """Gives tokens t1, t2, … and takes only the newest."""

    def __init__(self, life: int | None = 600) -> None:
        self.life, self.given, self.forms = life, 0, []  # type: int | None, int, list[httpx2.Request]
        self.void = False

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/v1/oauth/token":
            self.given += 1
            self.void = False
            self.forms.append(request)
            return httpx2.Response(200, json={"access_token": f"t{self.given}", "expires_in": self.life})
        if self.void or request.headers["authorization"] != f"Bearer t{self.given}":
            return httpx2.Response(401)
        return GOOD


def read_with_pauses(*pauses: float) -> Any:
    async def use(client: ApiClient) -> None:
        for pause in pauses:
            await asyncio.sleep(pause)
            async for _ in client.pages("patient"):
                pass

    return use


def test_a_token_is_fetched_in_the_budget_and_used_until_it_is_about_to_expire() -> None:
    server = TokenServer()
    world = World(server, profile(OAUTH), "id:se cret")
    world.run(read_with_pauses(0, 100, 400, 100))
    assert server.given == 2
    assert world.turns.calls == 4 + 2
    form = server.forms[0]
    assert form.headers["authorization"] == "Basic " + base64.b64encode(b"id:se%20cret").decode()
    assert form.content == b"grant_type=client_credentials&audience=us&scope=read"


def test_credentials_go_in_the_form_where_the_profile_says_so() -> None:
    server = TokenServer()
    World(server, profile(OAUTH.replace("scope: read", "credentials: form")), "id:secret").pages()
    assert b"client_id=id&client_secret=secret" in server.forms[0].content
    assert "authorization" not in server.forms[0].headers


def test_a_token_that_is_refused_is_renewed_once() -> None:
    server = TokenServer()

    async def use(client: ApiClient) -> None:
        await read_with_pauses(0)(client)
        server.void = True
        await read_with_pauses(0)(client)

    world = World(server, profile(OAUTH), "id:secret")
    world.run(use)
    assert server.given == 2
    assert world.turns.calls == 1 + 1 + 1 + 1 + 1  # token, page, 401, token, page


def test_a_new_token_that_is_refused_too_is_an_error() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"access_token": "t"}) if "oauth" in request.url.path else httpx2.Response(401)

    world = World(handler, profile(OAUTH), "id:secret")
    assert failing(world).code == "API-KEY-REFUSED"
    assert world.turns.calls == 4


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx2.Response(401, json={"error": "invalid_client"}), "API-KEY-REFUSED"),
        (httpx2.Response(404), "API-NOT-FOUND"),
        (httpx2.Response(200, json={"token": "t"}), "API-NO-TOKEN"),
        (httpx2.Response(200, json=[]), "API-NO-TOKEN"),
        (httpx2.Response(500), "API-AWAY"),
    ],
)
def test_a_token_call_that_fails_is_told(answer: httpx2.Response, code: str) -> None:
    assert failing(World(in_turn(answer), profile(OAUTH), "id:secret")).code == code


# --- redirects


def test_a_redirect_on_our_host_is_followed_with_the_key_and_costs_a_call() -> None:
    world = World(in_turn(httpx2.Response(307, headers={"Location": "/v1/clients?page=1"}), GOOD))
    world.pages()
    assert [request.url.path for request in world.seen] == ["/v1/patients", "/v1/clients"]
    assert world.seen[1].headers["authorization"] == f"Bearer {KEY}"
    assert world.turns.calls == 2


def test_a_redirect_to_another_host_is_an_error() -> None:
    world = World(in_turn(httpx2.Response(302, headers={"Location": "https://evil.example.test/"}), GOOD))
    assert failing(world).code == "API-ELSEWHERE"
    assert len(world.seen) == 1


def test_redirects_in_circles_end() -> None:
    assert failing(World(in_turn(httpx2.Response(302, headers={"Location": "/v1/patients"})))).code == "API-MOVED"


# --- files

RECORD = b'{"id": 1, "file": "scan \xc3\xa9.png"}'


def fetching(to: Path, record: bytes = RECORD, **options: Any) -> Any:
    return lambda client: client.download("patient", record, to, **options)


def test_a_file_is_written_whole_for_its_owner_only(tmp_path: Path) -> None:
    to = tmp_path / "f"
    to.write_bytes(b"old")
    world = World(in_turn(httpx2.Response(500), httpx2.Response(200, content=b"new bytes")))
    got = world.run(fetching(to))
    assert (to.read_bytes(), got.size) == (b"new bytes", 9)
    assert got.sha256 == hashlib.sha256(b"new bytes").hexdigest()
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert world.seen[0].url.raw_path == b"/v1/files/scan%20%C3%A9.png"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize("name", ['""', "null", '".."', '"."'])
def test_a_record_that_names_no_file_has_none(tmp_path: Path, name: str) -> None:
    world = World(in_turn(GOOD))
    assert world.run(fetching(tmp_path / "f", f'{{"file": {name}}}'.encode())) is None
    assert world.turns.calls == 0


def test_a_name_cannot_lead_elsewhere(tmp_path: Path) -> None:
    world = World(in_turn(httpx2.Response(200, content=b"x")))
    world.run(fetching(tmp_path / "f", b'{"file": "../../admin?x=1#y"}'))
    assert world.seen[0].url.raw_path == b"/v1/files/..%2F..%2Fadmin%3Fx%3D1%23y"


def test_a_file_that_is_gone_or_too_large_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    assert failing(World(in_turn(httpx2.Response(404))), fetching(tmp_path / "f")).code == "API-FILE-GONE"
    large = World(in_turn(httpx2.Response(200, content=b"x" * 100)))
    assert failing(large, fetching(tmp_path / "f", largest=99)).code == "API-LARGE-FILE"
    assert list(tmp_path.iterdir()) == []


def test_a_file_may_come_from_another_host_which_does_not_see_the_key(tmp_path: Path) -> None:
    world = World(
        in_turn(
            httpx2.Response(302, headers={"Location": "https://store.example.test/x?signature=1"}),
            httpx2.Response(200, content=b"x"),
        )
    )
    assert world.run(fetching(tmp_path / "f")).size == 1
    assert KEY not in str(world.seen[1].headers) + str(world.seen[1].url)
    assert str(world.seen[1].url) == "https://store.example.test/x?signature=1"


def test_a_file_does_not_come_over_plain_http_from_another_host(tmp_path: Path) -> None:
    world = World(in_turn(httpx2.Response(302, headers={"Location": "http://store.example.test/x"}), GOOD))
    assert failing(world, fetching(tmp_path / "f")).code == "API-ELSEWHERE"


# --- privacy


def test_nothing_of_a_record_and_no_key_is_in_a_log_or_a_repr(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    text = DETAILS.replace("bearer", "{by: query, name: api_key}")

    def handler(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/v1/patients":
            return httpx2.Response(200, json={"items": [{"id": INSZ, "file": INSZ}], "total": 1})
        return httpx2.Response(200, json={"data": {"id": INSZ}})

    world = World(handler, profile(text))
    [page] = world.pages()
    world.run(fetching(tmp_path / "f", page.records[0] or b""))
    said = caplog.text + repr(page) + repr(world.profile)
    assert INSZ not in said
    assert KEY not in said


# --- checking

CHECKED = (
    HEAD
    + """
defaults: {id: id, records: items, paging: {by: page, size: size}, page_size: 2, total: total}
objects:
  patient: {path: /patients, changed_since: since, fields: {id: Nr, name: Naam, address: Adres, ghost: Geest}}
  invoice: {path: /invoices, fields: {id: Nr}}
  invoice_line: {inside: invoice, records: lines, parent: invoice, id: [invoice, n], fields: {invoice: Factuur}}
  report: {path: /reports}
"""
)


def checked(request: httpx2.Request) -> httpx2.Response:
    if request.url.path.endswith("patients"):
        if "since" in request.url.params:
            return httpx2.Response(200, json={"items": [], "total": 0})
        items = [{"id": 1, "address": {"street": "x"}, "name": None}, {"id": 1, "late": 1}]
        return httpx2.Response(200, json={"items": items, "total": 1001})
    if request.url.path.endswith("invoices"):
        return httpx2.Response(200, json={"items": [{"id": 1, "lines": [{"n": 1, "what": 2}]}, {"no": 1}], "total": 2})
    return httpx2.Response(403)


def test_a_check_tells_what_is_found_missing_and_not_listed() -> None:
    world = World(checked, profile(CHECKED))
    patient, invoice, line, report = world.run(check_profile)

    assert (patient.found, patient.missing, patient.extra) == (["id", "name", "address"], ["ghost"], ["late"])
    assert (patient.total, patient.asked, patient.served, patient.same_id) == (1001, 2, 2, 1)
    assert (patient.since, patient.calls, patient.calls_needed, patient.fits) == ("works", 2, 501, False)
    assert (invoice.extra, invoice.without_id, invoice.calls) == (["no"], 1, 1)
    assert (line.found, line.extra, line.missing, line.calls) == (["invoice", "n"], ["what"], [], 0)
    assert report.problem is not None
    assert report.problem.code == "API-FORBIDDEN"
    assert world.turns.calls == 4


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (httpx2.Response(400), "refused"),
        (httpx2.Response(200, json={"items": [{"id": 1}, {"id": 2}], "total": 9}), "ignored"),
    ],
)
def test_a_check_tells_whether_changed_since_is_heeded(answer: httpx2.Response, verdict: str) -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        if "since" in request.url.params:
            return answer
        return httpx2.Response(200, json={"items": [{"id": 1}, {"id": 2}], "total": 9})

    [check] = World(handler).run(check_profile)
    assert check.since == verdict


def test_a_check_stops_where_no_call_can_go_well() -> None:
    world = World(in_turn(httpx2.Response(401)), profile(CHECKED))
    assert failing(world, check_profile).code == "API-KEY-REFUSED"
    assert world.turns.calls == 1
