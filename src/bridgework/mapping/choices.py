"""Pick-lists word by word: which option each word of the practice means, and the options that a column itself offers.

A word that few patients have may be anybody's text, a name typed into a status: such words are counted together, and go
into no map, report, terminal or option. So are texts too long for a word, and those that hold a national number, a
phone number or an e-mail address.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from rapidfuzz import fuzz

from bridgework.mapping import names
from bridgework.mapping.document import Line, MapDocument, Source
from bridgework.mapping.personal import tells_who
from bridgework.mapping.records import Row
from bridgework.mapping.words import ENOUGH_PEOPLE, PLAIN_SIGNS, meanings, unaccented, unligated, word_key

OTHERS = ""
"""In a count of words: the rows whose text is no word (too long, or tells who somebody is), or came after the first
10,000 different ones."""

_MOST, _LONGEST = 10_000, 40
_ALIKE = 92  # of 100: one slip in seven letters, or two in thirteen
_SHORTEST = 5  # letters; shorter words are near too many others
_TELLING = re.compile(r"""\d+(?:[.,]\d+)*|[^\w\s()\[\]:;,.!'"]""")


class Words(Counter[str]):
    """In how many rows of a column each word stands, and which words enough people have (of the others nothing is)."""

    def __init__(self) -> None:
        """Begin without words."""
        super().__init__()
        self._people: dict[str, set[str]] = {}

    def see(self, text: str, who: str) -> None:
        """Count a cell of this person's; a text that may be no word counts among the others."""
        word = text if text in self or (len(self) < _MOST and len(text) <= _LONGEST and not tells_who(text)) else OTHERS
        self[word] += 1
        people = self._people.setdefault(word, set())
        if len(people) < ENOUGH_PEOPLE:
            people.add(who)

    def is_often(self, word: str) -> bool:
        """Whether enough people have a word."""
        return word != OTHERS and len(self._people.get(word, ())) >= ENOUGH_PEOPLE

    def without(self, away: Collection[str]) -> Words:
        """The words but for some, in small letters: words for nothing known."""
        kept = Words()
        kept.update({word: rows for word, rows in self.items() if word.casefold() not in away})
        kept._people = self._people
        return kept


@dataclass(frozen=True, slots=True)
class Rare:
    """Words that too few people have, together: how many, in how many rows, and how many of them mean no option."""

    words: int
    rows: int
    unmapped: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The words of a column by what is known of them: `sure` and `near` say the option, `near` wants a look."""

    sure: Mapping[str, str]
    near: Mapping[str, str]
    unmapped: tuple[str, ...]
    rare: Rare


def counted(rows: Iterable[Row], columns: Collection[str], person: str | None = None) -> dict[str, Words]:
    """By column, in how many rows each word stands, without spaces around it; in bounded memory, see `OTHERS`.

    `person`: the column with the number of the patient whose row it is; without it each row is somebody's of his own.
    Rows without a number are nobody knows whose: they count as those of one.
    """
    found = {column: Words() for column in columns}
    for number, row in enumerate(rows):
        who = str(number) if person is None else row.values.get(person, "").strip()
        for column, words in found.items():
            if text := row.values.get(column, "").strip():
                words.see(text, who)
    return found


def person_column(name: str, source: Source) -> str | None:
    """The column of a source object that says whose its rows are: of the patient, else of the record they hang on."""
    if (own := source.column_of(f"{name}.patient_number")) is not None:
        return own
    links = [line for line in source.lines if line.transform == "reference"]
    patients = (one.column for one in links if one.with_.get("object") == "patient" != name)
    return next(patients, None) or next((one.column for one in links if one.with_.get("required")), None)


def fit(words: Mapping[str, int], options: Mapping[str, Sequence[str]], labels: Mapping[str, str]) -> Fit:
    """Give each word an option: `words` are counted, `options` has the words that are known, `labels` what people see.

    A known word or the option's label is sure; a word that is nearly one, and nearly one of no other option, is near.
    """
    known = {word_key(labels[option]): option for option in options if option in labels} | meanings(options)
    often = [word for word, _ in Counter(words).most_common() if _is_often(words, word)]
    sure = {word: known[word_key(word)] for word in often if word_key(word) in known}
    near = {word: option for word in often if word not in sure and (option := _near(word_key(word), known))}
    unmapped = tuple(word for word in often if word not in sure and word not in near)
    return Fit(sure, near, unmapped, _rare(words, known))


def with_words(document: MapDocument, line: Line, words: Mapping[str, int]) -> MapDocument:
    """The map with the practice's own words in the line's pick-list, where only their likeness or a label told them."""
    name = line.with_.get("values")
    options = document.values.get(name, {}) if isinstance(name, str) else {}
    field = document.field_def(line.object, line.field)
    found = fit(words, options, (field.options if field else None) or {})
    known = meanings(options)
    added: dict[str, list[str]] = {}
    for word, option in {**found.sure, **found.near}.items():
        if word_key(word) not in known:
            known[word_key(word)] = option
            added.setdefault(option, []).append(word)
    if not added:
        return document
    list_ = {option: (*said, *added.get(option, ())) for option, said in options.items()}
    return document.model_copy(update={"values": {**document.values, str(name): list_}})


def select_from(
    words: Mapping[str, int], nothing: Collection[str] = ()
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Make options of a column's own words, frequent ones first: (value → label, value → words), as Twenty takes them.

    Words of one key (`word_key`) are one option, called as most rows write it. A word of `nothing` (in lower case) gets
    none, except a minus in a column that has other signs for words: `+`, `±`.
    """
    often = [word for word, _ in Counter(words).most_common() if _is_often(words, word) and is_visible(word)]
    signs = any(not any(map(str.isalnum, word)) and word.casefold() not in nothing for word in often)
    spelled: dict[str, list[str]] = {}
    for word in often:
        if word.casefold() not in nothing or (signs and set(word_key(word)) == {"-"}):
            spelled.setdefault(word_key(word), []).append(word)
    options: dict[str, str] = {}
    values: dict[str, tuple[str, ...]] = {}
    for key, spellings in spelled.items():
        value = _value(spellings[0], {*options, *(word_key(one) for one in options), *(spelled.keys() - {key})})
        options[value] = _label(spellings[0], options.values())
        values[value] = tuple(spellings)
    return options, values


def _is_often(words: Mapping[str, int], word: str) -> bool:
    """Whether enough people have a word; where nobody counted them, whether it stands in as many rows."""
    if isinstance(words, Words):
        return words.is_often(word)
    return word != OTHERS and words[word] >= ENOUGH_PEOPLE


# --- likeness ------------------------------------------------------------------------------------------------------


def _near(text: str, known: Mapping[str, str]) -> str | None:
    """The one option that has a word like this text; one digit or sign more or less is another word: Chair 1, Chair 2.

    Brackets and the like are no such signs.
    """
    if sum(map(str.isalpha, text)) < _SHORTEST:
        return None
    telling = _TELLING.findall(text)
    alike = {
        option
        for word, option in known.items()
        if fuzz.ratio(text, word) >= _ALIKE and _TELLING.findall(word) == telling
    }
    return alike.pop() if len(alike) == 1 else None


def _rare(words: Mapping[str, int], known: Mapping[str, str]) -> Rare:
    """What nobody knows of the rows under `OTHERS` is how many words they hold: as many as rows, at most."""
    few = {word: rows for word, rows in words.items() if word != OTHERS and not _is_often(words, word)}
    others = words.get(OTHERS, 0)
    unmapped = sum(word_key(word) not in known for word in few)
    return Rare(len(few) + others, sum(few.values()) + others, unmapped + others)


# --- options as Twenty takes them ----------------------------------------------------------------------------------


def _value(word: str, taken: Collection[str]) -> str:
    """A free name for an option: 2024 → Y_2024. No option may be named as another word is written."""
    name = "_".join(_parts(word)) or _name_of_signs(word) or "OPTION"
    name = f"Y_{name}" if name[0].isdigit() else name
    tries = (f"_{number}" if number > 1 else "" for number in count(1))
    free = (f"{name[: names.LONGEST - len(end)].rstrip('_')}{end}" for end in tries)
    return next(one for one in free if one not in taken and word_key(one) not in taken)


_SIGNS = {
    "+/-": "PLUS MINUS",
    "±": "PLUS MINUS",
    "<=": "AT MOST",
    "≤": "AT MOST",
    ">=": "AT LEAST",
    "≥": "AT LEAST",
    "<": "LESS THAN",
    ">": "MORE THAN",
    "=": "EQUALS",
    "+": "PLUS",
    "%": "PERCENT",
    "-": "MINUS",
}
# A hyphen or a minus between two letters or digits only parts them: NO_SHOW, Y_1_2.
_SIGN = re.compile(
    "|".join(re.escape(sign) for sign in _SIGNS if sign != "-") + r"|(?<![^\W_])(?<![^\W_] )-|-(?! ?[^\W_])"
)


def _parts(word: str) -> list[str]:
    """The parts of an option's name: `A+` → A PLUS; `< 5` → LESS THAN 5; `no-show` → NO SHOW."""
    told = _SIGN.sub(lambda sign: f" {_SIGNS[sign[0]]} ", unicodedata.normalize("NFKC", word).translate(PLAIN_SIGNS))
    return re.findall(r"[A-Z0-9]+", unaccented(unligated(told.casefold())).upper())


def _name_of_signs(word: str) -> str:
    """How Unicode calls a word of other signs: `?` → QUESTION_MARK; empty for anything else."""
    if any(map(str.isalnum, word)):
        return ""
    return "_".join(
        re.findall(r"[A-Z0-9]+", " ".join(unicodedata.name(sign, "") for sign in word if not sign.isspace()))
    )


def is_visible(word: str) -> bool:
    """Whether a person could read a label of it."""
    return bool(word_key(word) and _readable(word))


def _readable(word: str) -> str:
    """A word as a label shows it: without commas (6,5 → 6.5); one of signs alone by their names."""
    plain = names.label(re.sub(r"(?<=\d),(?=\d)", ".", word).replace(",", " "))
    return plain or _name_of_signs(word).replace("_", " ").capitalize()


def _label(word: str, taken: Collection[str]) -> str:
    """What people see: the word, at most 63 characters, unlike the other labels."""
    plain = _readable(word)
    tries = (f" {number}" if number > 1 else "" for number in count(1))
    free = (f"{names.label(plain, names.LONGEST - len(end))}{end}" for end in tries)
    return next(one for one in free if one not in taken)
