"""`bridgework.toml`: the settings of a migration, for people to read and change. It never holds a secret."""

from __future__ import annotations

import os
import tomllib
import uuid
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bridgework.errors import UsageError

FILE = "bridgework.toml"
CALLS_AN_HOUR = 3600
"""What DentAdmin's vendor grants; a person may set less, never more."""

Source = Literal["api", "export"]

_TEMPLATE = """\
# The settings of this migration. Secrets are never here: they come from BRIDGEWORK_TWENTY_KEY and BRIDGEWORK_STORE_KEY,
# else the operating system's keyring, else a prompt.

[migration]
id = "{id}"

[practice]
folder = {folder}        # the export of DentAdmin: one CSV or XLSX an object, and its documents
documents = "{documents}"           # the folder of files inside it
# Where a guess of the audit is wrong, say it here, then run the audit again:
# [practice.files."patienten.csv"]
# encoding = "cp1252"
# delimiter = ";"

[workspace]
url = {url}
calls_per_minute = {rate}           # what your Twenty allows; 0: no limit (a server of your own)
"""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSettings(_Strict):
    """What a person says of one file of the export, against the audit's guess."""

    encoding: str | None = None
    delimiter: Annotated[str | None, Field(min_length=1, max_length=1)] = None
    header: bool | None = None
    object: str | None = None


class ApiSettings(_Strict):
    """How DentAdmin's API is reached, and how much of it may be used."""

    profile: str
    url: str | None = None
    language: Literal["nl", "fr"] = "nl"
    calls_an_hour: Annotated[int, Field(gt=0, le=CALLS_AN_HOUR)] = CALLS_AN_HOUR
    hours: str = ""


class ObjectSettings(_Strict):
    """Who wins where an object comes from the API and from the export, for all of it and for single headers."""

    winner: Source = "api"
    fields: dict[str, Source] = Field(default_factory=dict)


class PracticeSettings(_Strict):
    """Where the practice's data are: in an export folder, behind an API, or both."""

    folder: Path | None = None
    documents: str = "documents"
    nomenclature: tuple[Path, ...] = ()
    files: dict[str, FileSettings] = Field(default_factory=dict)
    api: ApiSettings | None = None
    objects: dict[str, ObjectSettings] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people know the source by: the export's folder, or the API's profile."""
        return self.folder.name if self.folder else Path(self.api.profile).stem if self.api else ""

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if self.folder is None and self.api is None:
            raise ValueError("name the export's folder, or a profile in [practice.api], or both")
        return self


class WorkspaceSettings(_Strict):
    """Where the Twenty workspace is, and how many calls a minute it allows."""

    url: str
    calls_per_minute: Annotated[int, Field(ge=0)] = 100


class MigrationSettings(_Strict):
    """Which migration this is: its id is the namespace of every id that it makes."""

    id: uuid.UUID


class Settings(_Strict):
    """All of bridgework.toml."""

    migration: MigrationSettings
    practice: PracticeSettings
    workspace: WorkspaceSettings


def write_new(folder: Path, id_: uuid.UUID, practice: Path, url: str, calls_per_minute: int) -> Settings:
    """Write the settings of a new migration."""
    text = _TEMPLATE.format(
        id=id_, folder=_quoted(str(practice)), documents="documents", url=_quoted(url), rate=calls_per_minute
    )
    (folder / FILE).write_text(text, encoding="utf-8")
    return read(folder)


def read(folder: Path) -> Settings:
    """Read the settings; raises UsageError (SETTINGS-MISSING, SETTINGS-WRONG) with the place."""
    path = folder / FILE
    if not path.is_file():
        raise UsageError(
            "SETTINGS-MISSING",
            "This is not the folder of a migration.",
            where=os.fspath(path),
            next_step="run `bridgework init DIR --practice EXPORT_FOLDER --twenty URL` first",
        )
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise UsageError("SETTINGS-WRONG", "The settings cannot be read.", where=FILE, why=str(error)) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError("SETTINGS-WRONG", "A setting is wrong.", where=f"{FILE}, {place}", why=first["msg"]) from None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
