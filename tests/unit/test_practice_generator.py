"""The invented practice: the same bytes from the same seed, streamed, sound where it says so, and dirty as planted."""

from __future__ import annotations

import csv
import hashlib
import re
import tracemalloc
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from stdnum import iban
from stdnum.be import ogm_vcs, vat

from bridgework.belgium import insz, mutualities, nomenclature, phones, riziv
from bridgework.twins.dentadmin import PracticeSummary, generate_practice, provider_emails
from bridgework.twins.dentadmin.acts import ACTS, code_on
from bridgework.twins.dentadmin.export_format import TABLES, Language, table
from bridgework.twins.dentadmin.pick_lists import words

Row = dict[str, str]
TODAY = date(2026, 11, 1)


@dataclass
class Practice:
    """An export folder, what was said of it, and its rows by object."""

    folder: Path
    summary: PracticeSummary
    rows: dict[str, list[Row]]
    surplus: int


def read(folder: Path, summary: PracticeSummary) -> Practice:
    rows: dict[str, list[Row]] = {}
    surplus = 0
    for one in TABLES:
        raw = (folder / one.file_name(summary.language)).read_bytes()
        text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("cp1252", "surrogateescape")
        cells = list(csv.reader(text.splitlines(keepends=True), delimiter=";"))
        assert cells[0] == [column.header(summary.language) for column in one.columns]
        surplus += sum(len(row) > len(one.columns) for row in cells[1:])
        rows[one.object] = [dict(zip((column.key for column in one.columns), row, strict=False)) for row in cells[1:]]
    return Practice(folder, summary, rows, surplus)


@pytest.fixture(scope="module")
def practice_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Language, bool], Practice]:
    @cache
    def make(language: Language, messy: bool) -> Practice:
        folder = tmp_path_factory.mktemp("practice")
        made = generate_practice(folder, patients=400, seed=7, language=language, messy=messy, density=0.4)
        return read(folder, made)

    return make


@pytest.fixture(params=["nl", "fr"])
def clean(request: pytest.FixtureRequest, practice_of: Callable[[Language, bool], Practice]) -> Practice:
    return practice_of(request.param, False)


@pytest.fixture
def messy(practice_of: Callable[[Language, bool], Practice]) -> Practice:
    return practice_of("fr", True)


def digest(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007


def cents(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.parametrize("messy", [False, True])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path, messy: bool) -> None:
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        generate_practice(tmp_path / name, patients=30, seed=seed, messy=messy)

    assert digest(tmp_path / "one") == digest(tmp_path / "again")
    assert digest(tmp_path / "one") != digest(tmp_path / "other")


def test_memory_does_not_grow_with_the_number_of_records(tmp_path: Path) -> None:
    def peak(patients: int) -> tuple[int, int]:
        tracemalloc.start()
        made = generate_practice(tmp_path / str(patients), patients=patients, seed=1, files_per_patient=0.1)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return sum(made.records.values()), peak

    generate_practice(tmp_path / "warm", patients=1, seed=1)  # what is read once, whatever the size
    (few, small), (many, large) = peak(30), peak(330)

    assert many > 8 * few
    assert large < 1.3 * small
    assert large < 20_000_000


def test_a_full_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")

    with pytest.raises(FileExistsError):
        generate_practice(tmp_path, patients=1, seed=1)


def test_progress_adds_up_to_the_patients(tmp_path: Path) -> None:
    told: list[int] = []

    generate_practice(tmp_path, patients=130, seed=1, messy=True, density=0.05, progress=told.append)

    assert sum(told) == 130
    assert len(told) >= 3


def test_density_and_files_scale_the_practice(tmp_path: Path) -> None:
    thin = generate_practice(tmp_path / "thin", patients=60, seed=1, density=0.1, files_per_patient=0)
    full = generate_practice(tmp_path / "full", patients=60, seed=1, density=1, files_per_patient=2)

    assert thin.records["patient"] == full.records["patient"] == 60
    assert thin.records["treatment"] < full.records["treatment"] / 4
    assert thin.files == 0
    assert 70 < full.files < 180


def test_the_summary_counts_what_is_there(clean: Practice) -> None:
    assert clean.summary.records == {name: len(rows) for name, rows in clean.rows.items()}
    assert clean.summary.files == len(list((clean.folder / "documents").iterdir()))
    assert clean.summary.records["patient"] == 400
    assert clean.surplus == 0


def test_keys_are_unique_in_a_clean_practice(clean: Practice) -> None:
    for one in TABLES:
        keys = [
            row["invoice_number"] + "/" + row["line"] if one.object == "invoice_line" else row[one.columns[0].key]
            for row in clean.rows[one.object]
        ]
        assert len(set(keys)) == len(keys), one.object


def test_an_insz_fits_its_bearer_and_belongs_to_nobody_real(clean: Practice) -> None:
    male = words("patient", "sex", clean.summary.language)["male"]
    wrong, seen = 0, Counter[str]()
    for row in clean.rows["patient"]:
        reading = insz.read(row["insz"])
        if reading.number is None:
            wrong += reading.verdict == "WRONG_CHECK"
            continue
        seen[reading.number.digits] += 1
        sex: insz.Sex = "M" if row["sex"] == male else "F"
        assert insz.conflicts(reading.number, birth_date=day(row["birth_date"]), sex=sex) == ()
        assert int(reading.number.digits[6:9]) >= 900
    assert wrong == clean.summary.planted["insz_wrong"]
    assert max(seen.values()) == 1


def test_identifiers_of_organisations_and_colleagues_are_valid_and_invented(clean: Practice) -> None:
    for row in clean.rows["insurer"]:
        assert vat.is_valid(row["registration_number"])
        assert row["registration_number"].startswith("0999.")
        assert mutualities.is_number(row["number"])
    for row in (*clean.rows["provider"], *clean.rows["referrer"]):
        assert riziv.read(row["riziv"]).verdict == "VALID"
    for row in clean.rows["provider"]:
        assert iban.is_valid(row["iban"])
    for row in clean.rows["invoice"]:
        assert not row["ogm"] or ogm_vcs.is_valid(row["ogm"].strip("+"))


def test_nobody_real_can_be_reached(clean: Practice) -> None:
    for row in (*clean.rows["patient"], *clean.rows["provider"]):
        assert not row["email"] or row["email"].endswith(".example")
        for phone in phones.read(row["mobile"]).phones:
            assert re.fullmatch(r"\+3245[0-4]\d{6}", phone.e164)  # valid, and given to no operator


def test_families_share_addresses_phones_and_e_mails(clean: Practice) -> None:
    patients = clean.rows["patient"]
    emails = Counter(row["email"] for row in patients if row["email"])
    mobiles = Counter(phone.e164 for row in patients for phone in phones.read(row["mobile"]).phones[:1])

    assert sum(count - 1 for count in emails.values()) == clean.summary.planted["shared_email"] > 10
    assert sum(count - 1 for count in mobiles.values()) == clean.summary.planted["shared_mobile"] > 10
    numbers = {row["number"] for row in patients}
    heads = [row["head_of_family"] for row in patients if row["head_of_family"]]
    assert set(heads) <= numbers
    assert len(heads) > 40
    assert any(int(row["head_of_family"] or 0) > int(row["number"]) for row in patients)  # the head may come later


def test_the_distributions_are_those_of_a_practice(tmp_path: Path) -> None:
    made = generate_practice(tmp_path, patients=1200, seed=2, files_per_patient=0)
    rows = read(tmp_path, made).rows
    patients = rows["patient"]
    ages = [TODAY.year - day(row["birth_date"]).year for row in patients]
    treatments = Counter(row["patient_number"] for row in rows["treatment"])
    counts = sorted(treatments[row["number"]] for row in patients)
    done = Counter(row["status"] for row in rows["appointment"])
    ct1 = Counter(row["ct1"] for row in patients)

    assert 0.16 < sum(age < 18 for age in ages) / len(ages) < 0.24
    assert 0.15 < sum(age >= 65 for age in ages) / len(ages) < 0.25
    assert 11 < counts[600] < 17
    assert 21 < sum(counts) / len(counts) < 30
    assert counts[-1] <= 400
    assert 0.8 < done["Afgewerkt"] / len(rows["appointment"]) < 0.9
    assert 0.5 < ct1["110"] / len(patients) < 0.7
    assert 0.65 < sum(bool(row["email"]) for row in patients) / len(patients) < 0.85
    assert 1.5 < len(rows["treatment"]) / done["Afgewerkt"] < 2.5


def test_only_the_planted_rows_are_orphans(clean: Practice) -> None:
    patients = {row["number"] for row in clean.rows["patient"]}
    planted = clean.summary.planted
    for name in ("appointment", "treatment", "document", "communication"):
        strangers = [row for row in clean.rows[name] if row["patient_number"] and row["patient_number"] not in patients]
        assert len(strangers) == planted[f"orphan_{name}"] > 0, name
    for name in ("invoice", "transaction"):
        assert {row["patient_number"] for row in clean.rows[name]} <= patients
    providers = {row["number"] for row in clean.rows["provider"]}
    nobody = [row for row in clean.rows["appointment"] if row["provider_number"] not in providers]
    assert len(nobody) == planted["appointment_without_provider"] > 0
    assert not any(row["provider_number"] for row in nobody)
    no_patient = [row for row in clean.rows["appointment"] if not row["patient_number"]]
    assert len(no_patient) == planted["appointment_without_patient"] > 0
    insurers = {row["number"] for row in clean.rows["insurer"]} | {""}
    dissolved = [row for row in clean.rows["patient"] if row["insurer_number"] not in insurers]
    assert len(dissolved) == planted["dissolved_mutuality"] > 0


def test_invoices_add_up_and_lead_to_their_treatments(clean: Practice) -> None:
    treatments = {row["number"]: row for row in clean.rows["treatment"]}
    lines: dict[str, list[Row]] = {}
    for line in clean.rows["invoice_line"]:
        lines.setdefault(line["invoice_number"], []).append(line)
        assert line["treatment_number"] in treatments
        assert line["code"] == treatments[line["treatment_number"]]["code"]
    for row in clean.rows["invoice"]:
        assert cents(row["total"]) == sum(cents(line["amount"]) for line in lines[row["number"]])
        assert cents(row["total"]) == cents(row["insurer_share"]) + cents(row["patient_share"])
        assert row["treatment_number"] == lines[row["number"]][0]["treatment_number"]
    credit = [row for row in clean.rows["invoice"] if row["total"].startswith("-")]
    assert len(credit) == clean.summary.planted["credit_note"] > 0
    assert {row["invoice_number"] for row in clean.rows["transaction"]} <= {
        row["number"] for row in clean.rows["invoice"]
    }


def test_no_dentist_has_two_patients_at_once_and_the_past_is_past(clean: Practice) -> None:
    starts: Counter[tuple[str, str, str]] = Counter()
    open_words = {words("appointment", "status", clean.summary.language)[key] for key in ("planned", "confirmed")}
    for row in clean.rows["appointment"]:
        if row["provider_number"]:
            starts[row["provider_number"], row["date"], row["start"]] += 1
        assert (day(row["date"]) > TODAY) == (row["status"] in open_words)
        assert day(row["created_at"][:10]) <= TODAY
    assert max(starts.values()) == 1
    assert any(row["status"] in open_words for row in clean.rows["appointment"])


def test_codes_are_valid_and_follow_age_and_date(clean: Practice) -> None:
    born = {row["number"]: day(row["birth_date"]) for row in clean.rows["patient"]}
    for row in clean.rows["treatment"]:
        if re.fullmatch(r"\d{6}", row["code"]):
            assert nomenclature.is_valid(row["code"])
            if row["patient_number"] in born and nomenclature.series(row["code"]) == "CHILD":
                assert day(row["date"]).year - born[row["patient_number"]].year < 18
    assert any(not row["code"] for row in clean.rows["treatment"])  # an act outside the nomenclature


def test_the_children_s_examination_changed_its_code_twice() -> None:
    def exam(year: int, month: int) -> str:
        return code_on("exam", year, month, child=True)

    assert [exam(2017, 3), exam(2017, 9)] == ["371556", "371571"]
    assert [exam(2018, 2), exam(2022, 6)] == ["371615", "371615"]
    assert [exam(2023, 3), exam(2022, 7)] == ["371615", "371571"]
    assert code_on("exam", 2023, 3, child=False) == "301593"


def test_every_act_s_code_is_valid_or_no_nomenclature_at_all() -> None:
    for act in ACTS.values():
        assert nomenclature.read(act.code).verdict in {"VALID", "NOT_A_CODE", "EMPTY"}, act.key


def test_names_show_what_encodings_and_sorting_stumble_over(clean: Practice) -> None:
    names = {row["last_name"] for row in clean.rows["patient"]} | {row["first_name"] for row in clean.rows["patient"]}

    assert {"D'Hondt", "Van den Broeck", "Lefèvre"} <= names
    assert any(not name.isascii() for name in names)


def test_notes_hold_line_breaks_and_quotes(clean: Practice) -> None:
    notes = [row["remark"] for row in (*clean.rows["patient"], *clean.rows["treatment"])]

    assert sum("\n" in note for note in notes) == clean.summary.planted["newline_in_note"] > 0
    assert any('"' in note for note in notes)
    assert any(";" in note for note in notes)


def test_phone_cells_are_written_in_many_ways(clean: Practice) -> None:
    cells = [row["mobile"] for row in clean.rows["patient"] if row["mobile"]]
    shapes = {re.sub(r"\d", "9", cell) for cell in cells}

    assert len(shapes) > 8
    two = [cell for cell in cells if len(phones.read(cell).phones) == 2]
    assert len(two) == clean.summary.planted["two_numbers_in_phone"] > 0
    remarks = [cell for cell in cells if phones.read(cell).rest and len(phones.read(cell).phones) == 1]
    assert len(remarks) == clean.summary.planted["text_in_phone"] > 0


def test_documents_are_there_and_are_what_they_say(clean: Practice) -> None:
    folder = clean.folder / "documents"
    named = [row["file"] for row in clean.rows["document"]] + [
        row["pdf"] for row in clean.rows["invoice"] if row["pdf"]
    ]

    assert sorted(named) == sorted(path.name for path in folder.iterdir())
    assert sum(bool(row["pdf"]) for row in clean.rows["invoice"]) > 20
    contents = {name: (folder / name).read_bytes() for name in named}
    assert len(set(contents.values())) == len(named)
    assert {name.rsplit(".")[-1] for name in named} == {"pdf", "png", "jpg"}
    for name, content in contents.items():
        {"pdf": check_pdf, "png": check_png, "jpg": check_jpeg}[name.rsplit(".")[-1]](content)


def check_pdf(content: bytes) -> None:
    start = int(content.split(b"startxref\n")[1].split()[0])
    assert content[start:].startswith(b"xref")
    offsets = [int(line[:10]) for line in content[start:].splitlines() if line.endswith(b" n ")]
    assert [content[offset:].split()[0] for offset in offsets] == [b"%d" % number for number in range(1, 6)]
    assert content.endswith(b"%%EOF\n")


def check_png(content: bytes) -> None:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    position, pixels = 8, b""
    while position < len(content):
        size = int.from_bytes(content[position : position + 4], "big")
        body = content[position + 4 : position + 8 + size]
        assert zlib.crc32(body) == int.from_bytes(content[position + 8 + size : position + 12 + size], "big")
        pixels += body[4:] if body.startswith(b"IDAT") else b""
        position += 12 + size
    assert len(zlib.decompress(pixels)) == 16 * 17


def check_jpeg(content: bytes) -> None:
    assert content.startswith(b"\xff\xd8\xff\xe0")
    assert content.endswith(b"\xff\xd9")
    assert content[20:22] == b"\xff\xfe"


def test_providers_with_several_addresses_and_their_e_mails(clean: Practice) -> None:
    providers = clean.rows["provider"]

    assert any(row["address3"] for row in providers)
    assert clean.summary.provider_emails == provider_emails(clean.folder)
    assert len(clean.summary.provider_emails) == len(providers) - 1  # one has left
    for first, last, email in clean.summary.provider_emails:
        assert email.split("@")[0].startswith(re.sub(r"\W", "", plain(first)))
        assert email.endswith(f"@{clean.summary.provider_emails[0][2].split('@')[1]}")
        assert last
    assert {row["provider_number"] for row in clean.rows["treatment"]} <= {row["number"] for row in providers}


def plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))


def test_every_pick_list_word_is_one_of_the_list(clean: Practice) -> None:
    for object_, column in (
        ("appointment", "type"),
        ("appointment", "status"),
        ("invoice", "status"),
        ("invoice", "channel"),
        ("transaction", "kind"),
        ("communication", "channel"),
        ("communication", "direction"),
        ("document", "category"),
        ("provider", "specialty"),
    ):
        known = set(words(object_, column, clean.summary.language).values())
        assert {row[column] for row in clean.rows[object_]} <= known, (object_, column)


def test_definitions_of_automations_and_reports_are_complete(clean: Practice) -> None:
    for name in ("workflow", "report"):
        assert len(clean.rows[name]) >= 7
        assert all(row["name"] and row["kind"] for row in clean.rows[name])
        assert len(table(name).columns) == len(clean.rows[name][0])


AMOUNTS = (
    ("treatment", "fee", "treatment_fee"),
    ("invoice", "total", "invoice_total"),
    ("transaction", "amount", "transaction_amount"),
)
DATES = (
    ("patient", "birth_date", "birth_date"),
    ("treatment", "date", "treatment_date"),
    ("document", "date", "document_date"),
)


def matching(pattern: str) -> Callable[[str], Any]:
    return re.compile(pattern, re.DOTALL).search


# How a cell shows each kind of dirt: name → (object, column, what the cell must be like).
EVIDENCE: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "insz_float": ("patient", "insz", matching(r"^\d{9,11}\.0$")),
    "insz_lost_zero": ("patient", "insz", matching(r"^\d{10}$")),
    "insz_exponent": ("patient", "insz", matching(r"E\+")),
    "insz_plain": ("patient", "insz", matching(r"^\d{11}$")),
    "insz_spaced": ("patient", "insz", matching(r"^\d{6} \d{3} \d\d$")),
    "test_patient": ("patient", "last_name", "TEST".__eq__),
    "new_patient_stub": ("patient", "first_name", "Patient".__eq__),
    "surname_first": ("patient", "first_name", "".__eq__),
    "all_caps_name": ("patient", "last_name", str.isupper),
    "trailing_space": ("patient", "first_name", matching(r" $")),
    "no_break_space": ("patient", "last_name", matching("\u00a0")),
    "email_invalid": ("patient", "email", matching(r" at |^[^@]+$|@[^.]+$|,")),
    "email_two_in_cell": ("patient", "email", matching(r"@.*; .*@")),
    "email_upper_case": ("patient", "email", str.isupper),
    "phone_lost_zero": ("patient", "mobile", matching(r"^[1-9]\d{8}")),
    "ct_lost_zeros": ("patient", "ct2", "0".__eq__),
    "mutuality_with_name": ("patient", "insurer_number", matching(r"^\d{3} - .")),
    "sex_coding": ("patient", "sex", matching(r"^(H|1|2|Dhr|Mevr|m|v|M|F)$")),
    "boolean_coding": ("patient", "active", matching(r"^(Nee|Ja|Non|Oui|0|1|-1||X)$")),
    "nul_byte": ("patient", "remark", matching("\0")),
    "sentinel": ("patient", "number", matching(".")),
    "riziv_in_name": ("referrer", "last_name", matching(r"\d-\d{5}-\d\d-\d{3}$")),
    "riziv_short": ("referrer", "riziv", matching(r"^\d{8}$")),
    "riziv_slashes": ("referrer", "riziv", matching("/")),
    "riziv_dots": ("referrer", "riziv", matching(r"\.")),
    "riziv_plain": ("referrer", "riziv", matching(r"^\d{11}$")),
    "duration_with_unit": ("appointment", "duration", matching(" min$")),
    "dst_gap": ("appointment", "created_at", "31/03/2024 02:30".__eq__),
    "dst_overlap": ("appointment", "created_at", "27/10/2024 02:30".__eq__),
    "dst_overlap_communication": ("communication", "moment", "27/10/2024 02:30".__eq__),
    "code_dotted": ("treatment", "code", matching(r"^\d{3}\.\d{3}$")),
    "code_two_in_cell": ("treatment", "code", matching(r"^\d{6}-\d{6}$")),
    "code_free_text": ("treatment", "code", matching(r"^(extr|det\.|kr|cons|zie nota|RX)")),
    "code_wrong_check": ("treatment", "code", lambda text: nomenclature.read(text).verdict == "WRONG_CHECK"),
    "code_hospital": ("treatment", "code", nomenclature.is_hospital_variant),
    "code_abolished": ("treatment", "code", "371556".__eq__),
    "tooth_list": ("treatment", "tooth", matching(",")),
    "tooth_range": ("treatment", "tooth", "13-23".__eq__),
    "tooth_with_surface": ("treatment", "tooth", matching(r"^\d\d [A-Z]+$")),
    "tooth_pointed": ("treatment", "tooth", matching(r"^\d\.\d$")),
    "tooth_prefixed": ("treatment", "tooth", matching(r"^d\d\d$")),
    "tooth_missing": ("treatment", "tooth", "".__eq__),
    "attestation_number_again": ("invoice", "attestation_number", "0000001".__eq__),
    "file_name_with_colon": ("document", "file", matching(":")),
    "referrer_as_text": ("patient", "referrer_number", matching("^Dr ")),
    **{f"{name}_thousands": (one, column, matching(r"\d\.\d{3},\d\d")) for one, column, name in AMOUNTS},
    **{f"{name}_euro_sign": (one, column, matching("^€ ")) for one, column, name in AMOUNTS},
    **{f"{name}_mojibake_euro": (one, column, matching("^â")) for one, column, name in AMOUNTS},
    **{f"{name}_decimal_point": (one, column, matching(r"\d\.\d\d$")) for one, column, name in AMOUNTS},
    **{f"{name}_trailing_minus": (one, column, matching("-$")) for one, column, name in AMOUNTS[1:]},
    **{f"{name}_short_year": (one, column, matching(r"^\d+-\d+-\d\d$")) for one, column, name in DATES},
    **{f"{name}_compact": (one, column, matching(r"^\d{8}$")) for one, column, name in DATES},
    **{f"{name}_serial": (one, column, matching(r"^-?\d{1,5}$")) for one, column, name in DATES},
    **{f"{name}_1900": (one, column, "01/01/1900".__eq__) for one, column, name in DATES},
    **{f"{name}_zero": (one, column, "00/00/0000".__eq__) for one, column, name in DATES},
    "birth_date_future": ("patient", "birth_date", matching(r"20[3-9]\d$|21\d\d$")),
}
# Dirt that only several cells, or the bytes, can show; each has a test of its own.
ELSEWHERE = {
    "duplicate_row", "duplicate_key", "duplicate_double_entry", "duplicate_name_order", "duplicate_nickname",
    "duplicate_stub", "appointment_overlap", "sum_off_by_cents", "mojibake_utf8", "dos_letters_cp850", "ragged_row",
    "utf8_bom_file", "file_missing", "file_same_bytes", "file_wrong_extension", "file_name_nfd", "file_name_case",
}  # fmt: skip
ALWAYS = {
    "twins", "insz_wrong", "dissolved_mutuality", "referrer_as_text", "shared_email", "shared_mobile", "text_in_phone",
    "two_numbers_in_phone", "newline_in_note", "appointment_without_provider", "appointment_without_patient",
    "credit_note", "orphan_appointment", "orphan_treatment", "orphan_document", "orphan_communication",
}  # fmt: skip


def test_a_messy_practice_holds_the_whole_catalogue_and_a_clean_one_what_is_usual(
    clean: Practice, messy: Practice
) -> None:
    assert set(clean.summary.planted) == ALWAYS
    assert set(messy.summary.planted) == ALWAYS | ELSEWHERE | set(EVIDENCE)
    assert min(messy.summary.planted.values()) > 0


@pytest.mark.parametrize("name", sorted(EVIDENCE))
def test_each_dirt_that_was_planted_is_there(messy: Practice, name: str) -> None:
    object_, column, shows = EVIDENCE[name]

    found = sum(bool(shows(row[column])) for row in messy.rows[object_])

    # A name of the riziv kinds may lie with the providers, and a repeated row shows its dirt twice.
    elsewhere = sum(bool(shows(row.get(column, ""))) for row in messy.rows["provider"]) if object_ == "referrer" else 0
    assert found + elsewhere >= messy.summary.planted[name] > 0


def test_dirt_leaves_the_practice_under_it_as_it_is(practice_of: Callable[[Language, bool], Practice]) -> None:
    tidy, dirty = practice_of("fr", False), practice_of("fr", True)

    emails = {row["email"] for row in dirty.rows["patient"]}
    kept = [row for row in tidy.rows["patient"][:300] if row["email"] in emails]
    assert len(kept) > 280  # a few addresses were soiled
    moments = {row["created_at"] for row in dirty.rows["treatment"]}
    assert sum(row["created_at"] in moments for row in tidy.rows["treatment"][:1000]) == 1000
    assert tidy.summary.provider_emails == dirty.summary.provider_emails


def test_rows_come_twice_as_planted(messy: Practice) -> None:
    planted, twice, again = messy.summary.planted, 0, 0
    for name in ("patient", "appointment", "treatment", "invoice", "communication"):
        rows = messy.rows[name]
        for one, next_ in pairwise(rows):
            twice += one == next_
            again += one["number"] == next_["number"] and one != next_

    assert (twice, again) == (planted["duplicate_row"], planted["duplicate_key"])


def test_patients_were_entered_twice(messy: Practice) -> None:
    planted = messy.summary.planted
    numbers = Counter(
        reading.number.digits
        for row in {row["number"]: row for row in messy.rows["patient"]}.values()
        if (reading := insz.read(row["insz"])).number
    )
    bare = [row for row in messy.rows["patient"] if not row["birth_date"] and not row["insurer_number"]]

    assert sum(count - 1 for count in numbers.values()) >= 1
    assert planted["duplicate_double_entry"] >= 1
    assert len({row["number"] for row in bare}) == planted["duplicate_stub"]


def test_appointments_overlap_as_planted(messy: Practice) -> None:
    starts = Counter(
        (row["provider_number"], row["date"], row["start"])
        for row in {row["number"]: row for row in messy.rows["appointment"]}.values()
    )

    assert sum(count - 1 for count in starts.values()) >= messy.summary.planted["appointment_overlap"] > 0


def test_some_invoices_do_not_add_up_by_a_cent(messy: Practice) -> None:
    sums: Counter[str] = Counter()
    for line in messy.rows["invoice_line"]:
        sums[line["invoice_number"]] += cents(line["amount"])
    plain_total = re.compile(r"-?\d+,\d\d")
    invoices = {row["number"]: row["total"] for row in messy.rows["invoice"] if plain_total.fullmatch(row["total"])}

    off = [number for number, total in invoices.items() if abs(cents(total) - sums[number]) == 1]
    assert len(off) == messy.summary.planted["sum_off_by_cents"]


def test_letters_went_through_wrong_encodings(messy: Practice) -> None:
    texts = [
        text
        for name in ("patient", "communication", "document")
        for row in messy.rows[name]
        for text in row.values()
        if not text.isascii()
    ]
    utf8 = [text for text in texts if "Ã" in text and decodes(text)]
    dos = [text for text in texts if DOS_SIGNS & set(text)]

    assert len(utf8) >= messy.summary.planted["mojibake_utf8"]
    assert len(dos) >= 1


# What é, è, ë, à, ç, ê, î and ô of code page 850 look like in cp1252.
DOS_SIGNS = set("éèëàçêîô".encode("cp850").decode("cp1252"))


def decodes(text: str) -> bool:
    try:
        text.encode("cp1252", "surrogateescape").decode()
    except UnicodeDecodeError:
        return False
    return True


def test_ragged_rows_and_the_file_in_another_encoding(messy: Practice) -> None:
    raw = (messy.folder / table("referrer").file_name("fr")).read_bytes()

    assert messy.surplus == messy.summary.planted["ragged_row"] > 0
    assert raw.startswith(b"\xef\xbb\xbf")


def test_documents_are_missing_doubled_or_misnamed_as_planted(messy: Practice) -> None:
    planted = messy.summary.planted
    on_disk = {path.name: path.read_bytes() for path in (messy.folder / "documents").iterdir()}
    named = [row["file"] for row in messy.rows["document"]]
    composed = {unicodedata.normalize("NFC", name) for name in on_disk}
    folded = {name.casefold() for name in composed}

    assert sum(name.casefold() not in folded for name in named) == planted["file_missing"]
    assert sum(name != unicodedata.normalize("NFC", name) for name in on_disk) == planted["file_name_nfd"]
    assert sum(name not in composed and name.casefold() in folded for name in named) == planted["file_name_case"]
    assert (
        sum(name.endswith(".pdf") and not content.startswith(b"%PDF") for name, content in on_disk.items())
        >= planted["file_wrong_extension"]
    )
    assert len(on_disk) - len(set(on_disk.values())) == planted["file_same_bytes"]


def test_the_export_is_written_in_the_desktop_s_encoding(messy: Practice, practice_of: Callable[..., Practice]) -> None:
    def undecodable(practice: Practice) -> Iterable[str]:
        for path in practice.folder.glob("*.csv"):
            try:
                path.read_bytes().decode("cp1252")
            except UnicodeDecodeError:
                yield path.name

    assert list(undecodable(practice_of("fr", False))) == []
    assert all(b"\r\n" in path.read_bytes() for path in messy.folder.glob("*.csv"))
