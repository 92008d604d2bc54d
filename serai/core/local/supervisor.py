"""Looking after the processes of one copy: start, watch, restart with a pause, stop in order."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType

from serai.core.local import processes
from serai.core.local.progress import Progress
from serai.core.local.services import LocalServices, Server
from serai.core.local.state import CHECKOUT, LocalStateError

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# Whoever ran this long before it ended was well: the pauses begin anew.
STEADY_SECONDS = 60.0
WATCH_SECONDS = 0.2


class StopRequestedError(BaseException):
    """Somebody asked us to stop (Ctrl-C, SIGTERM, a closed terminal). Not an `Exception`."""


@dataclass
class Pause:
    """How long to wait before the next start of something that keeps ending."""

    seconds: float = FIRST_PAUSE
    until: float = 0.0

    def after(self, *, uptime: float, now: float) -> float:
        """Note an end after `uptime` seconds; return the seconds to wait."""
        if uptime >= STEADY_SECONDS:
            self.seconds = FIRST_PAUSE
        wait = self.seconds
        self.until = now + wait
        self.seconds = min(self.seconds * 2, LONGEST_PAUSE)
        return wait


@dataclass
class Program:
    """A process of our own to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    stop_seconds: float = 8.0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: Pause = field(default_factory=Pause)


class Supervisor:
    """Keeps the services and programs of one copy running until it is asked to stop.

    Use as a context manager around everything that starts something: leaving it stops all.
    Signals are handled, and processes forked, in the main thread alone.
    """

    def __init__(self, services: LocalServices, *, progress: Progress) -> None:
        self.services = services
        self.progress = progress
        self.programs: list[Program] = []
        self._server_pauses: dict[Server, Pause] = {}
        self._is_stopping = False
        self._is_hurried = False
        self._terminal = select.poll()
        if os.isatty(0):
            self._terminal.register(0, 0)

    def __enter__(self) -> Supervisor:
        for number in STOP_SIGNALS:
            signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_stopping = True
        self.stop()
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    def start(self, program: Program) -> None:
        """Start a program and look after it from now on."""
        if program not in self.programs:
            self.programs.append(program)
        program.process = processes.spawn(
            program.command,
            log=program.log,
            environment=program.environment,
            folder=CHECKOUT,
        )
        program.started_at = time.monotonic()
        if self.services.reaper is not None:
            self.services.reaper.watch(program.process.pid)

    def run_once(self, command: Sequence[str], *, environment: Mapping[str, str]) -> int:
        """Run a command that writes where we write, to its end; return its exit code."""
        child = processes.spawn(command, log=None, environment=environment, folder=CHECKOUT)
        reaper = self.services.reaper
        if reaper is not None:
            reaper.watch(child.pid)
        try:
            while child.poll() is None:
                self.watch_once()
                time.sleep(0.05)
        finally:
            processes.stop(child, ask=signal.SIGTERM, seconds=5)
            if reaper is not None:
                reaper.forget(child.pid)
        return child.returncode

    def watch_forever(self) -> None:
        """Restart whatever ends, until `StopRequestedError` ends this."""
        while True:
            self.watch_once()
            time.sleep(WATCH_SECONDS)

    def watch_once(self) -> None:
        """Look at every process once and restart those that have ended and waited long enough.

        Raises `StopRequestedError` when our terminal is gone. Its SIGHUP goes to the first process
        of the terminal alone, and make, for one, only waits for us when it gets it.
        """
        if self._terminal.poll(0) and not self._is_stopping:
            self._is_stopping = True
            raise StopRequestedError
        for server in self.services.servers:
            self._watch_server(server)
        for program in self.programs:
            self._watch_program(program)

    def stop(self) -> None:
        """Stop the programs together, then the services. A second Ctrl-C kills the programs."""
        running = [program for program in self.programs if program.process is not None]
        for program in running:
            if program.process is not None and program.process.poll() is None:
                program.process.terminate()
        started = time.monotonic()
        for program in running:
            if program.process is None:
                continue
            while program.process.poll() is None:
                waited = time.monotonic() - started
                if self._is_hurried or waited > program.stop_seconds:
                    break
                time.sleep(0.02)
            self._bury(program)
        self.services.stop()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._is_stopping:
            self._is_hurried = True
            return
        self._is_stopping = True
        raise StopRequestedError

    def _bury(self, program: Program) -> None:
        """Kill what is left of a program's group: its children may have outlived it."""
        if program.process is None:
            return
        processes.kill_group(program.process)
        if self.services.reaper is not None:
            self.services.reaper.forget(program.process.pid)
        program.process = None

    def _watch_program(self, program: Program) -> None:
        now = time.monotonic()
        if program.process is not None and program.process.poll() is not None:
            code = program.process.returncode
            self._bury(program)
            wait = program.pause.after(uptime=now - program.started_at, now=now)
            self.progress.say(
                f"{program.name} ended ({_how(code)}); it starts again in {wait:g} s. Log: {program.log}"
            )
        if program.process is None and now >= program.pause.until:
            self.start(program)

    def _watch_server(self, server: Server) -> None:
        now = time.monotonic()
        if server.process is None or server.process.poll() is None:
            return
        pause = self._server_pauses.setdefault(server, Pause())
        if now < pause.until:
            return
        self.progress.say(f"{server.title} ended ({_how(server.process.returncode)}); starting it again.")
        pause.after(uptime=0.0, now=now)
        try:
            self.services.start_server(server)
        except (processes.ProcessError, LocalStateError) as error:
            self.progress.say(str(error))
        else:
            self._server_pauses.pop(server)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
