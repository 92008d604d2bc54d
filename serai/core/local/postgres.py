"""The embedded PostgreSQL: made, started, recovered and stopped by its own programs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from serai.core.local import engines, processes
from serai.core.local.identity import ServiceUser
from serai.core.local.reaper import is_running
from serai.core.local.state import LocalStateError

ROLE = "serai"
DATABASE = "serai"
ADMINISTRATOR = "postgres"
MAJOR_VERSION = "18"

# A small host shared with the web processes. Durability stays at PostgreSQL's safe defaults.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "jit": "off",
    "huge_pages": "off",
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_duration_statement": "1000",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %a ",
}
# Tests begin with an empty cluster each time, so a power cut may take it. A killed server may still
# lose nothing: what it has committed is then with the kernel (hence no asynchronous commit).
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "log_min_duration_statement": "-1",
}


class PostgresServer:
    """One PostgreSQL cluster in `data`, reached through the socket folder `sockets`."""

    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # a fast stop: sessions are ended, nothing is lost
    stop_seconds = 15.0

    def __init__(
        self,
        *,
        data: Path,
        sockets: Path,
        log: Path,
        user: ServiceUser,
        is_durable: bool = True,
    ) -> None:
        self.data = data
        self.sockets = sockets
        self.log = log
        self.user = user
        self.is_durable = is_durable
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = DATABASE) -> str:
        """The address of `database`, for libpq and for Django's settings."""
        return f"postgres://{ROLE}@/{database}?host={self.sockets}"

    def start(self) -> subprocess.Popen[bytes]:
        """Create the cluster if it is new, recover it if it crashed, start it and wait for it.

        The caller holds the folder's lock. Raises `ProcessError` when the server does not come
        up, `LocalStateError` when the data belongs to another version or user.
        """
        home = engines.postgres_home(self.user)
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster(home)
        self._check_version()
        self._clear_leftovers()
        settings = dict(SETTINGS) if self.is_durable else SETTINGS | THROWAWAY_SETTINGS
        command = [
            str(home / "bin" / "postgres"),
            "-D",
            str(self.data),
            "-k",
            str(self.sockets),
        ]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        process = processes.spawn(
            command,
            log=self.log,
            environment=_environment(),
            death_signal=self.stop_signal,
            user=self.user,
            folder=Path("/"),
        )
        self.process = process
        try:
            self._wait_until_ready(process)
        except BaseException:
            processes.stop(process, ask=signal.SIGQUIT, seconds=5)
            raise
        self._create_role_and_database()
        return process

    def stop(self) -> None:
        """End the server and wait for it; its sessions are rolled back."""
        if self.process is not None:
            processes.stop(self.process, ask=self.stop_signal, seconds=self.stop_seconds)
            self.process = None

    def _create_cluster(self, home: Path) -> None:
        """Run initdb beside the final place, so that an interrupted one leaves nothing half."""
        for abandoned in self.data.parent.glob("postgres.new.*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        if self.data.is_dir() and any(self.data.iterdir()):
            raise LocalStateError(f"{self.data} holds files but no database. Move it away.")
        building = Path(tempfile.mkdtemp(prefix="postgres.new.", dir=self.data.parent))
        self.user.own(building)
        try:
            command = [
                *(str(home / "bin" / "initdb"), "-D", str(building)),
                *(f"--username={ADMINISTRATOR}", "--auth=trust", "--encoding=UTF8"),
                *(
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                ),
                "--no-instructions",
                *([] if self.is_durable else ["--no-sync"]),
            ]
            process = processes.spawn(
                command,
                log=self.log,
                environment=_environment(),
                death_signal=signal.SIGKILL,
                user=self.user,
                folder=Path("/"),
            )
            if process.wait() != 0:
                raise processes.ProcessError(
                    f"PostgreSQL could not create its files in {self.data.parent}:\n"
                    + processes.log_tail(self.log)
                )
            building.rename(self.data)
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != MAJOR_VERSION:
            raise LocalStateError(
                f"{self.data} was made by PostgreSQL {version}; this Serai runs"
                f" {MAJOR_VERSION}. Move that folder away to begin anew, or dump it with the"
                " older version first."
            )
        owner = self.data.stat().st_uid
        if owner != self.user.uid:
            raise LocalStateError(
                f"{self.data} belongs to user {owner}, but the database would run as user"
                f" {self.user.uid}. Run Serai as the user who made it, or set SERAI_STATE_DIR to"
                " another folder."
            )

    def _clear_leftovers(self) -> None:
        """End servers of a crashed run on this data, and drop a pid file that names a stranger.

        We hold the folder's lock, so whatever still works here has lost its supervisor.
        """
        leftovers = _processes_in(self.data)
        for number, seconds in (
            (signal.SIGINT, 3.0),
            (signal.SIGQUIT, 3.0),
            (signal.SIGKILL, 5.0),
        ):
            for pid in leftovers:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
            if processes.wait_until(lambda: not any(map(is_running, leftovers)), seconds=seconds):
                break
        if Path("/proc/self/cwd").exists():
            # No process works in the folder now. PostgreSQL would still refuse to start if the
            # file's number has meanwhile been given to some other process.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
                (self.sockets / name).unlink(missing_ok=True)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 120
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise processes.ProcessError(
                        f"PostgreSQL did not start. The end of {self.log}:\n" + processes.log_tail(self.log)
                    ) from error
                time.sleep(0.03)
            else:
                return

    def _create_role_and_database(self) -> None:
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(ROLE)
                    )
                )

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.sockets),
            user=ADMINISTRATOR,
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )


def _environment() -> dict[str, str]:
    """A bare environment: PG* variables of the caller must not steer the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _processes_in(folder: Path) -> list[int]:
    """The processes whose working folder is `folder`: PostgreSQL's server and its helpers."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if Path(os.readlink(entry / "cwd")) == folder:
                found.append(int(entry.name))
    return found
