"""Many clients at once, each a process of its own, and what the database server saw meanwhile."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connections

# One unit of work by one client: gets its own random numbers, says what came of it.
Work = Callable[[random.Random], str]
# Made in the client's process, so that connections are its own.
Client = Callable[[int], Work]
SAMPLE_SECONDS = 0.05


@dataclass
class Run:
    """What a crowd did in its time. Latencies are of what succeeded, in milliseconds."""

    clients: int
    seconds: float
    done: int = 0
    others: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    deadlocks: int = 0
    # Client sessions found waiting for a lock, on average over the samples.
    waiting: float = 0.0

    @property
    def per_second(self) -> float:
        return self.done / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def run_crowd(client: Client, *, clients: int, seconds: float, dsn: str) -> Run:
    """Let `clients` processes work side by side for `seconds`, after a moment to warm up."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(clients + 1)
    results: Any = context.SimpleQueue()
    processes = [
        context.Process(target=_work, args=(client, number, seconds, barrier, results), daemon=True)
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    with psycopg.connect(dsn, autocommit=True) as observer:
        before = _deadlocks(observer)
        watch = _Watch(dsn)
        barrier.wait(timeout=60)
        watch.start()
        run = Run(clients, seconds)
        for _process in processes:
            done, others, latencies = results.get()
            run.done += done
            run.others.update(others)
            run.latencies += latencies
        run.waiting = watch.stop()
        for process in processes:
            process.join(timeout=30)
        run.deadlocks = _deadlocks(observer) - before
    return run


def _work(client: Client, number: int, seconds: float, barrier: Any, results: Any) -> None:
    rng = random.Random(number)  # noqa: S311 - which rooms are asked for
    work = client(number)
    for _turn in range(3):
        work(rng)
    others: Counter[str] = Counter()
    latencies: list[float] = []
    barrier.wait(timeout=60)
    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        outcome = work(rng)
        if outcome == "done":
            latencies.append((time.perf_counter() - started) * 1000)
        else:
            others[outcome] += 1
    results.put((len(latencies), dict(others), latencies))


def _deadlocks(connection: psycopg.Connection[Any]) -> int:
    connection.execute("SELECT pg_stat_clear_snapshot()")
    row = connection.execute(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ).fetchone()
    return int(row[0]) if row else 0


class _Watch:
    """Counts sessions that wait for a lock, some times a second."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.samples: list[int] = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> float:
        self.is_over.set()
        self.thread.join(timeout=10)
        return sum(self.samples) / len(self.samples) if self.samples else 0.0

    def _look(self) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self.is_over.wait(SAMPLE_SECONDS):
                row = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                ).fetchone()
                self.samples.append(int(row[0]) if row else 0)


def median(values: Sequence[float]) -> float:
    """The middle one; of an even number the lower of the two in the middle."""
    return sorted(values)[(len(values) - 1) // 2]
