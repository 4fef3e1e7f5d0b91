"""The twin answers as a real Twenty 2.19 did: the recorded conversations, played against a fresh workspace."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bridgework.twins.twenty import TwentyTwin

RECORDED = Path(__file__).parents[3] / "shared" / "twenty"
CONVERSATIONS = sorted((RECORDED / "contract").glob("*.json"))


@pytest.fixture(scope="module")
def replay() -> ModuleType:
    """The replayer that lies beside the recordings."""
    spec = importlib.util.spec_from_file_location("replay", RECORDED / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def twin() -> Iterator[TwentyTwin]:
    with TwentyTwin() as served:
        yield served


@pytest.mark.skipif(not CONVERSATIONS, reason="the recorded conversations do not lie beside the project")
@pytest.mark.parametrize("conversation", CONVERSATIONS or [Path("none")], ids=lambda path: path.stem)
def test_every_recorded_answer_is_given(conversation: Path, replay: ModuleType, twin: TwentyTwin) -> None:
    steps = replay.play(twin.url, twin.key, json.loads(conversation.read_text()))
    differences = {name: found for name, _seconds, found in steps if found}
    assert differences == {}
