"""Nights as they were at an instant, and what happened to one of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from serai.inventory.models import NightHistory

COLUMNS = "allotment, held, sold, allowance, is_closed"


@dataclass(frozen=True)
class NightState:
    """The figures of a night while they were so."""

    allotment: int
    held: int
    sold: int
    allowance: int
    is_closed: bool

    @property
    def left(self) -> int:
        """Units that could be taken; none while the night was closed."""
        return 0 if self.is_closed else max(self.allotment + self.allowance - self.held - self.sold, 0)


@dataclass(frozen=True)
class NightChanged:
    """At `at` (UTC) the night went from one state to another; None is no night."""

    at: dt.datetime
    before: NightState | None
    after: NightState | None


def nights_as_of(
    *, room_type_id: int, first: dt.date, last: dt.date, at: dt.datetime
) -> dict[dt.date, NightState]:
    """The nights in `[first, last]` as they were at `at` (UTC); dates without a night are absent.

    Says what is remembered: `HISTORY_DAYS` back, and for rows that were loaded with the history off
    as if they had always been as they were loaded.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH earlier AS (
                SELECT DISTINCT ON (date) date, was_there, {COLUMNS}
                  FROM inventory_nighthistory
                 WHERE room_type_id = %(room)s AND date BETWEEN %(first)s AND %(last)s
                   AND replaced_at > %(at)s
                 ORDER BY date, number
            )
            SELECT date, {COLUMNS} FROM earlier WHERE was_there
            UNION ALL
            SELECT date, {COLUMNS} FROM inventory_night AS night
             WHERE room_type_id = %(room)s AND date BETWEEN %(first)s AND %(last)s
               AND NOT EXISTS (SELECT FROM earlier WHERE earlier.date = night.date)
             ORDER BY date
            """,  # noqa: S608 - constants of this module
            {"room": room_type_id, "first": first, "last": last, "at": at},
        )
        return {row[0]: NightState(*row[1:]) for row in cursor.fetchall()}


def changes_of(*, room_type_id: int, date: dt.date, limit: int = 50) -> list[NightChanged]:
    """The latest changes of one night, newest first; statements that changed no figure are left out."""
    rows = list(NightHistory.objects.filter(room_type_id=room_type_id, date=date).order_by("-number")[:limit])
    now = nights_as_of(
        room_type_id=room_type_id, first=date, last=date, at=dt.datetime.max.replace(tzinfo=dt.UTC)
    ).get(date)
    changes = []
    after = now
    for row in rows:
        before = _state(row)
        if before != after:
            changes.append(NightChanged(row.replaced_at, before, after))
        after = before
    return changes


def _state(row: NightHistory) -> NightState | None:
    if not row.was_there:
        return None
    return NightState(
        **{name: getattr(row, name) for name in ("allotment", "held", "sold", "allowance", "is_closed")}
    )
