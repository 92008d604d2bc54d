"""Choosing TCP ports: the wanted one, or the next that is free, never the same for two copies."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 8000
TRIES = 200


class PortTakenError(Exception):
    """The port that was asked for is in use; the message says what to do."""


@dataclass
class Reservation:
    """A port that no other copy of Serai will choose while this one holds it."""

    port: int
    _descriptor: int

    def release(self) -> None:
        """Let other copies have the port."""
        os.close(self._descriptor)


def is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `host`, and nobody answers on either `localhost`."""
    addresses = [(socket.AF_INET6 if ":" in host else socket.AF_INET, host)]
    if host in {"127.0.0.1", "localhost", "0.0.0.0"}:  # noqa: S104 - compared, not bound
        # A browser that resolves `localhost` to ::1 first must not meet somebody else there.
        addresses.append((socket.AF_INET6, "::1"))
    for family, address in addresses:
        with ExitStack() as stack:
            try:
                server = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind((address, port))
            except OSError as error:
                # A machine without IPv6 has no ::1 to be taken.
                if error.errno in {errno.EADDRINUSE, errno.EACCES} or address == host:
                    return False
    return True


def reserve(port: int, *, host: str) -> Reservation | None:
    """Reserve exactly `port`; None when it is in use or another copy has just chosen it."""
    folder = Path(tempfile.gettempdir()) / f"serai-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not is_free(port, host=host):
        os.close(descriptor)
        return None
    return Reservation(port, descriptor)


def choose(wanted: int | None, *, host: str, default: int = DEFAULT_PORT) -> Reservation:
    """Reserve `wanted`, or without a wish the first free port from `default` upwards.

    Raises `PortTakenError` when the wish cannot be met.
    """
    if wanted is not None:
        found = reserve(wanted, host=host)
        if found is None:
            raise PortTakenError(
                f"Port {wanted} on {host} is in use. Stop what runs there, choose another port"
                " (`make demo PORT=8080`, `serai demo --port 8080`), or name none to get a free one."
            )
        return found
    for port in range(default, min(default + TRIES, 65536)):
        found = reserve(port, host=host)
        if found is not None:
            return found
    raise PortTakenError(f"No port from {default} to {default + TRIES - 1} is free on {host}.")
