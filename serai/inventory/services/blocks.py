"""Long holds: a group's block of rooms, from which its guests take theirs one by one.

A block is a hold like any other; it only lasts until its release date. Its items are kept one per
night, because guests take single nights out of it. A hold taken out of it names it as `parent`, and
while both are active the counters of the nights do not notice: held stays held.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence

from serai.core.db import require_transaction
from serai.inventory.counters import (
    Claim,
    find_shortages,
    merge_claims,
    nights_of,
    shift_nights,
    stays_of,
)
from serai.inventory.models import Hold
from serai.inventory.services.errors import HoldExpired, HoldTooSmall, SoldOut
from serai.inventory.services.holds import write_hold
from serai.inventory.services.taking import change_items, claims_of, take_nights


def pick_up(
    *, from_hold_id: uuid.UUID, claims: Sequence[Claim], expires_at: dt.datetime, now: dt.datetime
) -> Hold:
    """Take the claims out of a hold into a new one that lasts until `expires_at` (UTC); return it.

    No counter of a night moves. Raises `SoldOut` with what the hold has left on the short nights:
    nothing at all when it is over. Locks the hold that is taken from.
    """
    require_transaction()
    claims = merge_claims(claims)
    parent = _lock_hold(from_hold_id)
    there = nights_of(claims_of([parent.pk])) if parent.lasts(now) else Counter()
    shortages = find_shortages(claims, there)
    if shortages:
        raise SoldOut(shortages)
    taken = nights_of(claims)
    change_items(parent.pk, Counter({night: -units for night, units in taken.items()}))
    return write_hold(claims, expires_at=expires_at, now=now, parent_id=parent.pk)


def grow_hold(*, hold_id: uuid.UUID, claims: Sequence[Claim], now: dt.datetime) -> None:
    """Add nights to a hold. Raises `HoldExpired` when it is over, `SoldOut` when they are not free.

    Locks the hold, then the nights.
    """
    require_transaction()
    if not _lock_hold(hold_id).lasts(now):
        raise HoldExpired
    nights = nights_of(claims)
    take_nights(stays_of(nights), held=1, now=now)
    change_items(hold_id, nights)


def shrink_hold(*, hold_id: uuid.UUID, claims: Sequence[Claim], now: dt.datetime) -> None:
    """Give some of a hold's nights back to everybody.

    Raises `HoldExpired` when it is over, `HoldTooSmall` with the dates on which less than that is left
    in it. Locks the hold, then the nights.
    """
    require_transaction()
    if not _lock_hold(hold_id).lasts(now):
        raise HoldExpired
    claims = merge_claims(claims)
    shortages = find_shortages(claims, nights_of(claims_of([hold_id])))
    if shortages:
        raise HoldTooSmall(sorted({shortage.date for shortage in shortages}))
    nights = nights_of(claims)
    shift_nights(stays_of(nights), held=-1)
    change_items(hold_id, Counter({night: -units for night, units in nights.items()}))


def move_expiry(*, hold_id: uuid.UUID, expires_at: dt.datetime, now: dt.datetime) -> None:
    """Let a hold last until another instant (UTC). Raises `HoldExpired` when it is over. Locks the hold."""
    require_transaction()
    if not _lock_hold(hold_id).lasts(now):
        raise HoldExpired
    Hold.objects.filter(pk=hold_id).update(expires_at=expires_at)


def _lock_hold(hold_id: uuid.UUID) -> Hold:
    return Hold.objects.select_for_update().get(pk=hold_id)
