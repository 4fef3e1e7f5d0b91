"""The tests themselves reach nothing outside this machine."""

from __future__ import annotations

import asyncio
import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "0.0.0.0"])
def test_a_connection_that_leaves_the_machine_is_refused(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as client, pytest.raises(AssertionError, match="nothing but loopback"):
        client.connect((host, 80))


def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(AssertionError, match="nothing but loopback"):
        socket.getaddrinfo("example.org", 443)


def test_asyncio_is_held_to_it_too() -> None:
    async def reach_out() -> None:
        await asyncio.open_connection("192.0.2.1", 80)

    with pytest.raises(AssertionError, match="nothing but loopback"):
        asyncio.run(reach_out())


def test_a_listener_on_every_interface_is_refused() -> None:
    with socket.socket() as server, pytest.raises(AssertionError, match="nothing but loopback"):
        server.bind(("0.0.0.0", 0))


def test_loopback_is_open() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client:
            assert client.getpeername()[0] == "127.0.0.1"
