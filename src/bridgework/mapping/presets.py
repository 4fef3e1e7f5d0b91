"""What stays out of Twenty by a ready choice: `complete`, `crm-lean`, or one of the practice's own."""

from __future__ import annotations

from collections.abc import Mapping

from bridgework.errors import UsageError
from bridgework.mapping.catalogue import Meaning, Preset, builtin
from bridgework.mapping.document import Line, MapDocument, Source

LEFT_OUT = "left out by the preset"
"""How the reason of a line begins that a preset left out."""


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


def with_preset(document: MapDocument, name: str, preset: Preset) -> MapDocument:
    """The map with the lines of the preset left out, each with its reason; other lines stay as they are."""
    sources = {key: _source(key, source, name, preset) for key, source in document.sources.items()}
    return document.model_copy(update={"preset": name, "sources": sources})


def _source(key: str, source: Source, name: str, preset: Preset) -> Source:
    meanings = {one.concept: one for one in builtin().sources[key].lines} if key in builtin().sources else {}
    lines = tuple(_line(line, meanings.get(line.concept or ""), name, preset) for line in source.lines)
    return source.model_copy(update={"lines": lines})


def _line(line: Line, meaning: Meaning | None, name: str, preset: Preset) -> Line:
    if not line.loaded or line.transform == "key":
        return line
    if meaning is not None and (why := _reason(meaning, preset)):
        return line.model_copy(update={"decision": "leave-out", "why": f"{LEFT_OUT} {name}: {why}"})
    if line.transform == "file" and preset.files:
        return line.model_copy(update={"with_": {**line.with_, "without": list(preset.files)}})
    return line


def _reason(meaning: Meaning, preset: Preset) -> str:
    """Why the preset leaves a concept out; empty where it does not. Links and numbers of records always stay."""
    if meaning.concept in preset.text:
        return "clinical free text"
    if meaning.concept in preset.concepts:
        return "a number or a fact that it does not need"
    if meaning.sensitivity in preset.sensitivity and not meaning.validator.startswith("link"):
        return f"data about {meaning.sensitivity}"
    return ""
