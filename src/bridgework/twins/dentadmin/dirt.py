"""The dirty-data catalogue: what years of use and a conversion or two leave in an export, planted at its rates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from bridgework.belgium import nomenclature

from .draw import Plants, one_of
from .export_format import DATE, ENCODING
from .staff import Practice
from .writing import Row

_SENTINELS = {"nl": ("-", "?", "nvt", "n/a", "XX", "9999", "."), "fr": ("-", "?", "néant", "n/a", "XX", "9999", ".")}
_SENTINEL_FIELDS = ("city", "email", "membership_number", "street", "phone_home", "policy_number")
_BOOLEAN_FIELDS = ("active", "third_party", "sms_consent", "increased_allowance")
# All that is known of somebody for whom an appointment was made by phone.
_STUB_FIELDS = frozenset(("last_name", "first_name", "mobile", "sex", "created_at", "changed_at", *_BOOLEAN_FIELDS))
_BOOLEANS = (("Nee", "Ja"), ("Non", "Oui"), ("0", "1"), ("0", "-1"), ("", "X"))
_SEXES = (("M", "F"), ("H", "F"), ("1", "2"), ("Dhr", "Mevr"), ("m", "v"))
_FREE_CODES = ("extr {tooth}", "det.", "kr {tooth}", "cons", "zie nota", "RX")
# In these two nights the clocks went forward and back: the first moment never was, the second was twice.
_GAP, _OVERLAP = "31/03/2024 02:30", "27/10/2024 02:30"
_SERIAL_ZERO = date(1899, 12, 30).toordinal()
_NUMBER = re.compile(r"\d{6}")
_DIGITS = re.compile(r"\D")


class Dirt:
    """Soils rows on their way to the export, and counts what it did by name."""

    def __init__(self, practice: Practice, plants: Plants) -> None:
        self._practice, self.plants, self._due, self._chance = practice, plants, plants.due, plants.chance
        self._yes = practice.words.lists.boolean[True]
        self._insurers = {row["number"]: row["name"] for row, _ in practice.insurers}
        self._last_appointment: Row = {}
        self._soil: dict[str, Callable[[Row], None]] = {
            "provider": self._riziv,
            "referrer": self._referrer,
            "patient": self._patient,
            "appointment": self._appointment,
            "treatment": self._treatment,
            "invoice": self._invoice,
            "transaction": self._transaction,
            "document": self._document,
            "communication": self._communication,
        }

    def soil(self, object_: str, row: Row) -> None:
        """Change a row as dirt would."""
        if soil := self._soil.get(object_):
            soil(row)

    def duplicate(self, row: Row) -> Row | None:
        """Now and then, the same patient entered again: a row that lacks a number of its own."""
        copy = dict(row)
        if self._due("duplicate_double_entry", 0.009):
            return copy
        if self._due("duplicate_name_order", 0.004):
            copy["last_name"], copy["first_name"] = row["first_name"], row["last_name"]
            copy["insz"] = ""
        elif self._due("duplicate_nickname", 0.006):
            copy.update(first_name=row["first_name"][:3], insz="", email="")
        elif self._due("duplicate_stub", 0.006):
            copy = {key: value if key in _STUB_FIELDS else "" for key, value in row.items()}
        else:
            return None
        return copy

    def _patient(self, row: Row) -> None:
        if self._due("sentinel", 0.01):
            row[one_of(self._chance, _SENTINEL_FIELDS)] = one_of(self._chance, _SENTINELS[self._practice.language])
        self._date(row, "birth_date", "birth_date", 1.0, future=True)
        self._insz(row)
        self._names(row)
        self._reach(row)
        self._insurance(row)
        if self._due("sex_coding", 0.03):
            male = row["sex"] == self._practice.words.lists.sex["M"]
            row["sex"] = one_of(self._chance, _SEXES)[0 if male else 1]
        if self._due("boolean_coding", 0.03):
            coding = one_of(self._chance, _BOOLEANS)
            for field in _BOOLEAN_FIELDS:
                row[field] = coding[row[field] == self._yes]
        if row["remark"] and self._due("nul_byte", 0.02):
            row["remark"] += "\0\0"

    def _insz(self, row: Row) -> None:
        if not row["insz"]:
            return
        digits = _DIGITS.sub("", row["insz"])
        if digits[0] == "0" and self._due("insz_lost_zero", 0.15):
            row["insz"] = digits[1:]
        elif digits[:2] != "00" and self._due("insz_float", 0.01):
            row["insz"] = f"{int(digits)}.0"
        elif self._due("insz_exponent", 0.003):
            row["insz"] = f"{int(digits):.2E}"
        elif self._due("insz_plain", 0.2):
            row["insz"] = digits
        elif self._due("insz_spaced", 0.1):
            row["insz"] = f"{digits[:6]} {digits[6:9]} {digits[9:]}"

    def _names(self, row: Row) -> None:
        if self._due("test_patient", 0.001):
            row["last_name"] = row["first_name"] = "TEST"
        elif self._due("new_patient_stub", 0.001):
            row["last_name"], row["first_name"] = (
                ("Patiënt", "Nieuw") if self._practice.language == "nl" else ("Nouveau", "Patient")
            )
        elif self._due("surname_first", 0.003):
            row["last_name"], row["first_name"] = f"{row['last_name']} {row['first_name']}", ""
        elif self._due("all_caps_name", 0.02):
            row["last_name"] = row["last_name"].upper()
        elif self._due("trailing_space", 0.02):
            row["first_name"] += "  "
        elif self._due("no_break_space", 0.005):
            row["last_name"] = row["last_name"] + "\u00a0"
        else:
            self._letters(row, "last_name")
            self._letters(row, "first_name")
        self._letters(row, "city")

    def _letters(self, row: Row, field: str) -> None:
        """Letters with accents, read in the wrong encoding on their way here."""
        text = row[field]
        if text.isascii():
            return
        if self._due("mojibake_utf8", 0.02):
            row[field] = text.encode().decode(ENCODING, "surrogateescape")
        elif self._due("dos_letters_cp850", 0.01):
            row[field] = text.encode("cp850", "replace").decode(ENCODING, "surrogateescape")

    def _reach(self, row: Row) -> None:
        if "@" in row["email"]:
            if self._due("email_invalid", 0.005):
                row["email"] = one_of(
                    self._chance,
                    (
                        row["email"].replace("@", " at "),
                        row["email"].replace(".example", ""),
                        row["email"].replace("@", ""),
                        row["email"].replace(".", ","),
                    ),
                )
            elif self._due("email_two_in_cell", 0.004):
                row["email"] += f"; werk{row['number']}@werk.example"
            elif self._due("email_upper_case", 0.01):
                row["email"] = row["email"].upper()
        digits = _DIGITS.sub("", row["mobile"])
        if digits.startswith("0") and len(digits) == 10 and self._due("phone_lost_zero", 0.03):
            row["mobile"] = digits[1:]

    def _insurance(self, row: Row) -> None:
        if row["ct2"] == "000" and self._due("ct_lost_zeros", 0.5):
            row["ct2"] = "0"
        name = self._insurers.get(row["insurer_number"])
        if name and self._due("mutuality_with_name", 0.02):
            row["insurer_number"] += f" - {name}"

    def _referrer(self, row: Row) -> None:
        if self._due("riziv_in_name", 0.03):
            row["last_name"], row["riziv"] = f"{row['last_name']} {row['riziv']}", ""
        else:
            self._riziv(row)

    def _riziv(self, row: Row) -> None:
        digits = _DIGITS.sub("", row["riziv"])
        if self._due("riziv_short", 0.05):
            row["riziv"] = digits[:8]
        elif self._due("riziv_slashes", 0.2):
            row["riziv"] = row["riziv"].replace("-", "/")
        elif self._due("riziv_dots", 0.1):
            row["riziv"] = row["riziv"].replace("-", ".")
        elif self._due("riziv_plain", 0.3):
            row["riziv"] = digits

    def _appointment(self, row: Row) -> None:
        if self._last_appointment and self._due("appointment_overlap", 0.005):
            row.update(
                {key: self._last_appointment[key] for key in ("provider_number", "date", "start", "room", "chair")}
            )
        elif self._due("duration_with_unit", 0.005):
            row["duration"] += " min"
        if self._due("dst_gap", 0.001):
            row["created_at"] = _GAP
        elif self._due("dst_overlap", 0.001):
            row["created_at"] = _OVERLAP
        self._last_appointment = row

    def _treatment(self, row: Row) -> None:
        self._date(row, "date", "treatment_date", 0.1)
        self._code(row)
        self._tooth(row)
        self._amount(row, "fee", "treatment_fee")

    def _code(self, row: Row) -> None:
        code = row["code"]
        if not _NUMBER.fullmatch(code):
            return
        if self._due("code_dotted", 0.02):
            row["code"] = f"{code[:3]}.{code[3:]}"
        elif self._due("code_two_in_cell", 0.005):
            row["code"] = f"{code}-{nomenclature.hospital(code)}"
        elif self._due("code_free_text", 0.01):
            row["code"] = one_of(self._chance, _FREE_CODES).format(tooth=row["tooth"]).strip()
        elif self._due("code_wrong_check", 0.005):
            row["code"] = f"{code[:5]}{(int(code[5]) + 1 + int(self._chance.random() * 2)) % 7}"
        elif nomenclature.hospital(code) != code and self._due("code_hospital", 0.005):
            row["code"] = nomenclature.hospital(code)
        elif code == "371615" and self._due("code_abolished", 0.05):
            row["code"] = "371556"

    def _tooth(self, row: Row) -> None:
        tooth = row["tooth"]
        if not tooth:
            return
        if self._due("tooth_list", 0.01):
            row["tooth"] = f"{tooth},{tooth[0]}{1 + int(tooth[1]) % 5}"
        elif self._due("tooth_range", 0.005):
            row["tooth"] = "13-23"
        elif row["surface"] and self._due("tooth_with_surface", 0.02):
            row["tooth"], row["surface"] = f"{tooth} {row['surface']}", ""
        elif self._due("tooth_pointed", 0.01):
            row["tooth"] = f"{tooth[0]}.{tooth[1]}"
        elif self._due("tooth_prefixed", 0.005):
            row["tooth"] = f"d{tooth}"
        elif self._due("tooth_missing", 0.01):
            row["tooth"] = ""

    def _invoice(self, row: Row) -> None:
        if self._due("sum_off_by_cents", 0.005):
            euros, cents = row["total"].split(",")
            row["total"] = f"{euros},{int(cents) + (1 if int(cents) < 99 else -1):02d}"
        else:
            self._amount(row, "total", "invoice_total")
        if row["attestation_number"] and self._due("attestation_number_again", 0.01):
            row["attestation_number"] = "0000001"

    def _transaction(self, row: Row) -> None:
        self._amount(row, "amount", "transaction_amount")

    def _document(self, row: Row) -> None:
        self._date(row, "date", "document_date", 0.3)
        self._letters(row, "title")

    def _communication(self, row: Row) -> None:
        self._letters(row, "subject")
        self._letters(row, "text")
        if self._due("dst_overlap_communication", 0.0005):
            row["moment"] = _OVERLAP

    def _amount(self, row: Row, field: str, name: str) -> None:
        text = row[field]
        if len(text.lstrip("-")) > len("999,99") and self._due(f"{name}_thousands", 0.5):
            row[field] = f"{text[:-6]}.{text[-6:]}"
        elif text.startswith("-") and self._due(f"{name}_trailing_minus", 0.5):
            row[field] = f"{text[1:]}-"
        elif self._due(f"{name}_euro_sign", 0.015):
            row[field] = f"€ {text}"
        elif self._due(f"{name}_decimal_point", 0.01):
            row[field] = text.replace(",", ".")
        elif self._due(f"{name}_mojibake_euro", 0.002):
            row[field] = "€".encode().decode(ENCODING) + f" {text}"

    def _date(self, row: Row, field: str, name: str, share: float, *, future: bool = False) -> None:
        """A date in another form than the column's, in up to a tenth of the rows (times `share`)."""
        text = row[field]
        if not text:
            return
        if self._due(f"{name}_short_year", 0.03 * share):
            row[field] = f"{int(text[:2])}-{int(text[3:5])}-{text[8:]}"
        elif self._due(f"{name}_compact", 0.02 * share):
            row[field] = f"{text[6:]}{text[3:5]}{text[:2]}"
        elif self._due(f"{name}_serial", 0.02 * share):
            row[field] = str(datetime.strptime(text, DATE).date().toordinal() - _SERIAL_ZERO)  # noqa: DTZ007 - a date
        elif self._due(f"{name}_1900", 0.015 * share):
            row[field] = "01/01/1900"
        elif self._due(f"{name}_zero", 0.015 * share):
            row[field] = "00/00/0000"
        elif future and self._due(f"{name}_future", 0.0005):
            row[field] = f"{text[:6]}{int(text[6:]) + 100}"
