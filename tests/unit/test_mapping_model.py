from __future__ import annotations

import asyncio
import io
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import orjson
import pydantic_ai
import pytest
from opentelemetry.trace import NoOpTracer, TracerProvider
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.instrumented import InstrumentationSettings

from bridgework.errors import Away, BridgeworkError, Refused, UsageError
from bridgework.mapping.model import Answer, Question, rerank, safe_header, safe_headers, safe_shape
from bridgework.mapping.model_waiting import within
from bridgework.practice.column import Column
from bridgework.store.keys import MODEL_KEY, kept_secret, secret

CANDIDATES = (("patient.birth_date", "date of birth"), ("patient.created", "when the record was made"))
BIRTH = {"number": 1, "concept": "patient.birth_date", "why": "Geb is short for geboren."}


def question(**other: Any) -> Question:
    given: dict[str, Any] = {
        "object": "patient",
        "header": "Gebdat",
        "neighbours": ("Voornaam", "Geslacht"),
        "type": "date dd/mm/yyyy",
        "filled": 0.987,
        "distinct": 812,
        "shapes": ("99/99/9999",),
        "candidates": CANDIDATES,
    }
    return Question(**given | other)


def saying(*replies: Any) -> tuple[FunctionModel, list[tuple[list[ModelMessage], AgentInfo]]]:
    """A model that gives these replies one after the other, the last for good, and what it was sent."""
    seen: list[tuple[list[ModelMessage], AgentInfo]] = []

    def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        seen.append((list(messages), info))
        said = replies[min(len(seen), len(replies)) - 1]
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, said)])

    return FunctionModel(reply), seen


def sent(seen: list[tuple[list[ModelMessage], AgentInfo]]) -> Any:
    """The questions of the first request, as the model got them: the only part of its messages."""
    ((request,), _) = seen[0]
    (part,) = request.parts
    assert isinstance(part, UserPromptPart)
    return json.loads(str(part.content))


async def asked(*args: Any, **more: Any) -> list[Answer | None]:
    """All answers of a model."""
    return [answer async for some in rerank(*args, **more) for answer in some]


def ask(model: FunctionModel, *questions: Question) -> list[Answer | None]:
    return asyncio.run(asked(questions, model))


def failure(asking: Coroutine[Any, Any, Any]) -> BridgeworkError:
    with pytest.raises(BridgeworkError) as caught:
        asyncio.run(asking)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None  # no error of the library behind it
    return caught.value


# ------------------------------------------------------------------------------------------------- what may be sent


@pytest.mark.parametrize(
    "value",
    [
        "85.07.30-033.28",
        "INSZ 85073003328",
        "nr.850730 033 28 (kind)",
        "ann@example.org",
        "mail: ann@praktijk",
        "ann\uff20praktijk",
        "0478 12 34 56",
        "+32 (0)478/12.34.56",
        "Tel. 09-225\u201112\u201134",
        "12/03/1985",
        "12/03/85",
        "1.3.85",
        "1985-03-12 14:30",
        "12 maart 1985",
        "March 1, 1985",
        "1-Mar-85",
        "\uff11\uff12\uff0f\uff10\uff13\uff0f\uff11\uff19\uff18\uff15",
        "BE68 5390 0754 7034",
        "nl91abna0417164300",
        "3-00123-92-001",
        "RIZIV 30012392",
        "123456",
        "Zahnarzt 123456 Praxis",
        "9000 Gent",
        "B-9000 Gent",
        "EUR 22,50",
        "14:30",
        "9h15",
        "12",
        "4,06E+09",
        "www.example.org",
        "https://praktijk",
        "x" * 61,
    ],
)
def test_a_header_that_looks_like_a_value_is_not_sent(value: str) -> None:
    assert safe_header(value) == ""
    model, seen = saying({"answers": []})
    ask(model, question(object=value, header=value, neighbours=(value, "Voornaam"), type=value))
    (one,) = sent(seen)
    assert [one["object"], one["header"], one["neighbours"], one["type"]] == ["", "", ["Voornaam"], ""]


@pytest.mark.parametrize(
    "header",
    [
        "Gebdat",
        "RRN",
        "N° affiliation",
        "VERST_CODE",
        "Tel. 1",
        "FLD_0012",
        "CT1/CT2",
        "2e telefoon",
        "Tand 11-48",
        "0-18 jaar",
        "Prijs (21% btw)",
        "Column 12",
        "Honoraire €",
        "Date d'échéance",
        "E-mail",
        "Naam v/d patiënt",
    ],
)
def test_a_header_that_is_one_is_sent(header: str) -> None:
    assert safe_header(f"  {header} ") == header


def test_a_row_with_one_value_is_a_record_and_none_of_it_is_sent() -> None:
    assert safe_headers(["Peeters", "Ann", "", "12/03/1985", "Kerkstraat 5"]) == ("", "", "", "", "")
    assert safe_headers(["Naam", "", "Tel  1"]) == ("Naam", "", "Tel 1")


@pytest.mark.parametrize(
    "pattern", ["99/99/9999", "Aa 9", "9…", "+99 999/99.99.99", "Aa, Aa-Aa (a)", "€ 99,99", "A'Aa…"]
)
def test_a_shape_of_classes_is_sent(pattern: str) -> None:
    assert safe_shape(pattern) == pattern


@pytest.mark.parametrize(
    "pattern", ["Ann", "99/03/1985", "a\n9", "é9", "9²", "x", "", "+++", "-", "9" * 42, "9\u00a09", "٣9"]
)
def test_a_shape_of_anything_else_is_not(pattern: str) -> None:
    assert safe_shape(pattern) == ""


def test_no_planted_value_reaches_the_model_in_any_message() -> None:
    record = ["Zwijnsvoorde", "Quirijn", "85.07.30-033.28", "quirijn@zwijn.example", "Kapelsteenweg 417"]
    cells = [*record, "BE68 5390 0754 7034", "0478/12.34.56", "3-00123-92-001", "Ω-Łukasz", "Zwijn²", "+/+", "½"]
    column = Column()
    column.add([*cells, *(f"Zwijnsvoorde {number}" for number in range(40))])
    headers = safe_headers(record)
    careless = question(
        header=record[2], neighbours=(record[3], cells[5]), shapes=(*cells, *(one for one, _ in column.commonest(60)))
    )
    careful = question(header=headers[0], neighbours=headers[1:], shapes=("Aa 9",))
    model, seen = saying({"answers": "no list"}, {"answers": [BIRTH]})
    ask(model, careless, careful)
    assert len(seen) == 2
    everything = "".join(
        text for messages, info in seen for text in (repr(messages), repr(info), str(info.instructions))
    ).casefold()
    assert "geboren" not in everything
    assert '"aa 9"' in everything
    for cell in cells:
        # Shorter parts stand in the times and ids of messages by chance.
        for part in {cell, *(one for one in (*cell.split(), *cell.split("@")) if len(one) > 5)}:
            assert part.casefold() not in everything
    assert [shape for one in sent(seen) for shape in one["shapes"] if not safe_shape(shape)] == []
    assert [(one["header"], one["neighbours"]) for one in sent(seen)] == [("", []), ("", [])]


def test_what_is_sent_is_the_question_and_no_more() -> None:
    model, seen = saying({"answers": [BIRTH]})
    ask(model, question())
    assert sent(seen) == [
        {
            "number": 1,
            "object": "patient",
            "header": "Gebdat",
            "neighbours": ["Voornaam", "Geslacht"],
            "type": "date dd/mm/yyyy",
            "filled": 0.99,
            "distinct": 812,
            "shapes": ["99/99/9999"],
            "candidates": [{"concept": concept, "meaning": meaning} for concept, meaning in CANDIDATES],
        }
    ]


def test_no_trace_is_made_even_where_the_process_traces_all_agents() -> None:
    class Traced(AssertionError):
        pass

    class Spy(TracerProvider):
        def get_tracer(self, *args: Any, **kwargs: Any) -> NoOpTracer:
            class Tracer(NoOpTracer):
                def start_span(self, *args: Any, **kwargs: Any) -> NoReturn:
                    raise Traced

                def start_as_current_span(self, *args: Any, **kwargs: Any) -> NoReturn:
                    raise Traced

            return Tracer()

    Agent.instrument_all(InstrumentationSettings(tracer_provider=Spy()))
    try:
        model, _ = saying({"answers": [BIRTH]})
        with pytest.raises(Traced):
            asyncio.run(Agent(model).run("the spy works"))
        assert ask(model, question()) != [None]
    finally:
        Agent.instrument_all(False)


def test_the_library_does_not_greet_among_our_own_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pydantic_ai, "BANNER_ENABLED", True)
    ask(saying({"answers": []})[0], question())
    assert pydantic_ai.BANNER_ENABLED is False


# ------------------------------------------------------------------------------------------------------ the answers


def test_answers_come_in_the_order_of_the_questions() -> None:
    model, _ = saying({"answers": [{"number": 2, "concept": None, "why": "Nothing fits."}, BIRTH]})
    assert ask(model, question(), question(header="X"), question(header="Y")) == [
        Answer("patient.birth_date", "Geb is short for geboren.", model.model_id),
        Answer(None, "Nothing fits.", model.model_id),
        None,
    ]


@pytest.mark.parametrize("concept", ["patient.death_date", "Patient.Birth_Date", "", "null"])
def test_a_concept_that_is_no_candidate_is_no_answer(concept: str) -> None:
    model, seen = saying({"answers": [BIRTH | {"concept": concept}]})
    assert ask(model, question()) == [None]
    assert len(seen) == 1


def test_a_malformed_answer_is_asked_for_once_more() -> None:
    model, seen = saying({"answers": [{"number": "one"}]}, {"answers": [BIRTH]})
    (answer,) = ask(model, question())
    assert answer is not None
    assert answer.concept == "patient.birth_date"
    assert len(seen) == 2


def test_two_malformed_answers_are_an_error_that_quotes_neither() -> None:
    model, seen = saying({"answers": [{"number": "Zwijnsvoorde"}]})
    error = failure(asked([question()], model))
    assert isinstance(error, Refused)
    assert error.code == "MODEL-UNREADABLE"
    assert "the map stands as it was proposed" in error.next_step
    assert "Zwijnsvoorde" not in str(error)
    assert len(seen) == 2


def test_a_reason_is_one_line_that_a_terminal_can_show() -> None:
    model, _ = saying({"answers": [BIRTH | {"why": "Geb\x1b[31m is\n\tshort " + "for geboren " * 60}]})
    (answer,) = ask(model, question())
    assert answer is not None
    assert answer.why.startswith("Geb[31m is short for")
    assert len(answer.why) <= 300


def test_ten_questions_go_in_a_call() -> None:
    model, seen = saying({"answers": [BIRTH, BIRTH | {"number": 10}]})
    answers = ask(model, *[question()] * 25)
    assert [place for place, answer in enumerate(answers) if answer] == [0, 9, 10, 19, 20]
    assert len(answers) == 25
    assert len(seen) == 3


def test_nothing_to_ask_is_not_asked() -> None:
    model, seen = saying({"answers": []})
    assert ask(model) == []
    assert seen == []


# -------------------------------------------------------------------------------------------------- the way to it

Heard = list[tuple[str, dict[str, str], dict[str, Any]]]


@asynccontextmanager
async def endpoint(
    reply: Callable[[dict[str, Any]], tuple[int, Any]], again: str = "x-should-retry: false"
) -> AsyncIterator[tuple[str, Heard]]:
    """An HTTP server on loopback: its address, and the path, headers and body of each request.

    `again` is a header that says whether to try again what went wrong.
    """
    heard: Heard = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = orjson.loads(await reader.readexactly(int(headers["content-length"])))
        heard.append((first.split()[1], headers, body))
        status, answer = reply(body)
        content = orjson.dumps(answer)
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n"
        writer.write(f"{head}{again}\r\nconnection: close\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", heard


def chat(body: dict[str, Any]) -> tuple[int, Any]:
    """An answer in the shape of OpenAI's chat completions, by the tool that was offered."""
    call = {"name": body["tools"][0]["function"]["name"], "arguments": json.dumps({"answers": [BIRTH]})}
    message = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_1", "type": "function", "function": call}],
    }
    return 200, {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def responses(body: dict[str, Any]) -> tuple[int, Any]:
    """The same in the shape of OpenAI's responses."""
    call = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "status": "completed"}
    said = {"name": body["tools"][0]["name"], "arguments": json.dumps({"answers": [BIRTH]})}
    return 200, {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_700_000_000,
        "model": body["model"],
        "status": "completed",
        "output": [call | said],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }


def test_a_local_endpoint_is_asked_without_a_key_and_past_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a key for somebody else")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async def main() -> None:
        async with endpoint(chat) as (url, heard):
            (answer,) = await asked([question()], "llama3:8b", base_url=url)
        host = url.removeprefix("http://").removesuffix("/v1")
        assert answer == Answer("patient.birth_date", "Geb is short for geboren.", f"llama3:8b at {host}")
        ((path, headers, body),) = heard
        assert path == "/v1/chat/completions"
        assert "somebody else" not in repr(headers)
        assert body["model"] == "llama3:8b"
        assert '"header": "Gebdat"' in body["messages"][-1]["content"]

    asyncio.run(main())


def test_an_endpoint_gets_the_key_that_is_meant_for_it() -> None:
    async def main() -> None:
        async with endpoint(chat) as (url, heard):
            await asked([question()], "openai/gpt-oss-20b", base_url=url, api_key="its.key")
        ((_, headers, body),) = heard
        assert headers["authorization"] == "Bearer its.key"
        assert "store" not in body  # a word that only OpenAI itself is sure to know

    asyncio.run(main())


@pytest.mark.parametrize(("model", "reply"), [("openai:gpt-5", responses), ("openai-chat:gpt-5", chat)])
def test_openai_is_told_to_keep_nothing(
    monkeypatch: pytest.MonkeyPatch, model: str, reply: Callable[[dict[str, Any]], tuple[int, Any]]
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    async def main() -> None:
        async with endpoint(reply) as (url, heard):
            monkeypatch.setenv("OPENAI_BASE_URL", url)
            (answer,) = await asked([question()], model, api_key="our.key")
        assert answer == Answer("patient.birth_date", "Geb is short for geboren.", model)
        ((_, headers, body),) = heard
        assert headers["authorization"] == "Bearer our.key"
        assert body["store"] is False

    asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, Refused, "MODEL-KEY"),
        (403, Refused, "MODEL-KEY"),
        (404, Refused, "MODEL-REFUSED"),
        (400, Refused, "MODEL-REFUSED"),
        (429, Away, "MODEL-AWAY"),
        (503, Away, "MODEL-AWAY"),
    ],
)
def test_a_provider_that_says_no_is_told_in_words(status: int, kind: type[BridgeworkError], code: str) -> None:
    async def main() -> None:
        async with endpoint(lambda body: (status, {"error": {"message": f"no to {body}"}})) as (url, _):
            await asked([question()], "llama3", base_url=url, api_key="its.key")

    error = failure(main())
    assert isinstance(error, kind)
    assert error.code == code
    assert "the map stands as it was proposed" in error.next_step
    assert error.where.startswith("llama3 at 127.0.0.1:")
    assert "Gebdat" not in str(error)
    assert "its.key" not in str(error)


def test_a_server_that_is_busy_is_asked_once_more_and_not_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tries(url: str | None) -> None:
        await asked([question()], "openai-chat:gpt-5" if url is None else "llama3", base_url=url, api_key="its.key")

    async def main(*, provider: bool) -> Heard:
        async with endpoint(lambda _: (503, {"error": {"message": "busy"}}), "retry-after-ms: 1") as (url, heard):
            monkeypatch.setenv("OPENAI_BASE_URL", url)
            with pytest.raises(Away):
                await tries(None if provider else url)
        return heard

    assert len(asyncio.run(main(provider=False))) == 2
    assert len(asyncio.run(main(provider=True))) == 2


def test_a_call_that_takes_too_long_is_cancelled_and_told() -> None:
    async def main() -> bool:
        ended = asyncio.Event()

        async def endless() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        with pytest.raises(TimeoutError):
            await within(0.01, endless())
        return ended.is_set()

    assert asyncio.run(main())


def test_whoever_watches_a_call_may_end_it_and_a_call_that_is_done_gives_its_value() -> None:
    class Enough(Exception):
        pass

    def stop(waited: float) -> None:
        if waited > 0:
            raise Enough

    async def value() -> int:
        return 7

    with pytest.raises(Enough):
        asyncio.run(within(60, asyncio.Event().wait(), stop))
    assert asyncio.run(within(60, value())) == 7


def test_an_answer_that_is_no_chat_is_told_in_words() -> None:
    async def main() -> None:
        async with endpoint(lambda _: (200, {"hello": "Gebdat"})) as (url, _):
            await asked([question()], "llama3", base_url=url)

    error = failure(main())
    assert error.code == "MODEL-UNREADABLE"
    assert "Gebdat" not in str(error)


def test_an_endpoint_that_is_away_is_told_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers, and nobody else can take it
        port = taken.getsockname()[1]
        error = failure(asked([question()], "llama3", base_url=f"http://user:pass@127.0.0.1:{port}/v1"))
    assert isinstance(error, Away)
    assert error.code == "MODEL-AWAY"
    assert error.next_step == "go on without it: the map stands as it was proposed"
    assert error.where == f"llama3 at 127.0.0.1:{port}"


@pytest.mark.parametrize("url", ["127.0.0.1:11434/v1", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port/v1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    assert failure(asked([question()], "llama3", base_url=url)).code == "MODEL-URL"


@pytest.mark.parametrize("model", ["gpt-5", "nobody:gpt-5", "", "gateway/openai:gpt-5"])
def test_a_model_that_no_provider_has_is_refused(model: str) -> None:
    assert failure(asked([question()], model, api_key="x")).code == "MODEL-UNKNOWN"


def test_a_provider_without_its_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    error = failure(asked([question()], "openai:gpt-5"))
    assert error.code == "MODEL-KEY"
    assert MODEL_KEY in error.next_step


def test_the_key_comes_from_the_environment_and_need_not_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setenv(MODEL_KEY, "our.key")
    assert secret(MODEL_KEY, "any") == kept_secret(MODEL_KEY, "any") == "our.key"
    monkeypatch.delenv(MODEL_KEY)
    assert kept_secret(MODEL_KEY, "any") is None
    with pytest.raises(UsageError) as missing:
        secret(MODEL_KEY, "any")
    assert missing.value.next_step == f"set {MODEL_KEY} in the environment"


@pytest.mark.parametrize(
    ("missing", "model", "url", "command"),
    [
        ("pydantic_ai", "openai:gpt-5", None, 'pip install "bridgework[model]"'),
        ("pydantic_ai.models.openai", "llama3", "http://127.0.0.1:1/v1", 'pip install "bridgework[model]"'),
        ("anthropic", "anthropic:claude", None, 'pip install "pydantic-ai-slim[anthropic]"'),
    ],
)
def test_a_missing_package_is_told_with_the_command_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, missing: str, model: str, url: str | None, command: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    error = failure(asked([question()], model, base_url=url, api_key="x"))
    assert isinstance(error, UsageError)
    assert error.code == "MODEL-MISSING"
    assert error.next_step == command


def test_nothing_of_it_is_loaded_unless_it_is_asked_for() -> None:
    script = """
import sys
import bridgework.cli, bridgework.migration, bridgework.stages
assert "bridgework.mapping.model" not in sys.modules
import bridgework.mapping.model
found = {name.partition(".")[0] for name in sys.modules} & {"pydantic_ai", "openai", "opentelemetry", "logfire_api"}
assert not found, found
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
