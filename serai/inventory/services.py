"""The only code that writes `held`, `sold`, `allotment` and `is_closed`.

Lock order: hold rows first, then nights in (room type, date) order, once per transaction. A taker
that meets a shortage also takes back expired holds on those nights; it is late in the order then,
so it never waits for their locks: what somebody else has is left alone. All functions need the
caller's `write_transaction()`, whose short lock time-out turns a queue into a `BusyError`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from serai.core.db import require_transaction
from serai.core.errors import DomainError
from serai.core.partitions import ensure_partitions
from serai.inventory.counters import (
    Claim,
    Shortage,
    find_shortages,
    lock_nights,
    merge_claims,
    read_left,
    shift_nights,
)
from serai.inventory.models import Hold, HoldItem, Night

__all__ = [
    "AllotmentTooSmall",
    "Claim",
    "HoldExpired",
    "Shortage",
    "SoldOut",
    "confirm_hold",
    "hold_nights",
    "merge_claims",
    "open_nights",
    "release_expired_holds",
    "release_hold",
    "return_nights",
    "sell_nights",
    "set_nights",
    "swap_nights",
]


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
    _take(claims, held=1, now=now)
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
    with connection.cursor() as cursor:
        cursor.execute(_CONFIRM, [Hold.State.BOOKED, hold_id, Hold.State.ACTIVE])
        claims = merge_claims(Claim(*row) for row in cursor.fetchall())
    if claims:
        shift_nights(claims, held=-1, sold=1)
        return claims
    if Hold.objects.get(pk=hold_id).state != Hold.State.BOOKED:
        raise HoldExpired
    return _claims_of([hold_id])


_CONFIRM = """
    WITH hold AS (
        UPDATE inventory_hold SET state = %s WHERE id = %s AND state = %s RETURNING id
    )
    SELECT room_type_id, check_in, check_out, quantity
      FROM inventory_holditem JOIN hold ON hold.id = hold_id
"""


def release_hold(*, hold_id: uuid.UUID, now: dt.datetime) -> bool:
    """Give a hold's nights back; False when it was no longer active. Locks the hold, then its nights."""
    require_transaction()
    hold = Hold.objects.select_for_update().get(pk=hold_id)
    if hold.state != Hold.State.ACTIVE:
        return False
    shift_nights(_claims_of([hold.pk]), held=-1)
    Hold.objects.filter(pk=hold_id).update(
        state=Hold.State.EXPIRED if hold.expires_at <= now else Hold.State.RELEASED
    )
    return True


def sell_nights(*, claims: Sequence[Claim], now: dt.datetime) -> None:
    """Sell nights without a hold before them. Raises `SoldOut`. Locks the nights."""
    require_transaction()
    _take(merge_claims(claims), sold=1, now=now)


def return_nights(*, claims: Sequence[Claim], now: dt.datetime) -> None:
    """Give sold nights back. Locks the nights."""
    require_transaction()
    shift_nights(merge_claims(claims), sold=-1)


def swap_nights(*, give: Sequence[Claim], take: Sequence[Claim], now: dt.datetime) -> None:
    """Exchange sold nights in one step; raises `SoldOut` and leaves the old ones untouched.

    A stay that only grows or shifts keeps the nights it shares with its former self, closed or not.
    Locks both sets in one go.
    """
    require_transaction()
    give, take = merge_claims(give), merge_claims(take)

    left = lock_nights([*give, *take])
    shortages = find_shortages(take, left, given=give)
    if shortages and _reclaim(shortages, now=now):
        shortages = find_shortages(take, read_left(take), given=give)
    if shortages:
        raise SoldOut(shortages)
    shift_nights(give, sold=-1)
    shift_nights(take, sold=1)


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
        _expire(expired, _claims_of(expired))
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


def _take(claims: Sequence[Claim], *, now: dt.datetime, held: int = 0, sold: int = 0) -> None:
    """Take every night of the claims or none; on a shortage take back expired holds and try once more."""
    if shift_nights(claims, held=held, sold=sold, only_if_free=True):
        return
    shortages = find_shortages(claims, read_left(claims))
    if shortages and _reclaim(shortages, now=now):
        shortages = find_shortages(claims, read_left(claims))
    if shortages:
        raise SoldOut(shortages)
    shift_nights(claims, held=held, sold=sold)


def _claims_of(hold_ids: Sequence[uuid.UUID]) -> list[Claim]:
    items = HoldItem.objects.filter(hold_id__in=hold_ids).values_list(
        "room_type_id", "check_in", "check_out", "quantity"
    )
    return merge_claims(Claim(*item) for item in items)


def _reclaim(shortages: Sequence[Shortage], *, now: dt.datetime) -> bool:
    """Return the nights of expired holds that sit on the short nights; False when there was none.

    The caller has night locks already, so nothing is waited for here: holds that are being
    confirmed, or whose other nights somebody has locked, are left to the sweeper.
    """
    dates = [shortage.date for shortage in shortages]
    items = HoldItem.objects.filter(
        room_type_id__in={shortage.room_type_id for shortage in shortages},
        check_in__lte=max(dates),
        check_out__gt=min(dates),
    )
    expired = list(
        Hold.objects.select_for_update(skip_locked=True)
        .filter(state=Hold.State.ACTIVE, expires_at__lte=now, pk__in=items.values("hold_id"))
        .order_by("id")
        .values_list("id", flat=True)
    )
    if not expired:
        return False
    claims = _claims_of(expired)
    nights = {
        (claim.room_type_id, claim.check_in + dt.timedelta(days=offset))
        for claim in claims
        for offset in range((claim.check_out - claim.check_in).days)
    }
    if len(read_left(claims, lock="FOR UPDATE SKIP LOCKED")) < len(nights):
        return False
    _expire(expired, claims)
    return True


def _expire(hold_ids: Sequence[uuid.UUID], claims: Sequence[Claim]) -> None:
    shift_nights(claims, held=-1)
    Hold.objects.filter(pk__in=hold_ids).update(state=Hold.State.EXPIRED)
