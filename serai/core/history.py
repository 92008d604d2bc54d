"""What a row was before: triggers write each replaced row down, so that a table can be read as of an instant.

A history row holds what its row was until `replaced_at`; `was_there` is false where there was no row.
So a key as of an instant is its earliest history row after that instant, or, without one, the row as it
is now. `replaced_at` is when the statement ran: a reader saw the change at the commit, which follows
within the length of one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, migrations

from serai.core.db import require_transaction, write_transaction

BATCH = 5000


def record_history(
    *, table: str, history: str, keys: Sequence[str], values: Sequence[str]
) -> migrations.RunSQL:
    """A migration's operation: from now on every replaced row of `table` goes to `history`.

    One trigger a statement, fed by transition tables, on the parent of a partitioned table: it fires
    for INSERT (also with ON CONFLICT), COPY, UPDATE and DELETE that name the parent, as all of ours
    do. Statements that name a partition are not recorded. Keys are never updated.
    """
    names = ", ".join((*keys, *values))
    key_names = ", ".join(keys)
    return migrations.RunSQL(
        f"""
        ALTER TABLE {history} ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY;
        CREATE FUNCTION {history}_made() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            moment timestamptz := clock_timestamp();
        BEGIN
            IF current_setting('serai.history', true) = 'off' THEN
                RETURN NULL;
            END IF;
            INSERT INTO {history} ({key_names}, was_there, replaced_at)
            SELECT {key_names}, false, moment FROM new_rows;
            RETURN NULL;
        END $$;
        CREATE FUNCTION {history}_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            moment timestamptz := clock_timestamp();
        BEGIN
            IF current_setting('serai.history', true) = 'off' THEN
                RETURN NULL;
            END IF;
            INSERT INTO {history} ({names}, was_there, replaced_at)
            SELECT {names}, true, moment FROM old_rows;
            RETURN NULL;
        END $$;
        CREATE TRIGGER {history}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {history}_made();
        CREATE TRIGGER {history}_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {history}_replaced();
        CREATE TRIGGER {history}_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {history}_replaced();
        """,  # noqa: S608 - names from our own migrations
        f"""
        DROP TRIGGER {history}_insert ON {table};
        DROP TRIGGER {history}_update ON {table};
        DROP TRIGGER {history}_delete ON {table};
        DROP FUNCTION {history}_made();
        DROP FUNCTION {history}_replaced();
        ALTER TABLE {history} ALTER COLUMN number DROP IDENTITY;
        """,
    )


@contextmanager
def without_history() -> Iterator[None]:
    """Write a lot of rows of which nobody has seen a former state: a demo, a first import.

    Needs a transaction; what happens after the block is recorded again.
    """
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('serai.history', 'off', true)")
    yield
    # After an error there is nothing to set back: the transaction is lost, and the setting with it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('serai.history', 'on', true)")


def trim_history(*, history: str, now: dt.datetime) -> int:
    """Forget what was replaced more than `HISTORY_DAYS` ago, in short transactions; return how many rows."""
    before = now - dt.timedelta(days=settings.HISTORY_DAYS)
    trimmed = 0
    while True:
        with write_transaction(), connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {history} WHERE ctid = ANY(ARRAY("  # noqa: S608 - a table of ours
                f" SELECT ctid FROM {history} WHERE replaced_at < %s LIMIT %s))",
                [before, BATCH],
            )
            count = cursor.rowcount
        trimmed += count
        if count < BATCH:
            return trimmed
