"""Whether the sample is approved: asked by the load and by `status`, which need nothing else of a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bridgework.errors import BridgeworkError, FindingsStop
from bridgework.stages.context import Context, needed_map
from bridgework.store import Store
from bridgework.store.ledger import Ledger
from bridgework.store.notes import approved

if TYPE_CHECKING:
    from bridgework.mapping.document import MapDocument

NAME = "sample"
KEPT = "sample"  # the setting that says what the sample came to


def require_sample(context: Context, document: MapDocument) -> None:
    """Raise FindingsStop (SAMPLE-MISSING, SAMPLE-STALE) where nobody approved the sample of this map."""
    kept = kept_sample(context.store, document)
    given = approved(context.store, NAME)
    if given is None or given.digest != kept["digest"]:
        raise FindingsStop(
            "SAMPLE-MISSING",
            "Nobody has approved the sample yet.",
            next_step="look at reports/sample.html, then run `bridgework sample DIR --approve-as NAME`",
        )


def sample_is_approved(context: Context) -> bool:
    """Whether the load may begin, as far as the sample goes."""
    try:
        require_sample(context, needed_map(context))
    except BridgeworkError:
        return False
    return True


def kept_sample(store: Store, document: MapDocument) -> Mapping[str, Any]:
    """What the sample came to; raises FindingsStop (SAMPLE-MISSING, SAMPLE-STALE)."""
    kept: dict[str, Any] = store.get(KEPT, {})
    run = Ledger.current(store, NAME, "")
    if run is None or run.row()["state"] != "done" or kept.get("run") != run.run_id:
        raise FindingsStop(
            "SAMPLE-MISSING",
            "No sample was loaded and looked at yet.",
            next_step="run `bridgework sample DIR --apply`, look at its report, and approve it",
        )
    require_same_map(run, document)
    return kept


def require_same_map(run: Ledger | None, document: MapDocument) -> None:
    """Raise FindingsStop (SAMPLE-STALE) where that sample was made with another map."""
    if run is not None and run.row()["detail"]["map"] != document.digest():
        raise FindingsStop(
            "SAMPLE-STALE",
            "The map is not the one that the sample was made with.",
            next_step="take the sample back (`bridgework rollback DIR --scope sample`), then take it again",
        )
