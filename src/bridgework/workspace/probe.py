"""Asks a server what it is, before anything is assumed: version, metadata calls, upload paths, data model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bridgework.errors import Refused
from bridgework.workspace.client import RejectedError, refused
from bridgework.workspace.model import DataModel, read_model
from bridgework.workspace.rejection import Kind
from bridgework.workspace.views import read_views

if TYPE_CHECKING:
    from bridgework.workspace.client import Client

Uploads = Literal["direct", "multipart", "path", "none"]
_OBJECTS_A_PAGE = 200
_OBJECTS = """query{objects(paging:{%s}){
edges{node{id nameSingular namePlural labelSingular labelPlural icon description isActive isSystem
fieldsList{id name label type isActive isSystem isNullable isUnique defaultValue options settings
relation{type targetObjectMetadata{nameSingular} targetFieldMetadata{name}}}}}
pageInfo{hasNextPage endCursor}}}"""
_CALLS = "query{__schema{queryType{fields{name}} mutationType{fields{name}}}}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe brought."""

    version: str | None
    metadata_calls: frozenset[str]
    uploads: Uploads
    model: DataModel


async def probe(client: Client) -> Found:
    """Ask everything; raises `Refused` NOT_TWENTY where another server answers."""
    version = await _read_version(client)
    calls = await _read_calls(client)
    model = await read_data_model(client, calls)
    return Found(version, calls, _uploads(calls, model, version), model)


async def read_data_model(client: Client, calls: frozenset[str]) -> DataModel:
    """All objects with their fields, and which of these the table views show; raises `Refused`."""
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        page = f'first:{_OBJECTS_A_PAGE},after:"{after}"' if after else f"first:{_OBJECTS_A_PAGE}"
        try:
            data = await client.metadata(_OBJECTS % page, safe=True)
        except RejectedError as error:
            raise _not_readable(client, error) from None
        nodes += [edge["node"] for edge in data["objects"]["edges"]]
        info = data["objects"].get("pageInfo") or {}
        if not info.get("hasNextPage") or info.get("endCursor") in {None, after}:
            views = await read_views(client, calls)
            return read_model(nodes, [field_id for view in views.values() for field_id in view.shown()])
        after = info["endCursor"]


async def _read_version(client: Client) -> str | None:
    """`appVersion` of `/client-config`, which needs no key; None where the server does not tell it."""
    try:
        response = await client.get_plain("/client-config")
    except RejectedError:
        return None
    version = response.get("appVersion")
    return str(version) if version else None


async def _read_calls(client: Client) -> frozenset[str]:
    """The names of the metadata API's queries and mutations; none where the server does not let them be read."""
    try:
        schema = (await client.metadata(_CALLS, safe=True))["__schema"]
    except RejectedError:
        return frozenset()
    fields = [*(schema["queryType"] or {}).get("fields", ()), *(schema["mutationType"] or {}).get("fields", ())]
    return frozenset(field["name"] for field in fields)


def _uploads(calls: frozenset[str], model: DataModel, version: str | None) -> Uploads:
    if model.file_field is None:
        return "path" if "uploadFile" in calls else "none"
    if "createFileUpload" in calls:
        return "direct"
    if "uploadFilesFieldFile" in calls:
        return "multipart"
    # Where the calls cannot be listed, the version decides: direct uploads came with 2.19.
    return "multipart" if not calls and _is_before(version, (2, 19)) else "direct"


def _is_before(version: str | None, other: tuple[int, int]) -> bool:
    numbers = [int(part) for part in (version or "").split(".")[:2] if part.isdigit()]
    return len(numbers) == len(other) and tuple(numbers) < other


def _not_readable(client: Client, error: RejectedError) -> Refused:
    if error.rejection.kind in {Kind.NOT_FOUND, Kind.OTHER}:
        return Refused(
            "NOT_TWENTY",
            "No Twenty server answers at this address",
            where=client.url,
            why=error.rejection.reason,
            next_step="give the address that you open Twenty with, without a path",
        )
    return refused(error.rejection, "Twenty refused to show its data model", where=client.url)
