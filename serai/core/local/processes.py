"""Starting and stopping child processes so that none outlives its starter."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from serai.core.local import reaper as reaper_script
from serai.core.local.identity import ServiceUser

PR_SET_PDEATHSIG = 1
LOG_BYTES = 5 * 1024 * 1024

# Loaded before any fork: a child between fork and exec must not load libraries.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class ProcessError(Exception):
    """A process could not be started or ended at once; the message quotes its log."""


def die_with_parent(death_signal: int) -> Callable[[], None]:
    """Return a function for the child that binds it to this process by PR_SET_PDEATHSIG.

    The kernel sends the signal when the *thread* that forks ends, so fork from a thread that
    lives as long as the process. It forgets the signal when the user changes, so this has to
    run after that (as `Popen` does). Where the kernel has no such thing the reaper alone helps.
    """
    parent = os.getpid()

    def bind() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return bind


def end_with_parent(death_signal: int = signal.SIGTERM) -> None:
    """Let this very process be told when the one that started it dies (make, for one)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    environment: Mapping[str, str],
    death_signal: int = signal.SIGTERM,
    user: ServiceUser | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session and process group of its own, writing to `log`.

    Without a `log` the child writes where we write. The terminal's Ctrl-C reaches only us; we
    stop the children in order.
    """
    output = None if log is None else open_log(log)
    try:
        switch = user is not None and user.switch
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with_parent(death_signal),
            user=user.uid if switch and user else None,
            group=user.gid if switch and user else None,
            extra_groups=[] if switch else None,
        )
    except PermissionError as error:
        raise ProcessError(
            f"{command[0]} could not be started: {error.strerror}. As root, Serai runs its"
            " database as `nobody`; the system must let root change to that user."
        ) from error
    finally:
        if output is not None:
            os.close(output)


def open_log(path: Path) -> int:
    """Open `path` for appending; a log over 5 MB first becomes `<name>.1`."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > LOG_BYTES:
            path.replace(path.with_name(path.name + ".1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)


def log_tail(path: Path, lines: int = 12) -> str:
    """The last lines of a log, for an error message."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def stop(process: subprocess.Popen[bytes], *, ask: int, seconds: float) -> None:
    """Send `ask`, wait up to `seconds`, then kill the whole group."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            process.send_signal(ask)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the process group that `process` led, and collect it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Poll `condition` until it holds; False when `seconds` ran out."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


class Reaper:
    """The other end of `reaper.py`: tell it what to stop should this process die.

    `hold` are lock descriptors that it keeps open: the locks are free only when all is stopped.
    """

    def __init__(self, *, hold: Sequence[int] = ()) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", reaper_script.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            pass_fds=tuple(hold),
            start_new_session=True,
        )

    def watch(self, pid: int, *, ask: int = signal.SIGKILL, grace: float = 0) -> None:
        """Kill the group that `pid` leads, or stop the server `pid` by the signal `ask`."""
        is_group = ask == signal.SIGKILL
        self._tell({"watch": pid, "signal": int(ask), "grace": grace, "group": is_group})

    def forget(self, pid: int) -> None:
        """`pid` has ended and its number may be given to a stranger."""
        self._tell({"forget": pid})

    def remove_at_end(self, folder: Path) -> None:
        """Delete `folder` after everything has stopped."""
        self._tell({"remove": str(folder)})

    def close(self) -> None:
        """Let the reaper stop what is still watched, and wait for it."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _tell(self, message: dict[str, object]) -> None:
        if self._process.stdin is None:
            return
        # A reaper that was killed takes the safety net with it, not the work.
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
