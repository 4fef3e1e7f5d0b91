"""schema: makes the objects, fields, options and relations that the map needs, and shows them in the tables.

Made one at a time, each noted before and after, so that a crash leaves nothing unknown and rollback knows what is ours.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from bridgework.errors import FindingsStop
from bridgework.mapping.document import MapDocument
from bridgework.mapping.names import camel
from bridgework.mapping.schema import NeededField, NeededObject, NeededSchema
from bridgework.stages import baseline
from bridgework.stages.common import Outcome, Plan, Progress, Step, require_approval
from bridgework.stages.context import Context, needed_map
from bridgework.store import audit_log
from bridgework.store.notes import Finding
from bridgework.store.tables import schema_change
from bridgework.workspace import Field, Workspace

_DONE = "schema"


def require_schema(context: Context, document: MapDocument) -> None:
    """Raise FindingsStop (SCHEMA-MISSING) where the workspace was not made ready for this map."""
    if context.store.get(_DONE) != _digest(document.schema()):
        raise FindingsStop(
            "SCHEMA-MISSING",
            "The workspace is not ready for this map.",
            next_step="run `bridgework schema DIR --apply` first",
        )


class Schema:
    """What Twenty must have before the first record."""

    name = "schema"

    def __init__(self, context: Context) -> None:
        """Prepare the workspace of this context."""
        self.context = context

    async def plan(self) -> Plan:
        """What is missing, and what conflicts."""
        document = needed_map(self.context)
        async with await self.context.workspace() as workspace:
            return self._compare(workspace, document.schema())

    async def apply(self, plan: Plan) -> Outcome:
        """Make what is missing, then prove that all of it is there and shown."""
        context = self.context
        schema = needed_map(context).schema()
        done = plan.steps and require_approval(context.store, self.name, plan.digest())
        advance = context.progress.start("preparing the workspace", len(plan.steps), "changes")
        async with await context.workspace() as workspace:
            await baseline.take(workspace, context.store)
            maker = _Maker(context, workspace, schema, done or context.actor)
            for step in plan.steps:
                context.stopper.check(self.name)
                await maker.take(step)
                advance(1)
            await workspace.model_refresh()
            left = self._compare(workspace, schema)
        if left.steps or left.stops:
            missing = "; ".join(step.text for step in left.steps[:3])
            raise FindingsStop(
                "SCHEMA-UNPROVEN",
                "Twenty took the changes, but does not show all of them.",
                why=f"{len(left.steps)} are still missing: {missing}",
                next_step="run `bridgework schema DIR --apply` again",
            )
        context.store.put(_DONE, _digest(schema))
        counts = {"changes": len(plan.steps), "objects": len(schema.objects), "fields": _size(schema)}
        return Outcome(self.name, "Every object and field is in the data model and in its table.", counts=counts)

    def _compare(self, workspace: Workspace, schema: NeededSchema) -> Plan:
        steps: list[Step] = []
        stops: list[Finding] = []
        for needed in schema.objects:
            name = needed.name_singular
            if not workspace.model.has(name):
                if not needed.custom:
                    stops.append(_conflict(name, "", "this version of Twenty has no such object"))
                    continue
                steps.append(Step("create_object", name, f"make the object {needed.label_singular}"))
                steps += [_creation(needed, field) for field in needed.fields]
                steps.append(_showing(needed, len(needed.fields)))
                stops += [stop for field in needed.fields for stop in _taken(workspace, needed, field)]
                continue
            for field in needed.fields:
                there = workspace.model.object(name).fields.get(field.name)
                if there is None:
                    steps.append(_creation(needed, field))
                    stops += _taken(workspace, needed, field)
                elif why := _mismatch(field, there):
                    stops.append(_conflict(name, field.name, why))
                elif lacking := _lacking(field, there):
                    text = f"add {lacking} options to “{field.label}”"
                    steps.append(Step("add_options", f"{name}.{field.name}", text, lacking))
            if hidden := [field for field in needed.fields if not workspace.is_shown(name, field.name)]:
                steps.append(_showing(needed, len(hidden)))
        return Plan(self.name, tuple(sorted(steps, key=_order)), stops=tuple(stops))


def _order(step: Step) -> int:
    """Objects first, then plain fields, then relations: a relation needs both its ends."""
    return ["create_object", "create_field", "create_relation", "add_options", "show_fields"].index(step.action)


def _creation(needed: NeededObject, field: NeededField) -> Step:
    kind = f"relation to {field.relation_to}" if field.relation_to else field.type
    action = "create_relation" if field.relation_to else "create_field"
    return Step(action, f"{needed.name_singular}.{field.name}", f"make the field “{field.label}” ({kind})")


def _showing(needed: NeededObject, count: int) -> Step:
    return Step("show_fields", needed.name_singular, f"show the fields in the table of {needed.label_plural}", count)


def _lacking(field: NeededField, there: Field) -> int:
    """How many options a field lacks that is there."""
    have = {option.value for option in there.options}
    return sum(option["value"] not in have for option in field.options)


def _mismatch(field: NeededField, there: Field) -> str:
    if not there.is_active:
        return "it is there, but not active"
    if there.type != field.type:
        return f"it is there as {there.type}, the map needs {field.type}"
    if field.relation_to and (there.relation is None or there.relation.object != field.relation_to):
        return f"it does not point to {field.relation_to}"
    if field.is_unique and not there.is_unique:
        return "it is there, but not unique"
    return ""


def _taken(workspace: Workspace, needed: NeededObject, field: NeededField) -> list[Finding]:
    """A conflict where the other side of a new relation would get a name that its object has already."""
    other = workspace.model.find(field.relation_to) if field.relation_to else None
    name = camel(field.inverse_label or "")
    if other is None or name not in other.fields:
        return []
    return [_conflict(needed.name_singular, field.name, f"its other side would be {other.name}.{name}, which is there")]


def _conflict(object_: str, field: str, why: str) -> Finding:
    what = f"cannot be used as it is: {why}"
    return Finding(
        "schema", "SCHEMA-CONFLICT", object_, field, "stop", 1, "", what, "give the line another target in map.yaml"
    )


def _digest(schema: NeededSchema) -> str:
    return hashlib.sha256(json.dumps([asdict(one) for one in schema.objects], sort_keys=True).encode()).hexdigest()


def _size(schema: NeededSchema) -> int:
    return sum(len(one.fields) for one in schema.objects)


class _Maker:
    """Takes the steps of a schema plan, one at a time, each noted before it is sent and after it is there."""

    def __init__(self, context: Context, workspace: Workspace, schema: NeededSchema, actor: str) -> None:
        self.context, self.workspace, self.actor = context, workspace, actor
        self.objects = {one.name_singular: one for one in schema.objects}

    async def take(self, step: Step) -> None:
        """Do one step; an unknown one raises."""
        object_, _, field_name = step.object.partition(".")
        needed = self.objects[object_]
        field = next((one for one in needed.fields if one.name == field_name), None)
        number = self._intend(step, object_, field_name)
        match step.action:
            case "create_object":
                made = await self.workspace.create_object(needed)
            case "create_field" | "create_relation" if field:
                made = await self.workspace.create_field(object_, field)
            case "add_options" if field:
                made = await self.workspace.add_options(object_, field.name, field.options)
            case "show_fields":
                await self.workspace.show_fields(object_, [one.name for one in needed.fields])
                made = ""
            case unknown:
                raise ValueError(f"a schema plan with an unknown step: {unknown}")
        self._done(number, made, step)

    def _intend(self, step: Step, object_: str, field: str) -> int:
        with self.context.store.begin() as connection:
            same = (schema_change.c.object == object_) & (schema_change.c.field == field)
            same &= (schema_change.c.action == step.action) & (schema_change.c.state == "intended")
            if (known := connection.scalar(sa.select(schema_change.c.id).where(same))) is not None:
                return int(known)  # a crash came between; the step is taken again
            before = self._options_now(object_, field) if step.action == "add_options" else None
            values = {"action": step.action, "object": object_, "field": field, "before": before, "state": "intended"}
            made = connection.execute(schema_change.insert().values(**values)).inserted_primary_key
            return int(made[0]) if made else 0

    def _options_now(self, object_: str, field: str) -> list[dict[str, Any]]:
        return [one.as_input() for one in self.workspace.model.object(object_).field(field).options]

    def _done(self, number: int, metadata_id: str, step: Step) -> None:
        with self.context.store.begin() as connection:
            same = schema_change.c.id == number
            connection.execute(schema_change.update().where(same).values(state="done", metadata_id=metadata_id))
            audit_log.append(connection, self.actor, step.action, step.object, id=metadata_id)


class SchemaUndo:
    """Takes back what the schema stage made, newest first."""

    def __init__(self, context: Context) -> None:
        """Undo the schema of this context."""
        self.context = context

    def steps(self) -> list[Step]:
        """What would be taken back: only what Bridgework made."""
        words = {
            "create_object": "remove the object",
            "create_field": "remove the field",
            "create_relation": "remove the field",
            "add_options": "take back the options added to",
        }
        return [
            Step(f"undo_{one.action}", _place(one), f"{words[one.action]} {_place(one)}")
            for one in self._changes()
            if one.action in words
        ]

    def objects(self) -> frozenset[str]:
        """The objects that would be removed, with all their records."""
        return frozenset(one.object for one in self._changes() if one.action == "create_object")

    async def apply(self, workspace: Workspace, actor: str, progress: Progress) -> None:
        """Take it back; what is gone already counts as taken back. Objects go first: their fields go with them."""
        changes = sorted(self._changes(), key=lambda one: one.action != "create_object")
        advance = progress.start("taking the schema back", len(changes), "changes")
        for one in changes:
            await self._undo(workspace, one)
            with self.context.store.begin() as connection:
                connection.execute(schema_change.update().where(schema_change.c.id == one.id).values(state="undone"))
                audit_log.append(connection, actor, f"undo {one.action}", _place(one))
            if one.action == "create_object":
                await workspace.model_refresh()
            advance(1)
        self.context.store.put(_DONE, "")
        await workspace.model_refresh()

    @staticmethod
    async def _undo(workspace: Workspace, one: Any) -> None:
        there = workspace.model.find(one.object)
        field = there.fields.get(one.field) if there else None
        match one.action:
            case "create_object" if there:
                await workspace.delete_object(one.object)
            case "create_field" | "create_relation" if field:
                await workspace.delete_field(one.object, one.field)
            case "add_options" if field:
                await workspace.set_options(one.object, one.field, one.before)
            case "create_object" | "create_field" | "create_relation" | "add_options" | "show_fields":
                pass  # gone already; a column goes with its field
            case unknown:
                raise ValueError(f"a schema change of an unknown kind: {unknown}")

    def _changes(self) -> list[Any]:
        query = sa.select(schema_change).where(schema_change.c.state != "undone").order_by(schema_change.c.id.desc())
        with self.context.store.read() as connection:
            return list(connection.execute(query))


def _place(change: Any) -> str:
    return f"{change.object}.{change.field}" if change.field else str(change.object)
