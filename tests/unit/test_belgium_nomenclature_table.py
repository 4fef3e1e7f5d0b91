"""Which code was valid when: the shipped table, NomenSoft's files, and the verdict by the day of the treatment."""

from __future__ import annotations

import contextlib
import tracemalloc
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium import drift, nomenclature, nomensoft
from bridgework.belgium.nomenclature_table import Entry, Interval, Table

SHIPPED = Table.builtin()
DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31))
CODES = st.integers(30001, 37999).map(lambda stem: nomenclature.compose(str(stem)))
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

# Abolished, and back again: a set of intervals.
GAPPED = Table.of(
    [
        Entry(
            "371556",
            (Interval(date(2005, 9, 1), date(2018, 1, 31)), Interval(date(2022, 7, 1), None)),
            successor="371615",
        ),
        Entry("371571", (Interval(None, None),), ages="child"),
        Entry("301011", (Interval(date(1985, 1, 1), None),), ages="adult"),
        Entry("301033", (Interval(date(1985, 1, 1), None),)),
        Entry("371033", (Interval(date(2005, 9, 1), None),)),
        Entry("305653", (Interval(date(1985, 1, 1), None),), ages="any"),
        Entry("389675", (Interval(date(2017, 9, 1), None),)),
    ]
)


def detail(code: str, begin: str, end: str = "", *, table: str = "NOMEN_DETAIL", extra: str = "") -> str:
    dend = f"<dend>{end}</dend>" if end else '<dend xsi:nil="true"/>'
    return (
        f"<{table}><nomen_code>{code}</nomen_code><dbegin>{begin}</dbegin>{dend}<nomen_desc_nl>"
        f"Wat &amp; hoe {code}</nomen_desc_nl><nomen_desc_fr>Acte {code}</nomen_desc_fr>{extra}</{table}>"
    )


def write(folder: Path, name: str, records: Sequence[str]) -> Path:
    path = folder / name
    path.write_text(f"<?xml version='1.0' encoding='UTF-8'?>\n<dataroot {XSI}>{''.join(records)}</dataroot>", "utf-8")
    return path


def test_the_shipped_table_holds_ambulatory_codes_with_a_source_each() -> None:
    assert len(SHIPPED) > 50
    for entry in SHIPPED:
        assert nomenclature.is_valid(entry.code)
        assert not nomenclature.is_hospital_variant(entry.code)
        assert entry.source
        assert entry.ages in {"adult", "child", "any", ""}
        assert not entry.successor or entry.successor in SHIPPED
        assert (entry.nl == "") == (entry.fr == "")


def test_an_unknown_end_is_open_and_said() -> None:
    known = drift.classify("371615", date(2020, 1, 1), None, SHIPPED)
    unknown = drift.classify("301011", date(2020, 1, 1), None, SHIPPED)

    assert (known.verdict, known.sure, known.valid_on_date) == ("VALID", True, True)
    assert (unknown.verdict, unknown.sure, unknown.valid_on_date) == ("VALID", False, None)


@pytest.mark.parametrize(
    ("text", "on", "verdict"),
    [
        ("371556", date(2018, 1, 31), "VALID"),
        ("371556", date(2018, 2, 1), "ABOLISHED"),
        ("371615", date(2018, 1, 31), "NOT_YET_VALID"),
        ("371615", date(2018, 2, 1), "VALID"),
        ("371.615", date(2023, 3, 1), "VALID"),
        ("389675.0", date(2017, 8, 31), "NOT_YET_VALID"),
        ("389675", date(2017, 9, 1), "VALID"),
        ("302794", date(2024, 6, 30), "NOT_YET_VALID"),
        ("302805", date(2024, 7, 1), "HOSPITAL_VARIANT"),
        ("302805", date(2024, 6, 30), "NOT_YET_VALID"),
        ("303166", date(2023, 1, 1), "HOSPITAL_VARIANT"),
        ("373903", date(2023, 1, 1), "HOSPITAL_VARIANT"),
        ("304371", date(2023, 1, 1), "UNKNOWN_CODE"),
        ("374475", date(2023, 1, 1), "INVALID_CHECK"),
        ("301011-301022", date(2023, 1, 1), "SEVERAL"),
        ("371615+371873", date(2023, 1, 1), "SEVERAL"),
        ("extr 36", date(2023, 1, 1), "NOT_A_CODE"),
        ("KR01", date(2023, 1, 1), "NOT_A_CODE"),
        ("", date(2023, 1, 1), "EMPTY"),
        ("301011", None, "NO_DATE"),
    ],
)
def test_a_code_is_judged_by_the_day_of_the_treatment(text: str, on: date | None, verdict: str) -> None:
    assert drift.classify(text, on, None, SHIPPED).verdict == verdict


@pytest.mark.parametrize(
    ("on", "verdict", "valid"),
    [
        (date(2005, 8, 31), "NOT_YET_VALID", False),
        (date(2005, 9, 1), "VALID", True),
        (date(2018, 2, 1), "GAP", False),
        (date(2022, 6, 30), "GAP", False),
        (date(2022, 7, 1), "VALID", True),
    ],
)
def test_a_code_that_came_back_has_a_gap(on: date, verdict: str, valid: bool) -> None:
    found = drift.classify("371556", on, None, GAPPED)

    assert (found.verdict, found.valid_on_date) == (verdict, valid)


@pytest.mark.parametrize(
    ("text", "age", "verdict", "sure"),
    [
        ("371571", 8, "VALID", True),
        ("371571", 18, "VALID", False),
        ("371571", 19, "VALID", True),
        ("371571", 20, "AGE_SERIES_MISMATCH", True),
        ("301011", 16, "AGE_SERIES_MISMATCH", True),
        ("301011", 17, "VALID", True),
        ("301011", 18, "VALID", False),
        ("301011", 40, "VALID", True),
        ("301033", 8, "AGE_SERIES_MISMATCH", True),  # the table knows the children's 371033
        ("305653", 8, "VALID", True),
        ("389675", 8, "VALID", True),
    ],
)
def test_the_series_must_fit_the_age_but_for_a_year_around_the_limit(
    text: str, age: int, verdict: str, sure: bool
) -> None:
    found = drift.classify(text, date(2020, 6, 15), date(2020 - age, 6, 15), GAPPED)

    assert (found.verdict, found.sure) == (verdict, sure)


def test_what_else_is_worth_knowing_stands_beside_the_verdict() -> None:
    hospital = nomenclature.hospital("301011")

    found = drift.classify(hospital, date(1980, 1, 1), date(1975, 1, 1), GAPPED)

    assert (found.verdict, found.also) == ("NOT_YET_VALID", ("AGE_SERIES_MISMATCH", "HOSPITAL_VARIANT"))


@given(st.text() | CODES, st.none() | DAYS, st.none() | DAYS)
def test_every_text_has_a_verdict_that_does_not_depend_on_today(text: str, on: date | None, born: date | None) -> None:
    found = drift.classify(text, on, born, GAPPED)

    assert found == drift.classify(text, on, born, GAPPED)
    assert found.valid_on_date is None or on is not None


@given(CODES, DAYS, st.sampled_from(["{0}.{1}", " {0}{1} ", "{0} {1}", "{0}{1}.0"]))
def test_how_a_code_is_written_does_not_change_its_verdict(code: str, on: date, way: str) -> None:
    assert drift.classify(way.format(code[:3], code[3:]), on, None, SHIPPED) == drift.classify(code, on, None, SHIPPED)


@given(st.lists(st.tuples(DAYS, st.integers(0, 2000)), min_size=1, max_size=6), DAYS)
def test_a_day_is_valid_exactly_where_an_interval_of_the_file_holds_it(
    spans: list[tuple[date, int]], day: date
) -> None:
    intervals = {begin: begin + timedelta(days=length) for begin, length in spans}
    with pytest.MonkeyPatch.context() as patch:
        records = [nomensoft.Record("301254", begin, end) for begin, end in intervals.items()]
        patch.setattr(nomensoft, "read", lambda _: iter(records))
        table = Table.load([Path("x.xml")])

    valid = any(begin <= day <= end for begin, end in intervals.items())
    assert drift.classify("301254", day, None, table).valid_on_date == valid


def test_suggestions_are_codes_of_the_table_one_slip_away() -> None:
    assert drift.suggestions("301012", SHIPPED) == ("301011", "301092")
    assert drift.suggestions("371165", SHIPPED) == ("371615",)  # two neighbours swapped
    assert drift.suggestions("399999", SHIPPED) == ()


@given(st.sampled_from(sorted(entry.code for entry in SHIPPED)), st.integers(0, 5), st.sampled_from("0123456789"))
def test_a_single_slip_that_the_check_digit_sees_leads_back_to_the_code(code: str, at: int, digit: str) -> None:
    wrong = code[:at] + digit + code[at + 1 :]

    if not nomenclature.is_valid(wrong):
        assert code in drift.suggestions(wrong, SHIPPED)


@given(st.text(max_size=8))
def test_suggestions_for_anything_else_are_none(text: str) -> None:
    assert all(one in SHIPPED for one in drift.suggestions(text, SHIPPED))


def test_the_drift_of_a_practice_is_added_up_by_code() -> None:
    report = drift.DriftReport(SHIPPED)
    for text, on in [
        ("371556", date(2017, 5, 1)),
        ("371556", date(2019, 5, 1)),
        ("371.556", date(2016, 5, 1)),
        ("371556", None),
        ("301012", date(2020, 1, 1)),
        ("extr 36", date(2020, 1, 1)),
        ("", None),
    ]:
        report.add(text, on)

    wrong, abolished = report.codes()
    assert (abolished.code, abolished.rows, abolished.first, abolished.last) == (
        "371556",
        4,
        date(2016, 5, 1),
        date(2019, 5, 1),
    )
    assert (abolished.after_abolition, abolished.replacement, abolished.unsure) == (1, "371615", 2)
    assert (wrong.code, wrong.suggestions) == ("301012", ("301011", "301092"))
    assert report.verdicts == {
        "VALID": 2, "ABOLISHED": 1, "NO_DATE": 1, "INVALID_CHECK": 1, "NOT_A_CODE": 1, "EMPTY": 1,
    }  # fmt: skip


# --- NomenSoft -------------------------------------------------------------------------------------------------------


def test_a_download_tells_the_intervals_and_labels(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "detail.xml",
        [
            detail("304371", "2005-09-01T00:00:00", "2018-01-31T00:00:00"),
            detail("304371", "2018-02-01", "2019-12-31"),
            detail("304371", "2022-07-01", "2999-12-31"),
            "<NOMEN_CODE_RULES><rule_ref>9</rule_ref></NOMEN_CODE_RULES>",
        ],
    )

    table = Table.load([path])

    entry = table.entry("304371")
    assert entry is not None
    assert entry.intervals == (Interval(date(2005, 9, 1), date(2019, 12, 31)), Interval(date(2022, 7, 1), None))
    assert (entry.nl, entry.fr, entry.source) == ("Wat & hoe 304371", "Acte 304371", "NomenSoft")
    assert drift.classify("304371", date(2020, 5, 1), None, table).verdict == "GAP"
    assert table.version.startswith("NomenSoft ")
    assert table.overruled == ()
    assert len(table) == len(SHIPPED) + 1


def test_the_summary_tells_which_codes_are_for_the_hospital(tmp_path: Path) -> None:
    records = [
        detail("109012", "2000-01-01", table="nomen_summary_ext", extra="<ambhos_pat_cat>2</ambhos_pat_cat>"),
        detail("301011", "1985-04-01", table="NOMEN_SUMMARY_EXT", extra="<ambhos_pat_cat>1</ambhos_pat_cat>"),
    ]
    assert nomenclature.is_valid("109012")

    table = Table.load([write(tmp_path, "summary.xml", records)])

    assert drift.classify("109012", date(2020, 1, 1), None, table).verdict == "HOSPITAL_VARIANT"
    assert drift.classify("301011", date(2020, 1, 1), None, table).valid_on_date is True


def test_fees_show_that_a_code_exists_but_not_since_when(tmp_path: Path) -> None:
    fee = (
        "<NOMEN_HONORAIRES><nomen_code>{}</nomen_code><dbegin_fee>2025-01-01</dbegin_fee>"
        "<dend_fee>2999-12-31</dend_fee><fee>37.500000</fee></NOMEN_HONORAIRES>"
    )
    table = Table.load([write(tmp_path, "fees.xml", [fee.format("304371"), fee.format("371556")])])

    found = drift.classify("304371", date(2010, 1, 1), None, table)
    assert (found.verdict, found.sure, found.valid_on_date) == ("VALID", False, None)
    assert drift.classify("371556", date(2019, 1, 1), None, table).verdict == "ABOLISHED"


def test_the_practices_own_table_wins_and_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, "own.xml", [detail("371556", "2005-09-01"), detail("371615", "2018-02-01")])

    table = Table.load([path])

    assert drift.classify("371556", date(2020, 1, 1), None, table).verdict == "VALID"
    assert table.overruled == ("371556",)
    entry = table.entry("371556")
    assert entry is not None
    assert entry.successor == "371615"


def test_a_later_file_counts_more_and_files_add_up(tmp_path: Path) -> None:
    old = write(tmp_path, "2023.xml", [detail("304371", "2005-09-01"), detail("304393", "2005-09-01")])
    new = write(tmp_path, "2025.xml", [detail("304371", "2005-09-01", "2024-12-31")])

    table = Table.load([old, new])

    assert drift.classify("304371", date(2025, 1, 1), None, table).verdict == "ABOLISHED"
    assert drift.classify("304393", date(2025, 1, 1), None, table).verdict == "VALID"
    assert Table.load([new, old]) != table


def test_tables_of_the_same_content_are_equal_whatever_their_layout(tmp_path: Path) -> None:
    first = write(tmp_path, "a.xml", [detail("304371", "2005-09-01"), detail("304393", "2005-09-01")])
    second = write(tmp_path, "b.xml", [detail("304393", "2005-09-01T00:00:00"), detail("304371", "2005-09-01")])

    assert Table.load([first]) == Table.load([second])
    assert hash(Table.load([first])) == hash(Table.load([second]))
    assert Table.load([first]).version != SHIPPED.version
    assert Table.load([]) is SHIPPED


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (b"", 1, "no XML"),
        (b"code;label\r\n301011;x", 1, "no XML"),
        (b"<dataroot><NOMEN_DETAIL>", 1, "no XML"),
        (b"<html/>", 1, "not `dataroot`"),
        (b"<dataroot/>", 0, "no record"),
        (b"<dataroot><PATIENT><nomen_code>301011</nomen_code></PATIENT></dataroot>", 0, "no record"),
        (b"<dataroot>\n<NOMEN_DETAIL><nomen_code>KR1</nomen_code></NOMEN_DETAIL></dataroot>", 2, "no nomenclature"),
        (b"<dataroot>\n<NOMEN_DETAIL><nomen_code>301011</nomen_code></NOMEN_DETAIL></dataroot>", 2, "dbegin"),
        (
            b"<dataroot><NOMEN_DETAIL><nomen_code>301011</nomen_code><dbegin>1/2/2018</dbegin></NOMEN_DETAIL></dataroot>",
            1,
            "2018-02-01",
        ),
        (b"<?xml version='1.0' encoding='klingon'?><dataroot/>", None, ""),
        (
            b'<!DOCTYPE dataroot [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n<dataroot>&a;</dataroot>',
            1,
            "document type",
        ),
    ],
)
def test_a_file_that_is_no_nomensoft_is_refused_with_its_place(
    tmp_path: Path, content: bytes, line: int | None, why: str
) -> None:
    path = tmp_path / "nomen.xml"
    path.write_bytes(content)

    with pytest.raises(nomensoft.NotNomenSoft) as caught:
        Table.load([path])

    assert caught.value.file == "nomen.xml"
    assert line is None or caught.value.line == line
    assert why in caught.value.why


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(content: bytes) -> None:
    reader = nomensoft._Reader("x.xml")
    with contextlib.suppress(nomensoft.NotNomenSoft):
        assert list(reader._parse(content, last=True)) == []


def test_a_large_file_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    one = detail("304371", "2005-09-01")
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f"<dataroot {XSI}>")
        stream.writelines(one for _ in range(20_000))
        stream.write("</dataroot>")

    tracemalloc.start()
    records = sum(1 for _ in nomensoft.read(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert records == 20_000
    assert path.stat().st_size > 4_000_000
    assert peak < 2_000_000
