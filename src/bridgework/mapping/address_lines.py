"""A whole address in one cell, parted into street, number, box, postcode and city; nothing where it is not sure.

A postcode counts where Belgium has it, and where what stands around it leaves no doubt: `Steenweg 1000` has a number,
`Rue Haute 5 1000 Bruxelles` a postcode.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bridgework.belgium import postal_codes
from bridgework.mapping.words import squash

_LONGEST = 200  # characters: what is longer is no address, and would only cost time
_PIECES = re.compile(r"[,;\r\n]+")
_AROUND = " .-\u2013"

_COUNTRY_WORDS = (
    "be belgie belgique belgium belgien",
    "nederland paysbas netherlands niederlande",
    "france frankrijk frankreich",
    "luxembourg luxemburg",
    "duitsland allemagne deutschland germany",
)
# Each word with one of its country, which is the same for all of them.
_COUNTRIES = {word: words.split()[0] for words in _COUNTRY_WORDS for word in words.split()} | {"b": "be"}
_LONGEST_COUNTRY = 15
_STREET_KINDS = (
    r"(?:rue|r\.|avenue|av\.?|chauss[ée]e|ch[ée]e\.?|place|pl\.|boulevard|bd\.?|boul\.|quai|clos|all[ée]e|impasse|imp\."
    r"|chemin|ch\.|square|sq\.|route|rte\.?|dr[èe]ve|sentier|venelle|ruelle|cour|cit[ée]|r[ée]sidence|voie|faubourg"
    r"|grand-rue|grand-place|esplanade|passage|galerie|parvis|rond-point|thier|champ)"
)
_FRENCH = re.compile(rf"{_STREET_KINDS}(?![\w-])", re.IGNORECASE)
_MONTH_WORDS = """
januari februari maart april mei juni juli augustus september oktober november december
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
"""
_MONTHS = frozenset(_MONTH_WORDS.split())

_FOUR_DIGITS = re.compile(r"\d{4}", re.ASCII)
_CODE = r"(?:(?P<country>BE?)[\s-]*)?(?P<code>\d{4})"
_CODE_AND_CITY = re.compile(rf"{_CODE}[\s-]+(?P<city>\D+)", re.ASCII | re.IGNORECASE)
_CITY_AND_CODE = re.compile(rf"(?P<city>\D+?)[\s-]+{_CODE}", re.ASCII | re.IGNORECASE)
_FOREIGN = re.compile(r"(?P<code>\d{4}\s?[A-Z]{2}|[A-Z]{1,3}[\s-]?\d{4,5}|\d{5})\s+(?P<city>\D+)", re.ASCII)
_AT_THE_END = re.compile(
    r"(?P<before>.*?\S)[\s(\u2013-]+(?:(?P<country>BE?)-?)?(?P<code>\d{4})[\s-]+(?P<city>\D+)", re.ASCII | re.IGNORECASE
)

_NUMBER = (
    r"(?:(?:nr|no|n°|nº|num[ée]ro|nummer)[\s.:]*)?"
    r"(?P<number>\d{1,4}(?:\s?(?:bis|ter|quater)\b|\s?[A-Za-z]\b)?(?:\s?-\s?\d{1,4}(?:[A-Za-z]\b)?)?)"
)
_BOX = (
    r"(?:[\s,(/]{1}(?:(?P<{0}word>bus|bte|bo[îi]te|bt|box|app(?:artement|t)?|apt)(?:[\s.:]+|(?=\d))|b[\s.]*(?=\d))"
    r"(?P<{0}box>[\dA-Za-z]{{1,4}}(?:[./-][\dA-Za-z]{{1,4}})*)\)?"
    r"|\s?/\s?(?P<{0}slash>[\dA-Za-z]{{1,4}}(?:\.[\dA-Za-z]{{1,4}})*))?"
)
_NUMBER_LAST = re.compile(rf"(?P<street>[^,]+?)[\s,]+{_NUMBER}{_BOX.format('', '*')}", re.IGNORECASE)
_NUMBER_FIRST = re.compile(
    rf"{_NUMBER}{_BOX.format('', '*')}(?P<between>[\s,]+)(?P<street>[^,]+?){_BOX.format('end', '+')}",
    re.IGNORECASE,
)
_BOX_WORDS = {"bus": "bus", "bte": "bte", "bt": "bte", "boîte": "bte", "boite": "bte"}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an address is, and the pieces of the cell that are left for the street."""

    code: str
    city: str
    country: str
    rest: tuple[str, ...]
    sure: bool = True


@lru_cache(maxsize=4096)
def split(text: str) -> Mapping[str, str] | None:
    """The parts of an address, the box with the word for it (`bus 3`); None where the cell cannot be parted."""
    if len(text) > _LONGEST:
        return None
    pieces = [piece for one in _PIECES.split(text) if (piece := " ".join(one.split()).strip(_AROUND))]
    country = pieces.pop() if len(pieces) > 1 and _is_country(pieces[-1]) else ""
    place = _place(pieces) or _Place("", "", "", tuple(pieces), sure=False)
    street = _street_in(place)
    if street is None or (country and place.country and _country_of(country) != _country_of(place.country)):
        return None
    found = {**street, "postcode": place.code, "city": place.city, "country": country or place.country}
    return {name: part for name, part in found.items() if part}


# --- the place -------------------------------------------------------------------------------------------------------


def _place(pieces: Sequence[str]) -> _Place | None:
    whole = [(at, match) for at, piece in enumerate(pieces) if (match := _whole_place(piece))]
    if whole:
        at, match = whole[-1]
        return _made(match, (*pieces[:at], *pieces[at + 1 :])) if len(whole) == 1 else None
    if not pieces:
        return None
    *others, last = pieces
    if others and _is_belgian(last) and _street(", ".join(others)):
        return _Place(last, "", "", tuple(others))
    return _place_at_the_end(others, last)


def _whole_place(piece: str) -> re.Match[str] | None:
    """`9000 Gent`, `Gent 9000` or `1012 AB Amsterdam`, and nothing beside it; `1015 Chaussée de Wavre` is a street."""
    if not _FOUR_DIGITS.search(piece):
        return None
    if (match := _CODE_AND_CITY.fullmatch(piece)) and not _FRENCH.match(match["city"]) and _is_belgian(match["code"]):
        return match
    if (match := _CITY_AND_CODE.fullmatch(piece)) and postal_codes.fit(match["code"], match["city"]) == "FITS":
        return match
    if (match := _FOREIGN.fullmatch(piece)) and postal_codes.read(match["code"]).verdict == "FOREIGN":
        return match
    return None


def _place_at_the_end(others: Sequence[str], last: str) -> _Place | None:
    """`Rue Haute 5 1000 Bruxelles`: a place behind the street, with no sign between."""
    match = _AT_THE_END.fullmatch(last) if _FOUR_DIGITS.search(last) else None
    if match is None or not _is_belgian(match["code"]):
        return None
    place = _made(match, (*others, match["before"].strip(_AROUND)))
    fit = postal_codes.fit(place.code, place.city)
    return None if fit == "OTHER_CITY" else replace(place, sure=fit == "FITS")


def _made(match: re.Match[str], rest: tuple[str, ...]) -> _Place:
    """The place of a match; a country may stand before the code (`B-9000`) or behind the city (`Gent België`)."""
    city, country = _within(match["city"]), match.groupdict().get("country") or ""
    name, _, behind = city.rpartition(" ")
    if name and _is_country(behind) and (not country or _country_of(country) == _country_of(behind)):
        city, country = _within(name), behind
    return _Place(match["code"], city, country.strip("()"), rest)


def _within(city: str) -> str:
    """The city without what stands around it; brackets around a part of it stay: `Gent (Ledeberg)`."""
    bare = city.strip()
    while bare.count("(") != bare.count(")") and (bare[-1] in "()" or bare[0] in "()"):
        bare = (bare[:-1] if bare[-1] in "()" else bare[1:]).strip()
    return bare


def _is_country(text: str) -> bool:
    return len(text) <= _LONGEST_COUNTRY and squash(text) != "b" and squash(text) in _COUNTRIES


def _country_of(text: str) -> str:
    return _COUNTRIES.get(squash(text), text)


def _is_belgian(code: str) -> bool:
    return postal_codes.read(code).verdict == "VALID"


# --- the street ------------------------------------------------------------------------------------------------------


def _street_in(place: _Place) -> dict[str, str] | None:
    """The street of an address whose place is known; it may have no number where the place is sure."""
    if not place.rest:
        return {}
    found = _street(", ".join(place.rest))
    if found is not None or not place.sure:
        return found
    bare = len(place.rest) == 1 and not any(char.isdigit() for char in place.rest[0])
    return {"street": place.rest[0]} if bare else None


def _street(text: str) -> dict[str, str] | None:
    """Street, number and box; None where they cannot be told apart."""
    first = _NUMBER_FIRST.fullmatch(text)
    if first is not None and ("," in first["between"] or _FRENCH.match(first["street"])):
        return _parts(first) if _number_last(first["street"]) is None else None
    last = _number_last(text)
    if last is not None:
        return _parts(last)
    return _parts(first) if first is not None and not any(char.isdigit() for char in first["street"]) else None


def _number_last(text: str) -> re.Match[str] | None:
    """A number behind a street; no year that the street is called after, and no street that begins with a postcode."""
    match = _NUMBER_LAST.fullmatch(text)
    if match is None:
        return None
    street = match["street"]
    year = match["number"].startswith(("18", "19")) and squash(street.rpartition(" ")[2]) in _MONTHS
    return None if year or (street[:4].isdigit() and _is_belgian(street[:4])) else match


def _parts(match: re.Match[str]) -> dict[str, str] | None:
    found = match.groupdict()
    street, number = match["street"].strip(), match["number"]
    box = found["box"] or found["slash"]
    at_the_end = found.get("endbox") or found.get("endslash")
    if (box and at_the_end) or not any(char.isalpha() for char in street):
        return None
    parts = {"street": street, "number": number}
    if box or at_the_end:
        word = (found["word"] or found.get("endword") or "").lower()
        ours = "bte" if _FRENCH.match(street) else "bus"
        parts["box"] = f"{_BOX_WORDS.get(word, word) or ours} {box or at_the_end}"
    return parts
