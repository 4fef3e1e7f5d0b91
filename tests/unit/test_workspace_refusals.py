from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridgework.workspace.refusals import read_answer
from bridgework.workspace.rejection import Kind, Rejection

SECRET = "Jan Janssens 85.07.30-033.28"


def graphql(message: str, code: str = "BAD_USER_INPUT", **extensions: Any) -> Rejection:
    error = {"message": message, "extensions": {"code": code, **extensions}}
    data, found = read_answer(200, {}, orjson.dumps({"data": {"createPeople": None}, "errors": [error]}))
    assert found is not None
    del data
    return found


def answer(status: int, body: Any, **headers: str) -> Rejection:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    _, found = read_answer(status, headers, content)
    assert found is not None
    return found


def test_an_answer_without_errors_is_data() -> None:
    assert read_answer(200, {}, b'{"data":{"people":{"totalCount":1}}}') == ({"people": {"totalCount": 1}}, None)


@pytest.mark.parametrize(
    "found",
    [
        answer(429, {"statusCode": 429, "messages": ["Limit reached (100 tokens per 60000 ms)"]}),
        graphql("Limit reached (100 tokens per 60000 ms)", subCode="LIMIT_REACHED"),
        graphql("Limit reached (100 tokens per 60000 ms)"),
        answer(400, {"statusCode": 400, "messages": ["Limit reached (100 tokens per 60000 ms)"]}),
        graphql("Slow down", "RATE_LIMITED", limit=100, periodCount=1, periodUnit="minute"),
    ],
)
def test_every_shape_of_the_rate_limit_is_one_and_tells_the_limit(found: Rejection) -> None:
    assert (found.kind, found.limit, found.window) == (Kind.LIMIT, 100, 60.0)


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (graphql("Slow down", "RATE_LIMITED", retryAfterMs=1500), 1.5),
        (answer(429, {"statusCode": 429, "error": "RATE_LIMITED", "retryAfterSeconds": 7}), 7.0),
        (answer(429, b"<html>Too Many Requests</html>", **{"retry-after": "30"}), 30.0),
        (answer(429, {"messages": ["Limit reached (50 tokens per 60000 ms)"]}), None),
        (answer(429, b"", **{"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}), None),
    ],
)
def test_the_time_that_the_server_asks_for_is_read_in_all_its_places(found: Rejection, seconds: float | None) -> None:
    assert found.kind is Kind.LIMIT
    assert found.retry_after == seconds


@pytest.mark.parametrize(
    ("message", "code", "field"),
    [
        ("Invalid string value '{}' for email field \"emails.primaryEmail\"", "INVALID_EMAIL", "emails.primaryEmail"),
        ('Invalid string value {} for text field "jobTitle"', "INVALID_TEXT", "jobTitle"),
        ("Invalid value '{}' for date field \"issuedOn\". Expected format: 'YYYY-MM-DD'", "INVALID_DATE", "issuedOn"),
        (
            "Invalid value '{}' for date-time field \"createdAt\". Expected format: 'YYYY-MM-DDTHH:mm:ssZ'",
            "INVALID_DATE_TIME",
            "createdAt",
        ),
        ("Invalid number value '{}' for field \"lines\"", "INVALID_NUMBER", "lines"),
        ("Invalid boolean value '{}' for field \"thirdParty\"", "INVALID_BOOLEAN", "thirdParty"),
        ('Invalid value "{}" for field "status". Valid values are: TODO, DONE', "NOT_AN_OPTION", "status"),
        ("Invalid value [ '{}' ] for multi select field \"surfaces\"", "NOT_AN_OPTION", "surfaces"),
        ("Invalid object value '{}' for field \"raw\"", "INVALID_VALUE", "raw"),
        ('Invalid value "[ {} ]" for FILES field "file" - 0.fileId: Invalid UUID', "INVALID_FILE", "file"),
        ("Provided phone number is invalid {}", "INVALID_PHONE", ""),
        ('Value "{}" is not a valid UUID', "INVALID_ID", ""),
        ("The URL of the link is not valid", "INVALID_LINK", ""),
        ("Provided country code and calling code are conflicting", "INVALID_PHONE", ""),
        ("Something new about {}", "INVALID_VALUE", ""),
    ],
)
def test_a_value_in_a_message_gives_a_field_and_a_code_and_never_shows(message: str, code: str, field: str) -> None:
    found = graphql(message.format(SECRET), subCode="INVALID_ARGS_DATA", userFriendlyMessage=SECRET)
    assert (found.kind, found.code, found.field) == (Kind.VALUE, code, field)
    assert found.reason
    assert SECRET not in repr(found)
    assert SECRET not in f"{found.code}{found.field}{found.reason}"


@given(st.text(max_size=200))
def test_no_value_whatever_gets_into_what_is_shown(value: str) -> None:
    marked = f"⟦{value}⟧"
    for message in (
        f"Invalid string value '{marked}' for email field \"emails.primaryEmail\"",
        f"Provided phone number is invalid {marked}",
        f"{marked} is wrong",
    ):
        assert "⟦" not in repr(graphql(message, subCode="INVALID_ARGS_DATA"))


@pytest.mark.parametrize(
    "imitation",
    [
        'Object person doesn\'t have any "secret" field.',
        "A duplicate entry was detected",
        "Limit reached (1 tokens per 1 ms)",
        'x\' for email field "secret"',
        "request entity too large",
    ],
)
def test_a_value_that_imitates_a_message_does_not_decide(imitation: str) -> None:
    found = graphql(f"Invalid string value '{imitation}' for email field \"emails.primaryEmail\"")
    assert (found.kind, found.code, found.field) == (Kind.VALUE, "INVALID_EMAIL", "emails.primaryEmail")


def test_a_duplicate_names_the_record_in_the_way_where_the_server_does() -> None:
    live = graphql("A duplicate entry was detected", conflictingRecordId="75c8462a", conflictingObjectNameSingular="p")
    hidden = graphql("A duplicate entry was detected")
    old = graphql('A duplicate entry for domainNamePrimaryLinkUrl was found … unique constraint "IDX" was violated')
    assert [(one.kind, one.conflicting_id) for one in (live, hidden, old)] == [
        (Kind.DUPLICATE, "75c8462a"),
        (Kind.DUPLICATE, None),
        (Kind.DUPLICATE, None),
    ]


@pytest.mark.parametrize(
    ("message", "limit"),
    [("Maximum number of records to upsert is 200.", 200), ("Cannot update more than 60 records at once", 60)],
)
def test_too_many_records_tells_how_many_fit(message: str, limit: int) -> None:
    found = graphql(message, subCode="TOO_MANY_RECORDS_TO_UPDATE")
    assert (found.kind, found.limit) == (Kind.TOO_MANY, limit)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (graphql('Object person doesn\'t have any "bogus" field.'), Kind.UNKNOWN_FIELD),
        (graphql('insert or update on table "person" violates foreign key constraint "FK_1"'), Kind.REFERENCE),
        (graphql("Record not found", "NOT_FOUND", subCode="RECORD_NOT_FOUND"), Kind.NOT_FOUND),
        (graphql("Forbidden resource", "FORBIDDEN"), Kind.PERMISSION),
        (graphql("Token invalid.", "UNAUTHENTICATED"), Kind.KEY),
        (graphql("This API Key is revoked", "FORBIDDEN", subCode="FORBIDDEN_EXCEPTION"), Kind.KEY),
        (graphql("This API Key has expired", "FORBIDDEN"), Kind.KEY),
        (graphql("API Key with id 20202020-1c25 not found", "NOT_FOUND"), Kind.KEY),
        (graphql("Unknown token error.", "BAD_USER_INPUT", subCode="INVALID_INPUT"), Kind.KEY),
        (graphql("Workspace not found", "NOT_FOUND"), Kind.KEY),
        (graphql("Invalid value 'Token invalid.' for date field \"born\"", "BAD_USER_INPUT"), Kind.VALUE),
        (answer(403, {"statusCode": 403, "messages": ["This API Key is revoked"]}), Kind.KEY),
        (graphql("Internal server error", "INTERNAL_SERVER_ERROR"), Kind.SERVER),
        (graphql("Data validation error.", "INTERNAL_SERVER_ERROR"), Kind.VALUE),
        (graphql('Cannot query field "bwInvoices" on type "Query".', ""), Kind.DOCUMENT),
        (answer(401, {"statusCode": 401, "messages": ["Token invalid."], "error": "UNAUTHENTICATED"}), Kind.KEY),
        (answer(403, {"statusCode": 403, "messages": ["Missing authentication token"]}), Kind.KEY),
        (answer(403, {"statusCode": 403, "message": "Forbidden resource"}), Kind.PERMISSION),
        (answer(500, {"statusCode": 500, "messages": ["request entity too large"]}), Kind.TOO_LARGE),
        (answer(500, {"statusCode": 500, "messages": ["Boom"]}), Kind.SERVER),
        (answer(413, b"<html>413 Request Entity Too Large</html>"), Kind.TOO_LARGE),
        (answer(403, b"<html>Attention Required! | Cloudflare</html>"), Kind.PERMISSION),
        (answer(502, b"<html>Bad Gateway</html>"), Kind.SERVER),
        (answer(404, b"<html>nginx</html>"), Kind.NOT_FOUND),
        (answer(302, b""), Kind.NOT_FOUND),
        (answer(200, b"<html>Welcome</html>"), Kind.SERVER),
        (answer(200, b'{"data":{"createPeople":[{"id"'), Kind.SERVER),
        (answer(200, b""), Kind.SERVER),
        (answer(200, b"[]"), Kind.SERVER),
    ],
)
def test_each_kind_of_no_is_told_apart(found: Rejection, kind: Kind) -> None:
    assert found.kind is kind


def test_of_several_errors_the_one_that_does_not_pass_by_itself_decides() -> None:
    limit = {"message": "Limit reached (100 tokens per 60000 ms)", "extensions": {}}
    value = {"message": "Invalid number value 'x' for field \"lines\"", "extensions": {"code": "BAD_USER_INPUT"}}
    assert answer(200, {"errors": [limit, value]}).kind is Kind.VALUE


def test_a_refused_change_of_the_data_model_tells_why_without_what_it_quotes() -> None:
    entry = {
        "errors": [
            {"code": "INVALID_FIELD_INPUT", "message": f'Value must be in UPPER_CASE and follow snake_case "{SECRET}"'}
        ]
    }
    noise = {"errors": [{"code": "INVALID_VIEW_DATA", "message": "Field metadata not found"}]}
    found = graphql(
        "Multiple validation errors occurred while creating fields",
        "METADATA_VALIDATION_FAILED",
        errors={"viewField": [noise], "fieldMetadata": [entry]},
    )
    assert (found.kind, found.code) == (Kind.SCHEMA, "INVALID_FIELD_INPUT")
    assert found.reason == "Value must be in UPPER_CASE and follow snake_case …"
