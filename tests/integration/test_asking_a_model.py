"""A language model asked through the command: silent ones, such that answer nonsense, and what is told of either."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bridgework.cli.commands import app
from bridgework.errors import Away, BridgeworkError, Paused
from bridgework.mapping.document import MapDocument
from bridgework.mapping.model_waiting import LIMITS, Limits
from bridgework.migration import Migration
from bridgework.settings import PracticeSettings, WorkspaceSettings
from bridgework.stages.asking import Ask, Asked, asked
from bridgework.twins.twenty import TwentyTwin

COLUMNS = ("Patiëntnr", "Naam", *(f"{name}{n}" for n in range(1, 4) for name in ("Dat", "Cd", "Tk", "Ref", "Lst")))
Questions = list[dict[str, Any]]
Reply = Callable[[Questions], Questions | None]
"""What a model makes of its questions: answers; or None, and it stays silent."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("BRIDGEWORK_STORE_KEY", "x")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("BRIDGEWORK_MODEL_KEY", raising=False)
    export = tmp_path / "export"
    export.mkdir()
    rows = [";".join([str(n), "Peeters", *(f"v{n % 7} w" for _ in COLUMNS[2:])]) for n in range(40)]
    (export / "patienten.csv").write_text("\n".join([";".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    with TwentyTwin() as twin:
        monkeypatch.setenv("BRIDGEWORK_TWENTY_KEY", twin.key)
        there = WorkspaceSettings(url=twin.url)
        Migration.create(tmp_path / "m", PracticeSettings(folder=export), there).context.store.close()
        assert run(tmp_path / "m", "audit", "--apply")[0] == 0
        yield tmp_path / "m"


def run(folder: Path, name: str, *words: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, [name, str(folder), *words, "--json"])
    return done.exit_code, json.loads(done.stdout)


@contextmanager
def model(*replies: Reply) -> Iterator[tuple[str, list[Questions]]]:
    """An endpoint on loopback that gives one reply after the other, the last for good; its address, what it heard."""
    heard: list[Questions] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            heard.append(json.loads(body["messages"][-1]["content"]))
            answers = replies[min(len(heard), len(replies)) - 1](heard[-1])
            if answers is None:
                over.wait()
                return
            call = {"name": body["tools"][0]["function"]["name"], "arguments": json.dumps({"answers": answers})}
            calls = [{"id": "call_1", "type": "function", "function": call}]
            message = {"role": "assistant", "content": None, "tool_calls": calls}
            choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
            said = {"id": "1", "object": "chat.completion", "created": 1, "model": body["model"], "choices": [choice]}
            content = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as its parent has it
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", heard
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def none_fits(questions: Questions) -> Questions:
    return [{"number": one["number"], "concept": None, "why": "Nothing tells."} for one in questions]


def first_candidate(questions: Questions) -> Questions:
    return [
        {"number": one["number"], "concept": one["candidates"][0]["concept"], "why": "It looks so."}
        for one in questions
    ]


def nonsense(questions: Questions) -> Questions:
    return [{"number": one["number"], "concept": "patient.shoe_size", "why": "Why not."} for one in questions]


def silence(questions: Questions) -> None:
    del questions


def told_in(document: MapDocument) -> list[str]:
    return [line.asked for line in document.sources["patient"].lines if line.asked]


def asked_within(
    folder: Path, url: str, limits: Limits, *, stop: bool = False
) -> tuple[MapDocument, MapDocument, Asked]:
    """The map before and after, and what came of asking."""
    with Migration.open(folder, alone=True) as migration:
        migration.context.stopper.wanted = stop
        before = migration.context.map()
        after, told = asyncio.run(asked(migration.context, before, Ask("tiny", url), limits))
        return before, after, told


def test_a_model_whose_answers_are_all_unusable_is_told_of(folder: Path) -> None:
    with model(nonsense) as (url, heard):
        shown = CliRunner().invoke(app, ["map", str(folder), "--ask-model", "tiny", "--model-url", url])
    lines = sum(map(len, heard))
    assert lines > 10
    assert shown.exit_code == 0
    assert f"0 of {lines} lines answered usefully" in " ".join(shown.stdout.split())
    assert not told_in(MapDocument.load(folder / "map.yaml"))


def test_the_answers_are_counted_by_kind_and_stand_with_the_line(folder: Path) -> None:
    with model(none_fits, first_candidate, lambda some: first_candidate(some[1:])) as (url, heard):
        code, document = run(folder, "map", "--ask-model", "tiny", "--model-url", url)
        host = url.removeprefix("http://").removesuffix("/v1")
    assert code == 0
    lines = sum(map(len, heard))
    counts = document["asked"]
    assert (counts["lines"], counts["none_fits"], counts["unusable"]) == (lines, len(heard[0]), max(0, len(heard) - 2))
    assert counts["meanings"] == lines - len(heard[0]) - counts["unusable"]
    said = [line["asked"] for one in document["map"]["objects"] for line in one["lines"] if line["asked"]]
    assert {one["model"] for one in said} == {f"tiny at {host}"}
    table = " ".join(CliRunner().invoke(app, ["map", str(folder), "--all"], env={"COLUMNS": "300"}).stdout.split())
    assert f"tiny at {host} says: Nothing tells." in table
    page = (folder / "reports" / "map.html").read_text(encoding="utf-8")
    assert f"tiny at {host} said: Nothing tells." in page


def test_a_silent_model_is_an_error_in_time_and_the_map_stands(folder: Path) -> None:
    assert run(folder, "map")[0] == 0
    with model(silence) as (url, heard), pytest.raises(Away) as caught:
        asked_within(folder, url, Limits(call=0.05, whole=9))
    assert caught.value.code == "MODEL-SILENT"
    assert "a call may take 0.05 seconds" in caught.value.why
    assert "the map stands as it was proposed" in caught.value.next_step
    assert len(heard) <= 1


def test_all_calls_together_have_an_end_too(folder: Path) -> None:
    assert run(folder, "map")[0] == 0
    with model(silence) as (url, _), pytest.raises(Away) as caught:
        asked_within(folder, url, Limits(call=9, whole=0.05))
    assert caught.value.why.startswith("all calls together took too long")


def test_what_was_answered_before_the_silence_is_kept(folder: Path) -> None:
    assert run(folder, "map")[0] == 0
    with model(none_fits, silence) as (url, heard):
        before, after, told = asked_within(folder, url, Limits(call=0.5, whole=9))
    assert len(told_in(after)) == len(heard[0]) == told.none_fits == 10
    assert not told_in(before)
    assert isinstance(told.error, BridgeworkError)
    assert told.error.code == "MODEL-SILENT"
    assert "10 of" in told.error.why
    assert "as it was proposed" not in told.error.next_step


def test_what_was_answered_before_an_error_is_in_the_map_that_people_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridgework.stages.asking.LIMITS", Limits(call=0.5, whole=9))
    with model(none_fits, silence) as (url, _):
        code, document = run(folder, "map", "--ask-model", "tiny", "--model-url", url)
    assert (code, document["error"]["code"]) == (3, "MODEL-SILENT")
    assert len(told_in(MapDocument.load(folder / "map.yaml"))) == 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_waiting_at_once_and_the_map_stands(folder: Path, number: signal.Signals) -> None:
    def kill(questions: Questions) -> None:
        del questions
        os.kill(os.getpid(), number)

    with model(kill) as (url, _):
        code, document = run(folder, "map", "--ask-model", "tiny", "--model-url", url)
    assert (code, document["error"]["code"]) == (4, "PAUSED")
    assert not told_in(MapDocument.load(folder / "map.yaml"))


def test_a_wish_to_stop_is_heard_before_the_first_call(folder: Path) -> None:
    assert run(folder, "map")[0] == 0
    with model(none_fits) as (url, heard), pytest.raises(Paused):
        asked_within(folder, url, LIMITS, stop=True)
    assert heard == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--ask-model", "fake"), "MODEL-UNKNOWN"),
        (("--ask-model", "nobody:fake"), "MODEL-UNKNOWN"),
        (("--ask-model", ""), "MODEL-UNKNOWN"),
        (("--model-url", "http://127.0.0.1:1/v1"), "MODEL-URL"),
        (("--ask-model", "fake", "--model-url", "127.0.0.1"), "MODEL-URL"),
        (("--ask-model", "openai:gpt-5"), "KEY-MISSING"),
    ],
)
def test_a_model_that_cannot_be_asked_is_said_before_anything_else(
    folder: Path, words: tuple[str, ...], code: str
) -> None:
    done, document = run(folder, "map", *words)
    assert (done, document["error"]["code"]) == (2, code)
    assert (folder / "map.yaml").exists() == (code == "KEY-MISSING")
