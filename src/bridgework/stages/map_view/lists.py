"""The words of the columns that become choices, each with the option that the map gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.choices import Words, fit
from bridgework.mapping.document import Line, MapDocument
from bridgework.mapping.labels import option_label, target_label
from bridgework.mapping.words import meanings, word_key
from bridgework.reports.map_document import PickListEntry, WordEntry
from bridgework.stages.map_view.facts import Facts, choice_column


def pick_lists(document: MapDocument, facts: Facts) -> Iterator[PickListEntry]:
    """One for each column that becomes a choice and whose words were counted."""
    for name, source in document.sources.items():
        for line in source.all_lines():
            column = choice_column(document, name, line)
            if column and (words := facts.words.get((name, column))) is not None:
                yield _entry(document, name, column, line, words)


def _entry(document: MapDocument, name: str, column: str, line: Line, words: Words) -> PickListEntry:
    """What the load would do with the words; one for nothing known is not shown, unless the list has it."""
    options = document.values.get(line.with_["values"], {})
    known = meanings(options)
    nothing = {one.casefold() for one in document.placeholders if word_key(one) not in known}
    said = words.without(nothing)
    found = fit(said, options, {})
    otherwise = str(line.with_.get("otherwise") or "")
    return {
        "object": name,
        "header": column,
        "target": line.target or "",
        "target_label": target_label(document, line),
        "words": list(_words(document, line, said, found.sure, (*found.sure, *found.near, *found.unmapped))),
        "rare": {"words": found.rare.words, "rows": found.rare.rows, "unmapped": found.rare.unmapped},
        "otherwise": otherwise,
        "otherwise_label": option_label(document, line, otherwise),
    }


def _words(
    document: MapDocument, line: Line, rows: Mapping[str, int], option_of: Mapping[str, str], words: tuple[str, ...]
) -> Iterator[WordEntry]:
    """A word is not sure where the map has it only because it is nearly one that the built-in list has."""
    field = document.field_def(line.object, line.field)
    labels = (field.options if field else None) or {}
    guessed = fit(rows, builtin().values.get(line.with_["values"], {}), labels).near
    for word in words:
        option = option_of.get(word, "")
        yield {
            "word": word,
            "rows": rows[word],
            "option": option,
            "option_label": option_label(document, line, option) if option else "",
            "sure": bool(option) and guessed.get(word) != option,
        }
