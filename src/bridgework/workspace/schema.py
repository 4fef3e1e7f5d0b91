"""Changes the data model and the table views, one change at a time, and proves each by reading it again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bridgework.errors import Away, Refused, UsageError
from bridgework.workspace.client import OutcomeUnknownError, RejectedError, refused
from bridgework.workspace.refusals import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bridgework.workspace.client import Client
    from bridgework.workspace.model import DataModel, Field, Object, Option

_PATIENCE = 20  # readings, a second apart, until a change shows
_INDEX = "INDEX"  # the key of an object's table view
_COLUMN_WIDTH = 180


class Schema:
    """The metadata API of one workspace."""

    def __init__(
        self, client: Client, refresh: Callable[[], Awaitable[DataModel]], calls: Callable[[], frozenset[str]]
    ) -> None:
        """`refresh` reads the data model again; `calls` are the names that the metadata API has."""
        self._client, self._refresh, self._calls = client, refresh, calls
        # Two changes at once can leave the server with a data model that it does not read again (#21435).
        self._one_at_a_time = asyncio.Lock()

    async def create_object(
        self,
        name_singular: str,
        name_plural: str,
        label_singular: str,
        label_plural: str,
        *,
        icon: str = "",
        description: str = "",
    ) -> Object:
        """Make a custom object, which gets a `name` field and a table view; raises `Refused`."""
        wanted = {
            "nameSingular": name_singular,
            "namePlural": name_plural,
            "labelSingular": label_singular,
            "labelPlural": label_plural,
            "isLabelSyncedWithName": False,
            **({"icon": icon} if icon else {}),
            **({"description": description} if description else {}),
        }
        mutation = "mutation($i:CreateOneObjectInput!){createOneObject(input:$i){id}}"

        def there(model: DataModel) -> bool:
            return model.has(name_singular)

        model = await self._change(mutation, {"object": wanted}, there, name_singular)
        return model.object(name_singular)

    async def create_field(
        self,
        object_: str,
        name: str,
        label: str,
        type_: str,
        *,
        options: Sequence[Option] = (),
        relation_to: str | None = None,
        inverse_label: str | None = None,
        inverse_icon: str = "IconRelationOneToMany",
        is_unique: bool = False,
        settings: Mapping[str, Any] | None = None,
        default: Any = None,
        description: str = "",
        icon: str = "",
    ) -> Field:
        """Make a custom field; a RELATION is many-to-one to `relation_to`, where `inverse_label` names its other side.

        Raises `Refused` with the server's reasons, for instance NOT_AVAILABLE where the name is taken.
        """
        model = await self._refresh()
        wanted: dict[str, Any] = {
            "objectMetadataId": model.object(object_).id,
            "type": type_,
            "name": name,
            "label": label,
            "isLabelSyncedWithName": False,
        }
        given = {
            "isUnique": is_unique or None,
            "options": [option.as_input() for option in options] or None,
            "settings": dict(settings) if settings else None,
            "defaultValue": default,
            "description": description or None,
            "icon": icon or None,
        }
        wanted.update((key, value) for key, value in given.items() if value is not None)
        if relation_to is not None:
            wanted["relationCreationPayload"] = {
                "type": "MANY_TO_ONE",
                "targetObjectMetadataId": model.object(relation_to).id,
                "targetFieldLabel": inverse_label or model.object(object_).label_plural,
                "targetFieldIcon": inverse_icon,
            }
        mutation = "mutation($i:CreateOneFieldMetadataInput!){createOneField(input:$i){id}}"

        def there(model: DataModel) -> bool:
            return model.has(object_) and model.object(object_).has(name)

        model = await self._change(mutation, {"field": wanted}, there, f"{object_}.{name}")
        return model.object(object_).field(name)

    async def add_options(self, field_id: str, options: Sequence[Option]) -> Field:
        """Add choices to a SELECT or MULTI_SELECT after those that it has; those that are there already stay as they are."""
        object_, field = _find_field(await self._refresh(), field_id)
        known = {option.value for option in field.options}
        last = max((option.position for option in field.options), default=-1)
        missing = [option for option in options if option.value not in known]
        if not missing:
            return field
        # The whole list is sent with the ids of the old ones: an option that is left out would clear its records.
        whole = [option.as_input() for option in field.options]
        whole += [{**option.as_input(), "position": last + 1 + n} for n, option in enumerate(missing)]
        values = {option["value"] for option in whole}

        def there(model: DataModel) -> bool:
            return {option.value for option in _find_field(model, field_id)[1].options} == values

        mutation = "mutation($i:UpdateOneFieldMetadataInput!){updateOneField(input:$i){id}}"
        wanted = {"id": field_id, "update": {"options": whole}}
        model = await self._change(mutation, wanted, there, f"{object_.name}.{field.name}")
        return _find_field(model, field_id)[1]

    async def delete_field(self, field_id: str) -> None:
        """Remove a custom field with all its values; one that is gone is no error."""
        await self._delete("Field", "FieldMetadata", field_id, lambda model: _has_field(model, field_id))

    async def delete_object(self, object_id: str) -> None:
        """Remove a custom object with all its records; one that is gone is no error."""
        await self._delete(
            "Object", "Object", object_id, lambda model: any(one.id == object_id for one in model.objects.values())
        )

    async def show_field(self, object_: str, field: str) -> None:
        """Make a field a visible column of the object's table view; one that is visible stays as it is."""
        model = await self._refresh()
        target = model.object(object_)
        field_id = target.field(field).id
        async with self._one_at_a_time:
            view = await self._index_view(target)
            shown = next((one for one in view["viewFields"] if one["fieldMetadataId"] == field_id), None)
            if shown is None:
                last = max((one["position"] for one in view["viewFields"]), default=-1)
                await self._add_column(view["id"], field_id, last + 1, f"{object_}.{field}")
            elif not shown["isVisible"]:
                await self._show_column(shown["id"], f"{object_}.{field}")
            view = await self._index_view(target)
        if not any(one["fieldMetadataId"] == field_id and one["isVisible"] for one in view["viewFields"]):
            raise Refused(
                "COLUMN_HIDDEN",
                "A field does not show in the table view",
                where=f"{object_}.{field}",
                next_step="show it in Twenty: Options → Fields, at the top of the table",
            )

    async def shown_fields(self, object_: str) -> list[str]:
        """The names of the fields that the object's table view shows, in their order."""
        target = (await self._refresh()).object(object_)
        view = await self._index_view(target)
        names = {field.id: field.name for field in target.fields.values()}
        shown = sorted((one for one in view["viewFields"] if one["isVisible"]), key=lambda one: one["position"])
        return [names[one["fieldMetadataId"]] for one in shown if one["fieldMetadataId"] in names]

    # -- views

    def _name(self, name: str, before: str) -> str:
        """The name of a view call: `getViews`, which was `getCoreViews` while views moved into the metadata."""
        return before if before in self._calls() and name not in self._calls() else name

    async def _index_view(self, target: Object) -> dict[str, Any]:
        call = self._name("getViews", "getCoreViews")
        document = f"query($id:String){{{call}(objectMetadataId:$id){{id key type viewFields{{{_VIEW_FIELD}}}}}}}"
        views = (await self._ask(document, {"id": target.id}, target.name))[call]
        for view in views:
            if view["key"] == _INDEX:
                return view  # type: ignore[no-any-return]
        raise Refused(
            "NO_TABLE_VIEW",
            "An object has no table view",
            where=target.name,
            next_step="open the object in Twenty once, then run the same command again",
        )

    async def _add_column(self, view_id: str, field_id: str, position: float, where: str) -> None:
        call = self._name("createManyViewFields", "createManyCoreViewFields")
        document = f"mutation($i:[CreateViewFieldInput!]!){{{call}(inputs:$i){{id}}}}"
        column = {
            "viewId": view_id,
            "fieldMetadataId": field_id,
            "isVisible": True,
            "position": position,
            "size": _COLUMN_WIDTH,
        }
        await self._ask(document, {"i": [column]}, where, twice_is_fine=True)

    async def _show_column(self, view_field_id: str, where: str) -> None:
        call = self._name("updateViewField", "updateCoreViewField")
        document = f"mutation($i:UpdateViewFieldInput!){{{call}(input:$i){{id}}}}"
        await self._ask(document, {"i": {"id": view_field_id, "update": {"isVisible": True}}}, where)

    async def _ask(
        self, document: str, variables: dict[str, Any], where: str, *, twice_is_fine: bool = False
    ) -> dict[str, Any]:
        """A call that may be sent again; `twice_is_fine`: being refused as already done is as good as done."""
        try:
            return await self._client.metadata(document, variables, safe=True)
        except RejectedError as error:
            if twice_is_fine and error.rejection.kind is Kind.SCHEMA:
                return {}
            raise refused(error.rejection, "Twenty refused to change a table view", where=where) from None

    # -- one change

    async def _change(
        self, mutation: str, wanted: dict[str, Any], done: Callable[[DataModel], bool], where: str
    ) -> DataModel:
        """Send one change and read the data model until it shows; a lost answer is settled by reading, too."""
        async with self._one_at_a_time:
            refusal: RejectedError | None = None
            try:
                await self._client.metadata(mutation, {"i": wanted}, safe=False)
            except RejectedError as error:
                refusal = error
            except OutcomeUnknownError:
                pass
            for _ in range(_PATIENCE):
                model = await self._refresh()
                if refusal is not None and not done(model):
                    raise refused(refusal.rejection, "Twenty refused a change of its data model", where=where) from None
                if refusal is not None:
                    raise _is_there(where)
                if done(model):
                    return model
                await asyncio.sleep(1)
        raise Away(
            "CHANGE_NOT_SEEN",
            "Twenty's data model does not show a change that was sent",
            where=where,
            next_step="run the same command again: it looks first",
        )

    async def _delete(self, noun: str, update: str, id_: str, there: Callable[[DataModel], bool]) -> None:
        """Deactivate, then delete: some versions refuse to delete what is active, and all accept this."""
        if not there(await self._refresh()):
            return
        input_type = f"UpdateOne{update}Input"
        steps = (
            (f"mutation($i:{input_type}!){{updateOne{noun}(input:$i){{id}}}}", {"id": id_, "update": {"isActive": False}}),
            (f"mutation($i:DeleteOne{noun}Input!){{deleteOne{noun}(input:$i){{id}}}}", {"id": id_}),
        )
        async with self._one_at_a_time:
            refusal: RejectedError | None = None
            for document, variables in steps:
                try:
                    await self._client.metadata(document, {"i": variables}, safe=False)
                    refusal = None
                except RejectedError as error:
                    refusal = error
                except OutcomeUnknownError:
                    continue
            for _ in range(_PATIENCE):
                if not there(await self._refresh()):
                    return
                if refusal is not None:
                    raise refused(refusal.rejection, f"Twenty refused to remove an {noun.lower()}", where=id_) from None
                await asyncio.sleep(1)
        raise Away("CHANGE_NOT_SEEN", "Twenty still shows what was removed", where=id_, next_step="run it again")


_VIEW_FIELD = "id fieldMetadataId isVisible position"


def _find_field(model: DataModel, field_id: str) -> tuple[Object, Field]:
    for object_ in model.objects.values():
        for field in object_.fields.values():
            if field.id == field_id:
                return object_, field
    raise UsageError("UNKNOWN_FIELD", "The workspace has no field of this id", where=field_id)


def _has_field(model: DataModel, field_id: str) -> bool:
    return any(field.id == field_id for object_ in model.objects.values() for field in object_.fields.values())


def _is_there(where: str) -> Refused:
    return Refused(
        "ALREADY_THERE",
        "It is in the workspace's data model already",
        where=where,
        next_step="make a new schema plan: it takes over what is there",
    )
