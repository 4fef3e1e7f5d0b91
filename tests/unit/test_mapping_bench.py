"""The proposer on a few styles of the training part, and the peers that it is measured beside.

The figures that are published come from the held-out part (`make bench-map`). The floors here are below what holds of
the training part, so that a test fails where something breaks and not where a weight changes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache

import pytest
from rapidfuzz import fuzz

from tests.bench.header_cells import load_styles
from tests.bench.mapping import Judged, Sees, figures, files_of, judge, objects_of, part, practice
from tests.bench.mapping_peers import Peer, Scored, best_use, by_fuzz, ranked

ROWS = 60
KEYS = (
    "01-dutch-screen",
    "02-french-screen",
    "04-upper-database-dutch",
    "06-no-header-dutch",
)
STYLES = [style for style in load_styles() if style.key in KEYS]


@cache
def judged(sees: Sees) -> Sequence[Judged]:
    return [one for style in STYLES for one in judge(style, sees, objects_known=True, rows=ROWS)]


def test_the_styles_are_of_the_training_part() -> None:
    assert {style.key for style in STYLES} == set(KEYS)
    assert {style.part for style in STYLES} == {"train"}


def test_with_headers_and_cells_most_columns_are_right_and_nearly_all_sure_ones() -> None:
    found = figures(judged("both"))
    assert found["hit@1"] >= 0.9
    assert found["hit@3"] >= 0.96
    assert found["sure"] >= 0.55
    assert found["sure right"] >= 0.98


def test_headers_alone_are_enough_for_most_columns_that_have_one() -> None:
    headed = [one for one in judged("names") if one.column.name]
    found = figures(headed)
    assert found["hit@1"] >= 0.92
    assert found["sure"] >= 0.45
    assert found["sure right"] >= 0.97


def test_cells_alone_are_enough_for_many_columns() -> None:
    found = figures(judged("values"))
    assert found["hit@1"] >= 0.5
    assert found["hit@3"] >= 0.7
    assert found["sure right"] >= 0.95


@pytest.mark.parametrize("sees", ["both", "names", "values"])
def test_a_column_without_a_concept_is_not_called_sure(sees: Sees) -> None:
    nothing = [one for one in judged(sees) if one.column.concept is None]
    assert nothing
    assert not [(one.style, one.file.file, one.column.name) for one in nothing if one.sure]


def test_cells_help_where_there_are_no_headers() -> None:
    bare = {sees: [one for one in judged(sees) if not one.column.name] for sees in ("both", "names")}
    assert figures(bare["both"])["hit@1"] > 0.5
    assert figures(bare["names"])["hit@1"] == 0


def test_the_objects_of_files_with_headers_are_recognised() -> None:
    for style in STYLES:
        found = objects_of(files_of(style, ROWS))
        for file in style.files:
            if file.header:
                assert found[file.file].object == file.object


SAYS = """
from tests.bench.header_cells import load_styles
from tests.bench.mapping import judge
style = next(one for one in load_styles() if one.key == "05-receptionist-typos-dutch")
for one in judge(style, "both", objects_known=True, rows=20):
    print(one.file.file, one.column.name, one.concept, one.ranked, one.sure, one.why)
"""


def test_two_processes_propose_the_same() -> None:
    def said(seed: str) -> bytes:
        env = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run([sys.executable, "-c", SAYS], check=True, capture_output=True, env=env).stdout

    first = said("1")
    assert first.count(b"\n") == 40
    assert first == said("2")


def test_the_practice_that_is_timed_has_twelve_objects_and_a_hundred_and_eighty_columns() -> None:
    files = practice().files
    assert len({file.object for file in files}) == len(files) == 12
    assert sum(len(file.columns) for file in files) == 180


def test_rapidfuzz_finds_a_header_that_is_a_word_of_the_glossary() -> None:
    style = STYLES[0]
    file = files_of(style, ROWS)[0]
    table = by_fuzz(fuzz.ratio)(style, file).table
    best = [row[0] for row in ranked(table, one_to_one=True) if row]
    assert any(score > 0.99 for _, score in best)
    assert len({place for place, _ in best}) == len(best)


def test_a_peer_is_used_in_the_way_that_hits_most_of_the_training_part() -> None:
    style = part("train")[0]
    file = files_of(style, ROWS)[0]
    good = by_fuzz(fuzz.ratio)
    many = len(good(style, file).table[0])
    peer = Peer(
        "either",
        "names only",
        {
            "none": lambda _, asked: Scored([[0.0] * many for _ in asked.columns], 0.0),
            "good": good,
        },
    )
    use = best_use(peer, {style: (file,)})
    assert use.scorer == "good"
    answers, _ = use.answers(style, file)
    right = [one.best == column.concept for one, column in zip(answers, file.columns, strict=True) if one.sure]
    assert right
    assert sum(right) >= 0.99 * len(right)
