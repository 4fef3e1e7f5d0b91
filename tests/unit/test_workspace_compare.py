from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.workspace import Field, classify


def field(kind: str) -> Field:
    return Field(id="1", name="x", label="X", type=kind)


def phone(number: str, country: str = "BE", calling: str = "+32", more: Any = ()) -> dict[str, Any]:
    return {
        "primaryPhoneNumber": number,
        "primaryPhoneCountryCode": country,
        "primaryPhoneCallingCode": calling,
        "additionalPhones": list(more),
    }


def additional(number: str, country: str = "BE", calling: str = "+32") -> dict[str, str]:
    return {"number": number, "countryCode": country, "callingCode": calling}


NO_PHONE = phone("", "", "")


# What a Twenty 2.19 server gave back for what it was sent.
MEASURED = [
    ("TEXT", " a ", " a ", "equal"),
    ("TEXT", "a\r\nb", "a\r\nb", "equal"),
    ("TEXT", None, "", "normalised"),
    ("TEXT", "", "", "equal"),
    ("EMAILS", {"primaryEmail": "a@b.be"}, {"primaryEmail": "a@b.be", "additionalEmails": []}, "equal"),
    ("EMAILS", {"primaryEmail": "A@B.be"}, {"primaryEmail": "a@b.be", "additionalEmails": []}, "normalised"),
    (
        "EMAILS",
        {"primaryEmail": "", "additionalEmails": ["C@D.be", "b@c.be"]},
        {"primaryEmail": "", "additionalEmails": ["c@d.be", "b@c.be"]},
        "normalised",
    ),
    ("PHONES", {"primaryPhoneNumber": "+32475123456"}, phone("475123456"), "normalised"),
    ("PHONES", {"primaryPhoneNumber": "+32 (0)475 12.34.56"}, phone("475123456"), "normalised"),
    ("PHONES", {"primaryPhoneNumber": "+352 621 123 456"}, phone("621123456", "LU", "+352"), "normalised"),
    ("PHONES", {"primaryPhoneNumber": "+1 212 555 0100"}, phone("2125550100", "US", "+1"), "normalised"),
    (
        "PHONES",
        {"primaryPhoneNumber": "0475 12 34 56", "primaryPhoneCountryCode": "BE", "primaryPhoneCallingCode": "+32"},
        phone("475123456"),
        "normalised",
    ),
    ("PHONES", {"primaryPhoneNumber": "092223344", "primaryPhoneCountryCode": "BE"}, phone("92223344"), "normalised"),
    ("PHONES", {"primaryPhoneNumber": "475123456", "primaryPhoneCallingCode": "+32"}, phone("475123456"), "equal"),
    ("PHONES", phone("475123456"), phone("475123456"), "equal"),
    ("PHONES", {"primaryPhoneNumber": ""}, NO_PHONE, "equal"),
    ("PHONES", None, NO_PHONE, "normalised"),
    (
        "PHONES",
        {
            "primaryPhoneNumber": "475123456",
            "primaryPhoneCallingCode": "+32",
            "additionalPhones": [additional("0475123457")],
        },
        phone("475123456", more=[additional("475123457")]),
        "normalised",
    ),
    ("LINKS", {"primaryLinkUrl": "https://www.x.be"}, {"primaryLinkUrl": "https://www.x.be"}, "equal"),
    ("LINKS", {"primaryLinkUrl": "https://WWW.X.be/"}, {"primaryLinkUrl": "https://www.x.be"}, "normalised"),
    ("LINKS", {"primaryLinkUrl": "https://www.x.be/A/"}, {"primaryLinkUrl": "https://www.x.be/A"}, "normalised"),
    ("LINKS", {"primaryLinkUrl": "HTTP://X.be"}, {"primaryLinkUrl": "http://x.be"}, "normalised"),
    ("LINKS", {"primaryLinkUrl": "https://x.be:443/?q=A#F"}, {"primaryLinkUrl": "https://x.be/?q=A#F"}, "normalised"),
    ("LINKS", {"primaryLinkUrl": "https://x.be/a b"}, {"primaryLinkUrl": "https://x.be/a%20b"}, "normalised"),
    ("LINKS", {"primaryLinkUrl": "https://x.be/é"}, {"primaryLinkUrl": "https://x.be/%C3%A9"}, "normalised"),
    ("LINKS", {"primaryLinkUrl": "https://x.be?"}, {"primaryLinkUrl": "https://x.be"}, "normalised"),
    ("LINKS", {"primaryLinkUrl": "www.X.be/Path"}, {"primaryLinkUrl": "www.X.be/Path"}, "equal"),
    (
        "LINKS",
        {"primaryLinkUrl": "https://x.be", "secondaryLinks": [{"url": "https://Y.be/", "label": "l"}]},
        {"primaryLinkUrl": "https://x.be", "secondaryLinks": [{"url": "https://y.be", "label": "l"}]},
        "normalised",
    ),
    ("ADDRESS", {"addressCity": "Hasselt"}, {"addressCity": "Hasselt", "addressStreet1": ""}, "equal"),
    ("ADDRESS", {"addressCountry": None}, {"addressCountry": ""}, "normalised"),
    ("ADDRESS", {"addressLat": 50.5, "addressLng": "4.3"}, {"addressLat": 50.5, "addressLng": 4.3}, "equal"),
    ("NUMBER", 1, 1.0, "equal"),
    ("NUMBER", 0, 0, "equal"),
    ("DATE", "2024-02-03", "2024-02-03", "equal"),
    ("DATE", "2024-2-3", "2024-02-03", "normalised"),
    ("DATE_TIME", "2024-02-03T10:11:12Z", "2024-02-03T10:11:12.000Z", "equal"),
    ("DATE_TIME", "2024-02-03T10:11:12+01:00", "2024-02-03T09:11:12.000Z", "equal"),
    ("DATE_TIME", "2024-02-03T10:11:12", "2024-02-03T10:11:12.000Z", "equal"),
    ("DATE_TIME", "2024-02-03T10:11:12.123456Z", "2024-02-03T10:11:12.123Z", "truncated"),
    ("DATE_TIME", "1899-12-31T23:00:00Z", "1899-12-31T23:00:00.000Z", "equal"),
    ("FULL_NAME", {"firstName": None, "lastName": ""}, {"firstName": "", "lastName": ""}, "normalised"),
    ("ARRAY", ["b", "a"], ["b", "a"], "equal"),
    ("ARRAY", None, [], "normalised"),
    ("ARRAY", "a", ["a"], "normalised"),
    ("MULTI_SELECT", ["C", "A"], ["C", "A"], "equal"),
    ("RAW_JSON", {"b": 1, "a": [1]}, {"a": [1], "b": 1}, "equal"),
    ("RAW_JSON", '{"a":1}', {"a": 1}, "normalised"),
    ("RAW_JSON", {}, None, "normalised"),
    ("BOOLEAN", False, False, "equal"),
    (
        "CURRENCY",
        {"amountMicros": "45500000", "currencyCode": "EUR"},
        {"amountMicros": 45500000, "currencyCode": "EUR"},
        "equal",
    ),
    ("CURRENCY", {"amountMicros": 1.9}, {"amountMicros": 1, "currencyCode": None}, "truncated"),
    ("CURRENCY", {"amountMicros": 1, "currencyCode": ""}, {"amountMicros": 1, "currencyCode": None}, "normalised"),
    ("UUID", "AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "normalised"),
    ("RICH_TEXT", {"markdown": "# T\n\n- a"}, {"markdown": "# T\n\n- a", "blocknote": "[…]"}, "equal"),
    ("RICH_TEXT", {"markdown": ""}, {"markdown": "", "blocknote": None}, "equal"),
    (
        "ACTOR",
        {"source": "IMPORT", "name": "B", "context": {}},
        {"source": "IMPORT", "name": "B", "context": None},
        "normalised",
    ),
    (
        "FILES",
        [{"fileId": "a1", "label": "x.pdf"}],
        [{"fileId": "a1", "label": "x.pdf", "extension": ".pdf", "url": "https://…"}],
        "equal",
    ),
    ("POSITION", 3, 3, "equal"),
    ("RELATION", UUID("75c8462a-42a9-563a-9d5e-ad8dddf1a13e"), "75c8462a-42a9-563a-9d5e-ad8dddf1a13e", "equal"),
    ("RELATION", None, None, "equal"),
]


@pytest.mark.parametrize(("kind", "sent", "got", "expected"), MEASURED)
def test_what_a_real_server_gives_back(kind: str, sent: Any, got: Any, expected: str) -> None:
    assert classify(field(kind), sent, got) == expected


WRONG = [
    ("TEXT", "Jan", "Jana", "changed"),
    ("TEXT", "Jan", "jan", "changed"),
    ("TEXT", "Jan Janssens", "Jan", "truncated"),
    ("TEXT", "Jan", "", "missing"),
    ("TEXT", "Jan", None, "missing"),
    ("TEXT", None, "Jan", "changed"),
    ("TEXT", " a", "a", "changed"),
    ("EMAILS", {"primaryEmail": "a@b.be"}, {"primaryEmail": ""}, "missing"),
    ("EMAILS", {"primaryEmail": "a@b.be"}, {"primaryEmail": "b@b.be"}, "changed"),
    ("EMAILS", {"additionalEmails": ["a@b.be", "c@d.be"]}, {"additionalEmails": ["a@b.be"]}, "truncated"),
    ("EMAILS", {"additionalEmails": ["a@b.be", "c@d.be"]}, {"additionalEmails": ["c@d.be", "a@b.be"]}, "changed"),
    ("PHONES", {"primaryPhoneNumber": "+32475123456"}, phone("475123457"), "changed"),
    ("PHONES", {"primaryPhoneNumber": "+32475123456"}, phone("475123456", "NL", "+31"), "changed"),
    ("PHONES", {"primaryPhoneNumber": "+32475123456"}, NO_PHONE, "missing"),
    ("PHONES", {"primaryPhoneNumber": "+32475123456"}, None, "missing"),
    ("PHONES", phone("475123456"), phone("475123456", "FR"), "changed"),
    ("PHONES", {"primaryPhoneNumber": ""}, phone("475123456"), "changed"),
    (
        "PHONES",
        {"additionalPhones": [additional("1"), additional("2")]},
        phone("", more=[additional("1")]),
        "truncated",
    ),
    ("LINKS", {"primaryLinkUrl": "https://x.be/a"}, {"primaryLinkUrl": "https://x.be/A"}, "changed"),
    ("FULL_NAME", {"firstName": "An", "lastName": "B"}, {"firstName": "An", "lastName": ""}, "missing"),
    ("NUMBER", 1, 2, "changed"),
    ("NUMBER", 0, None, "missing"),
    ("BOOLEAN", False, None, "missing"),
    ("BOOLEAN", True, False, "changed"),
    ("DATE", "2024-03-02", "2024-02-03", "changed"),
    ("DATE", "gisteren", "2024-02-03", "changed"),
    ("DATE_TIME", "2024-02-03T10:00:00+01:00", "2024-02-03T10:00:00.000Z", "changed"),
    ("DATE_TIME", "2024-02-03T10:00:00Z", None, "missing"),
    ("MULTI_SELECT", ["A", "B"], ["B", "A"], "normalised"),
    ("MULTI_SELECT", ["A", "B"], ["A"], "truncated"),
    ("MULTI_SELECT", ["A", "B"], ["A", "C"], "changed"),
    ("ARRAY", ["a", "b"], ["b", "a"], "changed"),
    ("SELECT", "TODO", "DONE", "changed"),
    ("RAW_JSON", {"a": 1}, {"a": 2}, "changed"),
    ("RAW_JSON", "no json", {"a": 2}, "changed"),
    ("CURRENCY", {"amountMicros": 9007199254740993}, {"amountMicros": 9007199254740992}, "changed"),
    ("CURRENCY", {"amountMicros": 1, "currencyCode": "EUR"}, {"amountMicros": 1, "currencyCode": "USD"}, "changed"),
    ("RELATION", "75c8462a-42a9-563a-9d5e-ad8dddf1a13e", None, "missing"),
    ("FILES", [{"fileId": "a1", "label": "x"}], [], "missing"),
    ("FILES", [{"fileId": "a1", "label": "x"}], [{"fileId": "a2", "label": "x"}], "changed"),
    ("RICH_TEXT", {"markdown": "een twee drie"}, {"markdown": "een twee"}, "truncated"),
    ("RICH_TEXT", {"markdown": "een twee"}, {"markdown": "een drie"}, "changed"),
]


@pytest.mark.parametrize(("kind", "sent", "got", "expected"), WRONG)
def test_what_is_not_the_same_is_told_apart(kind: str, sent: Any, got: Any, expected: str) -> None:
    assert classify(field(kind), sent, got) == expected


@pytest.mark.parametrize(
    "got",
    ["\\* een\n\n\\* twee", "* een  \n* twee\n", "- een\n- twee", "* een\r\n* twee"],
)
def test_markdown_made_anew_from_blocks_is_the_same_text(got: str) -> None:
    assert classify(field("RICH_TEXT_V2"), {"markdown": "* een\n* twee"}, {"markdown": got}) == "normalised"


@given(st.integers(min_value=-4_000_000_000_000, max_value=7_000_000_000_000))
def test_a_moment_survives_as_it_is_kept(milliseconds: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    stored = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert classify(field("DATE_TIME"), moment.isoformat(), stored) == "equal"


@given(st.text(), st.text())
def test_two_texts_are_equal_only_when_they_are(left: str, right: str) -> None:
    found = classify(field("TEXT"), left, right)
    assert (found == "equal") == (left == right)
    assert found != "normalised"
