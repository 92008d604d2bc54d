"""The checks of `serai doctor` that concern the whole house."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min, Q

from serai.core.clock import utc_now
from serai.core.health import Finding, Status, check, registered_checks, run_check, valkey_client
from serai.core.local.state import CHECKOUT, LocalState
from serai.core.models import OutboxMessage
from serai.core.partitions import PARTITIONED_BY_MONTH, existing_partitions, next_month

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRES = 15
OLDEST_VALKEY = (7, 2)
OLDEST_REDIS = (7, 0)
LEAST_FREE_BYTES = 500 * 1024**2
LITTLE_FREE_BYTES = 2 * 1024**3
LATE = dt.timedelta(minutes=2)
MONTHS_NEEDED = 3
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;)?", re.MULTILINE)


def examine(*, is_deep: bool = False) -> list[Finding]:
    """Run the checks of this module and of every app, the deep ones if asked for; changes nothing."""
    # A pool would wait for a server that is away, and hide why it is.
    connection.settings_dict["OPTIONS"].pop("pool", None)
    found: list[Finding] = []
    for name, registered in registered_checks().items():
        if registered.is_deep and not is_deep:
            continue
        has_database = all(past.status != Status.FAIL for past in found if past.name == "database")
        if registered.needs_database and not has_database:
            found.append(Finding(name, Status.WARN, "not checked, for the database does not answer"))
        else:
            found += run_check(name, registered.function)
    return found


@check("python")
def python_is_new_enough() -> Finding:
    """Python 3.11 or newer."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Finding("python", Status.FAIL, version, "Install Python 3.11 or newer and remove .venv.")
    return Finding("python", Status.OK, version)


@check("packages")
def packages_match_lock(lock: Path = CHECKOUT / "requirements.txt") -> Finding:
    """The installed packages are those of the lock, version by version."""
    if not lock.exists():
        return Finding("packages", Status.OK, "installed without a checkout, so without a lock")
    different = []
    pins = _PIN.findall(lock.read_text(encoding="utf-8"))
    for name, wanted, is_conditional in pins:
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            if not is_conditional:
                different.append(f"{name} is missing")
            continue
        if installed != wanted:
            different.append(f"{name} is {installed}, not {wanted}")
    if different:
        shown = ", ".join(different[:5]) + (" …" if len(different) > 5 else "")
        return Finding(
            "packages", Status.FAIL, shown, "Run `python3 scripts/bootstrap.py` to install the lock."
        )
    return Finding("packages", Status.OK, f"{len(pins)} as locked")


@check("database")
def database_answers() -> Finding:
    """PostgreSQL answers and is version 15 or newer."""
    start = "Start it (`serai demo` or `serai services`), or correct DATABASE_URL."
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            number = int(cursor.fetchone()[0])
    except Exception as error:
        return Finding("database", Status.FAIL, _first_line(error), start)
    detail = f"PostgreSQL {number // 10000}.{number % 10000}"
    if number < OLDEST_POSTGRES * 10000:
        return Finding("database", Status.FAIL, detail, f"Serai needs PostgreSQL {OLDEST_POSTGRES} or newer.")
    return Finding("database", Status.OK, detail)


@check("valkey")
def valkey_answers() -> Finding:
    """Valkey or Redis answers and is new enough."""
    try:
        info = valkey_client().info("server")
    except Exception as error:
        return Finding(
            "valkey",
            Status.FAIL,
            _first_line(error),
            "Start it (`serai demo` or `serai services`), or correct VALKEY_URL.",
        )
    is_valkey = "valkey_version" in info
    name, version = (
        ("Valkey", str(info["valkey_version"])) if is_valkey else ("Redis", str(info["redis_version"]))
    )
    oldest = OLDEST_VALKEY if is_valkey else OLDEST_REDIS
    if tuple(int(part) for part in version.split(".")[:2]) < oldest:
        return Finding(
            "valkey", Status.FAIL, f"{name} {version}", f"Serai needs {name} {'.'.join(map(str, oldest))}."
        )
    return Finding("valkey", Status.OK, f"{name} {version}")


@check("settings")
def settings_are_sound() -> Iterator[Finding]:
    """Django's own checks, those for deployment included in production."""
    from django.core import checks

    messages = [
        message
        for message in checks.run_checks(include_deployment_checks=settings.IS_PRODUCTION)
        if message.level >= checks.WARNING and not message.is_silenced()
    ]
    for message in messages:
        status = Status.FAIL if message.level >= checks.ERROR else Status.WARN
        yield Finding("settings", status, f"{message.id}: {message.msg}", message.hint or "")
    if not messages:
        yield Finding("settings", Status.OK, f"mode {settings.MODE}, address {settings.SITE_URL}")


@check("migrations", needs_database=True)
def migrations_are_applied() -> Finding:
    """The database has every table change of this code."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(str(migration) for migration, _ in plan[:3])
        return Finding(
            "migrations",
            Status.FAIL,
            f"{len(plan)} waiting ({names}{' …' if len(plan) > 3 else ''})",
            "Run `serai prepare` to apply them.",
        )
    return Finding("migrations", Status.OK, "none waiting")


@check("partitions", needs_database=True)
def partitions_reach_ahead() -> Finding:
    """Nights of the coming months have a partition to be written to."""
    month = utc_now().date().replace(day=1)
    reach = None
    while all(f"{table}_{month:%Y_%m}" in existing_partitions(table) for table in PARTITIONED_BY_MONTH):
        reach, month = month, next_month(month)
    advice = "See that `beat` and `worker` run; `serai prepare` makes the partitions at once."
    if reach is None:
        return Finding("partitions", Status.FAIL, "none for this month", advice)
    needed = utc_now().date()
    for _ in range(MONTHS_NEEDED):
        needed = next_month(needed)
    status = Status.OK if reach >= needed else Status.WARN
    return Finding("partitions", status, f"until {reach:%B %Y}", "" if status == Status.OK else advice)


@check("outbox", needs_database=True)
def outbox_keeps_up() -> Finding:
    """Mails and other effects leave soon after they are due, and none has given up."""
    now = utc_now()
    waiting = OutboxMessage.objects.filter(
        done_at__isnull=True, failed_at__isnull=True, available_at__lte=now
    )
    oldest = waiting.aggregate(oldest=Min("available_at"))["oldest"]
    failed = OutboxMessage.objects.filter(Q(failed_at__isnull=False, done_at__isnull=True)).count()
    late = (now - oldest) if oldest else dt.timedelta()
    detail = f"{waiting.count()} due, oldest {late.total_seconds():.0f} s, {failed} given up"
    if late > LATE:
        return Finding(
            "outbox", Status.WARN, detail, "See that `relay` and `worker` run (their logs say why)."
        )
    if failed:
        return Finding(
            "outbox", Status.WARN, detail, "Staff see the messages that gave up, with their errors."
        )
    return Finding("outbox", Status.OK, detail)


@check("disk")
def disk_has_room() -> Iterator[Finding]:
    """Enough free space where uploads and the embedded database live."""
    state = LocalState.from_environment()
    for name, path in {"files": Path(settings.MEDIA_ROOT), "data": state.data}.items():
        there = next(folder for folder in (path, *path.parents) if folder.exists())
        free = shutil.disk_usage(there).free
        detail = f"{free / 1024**3:.1f} GB free for {name}"
        if free < LEAST_FREE_BYTES:
            yield Finding("disk", Status.FAIL, detail, f"Make room on the disk of {there}.")
        elif free < LITTLE_FREE_BYTES:
            yield Finding("disk", Status.WARN, detail, f"Make room on the disk of {there}.")
        else:
            yield Finding("disk", Status.OK, detail)


@check("write access")
def folders_can_be_written() -> Iterator[Finding]:
    """Uploads, static files and logs can be written."""
    state = LocalState.from_environment()
    for path in (Path(settings.MEDIA_ROOT), Path(settings.STATIC_ROOT), state.root):
        there = next(folder for folder in (path, *path.parents) if folder.exists())
        if os.access(there, os.W_OK | os.X_OK):
            continue
        yield Finding("write access", Status.FAIL, f"{there} cannot be written", "Give it to Serai's user.")
        return
    yield Finding("write access", Status.OK, str(state.root))


def _first_line(error: Exception) -> str:
    text = ""
    with suppress(IndexError):
        text = str(error).strip().splitlines()[0]
    return f"{type(error).__name__}: {text}"
