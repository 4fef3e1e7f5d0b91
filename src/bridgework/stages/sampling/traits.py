"""What makes patients differ: their own cells, those of the records that hang on them, and what stands out.

Every row is looked at once, patients twice. What is held does not grow with the practice: of each trait a few patients
who have it, of each extreme a few who are nearest to it.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from bridgework.mapping.document import MapDocument
from bridgework.mapping.records import Mapper
from bridgework.practice.rows import SourceRecord, StagedRows

PATIENT = "patient"
_EACH = 8  # patients kept of each trait
_VALUES = 80  # different values of one column that count as traits
_MOST = 40  # patients kept of each extreme
_BUILT = 50_000  # patients whose records are built, to see how messy they are
_COUNTED = 20_000  # patients whose treatments are counted at once
_FAMILY = 6
_SEEN_BITS = 1 << 23
_YEAR = re.compile(r"(?:19|20)\d\d")
_KINDS = frozenset({"select", "member", "reference", "boolean"})
_CODES = ("code", "riziv_code")


@dataclass(slots=True)
class Traits:
    """By trait, some patients (their keys) who have it; by extreme, those nearest to it, the nearest first.

    A trait is a pair: what differs (`patient.language`), and the value, which is a code of the practice.
    """

    have: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    extremes: dict[str, list[str]] = field(default_factory=dict)
    patients: int = 0

    def add(self, what: str, value: str, key: str) -> None:
        """Note that a patient has a trait, while few are known who have it."""
        known = self.have[what, value]
        if len(known) < _EACH and key not in known:
            known.append(key)


class _Column:
    """One column whose values are traits; of too many values the later ones count as one."""

    def __init__(self, what: str, column: str, of: Callable[[str], str]) -> None:
        self.what, self.column, self._of = what, column, of
        self._values: set[str] = set()

    def value(self, row: SourceRecord) -> str:
        value = self._of(row.values.get(self.column, "").strip())
        if value in self._values or len(self._values) < _VALUES:
            self._values.add(value)
            return value
        return "another"


class _Nearest:
    """The patients nearest to an extreme; ties go to those who come first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float | str, int, str]] = []

    def add(self, rank: float | str, row_no: int, key: str) -> None:
        entry = (rank, -row_no, key)
        if len(self._heap) < _MOST:
            heapq.heappush(self._heap, entry)
        elif entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    def keys(self) -> list[str]:
        return [key for _, _, key in sorted(self._heap, reverse=True)]


class _Most:
    """The keys that come most often, exactly for few keys and nearly for many (Misra and Gries, 1982)."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, key: str) -> None:
        if key in self._counts or len(self._counts) < _COUNTED:
            self._counts[key] += 1
            return
        self._counts = Counter({known: count - 1 for known, count in self._counts.items() if count > 1})

    def keys(self) -> list[str]:
        return [key for key, _ in sorted(self._counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST]]


class _Shared:
    """Patients who share an address or an e-mail, found with a bitmap of fixed size: who comes second is noticed."""

    def __init__(self) -> None:
        self._bits = bytearray(_SEEN_BITS // 8)
        self.wanted: dict[bytes, list[str]] = {}

    def look(self, text: str) -> None:
        hashed = _hash(text)
        place = int.from_bytes(hashed[:4], "big") % _SEEN_BITS
        byte, bit = place >> 3, 1 << (place & 7)
        if self._bits[byte] & bit and len(self.wanted) < _MOST:
            self.wanted.setdefault(hashed, [])
        self._bits[byte] |= bit

    def gather(self, text: str, key: str) -> None:
        known = self.wanted.get(_hash(text))
        if known is not None and len(known) < _FAMILY and key not in known:
            known.append(key)

    def keys(self) -> list[str]:
        return [key for family in self.wanted.values() if len(family) > 1 for key in family]


def look_at_patients(document: MapDocument, mapper: Mapper, rows: StagedRows) -> Traits:
    """Look at every row that tells something of patients."""
    traits = Traits()
    _own(document, mapper, rows, traits)
    for name, source in document.sources.items():
        patient = next(
            (line.column for line in source.all_lines() if line.transform == "reference" and _to_patient(line.with_)),
            None,
        )
        if name != PATIENT and patient:
            _of_records(document, rows, traits, name, patient)
    return traits


def _to_patient(settings: Mapping[str, object]) -> bool:
    return settings.get("object") == PATIENT


def _own(document: MapDocument, mapper: Mapper, rows: StagedRows, traits: Traits) -> None:
    source = document.sources[PATIENT]
    columns = list(_columns(document, PATIENT))
    born = source.column_of("patient.birth_date")
    shares = [
        [column for name in names if (column := source.column_of(f"patient.{name}"))]
        for names in (("email",), ("street", "house_number", "postal_code"))
    ]
    traits.patients = rows.count(PATIENT)
    every = max(1, traits.patients // _BUILT)
    steps = [one for one in mapper.steps() if one.source_object == PATIENT and one.role == "record"]
    extremes = {name: _Nearest() for name in ("messiest", "newest", "oldest")}
    shared = _Shared()
    for row in rows.iterate(PATIENT):
        for one in columns:
            traits.add(one.what, one.value(row), row.key)
        year = _YEAR.search(row.values.get(born or "", ""))
        traits.add("patient.age", f"{int(year[0]) // 10 * 10}s" if year else "unknown", row.key)
        for text in _shared_texts(row, shares):
            shared.look(text)
        if row.row_no % every == 0:
            record = next(filter(None, (mapper.build(step, row) for step in steps)), None)
            if record is not None:
                extremes["messiest"].add(len(record.findings), row.row_no, row.key)
                made = str(record.values["createdAt"])
                extremes["newest"].add(made, row.row_no, row.key)
                extremes["oldest"].add(_inverted(made), row.row_no, row.key)
    for row in rows.iterate(PATIENT) if shared.wanted else ():
        for text in _shared_texts(row, shares):
            shared.gather(text, row.key)
    traits.extremes |= {name: one.keys() for name, one in extremes.items()} | {"families": shared.keys()}


def _shared_texts(row: SourceRecord, shares: list[list[str]]) -> Iterator[str]:
    for columns in shares:
        texts = [row.values.get(column, "").strip().casefold() for column in columns]
        if texts and all(texts):
            yield "|".join(texts)


def _of_records(document: MapDocument, rows: StagedRows, traits: Traits, name: str, patient: str) -> None:
    columns = list(_columns(document, name))
    file = next((line.column for line in document.sources[name].all_lines() if line.transform == "file"), None)
    most = _Most()
    for row in rows.iterate(name):
        key = row.values.get(patient, "").strip()
        if not key:
            continue
        most.add(key)
        for one in columns:
            traits.add(one.what, one.value(row), key)
        if file and (found := row.values.get(file, "").strip()):
            traits.add(f"{name}.file", PurePath(found.replace("\\", "/")).suffix.lower(), key)
    traits.extremes[f"most of {name}"] = most.keys()


def _columns(document: MapDocument, name: str) -> Iterator[_Column]:
    """The columns of an object whose values say something: choices, people, and codes by their series."""
    for line in document.sources[name].all_lines():
        if not line.column or (line.with_.get("object") in {PATIENT, "treatment", "invoice"}):
            continue
        concept = line.concept or f"{name}.{line.column}"
        if line.transform in _KINDS:
            yield _Column(concept, line.column, str.casefold)
        elif concept.partition(".")[2] in _CODES:
            yield _Column(f"{concept} series", line.column, lambda text: text[:3])


def _inverted(moment: str) -> str:
    """A text that sorts the other way round: the earliest moment last."""
    return "".join(chr(0x10000 - ord(character)) for character in moment)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=12).digest()
