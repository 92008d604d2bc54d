"""Channels: what they have sold is accepted, whether there is a room or not; the host finds one."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import StateConflict
from serai.bookings.events import BOOKING_UNPLACED
from serai.bookings.models import Booking, BookingEvent, BookingRoom
from serai.bookings.services.book import BookingDetails, write_booking
from serai.bookings.services.cancel import cancel_booking
from serai.bookings.unplaced import PLACEABLE
from serai.core.db import write_transaction
from serai.core.outbox import emit
from serai.inventory.services import Claim, SoldOut, sell_nights
from serai.properties.models import RoomType


def accept_channel_booking(*, details: BookingDetails, key: str, now: dt.datetime) -> Booking:
    """Write down what a channel has sold; with a known `key` return the booking made before.

    Rooms that are there are booked, in the order of the details; the others are `unplaced`: they take
    no nights, and the hosts are told. Raises `IdempotencyConflict` and `RequestInFlight` as `book_hold`.
    Opens its own transaction; locks the key, then the nights.
    """
    with write_transaction():
        booking, is_new = write_booking(details=details, key=key, now=now)
        if not is_new:
            return booking
        claims = [Claim(room.room_type_id, room.check_in, room.check_out, 1) for room in details.rooms]
        unplaced = _sell_what_is_there(claims, now=now)
        if unplaced:
            # The rows were written in the order of the details.
            rooms = list(booking.rooms.order_by("id"))
            BookingRoom.objects.filter(pk__in=[rooms[index].pk for index in unplaced]).update(
                state=BookingRoom.State.UNPLACED
            )
            BookingEvent.objects.create(
                booking=booking,
                kind="unplaced",
                data={"rooms": [rooms[index].pk for index in unplaced]},
                happened_at=now,
            )
            emit(BOOKING_UNPLACED, {"booking_id": booking.pk, "version": booking.version}, now=now)
        return booking


def _sell_what_is_there(claims: list[Claim], *, now: dt.datetime) -> list[int]:
    """Sell all nights, or those of as many rooms as there are; return the places of the other rooms.

    Asking for all at once has locked every night in order, so the single rooms cannot come out of it.
    """
    try:
        sell_nights(claims=claims, now=now)
    except SoldOut:
        unplaced = []
        for index, claim in enumerate(claims):
            try:
                sell_nights(claims=[claim], now=now)
            except SoldOut:
                unplaced.append(index)
        return unplaced
    return []


def place_room(
    *, booking_room_id: int, property_id: int, room_type_id: int, actor: User | None, now: dt.datetime
) -> Booking:
    """Give a room without nights those of a room type of its hotel: its own, or another at the same price.

    Raises `StateConflict` when it has a room already or the stay is over, `SoldOut` when that type is
    not free, `DoesNotExist` for what is not this property's. Locks the booking, then the nights.
    """
    with write_transaction():
        booking, room = _lock_unplaced(booking_room_id, property_id)
        kind = RoomType.objects.get(pk=room_type_id, property=property_id)
        sell_nights(claims=[Claim(kind.pk, room.check_in, room.check_out, 1)], now=now)
        before = room.room_type_id
        room.state, room.room_type = BookingRoom.State.BOOKED, kind
        room.save(update_fields=["state", "room_type"])
        booking.version += 1
        booking.save(update_fields=["version", "updated_at"])
        BookingEvent.objects.create(
            booking=booking,
            kind="placed",
            actor=actor,
            data={"room": room.pk, "from_room_type": before, "room_type": kind.pk},
            happened_at=now,
        )
        return booking


def relocate_booking(
    *, booking_room_id: int, property_id: int, note: str, actor: User | None, now: dt.datetime
) -> Booking:
    """Cancel the booking of a room that is not there because its guest stays in another house.

    It costs the guest nothing; all its rooms go back. The guest is sent the note instead of the usual
    mail. Raises `StateConflict` when the room was found meanwhile or the stay has begun. Locks as
    `cancel_booking`.
    """
    with write_transaction():
        booking, _room = _lock_unplaced(booking_room_id, property_id)
        BookingEvent.objects.create(
            booking=booking, kind="relocated", actor=actor, data={"note": note}, happened_at=now
        )
        return cancel_booking(booking_id=booking.pk, actor=actor, now=now, is_penalty_waived=True)


def _lock_unplaced(booking_room_id: int, property_id: int) -> tuple[Booking, BookingRoom]:
    """The booking, locked, and its room as it is then."""
    booking = Booking.objects.select_for_update().get(rooms=booking_room_id, property=property_id)
    room = BookingRoom.objects.get(pk=booking_room_id)
    if room.state != BookingRoom.State.UNPLACED or booking.state not in PLACEABLE:
        raise StateConflict(_("This booking has a room by now, or is over."))
    return booking, room
