"""Days, moments and times: every declared form is read, no text by two of them, and what is odd is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium import insz
from bridgework.mapping import moments
from bridgework.mapping.catalogue import builtin
from bridgework.mapping.target import FORMS
from bridgework.practice.column import Column
from tests.unit.mapping_lines import build_line
from tests.unit.mapping_samples import build

DATE_FORMATS = builtin().formats["date"]
MOMENT_FORMATS = builtin().formats["moment"]
TIME_FORMATS = builtin().formats["time"]
DAYS = st.dates(date(1900, 1, 2), date(2060, 12, 31))
MOMENTS = st.datetimes(datetime(1930, 1, 2), datetime(2060, 12, 31))  # noqa: DTZ001 - local ones are meant
ONE_DIGIT = st.booleans()


def written(moment: datetime, form: str, *, short: bool) -> str:
    """A moment in a form; `short`: with one digit for a day, a month or an hour below ten, where a sign parts them."""
    if form == "serial":
        return str((moment.date() - date(1899, 12, 30)).days)
    parted = any(not sign.isalpha() or sign in "hu" for sign in form)
    two = "{:d}" if short and parted else "{:02d}"
    parts = {
        "yyyy": f"{moment.year:04d}",
        "yy": f"{moment.year % 100:02d}",
        "dd": two.format(moment.day),
        "mm": two.format(moment.month),
        "HH": two.format(moment.hour),
        "MM": f"{moment.minute:02d}",
        "SS": f"{moment.second:02d}",
        "fff": f"{moment.microsecond // 1000:03d}",
        "Z": "Z",
    }
    return moments._TOKEN.sub(lambda token: parts[token[0]], form)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/02/2024", date(2024, 2, 3)),
        ("3/2/2024", date(2024, 2, 3)),
        ("2024-02-03", date(2024, 2, 3)),
        ("20240203", date(2024, 2, 3)),
        ("03-02-2024", date(2024, 2, 3)),
        ("03.02.2024", date(2024, 2, 3)),
        ("2024-02-03 00:00:00", date(2024, 2, 3)),
        ("44197", date(2021, 1, 1)),
        ("44197.0", date(2021, 1, 1)),
        ("12/03/1985 00:00:00", date(1985, 3, 12)),
        ("12/03/1985 0:00", date(1985, 3, 12)),
        ("1985-03-12 00:00:00.000", date(1985, 3, 12)),
        ("1985-03-12T00:00:00", date(1985, 3, 12)),
        ("1985-03-12T00:00:00Z", date(1985, 3, 12)),
        ("1985-03-12T00:00:00+01:00", date(1985, 3, 12)),
        ("1985-03-12 00:00:00.0000000 +01:00", date(1985, 3, 12)),
        # Midnight in Brussels, written in UTC by a program of another zone.
        ("1985-03-11T23:00:00.000Z", date(1985, 3, 12)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_dates_are_read_by_the_declared_formats(text: str, day: date) -> None:
    read = moments.day_reader(DATE_FORMATS)(text)
    assert read is not None
    assert (read.day, read.clock) == (day, None)


@pytest.mark.parametrize(
    "text", ["29/02/2023", "00/00/0000", "31/04/2020", "13/13/2013", "2024/02/03", "3 feb 2024", "12/0198", "1/1/124"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert moments.day_reader(DATE_FORMATS)(text) is None


def test_only_the_declared_format_counts_never_the_look_of_a_cell() -> None:
    assert moments.day_reader(["mm/dd/yyyy"])("03/02/2024") == moments.Read(date(2024, 3, 2))
    assert moments.day_reader(["dd/mm/yyyy"])("2024-02-03") is None


@given(DAYS, st.sampled_from([one for one in DATE_FORMATS if "yy" in one and "HH" not in one and "yyyy" in one]))
def test_every_day_survives_every_declared_format(day: date, form: str) -> None:
    text = form.replace("dd", f"{day.day:02d}").replace("mm", f"{day.month:02d}").replace("yyyy", f"{day.year:04d}")
    assert moments.day_reader(DATE_FORMATS)(text) == moments.Read(day)


@given(MOMENTS, st.sampled_from([*DATE_FORMATS, *MOMENT_FORMATS]), ONE_DIGIT)
def test_a_text_is_read_by_exactly_one_of_the_formats_of_dates(moment: datetime, form: str, short: bool) -> None:
    text = written(moment, form, short=short)
    for formats in (DATE_FORMATS, MOMENT_FORMATS):
        assert [one for one in formats if moments.day_reader([one])(text)] == [form], text


@given(MOMENTS, st.sampled_from(TIME_FORMATS), ONE_DIGIT)
def test_a_text_is_read_by_exactly_one_of_the_formats_of_times(moment: datetime, form: str, short: bool) -> None:
    text = written(moment, form, short=short)
    fitting = [one for one in TIME_FORMATS if moments.clock_reader([one])(text, moment.date())]
    assert fitting == [form], text


@given(MOMENTS, st.sampled_from([one for one in MOMENT_FORMATS if one != "serial"]), ONE_DIGIT)
def test_what_is_written_is_what_is_read(moment: datetime, form: str, short: bool) -> None:
    read = moments.day_reader(MOMENT_FORMATS)(written(moment, form, short=short))
    assert read is not None
    clock = time(
        moment.hour if "HH" in form else 0,
        moment.minute if "MM" in form else 0,
        moment.second if "SS" in form else 0,
        moment.microsecond // 1000 * 1000 if "fff" in form else 0,
    )
    if form.endswith("Z"):
        assert read.utc == datetime.combine(moment.date(), clock)
        return
    assert read.clock == (clock if clock != time() else None)
    if "yyyy" in form:
        assert read.day == moment.date()
    else:
        assert (read.day.month, read.day.day, read.short_year) == (moment.month, moment.day, moment.year % 100)


@given(MOMENTS, st.sampled_from([one for one in MOMENT_FORMATS if one != "serial"]), ONE_DIGIT)
def test_a_profile_knows_every_declared_form_of_date_as_one(moment: datetime, form: str, short: bool) -> None:
    column = Column()
    column.add([written(moment, form, short=short and "yyyy-" not in form)])
    (kind,) = column.kinds
    assert kind.startswith("date ")
    assert kind.endswith("hh:mm") == ("HH" in form)


SHAPES = st.from_regex(
    r"(1?[0-9]([/.-])[1-9]\2(20)?[0-9]{2}|20[0-9]{2}-0[1-9]-1[0-9])([ T]1?[0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
    r"(Z|[+-]0[0-9]:?[03]0)?)?",
    fullmatch=True,
)


@given(SHAPES)
def test_what_a_profile_knows_as_a_date_is_read_by_the_declared_forms(text: str) -> None:
    column = Column()
    column.add([text])
    (kind,) = column.kinds
    if kind.startswith("date ") and not text.startswith("0"):
        assert moments.day_reader(MOMENT_FORMATS)(text) is not None
        assert moments.day_reader(DATE_FORMATS)(text) is not None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2019-05-06 07:30:00.000", "2019-05-06T05:30:00.000Z"),
        ("2019-05-06T07:30:00Z", "2019-05-06T07:30:00.000Z"),
        ("2019-05-06T07:30:00+02:00", "2019-05-06T05:30:00.000Z"),
        ("2019-05-06T07:30:00.250-0500", "2019-05-06T12:30:00.250Z"),
        ("2019-05-06T00:00:00Z", "2019-05-06T00:00:00.000Z"),
        ("06-05-2019 07:30", "2019-05-06T05:30:00.000Z"),
        ("06/05/2019 7:30", "2019-05-06T05:30:00.000Z"),
        ("2024-10-27T02:30:00+01:00", "2024-10-27T01:30:00.000Z"),
    ],
)
def test_moments_of_ordinary_exports_are_read_and_a_zone_leaves_no_doubt(text: str, utc: str) -> None:
    read = moments.day_reader(MOMENT_FORMATS)(text)
    assert read is not None
    assert moments.of_read(read) == (utc, "")


@pytest.mark.parametrize("text", ["9999-12-31T23:30:00Z", "9999-12-31T23:30:00-02:00", "2019-05-06T07:30:00+99:99"])
def test_a_moment_that_no_calendar_has_is_none_and_breaks_nothing(text: str) -> None:
    read = moments.day_reader(MOMENT_FORMATS)(text)
    assert read is None or read.day.year == 2019


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        *[("9u30", time(9, 30)), ("9h30", time(9, 30)), ("09U30", time(9, 30)), ("9:30", time(9, 30)), ("9h", time(9))],
        *[("9u", time(9)), ("09.30", time(9, 30)), ("0930", time(9, 30)), ("09:30:00.000", time(9, 30))],
        *[("30/12/1899 9:30:00", time(9, 30)), ("1899-12-30 09:30:00", time(9, 30))],
        *[("1899-12-30T09:30:00.000", time(9, 30)), ("06/05/2019 09:30", time(9, 30))],
        *[("07/05/2019 09:30", None), ("25:00", None), ("9", None), ("9u5", None), ("31/02/2019 09:30", None)],
    ],
)
def test_times_are_read_and_a_day_beside_them_is_the_rows_or_none(text: str, clock: time | None) -> None:
    assert moments.clock_reader(TIME_FORMATS)(text, date(2019, 5, 6)) == clock


@pytest.mark.parametrize(
    ("text", "past", "day", "doubtful"),
    [
        ("3-2-85", True, date(1985, 2, 3), False),
        ("3-2-20", True, date(2020, 2, 3), True),
        ("3-2-30", True, date(1930, 2, 3), False),
        ("3-2-30", False, date(2030, 2, 3), False),
        ("3-2-85", False, date(1985, 2, 3), False),
        ("29-2-24", True, date(2024, 2, 29), True),
    ],
)
def test_a_year_of_two_digits_gets_its_century_and_a_doubt_is_said(
    text: str, past: bool, day: date, doubtful: bool
) -> None:
    read = moments.day_reader(["dd-mm-yy"])(text)
    assert read is not None
    assert moments.full_year(read, date(2026, 11, 22), past=past) == (day, doubtful)


@pytest.mark.parametrize(
    ("day", "clock", "utc", "what"),
    [
        (date(2024, 1, 15), time(9, 30), "2024-01-15T08:30:00.000Z", ""),
        (date(2024, 7, 15), time(9, 30), "2024-07-15T07:30:00.000Z", ""),
        (date(2024, 3, 31), time(2, 30), "2024-03-31T01:30:00.000Z", "CLOCK-GAP"),
        (date(2024, 3, 31), time(3, 0), "2024-03-31T01:00:00.000Z", ""),
        (date(2024, 10, 27), time(2, 30), "2024-10-27T00:30:00.000Z", "CLOCK-OVERLAP"),
        (date(2024, 10, 27), time(3, 0), "2024-10-27T02:00:00.000Z", ""),
        (date(2024, 10, 27), None, "2024-10-26T22:00:00.000Z", ""),
    ],
)
def test_local_time_becomes_utc_and_the_clocks_tricks_are_said(
    day: date, clock: time | None, utc: str, what: str
) -> None:
    assert moments.to_utc(day, clock) == (utc, what)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)))  # noqa: DTZ001 - local ones are meant
def test_every_other_local_moment_comes_back_from_utc(local: datetime) -> None:
    local = local.replace(microsecond=0)
    text, what = moments.to_utc(local.date(), local.time())
    back = datetime.fromisoformat(text).astimezone(moments.ZONE).replace(tzinfo=None)
    assert what or back == local
    assert what != "CLOCK-GAP" or back - local == timedelta(hours=1)


def test_a_moment_is_written_as_twenty_writes_it() -> None:
    assert moments.iso(datetime(2026, 11, 22, 12, 1, 2, 3000, UTC)) == "2026-11-22T12:01:02.003Z"


@pytest.mark.parametrize(
    ("form", "fits"),
    [
        *[("dd/mm/yyyy", True), ("serial", True), ("HH:MM", True), ("dd/mm/yyyy HH:MM", True), ("dd/mm", False)],
        *[("yyyy-mm-ddTHH:MM:SS.fffZ", True), ("dd/mm/yyyy HH:MM:SS.fff", True), ("HHuMM", True), ("HHh", True)],
        *[("HH:MM.fff", False), ("HH:MMZ", False), ("dd/mm/yyZ", False), ("dd/mm/yy HHZ", False), ("SS.fff", False)],
        *[("dd/mm/yyyy MM", False), ("dd/mm/yyyyX", False), ("yyyy-mm-dd HH:MM:SS.ff", False)],
        *[("yyyy", False), ("dd/dd/yyyy", False), ("day/mm/yyyy", False), ("", False), ("MM:SS", False)],
    ],
)
def test_formats_that_cannot_be_read_are_known(form: str, fits: bool) -> None:
    assert moments.is_format(form) is fits


# --- in a record -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "loaded", "codes"),
    [
        ("12/03/1985 00:00:00", "1985-03-12", ""),
        ("12/03/1985 09:30", "1985-03-12", "TIME-DROPPED"),
        ("12/03/85", "1985-03-12", "YEAR-COMPLETED"),
        ("12.03.25", "2025-03-12", "YEAR-COMPLETED CENTURY-ASSUMED"),
        ("12/03/30", "1930-03-12", "YEAR-COMPLETED"),
        ("1900-01-01 00:00:00.000", None, "PLACEHOLDER"),
        ("01-01-1900", None, "PLACEHOLDER"),
        ("30/12/1899 0:00:00", None, "PLACEHOLDER"),
        ("1753-01-01T00:00:00", None, "PLACEHOLDER"),
        ("02/01/1900", "1900-01-02", ""),
    ],
)
def test_a_birth_date_of_any_export_is_loaded_and_the_first_day_of_a_calendar_is_not(
    cell: str, loaded: str | None, codes: str
) -> None:
    record = build("patient", birth_date=cell)
    assert record.values.get("birthDate") == loaded
    assert {one.code for one in record.findings} == set(codes.split())
    kept = {"PLACEHOLDER", "TIME-DROPPED", "CENTURY-ASSUMED"} & set(codes.split())
    assert record.values.get("importRemarks") == (f"Geboortedatum: {cell}" if kept else None)


@pytest.mark.parametrize(
    ("cell", "number", "loaded", "codes"),
    [
        ("12/03/25", "", "2025-03-12", {"YEAR-COMPLETED", "CENTURY-ASSUMED"}),
        ("12/03/25", insz.compose(date(1925, 3, 12), 901), "1925-03-12", {"YEAR-COMPLETED"}),
        ("12/03/25", insz.compose(date(2025, 3, 12), 901), "2025-03-12", {"YEAR-COMPLETED"}),
        # A number of another day, or one that is not valid, tells nothing; that they differ is said.
        (
            "12/03/25",
            insz.compose(date(1925, 3, 13), 901),
            "2025-03-12",
            {"YEAR-COMPLETED", "CENTURY-ASSUMED", "INSZ-OTHER-BIRTH-DATE"},
        ),
        ("12/03/25", "25031290100", "2025-03-12", {"YEAR-COMPLETED", "CENTURY-ASSUMED", "INSZ-NOT-VALID"}),
        ("12/03/2025", insz.compose(date(1925, 3, 12), 901), "2025-03-12", {"INSZ-OTHER-BIRTH-DATE"}),
    ],
)
def test_a_valid_national_number_of_the_same_day_tells_the_century(
    cell: str, number: str, loaded: str, codes: set[str]
) -> None:
    record = build("patient", birth_date=cell, insz=number)
    assert record.values["birthDate"] == loaded
    assert {one.code for one in record.findings} == codes


@given(st.dates(date(1927, 1, 1), date(2026, 11, 22)), st.integers(1, 499))
def test_with_its_national_number_every_birth_date_of_two_digits_is_loaded_as_it_is(day: date, sequence: int) -> None:
    record = build("patient", birth_date=f"{day:%d/%m/%y}", insz=insz.compose(day, 2 * sequence - 1))
    assert record.values["birthDate"] == day.isoformat()
    assert {one.code for one in record.findings} == {"YEAR-COMPLETED"}


@pytest.mark.parametrize(
    ("day", "start", "due", "codes"),
    [
        ("06/05/2019", "9u30", "2019-05-06T07:30:00.000Z", []),
        ("2019-05-06 00:00:00.000", "1899-12-30 09:30:00.000", "2019-05-06T07:30:00.000Z", []),
        ("06/05/2019 00:00:00", "06/05/2019 9:30:00", "2019-05-06T07:30:00.000Z", []),
        ("06/05/2019 09:30", "", "2019-05-06T07:30:00.000Z", []),
        ("2019-05-06T07:30:00Z", "", "2019-05-06T07:30:00.000Z", []),
        ("06/05/2019", "", "2019-05-05T22:00:00.000Z", ["HOUR-ASSUMED"]),
        ("06/05/2019", "-", "2019-05-05T22:00:00.000Z", ["PLACEHOLDER", "HOUR-ASSUMED"]),
        ("06/05/2019", "halfweg", "2019-05-05T22:00:00.000Z", ["NOT-A-TIME", "HOUR-ASSUMED"]),
        ("06/05/2019", "07/05/2019 9:30:00", "2019-05-05T22:00:00.000Z", ["NOT-A-TIME", "HOUR-ASSUMED"]),
    ],
)
def test_an_appointment_never_gets_an_hour_that_nobody_wrote_without_a_word(
    day: str, start: str, due: str, codes: list[str]
) -> None:
    record = build("appointment", date=day, start=start)
    assert record.values["dueAt"] == due
    assert [one.code for one in record.findings] == codes
    assert not FORMS & {"HOUR-ASSUMED"}


def test_an_appointment_in_one_cell_that_has_no_hour_is_a_doubt_too() -> None:
    record = build_line("task.dueAt", "moment", "06/05/2019", timed=True)
    assert [one.code for one in record.findings] == ["HOUR-ASSUMED"]
    assert build_line("task.dueAt", "moment", "06/05/2019 09:30", timed=True).findings == ()
    assert build_line("task.createdAt", "moment", "06/05/2019").findings == ()
    lines = {one.concept: one for one in builtin().sources["appointment"].lines}
    assert lines["appointment.moment"].with_ == {"timed": True}
