"""The counters of nights: the few statements that lock, read and move them.

Only `inventory.services` uses this, inside its caller's transaction. Nights are locked in
(room type, date) order by every statement.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

# Units that can still be taken of a night. `rates.selectors` says the same for showing.
LEFT = "CASE WHEN is_closed THEN 0 ELSE GREATEST(allotment + allowance - held - sold, 0) END"
# More short nights than there can be: the statement then moves its counters whatever is left.
ANY_NUMBER = 1_000_000


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


def shift_nights(
    claims: Sequence[Claim], *, held: int = 0, sold: int = 0, only_if_free: bool = False
) -> bool:
    """Lock the claims' nights in order and move their counters by `held` and `sold` times the units.

    With `only_if_free` nothing moves unless every night has the units left; the answer says whether
    it did. One statement: the count of short nights is asked for first, which locks in order, and
    only then the first counter moves. What was waited for is read again as it is now (READ COMMITTED,
    https://www.postgresql.org/docs/current/transaction-iso.html).
    """
    if not claims:
        return True
    where, parameters = _stays(claims)
    with connection.cursor() as cursor:
        cursor.execute(
            _SHIFT.format(stays=where, left=LEFT),
            [
                [claim.room_type_id for claim in claims],
                [claim.check_in for claim in claims],
                [claim.check_out for claim in claims],
                [claim.quantity for claim in claims],
                *parameters,
                held,
                sold,
                *parameters,
                0 if only_if_free else ANY_NUMBER,
            ],
        )
        return bool(cursor.rowcount)


_SHIFT = """
    WITH wanted AS (
        SELECT room_type_id, day::date AS date, SUM(units) AS units
          FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::int[])
               AS claim (room_type_id, first, until, units),
               generate_series(first, until - 1, interval '1 day') AS day
         GROUP BY 1, 2
    ), locked AS MATERIALIZED (
        SELECT room_type_id, date, {left} AS left
          FROM inventory_night night WHERE {stays} ORDER BY room_type_id, date FOR UPDATE
    ), short AS (
        SELECT COUNT(*) AS nights
          FROM wanted LEFT JOIN locked USING (room_type_id, date)
         WHERE COALESCE(locked.left, 0) < wanted.units
    )
    UPDATE inventory_night night
       SET held = night.held + wanted.units * %s, sold = night.sold + wanted.units * %s
      FROM wanted
     WHERE ({stays}) AND night.room_type_id = wanted.room_type_id AND night.date = wanted.date
       AND (SELECT nights FROM short) <= %s
"""


def _stays(claims: Sequence[Claim]) -> tuple[str, list[Any]]:
    """A condition that covers the claims' nights; written out so that PostgreSQL prunes partitions."""
    where = " OR ".join(["(night.room_type_id = %s AND night.date >= %s AND night.date < %s)"] * len(claims))
    return where or "false", [
        part for claim in claims for part in (claim.room_type_id, claim.check_in, claim.check_out)
    ]


def lock_nights(claims: Sequence[Claim]) -> dict[tuple[int, dt.date], int]:
    """Lock every night of the claims in (room type, date) order; return the units left on each."""
    return read_left(claims, lock="ORDER BY night.room_type_id, night.date FOR UPDATE")


def read_left(claims: Sequence[Claim], *, lock: str = "") -> dict[tuple[int, dt.date], int]:
    """Units that can be taken per night; a closed night has none."""
    where, parameters = _stays(claims)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT room_type_id, date, {LEFT} FROM inventory_night night WHERE {where} {lock}",  # noqa: S608
            parameters,
        )
        return {(room_type_id, date): left for room_type_id, date, left in cursor.fetchall()}


def find_shortages(
    claims: Sequence[Claim], left: dict[tuple[int, dt.date], int], *, given: Sequence[Claim] = ()
) -> list[Shortage]:
    """Every night on which the claims together want more than is left.

    What is `given` back in the same step need not be left: a guest keeps a night that was closed since.
    """
    wanted: dict[tuple[int, dt.date], int] = defaultdict(int)
    for part, sign in ((claims, 1), (given, -1)):
        for claim in part:
            for offset in range((claim.check_out - claim.check_in).days):
                wanted[claim.room_type_id, claim.check_in + dt.timedelta(days=offset)] += (
                    sign * claim.quantity
                )
    return [
        Shortage(room_type_id=night[0], date=night[1], left=left.get(night, 0))
        for night, quantity in sorted(wanted.items())
        if quantity > 0 and quantity > left.get(night, 0)
    ]
