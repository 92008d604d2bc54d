"""Change who is in which room: move during the stay, swap two guests, lock, take away."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.assignment_rules import nights_in, stay_span
from serai.bookings.errors import StateConflict
from serai.bookings.models import Booking, RoomAssignment
from serai.bookings.services.assign import assign_room, find_room, lock_stay, note, put_in_room
from serai.bookings.stays import as_range, hours_of, span_in
from serai.core.clock import local_date
from serai.core.db import write_transaction


def move_room(
    *, booking_room_id: int, room_id: int, from_date: dt.date, actor: User | None, now: dt.datetime
) -> RoomAssignment:
    """Another room from a date on, until the end of the stay; both parts are locked then.

    The guest leaves the old room by the check-out hour of that date and has the new one from its
    check-in hour on. Raises `StateConflict` for a date outside the stay or past, and what `assign_room`
    raises. A day use just gets the other room. Locks the booking.
    """
    with write_transaction():
        stay = lock_stay(booking_room_id)
        booking = stay.booking
        if booking.is_day_use or (from_date == stay.check_in and booking.state == Booking.State.CONFIRMED):
            return assign_room(
                booking_room_id=booking_room_id, room_id=room_id, is_locked=True, actor=actor, now=now
            )
        today = local_date(now, booking.property.timezone)
        if not max(stay.check_in, min(today, stay.check_out)) <= from_date < stay.check_out:
            raise StateConflict(_("Choose a day of this stay, from today on and before its departure."))
        room = find_room(stay, room_id)
        hours = hours_of(booking.property)
        for one in RoomAssignment.objects.filter(booking_room=stay):
            first, after = nights_in(span_in(one), hours.timezone)
            if first >= from_date:
                one.delete()
            elif after > from_date:
                one.during = as_range((one.during.lower, stay_span(first, from_date, hours)[1]))
                one.is_locked = True
                one.save(update_fields=["during", "is_locked"])
        given = put_in_room(stay, room, stay_span(from_date, stay.check_out, hours), is_locked=True)
        note(stay, "room_moved", actor, now, room=room.number, from_date=from_date.isoformat())
        return given


def swap_rooms(
    *, first_id: int, second_id: int, actor: User | None, now: dt.datetime
) -> tuple[RoomAssignment, RoomAssignment]:
    """Let two stays (booked rooms) exchange their rooms in one step, or leave both as they were.

    Both must have one room and not have arrived (`StateConflict`). `RoomTaken` names a third guest who
    is in the way, when the two stays are not of the same nights. Locks both bookings, the lower id first.
    """
    with write_transaction():
        bookings = Booking.objects.filter(rooms__in=[first_id, second_id])
        list(
            Booking.objects.select_for_update()
            .filter(pk__in=bookings.values("pk"))
            .order_by("pk")
            .values_list("pk")
        )
        stays = [lock_stay(first_id), lock_stay(second_id)]
        before = []
        for stay in stays:
            own = list(RoomAssignment.objects.filter(booking_room=stay).select_related("room"))
            if len(own) != 1 or stay.booking.state != Booking.State.CONFIRMED or first_id == second_id:
                raise StateConflict(
                    _("Only two guests who have not arrived and have one room each can swap. Move them.")
                )
            if stay.booking.property_id != stays[0].booking.property_id:
                raise StateConflict(_("These two stays are not at the same property."))
            before += own
        RoomAssignment.objects.filter(pk__in=[one.pk for one in before]).delete()
        given = []
        for stay, old, new in zip(stays, before, reversed(before), strict=True):
            room = find_room(stay, new.room_id)
            given.append(put_in_room(stay, room, span_in(old), is_locked=True))
            note(stay, "room_swapped", actor, now, room=room.number)
        return given[0], given[1]


def lock_room(*, booking_room_id: int, actor: User | None, now: dt.datetime) -> None:
    """Promise the stay its room: sharing out leaves it alone. Again is harmless. Locks the booking."""
    _set_lock(booking_room_id, is_locked=True, actor=actor, now=now)


def unlock_room(*, booking_room_id: int, actor: User | None, now: dt.datetime) -> None:
    """Let sharing out move the stay again. Again is harmless. Locks the booking.

    A day use stays locked (`StateConflict`): its room is what was sold.
    """
    _set_lock(booking_room_id, is_locked=False, actor=actor, now=now)


def _set_lock(booking_room_id: int, *, is_locked: bool, actor: User | None, now: dt.datetime) -> None:
    with write_transaction():
        stay = lock_stay(booking_room_id)
        if stay.booking.is_day_use and not is_locked:
            raise StateConflict(_("A day use always keeps its room. Give it another one instead."))
        changed = RoomAssignment.objects.filter(booking_room=stay, is_locked=not is_locked).update(
            is_locked=is_locked
        )
        if changed:
            note(stay, "room_locked" if is_locked else "room_unlocked", actor, now)


def unassign_room(*, booking_room_id: int, actor: User | None, now: dt.datetime) -> None:
    """Take the rooms of a stay away again, before the guest has arrived. Locks the booking.

    Raises `StateConflict` for guests in house and for a day use: they must have a room, so give another.
    """
    with write_transaction():
        stay = lock_stay(booking_room_id)
        if stay.booking.state != Booking.State.CONFIRMED or stay.booking.is_day_use:
            raise StateConflict(_("This guest must have a room. Give another one instead."))
        deleted, _by_model = RoomAssignment.objects.filter(booking_room=stay).delete()
        if deleted:
            note(stay, "room_released", actor, now)
