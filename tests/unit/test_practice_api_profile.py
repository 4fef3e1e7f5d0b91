from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridgework.errors import UsageError
from bridgework.mapping.recognise import recognise
from bridgework.practice.api import calls_needed, load_profile, shipped
from bridgework.practice.api.entries import Entry, ObjectEntry, ProfileEntry
from bridgework.practice.api.loading import parse_profile
from bridgework.twins.dentadmin.export_format import TABLES
from tests.unit.practice_api_fake import HEAD, PLAIN, profile

ROOT = Path(__file__).parent.parent.parent


def wrong(text: str) -> tuple[str, list[str]]:
    """Where a profile is wrong, and each problem on a line."""
    with pytest.raises(UsageError) as caught:
        parse_profile(text, "mine.yaml")
    assert caught.value.code == "PROFILE-WRONG"
    assert caught.value.next_step
    return caught.value.where, caught.value.why.splitlines()


def one_object(lines: str) -> str:
    return f"{HEAD}objects:\n  patient:\n" + "".join(f"    {line}\n" for line in lines.strip().splitlines())


GOOD = "path: /patients\nid: id\npaging: none\n"


def test_all_problems_are_told_at_once_each_with_its_line_and_what_to_write() -> None:
    where, why = wrong("""bridgework_api: 1
base_url: http://api.example.be
authentication: {by: header}
defaults:
  paging: {by: page, pagee: p, first: x}
  page_size: 0
objects:
  patient:
    path: patients
    id: id
    colour: red
  line:
    inside: bill
    id: id
  Invoice:
    path: /{y}
    id: []
    fields: {a: 5, b: {de: Name}}
""")
    assert where == "mine.yaml, line 1"
    assert why == [
        "line 1, name: `name` is missing: write `name: …`",
        "line 2, base_url: write it with https://: over http:// others could read the key and the patients' data",
        "line 3, authentication.name: `name` is missing: write `name: …`",
        "line 5, defaults.paging.first: a whole number is expected, such as 100",
        "line 5, defaults.paging.pagee: there is no such entry here; did you mean `page`?",
        "line 6, defaults.page_size: 1 or more is expected",
        "line 9, objects.patient.path: a path is expected, which begins with / and is added to the base URL",
        (
            "line 11, objects.patient.colour: there is no such entry here; there are "
            + ", ".join(ObjectEntry.model_fields)
        ),
        "line 12, objects.line: `records` is missing: write where they are in the other's, such as `records: lines`",
        "line 15, objects.Invoice: an object's name is small letters, digits and _, such as patient or invoice_line",
        "line 16, objects.Invoice.path: `{object}` is the only placeholder in the path of a list; y cannot be filled in",  # noqa: E501
        "line 17, objects.Invoice.id: at least one is expected",
        "line 18, objects.Invoice.fields.a: a header is expected: a text, or {nl: Naam, fr: Nom}",
        "line 18, objects.Invoice.fields.b.de: there is no such entry here; there are nl, fr, en",
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("id: id\npaging: none", "`path` is missing"),
        ("path: /p\npaging: none", "`id` is missing"),
        ("path: /p\nid: id", "`paging` is missing"),
        (GOOD.replace("none", "{by: number}"), "`by` is expected, and one of page, offset, cursor, link, none"),
        (GOOD.replace("none", "{by: cursor}"), "`next` is missing: write `next: meta.next_cursor`"),
        (GOOD.replace("none", "page") + "page_size: 10", "add `size: …`"),
        (GOOD.replace("none", "{by: page, size: s}") + "page_size: 10\nlargest_page_size: 5", "write that or less"),
        (GOOD.replace("/patients", "/patients?x=1"), "a path has no ?"),
        (GOOD.replace("/patients", "/a/../b"), "a path has no ?"),
        (GOOD.replace("/patients", '"/a/{b-c}"'), "a placeholder is written {name}"),
        (GOOD + "detail: /patients", "needs a placeholder"),
        (GOOD + "download: /files/{}", "a placeholder is written {name}"),
        (GOOD + "records: $.items[*]", "a dotted path is expected"),
        (GOOD + "records: .items", "a dotted path is expected"),
        (GOOD + "parent: x", "only an object that is `inside` another"),
        (GOOD + "method: PUT", "'GET' or 'POST' is expected"),
        (GOOD + "parameters: {a: [1]}", "a GET takes one text or number"),
        (GOOD + 'parameters: {a: "{patient}"}', "`{object}` and nothing else"),
        (GOOD + "changed_since: {parameter: a, format: day}", "iso, seconds, milliseconds"),
        (GOOD + "changed_since: {parameter: a, zone: Mars}", "a time zone is expected"),
        (GOOD + "fields: {a: {nl: Nr}, b: {nl: Nr, fr: N}}", "has the same header as a (nl)"),
        (GOOD + "fields: [a]", "entries are expected under it"),
        (GOOD.replace("id: id", "id: 5"), "a name or a list is expected"),
    ],
)
def test_what_is_wrong_with_an_object_is_told(lines: str, told: str) -> None:
    _, why = wrong(one_object(lines))
    assert len(why) == 1
    assert told in why[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [1", "line 1"),
        ("a: 1\na: sesame\n", "line 2"),
        ("[1, 2]", "line 1"),
        ("", "line 1"),
        ("x: &x {a: 1}\nobjects:\n  p:\n    <<: *x\n    b: 1\n", "line 1"),
        ("\ta: 1", "line 1"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line_and_never_quoted(text: str, told: str) -> None:
    where, why = wrong(text)
    assert told in where
    assert "sesame" not in "".join(why)


@pytest.mark.parametrize(
    "secret",
    [
        "authentication: {by: header, name: X, key: sesame, api_key: sesame}",
        "authentication: {by: oauth2, token_url: /t, client_secret: sesame}",
        "authentication: {by: basic, password: sesame}",
        "password: sesame",
        "headers: {Authorization: sesame}",
        "headers: {X-Api-Key: sesame}",
        "headers: {X: Bearer sesame-sesame}",
        "defaults: {parameters: {apiKey: sesame}}",
        "defaults: {parameters: {filter: {token: sesame}}}",
        "base_url: https://user:sesame@api.example.test",
        "base_url: https://api.example.test?api_key=sesame",
    ],
)
def test_a_secret_in_a_profile_is_refused_and_not_repeated(secret: str) -> None:
    name = secret.partition(":")[0]
    text = re.sub(rf"^{name}:.*\n", "", PLAIN, flags=re.MULTILINE) + secret + "\n"
    _, why = wrong(text)
    assert "sesame" not in "".join(why)
    assert any("a profile holds no secret" in line or "what is asked for goes under" in line for line in why)


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("https://api.example.be", False),
        ("http://127.0.0.1:8000", False),
        ("http://localhost/x", False),
        ("http://[::1]:80", False),
        ("http://192.168.1.10:8080", True),
        ("http://server", True),
        ("http://dentadmin.local", True),
    ],
)
def test_plain_http_stays_in_the_building_and_is_warned_of(url: str, warned: bool) -> None:
    found = profile().at(url)
    assert found.base_url == url.rstrip("/")
    assert bool(found.warnings()) == warned


@pytest.mark.parametrize("url", ["http://api.example.be", "http://8.8.8.8", "ftp://x", "x", "https://u:p@x.be", ""])
def test_an_address_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        profile().at(url)
    assert caught.value.code == "API-BAD-URL"


INHERITING = (
    HEAD
    + """
defaults:
  path: /{object}s
  method: POST
  parameters: {kind: "{object}"}
  id: number
  paging: {by: cursor, next: next}
  total: total
  changed_since: since
  detail: /{object}s/{number}
objects:
  patient:
  invoice:
    path: /bills
    changed_since: none
    detail: ~
    total: none
    paging: page
    fields: {number: Factuurnummer}
  line: {inside: invoice, records: lines, id: [n]}
"""
)


def test_objects_inherit_the_defaults_and_can_take_them_away() -> None:
    found = profile(INHERITING)
    patient, invoice, line = (found.object(name) for name in ("patient", "invoice", "line"))

    assert (patient.path, patient.parameters, patient.total) == ("/patients", {"kind": "patient"}, "total")
    assert patient.detail is not None
    assert patient.detail.path == "/patients/{number}"
    assert (invoice.path, invoice.id, invoice.paging.by) == ("/bills", ("number",), "page")
    assert (invoice.changed_since, invoice.detail, invoice.total) == (None, None, None)
    assert (line.inside, line.records, line.detail, line.total) == ("invoice", "lines", None, None)


NAMED = one_object(
    GOOD.replace("id: id", "id: nr") + "fields: {nr: {nl: Patiëntnr, fr: N° patient}, name: {nl: Naam}, x: X}"
)


def test_headers_are_those_of_the_language_or_those_that_an_export_has() -> None:
    found = profile(NAMED)

    assert found.headers("patient", "nl") == {"Patiëntnr": "nr", "Naam": "name", "X": "x"}
    assert found.headers("patient", "fr") == {"N° patient": "nr", "Naam": "name", "X": "x"}
    assert found.headers("patient", "fr", ["naam ", "PATIËNTNR"]) == {"PATIËNTNR": "nr", "naam ": "name", "X": "x"}
    assert found.key_headers("patient", "fr") == ("N° patient",)
    assert found.key_headers("patient", "fr", {"Patiëntnr"}) == ("Patiëntnr",)


def test_a_field_that_is_not_listed_keeps_its_path_as_header() -> None:
    found = profile(NAMED)
    extra = found.unlisted("patient", [b'{"nr": 1, "deep": {"er": 2}, "X": 3}'])
    assert found.headers("patient", "nl", (), extra) == {
        "Patiëntnr": "nr",
        "Naam": "name",
        "X": "x",
        "deep.er": "deep.er",
        "X'": "X",
    }


def test_the_digest_is_of_what_the_profile_says_and_not_of_its_layout() -> None:
    again = "# a comment\n" + PLAIN.replace("{by: page, size: size}", "{size: size, by: page}")
    assert profile(again).digest == profile().digest
    assert profile(PLAIN.replace("items", "rows")).digest != profile().digest


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("since", "2026-03-29T00:30:00Z"),
        ("{parameter: since, zone: Europe/Brussels}", "2026-03-29T01:30:00+01:00"),
        ("{parameter: since, format: seconds}", "1774744200"),
        ("{parameter: since, format: milliseconds}", "1774744200000"),
        ('{parameter: since, format: "%d/%m/%Y %H:%M", zone: Europe/Brussels}', "29/03/2026 01:30"),
    ],
)
def test_changed_since_is_written_as_the_api_wants_it(entry: str, text: str) -> None:
    found = profile(one_object(GOOD + f"changed_since: {entry}")).object("patient").changed_since
    assert found is not None
    assert found.write(datetime(2026, 3, 29, 0, 30, tzinfo=UTC)) == text


@pytest.mark.parametrize(
    ("lines", "total", "served", "calls"),
    [
        (GOOD, 5000, None, 1),
        (GOOD.replace("none", "{by: page, size: s}") + "page_size: 500\ntotal: t", 40_000, None, 80),
        (GOOD.replace("none", "{by: page, size: s}") + "page_size: 500\ntotal: t", 40_000, 100, 400),
        (GOOD.replace("none", "{by: page, size: s}") + "page_size: 500\ntotal: t", 0, None, 1),
        (GOOD.replace("none", "{by: page, size: s}") + "page_size: 500\ntotal: t", 501, None, 2),
        (GOOD.replace("none", "{by: page, size: s}") + "page_size: 500", 1000, None, 3),
        (GOOD.replace("none", "{by: link, size: s}") + "largest_page_size: 250", 1000, None, 4),
        (GOOD.replace("none", "{by: page, size: s}") + "page_size: 50\ntotal: t\ndetail: /p/{id}", 100, None, 102),
        (GOOD + "download: /f/{id}", 100, None, 101),
    ],
)
def test_the_calls_that_an_object_needs(lines: str, total: int, served: int | None, calls: int) -> None:
    assert calls_needed(profile(one_object(lines)).object("patient"), total, served) == calls


def test_a_profile_is_found_by_its_name_or_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(PLAIN, encoding="utf-8")
    assert load_profile("mine.yaml", tmp_path).name == "Example"
    assert load_profile("dentadmin-twin", tmp_path).name == "DentAdmin twin"
    with pytest.raises(UsageError) as caught:
        load_profile("none", tmp_path)
    assert caught.value.code == "PROFILE-UNKNOWN"
    assert "dentadmin-twin" in caught.value.next_step
    (tmp_path / "mine.yaml").write_bytes(PLAIN.encode("utf-16"))
    with pytest.raises(UsageError) as caught:
        load_profile("mine.yaml", tmp_path)
    assert caught.value.code == "PROFILE-WRONG"


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_profile_can_be_loaded(name: str) -> None:
    found = load_profile(name, Path())
    for object_ in found.objects:
        assert (
            len(found.headers(object_, "nl")) == len(found.headers(object_, "fr")) == len(found.object(object_).paths)
        )


def test_the_twins_profile_has_every_column_of_the_export_under_its_headers() -> None:
    found = load_profile("dentadmin-twin", Path())
    assert set(found.objects) == {table.object for table in TABLES}
    for table in TABLES:
        fields = found.object(table.object).fields
        assert {path: (names.nl, names.fr) for path, names in fields.items()} == {
            column.key: (column.nl, column.fr) for column in table.columns
        }
        for language in ("nl", "fr"):
            headers = list(found.headers(table.object, language))
            known = recognise({f"{table.nl if language == 'nl' else table.fr}.csv": headers})
            assert [one.object for one in known.values()] == [table.object]


def test_the_template_shows_every_entry_that_there_is() -> None:
    text = (ROOT / "src/bridgework/practice/api/profiles/template.yaml").read_text(encoding="utf-8")
    names = {*ObjectEntry.model_fields, *ProfileEntry.model_fields}
    assert [name for name in names if f"{name}:" not in text] == []


def test_the_page_on_profiles_speaks_of_every_entry_and_its_example_can_be_loaded() -> None:
    page = (ROOT / "docs/how-do-i-describe-an-api.md").read_text(encoding="utf-8")
    entries = {*Entry.model_fields, *ProfileEntry.model_fields, "inside", "parent", "fields"} - {"defaults", "objects"}
    assert [name for name in entries if f"`{name}`" not in page] == []
    [example] = [block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "bridgework_api" in block]
    assert set(parse_profile(example).objects) == {"patient", "appointment"}
