"""Taking nights, and taking them back from holds whose time is over. For the other services only."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence

from serai.inventory.counters import (
    Claim,
    Shortage,
    find_shortages,
    merge_claims,
    nights_of,
    read_left,
    shift_nights,
    stays_of,
)
from serai.inventory.models import Hold, HoldItem
from serai.inventory.services.errors import SoldOut


def take_nights(claims: Sequence[Claim], *, now: dt.datetime, held: int = 0, sold: int = 0) -> None:
    """Take every night of the claims or none; on a shortage take back expired holds and try once more.

    Raises `SoldOut`. Locks the nights.
    """
    if shift_nights(claims, held=held, sold=sold, only_if_free=True):
        return
    shortages = find_shortages(claims, read_left(claims))
    if shortages and reclaim(shortages, now=now):
        shortages = find_shortages(claims, read_left(claims))
    if shortages:
        raise SoldOut(shortages)
    shift_nights(claims, held=held, sold=sold)


def claims_of(hold_ids: Sequence[uuid.UUID]) -> list[Claim]:
    """What the holds have, merged and in lock order."""
    items = HoldItem.objects.filter(hold_id__in=hold_ids).values_list(
        "room_type_id", "check_in", "check_out", "quantity"
    )
    return merge_claims(Claim(*item) for item in items)


def reclaim(shortages: Sequence[Shortage], *, now: dt.datetime) -> bool:
    """Return the nights of expired holds that sit on the short nights; False when there was none.

    The caller has night locks already, so nothing is waited for here: holds that are being
    confirmed, or whose other nights somebody has locked, are left to the sweeper. So are holds whose
    nights would go back to a parent, where the caller could not have them.
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
        .exclude(parent_id__in=Hold.objects.filter(state=Hold.State.ACTIVE, expires_at__gt=now).values("pk"))
        .order_by("id")
        .values_list("id", flat=True)
    )
    if not expired:
        return False
    nights = nights_of(claims_of(expired))
    claims = stays_of(nights)
    if len(read_left(claims, lock="FOR UPDATE SKIP LOCKED")) < len(nights):
        return False
    expire(expired, claims)
    return True


def expire(hold_ids: Sequence[uuid.UUID], claims: Sequence[Claim]) -> None:
    """Give the nights of locked holds back to everybody."""
    shift_nights(claims, held=-1)
    Hold.objects.filter(pk__in=hold_ids).update(state=Hold.State.EXPIRED)


def change_items(hold_id: uuid.UUID, change: Counter[tuple[int, dt.date]]) -> None:
    """Add `change` units to each night of a locked hold; what it has becomes one item a night.

    Items that span several nights or share one are rewritten too; the others stay as they are.
    The caller has seen to it that no night goes below zero.
    """
    rows = HoldItem.objects.filter(hold_id=hold_id).values_list(
        "id", "room_type_id", "check_in", "check_out", "quantity"
    )
    items = {
        item_id: nights_of([Claim(room_type_id, check_in, check_out, quantity)])
        for item_id, room_type_id, check_in, check_out, quantity in rows
    }
    before: Counter[tuple[int, dt.date]] = Counter()
    times: Counter[tuple[int, dt.date]] = Counter()
    for nights in items.values():
        before.update(nights)
        times.update(nights.keys())
    rewritten = {night for night, units in change.items() if units}
    rewritten |= {night for night, count in times.items() if count > 1}
    rewritten |= {night for nights in items.values() if len(nights) > 1 for night in nights}
    stale = [item_id for item_id, nights in items.items() if nights.keys() & rewritten]
    if any(before[night] + change[night] < 0 for night in rewritten):
        raise ValueError("A hold cannot have fewer than no rooms.")
    HoldItem.objects.filter(pk__in=stale).delete()
    HoldItem.objects.bulk_create(
        HoldItem(
            hold_id=hold_id,
            room_type_id=night[0],
            check_in=night[1],
            check_out=night[1] + dt.timedelta(days=1),
            quantity=before[night] + change[night],
        )
        for night in sorted(rewritten)
        if before[night] + change[night] > 0
    )
