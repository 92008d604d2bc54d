"""Monthly partitions: made ahead of need, never under a lock that stops readers.

A partition is made as a plain table and then attached, which takes only a SHARE UPDATE EXCLUSIVE
lock on the parent (https://www.postgresql.org/docs/current/ddl-partitioning.html). Two makers at
once are put in line by an advisory lock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction

PARTITIONED_BY_MONTH = ("inventory_night", "rates_nightprice", "rates_nightrestriction")
MONTHS_AHEAD = 18


def month_starts(*, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the first day of each month that `[first, last]` touches."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(month: dt.date) -> dt.date:
    """The first day of the month after the one that `month` lies in."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def existing_partitions(table: str) -> set[str]:
    """Names of the partitions attached to `table`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


def ensure_partitions(*, first: dt.date, last: dt.date) -> list[str]:
    """Make the missing monthly partitions for every night in `[first, last]`; return their names."""
    made = []
    for table in PARTITIONED_BY_MONTH:
        wanted = {f"{table}_{month:%Y_%m}": month for month in month_starts(first=first, last=last)}
        if not wanted.keys() - existing_partitions(table):
            continue
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])
            there = existing_partitions(table)
            for name, month in wanted.items():
                if name in there:
                    continue
                cursor.execute(
                    f'CREATE TABLE "{name}" (LIKE "{table}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS)'
                )
                cursor.execute(
                    f'ALTER TABLE "{table}" ATTACH PARTITION "{name}" FOR VALUES FROM (%s) TO (%s)',
                    [month, next_month(month)],
                )
                made.append(name)
    return made
