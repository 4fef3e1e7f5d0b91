"""How well the proposer reads headers and cells, beside two matchers that others made: `make bench-map`.

`python -m tests.bench.mapping` prints a line of figures for each way of seeing the columns. It takes words: `train` for
the training part, `known` where the objects are given, `embed` to ask the embedding, and `train wrong` lists what is
wrong. `report` is the whole measurement, `practice` times a practice of 12 objects and 180 columns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bridgework.mapping.proposer import evidence, meaning
from bridgework.mapping.proposer.columns import propose_columns
from bridgework.mapping.proposer.evidence import Column
from bridgework.mapping.proposer.links import among, linked
from bridgework.mapping.recognise import Recognised, as_object, recognise
from tests.bench import mapping_peers
from tests.bench.header_cells import ExportFile, LabelledColumn, LabelledFile, Style, cells, load_styles

Sees = Literal["both", "names", "values"]
ROWS = 200
_CALLED: dict[Sees, str] = {"both": "names and values", "names": "names only", "values": "values only"}
_OBJECTS, _COLUMNS = 12, 180
_GOALS = {"hit@1": 0.93, "hit@3": 0.98, "sure": 0.60, "sure right": 0.99}


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled column, the concept that it is taken for, the best ones in order, and whether it was called sure."""

    style: str
    file: LabelledFile
    column: LabelledColumn
    concept: str | None = None
    ranked: tuple[str, ...] = ()
    sure: bool = False
    why: str = ""

    @property
    def right(self) -> bool:
        return self.concept == self.column.concept

    @property
    def among_three(self) -> bool:
        return self.right or self.column.concept in self.ranked[:3]


@cache
def files_of(style: Style, rows: int = ROWS) -> tuple[LabelledFile, ...]:
    """The files of a style with their cells, made once."""
    return tuple(cells(style, rows))


def seen_by(file: LabelledFile, sees: Sees) -> list[Column]:
    """The columns as the proposer gets them."""
    return [
        Column("" if sees == "values" else one.name, () if sees == "names" else tuple(one.cells))
        for one in file.columns
    ]


def _read(file: LabelledFile, sees: Sees) -> tuple[list[str], list[tuple[str, ...]]]:
    """Headers and rows, as the reader of files gives them: a column without a header is numbered."""
    columns = seen_by(file, sees)
    headers = [one.header or f"Column {place + 1}" for place, one in enumerate(columns)]
    return headers, list(zip(*(one.cells for one in columns), strict=True))


def objects_of(files: Sequence[LabelledFile], sees: Sees = "both") -> dict[str, Recognised]:
    """File → what it is taken for; files that are left to a person are not there."""
    read = {one.file: _read(one, sees) for one in files}
    return recognise({name: one for name, (one, _) in read.items()}, {name: one for name, (_, one) in read.items()})


def objects_said(files: Sequence[LabelledFile], sees: Sees = "both") -> dict[str, Recognised]:
    """File → what it is, where a person has said the object."""
    said = {one.file: as_object(one.object, *_of_file(one, sees)) for one in files}
    return {name: one for name, one in said.items() if one is not None}


def _of_file(file: LabelledFile, sees: Sees) -> tuple[list[str], str, list[tuple[str, ...]]]:
    headers, rows = _read(file, sees)
    return headers, file.file, rows


def keys_of(
    files: Sequence[LabelledFile], sees: Sees = "both", found: Mapping[str, Recognised] | None = None
) -> dict[str, set[str]]:
    """Object → the keys of its records, by the proposed key columns; a person has said the objects if not `found`."""
    known = objects_said(files, sees) if found is None else found
    keys: dict[str, set[str]] = {}
    for file in files:
        one = known.get(file.file)
        if one is not None and len(one.key_headers) == 1:
            place = _read(file, sees)[0].index(one.key_headers[0])
            keys.setdefault(one.object, set()).update(file.columns[place].cells)
    return keys


def judge(
    style: Style, sees: Sees, *, objects_known: bool = False, embed: bool = False, rows: int = ROWS
) -> Iterator[Judged]:
    """Propose for every column of a style. Objects are proposed too, unless a person has said them."""
    files = files_of(style, rows)
    found = objects_said(files, sees) if objects_known else objects_of(files, sees)
    keys = among(keys_of(files, sees, found)) if sees != "names" else None
    for file in files:
        if (known := found.get(file.file)) is None:
            yield from (Judged(style.key, file, column) for column in file.columns)
            continue
        columns = seen_by(file, sees)
        if keys is not None:
            columns = [Column(one.header, one.cells, linked(one.cells, keys)) for one in columns]
        proposals = propose_columns(known.object, columns, embed=embed, clear=known.clear)
        for column, one in zip(file.columns, proposals, strict=True):
            ranked = tuple(candidate.concept for candidate in one.candidates)
            why = f"{one.confidence:.3f} {'; '.join(one.reasons)}"
            yield Judged(style.key, file, column, one.concept, ranked, one.sure, why)


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """hit@1 and hit@3 of the columns that have a concept, the share called sure, and how many of these are right."""
    labelled = [one for one in judged if one.column.concept]
    sure = [one for one in judged if one.sure]
    return {
        "columns": len(judged),
        "hit@1": _share(one.right for one in labelled),
        "hit@3": _share(one.among_three for one in labelled),
        "sure": len(sure) / len(judged),
        "sure right": _share(one.right for one in sure),
        "none right": _share(one.right for one in judged if not one.column.concept),
    }


def _share(which: Iterable[bool]) -> float:
    answers = list(which)
    return sum(answers) / len(answers) if answers else 0.0


def part(name: str) -> list[Style]:
    """The styles of a part."""
    return [one for one in load_styles() if one.part == name]


# --- the report -------------------------------------------------------------------------------------------------------


def practice() -> Style:
    """A practice of 12 objects and 180 columns: of each object the widest file of the set that has headers."""
    widest: dict[str, ExportFile] = {}
    for file in (one for style in load_styles() for one in style.files if one.header):
        if file.object not in widest or len(file.columns) > len(widest[file.object].columns):
            widest[file.object] = file
    files = sorted(widest.values(), key=lambda one: -len(one.columns))[:_OBJECTS]
    too_many = sum(len(one.columns) for one in files) - _COLUMNS
    kept = [one.columns[: len(one.columns) - _cut(place, too_many)] for place, one in enumerate(files)]
    made = tuple(
        ExportFile(f"{place}-{one.file}", one.object, True, columns)
        for place, (one, columns) in enumerate(zip(files, kept, strict=True))
    )
    return Style("practice", "A practice of 12 objects and 180 columns", "train", "nl", (), made)


def _cut(place: int, too_many: int) -> int:
    """How many columns the file at that place loses: as many as the others."""
    return too_many // _OBJECTS + (place < too_many % _OBJECTS)


def time_practice(*, embed: bool) -> dict[str, float]:
    """Seconds of proposing objects and columns, from files in memory; the built-in map is read within them."""
    style = practice()
    files = files_of(style)
    began, worked = time.perf_counter(), time.process_time()
    found = objects_of(files)
    then = time.perf_counter()
    keys = among(keys_of(files, "both", found))
    for file in files:
        columns = [Column(one.header, one.cells, linked(one.cells, keys)) for one in seen_by(file, "both")]
        propose_columns(found[file.file].object if file.file in found else file.object, columns, embed=embed)
    ended = time.perf_counter()
    return {
        "objects": then - began,
        "columns": ended - then,
        "both": ended - began,
        "processor": time.process_time() - worked,
    }


def _timed_apart(*, embed: bool) -> dict[str, float]:
    """The same, the best of three, each in a process of its own, which remembers nothing."""
    command = [sys.executable, "-m", "tests.bench.mapping", "practice", *(["embed"] if embed else [])]
    ran = [subprocess.run(command, check=True, capture_output=True).stdout for _ in range(3)]
    return dict(min(map(json.loads, ran), key=lambda times: times["both"]))


def _row(
    table: Table, name: str, sees: str, judged: Sequence[Judged], seconds: float, *, says_none: bool = True
) -> dict[str, float]:
    found = figures(judged)
    sure = [one for one in judged if one.sure]
    right = f"{found['sure right']:.1%} ({sum(one.right for one in sure)} of {len(sure)})" if sure else "-"
    none = f"{found['none right']:.1%}" if says_none else "-"
    hits = (f"{found['hit@1']:.3f}", f"{found['hit@3']:.3f}")
    table.add_row(name, sees, *hits, f"{found['sure']:.1%}", right, none, f"{seconds:.1f}")
    return found


def _table(title: str, *headers: str, left: int = 1) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", title_style="bold")
    for place, header in enumerate(headers):
        table.add_column(header, justify="left" if place < left else "right", no_wrap=True)
    return table


_HEADERS = ("proposed by", "sees", "hit@1", "hit@3", "sure", "of these right", "none right", "seconds")


def _ours(table: Table, styles: Sequence[Style], *, objects_known: bool) -> dict[str, dict[str, float]]:
    """Our rows; "both" and "both, embed" are those that the goals are about."""
    results = {}
    for embed in (False, True) if meaning.is_there() else (False,):
        for sees in ("both", "names", "values") if not embed else ("both", "names"):
            evidence.subject.cache_clear()  # it remembers the headers that it has looked up
            began = time.process_time()
            judged = [one for style in styles for one in judge(style, sees, objects_known=objects_known, embed=embed)]
            name = "Bridgework, embedding" if embed else "Bridgework"
            seconds = time.process_time() - began
            results[f"{sees}, embed" if embed else sees] = _row(table, name, _CALLED[sees], judged, seconds)
    return results


def _theirs(table: Table, styles: Sequence[Style]) -> list[str]:
    """The rows of the peers, and how each was used."""
    train = {style: files_of(style) for style in part("train")}
    said = []
    for peer in mapping_peers.peers(train):
        use = mapping_peers.best_use(peer, train)
        judged, seconds = [], 0.0
        for style in styles:
            for file in files_of(style):
                answers, took = use.answers(style, file)
                seconds += took
                judged += [
                    Judged(style.key, file, column, one.best, one.ranked, one.sure)
                    for column, one in zip(file.columns, answers, strict=True)
                ]
        _row(table, peer.name, peer.sees, judged, seconds, says_none=False)
        said.append(f"{peer.name}, {peer.sees}: {use}")
    taught = {column.concept for files in train.values() for file in files for column in file.columns}
    asked = [column.concept for style in styles for file in style.files for column in file.columns if column.concept]
    said.append(f"COMA has cells for the concepts of {sum(one in taught for one in asked)} of the {len(asked)} columns")
    return said


def _objects(table: Table, styles: Sequence[Style]) -> None:
    for sees in ("both", "names", "values"):
        counts = {True: [0, 0, 0], False: [0, 0, 0]}
        for style in styles:
            files = files_of(style)
            found = objects_of(files, sees)
            for file in files:
                one = found.get(file.file)
                counts[file.header][2 if one is None else int(one.object != file.object)] += 1
        for header, (right, wrong, left) in counts.items():
            if header or sees == "both":
                name = "with headers" if header else "without headers"
                table.add_row(_CALLED[sees], name, str(right), str(wrong), str(left))


def _goals(table: Table, results: Mapping[str, Mapping[str, float]], times: Mapping[str, float]) -> None:
    names = {"both": "without the embedding", "both, embed": "with the embedding"}
    for goal, least in _GOALS.items():
        for key, name in names.items():
            if key in results:
                found = results[key][goal]
                table.add_row(f"{goal} at least {least}", name, f"{found:.4f}", "yes" if found >= least else "no")
    for name, most in (("without the embedding", 2.0), ("with the embedding", 10.0)):
        if name in times:
            met = "yes" if times[name] < most else "no"
            table.add_row(f"the practice in under {most:.0f} s", name, f"{times[name]:.2f} s", met)


def report(console: Console) -> None:
    """Measure on the held-out part, and print it all."""
    times = {"without the embedding": _timed_apart(embed=False)}
    if meaning.is_there():
        times["with the embedding"] = _timed_apart(embed=True)
    os.nice(10)  # what follows takes minutes
    styles = part("held-out")
    judged = [column for style in styles for file in files_of(style) for column in file.columns]
    console.print(
        f"The held-out part: {len(styles)} styles, {sum(len(style.files) for style in styles)} files, "
        f"{len(judged)} columns, {sum(one.concept is not None for one in judged)} of them with a concept\n"
    )
    columns = _table("Columns, the object of each file given", *_HEADERS, left=2)
    results = _ours(columns, styles, objects_known=True)
    said = _theirs(columns, styles)
    console.print(columns)
    for line in said:
        console.print(f"  {line}")
    console.print("  seconds: of the processor, for the whole part\n")
    proposed = _table("Columns, the objects proposed too", *_HEADERS, left=2)
    _ours(proposed, styles, objects_known=False)
    console.print(proposed)
    objects = _table("Objects of the files", "sees", "files", "right", "wrong", "left to the person", left=2)
    _objects(objects, styles)
    console.print(objects)
    _print_times(console, times)
    goals = _table("Goals: names and values, the object given", "goal", "", "measured", "met", left=2)
    _goals(goals, results, {name: one["both"] for name, one in times.items()})
    console.print(goals)


def _print_times(console: Console, times: Mapping[str, Mapping[str, float]]) -> None:
    title = f"A practice of {_OBJECTS} objects and {_COLUMNS} columns: seconds, best of three"
    table = _table(title, "", "objects", "columns", "both", "both, of the processor")
    for name, one in times.items():
        table.add_row(name, *(f"{one[key]:.2f}" for key in ("objects", "columns", "both", "processor")))
    console.print(table)


def quick(words: Sequence[str], console: Console) -> None:
    """A line of figures for each way of seeing; what is wrong is listed of the training part alone."""
    known, embed = "known" in words, "embed" in words
    for sees in _CALLED:
        styles = part("train" if "train" in words else "held-out")
        judged = [one for style in styles for one in judge(style, sees, objects_known=known, embed=embed)]
        console.print(sees, str({name: round(value, 4) for name, value in figures(judged).items()}))
        for one in judged if {"train", "wrong"} <= set(words) and sees == "both" else ():
            if not one.right:
                where = f"{one.style} {one.file.file} {one.column.name!r}: {one.column.concept}"
                console.print(f"  {where} -> {one.concept} {one.ranked[:3]} {one.why}", soft_wrap=True)


def main(words: Sequence[str]) -> None:
    """Do what the words say."""
    console = Console(width=128, highlight=False, markup=False)
    if "practice" in words:
        console.print(json.dumps(time_practice(embed="embed" in words)), soft_wrap=True)
    elif "report" in words:
        report(console)
    else:
        quick(words, console)


if __name__ == "__main__":
    main(sys.argv[1:])
