"""A database for one measurement, made beside the site's and dropped afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, connections


class ScratchRefused(Exception):
    """The database server lets this user make no database."""


@contextmanager
def scratch_database() -> Iterator[str]:
    """Point the default connection at a new, migrated database; yield its name.

    Nothing of the site's data is read or written. Raises `ScratchRefused`.
    """
    name = f"serai_bench_{secrets.token_hex(4)}"
    settings = connection.settings_dict
    before = settings["NAME"]
    # Processes that are forked off need plain connections.
    settings["OPTIONS"].pop("pool", None)
    connections.close_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise ScratchRefused("Let the database user make databases (CREATEDB) for measuring.")
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    try:
        settings["NAME"] = name
        call_command("migrate", verbosity=0, interactive=False)
        yield name
    finally:
        connections.close_all()
        settings["NAME"] = before
        with connection.cursor() as cursor:
            # Not WITH (FORCE): an autovacuum worker there is asked to go by itself, and is not ours to end.
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connections.close_all()
