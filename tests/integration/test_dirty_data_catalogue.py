"""The dirty-data catalogue, pattern by pattern: what is staged, what is found, what would be loaded.

Each row plants one pattern in one cell of an export of clean rows, and follows it through the public pieces. The bytes
of the row are always kept, and no pattern may pass without a finding unless the map itself says what the word means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bridgework.mapping.document import MapDocument
from bridgework.mapping.propose import ProfiledColumn, ProfiledFile, propose
from bridgework.mapping.records import Mapper, TargetRecord
from bridgework.practice import DocumentsFolder, SourceFile, StagedRows, discover, stage
from bridgework.quality.examine import examine
from bridgework.settings import FileSettings
from bridgework.store import Store
from bridgework.store.notes import findings
from bridgework.store.tables import quarantine, source_row
from bridgework.twins.dentadmin.export_format import TABLES
from tests.unit.mapping_samples import context, table

TODAY = date(2026, 11, 1)
KEYS = {"invoice_line": 2}
# A clean row of each object, by the keys of the assumed export; the number is put in.
CLEAN: dict[str, dict[str, str]] = {
    "patient": {
        "last_name": "Maes",
        "first_name": "An",
        "sex": "V",
        "birth_date": "03/04/1961",
        "city": "Gent",
        "postal_code": "9000",
        "active": "J",
        "created_at": "01/02/2010 10:00",
        "changed_at": "01/02/2010 10:00",
    },
    "provider": {"last_name": "Vos", "first_name": "Els"},
    "treatment": {
        "patient_number": "1",
        "date": "01/02/2020",
        "code": "371615",
        "tooth": "16",
        "fee": "22,50",
        "changed_at": "01/02/2020 10:00",
    },
    "appointment": {
        "patient_number": "1",
        "provider_number": "1",
        "date": "01/02/2020",
        "start": "10:00",
        "duration": "20",
        "status": "Uitgevoerd",
        "changed_at": "01/02/2020 10:00",
    },
    "document": {"patient_number": "1", "title": "Foto", "file": "foto.jpg", "changed_at": "01/02/2020 10:00"},
}
ROWS = 12
# What clean rows of this kind have anyway.
ALWAYS = frozenset(
    ("CHECK-LEFT-OUT", "DRIFT-AGE-SERIES", "FILE-NAMED-TWICE", "INSZ-MISSING", "SAME-NAME-AND-BIRTH-DATE")
)


@dataclass(frozen=True)
class Pattern:
    """One pattern: the cells that are planted, and all that must come of it.

    `staged`: the text of the first planted cell, where it is not what was planted. `reading`: codes of staging;
    `quality`: codes that the examination must have; `cell`: codes of the record. `loaded`: fields of the record.
    """

    name: str
    cells: Mapping[str, str | bytes]
    object: str = "patient"
    staged: str | None = None
    reading: frozenset[str] = frozenset()
    quality: frozenset[str] = frozenset()
    cell: frozenset[str] = frozenset()
    loaded: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()


def of(text: str) -> frozenset[str]:
    return frozenset(text.split())


def euros(amount: float) -> dict[str, Any]:
    return {"amountMicros": round(amount * 1_000_000), "currencyCode": "EUR"}


def phones(number: str, *more: str) -> dict[str, Any]:
    value: dict[str, Any] = {
        "primaryPhoneNumber": number,
        "primaryPhoneCountryCode": "BE",
        "primaryPhoneCallingCode": "+32",
    }
    if more:
        value["additionalPhones"] = [{"number": one, "countryCode": "BE", "callingCode": "+32"} for one in more]
    return value


def phone(name: str, text: str, *numbers: str, cell: str = "", remark: bool = False, quality: str = "") -> Pattern:
    loaded: dict[str, Any] = {"phones": phones(*numbers)} if numbers else {}
    if remark:
        loaded["phoneRemarks"] = f"GSM: {text}"
    return Pattern(f"phone: {name}", {"mobile": text}, cell=of(cell), quality=of(quality), loaded=loaded)


def day(name: str, text: str, value: str | None, cell: str = "", quality: str = "", *, kept: bool = False) -> Pattern:
    loaded: dict[str, Any] = {"birthDate": value}
    if kept:
        loaded["importRemarks"] = f"Geboortedatum: {text}"
    return Pattern(f"date: {name}", {"birth_date": text}, cell=of(cell), quality=of(quality), loaded=loaded)


def fee(name: str, text: str, value: float, cell: str, quality: str = "AMOUNT-FORMS") -> Pattern:
    return Pattern(
        f"amount: {name}", {"fee": text}, "treatment", cell=of(cell), quality=of(quality), loaded={"cost": euros(value)}
    )


def insz(name: str, text: str, value: str, cell: str = "", quality: str = "") -> Pattern:
    born = {"birth_date": "", "sex": ""}
    loaded = {"insz": value, **({"importRemarks": f"INSZ-nummer: {text}"} if "INSZ-REPAIRED" in cell else {})}
    return Pattern(f"INSZ: {name}", {"insz": text, **born}, cell=of(cell), quality=of(quality), loaded=loaded)


def word(name: str, key: str, text: str, **loaded: Any) -> Pattern:
    return Pattern(f"{name}: {text or 'empty'}", {key: text}, loaded=loaded)


def code(name: str, text: str, cell: str = "", quality: str = "") -> Pattern:
    loaded = {"nomenclatureCode": text}
    return Pattern(f"code: {name}", {"code": text}, "treatment", cell=of(cell), quality=of(quality), loaded=loaded)


def misread(text: str) -> str:
    """What UTF-8 looks like where it is read as cp1252."""
    return text.encode().decode("cp1252")


LOW_QUOTE = b"\x82".decode("cp1252")  # what é of cp850 looks like there
NAME = {"firstName": "An", "lastName": "René"}

PATTERNS = [
    # Phones, in eight forms.
    phone("slash and points", "0478/12.34.56", "478123456"),
    phone("spaces", "0478 12 34 56", "478123456"),
    phone("bare", "0478123456", "478123456"),
    phone("landline", "02/2191575", "22191575"),
    phone("+32 with zero", "+32 (0)478 12 34 56", "478123456"),
    phone("0032", "0032478123456", "478123456"),
    phone("without its zero", "478123456", "478123456", cell="PHONE-ZERO-RESTORED"),
    phone("Liège landline", "04/2223344", "42223344"),
    phone("words beside it", "0479/123456 (mama)", "479123456", cell="PHONE-REMARK", remark=True),
    phone("two in a cell", "0478123456 of 09/2233445", "478123456", "92233445", cell="PHONE-SEVERAL"),
    phone(
        "two and words",
        "tel 0478123456 of 09/2233445 (mama)",
        *("478123456", "92233445"),
        cell="PHONE-SEVERAL PHONE-REMARK",
        remark=True,
        quality="PHONES-IN-ONE-CELL",
    ),
    phone("no number", "geen gsm", cell="PHONE-NOT-READ", remark=True, quality="PHONE-UNREADABLE"),
    # Dates.
    day("usual", "30/07/1985", "1985-07-30"),
    day("two-digit year", "3-2-85", "1985-02-03", "YEAR-COMPLETED", "DATE-SHORT-YEAR"),
    day("of either century", "3-2-20", "2020-02-03", "YEAR-COMPLETED CENTURY-ASSUMED", "DATE-SHORT-YEAR", kept=True),
    day("compact", "19850730", "1985-07-30", "DATE-COMPACT", "DATE-FORMS"),
    day("Excel serial", "31258", "1985-07-30", "DATE-SERIAL", "DATE-AS-NUMBER"),
    day("1900 for unknown", "01/01/1900", None, "PLACEHOLDER", "DATE-1900", kept=True),
    day("zeros for unknown", "00/00/0000", None, "PLACEHOLDER", "DATE-ZERO", kept=True),
    day("that is none", "31/02/1985", None, "NOT-A-DATE", "DATE-NOT-READ", kept=True),
    day("of birth in the future", "30/07/2085", "2085-07-30", "FUTURE-DATE", "BIRTH-DATE-FUTURE"),
    # Amounts.
    fee("decimal comma", "22,50", 22.5, "", ""),
    fee("thousands", "1.234,50", 1234.5, "AMOUNT-THOUSANDS"),
    fee("euro sign", "€ 22,50", 22.5, "AMOUNT-CURRENCY"),
    fee("trailing minus", "22,5-", -22.5, "AMOUNT-MINUS"),
    fee("decimal point", "22.50", 22.5, "AMOUNT-POINT"),
    fee("leading minus (credit note)", "-22,50", -22.5, "", ""),
    Pattern(
        "amount: euro sign in a wrong encoding",
        {"fee": b"\xe2\x82\xac 22,50"},
        "treatment",
        staged=misread("€") + " 22,50",
        reading=of("LOOKS_LIKE_UTF8"),
        cell=of("MOJIBAKE AMOUNT-CURRENCY"),
        loaded={"cost": euros(22.5)},
    ),
    Pattern(
        "amount: words",
        {"fee": "gratis"},
        "treatment",
        cell=of("NOT-AN-AMOUNT"),
        quality=of("TEXT-IN-AMOUNT"),
        loaded={"cost": None, "importRemarks": "Honorarium: gratis"},
    ),
    # Encodings: the file is in cp1252.
    Pattern("encoding: cp1252", {"last_name": b"Ren\xe9"}, staged="René", loaded={"name": NAME}),
    Pattern(
        "encoding: UTF-8 among cp1252, as it is",
        {"last_name": "René".encode()},
        staged="RenÃ©",
        reading=of("LOOKS_LIKE_UTF8"),
        cell=of("MOJIBAKE"),
        quality=of("MISREAD-LETTERS"),
        loaded={"name": {**NAME, "lastName": "RenÃ©"}},
    ),
    Pattern(
        "encoding: UTF-8 among cp1252, where bridgework.toml says so",
        {"last_name": "René".encode()},
        staged="René",
        reading=of("DECODED_AS_UTF8"),
        loaded={"name": NAME},
        said={"fallback": ["utf-8"]},
    ),
    Pattern(
        "encoding: misread letters, mended where the map says so",
        {"last_name": "René".encode()},
        staged="RenÃ©",
        reading=of("LOOKS_LIKE_UTF8"),
        cell=of("MOJIBAKE-REPAIRED"),
        loaded={"name": NAME, "importRemarks": "Naam: RenÃ©"},
        repairs=("mojibake",),
    ),
    Pattern(
        "encoding: cp850 among cp1252, as it is",
        {"last_name": b"Ren\x82"},
        staged="Ren" + LOW_QUOTE,
        reading=of("LOOKS_LIKE_CP850"),
        quality=of("DOS-LETTERS"),
        loaded={"name": {**NAME, "lastName": "Ren" + LOW_QUOTE}},
    ),
    Pattern(
        "encoding: cp850 among cp1252, where bridgework.toml says so",
        {"last_name": b"Ren\x82"},
        staged="René",
        reading=of("DECODED_AS_CP850"),
        loaded={"name": NAME},
        said={"fallback": ["cp850"]},
    ),
    Pattern(
        "encoding: cp1252 among UTF-8",
        {"last_name": b"Ren\xe9"},
        staged="René",
        reading=of("DECODED_AS_CP1252"),
        loaded={"name": NAME},
        said={"encoding": "utf-8"},
    ),
    # Signs in cells.
    Pattern(
        "NUL bytes",
        {"remark": b"nota\0\0"},
        staged="nota\0\0",
        reading=of("NUL_BYTES"),
        cell=of("BAD-CHARACTER"),
        quality=of("ZERO-BYTES"),
        loaded={"remarks": "nota"},
    ),
    Pattern("quotes inside", {"remark": '"zegt ""ja"""'}, staged='zegt "ja"', loaded={"remarks": 'zegt "ja"'}),
    Pattern(
        "a stray quote",
        {"remark": '"Jan "de" Man"'},
        staged='Jan de" Man"',
        reading=of("STRAY_QUOTE"),
        loaded={"remarks": 'Jan de" Man"'},
    ),
    Pattern("a newline in a note", {"remark": '"een\r\ntwee"'}, staged="een\r\ntwee", loaded={"remarks": "een\ntwee"}),
    Pattern(
        "trailing spaces",
        {"first_name": "An  "},
        cell=of("SPACES-REMOVED"),
        quality=of("SPACES-AROUND"),
        loaded={"name": {"firstName": "An", "lastName": "Maes"}},
    ),
    Pattern(
        "a hard space",
        {"last_name": b"Maes\xa0"},
        staged="Maes\u00a0",
        cell=of("SPACES-REMOVED"),
        loaded={"name": {"firstName": "An", "lastName": "Maes"}},
    ),
    # Belgian numbers.
    insz("usual", "85.07.30-033.28", "85073003328"),
    insz("float", "85073003328.0", "85073003328", "INSZ-REPAIRED", "INSZ-FROM-SPREADSHEET"),
    insz("without its zero", "4063001714", "04063001714", "INSZ-REPAIRED", "INSZ-FROM-SPREADSHEET"),
    insz("float without its zero", "4063001714.0", "04063001714", "INSZ-REPAIRED", "INSZ-FROM-SPREADSHEET"),
    insz("exponent", "4.06E+09", "4.06E+09", "INSZ-NOT-VALID", "INSZ-DIGITS-LOST"),
    insz("wrong check", "79121137740", "79121137740", "INSZ-NOT-VALID", "INSZ-WRONG"),
    *[
        Pattern(
            f"RIZIV: {name}", {"riziv": text}, "provider", cell=of(cell), quality=of(quality), loaded={"riziv": text}
        )
        for name, text, cell, quality in (
            ("dashes", "3-01234-48-001", "", ""),
            ("slashes", "3/01234/48/001", "", ""),
            ("dots", "3.01234.48.001", "", ""),
            ("eight digits", "30123448", "", "RIZIV-SHORT"),
        )
    ],
    Pattern("RIZIV: in the name", {"last_name": "Vos 3-01234-48-001"}, "provider", quality=of("RIZIV-IN-NAME")),
    code("usual", "371615"),
    code("dotted", "371.615"),
    code("two in a cell", "371615-371626", "CODE-SEVERAL", "DRIFT-SEVERAL"),
    code("free text", "extr 16", "", "DRIFT-PRIVATE"),
    code("wrong check digit", "371616", "CODE-WRONG-CHECK", "DRIFT-WRONG-CHECK"),
    *[
        Pattern(f"tooth: {text}", {"tooth": text}, "treatment", loaded={"tooth": text, "toothNotation": notation})
        for text, notation in (("16", "FDI"), ("16,17", "FDI"), ("1.6", "FDI"), ("13-23", "FDI"), ("foo", "UNKNOWN"))
    ],
    # Words that stand for nothing.
    *[
        Pattern(
            f"sentinel: {text}",
            {"email": text},
            cell=of("PLACEHOLDER"),
            loaded={"emails": None, "importRemarks": f"E-mail: {text}"},
        )
        for text in ("-", "?", "nvt", "n/a", "XX")
    ],
    Pattern("sentinel: 9999", {"postal_code": "9999"}, quality=of("WORD-FOR-NOTHING")),
    Pattern("sentinel: TEST TEST", {"last_name": "TEST", "first_name": "TEST"}, quality=of("TEST-PATIENT")),
    Pattern(
        "sentinel: Patiënt Nieuw",
        {"last_name": b"Pati\xebnt", "first_name": "Nieuw"},
        staged="Patiënt",
        quality=of("PATIENT-WITHOUT-NAME"),
    ),
    # Yes and no; the words are in the map.
    *[
        word("boolean", "active", text, active=value)
        for text, value in (
            *(("J", True), ("N", False), ("O", True), ("Ja", True), ("Nee", False), ("Oui", True), ("Non", False)),
            *(("1", True), ("0", False), ("-1", True), ("X", True), ("", None)),
        )
    ],
    Pattern(
        "boolean: another word",
        {"active": "soms"},
        cell=of("NOT-YES-OR-NO"),
        loaded={"active": None, "importRemarks": "Actief: soms"},
    ),
    # The sexes.
    *[
        word("sex", "sex", text, sex=value)
        for text, value in (
            *(("M", "MALE"), ("V", "FEMALE"), ("F", "FEMALE"), ("H", "MALE"), ("1", "MALE"), ("2", "FEMALE")),
            *(("Dhr", "MALE"), ("Mevr", "FEMALE")),
        )
    ],
    # The night in March and the one in October.
    Pattern(
        "clock: skipped",
        {"created_at": "31/03/2024 02:30"},
        cell=of("CLOCK-GAP"),
        quality=of("HOUR-SKIPPED"),
        loaded={"createdAt": "2024-03-31T01:30:00.000Z", "importRemarks": "Aanmaakdatum: 31/03/2024 02:30"},
    ),
    Pattern(
        "clock: twice",
        {"created_at": "27/10/2024 02:30"},
        cell=of("CLOCK-OVERLAP"),
        quality=of("HOUR-TWICE"),
        loaded={"createdAt": "2024-10-27T00:30:00.000Z"},
    ),
    Pattern(
        "a number with its unit",
        {"duration": "20 min"},
        "appointment",
        cell=of("UNIT-REMOVED"),
        loaded={"durationMinutes": 20},
    ),
    # Rows that do not hang together.
    Pattern("an orphan", {"patient_number": "777"}, "treatment", quality=of("NO-SUCH-PATIENT")),
    Pattern("appointments overlap", {"start": "10:10", "patient_number": "2"}, "appointment", quality=of("OVERLAP")),
    Pattern("a file missing on disk", {"file": "weg.jpg"}, "document", quality=of("FILE-MISSING")),
    Pattern("a wrong extension", {"file": "foto.pdf"}, "document", quality=of("FILE-OTHER-KIND")),
    Pattern("the same content twice", {"file": "kopie.jpg"}, "document", quality=of("FILE-SAME-CONTENT")),
    Pattern("a colon in a name", {"file": "foto: 1.jpg"}, "document", quality=of("FILE-NAME-COLON")),
]


class Carried:
    """What became of a planted row."""

    def __init__(self, folder: Path, pattern: Pattern) -> None:
        self._folder, self._pattern = folder, pattern
        self._export = folder / "export"
        self._export.mkdir()
        self._write()
        self.raw = self._line(pattern.object, ROWS, pattern.cells)
        said = {self._name(pattern.object): FileSettings.model_validate(pattern.said)} if pattern.said else {}
        self.files = discover(self._export, said)
        self.store = Store.create(folder / "store.db", "x")
        for file in self.files:
            object_ = self._object(file)
            stage(self.store, file, object_, file.header[: KEYS.get(object_, 1)])

    def _name(self, object_: str) -> str:
        return table(object_).file_name("nl")

    def _object(self, file: SourceFile) -> str:
        return next(one.object for one in TABLES if one.file_name("nl") == file.relative)

    def _line(self, object_: str, number: int, cells: Mapping[str, str | bytes]) -> bytes:
        texts: dict[str, str | bytes] = {**CLEAN[object_], "number": str(number), **cells}
        found = [texts.get(column.key, "") for column in table(object_).columns]
        return b";".join(one if isinstance(one, bytes) else one.encode("cp1252") for one in found) + b"\r\n"

    def _write(self) -> None:
        documents = self._export / "documents"
        documents.mkdir()
        named = str(self._pattern.cells.get("file", "foto.jpg"))
        contents = {"foto.pdf": b"\xff\xd8\xff\xe0 another", "foto: 1.jpg": b"\xff\xd8\xff\xe0 one"}
        for name in {"foto.jpg", named} - {"weg.jpg"}:
            (documents / name).write_bytes(contents.get(name, b"\xff\xd8\xff\xe0 foto"))
        for object_ in CLEAN:
            header = ";".join(column.header("nl") for column in table(object_).columns)
            encoding = "utf-8" if self._pattern.said.get("encoding") == "utf-8" else "cp1252"
            lines = [header.encode(encoding) + b"\r\n"]
            many = ROWS - (object_ == self._pattern.object)
            for number in range(1, many + 1):
                apart = {"start": f"{7 + number:02}:00"} if object_ == "appointment" else {}
                apart = {"birth_date": f"03/04/{1950 + number}"} if object_ == "patient" else apart
                lines.append(self._line(object_, number, apart))
            if object_ == self._pattern.object:
                lines.append(self._line(object_, ROWS, self._pattern.cells))
            (self._export / self._name(object_)).write_bytes(b"".join(lines))

    @property
    def map(self) -> MapDocument:
        profiled = [
            ProfiledFile(one.relative, self._object(one), [ProfiledColumn(name) for name in one.header])
            for one in self.files
        ]
        return propose(profiled).model_copy(update={"repairs": self._pattern.repairs})

    def kept_bytes(self) -> bytes:
        with self.store.read() as connection:
            query = sa.select(source_row.c.raw).where(
                source_row.c.object == self._pattern.object, source_row.c.row_no == ROWS
            )
            return bytes(connection.scalar(query) or b"")

    def staged(self) -> dict[str, str]:
        (row,) = StagedRows(self.store).get_many(self._pattern.object, [str(ROWS)])
        return {column.key: row.values[column.header("nl")] for column in table(self._pattern.object).columns}

    def record(self) -> TargetRecord:
        (row,) = StagedRows(self.store).get_many(self._pattern.object, [str(ROWS)])
        mapper = Mapper(self.map, context())
        step = next(one for one in mapper.steps() if (one.source_object, one.role) == (row.object, "record"))
        record = mapper.build(step, row)
        assert record is not None
        return record

    def quality(self) -> set[str]:
        concepts = {
            name: {line.column: line.concept for line in source.lines if line.column and line.concept}
            for name, source in self.map.sources.items()
        }
        found = examine(self.store, concepts, DocumentsFolder(self._export / "documents"), today=TODAY)
        return {one.code for one in found}


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_a_pattern_is_kept_found_and_loaded_as_said(pattern: Pattern, tmp_path: Path) -> None:
    carried = Carried(tmp_path, pattern)
    key, planted = next(iter(pattern.cells.items()))
    staged = pattern.staged if pattern.staged is not None else planted
    assert carried.kept_bytes() == carried.raw
    assert carried.staged()[key] == staged
    assert {one.code for one in findings(carried.store)} == pattern.reading
    record = carried.record()
    assert {one.code for one in record.findings if one.field == table_header(pattern, key)} == pattern.cell
    assert {name: record.values.get(name) for name in pattern.loaded} == dict(pattern.loaded)
    assert pattern.quality <= carried.quality() - ALWAYS
    carried.store.close()


def table_header(pattern: Pattern, key: str) -> str:
    return next(column.header("nl") for column in table(pattern.object).columns if column.key == key)


# --- rows and files -------------------------------------------------------------------------------------------------

GOOD = "".join(f"{number};Naam{number};Gent;2020\r\n" for number in range(1, 31))
HEAD = "Nr;Naam;Gemeente;Gewijzigd\r\n"


@pytest.mark.parametrize(
    ("name", "line", "code_"),
    [
        ("cut short", "99;Maes\r\n", "RAGGED"),
        ("with a cell too many", "99;Maes;Gent;Oost;2020\r\n", "RAGGED"),
        ("the header again", HEAD, "REPEATED_HEADER"),
        ("the totals", "Totaal;30;;2020\r\n", "TOTALS"),
        ("without its number", ";Maes;Gent;2020\r\n", "MISSING_KEY"),
        ("exported twice", "7;Naam7;Gent;2020\r\n", "DUPLICATE_ROW"),
        ("another with its number", "7;Maes;Gent;2020\r\n", "DUPLICATE_KEY"),
        ("a quote never closed", '99;"Maes;Gent;2020\r\n', "UNCLOSED_QUOTE"),
        ("a damaged number", "9\x009;Maes;Gent;2020\r\n", "NUL_BYTES"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_bytes_and_costs_no_other(
    name: str, line: str, code_: str, tmp_path: Path
) -> None:
    (tmp_path / "p.csv").write_bytes((HEAD + GOOD + line + "100;Vos;Gent;2020\r\n").encode("cp1252"))
    store = Store.create(tmp_path / "store.db", "x")
    (file,) = discover(tmp_path)
    result = stage(store, file, "patient", ["Nr"])
    assert (result.rows, result.quarantined) == (31, 1), name
    with store.read() as connection:
        kept = connection.execute(sa.select(quarantine.c.code, quarantine.c.raw, quarantine.c.line)).one()
    assert (kept.code, bytes(kept.raw).decode("cp1252"), kept.line) == (code_, line, 32)
    store.close()


TABLE = [["Nr", "Naam", "Gemeente"], *[[str(number), "Désiré", "Liège"] for number in range(1, 30)]]


@pytest.mark.parametrize("codec", ["cp1252", "cp850", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(("above", "end"), [("", ""), ("Export van de praktijk\r\n\r\n", ""), ("", "X")])
def test_a_file_as_programs_write_it_is_read_without_a_word_from_a_person(
    codec: str, delimiter: str, above: str, end: str, tmp_path: Path
) -> None:
    trailing = delimiter if end else ""
    text = above + "".join(delimiter.join(row) + trailing + "\r\n" for row in TABLE)
    (tmp_path / "patienten.csv").write_bytes(text.encode(codec))
    store = Store.create(tmp_path / "store.db", "x")
    (file,) = discover(tmp_path)
    assert stage(store, file, "patient", ["Nr"]).rows == len(TABLE) - 1
    rows = [list(one.values.values())[:3] for one in StagedRows(store).iterate("patient")]
    assert rows == TABLE[1:]
    store.close()


def test_a_wrong_declared_format_of_dates_is_a_finding_in_each_row_and_never_a_guess(tmp_path: Path) -> None:
    carried = Carried(tmp_path, Pattern("format", {"birth_date": "12/31/1985"}))
    document = carried.map
    source = document.sources["patient"]
    lines = tuple(
        line.model_copy(update={"with_": {**line.with_, "formats": ["mm/dd/yyyy"]}})
        if line.concept == "patient.birth_date"
        else line
        for line in source.lines
    )
    changed = document.model_copy(
        update={"sources": {**document.sources, "patient": source.model_copy(update={"lines": lines})}}
    )
    usual, said = Mapper(document, context()), Mapper(changed, context())
    step = next(one for one in said.steps() if (one.source_object, one.role) == ("patient", "record"))
    rows = list(StagedRows(carried.store).iterate("patient"))
    last = said.build(step, rows[-1])
    assert last is not None
    assert last.values["birthDate"] == "1985-12-31"
    wrong = usual.build(step, rows[-1])
    assert wrong is not None
    assert "birthDate" not in wrong.values
    assert "NOT-A-DATE" in {one.code for one in wrong.findings}
    carried.store.close()
