"""Documents and communications: rows of the export, and the files of the documents folder."""

from __future__ import annotations

import math
import random
import unicodedata
from collections import Counter
from dataclasses import dataclass

from . import files
from .draw import Plants, Pool, one_of
from .people import People, Person
from .staff import Practice
from .writing import Export, Row

_CATEGORIES = Pool(
    [
        ("letter", 16.0),
        ("report", 8.0),
        ("panoramic", 10.0),
        ("intra_oral", 36.0),
        ("photo", 16.0),
        ("prescription", 5.0),
        ("consent", 5.0),
        ("estimate", 4.0),
    ]
)
_FORMATS = {"panoramic": "png", "intra_oral": "png", "photo": "jpg"}
_DOCUMENT_SHARE, _INVOICE_PDF_SHARE = 0.8, 0.2
_ORPHAN = 0.003
_REMINDERS_FROM_DAYS_AGO = 4000
_REMINDERS, _OTHERS_A_PATIENT = 0.32, 1.6
_OTHER_KINDS = Pool([("recall", 55.0), ("call", 30.0), ("invoice", 10.0), ("letter", 5.0)])


@dataclass(frozen=True, slots=True)
class _Message:
    """One communication by the keys of its words; `user` is a position in the list of users."""

    channel: str
    direction: str
    subject: str
    result: str
    text: str
    contact: str = ""
    user: int = 0


class Paper:
    """Writes the documents and communications of a patient."""

    def __init__(
        self,
        practice: Practice,
        people: People,
        export: Export,
        chance: random.Random,
        plants: Plants,
        *,
        files_per_patient: float,
    ) -> None:
        self._practice, self._people, self._export = practice, people, export
        self._chance, self._plants = chance, plants
        self._words, self._days = practice.words, practice.days
        self._documents_mean = files_per_patient * _DOCUMENT_SHARE
        self._invoice_pdfs_wanted = files_per_patient * _INVOICE_PDF_SHARE
        self._invoice_pdfs_made = self._patients = 0.0
        self._numbers: Counter[str] = Counter()
        self._last_file: tuple[str, bytes] = ("", b"")

    def documents(self, person: Person) -> None:
        """Write the documents of one patient: rows and files."""
        self._patients += 1
        for _ in range(_poisson(self._chance, self._documents_mean)):
            self._document(person)

    def invoice_pdf(self, person: Person, number: str) -> str:
        """The name of an invoice's PDF, which is then in the folder; empty for most, which were never printed."""
        if self._invoice_pdfs_made >= self._invoice_pdfs_wanted * (self._patients + 1):
            return ""
        if self._chance.random() < 0.7:
            return ""
        self._invoice_pdfs_made += 1
        name = f"F{number}.pdf"
        self._export.file(name, files.pdf(f"{number} - {person.number}"))
        return name

    def reminder(self, person: Person, appointment: Row, day: int, minute: int) -> None:
        """Write the automatic reminder of an appointment, where there was one."""
        chance, practice = self._chance, self._practice
        sent = day - 2
        if not person.mobile or not practice.today - _REMINDERS_FROM_DAYS_AGO < sent < practice.today:
            return
        if chance.random() >= _REMINDERS:
            return
        text = self._words.reminder.format(name=person.first, day=self._days.text(day), hour=appointment["start"])
        result = "failed" if chance.random() < 0.03 else "delivered"
        message = _Message("sms", "out", "reminder", result, text, person.mobile, user=2)
        self._communication(person, self._days.moment(sent, minute), message, appointment["number"])

    def other_communications(self, person: Person, density: float) -> None:
        """Write recalls, calls, e-mails and letters."""
        chance = self._chance
        span = self._practice.today - person.first_visit
        for _ in range(_poisson(chance, _OTHERS_A_PATIENT * density)):
            day = person.first_visit + int(chance.random() * span)
            moment = self._days.moment(day, 500 + int(chance.random() * 560))
            self._communication(person, moment, self._message(person, _OTHER_KINDS.draw(chance)))

    def _message(self, person: Person, kind: str) -> _Message:
        if kind == "call":
            text = one_of(self._chance, self._words.calls)
            if self._chance.random() < 0.7:
                return _Message("phone", "in", kind, "answered", text, person.mobile)
            return _Message("phone", "out", kind, "no_answer", text, person.mobile)
        text = self._words.recall.format(name=person.first) if kind == "recall" else ""
        if kind == "letter" or not person.email:
            return _Message("letter", "out", kind, "sent", text, user=1)
        return _Message("email", "out", kind, "sent", text, person.email, user=1)

    def _communication(self, person: Person, moment: str, message: _Message, appointment: str = "") -> None:
        words, dirt = self._words, self._export.dirt
        row = {
            "number": self._number("communication"),
            "patient_number": self._patient(person, "communication"),
            "channel": words.lists.channel[message.channel],
            "direction": words.lists.direction[message.direction],
            "moment": moment,
            "subject": words.subjects[message.subject],
            "text": message.text,
            "contact": message.contact,
            "user": words.users[message.user],
            "result": words.lists.result[message.result],
            "appointment_number": appointment,
        }
        if dirt and ";" in message.text and dirt.plants.due("ragged_row", 0.01):
            self._export.write_ragged("communication", row)
        else:
            self._export.write("communication", row)

    def _document(self, person: Person) -> None:
        chance, words, practice = self._chance, self._words, self._practice
        category = _CATEGORIES.draw(chance)
        number = self._number("document")
        kind = _FORMATS.get(category, "pdf")
        title = words.document_titles[category]
        day = person.first_visit + int(chance.random() * (person.last_visit - person.first_visit + 1))
        film = category == "intra_oral"
        created = self._days.moment(practice.created_day(day), 600 + int(chance.random() * 500))
        row = {
            "number": number,
            "patient_number": self._patient(person, "document"),
            "category": words.lists.document_category[category],
            "title": title,
            "file": f"{number}_{title.replace(' ', '_')}.{kind}",
            "date": self._days.text(day),
            "provider_number": practice.provider_number(person.provider),
            "tooth": str(10 * (1 + int(chance.random() * 4)) + 1 + int(chance.random() * 8)) if film else "",
            "remark": "",
            "created_at": created,
            "changed_at": created,
        }
        content = {"pdf": files.pdf, "png": files.png, "jpg": files.jpeg}[kind](f"{title} {number} {person.number}")
        self._store(row, content)
        self._export.write("document", row)

    def _store(self, row: Row, content: bytes) -> None:
        """Put the file where the row says, or, in a messy practice, nearly."""
        name, dirt = row["file"], self._export.dirt
        on_disk: str | None = name
        if dirt:
            due = dirt.plants.due
            if due("file_missing", 0.01):
                on_disk = None
            elif self._last_file[0] and due("file_same_bytes", 0.01):
                content = self._last_file[1]
            elif name.endswith(".jpg") and due("file_wrong_extension", 0.02):
                on_disk = row["file"] = name.replace(".jpg", ".pdf")
            elif due("file_name_with_colon", 0.005):
                on_disk = row["file"] = name.replace("_", " 10:30 ", 1)
            elif due("file_name_nfd", 0.005):
                row["file"] = name.replace("_", "_cliché_", 1)
                on_disk = unicodedata.normalize("NFD", row["file"])
            elif due("file_name_case", 0.01):
                row["file"] = name.upper()
        if on_disk is not None:
            self._last_file = (on_disk, content)
            self._export.file(on_disk, content)

    def _patient(self, person: Person, object_: str) -> str:
        if self._plants.due(f"orphan_{object_}", _ORPHAN):
            return self._people.deleted_number
        return person.number

    def _number(self, object_: str) -> str:
        self._numbers[object_] += 1
        return str(self._numbers[object_])


def _poisson(chance: random.Random, mean: float) -> int:
    """A Poisson draw (Knuth's way, for the small means that are used here)."""
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count
