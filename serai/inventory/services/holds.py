"""Holds: keeping nights for somebody who is about to pay, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from serai.core.db import require_transaction
from serai.core.prepared import prepared_cursor
from serai.inventory.counters import (
    Claim,
    hold_at_once,
    merge_claims,
    nights_of,
    shift_nights,
    stays_of,
)
from serai.inventory.models import Hold
from serai.inventory.services.errors import HoldExpired
from serai.inventory.services.taking import change_items, claims_of, expire, take_nights


def hold_nights(*, claims: Sequence[Claim], expires_at: dt.datetime, now: dt.datetime) -> Hold:
    """Keep the claimed nights until `expires_at` (UTC) and return the hold.

    Raises `SoldOut` with the short nights. Locks the nights.
    """
    require_transaction()
    claims = merge_claims(claims)
    if len(claims) == 1:
        hold = Hold(created_at=now, expires_at=expires_at)
        if hold_at_once(claims[0], hold):
            hold._state.adding = False
            return hold
    take_nights(claims, held=1, now=now)
    return write_hold(claims, expires_at=expires_at, now=now)


def write_hold(
    claims: Sequence[Claim], *, expires_at: dt.datetime, now: dt.datetime, parent_id: uuid.UUID | None = None
) -> Hold:
    """Write down a hold on nights that the caller has just taken. For the other services only."""
    hold = Hold(created_at=now, expires_at=expires_at, parent_id=parent_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH hold AS (INSERT INTO inventory_hold (id, state, created_at, expires_at, parent_id)"
            " VALUES (%s, %s, %s, %s, %s))"
            " INSERT INTO inventory_holditem (hold_id, room_type_id, check_in, check_out, quantity)"
            " SELECT %s, * FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::int[])",
            [
                *(hold.pk, hold.state, now, expires_at, parent_id, hold.pk),
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
    with prepared_cursor() as cursor:
        cursor.execute(_CONFIRM, [Hold.State.BOOKED, hold_id, Hold.State.ACTIVE])
        claims = merge_claims(Claim(*row) for row in cursor.fetchall())
    if claims:
        shift_nights(claims, held=-1, sold=1)
        return claims
    if Hold.objects.get(pk=hold_id).state != Hold.State.BOOKED:
        raise HoldExpired
    return claims_of([hold_id])


_CONFIRM = """
    WITH hold AS (
        UPDATE inventory_hold SET state = %s WHERE id = %s AND state = %s RETURNING id
    )
    SELECT room_type_id, check_in, check_out, quantity
      FROM inventory_holditem JOIN hold ON hold.id = hold_id
"""


def release_hold(*, hold_id: uuid.UUID, now: dt.datetime) -> bool:
    """Give a hold's nights back; False when it was no longer active.

    What was picked up from another hold goes back there while that one lasts. Locks the hold and its
    parent in the order of their ids, then the nights unless they stay held.
    """
    require_transaction()
    parents = Hold.objects.filter(pk=hold_id).exclude(parent=None).values_list("parent", flat=True)
    family = [hold_id, *(parent_id for parent_id in parents if parent_id is not None)]
    locked = {hold.pk: hold for hold in Hold.objects.select_for_update().filter(pk__in=family).order_by("id")}
    hold = locked.get(hold_id) or Hold.objects.get(pk=hold_id)
    if hold.state != Hold.State.ACTIVE:
        return False
    parent = locked.get(hold.parent_id) if hold.parent_id else None
    nights = nights_of(claims_of([hold.pk]))
    if parent is not None and parent.lasts(now):
        change_items(parent.pk, nights)
    else:
        shift_nights(stays_of(nights), held=-1)
    Hold.objects.filter(pk=hold_id).update(
        state=Hold.State.EXPIRED if hold.expires_at <= now else Hold.State.RELEASED
    )
    return True


def release_expired_holds(*, now: dt.datetime, limit: int = 500) -> int:
    """Return the nights of holds past their time; holds that somebody is confirming are skipped.

    What was picked up from another hold goes back there while that one lasts; while somebody else works
    on that one, the nights wait for the next round. Nothing is waited for but the nights.
    Needs a transaction; keep `limit` small so that it stays short.
    """
    require_transaction()
    expired = list(
        Hold.objects.select_for_update(skip_locked=True)
        .filter(state=Hold.State.ACTIVE, expires_at__lte=now)
        .order_by("id")
        .values_list("id", "parent_id")[:limit]
    )
    by_parent: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for hold_id, parent_id in expired:
        if parent_id is not None:
            by_parent[parent_id].append(hold_id)
    lasting = Hold.objects.filter(pk__in=by_parent, state=Hold.State.ACTIVE, expires_at__gt=now)
    waiting = set(lasting.values_list("id", flat=True)) if by_parent else set()
    locked = (
        set(lasting.select_for_update(skip_locked=True).order_by("id").values_list("id", flat=True))
        if waiting
        else set()
    )
    kept: set[uuid.UUID] = set()
    for parent_id in sorted(waiting | locked):
        kept.update(by_parent[parent_id])
        if parent_id in locked:
            change_items(parent_id, nights_of(claims_of(by_parent[parent_id])))
            Hold.objects.filter(pk__in=by_parent[parent_id]).update(state=Hold.State.EXPIRED)
    freed = [hold_id for hold_id, _parent_id in expired if hold_id not in kept]
    if freed:
        expire(freed, stays_of(nights_of(claims_of(freed))))
    return len(expired)
