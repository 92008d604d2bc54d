"""Whether Serai is well: a cheap answer for machines, and checks with advice for people.

An app adds checks of its own in a module named `health`:

    @check("night partitions")
    def partitions_reach_far_enough() -> Finding: ...

`serai doctor` finds and runs them all. A check that raises is a failure with the error's text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils.module_loading import autodiscover_modules


class Status(StrEnum):
    """How grave a finding is: `fail` means that Serai does not work, `warn` that it soon may not."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What a check saw, and what to do about it."""

    name: str
    status: Status
    detail: str
    advice: str = ""


Check = Callable[[], Finding | Iterable[Finding]]


@dataclass(frozen=True)
class Registered:
    """A check and what has to work before it makes sense."""

    function: Check
    needs_database: bool
    is_deep: bool


_checks: dict[str, Registered] = {}
_valkey: redis.Redis | None = None


def check(name: str, *, needs_database: bool = False, is_deep: bool = False) -> Callable[[Check], Check]:
    """Register a check for `serai doctor`; raises `RuntimeError` when the name is taken.

    One that reads much is deep, and made with `serai doctor --deep` alone.
    """

    def register(function: Check) -> Check:
        if name in _checks:
            raise RuntimeError(f"Two health checks are named {name!r}.")
        _checks[name] = Registered(function, needs_database, is_deep)
        return function

    return register


def registered_checks() -> dict[str, Registered]:
    """All checks by name, those of the apps' `health` modules included."""
    autodiscover_modules("health")
    return dict(_checks)


def run_check(name: str, function: Check) -> list[Finding]:
    """Run one check; whatever it raises becomes a failure."""
    try:
        found = function()
        return [found] if isinstance(found, Finding) else list(found)
    except Exception as error:
        return [Finding(name, Status.FAIL, f"{type(error).__name__}: {error}".strip())]


def valkey_client() -> redis.Redis:
    """A client of the cache with time-outs short enough for a health check; kept by the process."""
    global _valkey
    if _valkey is None:
        _valkey = redis.Redis.from_url(
            settings.VALKEY_URL, socket_connect_timeout=0.5, socket_timeout=0.5, retry=None
        )
    return _valkey


def ready() -> dict[str, Any]:
    """What `/health/ready` says: `status` is `ok` if this process can serve, else `unavailable`.

    Without the database nothing can be served. Without Valkey everything can, slower, so that is
    reported and no reason to take the process out of the line.
    """
    checks = {"database": "ok", "valkey": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, OSError):
        checks["database"] = "unavailable"
    try:
        valkey_client().ping()
    except (redis.RedisError, OSError):
        checks["valkey"] = "unavailable"
    return {"status": checks["database"], "checks": checks}
