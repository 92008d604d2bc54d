"""A whole copy of Serai in a folder of its own: the real processes, which a test may kill."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
import urllib.parse
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from serai.core.local import ports
from serai.core.local.services import LocalServices
from serai.core.local.state import CHECKOUT, LocalState

CSRF = "f" * 32
# What the command line of each process that may be killed contains.
MARKS = {
    "web": b"serai.config.wsgi:application",
    "worker": b"\0worker\0",
    "relay": b"\0relay\0",
    "postgres": b"postgres\0-D",
    "valkey": b"valkey-server",
}


@dataclass
class Answer:
    """What a page answered."""

    status: int
    location: str
    text: str


class Site:
    """A copy that runs under `serai up`, which restarts whatever dies."""

    def __init__(self, folder: Path) -> None:
        self.state = LocalState.at(folder)
        reservation = ports.choose(None, host="127.0.0.1", default=18700)
        self.port = reservation.port
        reservation.release()
        foreign = ("DATABASE_URL", "VALKEY_URL", "BROKER_URL", "PYTEST_CURRENT_TEST")
        self.environment = {name: value for name, value in os.environ.items() if name not in foreign} | {
            "SERAI_MODE": "demo",
            "SERAI_STATE_DIR": str(folder),
            "OUTBOX_REDISPATCH_SECONDS": "4",
            "DJANGO_SETTINGS_MODULE": "serai.config.settings",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Migrate and collect, on servers that run for as long as that takes."""
        services = LocalServices(self.state, with_postgres=True, with_valkey=True)
        services.start(holder="tests")
        try:
            for command in (("migrate",), ("collectstatic", "--no-input")):
                subprocess.run(
                    [sys.executable, CHECKOUT / "manage.py", *command, "--verbosity=0"],
                    env=self.environment,
                    check=True,
                )
        finally:
            services.stop()

    def start(self) -> None:
        """Bring everything up and wait until it answers."""
        log = (self.state.root / "up.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "serai", "up", "--port", str(self.port)],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        log.close()
        self.wait_until_whole()

    def stop(self) -> None:
        """Ask it to stop; what is left after that is killed by its reaper."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def log(self) -> str:
        """What the supervisor said."""
        return (self.state.root / "up.log").read_text(encoding="utf-8", errors="replace")

    def pid(self, name: str) -> int | None:
        """The process of that name right under the supervisor; None while it is down."""
        assert self.process is not None
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and MARKS[name] in (entry / "cmdline").read_bytes():
                    return int(entry.name)
        return None

    def kill(self, name: str) -> int:
        """kill -9 the process with all of its children; return its number."""
        deadline = time.monotonic() + 20
        while (pid := self.pid(name)) is None:
            assert time.monotonic() < deadline, f"{name} did not come back:\n{self.log()}"
            time.sleep(0.02)
        if name in {"web", "worker"}:
            os.killpg(pid, signal.SIGKILL)  # each program leads a group of its own
        else:
            os.kill(pid, signal.SIGKILL)
        return pid

    def kill_all(self) -> None:
        """kill -9 the supervisor; its reaper ends the rest."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def wait_until_whole(self, *, seconds: float = 60) -> None:
        """Wait until every process runs, the site answers and the database takes connections."""
        deadline = time.monotonic() + seconds
        while True:
            if all(self.pid(name) for name in MARKS) and self._is_ready():
                return
            assert time.monotonic() < deadline, f"Not up again:\n{self.log()}"
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            answer = self.request("GET", "/health/ready")
            return answer.status == 200 and '"valkey": "ok"' in answer.text
        return False

    def request(
        self, method: str, path: str, *, cookies: str = "", form: dict[str, str] | None = None
    ) -> Answer:
        """One request over a connection of its own; raises `OSError` or `HTTPException` when it breaks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            headers = {"Host": f"localhost:{self.port}", "Cookie": f"csrftoken={CSRF}; {cookies}"}
            body = None
            if form is not None:
                body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": CSRF})
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            return Answer(response.status, response.headers.get("Location", ""), text)
        finally:
            connection.close()

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the test's own to the copy's database."""
        return psycopg.connect(f"postgresql://serai@/serai?host={self.state.sockets}", autocommit=True)
