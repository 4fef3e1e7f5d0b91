"""Insurers and entitlement codes as cells hold them; postal codes and the cities beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.belgium import entitlement, mutualities, postal_codes

CODES = sorted(postal_codes._rows())


@pytest.mark.parametrize(
    ("text", "verdict", "number", "union"),
    [
        ("100", "KNOWN", "100", "100"),
        ("228", "KNOWN", "228", "200"),
        ("306", "KNOWN", "306", "300"),
        ("900", "KNOWN", "900", "900"),
        ("131", "OTHER_FUND", "131", "100"),
        ("131.0", "OTHER_FUND", "131", "100"),
        ("131 - CM Limburg", "OTHER_FUND", "131", "100"),
        ("526: Helan", "OTHER_FUND", "526", "500"),
        ("206 - CM Limburg", "CONFLICT", "206", "200"),
        ("712", "IMPOSSIBLE", "712", None),
        ("012", "IMPOSSIBLE", "012", None),
        ("MC", "BY_NAME", "", "100"),
        ("De Voorzorg Limburg", "BY_NAME", "", "300"),
        ("Landsbond der Christelijke Mutualiteiten", "BY_NAME", "", "100"),
        ("Union nationale des mutualités libres", "BY_NAME", "", "500"),
        ("Symbio", "BY_NAME", "", "200"),
        ("Freie Krankenkasse", "BY_NAME", "", "500"),
        ("SNCB", "BY_NAME", "", "900"),
        ("zelf", "UNKNOWN_NAME", "", None),
        ("1310", "UNKNOWN_NAME", "", None),
        ("", "EMPTY", "", None),
    ],
)
def test_insurers_as_cells_name_them(text: str, verdict: str, number: str, union: str | None) -> None:
    found = mutualities.read(text)

    assert (found.verdict, found.number, found.union and found.union.number) == (verdict, number, union)


@given(st.integers(0, 999).map("{:03d}".format), st.sampled_from(["", " - fonds", ".0", " "]))
def test_a_number_is_kept_whether_or_not_its_fund_still_exists(number: str, rest: str) -> None:
    assert mutualities.read(number + rest).number == number


@pytest.mark.parametrize("union", mutualities.UNIONS.values(), ids=lambda one: one.number)
def test_every_union_is_known_by_its_number_and_its_names(union: mutualities.Union) -> None:
    for text in (union.number, union.nl, union.fr.upper()):
        assert mutualities.union_of(text) is union


@pytest.mark.parametrize(
    ("text", "kind", "verdict", "code"),
    [
        ("110", "CT1", "VALID", "110"),
        (" 450 ", "CT1", "VALID", "450"),
        ("460", "CT1", "UNKNOWN_CODE", "460"),
        ("000", "CT2", "VALID", "000"),
        ("0", "CT2", "REPAIRED", "000"),
        ("111.0", "CT1", "REPAIRED", "111"),
        ("000", "CT1", "UNKNOWN_CODE", "000"),
        ("114", "CT1", "UNKNOWN_CODE", "114"),
        ("114", "CT2", "VALID", "114"),
        ("BIM", "CT1", "NOT_A_CODE", ""),
        (" ", "CT2", "EMPTY", ""),
    ],
)
def test_entitlement_codes_as_cells_hold_them(text: str, kind: entitlement.Kind, verdict: str, code: str) -> None:
    assert entitlement.read(text, kind) == entitlement.Reading(verdict, code)  # type: ignore[arg-type]


@given(st.text(), st.sampled_from(["CT1", "CT2"]))
def test_no_text_makes_a_reader_fail(text: str, kind: entitlement.Kind) -> None:
    assert entitlement.read(text, kind).verdict.isupper()
    assert mutualities.read(text).verdict.isupper()
    assert postal_codes.read(text).verdict.isupper()
    assert postal_codes.fit("9000", text) in {"FITS", "OTHER_CITY", "NOT_KNOWN"}


# --- postal codes ----------------------------------------------------------------------------------------------------


def test_the_list_is_statbels() -> None:
    assert len(CODES) == 1149
    assert [code for code in CODES if len(postal_codes.names_of(code)) > 1] == ["1040", "1050", "1804"]
    assert postal_codes.names_of("4000") == (("Luik", "Liège"),)


@given(st.integers(0, 9999).map("{:04d}".format))
def test_four_digits_are_a_code_exactly_where_the_list_has_them(code: str) -> None:
    verdict = postal_codes.read(code).verdict

    assert (verdict == "VALID") == (code in CODES)
    assert verdict in {"VALID", "SPECIAL", "UNKNOWN_CODE"}


@given(st.sampled_from(CODES), st.sampled_from(["{}", " {} ", "B-{}", "BE {}", "b{}", "{}.0"]))
def test_the_way_of_writing_does_not_change_the_code(code: str, way: str) -> None:
    found = postal_codes.read(way.format(code))

    assert found.code == code
    assert found.verdict == ("REPAIRED" if way.endswith(".0") else "VALID")


@given(st.sampled_from(CODES))
def test_a_code_fits_its_own_municipalities_in_both_languages_and_any_case(code: str) -> None:
    for pair in postal_codes.names_of(code):
        for name in pair:
            assert postal_codes.fit(code, name) == "FITS"
            assert postal_codes.fit(code, name.upper().replace("-", " ")) == "FITS"


@pytest.mark.parametrize(
    ("text", "verdict", "code", "city", "country"),
    [
        ("0612", "SPECIAL", "0612", "", ""),
        ("612", "REPAIRED", "0612", "", ""),
        ("1005", "SPECIAL", "1005", "", ""),
        ("4999", "UNKNOWN_CODE", "4999", "", ""),
        ("9000 Gent", "VALID", "9000", "Gent", ""),
        ("4780, Sankt Vith", "VALID", "4780", "Sankt Vith", ""),
        ("5611 AB", "FOREIGN", "", "", "NL"),
        ("5611AB", "FOREIGN", "", "", "NL"),
        ("L-1234", "FOREIGN", "", "", "LU"),
        ("F-59000", "FOREIGN", "", "", "FR"),
        ("D-52062", "FOREIGN", "", "", "DE"),
        ("59000", "FOREIGN", "", "", ""),
        ("Gent", "NOT_A_CODE", "", "", ""),
        ("900", "NOT_A_CODE", "", "", ""),
        ("", "EMPTY", "", "", ""),
    ],
)
def test_postal_codes_as_cells_hold_them(text: str, verdict: str, code: str, city: str, country: str) -> None:
    assert postal_codes.read(text) == postal_codes.Reading(verdict, code, city, country)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "city", "fit"),
    [
        ("1000", "Brussel", "FITS"),
        ("1030", "Bruxelles", "FITS"),  # what people write for any municipality of the region
        ("1030", "Schaarbeek", "FITS"),
        ("1050", "Ixelles", "FITS"),
        ("2000", "Anvers", "FITS"),
        ("4000", "Lüttich", "FITS"),
        ("7000", "Bergen", "FITS"),
        ("8500", "Courtrai", "FITS"),
        ("9100", "St.-Niklaas", "FITS"),
        ("4780", "St. Vith", "FITS"),
        ("9000", "Gent (Gentbrugge)", "FITS"),
        ("2100", "Deurne", "NOT_KNOWN"),  # a part of Antwerp, which the list does not name
        ("2100", "Gent", "OTHER_CITY"),
        ("9000", "Bruxelles", "OTHER_CITY"),
        ("4999", "Gent", "NOT_KNOWN"),
        ("9000", "", "NOT_KNOWN"),
    ],
)
def test_a_city_fits_its_code_or_another_or_is_not_known(code: str, city: str, fit: str) -> None:
    assert postal_codes.fit(code, city) == fit
