"""Which files are images, by their names and by their first bytes, and that none is sent by a map without images."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.mapping.files import file_ref, is_left_out, is_wanted, kind_by_content, kind_by_name
from bridgework.mapping.target import TargetRecord
from bridgework.practice.rows import SourceRecord
from bridgework.stages.files import Files
from bridgework.store import Store

IMAGES = [
    *(
        "pano.JPG",
        "pano.dicom",
        "pano.dcm",
        "scan.jp2",
        "foto.jfif",
        "x.HEIF",
        "x.heic",
        "a.avif",
        "pano.ima",
        "rx.zip",
    ),
    *(
        "scan.stl",
        "scan.ply",
        "kaak.obj",
        "cbct.nii",
        "cbct.nii.gz",
        ".webp",
        ".tif",
        "rx.xvi",
        "rx.sid",
        "DICOMDIR.dcm",
    ),
    *("C:\\RX\\IM0001.DCM", "foto.png ", "foto.jpg.", "film.mp4", "photo.cr2"),
]
DOCUMENTS = ["verslag.pdf", "brief.docx", "nota.TXT", "offerte.xlsx", "mail.msg", "gesprek.mp3"]
UNKNOWN = ["RX_36", "IM0001", "jpg", "verslag", "x.qqq", "1.2.840.10008"]

BYTES = {
    "image": [
        *(b"\xff\xd8\xff\xe0..JFIF", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM\x36\x10\0\0\0\0\0\0", b"II*\0", b"MM\0*"),
        *(b"RIFF\x10\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic", b"\0\0\0\x1cftypavif", b"\0\0\0\x18ftypmp42"),
        *(
            b"\0\0\0\x0cjP  \r\n\x87\n",
            bytes(128) + b"DICM\x02\0",
            b"solid kaak\n facet normal 0 0 1\n",
            b"ply\nformat",
        ),
        *(
            b"# jaw\nv 1.0 2.0 3.0\nv 1 2 3\nv 2 3 4\nf 1 2 3\n",
            b"\x1f\x8b\x08",
            b"<?xml version='1.0'?>\n<svg xmlns=''>",
        ),
    ],
    "document": [
        *(
            b"%PDF-1.7\n\xe2\xe3",
            b"{\\rtf1\\ansi",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
            b"Geachte collega, tand 36 is\nv 1 2 3",
        ),
        *(b"PK\x03\x04\x14\0[Content_Types].xml", b"PK\x03\x04\x14\0mimetypeapplication/vnd.oasis.opendocument.text"),
        *("Geëxtraheerd à 36".encode("cp1252"), b"ID3\x04\0", b"<html><body>"),
    ],
    "unknown": [b"", bytes(200), b"PK\x03\x04\x14\0IM0001", b"\x08\0\x05\0CS\n\0ISO_IR 100"],
}
HEADS = [(kind, head) for kind, heads in BYTES.items() for head in heads]


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_is_known_by_its_name(name: str) -> None:
    assert kind_by_name(name) == "image"
    assert is_left_out(name, {"images"})
    assert not is_left_out(name, set())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_known_by_its_name(name: str) -> None:
    assert kind_by_name(name) == "document"
    assert not is_left_out(name, {"images"})


@pytest.mark.parametrize("category", ["PANORAMIC", "INTRA_ORAL", "PHOTO", "SCAN"])
def test_what_the_practice_calls_an_image_is_left_out_however_its_file_is_called(category: str) -> None:
    assert all(is_left_out(name, {"images"}, category) for name in (*DOCUMENTS, *UNKNOWN))
    assert not is_left_out("verslag.pdf", set(), category)
    assert not is_left_out("verslag.pdf", {"images"}, "REPORT")


@pytest.mark.parametrize("name", UNKNOWN)
def test_of_a_name_that_tells_nothing_only_a_known_document_is_wanted(name: str) -> None:
    assert kind_by_name(name) == "unknown"
    assert file_ref(name, {"images"}).wanted == "document"
    assert file_ref(name).wanted == "any"


@pytest.mark.parametrize(("kind", "head"), HEADS)
def test_the_first_bytes_tell_the_kind(kind: str, head: bytes) -> None:
    assert kind_by_content(head) == kind


@given(st.sampled_from([*IMAGES, *DOCUMENTS, *UNKNOWN]), st.sampled_from(HEADS), st.binary(max_size=64))
def test_no_image_is_wanted_by_a_map_without_them_whatever_it_is_called(
    name: str, what: tuple[str, bytes], more: bytes
) -> None:
    kind, head = what
    file = file_ref(name, {"images"})
    if kind == "image" and kind_by_content(head + more) == "image":
        assert not is_wanted(file, head + more)
    if kind_by_name(name) == "unknown" and kind == "unknown":
        assert not is_wanted(file, head)
    assert is_wanted(file_ref(name), head + more)


# --- on their way ----------------------------------------------------------------------------------------------------


class _Sent:
    """A workspace that notes what is uploaded."""

    def __init__(self) -> None:
        self.labels: list[str] = []

    async def upload(self, label: str, _: Path, __: str) -> Any:
        self.labels.append(label)
        return SimpleNamespace(file_id=str(uuid.uuid4()))


def test_a_file_that_is_an_image_by_its_content_is_not_sent_and_is_told_by_record(tmp_path: Path) -> None:
    heads = {
        "RX_36": BYTES["image"][11],
        "verslag.pdf": BYTES["image"][0],
        "brief": BYTES["document"][0],
        "ok.pdf": b"%PDF-",
    }
    for name, head in heads.items():
        (tmp_path / name).write_bytes(head)

    class Folder:
        @asynccontextmanager
        async def open(self, _: SourceRecord, name: str) -> AsyncIterator[Path]:
            yield tmp_path / name

    sent = _Sent()
    store = Store.create(tmp_path / "store.db", "a passphrase")
    files = Files(store, cast("Any", Folder()), cast("Any", sent))
    row = cast("SourceRecord", SimpleNamespace(object="document", key="1"))
    pairs = [(row, TargetRecord("attachment", uuid.uuid4(), {}, file=file_ref(name, {"images"}))) for name in heads]
    kept, failed = asyncio.run(files.upload(pairs))
    store.close()
    assert sorted(sent.labels) == ["brief", "ok.pdf"]
    assert {record.file.label for _, record in kept if record.file} == {"brief", "ok.pdf"}
    assert {code for code, _ in failed.values()} == {"IMAGE-LEFT-OUT"}
    assert not any(name in why for name in heads for _, why in failed.values())
