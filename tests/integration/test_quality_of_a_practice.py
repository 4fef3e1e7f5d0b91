"""What was planted in a generated practice is found, as often as it was planted; a clean practice is left in peace."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bridgework.mapping.recognise import recognise
from bridgework.practice import discover, stage
from bridgework.practice.documents import DocumentsFolder
from bridgework.quality.examine import examine
from bridgework.quality.registry import checks
from bridgework.store import Store
from bridgework.store.notes import Finding
from bridgework.twins.dentadmin import generate_practice
from bridgework.twins.dentadmin.export_format import Language
from tests.unit.quality_practice import TODAY, concepts_of

_DUPLICATES = ("duplicate_double_entry", "duplicate_name_order", "duplicate_nickname", "duplicate_stub")
_AMOUNTS = ("thousands", "trailing_minus", "euro_sign", "decimal_point", "mojibake_euro")


def _forms(column: str, *kinds: str) -> tuple[str, ...]:
    return tuple(f"{column}_{kind}" for kind in kinds)


# (code, object) → what was planted of it, to be found exactly.
EXACT = {
    ("DATE-FORMS", "patient"): _forms("birth_date", "short_year", "compact", "serial"),
    ("DATE-SHORT-YEAR", "patient"): ("birth_date_short_year",),
    ("DATE-AS-NUMBER", "patient"): ("birth_date_serial",),
    ("DATE-1900", "patient"): ("birth_date_1900",),
    ("DATE-ZERO", "patient"): ("birth_date_zero",),
    ("BIRTH-DATE-FUTURE", "patient"): ("birth_date_future",),
    ("DATE-FORMS", "treatment"): _forms("treatment_date", "short_year", "compact", "serial"),
    ("DATE-1900", "treatment"): ("treatment_date_1900",),
    ("DATE-ZERO", "treatment"): ("treatment_date_zero",),
    ("DATE-FORMS", "document"): _forms("document_date", "short_year", "compact", "serial"),
    ("DATE-ZERO", "document"): ("document_date_zero",),
    ("HOUR-SKIPPED", "appointment"): ("dst_gap",),
    ("HOUR-TWICE", "appointment"): ("dst_overlap",),
    ("HOUR-TWICE", "communication"): ("dst_overlap_communication",),
    ("INSZ-FROM-SPREADSHEET", "patient"): ("insz_lost_zero", "insz_float"),
    ("INSZ-DIGITS-LOST", "patient"): ("insz_exponent",),
    ("TEST-PATIENT", "patient"): ("test_patient",),
    ("PATIENT-WITHOUT-NAME", "patient"): ("new_patient_stub",),
    ("NAME-IN-ONE-CELL", "patient"): ("surname_first",),
    ("NAME-IN-CAPITALS", "patient"): ("all_caps_name",),
    ("SPACES-AROUND", "patient"): ("trailing_space", "no_break_space"),
    ("ZERO-BYTES", "patient"): ("nul_byte",),
    ("EMAIL-UNREADABLE", "patient"): ("email_invalid",),
    ("EMAILS-IN-ONE-CELL", "patient"): ("email_two_in_cell",),
    ("CT-LOST-ZEROS", "patient"): ("ct_lost_zeros",),
    ("RIZIV-IN-NAME", "referrer"): ("riziv_in_name",),
    ("NO-SUCH-PATIENT", "appointment"): ("orphan_appointment",),
    ("NO-SUCH-PATIENT", "treatment"): ("orphan_treatment",),
    ("NO-SUCH-PATIENT", "document"): ("orphan_document",),
    ("NO-SUCH-PATIENT", "communication"): ("orphan_communication",),
    ("APPOINTMENT-WITHOUT-PATIENT", "appointment"): ("appointment_without_patient",),
    ("DRIFT-WRONG-CHECK", "treatment"): ("code_wrong_check",),
    ("DRIFT-SEVERAL", "treatment"): ("code_two_in_cell",),
    ("DRIFT-HOSPITAL", "treatment"): ("code_hospital",),
    ("TOOTH-WITH-MORE", "treatment"): _forms("tooth", "list", "range", "with_surface", "pointed", "prefixed"),
    ("AMOUNT-FORMS", "treatment"): _forms("treatment_fee", *_AMOUNTS),
    ("AMOUNT-FORMS", "invoice"): _forms("invoice_total", *_AMOUNTS),
    ("AMOUNT-FORMS", "transaction"): _forms("transaction_amount", *_AMOUNTS),
    ("LINES-BY-CENTS", "invoice"): ("sum_off_by_cents",),
    ("SHARES-BY-CENTS", "invoice"): ("sum_off_by_cents",),
    ("FILE-MISSING", "document"): ("file_missing",),
    ("FILE-SAME-CONTENT", "document"): ("file_same_bytes",),
    ("FILE-NAME-COLON", "document"): ("file_name_with_colon",),
    ("FILE-NAME-ACCENTS", "document"): ("file_name_nfd",),
    ("FILE-NAME-OTHERWISE", "document"): ("file_name_case",),
}
# (code, object) → what was planted of it, the least share that is found, the kinds that may add to it, and why.
BOUNDS = {
    ("INSZ-WRONG", "patient"): (
        ("insz_wrong",),
        0.5,
        _DUPLICATES,
        "some then lost digits; a double entry has it again",
    ),
    ("WORD-FOR-NOTHING", "patient"): (("sentinel",), 0.9, (), "a `néant` may be misread"),
    ("SAME-NAME-AND-BIRTH-DATE", "patient"): (
        ("duplicate_double_entry", "duplicate_name_order"),
        0.6,
        ("duplicate_nickname",),
        "one of the two may have no birth date left, or be called TEST",
    ),
    ("LIKELY-THE-SAME", "patient"): (("duplicate_nickname",), 0.6, _DUPLICATES, "likewise"),
    ("STUB-OF-A-PATIENT", "patient"): (("duplicate_stub",), 0.6, (), "one of the two may be called TEST"),
    ("PHONE-WITH-WORDS", "patient"): (("text_in_phone",), 0.9, _DUPLICATES, "a double entry has it again"),
    ("PHONES-IN-ONE-CELL", "patient"): (("two_numbers_in_phone",), 0.9, _DUPLICATES, "likewise"),
    ("NAMED-IN-WORDS", "patient"): (("referrer_as_text",), 1, _DUPLICATES, "likewise"),
    ("NO-SUCH-INSURER", "patient"): (("dissolved_mutuality",), 1, _DUPLICATES, "likewise"),
    ("PATIENTS-SHARE-PHONE", "patient"): (
        ("shared_mobile",),
        1,
        ("shared_mobile", *_DUPLICATES, *_DUPLICATES),
        "those who share are counted, and those whom they share with",
    ),
    ("PATIENTS-SHARE-EMAIL", "patient"): (
        ("shared_email",),
        1,
        ("shared_email", *_DUPLICATES, *_DUPLICATES),
        "those who share are counted, and those whom they share with",
    ),
    ("APPOINTMENT-WITHOUT-PROVIDER", "appointment"): (
        ("appointment_without_provider",),
        0.8,
        (),
        "an overlapping one gets the provider of another",
    ),
    ("WORD-FORMS", "patient"): (
        ("sex_coding",),
        0.3,
        ("boolean_coding",) * 4,
        "some codings are the column's own; four columns hold yes and no",
    ),
    ("OVERLAP", "appointment"): (("appointment_overlap",), 0.3, (), "cancelled and missed ones take no time"),
    ("ATTESTATION-TWICE", "invoice"): (("attestation_number_again",), 0.5, (), "the first one is not there twice"),
    ("TOOTH-MISSING", "treatment"): (("tooth_missing",), 0.1, (), "planted in films and crowns too, which need none"),
    ("FILE-OTHER-KIND", "document"): (
        ("file_wrong_extension",),
        1,
        ("file_same_bytes",),
        "a copy may be of another kind",
    ),
}
# What a practice is warned of in which nobody planted dirt, and why.
IN_A_CLEAN_PRACTICE = {
    "PATIENTS-SHARE-EMAIL": "families share addresses, and Twenty wants them unique",
    "INSZ-WRONG": "0.7 % of the numbers are typing errors",
    "NO-SUCH-PATIENT": "0.3 % of the records are of patients who were deleted",
    "NO-SUCH-INSURER": "0.5 % of the patients have a mutuality that merged",
    "AFTER-DEATH": "appointments are not always cancelled",
    "BEFORE-BIRTH": "an invented baby can be treated on the day before",
    "DRIFT-NOT-YET": "the practice uses phase codes of prostheses from before 2017",
}


@dataclass
class Looked:
    """A practice that was examined."""

    export: Path
    planted: dict[str, int]
    found: list[Finding]

    def count(self, code: str, object_: str) -> int:
        return sum(one.count for one in self.found if (one.code, one.object) == (code, object_))

    def sum(self, kinds: tuple[str, ...]) -> int:
        return sum(self.planted.get(kind, 0) for kind in kinds)


def look(folder: Path, *, language: Language, messy: bool) -> Looked:
    export = folder / "export"
    made = generate_practice(
        export, patients=700, seed=23, language=language, messy=messy, density=0.3, files_per_patient=0.8
    )
    files = discover(export)
    known = recognise({one.relative: one.header for one in files})
    store = Store.create(folder / "store.db", "x")
    for file in files:
        stage(store, file, known[file.relative].object, known[file.relative].key_headers)
    concepts = concepts_of(files, {name: one.object for name, one in known.items()})
    found = examine(store, concepts, DocumentsFolder(export / "documents"), today=TODAY)
    store.close()
    return Looked(export, made.planted, found)


@pytest.fixture(scope="module", params=["nl", "fr"])
def messy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    return look(tmp_path_factory.mktemp("messy"), language=request.param, messy=True)


def test_what_was_planted_is_found_as_often(messy: Looked) -> None:
    wrong = {
        place: (messy.sum(kinds), messy.count(*place))
        for place, kinds in EXACT.items()
        if messy.sum(kinds) != messy.count(*place)
    }
    assert wrong == {}


def test_what_hides_behind_other_dirt_is_found_within_bounds(messy: Looked) -> None:
    wrong = {}
    for place, (kinds, least, more, why) in BOUNDS.items():
        planted, count = messy.sum(kinds), messy.count(*place)
        assert planted, place
        if not planted * least <= count <= planted + messy.sum(more):
            wrong[place] = (planted, count, why)
    assert wrong == {}


def test_misread_letters_are_found_or_were_read_as_meant(messy: Looked) -> None:
    for code, kind in (("MISREAD-LETTERS", "mojibake_utf8"), ("DOS-LETTERS", "dos_letters_cp850")):
        assert sum(one.count for one in messy.found if one.code == code) <= messy.planted[kind]


def test_no_finding_holds_a_value_of_a_patient(messy: Looked) -> None:
    # The register's own sentences have examples of their own, which are nobody's.
    said = "\n".join(f"{one.example} {one.what.removeprefix(checks()[one.code].what)}" for one in messy.found)
    secrets = set(_secrets(messy.export))
    assert len(secrets) > 1000
    assert [len(secret) for secret in secrets if secret in said] == []


def _secrets(export: Path) -> Iterator[str]:
    path = next(one for one in (export / "patienten.csv", export / "patients.csv") if one.exists())
    with path.open(encoding="cp1252", errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)  # the header: findings name columns
        for row in rows:
            # Names, national number, phone, e-mail: everything in the first columns that is long enough to tell.
            yield from (cell for cell in (row[1], row[2], row[6], row[14], row[16], row[18]) if len(cell) > 4)


def test_a_clean_practice_is_warned_of_nothing_but_what_practices_have(tmp_path: Path) -> None:
    clean = look(tmp_path, language="nl", messy=False)
    warned = {one.code for one in clean.found if one.severity != "info"}
    assert warned <= set(IN_A_CLEAN_PRACTICE)
    assert clean.count("TWINS", "patient") == clean.planted["twins"]
    assert not any(one.code == "CHECK-LEFT-OUT" for one in clean.found)
