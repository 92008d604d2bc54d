"""A supervisor over real processes: nothing outlives it, and it lets nothing stay dead."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from serai.core.local import ports
from serai.core.local.processes import wait_until
from serai.core.local.state import LocalState
from serai.core.local.supervisor import FIRST_PAUSE, LONGEST_PAUSE, STEADY_SECONDS, Pause

from .conftest import Processes

SCRIPT = Path(__file__).with_name("sample_supervisor.py")


class Copy:
    """A running sample copy; `numbers` are the first processes by name."""

    def __init__(self, state: LocalState) -> None:
        reservation = ports.choose(None, host="127.0.0.1", default=18500)
        self.port = reservation.port
        self.process = subprocess.Popen(
            [sys.executable, SCRIPT, state.root, str(self.port)],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        reservation.release()
        assert line, "the sample copy did not come up"
        self.numbers: dict[str, int] = json.loads(line)

    def answering_worker(self) -> int | None:
        """The number of a granian worker that answers; None when none does."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2) as response:
                return int(response.read())
        except OSError:
            return None


@pytest.fixture
def copy(state: LocalState, family: Processes) -> Iterator[Copy]:
    copy = Copy(state)
    # granian and its workers, celery and its workers, two servers, the reaper and the supervisor
    assert len(family.pids()) >= 2 + 1 + 1 + 3 + 3
    yield copy
    copy.process.kill()
    copy.process.wait()


@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_stops_everything_in_order(
    copy: Copy, family: Processes, state: LocalState, number: signal.Signals
) -> None:
    copy.process.send_signal(number)
    assert copy.process.wait(20) == 0
    assert family.all_gone_within(2)
    assert "database system is shut down" in (state.logs / "postgres.log").read_text()


def test_kill_9_of_the_supervisor_leaves_nothing_and_loses_nothing(
    copy: Copy, family: Processes, state: LocalState
) -> None:
    with psycopg.connect(state.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with psycopg.connect(state.database_url) as connection:
        # A session in the middle of something must not hold anything up either.
        connection.execute("BEGIN")
        connection.execute("INSERT INTO kept VALUES (8)")
        copy.process.kill()
        copy.process.wait()
        assert family.all_gone_within(10), [
            Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family.pids()
        ]
        connection.close()
    again = Copy(state)
    with psycopg.connect(state.database_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]
    again.process.terminate()
    assert again.process.wait(20) == 0
    assert family.all_gone_within(2)


@pytest.mark.faults
def test_kill_9_of_the_whole_group_leaves_nothing(copy: Copy, family: Processes) -> None:
    os.killpg(copy.process.pid, signal.SIGKILL)
    copy.process.wait()
    assert family.all_gone_within(10)


@pytest.mark.faults
def test_whatever_is_killed_comes_back(copy: Copy, family: Processes, state: LocalState) -> None:
    with psycopg.connect(state.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    old_worker = copy.answering_worker()
    before = set(copy.numbers.values())
    for pid in before:
        os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        try:
            with psycopg.connect(state.database_url, connect_timeout=2) as connection:
                rows = connection.execute("SELECT number FROM kept").fetchall()
        except psycopg.OperationalError:
            return False
        return rows == [(7,)] and copy.answering_worker() not in {None, old_worker}

    assert wait_until(is_back, seconds=30, pause=0.1)
    # The workers of the killed granian and celery are gone too, not only their parents.
    assert not family.pids() & before
    assert wait_until(lambda: old_worker not in family.pids(), seconds=1)


def test_pauses_grow_and_begin_anew_after_a_steady_run() -> None:
    pause = Pause()
    waits = [pause.after(uptime=1.0, now=100.0) for _ in range(9)]
    assert waits == [FIRST_PAUSE, 1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert pause.until == 100.0 + LONGEST_PAUSE
    assert pause.after(uptime=STEADY_SECONDS, now=200.0) == FIRST_PAUSE
