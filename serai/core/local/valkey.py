"""The embedded Valkey: cache, broker and live updates on one unix socket."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

from serai.core.local import engines, processes
from serai.core.local.identity import ServiceUser

DATABASES = 64


class ValkeyServer:
    """One Valkey in `data`, reached through `<sockets>/valkey.sock`."""

    title = "Valkey"
    stop_signal = signal.SIGTERM
    stop_seconds = 10.0

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
        self.socket = sockets / "valkey.sock"
        self.log = log
        self.user = user
        self.is_durable = is_durable
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: int = 0) -> str:
        """The address of the numbered database."""
        return f"unix://{self.socket}?db={database}"

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers; raises `ProcessError` when it does not."""
        if not self.data.is_dir():
            self.data.mkdir()
            self.data.chmod(0o700)
            self.user.own(self.data)
        command = [
            *(
                str(engines.valkey_server(self.user)),
                "--port",
                "0",
                "--daemonize",
                "no",
            ),
            *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.data), "--databases", str(DATABASES), "--save", ""),
            # The broker's messages live here too, so every write is on disk before its answer.
            *(
                "--appendonly",
                "yes" if self.is_durable else "no",
                "--appendfsync",
                "everysec",
            ),
            # Only what carries an expiry (cache entries) may be pushed out, never a message.
            *("--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru"),
        ]
        process = processes.spawn(
            command,
            log=self.log,
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            death_signal=self.stop_signal,
            user=self.user,
            folder=Path("/"),
        )
        self.process = process
        deadline = time.monotonic() + 60
        while not self.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                processes.stop(process, ask=self.stop_signal, seconds=2)
                raise processes.ProcessError(
                    f"Valkey did not start. The end of {self.log}:\n" + processes.log_tail(self.log)
                )
            time.sleep(0.02)
        return process

    def stop(self) -> None:
        """End the server and wait for it."""
        if self.process is not None:
            processes.stop(self.process, ask=self.stop_signal, seconds=self.stop_seconds)
            self.process = None

    def is_ready(self) -> bool:
        """Whether the server answers PING (while it loads its file it does not)."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False
