"""Makes the mapper of a migration: the approved map, joined with what it must know of the workspace and the practice.

Records without a moment of their own get that of the audit, when they were read. What is learnt of the workspace (the
members) is kept at the first load: the same row must give the same record for as long as the migration lives, whoever
joins or leaves the workspace meanwhile.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridgework.belgium import teeth
from bridgework.mapping.document import MapDocument
from bridgework.mapping.records import Mapper, directory
from bridgework.mapping.target import Context as MapContext
from bridgework.practice.rows import StagedRows
from bridgework.stages.context import Context
from bridgework.stages.existing.deciding import stand_ins

if TYPE_CHECKING:
    from bridgework.workspace import Workspace

_KNOWN = "mapper"
_LOOKED_AT = 50_000  # rows: enough to tell how a practice writes teeth
_NEARLY_ALL = 0.95
LOOKED_UP = ("provider", "referrer", "insurer")
"""The objects that the records of others look things up in: small enough to hold, some hundreds of records."""


async def make_mapper(context: Context, document: MapDocument, workspace: Workspace, *, remember: bool) -> Mapper:
    """The mapper; `remember` keeps what it learnt, for later runs to build the same records."""
    rows = StagedRows(context.store)
    known: dict[str, Any] | None = context.store.get(_KNOWN)
    if known is None:
        members = {one.email.lower(): one.id for one in await workspace.members() if one.email}
        known = {"members": members, "notations": tooth_notations(document, rows)}
        if remember:
            context.store.put(_KNOWN, known)
    return Mapper(
        document,
        MapContext(
            namespace=context.settings.migration.id,
            members=known["members"],
            workspace_url=context.settings.workspace.url,
            imported_by="Bridgework",
            run_moment=datetime.fromisoformat(context.store.get("read_at")),
            directory={name: directory(document, name, rows.iterate(name)) for name in LOOKED_UP},
            notations=known["notations"],
            nomenclature=context.nomenclature(),
            stand_ins=stand_ins(context),
        ),
    )


def tooth_notations(document: MapDocument, rows: StagedRows) -> dict[str, str]:
    """The tooth notation of each object's column of teeth, where its cells tell: a number alone often does not.

    Some cells are always odd, so nearly all of those that tell must agree; where they do not, the column is UNKNOWN.
    """
    found = {}
    for name, source in document.sources.items():
        column = source.column_of(f"{name}.tooth")
        if column is None:
            continue
        cells = Counter(row.values.get(column, "").strip() for row in rows.iterate(name, limit=_LOOKED_AT))
        telling: Counter[str] = Counter()
        for cell, count in cells.items():
            if (notation := teeth.notation_of([cell])) in {"FDI", "UNIVERSAL", "PALMER"}:
                telling[notation] += count
        if telling:
            best, count = telling.most_common(1)[0]
            found[name] = best if count >= _NEARLY_ALL * telling.total() else "UNKNOWN"
    return found
