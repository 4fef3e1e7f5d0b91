"""What each root of the metadata API does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.model import Field, new_id
from bridgework.twins.twenty.shown import Shown, connection, shown_field, shown_object

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

Resolver = Callable[..., Any]


def resolvers(workspace: Workspace) -> dict[str, dict[str, Resolver]]:
    """The resolvers of all roots, by type."""
    return {
        "Query": {**_model_queries(workspace), **_view_queries(workspace), **_layout_queries(workspace)},
        "Mutation": {
            **_model_mutations(workspace),
            **_view_mutations(workspace),
            **_layout_mutations(workspace),
            **_file_mutations(workspace),
        },
    }


# ------------------------------------------------------------------------------------------------- objects and fields
def _model_queries(workspace: Workspace) -> dict[str, Resolver]:
    model, app = workspace.model, workspace.id

    def one_field(id: str) -> Shown:  # noqa: A002 - the API's own word
        if id not in model.fields:
            raise Refusal(f"Unable to find FieldMetadataEntity with id: {id}", code="NOT_FOUND")
        return shown_field(model, model.fields[id], app)

    def all_fields(paging: Shown, filter: Shown) -> Shown:  # noqa: A002
        return connection([shown_field(model, found, app) for found in model.fields.values()], paging, filter)

    def all_objects(paging: Shown, filter: Shown) -> Shown:  # noqa: A002
        return connection([shown_object(model, item, app) for item in model], paging, filter)

    return {
        "object": lambda id: shown_object(model, workspace.objects.get(id), app),  # noqa: A006
        "objects": all_objects,
        "field": one_field,
        "fields": all_fields,
    }


def _model_mutations(workspace: Workspace) -> dict[str, Resolver]:
    model, app = workspace.model, workspace.id
    objects, fields = workspace.objects, workspace.fields

    def delete_object(input: Shown) -> Shown:  # noqa: A002
        item = model.objects.get(input["id"])
        before = None if item is None else {**shown_object(model, item, app), "fieldsList": []}
        objects.delete(input["id"])
        return before or {}

    def delete_field(input: Shown) -> Shown:  # noqa: A002
        found = fields.delete(input["id"])
        gone = {"relation": None, "morphRelations": None, "object": None}
        return {**shown_field(model, found, app), **gone}

    return {
        "createOneObject": lambda input: shown_object(model, objects.create(input["object"]), app),  # noqa: A006
        "updateOneObject": lambda input: shown_object(  # noqa: A006
            model, objects.update(input["id"], input["update"]), app
        ),
        "deleteOneObject": delete_object,
        "createOneField": lambda input: shown_field(model, fields.create(input["field"]), app),  # noqa: A006
        "updateOneField": lambda input: shown_field(  # noqa: A006
            model, fields.update(input["id"], input["update"]), app
        ),
        "deleteOneField": delete_field,
    }


# --------------------------------------------------------------------------------------------------------------- views
def _view_queries(workspace: Workspace) -> dict[str, Resolver]:
    views = workspace.views

    def find(kind: str) -> Resolver:
        return lambda id: views.kept[kind].get(id)  # noqa: A006, PLW0108 - called by argument name

    def one_view(id: str) -> Shown | None:  # noqa: A002
        return views.shown(views.kept["view"][id]) if id in views.kept["view"] else None

    def part(kind: str) -> Resolver:
        return lambda viewId=None: views.of(kind, viewId)  # noqa: N803

    return {
        "getViews": lambda objectMetadataId=None, viewTypes=None: views.of_object(objectMetadataId, viewTypes),  # noqa: N803
        "getView": one_view,
        "getViewField": find("viewField"),
        "getViewFields": part("viewField"),
        "getViewFilters": part("viewFilter"),
        "getViewSorts": part("viewSort"),
        "getViewGroups": part("viewGroup"),
    }


def _view_mutations(workspace: Workspace) -> dict[str, Resolver]:
    views = workspace.views

    def gone(id: str) -> bool:  # noqa: A002
        views.drop("view", id)
        return True

    found: dict[str, Resolver] = {
        "createView": lambda input: views.create_view(input),  # noqa: A006, PLW0108 - called by argument name
        "updateView": lambda id, input: views.shown(views.change("view", id, input)),  # noqa: A006
        "deleteView": gone,
        "destroyView": gone,
        "createViewField": lambda input: views.create_fields([input])[0],  # noqa: A006
        "createManyViewFields": lambda inputs: views.create_fields(inputs),  # noqa: PLW0108 - likewise
        "createManyViewGroups": lambda inputs: [views.create_part("viewGroup", one) for one in inputs],
    }
    for kind, word in (("viewField", "ViewField"), ("viewFilter", "ViewFilter"), ("viewSort", "ViewSort"),
                       ("viewGroup", "ViewGroup")):  # fmt: skip
        found |= _part_mutations(workspace, kind, word)
    return found


def _part_mutations(workspace: Workspace, kind: str, word: str) -> dict[str, Resolver]:
    views = workspace.views

    def create(input: Shown) -> Shown:  # noqa: A002
        return views.create_part(kind, input)

    def update(input: Shown) -> Shown:  # noqa: A002
        return views.change(kind, input["id"], input["update"])

    def drop(input: Shown) -> Shown | bool:  # noqa: A002
        dropped = views.drop(kind, input["id"])
        return True if kind == "viewSort" else dropped

    made = {} if kind == "viewField" else {f"create{word}": create}
    return {**made, f"update{word}": update, f"delete{word}": drop, f"destroy{word}": drop}


# ------------------------------------------------------------------------------------------------ layouts and webhooks
def _layout_queries(workspace: Workspace) -> dict[str, Resolver]:
    layouts = workspace.layouts

    def listed(objectMetadataId: str | None = None, pageLayoutType: str | None = None) -> list[Shown]:  # noqa: N803
        return [
            layouts.shown("pageLayout", one)
            for one in layouts.of("pageLayout", None)
            if objectMetadataId in {None, one["objectMetadataId"]} and pageLayoutType in {None, one["type"]}
        ]

    return {
        "getPageLayouts": listed,
        "getPageLayout": lambda id: layouts.shown("pageLayout", layouts.get("pageLayout", id)),  # noqa: A006
        "getPageLayoutTabs": lambda pageLayoutId: [  # noqa: N803
            layouts.shown("pageLayoutTab", tab) for tab in layouts.of("pageLayoutTab", pageLayoutId)
        ],
        "getPageLayoutWidgets": lambda pageLayoutTabId: layouts.of("pageLayoutWidget", pageLayoutTabId),  # noqa: N803
        "webhooks": lambda: layouts.of("webhook", None),
        "webhook": lambda id: layouts.kept["webhook"].get(id),  # noqa: A006, PLW0108
    }


def _layout_mutations(workspace: Workspace) -> dict[str, Resolver]:
    layouts = workspace.layouts
    found: dict[str, Resolver] = {}
    for kind in ("pageLayout", "pageLayoutTab", "pageLayoutWidget"):
        word = kind[0].upper() + kind[1:]

        def create(input: Shown, kind: str = kind) -> Shown:  # noqa: A002
            return layouts.create(kind, input)

        def update(id: str, input: Shown, kind: str = kind) -> Shown:  # noqa: A002
            return layouts.shown(kind, layouts.change(kind, id, input))

        def destroy(id: str, kind: str = kind) -> bool:  # noqa: A002
            layouts.drop(kind, id)
            return True

        found |= {f"create{word}": create, f"update{word}": update, f"destroy{word}": destroy}
    return {
        **found,
        "createWebhook": lambda input: layouts.create("webhook", {"secret": new_id(), **input}),  # noqa: A006
        "updateWebhook": lambda input: layouts.change("webhook", input["id"], input["update"]),  # noqa: A006
        "deleteWebhook": lambda id: layouts.drop("webhook", id),  # noqa: A006
    }


# --------------------------------------------------------------------------------------------------------------- files
def _file_mutations(workspace: Workspace) -> dict[str, Resolver]:
    files, model = workspace.files, workspace.model

    def field_of(ident: str | None) -> Field:
        if ident not in model.fields:
            raise Refusal(_no_field(str(ident), workspace.id), code="INTERNAL_SERVER_ERROR")
        return model.fields[str(ident)]

    def signed(kept: Shown) -> Shown:
        return {**kept, "url": files.download_url(kept["id"])}

    def announce(
        filename: str, size: float, fileFolder: str,  # noqa: N803
        fieldMetadataId: str | None = None, fieldMetadataUniversalIdentifier: str | None = None,  # noqa: N803
    ) -> Shown:  # fmt: skip
        if fileFolder != "FilesField":
            raise Refusal(f"Direct upload is not supported for folder {fileFolder}")
        kept = files.announce(filename, size, field_of(fieldMetadataId or fieldMetadataUniversalIdentifier))
        return {
            "fileId": kept["id"],
            "uploadUrl": files.upload_url(kept["id"]),
            "contentType": "application/octet-stream",
            "expiresAt": files.upload_until(),
        }

    def multipart(file: Shown, fieldMetadataId: str) -> Shown:  # noqa: N803
        return signed(files.store_multipart(file["name"], file["content"], field_of(fieldMetadataId)))

    def by_universal_identifier(file: Shown, fieldMetadataUniversalIdentifier: str) -> Shown:  # noqa: N803
        return multipart(file, fieldMetadataUniversalIdentifier)

    return {
        "createFileUpload": announce,
        "completeFileUpload": lambda fileId: signed(files.complete(fileId)),  # noqa: N803
        "uploadFilesFieldFile": multipart,
        "uploadFilesFieldFileByUniversalIdentifier": by_universal_identifier,
    }


def _no_field(ident: str, workspace_id: str) -> str:
    """What the server's database layer says of a field that is not there."""
    return (
        'Could not find any entity of type "FieldMetadataEntity" matching: {\n    "select": [\n'
        '        "applicationId",\n        "universalIdentifier"\n    ],\n    "where": {\n'
        f'        "id": "{ident}",\n        "workspaceId": "{workspace_id}"\n    }}\n}}'
    )
