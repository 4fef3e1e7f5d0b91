"""What cannot be extracted as things are: objects, columns and files that neither API nor export has, and the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bridgework.mapping.catalogue import Kind, Language, Meaning, builtin
from bridgework.mapping.document import MapDocument
from bridgework.reports.audit_document import Documents, Missing
from bridgework.reports.page import number
from bridgework.stages.inventory.entries import Entries

_LIST = (
    "In DentAdmin's desktop application, open this list, make all its columns visible and export it as CSV or XLSX (the"
    " usual name is {name}); put the file into the export folder, and audit again."
)
_REBUILT = (
    "If the practice uses any, export their list from the desktop application (the usual name is {name}), or write them"
    " down from the screen. They are not loaded: the hand-over lists them for rebuilding in Twenty."
)
_COLUMNS = (
    "Where the practice uses them, make these columns visible in the desktop application's list, export it again and"
    " audit again. Nothing needs doing where it does not."
)
_FROM_EXPORT = (
    "The API does not give them. Export the list from the desktop application and put it into the export folder: the"
    " two are joined by their numbers."
)
_ONLY_EXPORT = (
    "Nothing, as long as the export is there. It must be made anew for each delta, since the API cannot refresh them."
)
_UNKNOWN = (
    'Say what it holds in bridgework.toml: [practice.files."%s"] object = "patient"; or move it out of the folder.'
)
_FILES = (
    "Look for them on the practice's server and its imaging program's store, copy them into the documents folder under"
    " the same names, and audit again. A record whose file is not found is loaded without it, and listed."
)
_LARGE = (
    "Keep these files where they are, and add those that are needed in Twenty by hand. The load lists each of them."
)


def missing(
    proposed: MapDocument,
    entries: Entries,
    called: Collection[str],
    unknown: Iterable[str],
    documents: Documents | None,
) -> list[Missing]:
    """All of it, in the order of loading. `called`: objects of the API; `unknown`: files that nobody knows."""
    read = {one["object"]: one for one in entries.objects}
    language = next((one["language"] for one in entries.objects), "nl")
    found: list[Missing] = []
    for name, kind in builtin().sources.items():
        if name not in read:
            found += [] if name in called else [_object(name, kind, language)]
            continue
        if name in proposed.sources and (names := _columns(kind, proposed, name, read[name]["language"])):
            way = _FROM_EXPORT if read[name]["source"] == "api" else _COLUMNS
            found.append(_entry("columns", name, names, f"{len(names)} columns that the map knows are not there", way))
        if names := entries.only_in_export(name):
            found.append(_entry("api", name, names, "only the export has these columns, not the API", _ONLY_EXPORT))
    found += [_entry("file", "", [name], "nobody knows its columns: not read", _UNKNOWN % name) for name in unknown]
    return [*found, *_documents(proposed, documents)]


def _object(name: str, kind: Kind, language: str) -> Missing:
    words = _REBUILT if kind.keep else _LIST
    file = kind.files[-1] if language == "en" else kind.files[0]
    return _entry("object", name, [], "neither the export nor the API has it", words.format(name=f"{file}.csv"))


def _columns(kind: Kind, proposed: MapDocument, name: str, language: str) -> list[str]:
    """The usual headers of the meanings that no column has; one of several meanings for a field is enough."""
    lines = proposed.sources[name].lines
    there = {line.concept for line in lines}
    filled = {line.target for line in lines if line.loaded and line.target}
    absent = [one for one in kind.lines if one.concept not in there and (one.target not in filled or not one.target)]
    return [header for one in absent if (header := _usual(one, language))]


def _usual(meaning: Meaning, language: str) -> str:
    order: tuple[Language, ...] = ("fr", "nl", "en") if language == "fr" else ("nl", "fr", "en")
    return next((words[0] for one in order if (words := getattr(meaning, one))), "")


def _documents(proposed: MapDocument, documents: Documents | None) -> list[Missing]:
    if documents is None:
        named = any(line.transform == "file" for source in proposed.sources.values() for line in source.all_lines())
        what = "the rows name files, and there is no documents folder"
        return [_entry("documents", "document", [], what, _FILES)] if named else []
    found = []
    if lost := documents["not_found"]:
        found.append(
            _entry(
                "documents",
                "document",
                [],
                f"{number(lost)} of {number(documents['named'])} named files are not on disk",
                _FILES,
            )
        )
    if large := documents["too_large"]:
        found.append(_entry("documents", "document", [], f"files larger than Twenty takes: {number(large)}", _LARGE))
    return found


def _entry(kind: str, object_: str, names: list[str], what: str, way: str) -> Missing:
    return {"kind": kind, "object": object_, "names": names, "what": what, "way": way}
