"""Tiny, valid files for the documents folder: a PDF, a PNG and a JPEG, each different from every other by its text."""

from __future__ import annotations

import base64
import struct
import zlib

_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
    "////////////////////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
    "AQEAAD8AP//Z",
)
_AFTER_JFIF = 20  # a comment may stand anywhere but between the start and the JFIF header


def pdf(text: str) -> bytes:
    """A one-page PDF that says the text (Latin letters; others become question marks)."""
    shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252", "replace")
    content = b"BT /F1 12 Tf 50 780 Td (" + shown + b") Tj ET"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    page += b" /Resources << /Font << /F1 5 0 R >> >> >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    parts, offsets, size = [b"%PDF-1.4\n"], [], 9
    for number, body in enumerate(objects, 1):
        offsets.append(size)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        size += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table))
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, size))
    return b"".join(parts)


def png(text: str) -> bytes:
    """A grey picture of 16 by 16 whose shades come from the text, which it also carries as its description."""
    key = text.encode()
    rows = b"".join(
        b"\0" + bytes((key[(row * 16 + column) % len(key)] * 3 + row) % 256 for column in range(16))
        for row in range(16)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)),
            _chunk(b"tEXt", b"Description\0" + key),
            _chunk(b"IDAT", zlib.compress(rows, 0)),  # level 0: the same bytes from every version of zlib
            _chunk(b"IEND", b""),
        )
    )


def jpeg(text: str) -> bytes:
    """A grey picture of 8 by 8 with the text as its comment."""
    key = text.encode()
    return _JPEG[:_AFTER_JFIF] + b"\xff\xfe" + struct.pack(">H", len(key) + 2) + key + _JPEG[_AFTER_JFIF:]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
