"""The page of faults is true: each line names a test that is there, and codes that the product knows."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "what-if-something-fails.md"
COLUMNS = ["fault", "what Bridgework does and says", "lost", "what you do next", "test"]
# What a code looks like: words in capitals, joined with - or _; not a name of the environment.
_CODE = re.compile(r"`([A-Z]+(?:[-_][A-Z]+)*)`")
_NO_CODES = {"BRIDGEWORK_DENTADMIN_KEY"}


def _rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row != COLUMNS and set("".join(row)) != {"-"}]


@cache
def _source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py")))


@cache
def _tests_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_there_are_many_faults_and_none_stands_there_twice() -> None:
    faults = [row[0] for row in _rows()]
    assert len(faults) >= 25
    assert len(set(faults)) == len(faults)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0][:60])
def test_each_fault_says_what_happens_and_has_its_test(row: list[str]) -> None:
    assert len(row) == len(COLUMNS)
    assert all(row)
    found = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[-1])
    assert found, row[-1]
    path = ROOT / found[1]
    assert path.is_file(), found[1]
    assert found[2] in _tests_of(path), found[2]


def test_each_code_is_one_of_the_products() -> None:
    codes = {code for row in _rows() for code in _CODE.findall(row[1])} - _NO_CODES
    assert len(codes) > 20
    unknown = [one for one in sorted(codes) if not _is_known(one)]
    assert unknown == []


def _is_known(code: str) -> bool:
    """Whether the source has a code, as it is or, for one that Twenty's reason is a part of, in its parts."""
    return f'"{code}"' in _source() or f'"{code.removeprefix("REFUSED-")}"' in _source()
