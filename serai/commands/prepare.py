"""`serai prepare`: make the database and the static files fit this code; fill an empty demo."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from serai.commands import django_ready
from serai.core.local.progress import Progress
from serai.core.local.state import LocalState


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `prepare` to the command line."""
    parser = subparsers.add_parser(
        "prepare",
        help="migrate, make partitions, collect static files; fill the demo when it is empty",
        description="Bring the database and the static files up to this version of the code. In demo"
        " mode, also fill an empty database with demo hotels. Does nothing where nothing is to do.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what is missing, in order; each step may be interrupted and begun again."""
    progress = Progress()
    state = LocalState.from_environment()
    with django_ready("serai prepare"):
        from django.conf import settings

        migrate(progress)
        collect_static(state, progress)
        accounts = fill_demo(progress) if settings.DEMO else []
    state.run.mkdir(parents=True, exist_ok=True)
    (state.run / "prepared.json").write_text(json.dumps({"accounts": accounts}), encoding="utf-8")
    return 0


def migrate(progress: Progress) -> None:
    """Apply waiting migrations and make the partitions of the coming months."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from serai.core.tasks import make_partitions_ahead

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        with progress.step(f"Updating the database ({len(plan)} migrations)"):
            with connection.cursor() as cursor:
                # A migration waits longer for its turn than a guest would.
                cursor.execute("SET lock_timeout = '60s'")
            call_command("migrate", verbosity=0, interactive=False)
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
    make_partitions_ahead()


def collect_static(state: LocalState, progress: Progress) -> None:
    """Collect and compress static files when any has changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".sources"
    wanted = static_digest()
    try:
        if stamp.read_text(encoding="ascii") == wanted:
            return
    except FileNotFoundError:
        pass
    with progress.step("Collecting static files"):
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted, encoding="ascii")


def static_digest() -> str:
    """A digest of the names, sizes and times of all static source files."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda entry: entry[0]):
            info = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{info.st_size}\0{info.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def fill_demo(progress: Progress) -> list[tuple[str, str]]:
    """Seed the demo unless that was done; return its accounts as (role, e-mail)."""
    from serai.demo import seed

    if not seed.is_seeded():
        with progress.step("Filling the demo with hotels, prices, guests and bookings"):
            seed.run(progress)
    return list(seed.ACCOUNTS)
