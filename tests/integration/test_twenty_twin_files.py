"""Files in the Twenty twin: both ways in, one record each, addresses that expire, and bytes that go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bridgework.twins.twenty import TwentyTwin
from tests.integration.twenty_twin_calls import Calls, calls, new_id

ANNOUNCE = (
    "mutation($n:String!,$s:Float!,$f:String!){createFileUpload(filename:$n,size:$s,fileFolder:FilesField,"
    "fieldMetadataId:$f){fileId uploadUrl contentType}}"
)
COMPLETE = "mutation($f:String!){completeFileUpload(fileId:$f){id path size url}}"
ATTACH = "mutation($d:[AttachmentCreateInput!]!){createAttachments(data:$d){id file{fileId label extension url}}}"
DESTROY = "mutation($f:AttachmentFilterInput!){destroyAttachments(filter:$f){id}}"
OCTETS = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def twenty() -> Iterator[Calls]:
    with TwentyTwin(demo=False) as twin, calls(twin) as made:
        made.pause_workflow()
        yield made


@pytest.fixture
def field(twenty: Calls) -> str:
    return twenty.field_id("attachment", "file")


def put(twenty: Calls, field: str, content: bytes, name: str = "brief.txt") -> dict[str, Any]:
    """A file on its way in, announced and with its bytes put."""
    target: dict[str, Any] = twenty.metadata(ANNOUNCE, n=name, s=len(content), f=field)["createFileUpload"]
    assert twenty.http.put(target["uploadUrl"], content=content, headers=OCTETS).status_code == 204
    return target


def test_a_file_goes_in_directly_and_comes_back(twenty: Calls, field: str) -> None:
    content = bytes(range(256)) * 5000
    target = put(twenty, field, content, "röntgen 26.png")
    done = twenty.metadata(COMPLETE, f=target["fileId"])["completeFileUpload"]
    assert done["size"] == len(content)
    (made,) = twenty.data(ATTACH, d=[{"name": "x", "file": [{"fileId": done["id"], "label": "röntgen 26.png"}]}])[
        "createAttachments"
    ]
    (held,) = made["file"]
    assert (held["label"], held["extension"]) == ("röntgen 26.png", ".png")
    assert twenty.http.get(held["url"]).content == content


def test_a_file_over_10_mb_goes_in_directly(twenty: Calls, field: str) -> None:
    content = b"solid" * 3_000_000
    target = put(twenty, field, content, "scan.stl")
    assert twenty.metadata(COMPLETE, f=target["fileId"])["completeFileUpload"]["size"] == 15_000_000


def test_a_file_goes_in_with_a_form_and_comes_back(twenty: Calls, field: str) -> None:
    made = twenty.upload(b"%PDF", "factuur.pdf", field)
    assert made["size"] == 4
    got = twenty.http.get(made["url"])
    assert (got.content, got.headers["Content-Type"]) == (b"%PDF", "application/pdf")


@pytest.mark.parametrize("content", [b"hell", b"hello world"])
def test_other_bytes_than_were_announced_are_refused(twenty: Calls, field: str, content: bytes) -> None:
    target = twenty.metadata(ANNOUNCE, n="a.txt", s=5, f=field)["createFileUpload"]
    answer = twenty.http.put(target["uploadUrl"], content=content, headers=OCTETS)
    assert answer.status_code in {400, 413}
    assert answer.json()["code"] == "FILE_SIZE_MISMATCH"
    answers = twenty.send("/metadata", COMPLETE, {"f": target["fileId"]})
    assert answers["errors"][0]["message"].endswith("has not been uploaded to storage yet")


@pytest.mark.parametrize("size", [0, 1024**3 + 1])
def test_nothing_and_more_than_a_gigabyte_are_refused(twenty: Calls, field: str, size: int) -> None:
    answer = twenty.send("/metadata", ANNOUNCE, {"n": "a.stl", "s": size, "f": field})
    assert answer["errors"][0]["message"] == f"Invalid file size {size} (max 1073741824 bytes)"


def test_a_file_hangs_on_one_record_only(twenty: Calls, field: str) -> None:
    made = twenty.upload(b"x", "x.txt", field)
    hung = {"name": "x", "file": [{"fileId": made["id"], "label": "x.txt"}]}
    twenty.data(ATTACH, d=[hung])
    assert twenty.refused(ATTACH, d=[hung]).endswith("is already associated with a permanent files field")


def test_a_file_for_another_field_is_not_found(twenty: Calls, field: str) -> None:
    album = twenty.make_object("album", "albums")
    twenty.make_field(album, "FILES", "scans", settings={"maxNumberOfValues": 10})
    made = twenty.upload(b"x", "x.txt", field)
    scans = [{"fileId": made["id"], "label": "x.txt"}]
    query = "mutation($d:[AlbumCreateInput!]!){createAlbums(data:$d){id}}"
    assert twenty.refused(query, d=[{"scans": scans}]).startswith("File not found")


def test_addresses_open_one_file_for_a_day(twenty: Calls, field: str) -> None:
    url = twenty.upload(b"x", "x.txt", field)["url"]
    other = twenty.upload(b"y", "y.txt", field)["url"]
    assert twenty.http.get(url.split("?")[0]).status_code == 403
    assert twenty.http.get(f"{url}x").status_code == 403
    assert twenty.http.get(url.split("?")[0] + "?" + other.split("?")[1]).status_code == 403
    real = twenty.twin.clock
    twenty.twin.clock = lambda: real() + 86_500
    assert twenty.http.get(url).status_code == 403


def test_an_upload_address_is_open_for_a_quarter_of_an_hour(twenty: Calls, field: str) -> None:
    target = twenty.metadata(ANNOUNCE, n="a.txt", s=5, f=field)["createFileUpload"]
    real = twenty.twin.clock
    twenty.twin.clock = lambda: real() + 1000
    assert twenty.http.put(target["uploadUrl"], content=b"hello", headers=OCTETS).status_code == 403


def test_the_bytes_go_with_the_attachment_and_not_with_the_bin(twenty: Calls, field: str) -> None:
    made = twenty.upload(b"x", "x.txt", field)
    ident = new_id()
    twenty.data(ATTACH, d=[{"id": ident, "file": [{"fileId": made["id"], "label": "x.txt"}]}])
    twenty.data("mutation($id:UUID!){deleteAttachment(id:$id){id}}", id=ident)
    assert twenty.http.get(made["url"]).content == b"x"
    twenty.data(DESTROY, f={"id": {"eq": ident}})
    assert twenty.http.get(made["url"]).status_code == 404


def test_the_bytes_stay_where_the_person_goes_that_the_attachment_hangs_on(twenty: Calls, field: str) -> None:
    made = twenty.upload(b"x", "x.txt", field)
    someone = new_id()
    twenty.people({"id": someone})
    twenty.data(ATTACH, d=[{"targetPersonId": someone, "file": [{"fileId": made["id"], "label": "x.txt"}]}])
    twenty.data("mutation($id:UUID!){destroyPerson(id:$id){id}}", id=someone)
    assert twenty.data("query{attachments{totalCount}}")["attachments"]["totalCount"] == 0
    assert twenty.http.get(made["url"]).status_code == 200


def test_of_several_attachments_in_one_call_the_bytes_of_one_go(twenty: Calls, field: str) -> None:
    made = [twenty.upload(b"x", "x.txt", field) for _ in range(3)]
    ids = [new_id() for _ in made]
    files = [[{"fileId": one["id"], "label": "x.txt"}] for one in made]
    twenty.data(ATTACH, d=[{"id": ident, "file": file} for ident, file in zip(ids, files, strict=True)])
    twenty.data(DESTROY, f={"id": {"in": ids}})
    assert sorted(twenty.http.get(one["url"]).status_code for one in made) == [200, 200, 404]
