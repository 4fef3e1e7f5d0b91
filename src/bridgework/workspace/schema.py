"""Changes the data model, one change at a time, and proves each by reading the data model again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from bridgework.errors import Away, Refused
from bridgework.workspace.client import OutcomeUnknownError, RejectedError, refused
from bridgework.workspace.model import LINKS_TO_ONE, Option

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bridgework.workspace.client import Client
    from bridgework.workspace.model import DataModel

_PATIENCE = 20  # readings, a second apart, until a change shows


class NeededObject(Protocol):
    """What `create_object` needs to know of a custom object."""

    @property
    def name_singular(self) -> str: ...
    @property
    def name_plural(self) -> str: ...
    @property
    def label_singular(self) -> str: ...
    @property
    def label_plural(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def description(self) -> str: ...


class NeededField(Protocol):
    """What `create_field` needs to know of a custom field; a RELATION links to one record of `relation_to`."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def options(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def relation_to(self) -> str | None: ...
    @property
    def inverse_label(self) -> str | None: ...
    @property
    def is_unique(self) -> bool: ...
    @property
    def settings(self) -> Mapping[str, Any] | None: ...
    @property
    def description(self) -> str: ...


class Schema:
    """The part of a workspace's metadata API that changes objects and fields."""

    def __init__(
        self, client: Client, model: Callable[[], DataModel], refresh: Callable[[], Awaitable[DataModel]]
    ) -> None:
        """`model` is the data model as last read; `refresh` reads all of it again, which takes longer than a change."""
        self._client, self._model, self._refresh = client, model, refresh
        # Two changes at once can leave the server with a data model that it does not read again (#21435).
        self._one_at_a_time = asyncio.Lock()

    async def create_object(self, needed: NeededObject) -> str:
        """Make a custom object, which gets a `name` field and a table view; its id. Raises `Refused`."""
        name = needed.name_singular
        wanted = {
            "nameSingular": name,
            "namePlural": needed.name_plural,
            "labelSingular": needed.label_singular,
            "labelPlural": needed.label_plural,
            "isLabelSyncedWithName": False,
            **_given(icon=needed.icon, description=needed.description),
        }
        mutation = "mutation($i:CreateOneObjectInput!){createOneObject(input:$i){id}}"
        model = await self._change(mutation, {"object": wanted}, lambda model: model.has(name), name)
        return model.object(name).id

    async def create_field(self, object_: str, needed: NeededField) -> str:
        """Make a custom field; its id. Raises `Refused` with the server's reasons.

        The data model is not read again for each field: `model_refresh` after the last of them shows them all.
        """
        model = self._model()
        wanted: dict[str, Any] = {
            "objectMetadataId": model.object(object_).id,
            "type": needed.type,
            "name": needed.name,
            "label": needed.label,
            "isLabelSyncedWithName": False,
            **_given(isUnique=needed.is_unique, options=[as_input(one) for one in needed.options]),
            **_given(settings=dict(needed.settings or {}), description=needed.description),
        }
        if needed.relation_to is not None:
            wanted["relationCreationPayload"] = {
                "type": LINKS_TO_ONE,
                "targetObjectMetadataId": model.object(needed.relation_to).id,
                "targetFieldLabel": needed.inverse_label or model.object(object_).label_plural,
                "targetFieldIcon": "IconRelationOneToMany",
            }
        mutation = "mutation($i:CreateOneFieldMetadataInput!){createOneField(input:$i){id}}"

        def there(model: DataModel) -> bool:
            return model.has(object_) and model.object(object_).has(needed.name)

        async with self._one_at_a_time:
            sent = await self._send(mutation, {"field": wanted})
        if isinstance(sent, dict):
            return str(sent["createOneField"]["id"])
        model = await self._settle(sent, there, f"{object_}.{needed.name}")
        return model.object(object_).field(needed.name).id

    async def add_options(self, object_: str, field: str, options: Sequence[Option | Mapping[str, Any]]) -> str:
        """Add choices after those that a SELECT or MULTI_SELECT has, which stay as they are; the field's id."""
        old = self._model().object(object_).field(field).options
        known = {option.value for option in old}
        last = max((option.position for option in old), default=-1)
        new = [as_input(one) for one in options if as_input(one)["value"] not in known]
        added = [{**one, "position": last + 1 + number} for number, one in enumerate(new)]
        return await self.set_options(object_, field, [*old, *added])

    async def set_options(self, object_: str, field: str, options: Sequence[Option | Mapping[str, Any]]) -> str:
        """Give a field exactly these choices; the field's id. A choice that is left out is cleared in all records."""
        model = self._model()
        known = model.object(object_).field(field)
        ids = {option.value: option.id for option in known.options}
        # The whole list goes, with the ids of the old ones: without its id an option is new, and records lose the old.
        whole = [{**_given(id=ids.get(as_input(one)["value"])), **as_input(one)} for one in options]
        if whole == [option.as_input() for option in known.options]:
            return known.id
        values = [option["value"] for option in sorted(whole, key=lambda option: option["position"])]

        def there(model: DataModel) -> bool:
            now = sorted(model.object(object_).field(field).options, key=lambda option: option.position)
            return [option.value for option in now] == values

        mutation = "mutation($i:UpdateOneFieldMetadataInput!){updateOneField(input:$i){id}}"
        wanted = {"id": known.id, "update": {"options": whole}}
        await self._change(mutation, wanted, there, f"{object_}.{field}")
        return known.id

    async def delete_field(self, object_: str, field: str) -> None:
        """Remove a custom field with all its values; one that is gone is no error."""
        id_ = await self._find(lambda model: _field_id(model, object_, field))
        if id_ is not None:
            await self._delete("Field", "FieldMetadata", id_, f"{object_}.{field}")

    async def delete_object(self, object_: str) -> None:
        """Remove a custom object with all its records; one that is gone is no error."""
        id_ = await self._find(lambda model: _object_id(model, object_))
        if id_ is not None:
            await self._delete("Object", "Object", id_, object_)

    async def _find(self, look: Callable[[DataModel], str | None]) -> str | None:
        """Look in the data model as last read and, before believing that something is not there, in a fresh one."""
        return look(self._model()) or look(await self._refresh())

    # -- one change

    async def _change(
        self, mutation: str, wanted: dict[str, Any], done: Callable[[DataModel], bool], where: str
    ) -> DataModel:
        """Send one change and read the data model until it shows; a lost answer is settled by reading, too."""
        async with self._one_at_a_time:
            sent = await self._send(mutation, wanted)
            return await self._settle(sent, done, where)

    async def _settle(
        self, sent: dict[str, Any] | RejectedError | None, done: Callable[[DataModel], bool], where: str
    ) -> DataModel:
        """Read the data model until a change shows; raises what the server said where it refused."""
        for _ in range(_PATIENCE):
            model = await self._refresh()
            if isinstance(sent, RejectedError):
                raise _is_there(where) if done(model) else _refused(sent, where)
            if done(model):
                return model
            await asyncio.sleep(1)
        raise _not_seen(where)

    async def _delete(self, noun: str, update: str, id_: str, where: str) -> None:
        """Deactivate, then delete: some versions refuse to delete what is active, and all accept this."""
        off = f"mutation($i:UpdateOne{update}Input!){{updateOne{noun}(input:$i){{id}}}}"
        away = f"mutation($i:DeleteOne{noun}Input!){{deleteOne{noun}(input:$i){{id}}}}"
        async with self._one_at_a_time:
            await self._send(off, {"id": id_, "update": {"isActive": False}})
            sent = await self._send(away, {"id": id_})
            if isinstance(sent, dict):
                return
            for _ in range(_PATIENCE):
                if id_ not in _ids(await self._refresh()):
                    return
                if sent is not None:
                    raise _refused(sent, where)
                await asyncio.sleep(1)
        raise _not_seen(where)

    async def _send(self, mutation: str, wanted: dict[str, Any]) -> dict[str, Any] | RejectedError | None:
        """The answer, or the refusal; None where the answer was lost, so that nobody knows."""
        try:
            answer: dict[str, Any] = await self._client.metadata(mutation, {"i": wanted}, safe=False)
        except RejectedError as error:
            return error
        except OutcomeUnknownError:
            return None
        return answer


def as_input(option: Option | Mapping[str, Any]) -> dict[str, Any]:
    """An option as the metadata API takes it, whether read from there or written in a map."""
    return option.as_input() if isinstance(option, Option) else dict(option)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _object_id(model: DataModel, object_: str) -> str | None:
    known = model.find(object_)
    return known.id if known else None


def _field_id(model: DataModel, object_: str, field: str) -> str | None:
    known = model.find(object_)
    return known.fields[field].id if known and field in known.fields else None


def _ids(model: DataModel) -> set[str]:
    fields = {field.id for object_ in model.objects.values() for field in object_.fields.values()}
    return fields | {object_.id for object_ in model.objects.values()}


def _refused(error: RejectedError, where: str) -> Refused:
    step = "change the map so that Twenty takes it, then make a new schema plan"
    return refused(error.rejection, "Twenty refused a change of its data model", where=where, next_step=step)


def _is_there(where: str) -> Refused:
    return Refused(
        "ALREADY_THERE",
        "It is in the workspace's data model already",
        where=where,
        next_step="make a new schema plan: it takes over what is there",
    )


def _not_seen(where: str) -> Away:
    return Away(
        "CHANGE_NOT_SEEN",
        "Twenty's data model does not show a change that was sent",
        where=where,
        next_step="run the same command again: it looks first",
    )
