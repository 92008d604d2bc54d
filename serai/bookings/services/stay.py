"""The stay itself: guests arrive, leave, or never come."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import StateConflict
from serai.bookings.models import Booking, BookingEvent
from serai.bookings.rules import may_become
from serai.core.clock import local_date
from serai.core.db import write_transaction


def check_in_booking(*, booking_id: int, actor: User | None, now: dt.datetime) -> Booking:
    """The guest is here. Not before the check-in date at the property (`StateConflict`)."""
    return _move(booking_id, Booking.State.CHECKED_IN, actor=actor, now=now)


def check_out_booking(*, booking_id: int, actor: User | None, now: dt.datetime) -> Booking:
    """The guest has left. Nights that were booked and not slept in stay sold."""
    return _move(booking_id, Booking.State.CHECKED_OUT, actor=actor, now=now)


def mark_no_show(*, booking_id: int, actor: User | None, now: dt.datetime) -> Booking:
    """The guest never came. Not before the check-in date (`StateConflict`); the nights stay sold."""
    return _move(booking_id, Booking.State.NO_SHOW, actor=actor, now=now)


def _move(booking_id: int, state: str, *, actor: User | None, now: dt.datetime) -> Booking:
    """Change the state along `rules.TRANSITIONS`; repeating it is harmless. Locks the booking."""
    with write_transaction():
        booking = (
            Booking.objects.select_for_update(of=("self",)).select_related("property").get(pk=booking_id)
        )
        if booking.state == state:
            return booking
        if not may_become(booking.state, state):
            raise StateConflict(
                _("A booking that is “%(state)s” cannot become that.")
                % {"state": booking.get_state_display()}
            )
        if local_date(now, booking.property.timezone) < booking.check_in:
            raise StateConflict(_("That can be done from the day of arrival on."))
        booking.state = state
        booking.version += 1
        booking.save(update_fields=["state", "version", "updated_at"])
        BookingEvent.objects.create(booking=booking, kind=state, actor=actor, happened_at=now)
        return booking
