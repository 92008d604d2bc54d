"""PostgreSQL and Valkey together: one state folder, one holder, started and stopped as one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from serai.core.local.identity import ServiceUser
from serai.core.local.locks import FolderLock, LockHeldError
from serai.core.local.postgres import PostgresServer
from serai.core.local.processes import Reaper
from serai.core.local.state import LocalState
from serai.core.local.valkey import ValkeyServer

Server = PostgresServer | ValkeyServer
STOPPING_SECONDS = 30.0


class LocalServices:
    """The embedded servers of one state folder that the environment does not replace.

    `DATABASE_URL` replaces PostgreSQL and `VALKEY_URL` Valkey. Whoever calls `start` holds the
    folder's `services.lock` until `stop`; a reaper stops the servers should the holder be killed.
    """

    def __init__(
        self,
        state: LocalState,
        *,
        is_durable: bool = True,
        with_postgres: bool | None = None,
        with_valkey: bool | None = None,
    ) -> None:
        self.state = state
        self.user = ServiceUser.current()
        self.lock = FolderLock(state.run / "services.lock")
        self.reaper: Reaper | None = None
        common = {"sockets": state.sockets, "user": self.user, "is_durable": is_durable}
        self.postgres = PostgresServer(
            data=state.data / "postgres",
            log=state.logs / "postgres.log",
            **common,  # type: ignore[arg-type]
        )
        self.valkey = ValkeyServer(
            data=state.data / "valkey",
            log=state.logs / "valkey.log",
            **common,  # type: ignore[arg-type]
        )
        if with_postgres is None:
            with_postgres = not os.environ.get("DATABASE_URL")
        if with_valkey is None:
            with_valkey = not os.environ.get("VALKEY_URL")
        self.servers: list[Server] = [
            server
            for server, wanted in (
                (self.postgres, with_postgres),
                (self.valkey, with_valkey),
            )
            if wanted
        ]

    def start(self, *, holder: str, hold: Sequence[int] = ()) -> Reaper:
        """Take the lock, start the servers, and return the reaper that guards them.

        `hold` are descriptors of further locks that shall last until everything has stopped.

        Raises `LockHeldError` when another process runs this folder's services. A run that was
        killed a moment ago is waited for: its reaper holds the lock until all is stopped.
        """
        self.state.prepare(self.user)
        descriptor = take_patiently(self.lock, holder=holder)
        # The holder before us may have removed its socket folder a moment ago.
        self.state.prepare(self.user)
        self.reaper = Reaper(hold=[descriptor, *hold])
        try:
            for server in self.servers:
                self.start_server(server)
        except BaseException:
            self.stop()
            raise
        return self.reaper

    def start_server(self, server: Server) -> None:
        """Start one of the servers (again) under the reaper's eyes."""
        if self.reaper is None:
            raise RuntimeError("The services are not held; call start first.")
        if server.process is not None:
            self.reaper.forget(server.process.pid)
        process = server.start()
        self.reaper.watch(process.pid, ask=server.stop_signal, grace=8)

    def stop(self) -> None:
        """Stop the servers in reverse order and free the lock."""
        for server in reversed(self.servers):
            pid = server.process.pid if server.process is not None else None
            server.stop()
            if pid is not None and self.reaper is not None:
                self.reaper.forget(pid)
        if self.reaper is not None:
            with suppress(OSError):
                self.state.sockets.rmdir()
            self.reaper.close()
            self.reaper = None
        self.lock.release()


def take_patiently(lock: FolderLock, **note: object) -> int:
    """Take `lock`; when its holder is dead, wait for the holder's reaper to finish.

    Raises `LockHeldError` at once when the holder lives.
    """
    deadline = time.monotonic() + STOPPING_SECONDS
    while True:
        try:
            return lock.take(**note)
        except LockHeldError as error:
            if error.holder_lives or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


@contextmanager
def services_available(state: LocalState, *, holder: str) -> Iterator[None]:
    """Use the folder's services: those that run, or else our own for as long as we need them."""
    services = LocalServices(state)
    is_ours = bool(services.servers)
    if is_ours:
        try:
            services.start(holder=holder)
        except LockHeldError:
            # `serai demo` or `serai services` runs them already.
            is_ours = False
    try:
        yield
    finally:
        if is_ours:
            services.stop()
