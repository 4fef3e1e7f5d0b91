"""Taking records away: into the bin (delete), out of it (restore), and for good (destroy)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.changes import Told
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

    def soft_delete(self, item: Object, ids: Sequence[str], told: Told = list) -> list[str]:
        """Put records in the bin: they keep their values and links, and are hidden."""
        return self._stamp(item, ids, self.workspace.now(), "deleted", told)

    def restore(self, item: Object, ids: Sequence[str], told: Told = list) -> list[str]:
        """Take records out of the bin."""
        return self._stamp(item, ids, None, "restored", told)

    def _stamp(self, item: Object, ids: Sequence[str], moment: str | None, verb: str, told: Told) -> list[str]:
        """The records that `told` names once it is done: only they leave a trace and are answered."""
        sql = f"UPDATE {quoted(item.table)} SET deletedAt = ?, updatedAt = ? WHERE id {_IN}"  # noqa: S608
        with self.store.transaction():
            self.store.execute(sql, (moment, self.workspace.now(), orjson.dumps(ids).decode()))
            noted = told(ids)
            self.workspace.automations.binned(item, noted, verb)
        return noted

    def destroy(self, item: Object, tree: Tree, ids: Sequence[str]) -> list[Record]:
        """Remove records for good, with what hangs on them; what they were.

        The server tells its listeners of one of them only, so that the bytes of all other records' files stay.
        """
        found = self.workspace.reader.rows_of(item, tree, ids)
        with self.store.transaction():
            files = [one for ident in ids[:1] for one in self.workspace.files.of(item, ident)]
            sql = f"DELETE FROM {quoted(item.table)} WHERE id {_IN}"  # noqa: S608
            self.store.execute(sql, (orjson.dumps(ids).decode(),))
            self.workspace.files.drop(files)
        # What hung on the records is looked up now, when it is gone with them.
        return self.workspace.reader.records_of(found)

    def matching(self, item: Object, filter_: dict[str, Any] | None) -> list[str]:
        """The ids of the records that the filter of a mutation means; those in the bin too."""
        reader = self.workspace.reader
        return reader.ids(item, reader.where(item, filter_, with_deleted=True))

    def still(self, item: Object, filter_: dict[str, Any] | None) -> Told:
        """Which written records a mutation's filter means afterwards: the server selects them a second time by it.

        So to delete what is not deleted, or to restore what is, answers nothing and leaves nothing in the timeline.
        """

        def told(ids: Sequence[str]) -> list[str]:
            means = set(self.matching(item, filter_))
            return [ident for ident in ids if ident in means]

        return told
