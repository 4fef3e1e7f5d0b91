"""Taking records away: into the bin (delete), out of it (restore), and for good (destroy)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.model import Object
from bridgework.twins.twenty.selection import Record, Tree
from bridgework.twins.twenty.store import quoted

if TYPE_CHECKING:
    from bridgework.twins.twenty.workspace import Workspace

_IN = "IN (SELECT value FROM json_each(?))"


class Remover:
    """Removes and restores the records of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = workspace.store

    def soft_delete(self, item: Object, ids: Sequence[str]) -> None:
        """Put records in the bin: they keep their values and links, and are hidden."""
        self._stamp(item, ids, self.workspace.now(), "deleted")

    def restore(self, item: Object, ids: Sequence[str]) -> None:
        self._stamp(item, ids, None, "restored")

    def _stamp(self, item: Object, ids: Sequence[str], moment: str | None, verb: str) -> None:
        sql = f"UPDATE {quoted(item.table)} SET deletedAt = ?, updatedAt = ? WHERE id {_IN}"  # noqa: S608
        with self.store.transaction():
            self.store.execute(sql, (moment, self.workspace.now(), orjson.dumps(ids).decode()))
            self.workspace.automations.binned(item, ids, verb)

    def destroy(self, item: Object, tree: Tree, ids: Sequence[str]) -> list[Record]:
        """Remove records for good, with what hangs on them and the bytes of their files; what they were."""
        found = self.workspace.reader.rows_of(item, tree, ids)
        with self.store.transaction():
            files = self.workspace.files
            before = files.held()
            sql = f"DELETE FROM {quoted(item.table)} WHERE id {_IN}"  # noqa: S608
            self.store.execute(sql, (orjson.dumps(ids).decode(),))
            files.sweep(before)
        # What hung on the records is looked up now, when it is gone with them.
        return self.workspace.reader.records_of(found)

    def matching(self, item: Object, filter_: dict[str, Any] | None) -> list[str]:
        """The ids of the records that the filter of a mutation means; those in the bin too."""
        reader = self.workspace.reader
        return reader.ids(item, reader.where(item, filter_, with_deleted=True))
