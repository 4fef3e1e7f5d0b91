"""Bank accounts: Belgian IBANs by their two checks, the bank by its code, accounts of other countries by their IBAN.

The checksums are hard; the bank's code is not, for the list of banks is never complete (it lacks one of an IBAN that
half of all documentation shows): UNKNOWN_BANK is a valid account. Source: python-stdnum `stdnum.iban` for the structure
of other countries' numbers, `stdnum.be` for the list of banks of the National Bank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from stdnum import iban as world
from stdnum.be import iban as belgian

Verdict = Literal["EMPTY", "VALID", "UNKNOWN_BANK", "FOREIGN", "OLD_NUMBER", "WRONG_CHECK", "WRONG_LENGTH", "NOT_IBAN"]

_SEPARATORS = re.compile(r"[\s.\-/_\u00a0]+")
_PREFIX = re.compile(r"^IBAN:?", re.IGNORECASE)
_BELGIAN = re.compile(r"BE\d*", re.ASCII)
_ANY = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_OLD = re.compile(r"\d{12}", re.ASCII)
_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: the account as an IBAN without spaces where its checks fit (an OLD_NUMBER's too)."""

    verdict: Verdict
    iban: str = ""


def read(text: str) -> Reading:
    """Read one cell, with or without separators. OLD_NUMBER is a valid `123-4567890-02` from before IBAN."""
    number = _PREFIX.sub("", _SEPARATORS.sub("", text).upper())
    if not number:
        return Reading("NOT_IBAN" if text.strip() else "EMPTY")
    if _BELGIAN.fullmatch(number):
        if len(number) != _LENGTH:
            return Reading("WRONG_LENGTH")
        fits = number == from_old(number[4:]) and number[14:] == _national_check(number[4:14])
        return Reading("VALID" if _bank_is_known(number[4:7]) else "UNKNOWN_BANK", number) if fits else _WRONG
    if _OLD.fullmatch(number):
        return Reading("OLD_NUMBER", from_old(number)) if number[10:] == _national_check(number[:10]) else _WRONG
    if not _ANY.fullmatch(number):
        return Reading("NOT_IBAN")
    return Reading("FOREIGN", number) if world.is_valid(number, check_country=False) else _WRONG


_WRONG = Reading("WRONG_CHECK")


def from_old(digits: str) -> str:
    """The IBAN of the twelve digits of a Belgian account (ISO 7064: `BE` is 1114)."""
    return f"BE{98 - int(digits + '111400') % 97:02d}{digits}"


def compose(first_ten: str) -> str:
    """The IBAN for a bank's three digits and an account's seven."""
    return from_old(first_ten + _national_check(first_ten))


def pretty(iban: str) -> str:
    """The usual way to write an IBAN: in fours."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def _national_check(first_ten: str) -> str:
    return f"{int(first_ten) % 97 or 97:02d}"


@lru_cache(maxsize=1000)
def _bank_is_known(code: str) -> bool:
    return bool(belgian.info(f"BE00{code}"))
