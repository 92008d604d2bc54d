"""Which port a copy takes when some are taken."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from serai.core.local import ports

HOST = "127.0.0.1"


@contextmanager
def listening(address: str = HOST, port: int = 0) -> Iterator[int]:
    """A stranger's server; yields its port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as server:
        server.bind((address, port))
        server.listen()
        yield server.getsockname()[1]


def test_the_default_is_taken_when_it_is_free() -> None:
    with listening() as port:
        pass
    reservation = ports.choose(None, host=HOST, default=port)
    assert reservation.port == port
    reservation.release()


def test_the_next_free_port_follows_an_occupied_one() -> None:
    with listening() as port:
        reservation = ports.choose(None, host=HOST, default=port)
        assert reservation.port > port
        reservation.release()


def test_a_wish_that_cannot_be_met_says_what_to_do() -> None:
    with listening() as port, pytest.raises(ports.PortTakenError) as caught:
        ports.choose(port, host=HOST)
    assert f"Port {port} on {HOST} is in use" in str(caught.value)
    assert "--port" in str(caught.value)


def test_two_copies_that_have_not_begun_to_listen_do_not_choose_the_same() -> None:
    first = ports.choose(None, host=HOST, default=18000)
    second = ports.choose(None, host=HOST, default=18000)
    assert second.port > first.port
    first.release()
    assert ports.reserve(first.port, host=HOST) is not None
    second.release()


def test_a_server_on_the_other_localhost_counts() -> None:
    if not socket.has_ipv6:
        pytest.fail("This Python has no IPv6; the check cannot be made.")
    try:
        with listening("::1") as port:
            assert not ports.is_free(port, host=HOST)
    except OSError:
        # This machine has no ::1: then nobody can be met there.
        assert ports.is_free(ports.DEFAULT_PORT + 12345, host=HOST)
