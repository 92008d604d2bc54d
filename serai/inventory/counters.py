"""The counters of nights: the few statements that lock, read and move them.

Only `inventory.services` uses this, inside its caller's transaction. Nights are locked in
(room type, date) order by every statement.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from serai.core.prepared import prepared_cursor
from serai.inventory.models import Hold

# Units that can still be taken of a night. `rates.selectors` says the same for showing.
LEFT = "CASE WHEN is_closed THEN 0 ELSE GREATEST(allotment + allowance - held - sold, 0) END"


@dataclass(frozen=True, order=True)
class Claim:
    """`quantity` units of a room type for the nights `[check_in, check_out)`."""

    room_type_id: int
    check_in: dt.date
    check_out: dt.date
    quantity: int


@dataclass(frozen=True)
class Shortage:
    """A night of which `left` units can be taken; 0 also when it is closed or was never opened."""

    room_type_id: int
    date: dt.date
    left: int


def merge_claims(claims: Iterable[Claim]) -> list[Claim]:
    """Add up claims on the same nights and put them in lock order; empty stays are dropped."""
    quantities: dict[tuple[int, dt.date, dt.date], int] = defaultdict(int)
    for claim in claims:
        if claim.check_in < claim.check_out and claim.quantity > 0:
            quantities[claim.room_type_id, claim.check_in, claim.check_out] += claim.quantity
    return sorted(Claim(*stay, quantity) for stay, quantity in quantities.items())


def nights_of(claims: Iterable[Claim]) -> Counter[tuple[int, dt.date]]:
    """The units that the claims want of each (room type, date)."""
    nights: Counter[tuple[int, dt.date]] = Counter()
    for claim in claims:
        for offset in range((claim.check_out - claim.check_in).days):
            nights[claim.room_type_id, claim.check_in + dt.timedelta(days=offset)] += claim.quantity
    return nights


def stays_of(nights: Mapping[tuple[int, dt.date], int]) -> list[Claim]:
    """The inverse of `nights_of`, in lock order: neighbouring nights with as many units are one claim."""
    claims: list[Claim] = []
    for (room_type_id, date), units in sorted(nights.items()):
        if units <= 0:
            continue
        last = claims[-1] if claims else None
        check_out = date + dt.timedelta(days=1)
        if last and (last.room_type_id, last.check_out, last.quantity) == (room_type_id, date, units):
            claims[-1] = Claim(room_type_id, last.check_in, check_out, units)
        else:
            claims.append(Claim(room_type_id, date, check_out, units))
    return claims


def shift_nights(
    claims: Sequence[Claim], *, held: int = 0, sold: int = 0, only_if_free: bool = False
) -> bool:
    """Lock the claims' nights in order and move their counters by `held` and `sold` times the units.

    With `only_if_free` nothing moves unless every night has the units left; the answer says whether
    it did. Claims come merged, so going through them one by one keeps the order of locks.
    """
    if only_if_free and len(claims) > 1:
        if find_shortages(claims, lock_nights(claims)):
            return False
        only_if_free = False
    has_moved = True
    with prepared_cursor() as cursor:
        for claim in claims:
            stay = (claim.room_type_id, claim.check_in, claim.check_out)
            nights = (claim.check_out - claim.check_in).days
            cursor.execute(
                _SHIFT,
                [
                    *(*stay, claim.quantity * held, claim.quantity * sold, *stay),
                    *((claim.quantity, nights) if only_if_free else (0, 0)),
                ],
            )
            has_moved = cursor.rowcount > 0
    return has_moved


# The count of free nights is asked for first, which locks in order, and only then the first counter
# moves. What was waited for is read again as it is now (READ COMMITTED,
# https://www.postgresql.org/docs/current/transaction-iso.html). Dates and ids are written out in both
# places so that PostgreSQL prunes partitions.
_SHIFT = f"""
    WITH locked AS MATERIALIZED (
        SELECT {LEFT} AS units_left
          FROM inventory_night
         WHERE room_type_id = %s AND date >= %s AND date < %s
         ORDER BY room_type_id, date FOR UPDATE
    )
    UPDATE inventory_night SET held = held + %s, sold = sold + %s
     WHERE room_type_id = %s AND date >= %s AND date < %s
       AND (SELECT COUNT(*) FROM locked WHERE units_left >= %s) >= %s
"""  # noqa: S608 - made of our own constants


def hold_at_once(claim: Claim, hold: Hold) -> bool:
    """Take a claim's nights and write the hold on them in one statement; False when not all are free."""
    stay = (claim.room_type_id, claim.check_in, claim.check_out)
    with prepared_cursor() as cursor:
        cursor.execute(
            _HOLD,
            [
                *(*stay, claim.quantity, *stay, claim.quantity, (claim.check_out - claim.check_in).days),
                *(hold.pk, hold.state, hold.created_at, hold.expires_at),
                *(*stay, claim.quantity),
            ],
        )
        return cursor.rowcount > 0


_HOLD = f"""
    WITH locked AS MATERIALIZED (
        SELECT {LEFT} AS units_left
          FROM inventory_night
         WHERE room_type_id = %s AND date >= %s AND date < %s
         ORDER BY room_type_id, date FOR UPDATE
    ), moved AS (
        UPDATE inventory_night SET held = held + %s
         WHERE room_type_id = %s AND date >= %s AND date < %s
           AND (SELECT COUNT(*) FROM locked WHERE units_left >= %s) >= %s
        RETURNING 1
    ), hold AS (
        INSERT INTO inventory_hold (id, state, created_at, expires_at)
        SELECT %s::uuid, %s, %s::timestamptz, %s::timestamptz WHERE EXISTS (SELECT 1 FROM moved)
        RETURNING id
    )
    INSERT INTO inventory_holditem (hold_id, room_type_id, check_in, check_out, quantity)
    SELECT id, %s, %s::date, %s::date, %s FROM hold
"""  # noqa: S608 - made of our own constants


def _stays(claims: Sequence[Claim]) -> tuple[str, list[Any]]:
    """A condition that covers the claims' nights; written out so that PostgreSQL prunes partitions."""
    where = " OR ".join(["(room_type_id = %s AND date >= %s AND date < %s)"] * len(claims))
    return where or "false", [
        part for claim in claims for part in (claim.room_type_id, claim.check_in, claim.check_out)
    ]


def lock_nights(claims: Sequence[Claim]) -> dict[tuple[int, dt.date], int]:
    """Lock every night of the claims in (room type, date) order; return the units left on each."""
    return read_left(claims, lock="ORDER BY room_type_id, date FOR UPDATE")


def read_left(claims: Sequence[Claim], *, lock: str = "") -> dict[tuple[int, dt.date], int]:
    """Units that can be taken per night; a closed night has none."""
    where, parameters = _stays(claims)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT room_type_id, date, {LEFT} FROM inventory_night WHERE {where} {lock}",  # noqa: S608
            parameters,
        )
        return {(room_type_id, date): left for room_type_id, date, left in cursor.fetchall()}


def find_shortages(
    claims: Sequence[Claim], left: Mapping[tuple[int, dt.date], int], *, given: Sequence[Claim] = ()
) -> list[Shortage]:
    """Every night on which the claims together want more than is left.

    What is `given` back in the same step need not be left: a guest keeps a night that was closed since.
    """
    wanted = nights_of(claims)
    wanted.subtract(nights_of(given))
    return [
        Shortage(room_type_id=night[0], date=night[1], left=left.get(night, 0))
        for night, quantity in sorted(wanted.items())
        if quantity > 0 and quantity > left.get(night, 0)
    ]
