"""Why a column is taken for a concept, in words: the weightiest first, and what speaks against it last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridgework.mapping.catalogue import Meaning
from bridgework.mapping.proposer import confidence
from bridgework.mapping.proposer.contents import subject_of
from bridgework.mapping.proposer.evidence import FEATURES, Evidence, Seen

CELLS = {
    "insz": "valid national numbers",
    "riziv": "valid RIZIV numbers",
    "riziv_dentist": "valid RIZIV numbers of dentists",
    "riziv_hygienist": "valid RIZIV numbers, of no dentist",
    "nomenclature": "nomenclature codes, by their check digit",
    "insurer_number": "numbers of insurers",
    "insurer_name": "names of insurers",
    "ct1": "entitlement codes",
    "ct2": "entitlement codes",
    "dependant": "words for titular or dependant",
    "iban": "valid account numbers",
    "ogm": "valid structured communications",
    "enterprise": "valid enterprise numbers",
    "eid": "valid numbers of identity cards",
    "phone": "phone numbers",
    "email": "e-mail addresses",
    "street": "streets",
    "address_line": "streets with a number",
    "house_number": "house numbers",
    "box": "box numbers",
    "postcode": "Belgian postal codes",
    "city": "Belgian municipalities",
    "country": "words",
    "first_name": "names of people",
    "last_name": "names of people",
    "full_name": "names of several words",
    "organisation": "names of practices, hospitals or firms",
    "title": "forms of address",
    "initials": "initials",
    "user": "short names",
    "boolean": "yes or no",
    "date": "days",
    "past_date": "days",
    "birth_date": "days",
    "moment": "days with a time",
    "time": "times of day",
    "minutes": "durations",
    "number": "numbers",
    "money": "amounts",
    "tooth": "teeth",
    "surface": "surfaces of teeth",
    "quadrant": "quadrants",
    "file_name": "names of files",
    "words": "sentences",
}
_WEAK = 0.35  # of a piece of evidence: less is not worth a sentence
_MOST = 4


def reasons(one: Meaning, evidence: Evidence, seen: Seen, beside: Sequence[str]) -> tuple[str, ...]:
    """At most four sentences; `beside` names the columns before and after."""
    found = {name: value for name, value in zip(FEATURES, evidence.features, strict=True) if abs(value) > _WEAK}
    ranked = sorted(found, key=lambda name: -confidence.WEIGHTS[name] * found[name])
    said = [text for name in ranked for text in _say(name, found[name], one, evidence, seen, beside)]
    return tuple(dict.fromkeys(said))[:_MOST]


def _say(name: str, value: float, one: Meaning, evidence: Evidence, seen: Seen, beside: Sequence[str]) -> Iterator[str]:
    if name in {"fit", "misfit", "explained_otherwise", "unique", "links", "chosen", "years"}:
        if one.validator != "text" or name not in {"fit", "misfit"}:
            yield _by_cells(name, value, one, seen)
    elif name == "speaks":
        yield _by_words(value, one, seen)
    elif name == "name" and evidence.likeness is not None:
        yield _by_name(seen.column.header, evidence)
    elif name == "name_parts":
        yield _by_parts(value, one)
    elif name == "beside" and beside:
        yield f"it stands beside {' and '.join(f'“{text}”' for text in beside)}"
    elif name == "meaning":
        yield "the words are near in meaning"


def _by_cells(name: str, value: float, one: Meaning, seen: Seen) -> str:
    validator, _, argument = one.validator.partition(" ")
    cells, share = CELLS.get(validator, "such cells"), seen.look.shares.get(validator, 0.0)
    pro = {
        "fit": f"{share:.0%} of the cells looked at are {cells}"
        if validator != "link"
        else "its cells are names, the same few over and over",
        "unique": "every row has another one",
        "links": f"{value:.0%} of its cells are numbers of the {argument} records",
        "chosen": f"{value:.0%} of its cells are words of the pick-list",
        "years": "its years are those of births",
    }
    contra = {
        "misfit": f"but only {share:.0%} of the cells looked at are {cells}",
        "explained_otherwise": "but the cells look like something else",
        "unique": "but its cells come more than once, or are empty",
        "links": f"but its cells are not the numbers of the {argument} records",
        "chosen": "but hardly a cell is a word of the pick-list",
        "years": "but its years are not those that one expects",
    }
    return pro[name] if value > 0 else contra[name]


def _by_parts(value: float, one: Meaning) -> str:
    if one.concept.endswith(".full_name"):
        return "no column has the first name apart" if value > 0 else "but the first name has a column of its own"
    return "the first name has a column of its own" if value > 0 else "but its cells are whole names"


def _by_words(value: float, one: Meaning, seen: Seen) -> str:
    shares = seen.look.subjects
    subject = subject_of(one.concept) if value > 0 else max(shares, key=shares.__getitem__)
    text = f"{shares.get(subject or '', 0.0):.0%} of the cells looked at speak of {(subject or '').replace('_', ' ')}"
    return text if value > 0 else f"but {text}"


def _by_name(header: str, evidence: Evidence) -> str:
    likeness = evidence.likeness
    word = likeness.word if likeness else ""
    how = likeness.how if likeness else ""
    return {
        "same": f"“{header}” is a word for it",
        "typo": f"“{header}” is nearly “{word}”",
        "cut off": f"“{header}” is “{word}”, cut off",
    }.get(how, f"“{header}” reads as “{word}”")
