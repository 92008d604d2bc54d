"""What becomes of given rooms when the booking changes, is cancelled, or its guest leaves.

Inner services: the caller has opened the transaction and locked the booking.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, connection, transaction

from serai.bookings.assignment_rules import Nights, nights_in, stay_span
from serai.bookings.models import Booking, BookingRoom, RoomAssignment
from serai.bookings.services.assign import is_room_conflict
from serai.bookings.stays import NEEDS_ROOM, as_range, assignments_by_stay, hours_of, span_in
from serai.core.db import require_transaction


def release_assignments(booking_room_ids: Iterable[int]) -> int:
    """Take away every room given for these booked rooms; say how many rows went."""
    require_transaction()
    deleted, _by_model = RoomAssignment.objects.filter(booking_room__in=list(booking_room_ids)).delete()
    return deleted


def shorten_assignments(*, booking_id: int, now: dt.datetime) -> None:
    """End the booking's rooms at `now`: the guest has left. What was still to come goes."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_SHORTEN, {"booking_id": booking_id, "now": now})


_SHORTEN = """
    WITH own AS (
        SELECT given.id, given.during
          FROM bookings_roomassignment given
          JOIN bookings_bookingroom room ON room.id = given.booking_room_id
         WHERE room.booking_id = %(booking_id)s AND upper(given.during) > %(now)s
    ), gone AS (
        DELETE FROM bookings_roomassignment WHERE id IN (SELECT id FROM own WHERE lower(during) >= %(now)s)
    )
    UPDATE bookings_roomassignment
       SET during = tstzrange(lower(during), %(now)s)
     WHERE id IN (SELECT id FROM own WHERE lower(during) < %(now)s)
"""


def reshape_assignments(booking: Booking, now: dt.datetime) -> list[int]:
    """Fit the given rooms to the booking as it is now; return the booked rooms that lack a room.

    To be called after dates, room types or states of its rooms were written. Nights that are no longer
    booked are given back. New nights are had in the same room if it is free then. If it is not, a guest
    in house, or with a locked room, keeps it as far as it goes; others lose it and are shared out
    anew. A room of the old type goes when the type changed, unless it was locked. Needs the caller's
    transaction and lock.
    """
    require_transaction()
    stays = list(BookingRoom.objects.filter(booking=booking))
    given = assignments_by_stay(stay.pk for stay in stays)
    if not given:
        return []
    hours = hours_of(booking.property)
    lacking = []
    for stay in stays:
        own = given.get(stay.pk, [])
        if booking.state not in NEEDS_ROOM or stay.state != BookingRoom.State.BOOKED:
            release_assignments([stay.pk])
            continue
        if booking.is_day_use or not own:
            continue
        is_inside = booking.state == Booking.State.CHECKED_IN
        kept = [
            one for one in own if one.is_locked or is_inside or one.room.room_type_id == stay.room_type_id
        ]
        nights = _fitted([nights_in(span_in(one), hours.timezone) for one in kept], stay)
        release_assignments([stay.pk])
        wanted = [
            (one, span)
            for one, part in zip(kept, nights, strict=True)
            if part is not None
            for span in [stay_span(*part, hours)]
        ]
        if _write(stay, wanted):
            continue
        lacking.append(stay.pk)
        if is_inside or any(one.is_locked for one in kept):
            # What they had of the new dates was theirs already, so it is free.
            _write(
                stay,
                [
                    (one, (max(span[0], one.during.lower), min(span[1], one.during.upper)))
                    for one, span in wanted
                    if span[0] < one.during.upper and one.during.lower < span[1]
                ],
            )
    return lacking


def _fitted(parts: list[Nights], stay: BookingRoom) -> list[Nights | None]:
    """The nights of each given room within the stay; the first and the last reach to its ends.

    A stay with one room that moved to other dates wants that room there.
    """
    inside: list[Nights | None] = [
        part if part[0] < part[1] else None
        for part in ((max(first, stay.check_in), min(after, stay.check_out)) for first, after in parts)
    ]
    if not any(inside) and len(parts) == 1:
        return [(stay.check_in, stay.check_out)]
    remaining = [index for index, part in enumerate(inside) if part is not None]
    if remaining:
        first, last = remaining[0], remaining[-1]
        inside[first] = (stay.check_in, inside[first][1])  # type: ignore[index]
        inside[last] = (inside[last][0], stay.check_out)  # type: ignore[index]
    return inside


def _write(stay: BookingRoom, wanted: list[tuple[RoomAssignment, tuple[dt.datetime, dt.datetime]]]) -> bool:
    """Write the given rooms with new spans, all or none; False when one is another's then."""
    try:
        with transaction.atomic():
            RoomAssignment.objects.bulk_create(
                RoomAssignment(
                    room_id=one.room_id,
                    booking_room=stay,
                    during=as_range(span),
                    is_locked=one.is_locked,
                )
                for one, span in wanted
            )
    except IntegrityError as error:
        if not is_room_conflict(error):
            raise
        return False
    return bool(wanted)
