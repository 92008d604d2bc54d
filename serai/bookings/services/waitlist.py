"""The waiting list: stays that are sold out, offered in the order in which guests asked for them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import NotOffered, WaitlistRefused
from serai.bookings.events import NIGHTS_RETURNED, WAITLIST_OFFERED
from serai.bookings.models import WaitlistEntry
from serai.bookings.quotes import StayRequest, make_quote, stay_request_from_json
from serai.bookings.services.hold import abandon_checkout, claims_of, open_checkout
from serai.bookings.services.nights import take_nights
from serai.bookings.services.promotions import lock_promotions, use_promotions
from serai.core.db import lock_text, require_transaction, write_transaction
from serai.core.errors import BusyError
from serai.core.outbox import emit
from serai.inventory.services import SoldOut

MOST_ENTRIES = 10
OPEN = (WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED)


def join_waitlist(*, request: StayRequest, user: User, language: str, now: dt.datetime) -> WaitlistEntry:
    """Let a guest wait for a stay that is sold out; asked again, the entry that runs is returned.

    Raises `NotOffered` when the stay could not be sold anyway, `WaitlistRefused` when it can be booked
    right now, is of several room types or a group's, or when the guest waits for `MOST_ENTRIES` already.
    Locks the user's place in line for the list, no night.
    """
    if len(request.product_ids) != 1 or request.block_id is not None:
        raise WaitlistRefused(_("You can wait for rooms of one kind that are on sale to everybody."))
    quote = make_quote(request=request, now=now)
    room = quote.rooms[0]
    with write_transaction():
        lock_text(f"waitlist-of:{user.pk}")
        settle_offers(now=now, user_id=user.pk)
        mine = WaitlistEntry.objects.filter(user=user, state__in=OPEN)
        known = mine.filter(
            product=room.product_id, check_in=request.check_in, check_out=request.check_out
        ).first()
        if known is not None:
            return known
        if mine.count() >= MOST_ENTRIES:
            raise WaitlistRefused(
                _("You are waiting for %(count)s stays already. Leave one of them first.")
                % {"count": MOST_ENTRIES}
            )
        if _is_free(room.room_type_id, request):
            raise WaitlistRefused(_("These rooms are free right now: you can book them at once."))
        return WaitlistEntry.objects.create(
            user=user,
            property_id=quote.property_id,
            room_type_id=room.room_type_id,
            product_id=room.product_id,
            check_in=request.check_in,
            check_out=request.check_out,
            request=request.as_json(),
            language=language,
        )


def leave_waitlist(*, entry_id: int, user: User, now: dt.datetime) -> None:
    """Stop waiting; rooms that are held for the guest go back. Harmless when it is over already.

    Raises `WaitlistEntry.DoesNotExist` for somebody else's. Locks the offer's checkout, then the entry.
    """
    with write_transaction():
        entry = WaitlistEntry.objects.get(pk=entry_id, user=user)
        if entry.checkout_id is not None and entry.state == WaitlistEntry.State.OFFERED:
            abandon_checkout(checkout_id=entry.checkout_id, now=now)
            # Booked or lost in the meantime: that is what it becomes, not "left".
            settle_offers(now=now, user_id=user.pk, left_entry_id=entry.pk)
            tell_waiting([entry.room_type_id], now=now)
            return
        WaitlistEntry.objects.filter(pk=entry_id, state=WaitlistEntry.State.WAITING).update(
            state=WaitlistEntry.State.LEFT, updated_at=now
        )


def tell_waiting(room_type_ids: Collection[int], now: dt.datetime) -> None:
    """Let free nights be offered to whoever waits for these room types; nothing when nobody does.

    Needs the transaction that gave the nights back: one look at the list, and a message if need be.
    """
    require_transaction()
    waiting = WaitlistEntry.objects.filter(
        room_type__in=room_type_ids, state=WaitlistEntry.State.WAITING
    ).exists()
    if waiting:
        emit(NIGHTS_RETURNED, {"room_type_ids": sorted(set(room_type_ids))}, now=now)


def settle_offers(
    *, now: dt.datetime, user_id: int | None = None, left_entry_id: int | None = None
) -> set[int]:
    """Let entries be what became of their offers, and of time; return the room types to look at again.

    Booked ones are BOOKED, offers whose hold is over or was given up are LAPSED (LEFT, if that is
    whom `left_entry_id` names), and so is who still waits after the day of arrival. One statement a
    kind; a late payment may still turn a lapsed one into a booked one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, {"now": now, "user_id": user_id, "left": left_entry_id})
        freed = {room_type_id for room_type_id, state in cursor.fetchall() if state != "booked"}
        cursor.execute(_EXPIRE, {"now": now, "user_id": user_id})
    return freed


_SETTLE = """
    UPDATE bookings_waitlistentry entry
       SET state = CASE WHEN checkout.state = 'booked' THEN 'booked'
                        WHEN entry.id = %(left)s THEN 'left' ELSE 'lapsed' END,
           updated_at = %(now)s
      FROM bookings_checkout checkout
      JOIN inventory_hold hold ON hold.id = checkout.hold_id
     WHERE checkout.id = entry.checkout_id
       AND (%(user_id)s::bigint IS NULL OR entry.user_id = %(user_id)s)
       AND ((entry.state = 'offered'
             AND (checkout.state <> 'open' OR hold.state <> 'active' OR hold.expires_at <= %(now)s))
            OR (entry.state = 'lapsed' AND checkout.state = 'booked'))
    RETURNING entry.room_type_id, entry.state
"""
_EXPIRE = """
    UPDATE bookings_waitlistentry entry
       SET state = 'lapsed', updated_at = %(now)s
      FROM properties_property property
     WHERE property.id = entry.property_id AND entry.state = 'waiting'
       AND (%(user_id)s::bigint IS NULL OR entry.user_id = %(user_id)s)
       AND entry.check_in < (%(now)s::timestamptz AT TIME ZONE property.timezone)::date
"""


def offer_nights(*, room_type_ids: Collection[int] | None = None, now: dt.datetime) -> list[int]:
    """Hold free nights for those who wait, in the order in which they joined; return the entries offered.

    All room types when none are named. Who wants more than is free keeps the place and is passed over.
    Each offer is a transaction of its own, and offers of one room type are made one after the other:
    two workers at once still serve the first first.
    """
    offered = []
    for room_type_id in _room_types_to_offer(room_type_ids):
        tried: int | None = 0
        while tried is not None:
            tried, is_offered = _offer_next(room_type_id, after=tried, now=now)
            if tried is not None and is_offered:
                offered.append(tried)
    return offered


def _room_types_to_offer(room_type_ids: Collection[int] | None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT entry.room_type_id FROM {_WAITING_AND_FREE} ORDER BY 1",  # noqa: S608
            {"room_types": None if room_type_ids is None else sorted(room_type_ids)},
        )
        return [room_type_id for (room_type_id,) in cursor.fetchall()]


def _offer_next(room_type_id: int, *, after: int, now: dt.datetime) -> tuple[int | None, bool]:
    """Try the next in line after an entry whose nights look free: who that is, and whether it got them."""
    with write_transaction():
        _stand_in_line(room_type_id)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT entry.id FROM {_WAITING_AND_FREE} AND entry.id > %(after)s"  # noqa: S608
                " ORDER BY entry.id LIMIT 1 FOR UPDATE OF entry SKIP LOCKED",
                {"room_types": [room_type_id], "after": after},
            )
            row = cursor.fetchone()
        if row is None:
            return None, False
        entry = WaitlistEntry.objects.select_related("user").get(pk=row[0])
        return entry.pk, _offer(entry, now=now)


def _stand_in_line(room_type_id: int) -> None:
    """One worker at a time offers a room type's nights, or the second in line might be served first."""
    lock_text(f"waitlist:{room_type_id}")


def _offer(entry: WaitlistEntry, *, now: dt.datetime) -> bool:
    """Hold the nights of a locked entry and open a checkout for its guest; False when that cannot be.

    What is not offered any more lapses, with the reason in the guest's language.
    """
    try:
        with translation.override(entry.language):
            quote = make_quote(request=stay_request_from_json(entry.request), now=now)
    except NotOffered as error:
        WaitlistEntry.objects.filter(pk=entry.pk).update(
            state=WaitlistEntry.State.LAPSED, note=str(error)[:300], updated_at=now
        )
        return False
    promotion_ids = lock_promotions(quote)
    if promotion_ids is None:
        raise BusyError(_("Many people are booking here right now. Please try again."))
    try:
        hold = take_nights(
            claims=claims_of(quote),
            block_id=None,
            expires_at=now + dt.timedelta(seconds=settings.WAITLIST_SECONDS),
            now=now,
        )
    except SoldOut:
        return False
    use_promotions(promotion_ids=promotion_ids, hold_id=hold.pk)
    digest = hashlib.sha256(f"waitlist:{entry.pk}".encode()).hexdigest()
    checkout = open_checkout(quote=quote, hold=hold, digest=digest, user=entry.user)
    WaitlistEntry.objects.filter(pk=entry.pk).update(
        state=WaitlistEntry.State.OFFERED, checkout=checkout, offered_at=now, updated_at=now
    )
    emit(WAITLIST_OFFERED, {"entry_id": entry.pk}, now=now)
    return True


def _is_free(room_type_id: int, request: StayRequest) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_FREE}",
            {
                "room_type_id": room_type_id,
                "check_in": request.check_in,
                "check_out": request.check_out,
                "rooms": len(request.rooms),
            },
        )
        return bool(cursor.fetchone()[0])


# Whether every night of a stay has so many units left. Only to choose whom to try: holding decides.
_NIGHTS_FREE = """
    (SELECT COUNT(*) FROM inventory_night night
      WHERE night.room_type_id = {room_type_id} AND night.date >= {check_in} AND night.date < {check_out}
        AND NOT night.is_closed
        AND night.allotment + night.allowance - night.held - night.sold >= {rooms})
    = {check_out} - {check_in}
"""
_FREE = _NIGHTS_FREE.format(
    room_type_id="%(room_type_id)s",
    check_in="%(check_in)s::date",
    check_out="%(check_out)s::date",
    rooms="%(rooms)s",
)
_WAITING_AND_FREE = """
    bookings_waitlistentry entry
     WHERE entry.state = 'waiting'
       AND (%(room_types)s::bigint[] IS NULL OR entry.room_type_id = ANY(%(room_types)s))
       AND
""" + _NIGHTS_FREE.format(
    room_type_id="entry.room_type_id",
    check_in="entry.check_in",
    check_out="entry.check_out",
    rooms="jsonb_array_length(entry.request -> 'rooms')",
)
