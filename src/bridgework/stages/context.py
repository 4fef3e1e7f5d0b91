"""What a stage works with: the folder, the settings, the store, and how to reach Twenty."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridgework.belgium import nomensoft
from bridgework.belgium.nomenclature_table import Table
from bridgework.errors import FindingsStop, UsageError
from bridgework.mapping.document import MapDocument
from bridgework.practice.api import ApiClient
from bridgework.practice.documents import DocumentsFolder
from bridgework.practice.fetching import Documents
from bridgework.settings import Settings
from bridgework.stages.common import Progress, Quiet, Stopper
from bridgework.store import Store
from bridgework.store.keys import TWENTY_KEY, secret
from bridgework.workspace import Workspace

MAP_FILE = "map.yaml"
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
        if not self.map_path.exists():
            raise FindingsStop(
                "MAP-MISSING",
                "There is no map yet.",
                where=MAP_FILE,
                next_step="run `bridgework map DIR` first",
            )
        return MapDocument.load(self.map_path)

    def documents(self) -> DocumentsFolder:
        """The files of the export; a practice without an export folder has none on this disk."""
        practice = self.settings.practice
        return DocumentsFolder(practice.folder / practice.documents if practice.folder else None)

    def documents_of(self, api: ApiClient | None) -> Documents:
        """The files of the export, and those behind the API; to be used as a context manager."""
        return Documents(self.store, self.documents(), self.folder / _SCRATCH, api)

    def nomenclature(self) -> Table:
        """Which code was valid when: by the user's files, and what comes along; raises UsageError."""
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
        key = secret(TWENTY_KEY, str(self.settings.migration.id))
        target = self.settings.workspace
        memory = PaceInStore(self.store)
        return await Workspace.open(target.url, key, calls_per_minute=target.calls_per_minute, pace_memory=memory)


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
