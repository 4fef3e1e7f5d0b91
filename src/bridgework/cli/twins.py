"""`bridgework twin`: stand-ins for Twenty and DentAdmin."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

twin_app = typer.Typer(help="Serve a stand-in for Twenty or DentAdmin, on loopback.", no_args_is_help=True)


@twin_app.command(name="twenty")
def twin_twenty(
    *,
    port: Annotated[int, typer.Option(help="0: any free one.")] = 0,
    data: Annotated[Path | None, typer.Option(help="Keep the workspace in this folder; else in memory.")] = None,
    rate: Annotated[int, typer.Option(min=0, help="Calls a minute; 0: no limit.")] = 0,
    member: Annotated[list[str] | None, typer.Option(metavar="'FIRST LAST E-MAIL'", help="A workspace member.")] = None,
    like: Annotated[
        str | None, typer.Option(metavar="FILE", help="Be like the workspace that this describes; -: a line on stdin.")
    ] = None,
) -> None:
    """Serve the Twenty twin; the first line is its URL and a key, as JSON.

    With `--like -` it serves until stdin ends: it goes with the process that holds the other end, however that goes.
    """
    from bridgework.twins.twenty import Member, TwentyTwin

    words = [one.split(" ") for one in member or ()]
    members = [Member(first, " ".join(last), email) for first, *last, email in words]
    described = None
    if like is not None:
        described = json.loads(sys.stdin.buffer.readline() if like == "-" else Path(like).read_bytes())
    twin = TwentyTwin(data=data, calls_per_minute=rate or None, port=port, members=members, like=described)
    if like == "-":
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    twin.serve_forever(lambda url, key: _first_line(url, key, lacking=twin.lacking))


@twin_app.command(name="dentadmin")
def twin_dentadmin(
    *,
    port: Annotated[int, typer.Option(help="0: any free one.")] = 0,
    data: Annotated[Path | None, typer.Option(help="The export folder to serve; else a new practice of 500.")] = None,
    style: Annotated[str, typer.Option(help="default, offset, cursor, link, detail or search.")] = "default",
) -> None:
    """Serve a synthetic practice as DentAdmin's API might; the first line is its URL and a key, as JSON."""
    from bridgework.twins.dentadmin import STYLES, DentAdminTwin

    if style not in STYLES:
        raise typer.BadParameter(f"one of {', '.join(STYLES)}", param_hint="--style")
    DentAdminTwin(data=data, port=port, style=style).serve_forever(_first_line)


def _first_line(url: str, key: str, **more: object) -> None:
    typer.echo(json.dumps({"url": url, "key": key, **more}))


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
