"""What stays out of Twenty by a ready choice: `complete`, `crm-lean`, or one of the practice's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from bridgework.errors import UsageError
from bridgework.mapping import personal, standard
from bridgework.mapping.catalogue import Meaning, Preset, builtin, meanings_of
from bridgework.mapping.document import Line, MapDocument, Source
from bridgework.mapping.problem import Problem
from bridgework.mapping.transforms import TRANSFORMS

if TYPE_CHECKING:
    from bridgework.mapping.propose import ProfiledFile

LEFT_OUT = "left out by the preset"
"""How the reason of a line begins that a preset left out."""

_NUMBERS = "its cells are national numbers, or hold some"
_UNKNOWN = "nobody knows what it holds"

Place = tuple[str, str]
"""A column: source object and header."""


def preset_named(name: str, own: Mapping[str, Preset]) -> Preset:
    """The preset of that name, the practice's own ones first; raises UsageError (PRESET-UNKNOWN)."""
    known = {**builtin().presets, **own}
    if name not in known:
        raise UsageError(
            "PRESET-UNKNOWN",
            f"There is no preset “{name}”.",
            where="bridgework.toml, map.preset",
            next_step=f"use one of {', '.join(known)}, or describe your own under [map.presets.NAME]",
        )
    return known[name]


def preset_of(document: MapDocument) -> Preset:
    """What a map leaves out: as it says itself, else as the ready preset of that name says."""
    if document.leaves_out is not None or document.preset == "complete":
        return document.leaves_out or Preset()
    return builtin().presets.get(document.preset) or Preset()


def with_preset(
    document: MapDocument, name: str, preset: Preset, numbers: Collection[Place] = frozenset()
) -> MapDocument:
    """The map with the lines of the preset left out, each with its reason; other lines stay as they are.

    `numbers`: columns whose cells look like national numbers. A record whose name is left out gets one of what is
    loaded; where no member can be found, because of the address that is left out, the record keeps the name as text.
    """
    sources = {key: _source(key, source, name, preset, numbers) for key, source in document.sources.items()}
    said = preset if preset.minimises or preset.files else None
    made = document.model_copy(update={"preset": name, "leaves_out": said, "sources": sources})
    named = {key: _named(key, source, document.sources[key]) for key, source in made.sources.items()}
    return made.model_copy(update={"sources": {key: _without_members(one, made) for key, one in named.items()}})


def kept_to_preset(document: MapDocument, source: str, line: Line, before: Line) -> Line:
    """A line that an edit by meaning makes in place of another, as the map's preset has it: left out where it says so.

    A column that was left out for its cells stays so, whatever it is said to mean.
    """
    preset, name = preset_of(document), document.preset
    if line.column in document.sources[source].key:
        return line
    number = before.decision == "leave-out" and before.why == _why(name, _NUMBERS)
    return _line(line, meanings_of(source).get(line.concept or ""), name, preset, number=number)


def national_numbers(files: Iterable[ProfiledFile]) -> frozenset[Place]:
    """The columns whose cells, those of some rows, look like national numbers or hold them."""
    return frozenset(
        (one.object, column.header)
        for one in files
        for column in one.columns
        if personal.are_national_numbers(column.cells)
    )


def against_preset(document: MapDocument, numbers: Collection[Place] = frozenset()) -> Iterator[Problem]:
    """The lines that a person loads though the map's preset would leave them out; they stop nothing."""
    for name, source in document.sources.items():
        for number, line in enumerate(source.lines):
            if why := reason_against(document, name, line, number=(name, line.column or "") in numbers):
                at = document.line_of("sources", name, "lines", number)
                what = f"`{line.column}` of {name} is loaded against the preset {document.preset}: {why}"
                yield Problem(at, "AGAINST-PRESET", what, "leave it out, unless somebody decided to load it")


def reason_against(document: MapDocument, source: str, line: Line, *, number: bool = False) -> str:
    """Why the map's preset would leave out a line that is loaded; empty where it would not.

    It never leaves out a key, by which records are known; one of national numbers is against it all the same.
    """
    preset = preset_of(document)
    if not line.loaded:
        return ""
    if number and preset.without_numbers:
        return _NUMBERS
    if line.transform == "key" or line.column in document.sources[source].key:
        return ""
    return _reason(meanings_of(source).get(line.concept or ""), preset)


# --- one line ------------------------------------------------------------------------------------------------------


def _source(key: str, source: Source, name: str, preset: Preset, numbers: Collection[Place]) -> Source:
    meanings = meanings_of(key)
    lines = tuple(
        one
        if one.column in source.key
        else _line(one, meanings.get(one.concept or ""), name, preset, number=(key, one.column or "") in numbers)
        for one in source.lines
    )
    return source.model_copy(update={"lines": lines})


def _line(line: Line, meaning: Meaning | None, name: str, preset: Preset, *, number: bool) -> Line:
    if not line.loaded or line.transform == "key":
        return line
    if why := _NUMBERS if number and preset.without_numbers else _reason(meaning, preset):
        return line.model_copy(update={"decision": "leave-out", "why": _why(name, why)})
    if line.transform == "file" and preset.files:
        return line.model_copy(update={"with_": {**line.with_, "without": list(preset.files)}})
    return line


def _why(name: str, reason: str) -> str:
    return f"{LEFT_OUT} {name}: {reason}"


def _reason(meaning: Meaning | None, preset: Preset) -> str:
    """Why the preset leaves a line out; empty where it does not. Links and numbers of records always stay."""
    if meaning is None:
        return _UNKNOWN if preset.minimises else ""
    if meaning.concept in preset.text:
        return "free text, which may be clinical"
    if meaning.concept in preset.concepts:
        return "a number or a fact that it does not need"
    if meaning.sensitivity in preset.sensitivity and not meaning.validator.startswith(("link", "key")):
        return f"data about {meaning.sensitivity}"
    return ""


# --- what is left behind -------------------------------------------------------------------------------------------


def _named(key: str, source: Source, before: Source) -> Source:
    """The source with a line for the field by which people know its records, where the preset left out the only one."""
    field = f"{source.record}.{standard.LABEL_FIELDS.get(source.record or '', 'name')}"
    was = next((line for line in before.all_lines() if line.target == field), None)
    if was is None or "TEXT" not in TRANSFORMS[was.transform or ""].types:
        return source
    if any(line.target == field for line in source.all_lines()):
        return source
    others = was.with_.get("otherwise")
    wanted = others if isinstance(others, list | tuple) else ()
    loaded = [one for one in wanted if (line := source.line_for(one)) and line.loaded and line.transform != "file"]
    title = Line.model_validate(
        {"target": field, "type": "TEXT", "transform": "title", "from": loaded[:1]}
        | {"with": {"otherwise": key.replace("_", " ").capitalize()}}
    )
    return source.model_copy(update={"derived": (*source.derived, title)})


def _without_members(source: Source, document: MapDocument) -> Source:
    """The source whose lines do not look for members by an address that is left out.

    Such a line fills instead the text field that is derived from its column, as the practice wrote the provider.
    """
    lines, derived = list(source.lines), list(source.derived)
    for number, line in enumerate(source.lines):
        if line.transform != "member" or not line.loaded:
            continue
        other = document.sources.get(line.with_["object"])
        own = other.line_for(line.with_["email"]) if other else None
        text = next((one for one in derived if one.transform == "text" and one.from_ == (line.concept,)), None)
        if own is not None and not own.loaded and text is not None:
            derived.remove(text)
            kept = {"target": text.target, "type": text.type, "transform": text.transform, "with_": text.with_}
            lines[number] = line.model_copy(update=kept)
    return source.model_copy(update={"lines": tuple(lines), "derived": tuple(derived)})
