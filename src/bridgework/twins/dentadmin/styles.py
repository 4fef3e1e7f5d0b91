"""The API styles in which the twin serves one and the same practice; a client needs a profile for each, and no code.

What holds in every style: `{object}` in a path is the object's name in the style's own spelling (`Style.collection`);
a cell arrives with exactly the text of the export (a JSON number is its literal text, null and an absent field are an
empty text); records keep one order, new ones come last; calls are counted, 429 names `Retry-After`; a key that is
missing or wrong is 401. `Style.path(column)` says where in a record a column of `export_format` is found.

What a client must do:

- **default** (`GET /api/v1/patient?page=1&page_size=100`): send the key as a bearer token; count pages from 1 until
  page × page_size reaches `total`; records under `records`, named by our column keys; at most 500 a page, more is
  400; `changed_since` as ISO 8601; files by name at `/api/v1/documents/{name}`.
- **offset** (`GET /rest/v1/patients?offset=0&limit=100`): send the key in `X-Api-Key`; go on by as many records as
  came, since a limit over 200 is quietly cut to 200; records under `data.items` in camelCase, `data.total`;
  `modifiedAfter` as dd/mm/yyyy; files of documents and invoices by the record's `id` at
  `/rest/v1/{object}/{id}/content`.
- **cursor** (`GET /v2/patients?size=100&cursor=…`): fetch a token from `/oauth/token` (client credentials), and
  another when it has expired (ten minutes, or 401); send back `next` as `cursor` until it is null; no total; records
  under `items`, in nested objects (`address.street`, `contact.mobile`, `patient.number`); an invoice carries its
  lines under `lines` (each with its own `invoice.number`) and lines have no list of their own; `updatedSince` as ISO
  8601 also lists what was deleted since, as its `id`, key columns and `deleted: true`; files by name at
  `/v2/files/{name}`.
- **link** (`GET /export/patients?per_page=100`): user and password (basic); the answer is a bare list, the next page
  is the URL of `Link: <…>; rel="next"` (relative to the one that was asked) until there is none; no total; what looks
  like a number is a JSON number (`1.20E+10` and `85073003328.0` too, so do not read it as a float) and an empty cell
  null; per_page is cut to 250; `since` as ISO 8601; files by name at `/export/files/{name}`.
- **detail** (`GET /api/patients?api_key=…&pageNumber=0&pageSize=50`, then `GET /api/patients/{id}?api_key=…`): the
  key in the query; pages from 0, at most 50 a page; the list, under `result`, gives `id` and a few fields, the detail
  call all of them, without those that are empty; `meta.total`; `changedFrom` as dd/mm/yyyy; files of documents and
  invoices at `/api/{object}/{id}/file`. One call a record: at 3,600 calls an hour this is what makes an extraction
  long.
- **search** (`POST /query/patients` with `{"page": 1, "pageSize": 100}`): bearer; parameters in a JSON body; records
  under `response.rows`, nested, empty cells null; `response.count`; at most 1,000 a page; nothing about changes:
  compare snapshots; files by name at `/query/files/{name}`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Auth = Literal["bearer", "basic", "header", "query", "oauth2"]
Paging = Literal["page", "offset", "cursor", "link"]
Names = Literal["keys", "camel", "nested"]

TOKEN_PATH = "/oauth/token"  # noqa: S105 - where tokens are fetched

_PLURALS = {"invoice_line": "invoice-lines", "communication": "communications"}
# The objects within which nested records hold these columns.
_GROUPS = {
    "address": ("street", "house_number", "box", "postal_code", "city", "country", "address2", "address3"),
    "contact": ("phone", "phone_home", "mobile", "phone_work", "email"),
    "insurance": (
        "insurer_number",
        "membership_number",
        "ct1",
        "ct2",
        "increased_allowance",
        "third_party",
        "dental_insurance",
        "policy_number",
        "coverage_tier",
    ),
    "meta": ("created_at", "changed_at"),
}
_GROUP_OF = {key: group for group, keys in _GROUPS.items() for key in keys}
_REFERENCES = frozenset(
    f"{object_}_number"
    for object_ in ("patient", "provider", "referrer", "treatment", "invoice", "appointment", "payer")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One way to serve a practice. Places inside an answer are dotted paths; an empty one is the answer itself."""

    name: str
    auth: Auth = "bearer"
    auth_name: str = ""
    """The header or the query parameter of the key."""
    token_seconds: int = 600
    """How long a token of OAuth2 is good for."""
    method: Literal["GET", "POST"] = "GET"
    """POST takes the parameters from a JSON body."""
    list_path: str
    detail_path: str = ""
    """With `{id}`; where it is set, a list gives only `brief` columns."""
    brief: tuple[str, ...] = ("number", "last_name", "changed_at")
    file_path: str
    """With `{name}`, or with `{object}` and the `{id}` of the record that names the file."""
    plural: bool = True
    """Whether objects are called `patients` in a path, or `patient`."""
    paging: Paging
    place: str
    """The parameter that says where a page begins: page, offset or cursor."""
    size: str
    """The parameter of the page size."""
    first_page: int = 1
    page_size: int = 100
    """Where the client names none."""
    largest_page: int
    cuts: bool = False
    """Whether a larger page size is quietly cut to the largest, or refused with 400."""
    records: str = ""
    total: str = ""
    """Empty: no total is given."""
    next: str = ""
    """Where the next cursor is."""
    names: Names = "keys"
    numbers: bool = False
    """Whether what is written as JSON writes a number is a JSON number."""
    empty: Literal["text", "null", "absent"] = "text"
    id: str = ""
    """The name of the record's internal id, where records show one: unique even where a number is there twice."""
    since: str = ""
    """The parameter of changed-since; empty: there is none."""
    since_format: Literal["iso", "day"] = "iso"
    deleted: str = ""
    """The flag of deleted records, which are then listed by changed-since."""
    lines: str = ""
    """Under what name invoices carry their lines, which then have no list of their own."""

    def collection(self, object_: str) -> str:
        """The object's name in a path."""
        return _PLURALS.get(object_, f"{object_}s") if self.plural else object_

    def path(self, column: str) -> str:
        """Where in a record a column is, by its key in `export_format`; a dotted path."""
        if self.names == "keys":
            return column
        if self.names == "nested":
            if column in _REFERENCES:
                return f"{column.removesuffix('_number')}.number"
            if group := _GROUP_OF.get(column):
                return f"{group}.{_camel(column)}"
        return _camel(column)


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


STYLES: dict[str, Style] = {
    style.name: style
    for style in (
        Style(
            name="default",
            list_path="/api/v1/{object}",
            file_path="/api/v1/documents/{name}",
            plural=False,
            paging="page",
            place="page",
            size="page_size",
            largest_page=500,
            records="records",
            total="total",
            since="changed_since",
        ),
        Style(
            name="offset",
            auth="header",
            auth_name="X-Api-Key",
            list_path="/rest/v1/{object}",
            file_path="/rest/v1/{object}/{id}/content",
            paging="offset",
            place="offset",
            size="limit",
            largest_page=200,
            cuts=True,
            records="data.items",
            total="data.total",
            names="camel",
            id="id",
            since="modifiedAfter",
            since_format="day",
        ),
        Style(
            name="cursor",
            auth="oauth2",
            list_path="/v2/{object}",
            file_path="/v2/files/{name}",
            paging="cursor",
            place="cursor",
            size="size",
            largest_page=500,
            records="items",
            next="next",
            names="nested",
            id="id",
            since="updatedSince",
            deleted="deleted",
            lines="lines",
        ),
        Style(
            name="link",
            auth="basic",
            list_path="/export/{object}",
            file_path="/export/files/{name}",
            paging="link",
            place="after",
            size="per_page",
            largest_page=250,
            cuts=True,
            numbers=True,
            empty="null",
            since="since",
        ),
        Style(
            name="detail",
            auth="query",
            auth_name="api_key",
            list_path="/api/{object}",
            detail_path="/api/{object}/{id}",
            file_path="/api/{object}/{id}/file",
            paging="page",
            place="pageNumber",
            size="pageSize",
            first_page=0,
            page_size=50,
            largest_page=50,
            records="result",
            total="meta.total",
            names="camel",
            empty="absent",
            id="id",
            since="changedFrom",
            since_format="day",
        ),
        Style(
            name="search",
            method="POST",
            list_path="/query/{object}",
            file_path="/query/files/{name}",
            paging="page",
            place="page",
            size="pageSize",
            largest_page=1000,
            records="response.rows",
            total="response.count",
            names="nested",
            empty="null",
        ),
    )
}
"""The styles by name."""
