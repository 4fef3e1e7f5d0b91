"""Tooth numbers: the notations, and what one cell means when its notation is known.

FDI (ISO 3950) and Universal share 18 values (11-18, 21-28, 31, 32), and none means the same tooth in both. So a single
cell cannot tell its notation; a column can (`tooth_columns`). The raw text stays the truth in every case: what is read
here stands beside it. Canonical is FDI. Source: ISO 3950, the tooth lists of HL7-BE, and for the abbreviations Flemish
and French practice (rechtsboven RB, haut droit HD).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Notation = Literal["FDI", "UNIVERSAL", "PALMER", "MIXED", "UNKNOWN"]
Verdict = Literal["EMPTY", "TEETH", "AREA", "PARTLY", "NOT_READ"]
Area = Literal["MOUTH", "UPPER", "LOWER", "Q1", "Q2", "Q3", "Q4", "S1", "S2", "S3", "S4", "S5", "S6"]
Doubt = Literal["RANGE", "SUPERNUMERARY"]

FDI_PERMANENT = frozenset(str(10 * quadrant + tooth) for quadrant in range(1, 5) for tooth in range(1, 9))
FDI_DECIDUOUS = frozenset(str(10 * quadrant + tooth) for quadrant in range(5, 9) for tooth in range(1, 6))
FDI = FDI_PERMANENT | FDI_DECIDUOUS
UNIVERSAL = frozenset(str(tooth) for tooth in range(1, 33)) | frozenset("ABCDEFGHIJKLMNOPQRST")
SHARED = FDI & UNIVERSAL

# Each arch from the patient's right to the left, as a dentist looks at it.
_ROWS = {
    "UPPER": [*range(18, 10, -1), *range(21, 29)],
    "LOWER": [*range(48, 40, -1), *range(31, 39)],
    "UPPER_MILK": [*range(55, 50, -1), *range(61, 66)],
    "LOWER_MILK": [*range(85, 80, -1), *range(71, 76)],
}
_ROW_OF = {str(tooth): [str(one) for one in row] for row in _ROWS.values() for tooth in row}
# Universal counts on around the mouth: the upper row from right to left, the lower one back.
_AROUND = [*_ROWS["UPPER"], *reversed(_ROWS["LOWER"])]
_AROUND_MILK = [*_ROWS["UPPER_MILK"], *reversed(_ROWS["LOWER_MILK"])]
TO_UNIVERSAL = {str(fdi): str(number) for number, fdi in enumerate(_AROUND, start=1)} | {
    str(fdi): letter for fdi, letter in zip(_AROUND_MILK, "ABCDEFGHIJKLMNOPQRST", strict=True)
}
FROM_UNIVERSAL = {universal: fdi for fdi, universal in TO_UNIVERSAL.items()}

# A tooth that stands in a list, a range, before surfaces ("16 MOD") or with a point between its digits ("1.6").
_POINTED = re.compile(r"\b([1-8])\.([1-8])\b")
_NUMBER = re.compile(r"(?<![\d])([0-9]{1,2})(?![\d])", re.ASCII)
_LETTER = re.compile(r"(?:^|[\s,;+/-])([A-T])(?=$|[\s,;+/-])")
_CORNERS = {"┘": 1, "└": 2, "┌": 3, "┐": 4}
_SIDES = {"UR": 1, "RB": 1, "HD": 1, "UL": 2, "LB": 2, "HG": 2, "LL": 3, "LO": 3, "BG": 3, "LR": 4, "RO": 4, "BD": 4}
_PALMER = re.compile(
    r"(?<![A-Z])(?P<side>UR|UL|LL|LR|RB|LB|LO|RO|HD|HG|BG|BD)[\s.]?(?P<a>[1-8A-E])(?![\dA-Z])"
    r"|(?<![\dA-Z])(?P<b>[1-8A-E])\s?(?P<after>[┘└┐┌|])"
    r"|(?P<before>[┘└┐┌|])\s?(?P<c>[1-8A-E])(?![\dA-Z])",
    re.IGNORECASE,
)
# Haderup: a plus for the upper jaw, a minus for the lower, on the side where the midline is; 0 before milk teeth.
_HADERUP = re.compile(r"(?P<tooth>0?[1-8])(?P<after>[+-])|(?P<before>[+-])(?P<next>0?[1-8])", re.ASCII)
_AREAS: dict[Area, str] = {
    "MOUTH": "00|VOLLEDIGE? MOND|HELE MOND|VOLLEDIG|ALLES|FULL MOUTH|FULL|TOUTE LA BOUCHE|BOUCHE ENTIERE|BOUCHE",
    "UPPER": "BOVENKAAK|BOVEN|BK|MAXILLAIRE SUPERIEURE?|MAXILLAIRE SUP|MS|UPPER|MAXILLA|01",
    "LOWER": "ONDERKAAK|ONDER|OK|MAXILLAIRE INFERIEURE?|MAXILLAIRE INF|MI|LOWER|MANDIBULE|02",
}
_AREA = re.compile(
    "|".join(rf"(?P<{area}>\b(?:{words})\b)" for area, words in _AREAS.items())
    + r"|(?P<QUADRANT>\b(?:(?:Q|KW|KWADRANT|QUADRANT)[\s.]?([1-4])|([1-4])0)\b)"
    + r"|(?P<SEXTANT>\b(?:S|SEXT|SEXTANT)[\s.]?([1-6])\b)",
    re.IGNORECASE | re.ASCII,
)

_SURFACE_ORDER = "MODIVBLPC"
_SURFACES = re.compile(r"[MODIVBLPC]+")

_BEFORE = r"(?:TANDEN|TAND|DENTS|DENT|ELEMENTS?|EL|TOOTH|T|D|#)?[\s.]*"
_PIECE = re.compile(r"[,;+&/\s]+|\b(?:en|et|and)\b", re.IGNORECASE)
_SURFACE = r"(?:[\s.(-]*[MODIVBLPCF]{1,7}\)?)?"
_FDI_CELL = re.compile(rf"{_BEFORE}([1-8])[.\-]?([1-9])(S)?{_SURFACE}", re.IGNORECASE | re.ASCII)
_FDI_RANGE = re.compile(rf"{_BEFORE}([1-8])\.?([1-8])-([1-8])\.?([1-8])", re.IGNORECASE)
_UNIVERSAL_CELL = re.compile(r"#?0?([1-9]|[12]\d|3[0-2]|[A-T])(S)?(?:[\s.(-]+[MODIVBLPCF]{1,7}\)?)?", re.IGNORECASE)
_UNIVERSAL_RANGE = re.compile(r"#?(\d{1,2}|[A-T])-#?(\d{1,2}|[A-T])", re.IGNORECASE)
_RANGE = re.compile(r"(?<=[0-9A-T])\s*(-|–|—|→|->|\bTOT\b|\bT/M\b|À|\bAU\b)\s*(?=[0-9A-T])", re.IGNORECASE)  # noqa: RUF001 - as above
_SPACED_SURFACE = re.compile(r"(?<=\d)[\s(]+(?=[MODIVBLPCF]{1,7}\b)", re.IGNORECASE)
_SPACED_WORD = re.compile(r"\b(tanden|tand|dents|dent|elements?|el|tooth)\.?\s+(?=\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell means in a notation: teeth in FDI in the order written, areas, and what had to be assumed.

    `teeth` is empty where nothing could be read; PARTLY is a cell of which some pieces were. `supernumerary` are extra
    teeth by the FDI tooth beside them, or `19`, `29` … for a ninth one; they are in no list of teeth.
    """

    verdict: Verdict
    teeth: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    supernumerary: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@lru_cache(maxsize=4096)
def read(text: str, notation: Notation = "FDI") -> Reading:
    """Read one cell in a notation. A range runs along the row of teeth: `13-23` is 13 12 11 21 22 23.

    `16-18` may as well be a list of two: it is read as a range, with a doubt. Notations MIXED and UNKNOWN read nothing
    but areas.
    """
    bare = text.strip()
    if not bare:
        return Reading("EMPTY")
    areas, rest = _areas_in(bare, numbers=notation != "UNIVERSAL")
    if notation == "PALMER":
        found, left = _palmer_teeth(rest)
        pieces: list[_Piece | None] = [_Piece((tooth,)) for tooth in found]
        pieces += [None] if left else []
    else:
        pieces = [_piece(one, notation) for one in _pieces(rest)]
    return _together(pieces, areas)


@dataclass(frozen=True, slots=True)
class _Piece:
    teeth: tuple[str, ...] = ()
    extra: str = ""
    doubt: Doubt | None = None


def _together(pieces: list[_Piece | None], areas: tuple[Area, ...]) -> Reading:
    known = [one for one in pieces if one is not None]
    teeth = tuple(dict.fromkeys(tooth for one in known for tooth in one.teeth))
    extra = tuple(one.extra for one in known if one.extra)
    doubts = tuple(dict.fromkeys(one.doubt for one in known if one.doubt))
    verdict: Verdict
    if not known and not areas:
        verdict = "NOT_READ"
    elif len(known) < len(pieces):
        verdict = "PARTLY"
    else:
        verdict = "TEETH" if known else "AREA"
    return Reading(verdict, teeth, areas, extra, doubts)


def _pieces(text: str) -> Iterator[str]:
    """The pieces of a list, where spaces that belong to a range, to surfaces or to a word have gone."""
    close = _SPACED_WORD.sub("", _SPACED_SURFACE.sub(".", _RANGE.sub("-", text)))
    return (one for one in _PIECE.split(close) if one and one != ".")


def _piece(text: str, notation: Notation) -> _Piece | None:
    if notation == "FDI":
        return _fdi_piece(text)
    return _universal_piece(text.upper()) if notation == "UNIVERSAL" else None


def _fdi_piece(text: str) -> _Piece | None:
    if match := _FDI_RANGE.fullmatch(text):
        return _range(match[1] + match[2], match[3] + match[4])
    match = _FDI_CELL.fullmatch(text)
    if match is None:
        return None
    tooth = match[1] + match[2]
    if match[2] == "9" and match[1] in "1234":
        return _Piece(extra=tooth, doubt="SUPERNUMERARY")
    if tooth not in FDI:
        return None
    return _Piece(extra=f"{tooth}S", doubt="SUPERNUMERARY") if match[3] else _Piece((tooth,))


def _range(first: str, last: str) -> _Piece | None:
    """All teeth from one to the other along their row; two of different rows are a list."""
    if first not in FDI or last not in FDI:
        return None
    row = _ROW_OF[first]
    if last not in row:
        return _Piece((first, last), doubt="RANGE")
    begin, end = row.index(first), row.index(last)
    teeth = row[begin : end + 1] if begin <= end else row[end : begin + 1][::-1]
    return _Piece(tuple(teeth), doubt="RANGE" if first[0] == last[0] and len(teeth) > 2 else None)


def _universal_piece(text: str) -> _Piece | None:
    if match := _UNIVERSAL_RANGE.fullmatch(text):
        first, last = FROM_UNIVERSAL.get(match[1]), FROM_UNIVERSAL.get(match[2])
        return _range(first, last) if first and last else None
    match = _UNIVERSAL_CELL.fullmatch(text)
    if match is None:
        return None
    tooth = FROM_UNIVERSAL[match[1]]
    return _Piece(extra=f"{tooth}S", doubt="SUPERNUMERARY") if match[2] else _Piece((tooth,))


def _palmer_teeth(text: str) -> tuple[list[str], str]:
    """The teeth of a cell in Palmer's, Zsigmondy's or Haderup's way, and what is left of it.

    A bar (`6|`) tells the side but not the jaw: such a tooth stays unread.
    """
    found: list[str] = []
    unread: list[str] = []

    def take(match: re.Match[str]) -> str:
        tooth = (match["a"] or match["b"] or match["c"]).upper()
        side, corner = match["side"], match["after"] or match["before"]
        quadrant = _SIDES[side.upper()] if side else _CORNERS.get(corner, 0)
        if quadrant:
            found.append(_in_quadrant(quadrant, tooth))
        else:
            unread.append(match[0])
        return " "

    rest = _PALMER.sub(take, text)
    left = []
    for piece in _PIECE.split(rest) if not _HADERUP.search(rest) else rest.replace(",", " ").split():
        if match := _HADERUP.fullmatch(piece):
            found.append(_haderup(match))
        elif piece.strip(" .-"):
            left.append(piece)
    return found, " ".join((*unread, *left))


def _in_quadrant(quadrant: int, tooth: str) -> str:
    if tooth.isdigit():
        return f"{quadrant}{tooth}"
    return f"{quadrant + 4}{'ABCDE'.index(tooth) + 1}"


def _haderup(match: re.Match[str]) -> str:
    tooth, sign = match["tooth"] or match["next"], match["after"] or match["before"]
    right = bool(match["after"])
    quadrant = (1 if right else 2) if sign == "+" else (4 if right else 3)
    milk = tooth.startswith("0") and tooth[1] in "12345"
    return f"{quadrant + 4 if milk else quadrant}{tooth[-1]}"


def _areas_in(text: str, *, numbers: bool) -> tuple[tuple[Area, ...], str]:
    """The areas of a cell, and the cell without them; `numbers` says that 10, 20, 01 … are areas and no teeth."""
    found: list[Area] = []

    def take(match: re.Match[str]) -> str:
        area, one = match.lastgroup or "", match[0]
        if one.isdigit() and not numbers and one != "00":
            return one
        # Beside a tooth "OK" says that it is all right, and MS and MI may be surfaces.
        if len(one) == 2 and one.isalpha() and has_digits:
            return one
        digit = next((group for group in match.groups() if group and len(group) == 1), "")
        found.append(f"{area[0]}{digit}" if digit else area)  # type: ignore[arg-type]  # by the pattern
        return " "

    plain = text.translate(_ACCENTS)
    has_digits = any(sign.isdigit() for sign in plain)
    rest = _AREA.sub(take, plain)
    return tuple(dict.fromkeys(found)), rest if found else text


_ACCENTS = str.maketrans("éèêÉÈÊ", "eeeEEE")


# --- columns, for which a cell says what it can and cannot be ---------------------------------------------------------


def notation_of(values: Iterable[str]) -> Notation:
    """Which notation the cells of one column use.

    Values that only one notation has decide. Those that FDI and Universal share decide nothing: a column of only those
    is UNKNOWN (a Belgian source would mean FDI, but the column does not say so). Two notations seen are MIXED.
    """
    seen: set[Notation] = set()
    for value in values:
        seen |= notations_in(value)
    if len(seen) == 1:
        return next(iter(seen))
    return "MIXED" if seen else "UNKNOWN"


def teeth_in(text: str) -> tuple[str, ...]:
    """The tooth numbers that stand in a cell, as written but for a point between the digits; ranges stay two ends."""
    plain = _POINTED.sub(r"\1\2", text)
    return tuple(_NUMBER.findall(plain)) or tuple(_LETTER.findall(plain.upper()))


def is_fdi(text: str) -> bool:
    """Whether a text is one of the 52 FDI tooth numbers."""
    return text in FDI


def notations_in(text: str) -> set[Notation]:
    """The notations that alone explain some value of a cell; empty where it tells nothing."""
    if _PALMER.search(text) or _HADERUP.fullmatch(text.strip()):
        return {"PALMER"}
    found: set[Notation] = set()
    for tooth in teeth_in(text):
        if tooth in FDI - SHARED:
            found.add("FDI")
        elif tooth in UNIVERSAL - SHARED:
            found.add("UNIVERSAL")
    return found


def canonical_surfaces(text: str) -> str | None:
    """Surfaces in one order (`DOM` → `MOD`), each once; None when the text holds anything else. Empty stays empty."""
    letters = re.sub(r"[\s,;/+.-]", "", text.upper())
    if letters and not _SURFACES.fullmatch(letters):
        return None
    return "".join(surface for surface in _SURFACE_ORDER if surface in letters)
