"""What a stage works with: the folder, the settings, the store, and how to reach Twenty."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridgework.errors import FindingsStop, UsageError
from bridgework.settings import Settings
from bridgework.stages.columns import require_columns
from bridgework.stages.common import Progress, Quiet, Stopper, require_approval
from bridgework.store import Store
from bridgework.store.keys import TWENTY_KEY, secret

if TYPE_CHECKING:  # what a command does not use, it need not wait for
    from bridgework.belgium.nomenclature_table import Table
    from bridgework.mapping.document import MapDocument
    from bridgework.practice.api import ApiClient
    from bridgework.practice.documents import DocumentsFolder
    from bridgework.practice.fetching import Documents
    from bridgework.workspace import Workspace

MAP_FILE = "map.yaml"
_WORKSPACE = "workspace"  # the setting that holds the id of the workspace, once it is written to
_SCRATCH = "fetched"  # a folder that is there while files come from the API


@dataclass
class Context:
    """One open migration, as its stages see it."""

    folder: Path
    settings: Settings
    store: Store
    actor: str
    progress: Progress = field(default_factory=Quiet)
    stopper: Stopper = field(default_factory=Stopper)
    forecasts: bool = True
    """Whether what runs says when it ends."""
    _map: tuple[str, MapDocument] | None = field(default=None, init=False, repr=False)

    @property
    def reports(self) -> Path:
        """Where documents for people go."""
        path = self.folder / "reports"
        path.mkdir(exist_ok=True)
        return path

    @property
    def map_path(self) -> Path:
        """The map of this migration."""
        return self.folder / MAP_FILE

    def map(self) -> MapDocument:
        """The map; raises FindingsStop (MAP-MISSING) where there is none yet."""
        from bridgework import yaml_text
        from bridgework.mapping.document import MapDocument

        if not self.map_path.exists():
            raise FindingsStop(
                "MAP-MISSING",
                "There is no map yet.",
                where=MAP_FILE,
                next_step="run `bridgework map DIR` first",
            )
        text = yaml_text.decode(self.map_path.read_bytes(), self.map_path.name)
        if self._map is None or self._map[0] != text:  # a person may edit it at any time
            self._map = (text, MapDocument.parse(text, self.map_path.name))
        return self._map[1]

    def documents(self) -> DocumentsFolder:
        """The files of the export; a practice without an export folder has none on this disk."""
        from bridgework.practice.documents import DocumentsFolder

        practice = self.settings.practice
        return DocumentsFolder(practice.folder / practice.documents if practice.folder else None)

    def documents_of(self, api: ApiClient | None) -> Documents:
        """The files of the export, and those behind the API; to be used as a context manager."""
        from bridgework.practice.fetching import Documents

        return Documents(self.store, self.documents(), self.folder / _SCRATCH, api)

    def nomenclature(self) -> Table:
        """Which code was valid when: by the user's files, and what comes along; raises UsageError."""
        from bridgework.belgium import nomensoft
        from bridgework.belgium.nomenclature_table import Table

        paths = [self.folder / one for one in self.settings.practice.nomenclature]
        try:
            return Table.load(paths)
        except OSError as error:
            where = str(error.filename)
            raise UsageError("NOMENCLATURE-AWAY", "A file of the nomenclature cannot be read.", where=where) from None
        except nomensoft.NotNomenSoft as error:
            raise UsageError(
                "NOMENCLATURE-WRONG",
                "A file of the nomenclature is none of NomenSoft's.",
                where="bridgework.toml, practice.nomenclature",
                why=str(error),
                next_step="download the XML from NomenSoft (RIZIV), and name it there",
            ) from None

    async def workspace(self) -> Workspace:
        """A connection to Twenty, at the pace that the settings allow; to be used as a context manager."""
        from bridgework.workspace import Workspace

        key = secret(TWENTY_KEY, str(self.settings.migration.id))
        require_same_workspace(self.store, key)
        target = self.settings.workspace
        memory = PaceInStore(self.store)
        return await Workspace.open(target.url, key, calls_per_minute=target.calls_per_minute, pace_memory=memory)


def require_same_workspace(store: Store, key: str) -> None:
    """See that the key is for the workspace that this migration has written to; raises UsageError (WORKSPACE-OTHER)."""
    from bridgework.workspace.keys import workspace_of

    now, before = workspace_of(key), store.get(_WORKSPACE)
    if now is None or now == before:
        return
    if before is not None and store.get("baseline"):
        raise UsageError(
            "WORKSPACE-OTHER",
            "The API key is for another workspace than the one that this migration writes to. Nothing was sent.",
            where="BRIDGEWORK_TWENTY_KEY",
            why=f"it began in the workspace {before}, and the key is for {now}",
            next_step="give a key of the first one; for another workspace, run `bridgework init` in a new folder",
        )
    store.put(_WORKSPACE, now)


def needed_map(context: Context) -> MapDocument:
    """The map, approved as it stands, with a line for every column; raises FindingsStop (APPROVAL-…, MAP-COLUMNS)."""
    document = context.map()
    require_columns(context.store, document)
    require_approval(context.store, "map", document.digest())
    return document


class PaceInStore:
    """Keeps the pace across restarts, so that a new process does not spend tokens that the last one spent."""

    def __init__(self, store: Store) -> None:
        """Keep it in this store."""
        self._store = store

    def load(self) -> dict[str, Any] | None:
        """What was kept last, or None."""
        found: dict[str, Any] | None = self._store.get("pace")
        return found

    def save(self, state: dict[str, Any]) -> None:
        """Keep it."""
        self._store.put("pace", state)
