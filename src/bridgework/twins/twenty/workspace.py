"""One workspace: its data model, its records, its files, and the key that opens it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bridgework.twins.twenty.automations import Automations
from bridgework.twins.twenty.fields import Fields
from bridgework.twins.twenty.files import Files
from bridgework.twins.twenty.founding import Founder
from bridgework.twins.twenty.layouts import Layouts
from bridgework.twins.twenty.likeness import Likeness
from bridgework.twins.twenty.members import Member
from bridgework.twins.twenty.model import DataModel, new_id
from bridgework.twins.twenty.moments import stamp
from bridgework.twins.twenty.objects import Objects
from bridgework.twins.twenty.reading import Reader
from bridgework.twins.twenty.removing import Remover
from bridgework.twins.twenty.standard import standard_model
from bridgework.twins.twenty.stats import Stats
from bridgework.twins.twenty.store import Store
from bridgework.twins.twenty.views import Views
from bridgework.twins.twenty.writing import Writer

KEY_NAME = "scratch"


class Workspace:
    """Everything that one workspace holds. Callers hold `store.lock` while they use it."""

    def __init__(
        self,
        folder: Path | None,
        *,
        clock: Callable[[], float] = time.time,
        max_records: int = 200,
        members: Sequence[Member] = (),
        demo: bool = False,
        like: Mapping[str, Any] | None = None,
    ) -> None:
        self.clock = clock
        self.max_records = max_records
        self.url = ""
        self.key_name = KEY_NAME
        self.stats = Stats()
        self.lacking: tuple[str, ...] = ()
        self.store = Store(folder)
        self.fresh = not self.store.load("workspace")
        if self.fresh:
            self._found()
        facts = self.store.load("workspace")[0]
        self.id: str = facts["id"]
        self.founded: str = facts["founded"]
        self.key_id: str = facts["keyId"]
        self.secret = str(facts["secret"]).encode()
        self.model: DataModel = self.store.load_model()
        self.files = Files(self, None if folder is None else folder / "files")
        self.reader = Reader(self.store, self.model, self.files.shown)
        self.automations = Automations(self)
        self.writer = Writer(self)
        self.remover = Remover(self)
        self.views = Views(self)
        self.layouts = Layouts(self)
        self.fields = Fields(self)
        self.objects = Objects(self)
        if self.fresh:
            with self.store.transaction():
                self.views.found_standard()
                if like is None:
                    Founder(self).found(members, demo=demo)
                else:
                    likeness = Likeness(self, like)
                    likeness.found()
                    self.lacking = tuple(likeness.lacking)

    def now(self) -> str:
        """This moment, as the server writes it."""
        return stamp(self.clock())

    def _found(self) -> None:
        """Make the tables and the data model of a fresh workspace."""
        model = standard_model(self.now())
        with self.store.transaction():
            facts = {"id": new_id(), "keyId": new_id(), "secret": new_id() + new_id(), "founded": self.now()}
            self.store.put("workspace", facts["id"], facts)
            for item in model:
                self.store.save_object(item)
                self.store.create_table(model, item)
