"""From the bytes of one record to its cells, and no further: the same whether a row is staged or read again.

A record is decoded as its file was declared. Where that fails, each cell that fails is read another way, and the code
that says so goes with the text: it becomes a finding.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence

MAX_RECORD = 1 << 20
"""Bytes; what is longer is not a record but damage, or a quote that nobody closed."""

DECODED_AS_CP1252 = "DECODED_AS_CP1252"
DECODED_AS_CP850 = "DECODED_AS_CP850"
DECODED_AS_UTF8 = "DECODED_AS_UTF8"
DECODED_AS_OTHER = "DECODED_AS_OTHER"
LOOKS_LIKE_UTF8 = "LOOKS_LIKE_UTF8"
LOOKS_LIKE_CP850 = "LOOKS_LIKE_CP850"
UNDEFINED_BYTES = "UNDEFINED_BYTES"

ASCII_LIKE = frozenset({"utf-8", "cp1252", "cp850", "cp858", "cp437", "iso8859-1", "iso8859-15", "mac-roman", "ascii"})
"""Encodings in which a byte below 128 is always that ASCII character: lines and delimiters are found in the bytes."""

WIDE = frozenset({"utf-16-le", "utf-16-be"})

# A letter of cp850 as Belgian names need it, behind a letter or before one: in cp1252 these are signs, not letters.
_DOS_LETTERS = re.compile(
    rb"(?:(?<=[A-Za-z])[\x81-\x85\x87-\x8c\x93-\x97\xa0-\xa4]|[\x80\x8e\x90\x99\x9a](?=[A-Za-z]))"
)
# Those that stand in a word where cp1252 has a sign that does not; quotes, dashes, dots and hard spaces left out.
_DOS_IN_WORDS = re.compile(
    rb"(?<=[A-Za-z])[\x81-\x84\x87-\x8b\x8d\x93-\x95\xa1-\xa4](?=[A-Za-z])"
    rb"|(?<=[a-z])[\x81\x82\x87-\x8b](?![A-Za-z\x80-\xff])|(?<![A-Za-z\x80-\xff])[\x90\x82](?=[a-z]{2})"
)
_DOS_PAGES, _WINDOWS_PAGES = frozenset({"cp850", "cp858", "cp437"}), frozenset({"cp1252", "iso8859-1", "iso8859-15"})
# A letter or a sign of Western languages in UTF-8; and the same when it was read as cp1252 and written as UTF-8 again.
_LIKE_UTF8 = re.compile(rb"[\xc3\xc5][\x80-\xbf]|\xc2[\xa0-\xbf]|\xe2[\x80-\x82][\x80-\xbf]")
_TWICE_UTF8 = re.compile(
    rb"\xc3[\x83\x85](?:\xc2[\x80-\xbf]|\xc5[\x92\x93\xa0\xa1\xb8\xbd\xbe]|\xc6\x92|\xcb[\x86\x9c]|\xe2[\x80-\x84].)"
    rb"|\xc3\x82\xc2[\xa0-\xbf]|\xc3\xa2\xe2(?:\x82\xac|\x80\x9a)",
    re.DOTALL,
)
_TWICE_STARTS = (b"\xc3\x83", b"\xc3\x82", b"\xc3\x85", b"\xc3\xa2\xe2")
_UTF8_LEADS, _DOS_LETTERS_IN_WORDS = frozenset(b"\xc2\xc3\xc5\xe2"), frozenset(range(0x81, 0x96)) | {*range(0xA1, 0xA5)}
# Each byte as 1 where it is a suspect, else as 0; in the second one also letters of DOS count.
_SUSPECT_MAP = tuple(
    bytes(one in _UTF8_LEADS or (dos and one in _DOS_LETTERS_IN_WORDS) for one in range(256)) for dos in (False, True)
)
_DECODED_AS = {"cp1252": DECODED_AS_CP1252, "cp850": DECODED_AS_CP850, "utf-8": DECODED_AS_UTF8}
_HIGH = re.compile(rb"[\x80-\xff]")
_BARE_RETURN, STAND_IN = re.compile(r"\r(?!\n)"), "\ue00d"

csv.field_size_limit(max(csv.field_size_limit(), MAX_RECORD))  # its 128 KiB are less than some anamneses


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that has no character as the control character of that number, as browsers do (WHATWG Encoding)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("bridgework-control", _as_control)


def decode(raw: bytes, codec: str, delimiter: str, fallback: Sequence[str] = ()) -> tuple[str, str]:
    """The text of a record, and a code where it is not what the codec says ("" where it is).

    A cell is read in an encoding of `fallback` (codecs) where it makes words in that one and none in the file's own.
    Raises UnicodeDecodeError for a damaged record in UTF-16, which has no other way to be read.
    """
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        if codec in WIDE:
            raise
    else:
        if not fallback or codec in WIDE or raw.isascii():
            return text, ""
    code, texts = "", []
    for part in raw.split(delimiter.encode("ascii")):
        text, other = _decode_part(part, codec, fallback)
        texts.append(text)
        code = other or code
    return delimiter.join(texts), code


def _decode_part(part: bytes, codec: str, fallback: Sequence[str]) -> tuple[str, str]:
    if part.isascii():
        return part.decode("ascii"), ""
    for other in fallback:
        if (text := _in_other(part, codec, other)) is not None:
            return text, _DECODED_AS.get(other, DECODED_AS_OTHER)
    try:
        return part.decode(codec), ""
    except UnicodeDecodeError:
        pass
    if is_dos(part):
        return part.decode("cp850"), DECODED_AS_CP850
    if codec == "utf-8":
        return part.decode("cp1252", "bridgework-control"), DECODED_AS_CP1252
    return part.decode(codec, "bridgework-control"), UNDEFINED_BYTES


def _in_other(part: bytes, codec: str, other: str) -> str | None:
    """The cell in another encoding, where it speaks for that one and against the file's own; else None."""
    if other == "utf-8":
        return _or_none(part, other) if _LIKE_UTF8.search(part) else None
    if other in _DOS_PAGES and codec not in _DOS_PAGES:
        return part.decode(other) if looks_dos(part) else None
    return _or_none(part, other) if _or_none(part, codec) is None else None


def _or_none(part: bytes, codec: str) -> str | None:
    try:
        return part.decode(codec)
    except UnicodeDecodeError:
        return None


def suspects(joined: bytes, codec: str) -> Iterator[int]:
    """Where bytes, decoded without an error, may be of another encoding: quickly, for there are gigabytes of them."""
    if codec in WIDE:
        return
    if codec == "utf-8":
        marks: tuple[tuple[bytes, bytes], ...] = tuple((joined, start) for start in _TWICE_STARTS)
    else:
        marks = ((joined.translate(_SUSPECT_MAP[codec not in _DOS_PAGES]), b"\1"),)
    for where, mark in marks:
        place = where.find(mark)
        while place >= 0:
            yield place
            place = where.find(mark, place + 1)


def doubt(raw: bytes, codec: str, delimiter: str) -> str:
    """The code of what a record decoded without an error holds of another encoding, or ""."""
    if codec == "utf-8":
        return LOOKS_LIKE_UTF8 if _TWICE_UTF8.search(raw) else ""
    for part in raw.split(delimiter.encode("ascii")):
        if _LIKE_UTF8.search(part) and _or_none(part, "utf-8") is not None:
            return LOOKS_LIKE_UTF8
        if codec in _WINDOWS_PAGES and looks_dos(part):
            return LOOKS_LIKE_CP850
    return ""


def looks_dos(part: bytes) -> bool:
    """Whether all that is not ASCII makes words in cp850 and stands where cp1252 has no sign that belongs there."""
    high = len(_HIGH.findall(part))
    return high > 0 and len(_DOS_IN_WORDS.findall(part)) == high


def is_dos(part: bytes) -> bool:
    """Whether all that is not ASCII in these bytes makes words when it is read as cp850, and signs in cp1252."""
    high = len(_HIGH.findall(part))
    return high > 0 and len(_DOS_LETTERS.findall(part)) == high


def without_line_end(text: str) -> str:
    """A record's text without the line end that closes it."""
    if text.endswith("\r\n"):
        return text[:-2]
    return text[:-1] if text.endswith(("\n", "\r")) else text


def split(text: str, delimiter: str, *, quotes: bool = True) -> list[str]:
    """The cells of one record's text, which has no line end behind it.

    A quote is one only at the beginning of a cell, and doubled inside it (RFC 4180). A record that breaks this in its
    own line is read as spreadsheets do: what follows the closing quote belongs to the cell. Raises csv.Error where it
    cannot be read as one record. Without `quotes`, a quote is a sign like any other.
    """
    if not quotes or '"' not in text:
        return text.split(delimiter)
    if "\r" in text and STAND_IN not in text:
        # The csv module takes a bare carriage return for a line end, even where lines end otherwise.
        cells = _read(_BARE_RETURN.sub(STAND_IN, text), delimiter)
        return [cell.replace(STAND_IN, "\r") for cell in cells]
    return _read(text, delimiter)


def _read(text: str, delimiter: str) -> list[str]:
    try:
        return _only(text, delimiter, strict=True)
    except csv.Error:
        return _only(text, delimiter, strict=False)


def _only(text: str, delimiter: str, *, strict: bool) -> list[str]:
    records = list(csv.reader([text], delimiter=delimiter, strict=strict))
    if len(records) != 1:
        raise csv.Error("not one record")
    return records[0]
