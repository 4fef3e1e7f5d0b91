"""`bridgework.toml`: the settings of a migration, for people to read and change. It never holds a secret."""

from __future__ import annotations

import os
import tomllib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bridgework.errors import UsageError

FILE = "bridgework.toml"
CALLS_AN_HOUR = 3600
"""What DentAdmin's vendor grants; a person may set less, never more."""

Source = Literal["api", "export"]

_TEMPLATE = """\
# The settings of this migration. Secrets are never here: they come from BRIDGEWORK_TWENTY_KEY, BRIDGEWORK_DENTADMIN_KEY
# and BRIDGEWORK_STORE_KEY, else the operating system's keyring, else a prompt.

[migration]
id = "{id}"

[practice]
{folder}        # the export of DentAdmin: one CSV or XLSX an object, and its documents
documents = "documents"           # the folder of files inside it
# nomenclature = ["nomen.xml"]    # NomenSoft's XML, beside this file: which code was valid when
# version = "10.4"                # DentAdmin's, for the inventory: Help > About

# Where a guess of the audit is wrong, say it here, then run the audit again:
# [practice.files."patienten.csv"]   # a sheet of several: "praktijk.xlsx#Patiënten"
# encoding = "cp1252"                # of the file; cp850, utf-8, utf-16, iso-8859-15 …
# fallback = ["cp850", "utf-8"]      # of cells that are not in it, in this order
# delimiter = ";"
# quotes = false                     # a quote is a sign like any other
# skip_rows = 2                      # rows above the header to leave out
# header = true                      # or false, or the names of the columns: ["Nr", "Naam"]
# columns_needed = 12                # a row with fewer cells is set aside
# sheet = "Patiënten"                # the only sheet of a workbook to read
# object = "patient"                 # what it holds; several files may hold one object

{api}
{objects}
# [map]
# preset = "crm-lean"             # what stays out of Twenty: complete (nothing), crm-lean, or one of your own:
# [map.presets.no-money]
# says = "nothing about finance"
# sensitivity = ["finance"]       # identity, contact, health, finance; or single meanings: concepts = ["patient.insz"]

[workspace]
url = {url}
calls_per_minute = {rate}           # what your Twenty allows; 0: no limit (a server of your own)
patience = 60                     # minutes to wait for a Twenty that does not answer, before the command pauses

# [sample]
# patients = 150                  # how many are loaded and looked at before the rest
# [existing]                      # people and companies that were in Twenty before
# same = 0.95                     # from this score on (of 1) a match is proposed
# new = 0.6                       # below it a record is new; between the two a person decides
# policy = "fill"                 # of fields that both have: "fill" empty ones, or the value of "source" or "twenty"
# fields = {{ "person.jobTitle" = "source" }}
# [verify]                        # how much may be wrong, in parts of a thousand, before the verification fails
# counts = 0                      # records that are not there
# links = 0                       # links that lead elsewhere
# fields = 0                      # fields that hold another value
"""

_OBJECTS = """\
# An object that is in the export and behind the API is read from both, and joined on its number:
# [practice.objects.patient]
# read = "both"                   # or "api", "export"
# winner = "api"                  # who wins where both have something
# fields = { "GSM" = "export" }   # but not for these columns
"""

_API = """\
[practice.api]                    # DentAdmin's API
profile = {profile}      # a shipped profile, or your own file beside this one
url = {url}
language = "nl"                   # of the columns' names, where no export decides
calls_an_hour = 3600              # never more; lower it where others need some
hours = ""                        # "22:00-06:00": only then; local to Brussels
"""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSettings(_Strict):
    """What a person says of one file of the export, against the audit's guess.

    `fallback`: encodings of cells that are not in the file's own, such as `cp850` or `utf-8`, tried in this order where
    their letters make words in them. `quotes`: whether a quote may wrap a cell. `skip_rows`: rows above the header (or
    above the first record) to leave out. `header`: whether the next row is one, or the names of the columns where there
    is none. `columns_needed`: a row with fewer cells is set aside, one with as many lacks only empty ones. `sheet`: the
    only sheet of a workbook to read.
    """

    encoding: str | None = None
    fallback: tuple[str, ...] = ()
    delimiter: Annotated[str | None, Field(min_length=1, max_length=1)] = None
    quotes: bool | None = None
    skip_rows: Annotated[int | None, Field(ge=0)] = None
    header: bool | tuple[str, ...] | None = None
    columns_needed: Annotated[int | None, Field(ge=1)] = None
    sheet: str | None = None
    object: str | None = None


class ApiSettings(_Strict):
    """How DentAdmin's API is reached, and how much of it may be used."""

    profile: str
    url: str | None = None
    language: Literal["nl", "fr"] = "nl"
    calls_an_hour: Annotated[int, Field(gt=0, le=CALLS_AN_HOUR)] = CALLS_AN_HOUR
    hours: str = ""


class ObjectSettings(_Strict):
    """From where an object is read, and who wins where it is from both: for all of it and for single headers."""

    read: Literal["api", "export", "both"] = "both"
    winner: Source = "api"
    fields: dict[str, Source] = Field(default_factory=dict)

    def winner_of(self, header: str) -> Source:
        """Who wins where both have something in that column."""
        return self.fields.get(header, self.winner)


class PracticeSettings(_Strict):
    """Where the practice's data are: in an export folder, behind an API, or both."""

    folder: Path | None = None
    documents: str = "documents"
    version: str = ""
    edition: str = ""
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
    patience: Annotated[float, Field(ge=0)] = 60  # minutes to wait for a server that does not answer


class SampleSettings(_Strict):
    """How many patients are the sample."""

    patients: Annotated[int, Field(ge=1, le=5000)] = 150


class VerifySettings(_Strict):
    """How much may be wrong before the verification fails, in parts of a thousand: records, links, fields."""

    counts: Annotated[float, Field(ge=0, le=1000)] = 0
    links: Annotated[float, Field(ge=0, le=1000)] = 0
    fields: Annotated[float, Field(ge=0, le=1000)] = 0


class OwnPreset(_Strict):
    """A practice's own choice of what stays out of Twenty, as `bridgework.mapping.catalogue.Preset` takes it."""

    says: str = ""
    sensitivity: tuple[Literal["identity", "contact", "health", "finance", "practice"], ...] = ()
    concepts: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    files: tuple[Literal["images"], ...] = ()


class MapSettings(_Strict):
    """Which preset a new map is proposed with, and the practice's own presets."""

    preset: str = "complete"
    presets: dict[str, OwnPreset] = Field(default_factory=dict)


Policy = Literal["fill", "source", "twenty"]


class ExistingSettings(_Strict):
    """Records that were in Twenty before: from which score (0 to 1) a match is proposed, below which a record is new.

    `policy`: what a merge does with a field that both have: `fill` writes only where Twenty's is empty, `source` the
    practice's value, `twenty` nothing; `fields` says it for single ones (`person.jobTitle`).
    """

    same: Annotated[float, Field(gt=0, le=1)] = 0.95
    new: Annotated[float, Field(gt=0, le=1)] = 0.6
    policy: Policy = "fill"
    fields: dict[str, Policy] = Field(default_factory=dict)

    def policy_of(self, object_: str, field: str) -> Policy:
        """The policy of a field."""
        return self.fields.get(f"{object_}.{field}", self.policy)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.new > self.same:
            raise ValueError("`new` must not be above `same`")
        return self


class MigrationSettings(_Strict):
    """Which migration this is: its id is the namespace of every id that it makes."""

    id: uuid.UUID


class Settings(_Strict):
    """All of bridgework.toml."""

    migration: MigrationSettings
    practice: PracticeSettings
    workspace: WorkspaceSettings
    map: MapSettings = MapSettings()
    sample: SampleSettings = SampleSettings()
    verify: VerifySettings = VerifySettings()
    existing: ExistingSettings = ExistingSettings()


def write_new(folder: Path, id_: uuid.UUID, practice: PracticeSettings, workspace: WorkspaceSettings) -> Settings:
    """Write the settings of a new migration."""
    text = _TEMPLATE.format(
        id=id_,
        folder=f"folder = {_quoted(str(practice.folder))}" if practice.folder else '# folder = "…"',
        api=_api_text(practice.api),
        objects=_objects_text(practice.objects),
        url=_quoted(workspace.url),
        rate=workspace.calls_per_minute,
    )
    (folder / FILE).write_text(text, encoding="utf-8")
    return read(folder)


def _api_text(api: ApiSettings | None) -> str:
    """The API's part of the settings; commented out where there is none, for a person to see what could be said."""
    if api is not None:
        return _API.format(profile=_quoted(api.profile), url=_quoted(api.url or ""))
    text = _API.format(profile='"template.yaml"', url='"https://…"')
    return "".join(f"# {line}\n" for line in text.splitlines())


def _objects_text(objects: Mapping[str, ObjectSettings]) -> str:
    """What is said of objects; an example where nothing is."""
    said = [
        f'[practice.objects.{name}]\nread = "{one.read}"\nwinner = "{one.winner}"\n' for name, one in objects.items()
    ]
    return "\n".join(said) if said else _OBJECTS


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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        why = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not saved as UTF-8"
        step = "correct it in a text editor, and save it as UTF-8"
        raise UsageError(
            "SETTINGS-WRONG", "The settings cannot be read.", where=FILE, why=why, next_step=step
        ) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            "SETTINGS-WRONG",
            "A setting is wrong.",
            where=f"{FILE}, {place}",
            why=first["msg"],
            next_step="correct it there; a file that lost its end is best put back from a backup: the id must stay",
        ) from None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
