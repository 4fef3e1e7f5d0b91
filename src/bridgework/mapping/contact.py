"""Phones, e-mails and addresses in the shapes that Twenty takes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bridgework.belgium import phones as belgian_phones
from bridgework.mapping.words import squash

# What Twenty's server takes as an address (zod's e-mail pattern), in lower case, as the server keeps it.
_EMAIL = re.compile(
    r"(?!.*')(?=.{3,254}$)(?=[^@]{1,64}@)"
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.ASCII,
)
_BETWEEN = re.compile(r"[\s;,|]+|(?<=\w)/(?=\w)")
_AROUND = "<>()[]\"'"
# Words between or before numbers that say nothing more.
_JOINING = frozenset({"of", "en", "ou", "et", "or", "and", "tel", "tél", "gsm"})
_NO_ZERO = re.compile(r"(?!32)[1-9]", re.ASCII)
_BOX_WORD = re.compile(r"[\dA-Za-z]{1,4}")

# Each part of an address, and where it is in an ADDRESS value.
ADDRESS_FIELDS = {
    **dict.fromkeys(("street", "number"), "addressStreet1"),
    "box": "addressStreet2",
    "postcode": "addressPostcode",
    "city": "addressCity",
    "state": "addressState",
    "country": "addressCountry",
}
ADDRESS_PARTS = tuple(ADDRESS_FIELDS)
NAME_PARTS = ("firstName", "lastName")


@lru_cache(maxsize=4096)
def emails_in(text: str) -> tuple[tuple[str, ...], bool]:
    """The valid addresses of a cell in lower case, and whether anything else stood in it."""
    found: list[str] = []
    rest = False
    for piece in _BETWEEN.split(text):
        bare = piece.strip(_AROUND).removeprefix("mailto:").lower()
        if not bare:
            continue
        if _EMAIL.fullmatch(bare):
            if bare not in found:
                found.append(bare)
        else:
            rest = True
    return tuple(found), rest


def email_forms(text: str, addresses: Collection[str]) -> Iterator[str]:
    """The codes of how a cell says its addresses."""
    if len(addresses) > 1:
        yield "EMAIL-SEVERAL"
    if addresses and text != text.lower():
        yield "EMAIL-CASE"


def emails_value(addresses: Iterable[str]) -> dict[str, Any]:
    """An EMAILS value: the first address is the primary one."""
    first, *others = dict.fromkeys(addresses)
    return {"primaryEmail": first, "additionalEmails": others} if others else {"primaryEmail": first}


@dataclass(frozen=True, slots=True)
class PhoneCell:
    """The numbers of a cell as (E.164, parts of a PHONES value), and whether words stood beside them."""

    numbers: tuple[tuple[str, Mapping[str, str]], ...]
    remark: bool


@lru_cache(maxsize=4096)
def phones_in(text: str) -> PhoneCell:
    """The valid phone numbers of a cell. One without a country (satellite, freephone) is no number for Twenty."""
    read = belgian_phones.read(text)
    usable = [phone for phone in read.phones if len(phone.country) == 2 and phone.country.isalpha()]
    numbers = tuple(
        (phone.e164, {"number": phone.national, "countryCode": phone.country, "callingCode": phone.calling_code})
        for phone in usable
    )
    words = [word for word in re.split(r"[\s.:,;/]+", read.rest.casefold()) if word]
    return PhoneCell(numbers, not _JOINING.issuperset(words) or len(usable) < len(read.phones))


def phone_forms(text: str, cell: PhoneCell) -> Iterator[str]:
    """The codes of how a cell says its numbers."""
    if len(cell.numbers) > 1:
        yield "PHONE-SEVERAL"
    elif cell.numbers and _NO_ZERO.match(text) and cell.numbers[0][1]["countryCode"] == "BE":
        yield "PHONE-ZERO-RESTORED"


def phones_value(numbers: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """A PHONES value: the first number is the primary one."""
    first, *others = numbers
    value: dict[str, Any] = {
        "primaryPhoneNumber": first["number"],
        "primaryPhoneCountryCode": first["countryCode"],
        "primaryPhoneCallingCode": first["callingCode"],
    }
    if others:
        value["additionalPhones"] = [dict(one) for one in others]
    return value


def address_value(parts: Mapping[str, str], box_word: str) -> dict[str, str]:
    """An ADDRESS value: street and number on the first line, the box on the second (`bus 3`)."""
    street = " ".join(parts[name] for name in ("street", "number") if name in parts)
    box = parts.get("box", "")
    lines = {
        "addressStreet1": street,
        "addressStreet2": f"{box_word} {box}" if _BOX_WORD.fullmatch(box) else box,
        "addressPostcode": parts.get("postcode", ""),
        "addressCity": parts.get("city", ""),
        "addressState": parts.get("state", ""),
        "addressCountry": parts.get("country", ""),
    }
    return {name: text for name, text in lines.items() if text}


def box_word(header: str) -> str:
    """How the practice writes a box, by the header of its column: `bte` where it is French, else `bus`."""
    return "bte" if squash(header).startswith(("bte", "boite")) else "bus"
