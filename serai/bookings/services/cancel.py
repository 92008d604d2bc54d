"""Cancel: give the nights back, charge the penalty that was agreed, refund the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import PenaltyChanged, StateConflict
from serai.bookings.events import BOOKING_CANCELLED, BOOKING_CHANGED
from serai.bookings.models import Booking, BookingEvent, BookingRoom
from serai.bookings.rules import may_become, penalty_at, tiers_from_json
from serai.bookings.selectors import active_rooms, kept_minor, nights_of, paid_minor
from serai.bookings.services.book import tell
from serai.bookings.services.charges import charge_stay
from serai.bookings.services.promotions import keep_promotions
from serai.bookings.services.refund import refund_above
from serai.bookings.services.reshape import release_assignments
from serai.bookings.services.rooms import apply_rooms, price_of, tiers_by_room
from serai.bookings.services.waitlist import tell_waiting
from serai.bookings.settlement import Settlement
from serai.core.clock import local_date
from serai.core.db import require_transaction, write_transaction
from serai.inventory.services import Claim, return_nights


def cancellation_cost(
    *, booking: Booking, now: dt.datetime, room_ids: Collection[int] | None = None
) -> Settlement:
    """What cancelling costs at `now`, by the policy frozen with the booking: all of it, or some rooms.

    What earlier cancellations cost is owed and kept besides.
    """
    paid = paid_minor(booking)
    if room_ids is not None:
        rooms = active_rooms(booking)
        left = [room for room in rooms if room.pk not in room_ids]
        if left:
            penalties = penalties_by_room(booking, now=now)
            penalty = sum(penalties[room.pk] for room in rooms if room.pk in room_ids)
            charged = booking.penalty_minor + penalty
            total, prepayable = price_of(booking, left)
            return Settlement(penalty, paid, total + charged, prepayable + charged)
    penalty = penalty_at(tiers_from_json(booking.cancellation_tiers), now)
    charged = booking.penalty_minor + penalty
    return Settlement(penalty, paid, charged, charged)


def penalties_by_room(booking: Booking, *, now: dt.datetime) -> dict[int, int]:
    """What cancelling each active room costs at `now`, by the ids of the rooms."""
    rooms = active_rooms(booking)
    return {
        room.pk: penalty_at(tiers, now)
        for room, tiers in zip(rooms, tiers_by_room(booking, rooms), strict=True)
    }


def cancel_booking(
    *,
    booking_id: int,
    actor: User | None,
    now: dt.datetime,
    expected_penalty_minor: int | None = None,
    is_penalty_waived: bool = False,
) -> Booking:
    """Cancel a confirmed booking; ask again and the cancelled booking is returned.

    With `expected_penalty_minor`, the amount that was shown, raises `PenaltyChanged` when another
    one applies by now. Raises `StateConflict` for a stay that has begun or ended; for the guest it
    has begun when the day of arrival is over. Locks the booking, then its nights.
    """
    with write_transaction():
        booking = _lock(booking_id)
        if booking.state == Booking.State.CANCELLED:
            return booking
        _require_cancellable(booking, actor=actor, now=now)
        cost = cancellation_cost(booking=booking, now=now)
        penalty = 0 if is_penalty_waived else cost.penalty_minor
        if expected_penalty_minor is not None and expected_penalty_minor != penalty:
            raise PenaltyChanged
        _cancel_all(booking, penalty_minor=penalty, actor=actor, now=now)
        return booking


def cancel_rooms(
    *,
    booking_id: int,
    room_ids: Collection[int],
    actor: User | None,
    now: dt.datetime,
    expected_penalty_minor: int | None = None,
    is_penalty_waived: bool = False,
) -> Booking:
    """Cancel some rooms of a confirmed booking (ids of `BookingRoom`); the others stay as agreed.

    Each room costs what its own tiers say. The penalties are added to `Booking.penalty_minor`, price,
    party, terms and tiers become those of the rooms left; what was paid beyond all that goes back.
    Without any room left the booking is cancelled. Rooms that are cancelled already are passed over.
    Raises what `cancel_booking` raises, and `StateConflict` for a room of another booking. Locks the
    booking, then the nights of the rooms.
    """
    with write_transaction():
        booking = _lock(booking_id)
        if booking.state == Booking.State.CANCELLED:
            return booking
        if set(room_ids) - {room.pk for room in booking.rooms.all()}:
            raise StateConflict(_("One of these rooms is not part of the booking. Please look at it again."))
        rooms = active_rooms(booking)
        gone = [room for room in rooms if room.pk in room_ids]
        if not gone:
            return booking
        _require_cancellable(booking, actor=actor, now=now)
        cost = cancellation_cost(booking=booking, now=now, room_ids=room_ids)
        penalty = 0 if is_penalty_waived else cost.penalty_minor
        if expected_penalty_minor is not None and expected_penalty_minor != penalty:
            raise PenaltyChanged
        if len(gone) == len(rooms):
            _cancel_all(booking, penalty_minor=penalty, actor=actor, now=now)
            return booking
        nights = _nights_of_rooms(gone)
        return_nights(claims=nights, now=now)
        tell_waiting({claim.room_type_id for claim in nights}, now=now)
        left = [room for room in rooms if room not in gone]
        apply_rooms(booking, left)
        for room in gone:
            room.state = BookingRoom.State.CANCELLED
        BookingRoom.objects.bulk_update([*left, *gone], ["state", "cancellation_tiers"])
        booking.penalty_minor += penalty
        booking.version += 1
        booking.save()
        keep_promotions(booking)
        release_assignments([room.pk for room in gone])
        charge_stay(booking=booking, now=now)
        BookingEvent.objects.create(
            booking=booking,
            kind="rooms_cancelled",
            actor=actor,
            data={"room_ids": sorted(room.pk for room in gone), "penalty_minor": penalty},
            happened_at=now,
        )
        refund_above(booking=booking, keep_minor=kept_minor(booking), reason="rooms_cancelled", now=now)
        tell(BOOKING_CHANGED, booking, now=now, what="rooms_cancelled")
        return booking


def _lock(booking_id: int) -> Booking:
    return (
        Booking.objects.select_for_update(of=("self",))
        .select_related("property")
        .prefetch_related("rooms")
        .get(pk=booking_id)
    )


def _require_cancellable(booking: Booking, *, actor: User | None, now: dt.datetime) -> None:
    # Once the first night is past, a guest who is not there is the hotel's to judge.
    is_too_late = (
        actor is not None
        and actor.pk == booking.guest_id
        and local_date(now, booking.property.timezone) > booking.check_in
    )
    if is_too_late or not may_become(booking.state, Booking.State.CANCELLED):
        raise StateConflict(_("This stay has begun or is over, so it cannot be cancelled."))


def _cancel_all(booking: Booking, *, penalty_minor: int, actor: User | None, now: dt.datetime) -> None:
    """Cancel a locked booking. Its rooms and its price stay what they were, to be looked at."""
    require_transaction()
    nights = nights_of(booking)
    return_nights(claims=nights, now=now)
    tell_waiting({claim.room_type_id for claim in nights}, now=now)
    booking.state = Booking.State.CANCELLED
    booking.penalty_minor += penalty_minor
    booking.cancelled_at = now
    booking.version += 1
    booking.save(update_fields=["state", "penalty_minor", "cancelled_at", "version", "updated_at"])
    release_assignments([room.pk for room in booking.rooms.all()])
    charge_stay(booking=booking, now=now)
    BookingEvent.objects.create(
        booking=booking,
        kind="cancelled",
        actor=actor,
        data={"penalty_minor": penalty_minor},
        happened_at=now,
    )
    refund_above(booking=booking, keep_minor=kept_minor(booking), reason="cancelled", now=now)
    tell(BOOKING_CANCELLED, booking, now=now)


def _nights_of_rooms(rooms: Collection[BookingRoom]) -> list[Claim]:
    return [
        Claim(room.room_type_id, room.check_in, room.check_out, 1)
        for room in rooms
        if room.state == BookingRoom.State.BOOKED
    ]
