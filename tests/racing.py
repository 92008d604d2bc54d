"""Calls that run at the same instant, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Race:
    """What came of it: return values and errors, in no order."""

    results: list[Any] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def errors_of(self, kind: type[Exception]) -> list[Exception]:
        return [error for error in self.errors if type(error) is kind]


def run_together(*calls: Callable[[], Any], timeout: float = 60) -> Race:
    """Start every call behind one barrier, each in a thread, and wait for all of them."""
    race = Race()
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=timeout)
            race.results.append(call())
        except Exception as error:
            race.errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call], daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=timeout)
    assert not any(thread.is_alive() for thread in threads), "Somebody hangs: a deadlock?"
    return race
