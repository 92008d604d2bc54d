"""The only code that writes `held`, `sold`, `allotment` and `is_closed`.

Lock order: hold rows first, then nights in (room type, date) order, once per transaction. A taker
that meets a shortage looks for expired holds on the same nights, starts again from its savepoint
and locks both sets at once, so the order is kept. All functions need the caller's
`write_transaction()`, whose short lock time-out turns a queue into a `BusyError`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from serai.core.db import require_transaction
from serai.core.errors import DomainError
from serai.core.partitions import ensure_partitions
from serai.inventory.models import Hold, HoldItem, Night

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


class SoldOut(DomainError):
    """Not every night has enough units left. Nothing was taken."""

    code = "sold_out"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(_("Somebody just took the last room for these dates."))
        self.shortages = list(shortages)


class HoldExpired(DomainError):
    """The hold's nights have gone back; they must be taken again."""

    code = "hold_expired"

    def __init__(self) -> None:
        super().__init__(_("The time to complete this booking ran out."))


class AllotmentTooSmall(DomainError):
    """An allotment below what guests already have."""

    code = "allotment_too_small"

    def __init__(self, dates: Sequence[dt.date]) -> None:
        super().__init__(_("Some of these nights have more rooms booked than that."))
        self.dates = list(dates)


def hold_nights(*, claims: Sequence[Claim], expires_at: dt.datetime, now: dt.datetime) -> Hold:
    """Keep the claimed nights until `expires_at` (UTC) and return the hold.

    Raises `SoldOut` with the short nights. Locks the nights.
    """
    require_transaction()
    claims = merge_claims(claims)
    _take(claims, column="held", now=now)
    hold = Hold(created_at=now, expires_at=expires_at)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH hold AS (INSERT INTO inventory_hold (id, state, created_at, expires_at)"
            " VALUES (%s, %s, %s, %s))"
            " INSERT INTO inventory_holditem (hold_id, room_type_id, check_in, check_out, quantity)"
            " SELECT %s, * FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::int[])",
            [
                *(hold.pk, hold.state, now, expires_at, hold.pk),
                [claim.room_type_id for claim in claims],
                [claim.check_in for claim in claims],
                [claim.check_out for claim in claims],
                [claim.quantity for claim in claims],
            ],
        )
    hold._state.adding = False
    return hold


def confirm_hold(*, hold_id: uuid.UUID, now: dt.datetime) -> list[Claim]:
    """Turn held nights into sold ones and return them; raises `HoldExpired` once they went back.

    A hold that is past its time but whose nights nobody took back yet still counts. Confirming
    again is harmless. Locks the hold, then its nights.
    """
    require_transaction()
    state, claims = _lock_hold(hold_id)
    if state == Hold.State.BOOKED:
        return claims
    if state != Hold.State.ACTIVE:
        raise HoldExpired
    _lock(claims)
    for claim in claims:
        _shift(claim, held=-claim.quantity, sold=claim.quantity)
    Hold.objects.filter(pk=hold_id).update(state=Hold.State.BOOKED)
    return claims


def release_hold(*, hold_id: uuid.UUID, now: dt.datetime) -> bool:
    """Give a hold's nights back; False when it was no longer active. Locks the hold, then its nights."""
    require_transaction()
    hold = Hold.objects.select_for_update().get(pk=hold_id)
    if hold.state != Hold.State.ACTIVE:
        return False
    claims = _claims_of([hold.pk])
    _lock(claims)
    for claim in claims:
        _shift(claim, held=-claim.quantity)
    Hold.objects.filter(pk=hold_id).update(
        state=Hold.State.EXPIRED if hold.expires_at <= now else Hold.State.RELEASED
    )
    return True


def sell_nights(*, claims: Sequence[Claim], now: dt.datetime) -> None:
    """Sell nights without a hold before them. Raises `SoldOut`. Locks the nights."""
    require_transaction()
    _take(merge_claims(claims), column="sold", now=now)


def return_nights(*, claims: Sequence[Claim], now: dt.datetime) -> None:
    """Give sold nights back. Locks the nights."""
    require_transaction()
    claims = merge_claims(claims)
    _lock(claims)
    for claim in claims:
        _shift(claim, sold=-claim.quantity)


def swap_nights(*, give: Sequence[Claim], take: Sequence[Claim], now: dt.datetime) -> None:
    """Exchange sold nights in one step; raises `SoldOut` and leaves the old ones untouched.

    A stay that only grows or shifts keeps the nights it shares with its former self, closed or not.
    Locks both sets in one go.
    """
    require_transaction()
    give, take = merge_claims(give), merge_claims(take)

    def exchange() -> None:
        _require_free(take, _left(take), given=give)
        for claim in give:
            _shift(claim, sold=-claim.quantity)
        for claim in take:
            _shift(claim, sold=claim.quantity)

    try:
        with transaction.atomic():
            _lock([*give, *take])
            exchange()
    except SoldOut as error:
        expired = _lock_expired_holds(error.shortages, now=now)
        if not expired:
            raise
        returned = _claims_of(expired)
        _lock([*give, *take, *returned])
        _expire(expired, returned)
        with transaction.atomic():
            exchange()


def release_expired_holds(*, now: dt.datetime, limit: int = 500) -> int:
    """Return the nights of holds past their time; holds that somebody is confirming are skipped.

    Needs a transaction; keep `limit` small so that it stays short.
    """
    require_transaction()
    expired = list(
        Hold.objects.select_for_update(skip_locked=True)
        .filter(state=Hold.State.ACTIVE, expires_at__lte=now)
        .order_by("id")
        .values_list("id", flat=True)[:limit]
    )
    if expired:
        claims = _claims_of(expired)
        _lock(claims)
        _expire(expired, claims)
    return len(expired)


def open_nights(*, room_type_id: int, first: dt.date, last: dt.date, allotment: int, now: dt.datetime) -> int:
    """Make the nights in `[first, last]` that do not exist yet; return how many were made."""
    require_transaction()
    ensure_partitions(first=first, last=last)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_night (room_type_id, date, allotment, held, sold, allowance, is_closed)"
            " SELECT %s, day::date, %s, 0, 0, 0, false"
            " FROM generate_series(%s::date, %s::date, interval '1 day') AS day"
            " ON CONFLICT DO NOTHING",
            [room_type_id, allotment, first, last],
        )
        return cursor.rowcount


def set_nights(
    *,
    room_type_id: int,
    dates: Iterable[dt.date],
    allotment: int | None = None,
    is_closed: bool | None = None,
    now: dt.datetime,
) -> int:
    """Set allotment and/or openness of existing nights; return how many changed.

    Raises `AllotmentTooSmall` with the dates on which guests already have more. Locks the nights.
    """
    require_transaction()
    nights = list(
        Night.objects.select_for_update()
        .filter(room_type_id=room_type_id, date__in=sorted(set(dates)))
        .order_by("room_type_id", "date")
    )
    changed = []
    if allotment is not None:
        too_small = [night.date for night in nights if night.held + night.sold > allotment + night.allowance]
        if too_small:
            raise AllotmentTooSmall(too_small)
    for night in nights:
        before = (night.allotment, night.is_closed)
        night.allotment = night.allotment if allotment is None else allotment
        night.is_closed = night.is_closed if is_closed is None else is_closed
        if (night.allotment, night.is_closed) != before:
            changed.append(night.date)
    if changed:
        Night.objects.filter(room_type_id=room_type_id, date__in=changed).update(
            **({"allotment": allotment} if allotment is not None else {}),
            **({"is_closed": is_closed} if is_closed is not None else {}),
        )
    return len(changed)


def merge_claims(claims: Iterable[Claim]) -> list[Claim]:
    """Add up claims on the same nights and put them in lock order; empty stays are dropped."""
    quantities: dict[tuple[int, dt.date, dt.date], int] = defaultdict(int)
    for claim in claims:
        if claim.check_in < claim.check_out and claim.quantity > 0:
            quantities[claim.room_type_id, claim.check_in, claim.check_out] += claim.quantity
    return sorted(Claim(*stay, quantity) for stay, quantity in quantities.items())


# --- Beneath: four statements, all in lock order ----------------------------------------------------


def _take(claims: Sequence[Claim], *, column: str, now: dt.datetime) -> None:
    """Lock, check and take; on a shortage reclaim expired holds on those nights and try once more."""

    def take() -> None:
        for claim in claims:
            _shift(claim, **{column: claim.quantity})

    try:
        with transaction.atomic():
            _require_free(claims, _lock(claims))
            take()
    except SoldOut as error:
        expired = _lock_expired_holds(error.shortages, now=now)
        if not expired:
            raise
        returned = _claims_of(expired)
        _lock([*claims, *returned])
        _expire(expired, returned)
        _require_free(claims, _left(claims))
        take()


def _stays(claims: Sequence[Claim]) -> tuple[str, list[Any]]:
    """A condition that covers the claims' nights; written out so that PostgreSQL prunes partitions."""
    where = " OR ".join(["(room_type_id = %s AND date >= %s AND date < %s)"] * len(claims)) or "false"
    return where, [part for claim in claims for part in (claim.room_type_id, claim.check_in, claim.check_out)]


def _lock_hold(hold_id: uuid.UUID) -> tuple[str, list[Claim]]:
    """Lock a hold; return its state and what it claims. Raises `Hold.DoesNotExist`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hold.state, item.room_type_id, item.check_in, item.check_out, item.quantity"
            " FROM inventory_hold hold JOIN inventory_holditem item ON item.hold_id = hold.id"
            " WHERE hold.id = %s FOR UPDATE OF hold",
            [hold_id],
        )
        rows = cursor.fetchall()
    if not rows:
        raise Hold.DoesNotExist(f"There is no hold {hold_id}.")
    return rows[0][0], merge_claims(Claim(*row[1:]) for row in rows)


def _lock(claims: Sequence[Claim]) -> dict[tuple[int, dt.date], int]:
    """Lock every night of the claims in (room type, date) order; return the units left on each.

    The figures are those of the locked rows: READ COMMITTED reads a row again that changed while
    its lock was waited for (https://www.postgresql.org/docs/current/transaction-iso.html).
    """
    return _left(claims, lock="ORDER BY room_type_id, date FOR UPDATE")


def _left(claims: Sequence[Claim], *, lock: str = "") -> dict[tuple[int, dt.date], int]:
    """Units that can be taken per night; a closed night has none."""
    where, parameters = _stays(claims)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT room_type_id, date, {LEFT} FROM inventory_night WHERE {where} {lock}",  # noqa: S608
            parameters,
        )
        return {(room_type_id, date): left for room_type_id, date, left in cursor.fetchall()}


def _require_free(
    claims: Sequence[Claim], left: dict[tuple[int, dt.date], int], *, given: Sequence[Claim] = ()
) -> None:
    """Raise `SoldOut` with every night on which the claims together want more than is left.

    What is `given` back in the same step need not be left: a guest keeps a night that was closed since.
    """
    wanted: dict[tuple[int, dt.date], int] = defaultdict(int)
    for part, sign in ((claims, 1), (given, -1)):
        for claim in part:
            for offset in range((claim.check_out - claim.check_in).days):
                wanted[claim.room_type_id, claim.check_in + dt.timedelta(days=offset)] += (
                    sign * claim.quantity
                )
    shortages = [
        Shortage(room_type_id=night[0], date=night[1], left=left.get(night, 0))
        for night, quantity in sorted(wanted.items())
        if quantity > 0 and quantity > left.get(night, 0)
    ]
    if shortages:
        raise SoldOut(shortages)


def _shift(claim: Claim, *, held: int = 0, sold: int = 0) -> None:
    """Move the counters of a claim's locked nights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_night SET held = held + %s, sold = sold + %s"
            " WHERE room_type_id = %s AND date >= %s AND date < %s",
            [held, sold, claim.room_type_id, claim.check_in, claim.check_out],
        )


def _claims_of(hold_ids: Sequence[uuid.UUID]) -> list[Claim]:
    items = HoldItem.objects.filter(hold_id__in=hold_ids).values_list(
        "room_type_id", "check_in", "check_out", "quantity"
    )
    return merge_claims(Claim(*item) for item in items)


def _lock_expired_holds(shortages: Sequence[Shortage], *, now: dt.datetime) -> list[uuid.UUID]:
    """Lock and return expired holds that sit on the short nights; ones being confirmed are skipped."""
    dates = [shortage.date for shortage in shortages]
    items = HoldItem.objects.filter(
        room_type_id__in={shortage.room_type_id for shortage in shortages},
        check_in__lte=max(dates),
        check_out__gt=min(dates),
    )
    return list(
        Hold.objects.select_for_update(skip_locked=True)
        .filter(state=Hold.State.ACTIVE, expires_at__lte=now, pk__in=items.values("hold_id"))
        .order_by("id")
        .values_list("id", flat=True)
    )


def _expire(hold_ids: Sequence[uuid.UUID], claims: Sequence[Claim]) -> None:
    for claim in claims:
        _shift(claim, held=-claim.quantity)
    Hold.objects.filter(pk__in=hold_ids).update(state=Hold.State.EXPIRED)
