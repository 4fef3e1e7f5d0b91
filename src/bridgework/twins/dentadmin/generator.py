"""Makes a synthetic practice's export: seeded, reproducible to the byte, and written as it is made."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from . import words
from .dirt import Dirt
from .draw import Plants
from .export_format import LANGUAGES, Language, table
from .history import History
from .people import People, Person
from .pick_lists import WORDS
from .records import record_files
from .staff import Practice
from .writing import Export

_TODAY = date(2026, 11, 1)
_REPORT_EVERY = 50


@dataclass(frozen=True, slots=True)
class PracticeSummary:
    """What was written: rows by object, files, and by name how often each kind of dirt was planted."""

    records: dict[str, int]
    files: int
    language: Language
    provider_emails: tuple[tuple[str, str, str], ...]
    planted: dict[str, int]


def generate_practice(  # noqa: PLR0913 - each says one thing of the practice
    folder: Path,
    *,
    patients: int,
    seed: int,
    language: Language = "nl",
    messy: bool = False,
    density: float = 1.0,
    files_per_patient: float = 1.5,
    today: date = _TODAY,
    progress: Callable[[int], None] | None = None,
) -> PracticeSummary:
    """Write the export of an invented practice into a folder that does not exist yet, or is empty.

    `patients` is the number of patients in the export; each brings about 100 further records times `density`. The same
    arguments give the same bytes (with the same release of Faker, for its names). `messy` plants the dirty-data
    catalogue into the same practice. `progress` is told how many more patients there are. A full folder raises
    FileExistsError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError("the folder of a new practice must be empty")
    chance = random.Random(seed)
    # Dirt has a chance of its own: it leaves the practice under it as it is.
    plants, soil = (Plants(random.Random(f"{kind} {seed}")) for kind in ("plants", "dirt"))
    practice = Practice(language, chance, plants, patients=patients, today=today)
    dirt = Dirt(practice, soil) if messy else None
    with Export(folder, language, dirt) as export:
        practice.write(export)
        _definitions(export, language)
        people = People(practice, chance, plants, density=density)
        history = History(
            practice, people, export, chance, plants, files_per_patient=files_per_patient, density=density
        )
        _patients(patients, people, history, export, dirt, progress or (lambda _: None))
    planted = dict(sorted((plants.planted | soil.planted).items()))
    return PracticeSummary(export.records, export.files, language, practice.emails(), planted)


def provider_emails(folder: Path) -> tuple[tuple[str, str, str], ...]:
    """First name, last name and e-mail of the providers still at work, read from an export folder."""
    providers = record_files(folder)["provider"]
    at_work = {
        word.text(language) for word in WORDS["patient", "active"] if word.key == "yes" for language in LANGUAGES
    }
    rows = (row for row in providers.page(0, len(providers)) if row["active"] in at_work)
    return tuple((row["first_name"], row["last_name"], row["email"]) for row in rows)


def _patients(
    wanted: int, people: People, history: History, export: Export, dirt: Dirt | None, progress: Callable[[int], None]
) -> None:
    written = told = 0
    while written < wanted:
        household = people.household(wanted - written)
        for left, person in zip(reversed(range(len(household))), household, strict=True):
            history.write(person)
            written += _patient(person, people, export, dirt, may_repeat=written + 1 + left < wanted)
        if written - told >= _REPORT_EVERY or written == wanted:
            progress(written - told)
            told = written


def _patient(person: Person, people: People, export: Export, dirt: Dirt | None, *, may_repeat: bool) -> int:
    """Write a patient's own row, and in a messy practice perhaps a second one for the same person; how many."""
    again = dirt.duplicate(person.row) if dirt and may_repeat else None
    export.write("patient", person.row)
    if again is None:
        return 1
    people.renumber(again)
    export.write("patient", again)
    return 2


def _definitions(export: Export, language: Language) -> None:
    for object_, text in (("workflow", words.WORKFLOWS[language]), ("report", words.REPORTS[language])):
        keys = [column.key for column in table(object_).columns]
        for number, line in enumerate(text.strip().splitlines(), 1):
            export.write(object_, dict(zip(keys, (str(number), *line.split("|")), strict=True)))
