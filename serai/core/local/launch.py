"""Bringing up a whole copy: services, preparation, web, worker, beat, relay and stream."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from serai.core.local import ports, processes
from serai.core.local.locks import FolderLock, LockHeldError
from serai.core.local.progress import Progress
from serai.core.local.services import LocalServices, take_patiently
from serai.core.local.state import LocalState, LocalStateError
from serai.core.local.supervisor import Program, StopRequestedError, Supervisor

ANY_HOST = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
READY_SECONDS = 90.0
QUEUES = "critical,default,bulk,cpu"


class LaunchError(Exception):
    """The copy could not be brought up; the message says what to do. `code` is for the shell."""

    def __init__(self, message: str, *, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Place:
    """Where this copy answers."""

    host: str
    port: int
    stream_port: int

    @property
    def name(self) -> str:
        """The host name to put into addresses."""
        if self.host in ANY_HOST | LOOPBACK:
            return "localhost"
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def address(self) -> str:
        """The address of the site."""
        return f"http://{self.name}:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment of this copy's processes; what the caller has set stays."""
        names = ["localhost", "127.0.0.1", "[::1]", self.name]
        if self.host in ANY_HOST:
            names += [socket.gethostname(), *_own_addresses()]
        defaults = {
            "SERAI_MODE": "demo",
            "SITE_URL": self.address,
            "STREAM_URL": f"http://{self.name}:{self.stream_port}/stream/",
            "ALLOWED_HOSTS": ",".join(dict.fromkeys(names)),
            "DJANGO_SETTINGS_MODULE": "serai.config.settings",
            "PYTHONUNBUFFERED": "1",
        }
        return defaults | dict(os.environ)


def programs(place: Place, state: LocalState) -> dict[str, Program]:
    """The processes of a copy by name, not yet started."""
    granian = [sys.executable, "-m", "granian", "--host", place.host, "--workers-kill-timeout", "3s"]
    celery = [sys.executable, "-m", "celery", "-A", "serai.config.celery"]
    commands = {
        "web": [
            *(*granian, "--port", str(place.port), "--interface", "wsgi", "--workers", "2"),
            *("--blocking-threads", "8", "--no-ws", "--respawn-failed-workers"),
            "serai.config.wsgi:application",
        ],
        "stream": [
            *(*granian, "--port", str(place.stream_port), "--interface", "asgi"),
            "--respawn-failed-workers",
            "serai.web.realtime:application",
        ],
        "relay": [sys.executable, "-m", "serai", "relay"],
        "worker": [
            *(*celery, "worker", "-Q", QUEUES, "--concurrency", "2", "--loglevel", "INFO"),
            *("--without-gossip", "--without-mingle"),
        ],
        # An empty pid file name: after kill -9 a stale file would keep beat from starting.
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile="],
    }
    environment = place.environment()
    return {
        name: Program(
            name=name,
            command=command,
            environment=environment | {"SERAI_PROCESS": f"serai-{name}"},
            log=state.logs / f"{name}.log",
        )
        for name, command in commands.items()
    }


def launch(
    *,
    host: str,
    port: int | None,
    with_preparation: bool,
    banner: Callable[[Place, dict[str, Any]], str],
    progress: Progress,
) -> int:
    """Bring up everything, keep it running until asked to stop, stop it; return the exit code.

    With preparation the database is migrated and the demo filled first. Raises `LaunchError`.
    """
    state = LocalState.from_environment()
    lock = FolderLock(state.run / "supervisor.lock")
    services = LocalServices(state)
    try:
        with Supervisor(services, progress=progress) as supervisor:
            state.prepare()
            held = _take(lock, state)
            (state.run / "prepared.json").unlink(missing_ok=True)
            with _reserve(host, port, progress) as reserved:
                place = reserved.place
                lock.write_note(address=place.address)
                with progress.step(_starting(services)):
                    services.start(holder="serai demo", hold=[held])
                report = _prepare(supervisor, place, state) if with_preparation else {}
                with progress.step("Starting the site"):
                    planned = programs(place, state)
                    for name in ("web", "stream"):
                        supervisor.start(planned.pop(name))
                    _wait_until_ready(supervisor, place)
                    for program in planned.values():
                        supervisor.start(program)
                progress.say(banner(place, report))
                supervisor.watch_forever()
    except StopRequestedError:
        progress.say("Stopped. Everything is saved.")
        return 0
    except LockHeldError as error:
        raise LaunchError(_in_use(error)) from error
    except ports.PortTakenError as error:
        raise LaunchError(str(error), code=2) from error
    except (LocalStateError, processes.ProcessError) as error:
        raise LaunchError(str(error)) from error
    finally:
        lock.release()
    return 0


@dataclass
class _Reserved:
    place: Place
    reservations: list[ports.Reservation]

    def __enter__(self) -> _Reserved:
        return self

    def __exit__(self, *_: object) -> None:
        for reservation in self.reservations:
            reservation.release()


def _reserve(host: str, port: int | None, progress: Progress) -> _Reserved:
    web = ports.choose(port, host=host)
    if port is None and web.port != ports.DEFAULT_PORT:
        progress.say(f"Port {ports.DEFAULT_PORT} is in use, so this copy takes port {web.port}.")
    stream = ports.choose(None, host=host, default=web.port + 1)
    return _Reserved(Place(host=host, port=web.port, stream_port=stream.port), [web, stream])


def _take(lock: FolderLock, state: LocalState) -> int:
    try:
        return take_patiently(lock)
    except LockHeldError as error:
        process = f"process {error.note.get('pid', 'unknown')}"
        if address := error.note.get("address"):
            raise LaunchError(
                f"This copy of Serai runs already at {address} ({process})."
                " Open that address, or stop it with Ctrl-C in its window first."
            ) from error
        raise LaunchError(
            f"This copy of Serai is just starting ({process}); its logs are in {state.logs}."
        ) from error


def _in_use(error: LockHeldError) -> str:
    holder = error.note.get("holder", "another process")
    return (
        f"The database of this copy is in use by `{holder}` (process {error.note.get('pid', 'unknown')})."
        " Wait for it to finish, or stop it first."
    )


def _starting(services: LocalServices) -> str:
    if not services.servers:
        return "Using the database and Valkey that the environment names"
    return "Starting " + " and ".join(server.title for server in services.servers)


def _prepare(supervisor: Supervisor, place: Place, state: LocalState) -> dict[str, Any]:
    """Migrate, collect static files and fill the demo, in a process of its own."""
    code = supervisor.run_once(
        [sys.executable, "-m", "serai", "prepare"],
        environment=place.environment() | {"SERAI_PROCESS": "serai-prepare"},
    )
    if code != 0:
        raise LaunchError("The database could not be prepared; the lines above say why. Nothing is lost.")
    try:
        report = json.loads((state.run / "prepared.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}


def _wait_until_ready(supervisor: Supervisor, place: Place) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(place):
        supervisor.watch_once()
        if time.monotonic() > deadline:
            log = next(program.log for program in supervisor.programs if program.name == "web")
            raise LaunchError(
                f"The site did not answer within {READY_SECONDS:.0f} s. The end of {log}:\n"
                + processes.log_tail(log)
            )
        time.sleep(0.1)


def _is_ready(place: Place) -> bool:
    host = "127.0.0.1" if place.host in ANY_HOST | {"localhost"} else place.host
    connection = http.client.HTTPConnection(host, place.port, timeout=1)
    try:
        connection.request("GET", "/health/ready", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _own_addresses() -> list[str]:
    """This machine's addresses, as far as its own name leads to them."""
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)
    except OSError:
        return []
    return sorted({str(entry[4][0]) for entry in found})
