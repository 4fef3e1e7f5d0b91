"""Reading a profile from its YAML: every problem at once, each with its line and what to write there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from bridgework import yaml_text
from bridgework.errors import UsageError
from bridgework.practice.api import fitting, json_text, wording
from bridgework.practice.api.entries import Entry, ObjectEntry, ProfileEntry
from bridgework.practice.api.fitting import Problem
from bridgework.practice.api.profile import ApiProfile, ObjectProfile

Model = TypeVar("Model", bound=BaseModel)

_SHIPPED = "bridgework.practice.api.profiles"
_SUFFIXES = {".yaml", ".yml"}


def shipped() -> list[str]:
    """The names of the profiles that come along, the template among them."""
    return sorted(Path(one.name).stem for one in files(_SHIPPED).iterdir() if Path(one.name).suffix in _SUFFIXES)


def load_profile(source: str | Path, beside: Path) -> ApiProfile:
    """A shipped profile by its name, or one from a YAML file, whose path counts from the folder `beside`.

    Raises UsageError: PROFILE-UNKNOWN where there is none, PROFILE-WRONG with the line of every problem in it.
    """
    if isinstance(source, str) and Path(source).suffix not in _SUFFIXES and source in shipped():
        return parse_profile(files(_SHIPPED).joinpath(f"{source}.yaml").read_text(encoding="utf-8"), f"{source}.yaml")
    path = beside / source
    try:
        return parse_profile(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError:
        raise _wrong(path.name, [Problem((), "the file is not UTF-8: save it as UTF-8")], {}) from None
    except OSError as error:
        raise UsageError(
            "PROFILE-UNKNOWN",
            "There is no such profile of an API.",
            where="bridgework.toml, practice.api.profile",
            why=f"{path.name} cannot be read ({type(error).__name__}), and no shipped profile has this name",
            next_step=f"write the path of a YAML file beside bridgework.toml, or one of: {', '.join(shipped())}",
        ) from None


def parse_profile(text: str, name: str = "profile.yaml") -> ApiProfile:
    """A profile from its text; raises UsageError (PROFILE-WRONG)."""
    try:
        content, lines = yaml_text.read(text, name)
    except UsageError as error:
        raise UsageError(
            "PROFILE-WRONG",
            "The profile of the API is not valid YAML.",
            where=error.where,
            why=error.why.partition(" with value ")[0],  # a key that is there twice; its value is no one's business
            next_step="correct that line in a text editor; lines that belong together are indented alike, by spaces",
        ) from None
    except KeyError:  # the entry that `<<` takes over has no line of its own
        problem = Problem((), "`<<` is not read here: what objects share is written once, under `defaults`")
        raise _wrong(name, [problem], {}) from None
    problems: list[Problem] = []
    profile = _profile(content, problems)
    if profile is None:
        raise _wrong(name, problems, lines)
    return profile


def _profile(content: Any, problems: list[Problem]) -> ApiProfile | None:
    if not isinstance(content, Mapping):
        problems.append(Problem((), "a profile begins with `bridgework_api: 1`; template.yaml shows the rest"))
        return None
    problems += fitting.secrets(content)
    head = _read(ProfileEntry, content, (), problems).entry
    defaults = _read(Entry, content.get("defaults") or {}, ("defaults",), problems)
    given = content.get("objects")
    entries = {
        name: _read(ObjectEntry, entry or {}, ("objects", name), problems)
        for name, entry in (given.items() if isinstance(given, Mapping) else ())
    }
    objects = dict(_objects(entries, defaults, problems))
    problems += fitting.between(objects, set(entries))
    if head is None or problems:
        return None
    return ApiProfile(
        name=head.name,
        base_url=head.base_url,
        authentication=head.authentication,
        constant_headers=head.headers,
        details_at_once=head.details_at_once,
        objects=objects,
        digest=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(),
    )


class _Read(NamedTuple, Generic[Model]):
    """An entry without what is wrong in it, and the names of that."""

    entry: Model | None
    wrong: frozenset[str]


def _read(model: type[Model], content: Any, place: yaml_text.Path, problems: list[Problem]) -> _Read[Model]:
    """Read an entry; what is wrong in it is noted and left out, so that the rest can be looked at too."""
    try:
        return _Read(model.model_validate(content), frozenset())
    except ValidationError as error:
        problems += wording.problems(model, error, place, content)
        wrong = frozenset(str(one["loc"][0]) for one in error.errors() if one["loc"])
    try:
        rest = {name: value for name, value in content.items() if name not in wrong}
        return _Read(model.model_validate(rest), wrong)
    except (ValidationError, AttributeError):
        return _Read(None, frozenset())


def _objects(
    entries: Mapping[str, _Read[ObjectEntry]], defaults: _Read[Entry], problems: list[Problem]
) -> Iterator[tuple[str, ObjectProfile]]:
    """Each object with what it inherits; those in which something is wrong are left out."""
    inherited = _said(defaults.entry) if defaults.entry else {}
    for name, (entry, wrong) in entries.items():
        if entry is None:
            continue
        own = _said(entry)
        # An object inside another one has no calls of its own, so nothing of how calls are made is its.
        merged = own if entry.inside else {**{key: one for key, one in inherited.items() if key not in wrong}, **own}
        unknown = wrong if defaults.entry else fitting.ALL
        found = list(fitting.within(name, entry, merged, unknown | defaults.wrong))
        problems += found
        if not found and not wrong and not defaults.wrong and defaults.entry:
            yield name, fitting.resolve(name, merged)


def _said(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.model_fields_set}


def _wrong(name: str, problems: list[Problem], lines: Mapping[yaml_text.Path, int]) -> UsageError:
    placed = sorted(
        {
            (yaml_text.line_of(lines, one.place) or 1, json_text.dotted([str(p) for p in one.place]), one.text)
            for one in problems
        }
    )
    why = "\n".join(f"line {line}{f', {place}' if place else ''}: {text}" for line, place, text in placed)
    return UsageError(
        "PROFILE-WRONG",
        f"The profile of the API has {len(placed)} {'problem' if len(placed) == 1 else 'problems'}.",
        where=f"{name}, line {placed[0][0]}",
        why=why,
        next_step="correct these lines in a text editor; docs/how-do-i-describe-an-api.md explains each entry",
    )
