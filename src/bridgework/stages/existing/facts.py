"""What a person or a company is known by, in one form for the practice's side and for Twenty's: both are in its shapes.

Which fields hold a national number, a birth date or an enterprise number is told by the map, and by the words of a
field's name and label: a workspace may have had such a field of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self
from urllib.parse import urlsplit

from bridgework.belgium import enterprise, insz, riziv
from bridgework.belgium import phones as belgian_phones
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.document import MapDocument
from bridgework.mapping.target import SOURCE_ID
from bridgework.mapping.words import meanings, squash, word_key
from bridgework.stages.existing.names import Words, company_words, words_of
from bridgework.workspace.model import Object

OBJECTS = ("person", "company")
"""The objects of Twenty whose records may have been there before us."""

_SEXES = {"MALE": "M", "FEMALE": "F"}
_CONCEPTS = {
    "insz": ("patient.insz",),
    "birth": ("patient.birth_date",),
    "sex": ("patient.sex",),
    "number": ("insurer.registration_number",),
    "riziv": ("provider.riziv", "referrer.riziv"),
    "insurer": ("insurer.number",),
}
_OF_PERSON, _OF_COMPANY = ("insz", "birth", "sex"), ("number", "riziv", "insurer")
_WORDS = {
    "number": ("kbo", "bce", "btw", "tva", "vat", "vatnumber", "enterprisenumber", "registrationnumber"),
    "riziv": ("riziv", "inami", "nihdi", "rizivnumber"),
    "insurer": ("insurernumber",),
    "insz": ("insz", "niss", "ssin", "nationalnumber", "nationalregisternumber"),
    "birth": ("birthdate", "dateofbirth", "birthday"),
    "sex": ("sex", "gender"),
}


@dataclass(frozen=True, slots=True)
class Meanings:
    """Which fields of an object hold what: by meaning, the names of fields."""

    fields: Mapping[str, tuple[str, ...]]

    def names(self) -> Iterator[str]:
        """All of the fields, each once."""
        yield from dict.fromkeys(name for those in self.fields.values() for name in those)


def meanings_of(object_: str, target: Object, document: MapDocument) -> Meanings:
    """The fields of an object that tell who a record is."""
    active = [one for one in target.fields.values() if one.is_active]
    found: dict[str, list[str]] = {
        "email": [one.name for one in active if one.type == "EMAILS"],
        "phone": [one.name for one in active if one.type == "PHONES"],
        "name": [one.name for one in active if one.name == "name"],
        "source": [one.name for one in active if one.name == SOURCE_ID],
        "domain": [one.name for one in active if one.name == "domainName"],
    }
    mapped = dict(_mapped(object_, document))
    for meaning in _OF_PERSON if object_ == "person" else _OF_COMPANY:
        words = {*_WORDS[meaning], *_header_words(meaning)}
        found[meaning] = [
            one.name
            for one in active
            if one.type in {"TEXT", "NUMBER", "DATE", "DATE_TIME", "SELECT"}
            and (mapped.get(one.name) == meaning or squash(one.name) in words or squash(one.label) in words)
        ]
    return Meanings({name: tuple(those) for name, those in found.items() if those})


def _mapped(object_: str, document: MapDocument) -> Iterator[tuple[str, str]]:
    by_concept = {concept: meaning for meaning, those in _CONCEPTS.items() for concept in those}
    for source in document.sources.values():
        for line in source.all_lines():
            if line.object == object_ and line.concept in by_concept:
                yield line.field, by_concept[line.concept]


def _header_words(meaning: str) -> set[str]:
    """What the practice's headers call it; an insurer's number is just `Nummer` there, which could be anything."""
    if meaning == "insurer":
        return set()
    return {
        squash(word)
        for concept in _CONCEPTS[meaning]
        for one in builtin().sources[concept.partition(".")[0]].lines
        if one.concept == concept
        for word in (*one.nl, *one.fr, *one.en)
    }


@dataclass(frozen=True, slots=True)
class Facts:
    """What one is known by: names as compared, and by kind (email, phone, birth …) the values, in one form."""

    given: Words = field(default=(), repr=False)
    family: Words = field(default=(), repr=False)
    known: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    shown: str = field(default="", repr=False)  # the name as it is written

    def same(self, other: Facts, kind: str) -> bool:
        """Whether both have one value of a kind."""
        return bool(self.known.get(kind, frozenset()) & other.known.get(kind, frozenset()))

    def differ(self, other: Facts, kind: str) -> bool:
        """Whether both have such values, and none in common."""
        mine, theirs = self.known.get(kind), other.known.get(kind)
        return bool(mine and theirs and not mine & theirs)

    def marks(self) -> Iterator[str]:
        """Under what others are found who may be the same; two such have one of these in common."""
        for kind, values in self.known.items():
            if kind != "sex":
                yield from (f"{kind}:{value}" for value in values)
        if words := sorted((*self.given, *self.family)):
            yield f"name:{' '.join(words)}"

    def as_json(self) -> dict[str, Any]:
        """As the store keeps it."""
        known = {kind: sorted(values) for kind, values in sorted(self.known.items())}
        return {"given": list(self.given), "family": list(self.family), "known": known, "shown": self.shown}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """From what the store kept."""
        known = {kind: frozenset(values) for kind, values in kept["known"].items()}
        return cls(tuple(kept["given"]), tuple(kept["family"]), known, kept["shown"])


def facts_of(object_: str, values: Mapping[str, Any], meanings: Meanings) -> Facts:
    """What a record is known by, from its values in Twenty's shapes."""
    by_kind: dict[str, set[str]] = {}
    for kind, read in _READ.items():
        for field_ in meanings.fields.get(kind, ()):
            if values.get(field_) not in (None, "", {}):
                by_kind.setdefault(kind, set()).update(one for one in read(values[field_]) if one)
    _from_the_number(by_kind)
    known = {kind: frozenset(those) for kind, those in by_kind.items() if those}
    name = values.get("name")
    if object_ != "person":
        return Facts((), company_words(str(name or "")), known, str(name or ""))
    parts = name if isinstance(name, Mapping) else {}
    given, family = (str(parts.get(part) or "") for part in ("firstName", "lastName"))
    return Facts(words_of(given), words_of(family), known, f"{given} {family}".strip())


def _from_the_number(by_kind: dict[str, set[str]]) -> None:
    """A national number tells a birth date and a sex, where nothing else does."""
    numbers = [found for digits in by_kind.get("insz", ()) if (found := insz.parse(digits))]
    if len(numbers) == 1:
        if numbers[0].birth_date:
            by_kind.setdefault("birth", {numbers[0].birth_date.isoformat()})
        if numbers[0].sex:
            by_kind.setdefault("sex", {numbers[0].sex})


def _emails(value: Mapping[str, Any]) -> Iterator[str]:
    for address in (value.get("primaryEmail"), *(value.get("additionalEmails") or ())):
        if address:
            yield str(address).strip().lower()


def _phones(value: Mapping[str, Any]) -> Iterator[str]:
    yield _phone(value.get("primaryPhoneCallingCode"), value.get("primaryPhoneNumber"))
    for one in value.get("additionalPhones") or ():
        yield _phone(one.get("callingCode"), one.get("number"))


def _phone(calling_code: Any, number: Any) -> str:
    """E.164, or nothing."""
    if not number:
        return ""
    code = str(calling_code or "").removeprefix("+")
    bare = str(number).lstrip("0")
    read = belgian_phones.read(f"+{code}{bare}" if code and not str(number).startswith("+") else str(number))
    return read.phones[0].e164 if read.phones else ""


def _insz(value: Any) -> Iterator[str]:
    if (number := insz.read(str(value)).number) is not None:
        yield number.digits


def _day(value: Any) -> Iterator[str]:
    try:
        yield date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return


def _sex(value: Any) -> Iterator[str]:
    option = meanings(builtin().values["sex"]).get(word_key(str(value)))
    if option in _SEXES:
        yield _SEXES[option]


def _number(value: Any) -> Iterator[str]:
    yield enterprise.read(str(value)).digits


def _riziv(value: Any) -> Iterator[str]:
    if (number := riziv.read(str(value)).number) is not None:
        yield number.identity


def _domain(value: Mapping[str, Any]) -> Iterator[str]:
    url = str(value.get("primaryLinkUrl") or "").strip().lower()
    yield (urlsplit(url if "//" in url else f"//{url}").hostname or "").removeprefix("www.")


def _as_it_is(value: Any) -> Iterable[str]:
    return (str(value).strip(),)


_READ = {
    "email": _emails,
    "phone": _phones,
    "insz": _insz,
    "birth": _day,
    "sex": _sex,
    "number": _number,
    "riziv": _riziv,
    "insurer": _as_it_is,
    "source": _as_it_is,
    "domain": _domain,
}
