"""From the bytes of one record to its cells, and no further: the same whether a row is staged or read again.

A record is decoded as its file was declared. Where that fails, each cell that fails is read another way, and the code
that says so goes with the text: it becomes a finding.
"""

from __future__ import annotations

import codecs
import csv
import re

MAX_RECORD = 1 << 20
"""Bytes; what is longer is not a record but damage, or a quote that nobody closed."""

DECODED_AS_CP1252 = "DECODED_AS_CP1252"
DECODED_AS_CP850 = "DECODED_AS_CP850"
UNDEFINED_BYTES = "UNDEFINED_BYTES"

ASCII_LIKE = frozenset({"utf-8", "cp1252", "cp850", "cp858", "cp437", "iso8859-1", "iso8859-15", "mac-roman", "ascii"})
"""Encodings in which a byte below 128 is always that ASCII character: lines and delimiters are found in the bytes."""

WIDE = frozenset({"utf-16-le", "utf-16-be"})

# A letter of cp850 as Belgian names need it, behind a letter or before one: in cp1252 these are signs, not letters.
_DOS_LETTERS = re.compile(
    rb"(?:(?<=[A-Za-z])[\x81-\x85\x87-\x8c\x93-\x97\xa0-\xa4]|[\x80\x8e\x90\x99\x9a](?=[A-Za-z]))"
)
_HIGH = re.compile(rb"[\x80-\xff]")
_BARE_RETURN, STAND_IN = re.compile(r"\r(?!\n)"), "\ue00d"

csv.field_size_limit(max(csv.field_size_limit(), MAX_RECORD))  # its 128 KiB are less than some anamneses


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that has no character as the control character of that number, as browsers do (WHATWG Encoding)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("bridgework-control", _as_control)


def decode(raw: bytes, codec: str, delimiter: str) -> tuple[str, str]:
    """The text of a record, and a code where it is not what the codec says ("" where it is).

    Raises UnicodeDecodeError for a damaged record in UTF-16, which has no other way to be read.
    """
    try:
        return raw.decode(codec), ""
    except UnicodeDecodeError:
        if codec in WIDE:
            raise
    code, texts = "", []
    for part in raw.split(delimiter.encode("ascii")):
        text, other = _decode_part(part, codec)
        texts.append(text)
        code = other or code
    return delimiter.join(texts), code


def _decode_part(part: bytes, codec: str) -> tuple[str, str]:
    try:
        return part.decode(codec), ""
    except UnicodeDecodeError:
        pass
    if is_dos(part):
        return part.decode("cp850"), DECODED_AS_CP850
    if codec == "utf-8":
        return part.decode("cp1252", "bridgework-control"), DECODED_AS_CP1252
    return part.decode(codec, "bridgework-control"), UNDEFINED_BYTES


def is_dos(part: bytes) -> bool:
    """Whether all that is not ASCII in these bytes makes words when it is read as cp850, and signs in cp1252."""
    high = len(_HIGH.findall(part))
    return high > 0 and len(_DOS_LETTERS.findall(part)) == high


def without_line_end(text: str) -> str:
    """A record's text without the line end that closes it."""
    if text.endswith("\r\n"):
        return text[:-2]
    return text[:-1] if text.endswith(("\n", "\r")) else text


def split(text: str, delimiter: str) -> list[str]:
    """The cells of one record's text, which has no line end behind it.

    A quote is one only at the beginning of a cell, and doubled inside it (RFC 4180). A record that breaks this in its
    own line is read as spreadsheets do: what follows the closing quote belongs to the cell. Raises csv.Error where it
    cannot be read as one record.
    """
    if '"' not in text:
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
