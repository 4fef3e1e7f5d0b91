"""A migration whose sample is approved, ready to be loaded, for the tests in which something goes wrong meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.meanwhile import goes_on, let_go, sampled
from tests.moving import Move, Prepared, moved, prepare


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A migration whose sample is approved."""
    root = tmp_path_factory.mktemp("ready")
    made = prepare(root / "made", patients=8)
    with moved(made, root / "sampled") as move:
        sampled(move)
    return Prepared(root / "sampled", made.members)


@pytest.fixture
def move(prepared: Prepared, tmp_path: Path) -> Iterator[Move]:
    with moved(prepared, tmp_path) as one:
        let_go(one)
        yield one


@pytest.fixture(scope="session")
def calm(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The records that an undisturbed load leaves."""
    with moved(prepared, tmp_path_factory.mktemp("calm")) as one:
        goes_on(one)
        return one.records()
