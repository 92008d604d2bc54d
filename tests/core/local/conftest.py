"""A state folder of a test's own, and a look at the processes that belong to it."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from serai.core.local.processes import wait_until
from serai.core.local.reaper import is_running
from serai.core.local.state import LocalState


class Processes:
    """The living processes that belong to a state folder."""

    def __init__(self, state: LocalState) -> None:
        self.state = state

    def pids(self) -> set[int]:
        """Found by working folder, command line or environment; zombies do not count."""
        marks = [str(path).encode() for path in (self.state.root, self.state.data, self.state.sockets)]
        found = set()
        for entry in Path("/proc").glob("[0-9]*"):
            pid = int(entry.name)
            if pid in {os.getpid(), os.getppid()}:
                continue
            with suppress(OSError):
                text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                text += os.readlink(entry / "cwd").encode()
                if any(mark in text for mark in marks) and is_running(pid):
                    found.add(pid)
        return found

    def all_gone_within(self, seconds: float) -> bool:
        """Wait until none is left."""
        return wait_until(lambda: not self.pids(), seconds=seconds)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that everybody may enter (pytest's own are closed to other users)."""
    path = Path(tempfile.mkdtemp(prefix="serai-local-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def state(folder: Path) -> Iterator[LocalState]:
    """A state in `folder`, with nothing in it yet."""
    state = LocalState.at(folder / "state")
    yield state
    for path in (state.sockets, state.data):
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def family(state: LocalState) -> Iterator[Processes]:
    """The processes of `state`; what a failed test leaves behind is killed."""
    family = Processes(state)
    yield family
    for pid in family.pids():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
