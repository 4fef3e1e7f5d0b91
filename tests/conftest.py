"""What holds for every test: marks by folder, no network but loopback, and property tests that repeat in CI."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.made_once import begin_run, end_run

HERE = Path(__file__).parent
KINDS = ("unit", "integration", "acceptance", "chaos", "browser", "bench")

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "here")


class NetworkRefusedError(AssertionError):
    """A test tried to reach something that is not on this machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the folder it lies in; a test in no such folder is an error."""
    for item in items:
        kind = item.path.relative_to(HERE).parts[0]
        if kind not in KINDS:
            message = f"{item.path.name} lies in tests/{kind}, which is no kind of test: {', '.join(KINDS)}"
            raise pytest.UsageError(message)
        item.add_marker(kind)


_RUN = pytest.StashKey[Path | None]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what was made for this run."""
    end_run(config.stash.get(_RUN, None))


def pytest_configure(config: pytest.Config) -> None:
    """Refuse, for the life of this process, every socket that would leave the machine.

    An audit hook sees every way that Python opens a connection, C extensions' use of `socket` included, before it is
    opened. It cannot be taken away again, which is what is wanted.
    """
    sys.addaudithook(refuse_network)
    config.stash[_RUN] = begin_run()


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Raise for a connection, a datagram, a listener or a name look-up that is not of the loopback interface."""
    if event in {"socket.connect", "socket.sendto", "socket.bind"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path, for a socket in the file system
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host is not None and not is_loopback(host):
        message = f"{event} to {host!r}: tests reach nothing but loopback"
        raise NetworkRefusedError(message)


def is_loopback(host: object) -> bool:
    """Whether a host, as sockets are given it, is this machine and no other."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
