"""How a value of a practice is written into a cell: the forms that a column of a labelled file may declare."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from bridgework.belgium import enterprise, iban, insz, ogm, teeth
from tests.bench import header_words as words
from tests.bench.header_draws import Choice, Ref

_TOKEN = re.compile(r"yyyy|yy|mm|mi|ss|dd|hh|m(?![a-z])|d(?![a-z])")
_SPELT: dict[str, Callable[[Any], str]] = {
    "yyyy": lambda day: f"{day.year:04d}",
    "yy": lambda day: f"{day.year % 100:02d}",
    "mm": lambda day: f"{day.month:02d}",
    "m": lambda day: str(day.month),
    "dd": lambda day: f"{day.day:02d}",
    "d": lambda day: str(day.day),
    "hh": lambda clock: f"{clock.hour:02d}",
    "mi": lambda clock: f"{clock.minute:02d}",
    "ss": lambda clock: f"{clock.second:02d}",
}
_EXCEL_ZERO = date(1899, 12, 30)
_WORDS_FOR_YES = {"nl": ("Ja", "Nee"), "fr": ("Oui", "Non"), "de": ("Ja", "Nein"), "en": ("Yes", "No")}


def spelt(moment: date | time, pattern: str) -> str:
    """A day or a clock by a pattern such as `dd/mm/yyyy` or `hhumi`; `serial` is the day number of a spreadsheet."""
    if pattern == "serial" and isinstance(moment, date):
        return str(date(moment.year, moment.month, moment.day).toordinal() - _EXCEL_ZERO.toordinal())
    return _TOKEN.sub(lambda token: _SPELT[token[0]](moment), pattern)


def written(field: str, value: Any, form: str, language: str, chance: random.Random) -> str:
    """The cell for a value of a concept's field; a form that the kind of value does not know is an error.

    Raises ValueError for such a form, so that a wrong word in a style is found.
    """
    if field in _BY_FIELD:
        return _BY_FIELD[field](value, form, chance)
    if isinstance(value, Choice):
        return _choice(value, form, language)
    if isinstance(value, bool):
        return _yes_no(value, form, language)
    if isinstance(value, Decimal):
        return _money(value, form, chance)
    if isinstance(value, date | time):
        return spelt(value, form or _usual(value, field, chance))
    return _text(str(value), form)


def _usual(value: date | time, field: str, chance: random.Random) -> str:
    """The pattern where a style declares none; one day in a hundred was typed another way."""
    if isinstance(value, time) or field == "end":
        return "hh:mi"
    if isinstance(value, datetime):
        return "dd/mm/yyyy hh:mi"
    return "dd/mm/yyyy" if chance.random() < 0.99 else "d-m-yy"


def _unknown(form: str) -> ValueError:
    return ValueError(f"no such form for this kind of value: {form}")


def _text(value: str, form: str) -> str:
    if form not in {"", "upper", "lower"}:
        raise _unknown(form)
    return value.upper() if form == "upper" else value.lower() if form == "lower" else value


def reference(key: Ref, ids: dict[str, str], form: str) -> str:
    """A key as the style writes it: by its pattern, `initials`, the `name` alone, or `number-name`."""
    pattern = ids.get(key.object, "{}")
    number = key.initials if pattern == "initials" else pattern.format(key.number)
    if form == "name":
        return key.name
    if form == "number-name":
        return f"{number} - {key.name}"
    if form:
        raise _unknown(form)
    return number


def _choice(value: Choice, form: str, language: str) -> str:
    word = words.CHOICES[value.list][language][value.place]
    if "/" in form:
        return form.split("/")[min(value.place, form.count("/"))]
    if form in {"code", "short", "letter", "word"}:
        return {"code": str(value.place + 1), "short": word[:3], "letter": word[0].upper(), "word": word}[form]
    if value.list == "language":
        letters = ("NL", "FR", "EN", "DE")[value.place]
        return _text(letters, form) if form else letters[0]
    return _text(word, form)


def _yes_no(value: bool, form: str, language: str) -> str:
    if form == "X":
        return "X" if value else ""
    yes, no = form.split("/") if form else _WORDS_FOR_YES[language]
    return yes if value else no


def _money(value: Decimal, form: str, chance: random.Random) -> str:
    comma = f"{abs(value):,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    sign = "-" if value < 0 else ""
    if form == "point":
        return f"{value:.2f}"
    if form == "cents":
        return str(int(value * 100))
    if form == "euro":
        return f"{sign}€ {comma}"
    if form == "euro-after":
        return f"{sign}{comma} €"
    if form:
        raise _unknown(form)
    if sign and chance.random() < 0.2:
        return f"{comma}-"
    return sign + (comma if chance.random() < 0.95 else comma.replace(".", ""))


def _phone(value: str, form: str, chance: random.Random) -> str:
    area = 4 if len(value) == 10 else 2 if value[:2] in {"02", "03", "04", "09"} else 3
    head, tail = value[:area], value[area:]
    pairs = " ".join(re.findall(r"\d{3}(?=(?:\d\d)*$)|\d\d", tail))
    spellings = {
        "plain": value,
        "e164": "+32" + value[1:],
        "slash": f"{head}/{pairs.replace(' ', '.')}",
        "spaces": f"{head} {pairs}",
        "international": f"+32 {head[1:]} {pairs}",
        "zeros": f"0032{value[1:]}",
        "bare": value[1:],
        "joined": f"{head}/{tail}",
    }
    if form:
        return spellings[form]
    odd = chance.random()
    if odd < 0.02:
        return f"{spellings['joined']} ({chance.choice(('mama', 'papa', 'werk', 'buur'))})"
    return chance.choice(list(spellings.values())[:4] * 3 + list(spellings.values())[4:])


def _insz(value: str, form: str, chance: random.Random) -> str:
    spellings = {
        "": insz.pretty(value) if chance.random() < 0.93 else value,
        "plain": value,
        "dash": f"{value[:6]}-{value[6:9]}-{value[9:]}",
        "spaces": f"{value[:6]} {value[6:9]} {value[9:]}",
        "number": str(int(value)),
        "float": f"{int(value)}.0",
    }
    return spellings[form]


def _riziv(value: str, form: str, chance: random.Random) -> str:
    parts = (value[0], value[1:6], value[6:8], value[8:])
    spellings = {
        "": "-".join(parts),
        "plain": value,
        "slash": "/".join(parts),
        "dots": ".".join(parts),
        "eight": value[:8],
    }
    return spellings[form] if form or chance.random() < 0.93 else chance.choice(list(spellings.values()))


def _tooth(value: str, form: str, chance: random.Random) -> str:
    if form == "universal":
        return teeth.TO_UNIVERSAL[value]
    if form == "with-surface":
        return f"{value} {chance.choice(('O', 'MO', 'MOD', 'OD', 'V'))}" if chance.random() < 0.7 else value
    if form == "dots":
        return f"{value[0]}.{value[1]}"
    if form:
        raise _unknown(form)
    odd = chance.random()
    return f"{value},{value[0]}{(int(value[1]) % 5) + 1}" if odd < 0.03 else value


def _code(value: str, form: str, chance: random.Random) -> str:
    odd = chance.random()
    if form == "dots" or (not form and odd < 0.02 and value.isdigit()):
        return f"{value[:3]}.{value[3:]}" if value.isdigit() else value
    return _text(value, form) if odd < 0.98 or form else f"{value} "


def _name(value: tuple[str, str], form: str, _: random.Random) -> str:
    last, first = value
    spellings = {
        "": f"{last} {first}",
        "comma": f"{last}, {first}",
        "first": f"{first} {last}",
        "upper": f"{last.upper()} {first}",
    }
    return spellings[form]


def _address(value: dict[str, Any], form: str, chance: random.Random) -> str:
    box = f" {chance.choice(('bus', 'bte', '/', 'b'))} {value['box']}" if value["box"] else ""
    line = f"{value['street']} {value['house_number']}{box}"
    if form == "whole":
        return f"{line}, {value['postal_code']} {value['city']}"
    return _text(line, form)


def _street(value: str, form: str, chance: random.Random) -> str:
    return f"{value} {chance.randint(1, 180)}" if form == "with-number" else _text(value, form)


def _duration(value: int, form: str, _: random.Random) -> str:
    spellings = {
        "": str(value),
        "pattern": "X" * (value // 5),
        "min": f"{value} min",
        "hh:mi": f"{value // 60}:{value % 60:02d}",
    }
    return spellings[form]


def _file(value: str, form: str, _: random.Random) -> str:
    if form == "path":
        return "\\\\SERVER\\Dossiers\\" + value.replace("/", "\\")
    return value.rsplit("/", 1)[-1] if form == "name" else _text(value, form)


def _size(value: int, form: str, _: random.Random) -> str:
    return str(value // 1024) if form == "kb" else str(value)


def _pretty(spell: Callable[[str], str]) -> Callable[[Any, str, random.Random], str]:
    """The usual spelling of a number of which the plain digits are the other one."""
    return lambda value, form, _: value if form == "plain" else spell(value)


def _colour(value: int, form: str, _: random.Random) -> str:
    return str(value) if form == "number" else f"#{value:06X}"


_BY_FIELD: dict[str, Callable[[Any, str, random.Random], str]] = {
    **dict.fromkeys(("phone", "mobile", "fax", "phone_home", "phone_work", "phone_other"), _phone),
    **dict.fromkeys(("riziv", "riziv_code", "provider_riziv", "hygienist_riziv"), _riziv),
    "insz": _insz,
    "tooth": _tooth,
    "code": _code,
    "full_name": _name,
    "address_line": _address,
    "street": _street,
    "duration": _duration,
    "file": _file,
    "size": _size,
    "agenda_colour": _colour,
    "iban": _pretty(iban.pretty),
    "ogm": _pretty(ogm.pretty),
    "registration_number": _pretty(enterprise.pretty),
    "enterprise_number": _pretty(enterprise.pretty),
}

JUNK: dict[str, Callable[[random.Random, str], str]] = {
    "free-code": lambda chance, language: chance.choice(words.TEXTS["free_code"][language]),
    "guid": lambda chance, _: (
        f"{chance.getrandbits(32):08x}-{chance.getrandbits(16):04x}-4{chance.getrandbits(12):03x}-"
        f"{chance.getrandbits(16):04x}-{chance.getrandbits(48):012x}"
    ),
    "colour": lambda chance, _: f"#{chance.getrandbits(24):06X}",
    "colour-word": lambda chance, language: chance.choice(words.TEXTS["colour"][language]),
    "small-number": lambda chance, _: str(chance.choice((1, 2, 3, 5))),
    "counter": lambda chance, _: str(chance.randint(0, 900)),
    "zeros": lambda _, __: "0",
    "blank": lambda _, __: "",
    "letter": lambda chance, _: chance.choice("ABC"),
    "ticks": lambda chance, _: chance.choice(("v", "v", "")),
    "folder": lambda chance, _: f"{chance.choice('ABCDEFGHJ')}{chance.randint(1, 999)}",
    "hash": lambda chance, _: f"{chance.getrandbits(128):032x}",
    "stamp": lambda chance, _: (
        f"2026-06-{chance.randint(1, 30):02d}T{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:00Z"
    ),
    "percentage": lambda chance, _: f"{chance.randint(0, 100)} %",
    "coordinate": lambda chance, _: f"{chance.randint(50000, 51000) / 1000:.3f}",
    "version": lambda chance, _: f"{chance.randint(1, 9)}.{chance.randint(0, 20)}",
    "machine": lambda chance, _: chance.choice(("PC1", "PC2", "BOX1", "SERVER")),
    "score": lambda chance, _: chance.choice(("", "1", "2", "3", "4", "5")),
    "day": lambda chance, _: f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(2018, 2026)}",
    "amount": lambda chance, _: f"{chance.randint(0, 20000) / 100:.2f}",
    "flags": lambda chance, _: "".join(chance.choice("01") for _ in range(8)),
}
"""Cells of columns that no concept fits, by the form that the column declares."""
