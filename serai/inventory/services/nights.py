"""Making nights, and setting what of them is for sale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection

from serai.core.db import require_transaction
from serai.core.partitions import ensure_partitions
from serai.inventory.models import Night
from serai.inventory.services.errors import AllotmentTooSmall, AllowanceTooSmall


def open_nights(*, room_type_id: int, first: dt.date, last: dt.date, allotment: int, now: dt.datetime) -> int:
    """Make the nights in `[first, last]` that do not exist yet; return how many were made."""
    dates = [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]
    return len(open_dates(room_type_id=room_type_id, dates=dates, allotment=allotment, now=now))


def open_dates(
    *, room_type_id: int, dates: Iterable[dt.date], allotment: int, now: dt.datetime
) -> list[dt.date]:
    """Make those of the nights that do not exist yet; return which were made."""
    require_transaction()
    dates = sorted(set(dates))
    if not dates:
        return []
    ensure_partitions(first=dates[0], last=dates[-1])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_night (room_type_id, date, allotment, held, sold, allowance, is_closed)"
            " SELECT %s, day, %s, 0, 0, 0, false FROM unnest(%s::date[]) AS day"
            " ON CONFLICT DO NOTHING RETURNING date",
            [room_type_id, allotment, dates],
        )
        return [date for (date,) in cursor.fetchall()]


def set_nights(
    *,
    room_type_id: int,
    dates: Iterable[dt.date],
    allotment: int | None = None,
    is_closed: bool | None = None,
    allowance: int | None = None,
    now: dt.datetime,
) -> int:
    """Set allotment, openness and/or the overbooking allowance of existing nights; return how many changed.

    Raises `AllotmentTooSmall`, or `AllowanceTooSmall` when only the allowance was to change, with the
    dates on which guests already have more; then nothing was changed. Locks the nights.
    """
    require_transaction()
    dates = sorted(set(dates))
    nights = list(
        Night.objects.select_for_update()
        .filter(room_type_id=room_type_id, date__in=dates)
        .order_by("room_type_id", "date")
    )
    wanted = {
        name: value
        for name, value in (("allotment", allotment), ("is_closed", is_closed), ("allowance", allowance))
        if value is not None
    }
    too_small = [
        night.date
        for night in nights
        if night.held + night.sold
        > (night.allotment if allotment is None else allotment)
        + (night.allowance if allowance is None else allowance)
    ]
    if too_small:
        raise AllowanceTooSmall(too_small) if allotment is None else AllotmentTooSmall(too_small)
    changed = [
        night.date for night in nights if any(getattr(night, name) != value for name, value in wanted.items())
    ]
    if changed:
        Night.objects.filter(room_type_id=room_type_id, date__in=changed).update(**wanted)
    return len(changed)


def unopen_nights(*, room_type_id: int, dates: Iterable[dt.date], now: dt.datetime) -> int:
    """Unmake nights that were opened by mistake; return how many there were.

    Raises `AllotmentTooSmall` with the dates on which guests have rooms. Locks the nights.
    """
    require_transaction()
    wanted = Night.objects.filter(room_type_id=room_type_id, date__in=sorted(set(dates)))
    locked = wanted.select_for_update().order_by("room_type_id", "date")
    taken = [night.date for night in locked if night.held or night.sold]
    if taken:
        raise AllotmentTooSmall(taken)
    return wanted.delete()[0]
