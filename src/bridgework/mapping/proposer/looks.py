"""What the cells of a column look like: which share of them is a national number, a phone, a date, a word of a list.

A look is tested on a few dozen different cells. The tests are the Belgian rules of `bridgework.belgium` where there is
one, else shapes. Nothing of a cell leaves this module: only shares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from bridgework import yaml_text
from bridgework.belgium import (
    eid,
    enterprise,
    entitlement,
    iban,
    insz,
    mutualities,
    nomenclature,
    ogm,
    postal_codes,
    riziv,
    surfaces,
    teeth,
)
from bridgework.mapping import cells, contact
from bridgework.mapping.proposer import contents
from bridgework.mapping.words import squash

Test = Callable[[str], bool]

_TESTED = 32  # different cells: enough to tell 0.9 from 0.7
_LETTERS = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[-'’. ])*")  # noqa: RUF001 - as people type it
_DAY = re.compile(
    r"(?:(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12]\d|3[01]))"
)
_SEPARATOR = re.compile(r"[/.-]")
_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])[:hu.](?:[0-5]\d)(?:[:.][0-5]\d(?:\.\d+)?)?|(?:[01]\d|2[0-3])[0-5]\d")
_MOMENT = re.compile(rf"(?:{_DAY.pattern})[ T](?:{_CLOCK.pattern})Z?")
_SERIAL = re.compile(r"[1-6]\d{4}(?:[.,]\d+)?")
_STREET = re.compile(
    r"straat|laan|steenweg|weg\b|plein|lei\b|dreef|kaai|markt|dorp|berg\b|hof\b|str\.?(?:\s|$)|stwg|baan|pad\b|veld\b"
    r"|\brue\b|avenue|\bav\.|boulevard|chauss|place|chemin|quai|all[ée]e|\bimpasse|\bsquare|clos\b|r\. |stra(?:ss|ß)e"
    r"|gasse",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    r"\d{1,4}\s?[A-Za-z]?(?:\s?[/-]\s?\d{0,4}[A-Za-z]?)?(?:\s?(?:bus|bte|b)\.? ?\w{1,4})?", re.IGNORECASE
)
_BOX = re.compile(r"(?:(?:bus|bte|bo[îi]te|b)\.?\s?)?(?:[0-9]{1,4}[A-Za-z]?|[A-Z]|[A-Z]\d{1,3})", re.IGNORECASE)
_FILE = re.compile(r"[^?*|<>\n]{1,240}\.[A-Za-z][A-Za-z0-9]{1,4}")
_COUNT = re.compile(r"[+-]?\d{1,6}(?:[.,]\d+)?(?:\s?(?:[a-z]{1,8}\.?))?", re.IGNORECASE)
_CENTS = re.compile(r"[.,]\d{2}\b|€|EUR|,-", re.IGNORECASE)
_NUMBERED = re.compile(r"(\d{3})\s*[-–:/]?\s*[^\W\d]")  # noqa: RUF001 - as people type it
_PHONE = re.compile(  # international, of Belgium, or a mobile number that lost its zero; words may stand before it
    r"(?:[A-Za-z]{1,7}[.:]? ?)?(?:(?:\+|00)[1-9](?:[ ()./-]{0,3}\d){7,13}|\(?0[1-9]\)?(?:[ ()./-]{0,3}\d){6,8}"
    r"|4(?:[ ./-]?\d){8})(?!\d)"
)
_MORE = re.compile(r"[A-Za-z;&,/]| - ")  # what stands between two numbers
_DEPENDANT = frozenset({"t1", "t2", "t", "p", "titularis", "ptl", "pac", "titulaire", "ten laste", "a charge", "h"})
_TITLES = frozenset(
    [
        "dhr",
        "mevr",
        "mr",
        "mw",
        "mevrouw",
        "heer",
        "m",
        "mme",
        "mlle",
        "madame",
        "monsieur",
        "mademoiselle",
        "dr",
        "prof",
        "meester",
        "me",
        "herr",
        "frau",
        "mrs",
        "ms",
        "miss",
        "kind",
        "jufr",
        "drs",
        "ir",
        "enfant",
    ]
)
_FIRM = re.compile(
    r"\b(?:bv|bvba|nv|sa|srl|sprl|vzw|asbl|cv|comm|praktijk|cabinet|centrum|centre|clini|kliniek|ziekenhuis|h[ôo]pital|"
    r"polyclini|tandarts|dent|uz|az|chu|mutual|fonds|praxis|zahn|kasse|verzeker|assur|insur)",
    re.IGNORECASE,
)


def _matches(pattern: re.Pattern[str]) -> Test:
    return lambda text: pattern.fullmatch(text) is not None


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _is_insz(text: str) -> bool:
    return 9 < _digits(text) < 13 and insz.read(text).number is not None


def _is_riziv(text: str) -> bool:
    return 7 < _digits(text) < 12 and riziv.read(text).number is not None


def _is_riziv_of_dentist(text: str) -> bool:
    """Of a dentist or a physician, by its first digit."""
    return _is_riziv(text) and text.lstrip()[:1] in {"1", "3"}


def _is_code(text: str) -> bool:
    return 5 < _digits(text) < 14 and nomenclature.read(text).verdict in {"VALID", "SEVERAL"}


def _is_phone(text: str) -> bool:
    """By its shape: reading a number as phones are read takes a hundred times as long, and tells no more here."""
    match = _PHONE.match(text)
    if match is None or _DAY.fullmatch(text):
        return False
    rest = text[match.end() :]
    return not _DIGIT.search(rest) or _MORE.search(rest) is not None


def _is_email(text: str) -> bool:
    return "@" in text and bool(contact.emails_in(text)[0])


def _is_postcode(text: str) -> bool:
    bare = text.removeprefix("B-").removeprefix("B ").strip()
    return len(bare) in {4, 5} and bare.isdigit() and (len(bare) == 5 or bool(postal_codes.names_of(bare)))


@lru_cache(maxsize=1)
def _cities() -> frozenset[str]:
    return frozenset(
        squash(name) for code in range(1000, 10000) for pair in postal_codes.names_of(str(code)) for name in pair
    )


def _is_city(text: str) -> bool:
    return not _DIGIT.search(text) and squash(text.partition("(")[0].partition("/")[0]) in _cities()


def _is_person_word(text: str) -> bool:
    return 1 < len(text) < 30 and _NAME.fullmatch(text) is not None and text[:1].isupper() and not _FIRM.search(text)


def _is_full_name(text: str) -> bool:
    return _is_person_word(text.replace(",", "")) and bool(re.search(r"\S[ ,]+\S", text))


def _is_money(text: str) -> bool:
    return _digits(text) < 12 and cells.amount(text) is not None


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None or (
        _MOMENT.fullmatch(text) is not None and text.rstrip("Z").endswith("00:00")
    )


def _is_numbered_insurer(text: str) -> bool:
    """`131 - CM Limburg`: the number tells which it is, whatever the name."""
    match = _NUMBERED.match(text)
    return match is not None and mutualities.is_number(match[1])


def _is_insurer(text: str) -> bool:
    return bool(_LETTERS.search(text)) and not text[:1].isdigit() and mutualities.union_of(text) is not None


_TOOTH = re.compile(r"(?:[dD]\.?)?[1-8][.-]?[0-9](?!\d)")


def _is_tooth(text: str) -> bool:
    """One or more teeth, perhaps with surfaces behind: `16`, `16,17`, `16 MOD`, `UR6`."""
    if len(text) > 24 or _DAY.fullmatch(text):
        return False
    return bool(teeth.read(text).teeth or (_TOOTH.match(text) and teeth.teeth_in(text)))


def _is_surface(text: str) -> bool:
    return (
        len(text) < 20
        and not _DIGIT.search(text)
        and bool(surfaces.read(text).surfaces)
        and (
            text.isupper()
            or len(text) < 4
            or "," in text
            or text.casefold().startswith(("mes", "dis", "occ", "ves", "lin", "pal", "buc"))
        )
    )


_QUADRANT = re.compile(
    r"(?:q|kw|s)?\s?[1-8]0?|ur|ul|lr|ll|bk|ok|ms|mi|rb|lb|ro|lo|hd|hg|bd|bg|boven\w*|onder\w*|sup\w*|inf\w*",
    re.IGNORECASE,
)

TESTS: dict[str, Test] = {
    "insz": _is_insz,
    "riziv": _is_riziv,
    "riziv_dentist": _is_riziv_of_dentist,
    "riziv_hygienist": lambda text: _is_riziv(text) and not _is_riziv_of_dentist(text),
    "nomenclature": _is_code,
    "insurer_number": lambda text: mutualities.is_number(text) if len(text) < 5 else _is_numbered_insurer(text),
    "insurer_name": _is_insurer,
    "ct1": lambda text: entitlement.is_ct1(text) or entitlement.pair(text) is not None,
    "ct2": entitlement.is_ct2,
    "dependant": lambda text: text.casefold() in _DEPENDANT,
    "iban": lambda text: len(text) > 13 and bool(iban.read(text).iban),
    "ogm": lambda text: _digits(text) == 12 and bool(ogm.read(text).digits),
    "enterprise": lambda text: 8 < _digits(text) < 11 and bool(enterprise.read(text).digits),
    "eid": lambda text: _digits(text) == 12 and bool(eid.read(text).digits),
    "phone": _is_phone,
    "email": _is_email,
    "street": lambda text: bool(_STREET.search(text)),
    "address_line": lambda text: bool(_STREET.search(text) and re.search(r"\d", text)),
    "house_number": _matches(_HOUSE),
    "box": lambda text: len(text) < 10 and _BOX.fullmatch(text) is not None,
    "postcode": _is_postcode,
    "city": _is_city,
    "first_name": lambda text: _is_person_word(text) and text.count(" ") < 2,
    "last_name": lambda text: _is_person_word(text) and text.count(" ") < 4,
    "full_name": _is_full_name,
    "organisation": lambda text: bool(_FIRM.search(text)),
    "title": lambda text: squash(text) in _TITLES,
    "initials": lambda text: len(text) < 6 and text.replace(".", "").isalpha() and text.isupper(),
    "user": lambda text: len(text) < 20 and bool(_LETTERS.search(text)) and text.count(" ") < 2 and not text.isdigit(),
    "boolean": lambda text: text.casefold() in cells.YES or text.casefold() in cells.NO,
    "date": lambda text: _is_day(text) or _SERIAL.fullmatch(text) is not None,
    "past_date": lambda text: _is_day(text) or _SERIAL.fullmatch(text) is not None,
    "birth_date": lambda text: _is_day(text) or _SERIAL.fullmatch(text) is not None,
    "moment": lambda text: _MOMENT.fullmatch(text) is not None or _is_day(text),
    "time": _matches(_CLOCK),
    "written day": lambda text: bool(_SEPARATOR.search(text)) and (_DAY.match(text) is not None),
    "written time": lambda text: ":" in text and _CLOCK.fullmatch(text) is not None,
    "minutes": lambda text: _CLOCK.fullmatch(text) is not None or _COUNT.fullmatch(text) is not None,
    "number": _matches(_COUNT),
    "money": _is_money,
    "tooth": _is_tooth,
    "surface": _is_surface,
    "quadrant": lambda text: len(text) < 14 and _QUADRANT.fullmatch(text) is not None,
    "file_name": _matches(_FILE),
    "text": lambda text: len(text) < 100,
    "words": lambda text: bool(_LETTERS.search(text)) and " " in text,
    "country": lambda text: text.isalpha() or " " in text,
}
_PLAIN = frozenset({"key", "link", "choice"})
"""Validators that no test of single cells tells: by uniqueness, by other files, by a pick-list."""


@dataclass(frozen=True, slots=True)
class Look:
    """A column as a whole. `shares`: by test, of the different filled cells; the other shares are of all rows.

    `distinct` is different cells by filled ones; `cents`, `clocks` the shares of cells with cents, with a time in them;
    `rising` the share of cells that are greater than the one before; `subjects`: like `shares`, what they speak of.
    """

    rows: int
    filled: int
    distinct: float
    length: float
    years: tuple[int, int]
    cents: float
    clocks: float
    rising: float
    shares: Mapping[str, float]
    subjects: Mapping[str, float] = field(default_factory=dict)
    values: tuple[str, ...] = field(repr=False, default=())
    counts: Mapping[str, int] = field(repr=False, default_factory=dict)

    @property
    def unique(self) -> bool:
        """Whether every row has a cell of its own."""
        return self.filled == self.rows > 0 and self.distinct == 1.0


def look(column: Sequence[str]) -> Look:
    """Look at the cells of a column."""
    counts: dict[str, int] = {}
    for cell in column:
        if text := cell.strip():
            counts[text] = counts.get(text, 0) + 1
    if not counts:
        return Look(len(column), 0, 0.0, 0.0, (0, 0), 0.0, 0.0, 0.0, {})
    some = _spread(list(counts), _TESTED)
    filled = sum(counts.values())
    years = sorted(year for text in some if (year := _year(text)))
    return Look(
        rows=len(column),
        filled=filled,
        distinct=len(counts) / filled,
        length=sum(map(len, some)) / len(some),
        years=(years[len(years) // 10], years[-1 - len(years) // 10]) if years else (0, 0),
        cents=sum(bool(_CENTS.search(text)) for text in some) / len(some),
        clocks=sum(":" in text for text in some) / len(some),
        rising=_rising(column),
        shares=_shares(some),
        subjects=contents.subjects(some),
        values=tuple(some),
        counts=counts,
    )


@cache
def people() -> dict[str, frozenset[str]]:
    """Common first names and surnames, squashed."""
    text = files("bridgework.mapping.proposer").joinpath("people.yaml").read_text(encoding="utf-8")
    content, _ = yaml_text.read(text, "people.yaml")
    return {part: frozenset(squash(str(one)) for one in names) for part, names in content.items()}


def choice_share(seen: Look, words: frozenset[str]) -> float:
    """Which share of the filled cells are words of a pick-list (squashed)."""
    known = sum(count for text, count in seen.counts.items() if squash(text) in words)
    return known / seen.filled if seen.filled else 0.0


def _rising(column: Sequence[str]) -> float:
    """The numbers of records go up as the records were made."""
    filled = [(len(text), text) for cell in column if (text := cell.strip())]
    steps = [one < other for one, other in pairwise(filled)]
    return sum(steps) / len(steps) if steps else 0.0


def _shares(some: Sequence[str]) -> dict[str, float]:
    return {name: sum(map(test, some)) / len(some) for name, test in TESTS.items()}


def _spread(values: list[str], most: int) -> list[str]:
    """At most so many, from everywhere."""
    return values if len(values) <= most else [values[number * len(values) // most] for number in range(most)]


_YEARS = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)|(?<=[/.-])(\d\d)$|^((?:19|20)\d\d)(?=\d{4}$)")


def _year(text: str) -> int:
    if not (_DAY.match(text) or _SERIAL.fullmatch(text)):
        return 0
    if _SERIAL.fullmatch(text):
        return 1900 + int(text[:5]) * 100 // 36525
    found = _YEARS.search(text)
    return int(next(filter(None, found.groups()))) if found and not found[2] else 0
