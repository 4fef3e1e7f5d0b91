"""How a terminal shows progress: bars on a terminal, plain lines where there is none; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

_PLAIN_EVERY = 5.0  # seconds between two lines of one task
_SHOWN_EVERY = 60.0  # seconds between two states of the line that changes


class _Rate(ProgressColumn):
    """Units a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{_scaled(speed)} {task.fields['unit']}/s", style="dim")


class _WithLine(Progress):
    """Bars, and below them lines that change."""

    line = ""
    forecast = ""

    def get_renderables(self) -> Iterator[RenderableType]:
        """What is drawn."""
        yield from super().get_renderables()
        for line in filter(None, (self.line, self.forecast)):
            yield Text(line, style="dim")


class Bars:
    """Bars with counts, rate and time left, for a person at a terminal."""

    def __init__(self) -> None:
        """Show on stderr."""
        console = Console(stderr=True)
        self._bars = _WithLine(
            TextColumn("{task.description:<44.44}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(compact=True),
            console=console,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def start(self, label: str, total: int | None, unit: str) -> Callable[[int], None]:
        """Begin a task; see stages.common.Progress."""
        task = self._bars.add_task(label, total=total, unit=unit)
        return lambda done: self._bars.advance(task, done)

    def say(self, text: str) -> None:
        """One line above the bars."""
        self._bars.console.print(text, markup=False, highlight=False)

    def show(self, text: str) -> None:
        """One line among the bars."""
        self._bars.line = text

    def forecast(self, text: str) -> None:
        """Another one below it."""
        self._bars.forecast = text


class Lines:
    """Plain lines, for a log file, a pipe or a screen reader."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Write to stderr, by this clock."""
        self._clock = clock
        self._shown_at = self._foretold_at = clock() - _SHOWN_EVERY

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def start(self, label: str, total: int | None, unit: str) -> Callable[[int], None]:
        """Begin a task; see stages.common.Progress."""
        task = _PlainTask(label, total, unit, self._clock, self.say)
        return task.advance

    def say(self, text: str) -> None:
        """One line."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def show(self, text: str) -> None:
        """One line now and then."""
        if self._clock() - self._shown_at >= _SHOWN_EVERY:
            self._shown_at = self._clock()
            self.say(text)

    def forecast(self, text: str) -> None:
        """One line now and then."""
        if text and self._clock() - self._foretold_at >= _SHOWN_EVERY:
            self._foretold_at = self._clock()
            self.say(text)


class _PlainTask:
    """One task told in lines: now and then, and when it is done."""

    def __init__(
        self, label: str, total: int | None, unit: str, clock: Callable[[], float], say: Callable[[str], None]
    ) -> None:
        self._label, self._total, self._unit, self._clock, self._say = label, total, unit, clock, say
        self._began = self._told = clock()
        self._done = 0

    def advance(self, done: int) -> None:
        """So many more are done."""
        self._done += done
        now = self._clock()
        ended = self._total is not None and self._done >= self._total
        if done and (ended or now - self._told >= _PLAIN_EVERY):
            self._told = now
            self._say(self._line(now - self._began))

    def _line(self, took: float) -> str:
        rate = self._done / took if took > 0 else 0
        parts = [f"{self._label}: {self._done}" + (f" of {self._total}" if self._total else "") + f" {self._unit}"]
        if rate:
            parts.append(f"{_scaled(rate)} {self._unit}/s")
            if self._total and self._done < self._total:
                parts.append(f"{(self._total - self._done) / rate:.0f} s left")
        return ", ".join(parts)


def _scaled(number: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.1f}{letter}"
    return f"{number:.0f}"
