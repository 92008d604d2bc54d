"""The stay itself: guests arrive, leave, or never come."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.bookings.errors import StateConflict
from serai.bookings.models import Booking
from serai.bookings.rules import TRANSITIONS, may_become, terms_from_json
from serai.bookings.selectors import kept_minor, owed_minor, paid_minor
from serai.bookings.services.assign import assign_on_arrival
from serai.bookings.services.charges import charge_stay
from serai.bookings.services.refund import refund_above
from serai.bookings.services.reshape import shorten_assignments
from serai.bookings.settlement import Settlement
from serai.core.db import write_transaction
from serai.core.prepared import prepared_cursor


def check_in_booking(*, booking_id: int, actor: User | None, now: dt.datetime) -> None:
    """The guest is here. Not before the check-in date at the property (`StateConflict`).

    Whoever was not given a room yet gets one now, if rooms have numbers and one is free.
    """
    _move(booking_id, Booking.State.CHECKED_IN, actor=actor, now=now)


def check_out_booking(*, booking_id: int, actor: User | None, now: dt.datetime) -> None:
    """The guest has left. Nights booked and not slept in stay sold; `depart_early` gives them back."""
    _move(booking_id, Booking.State.CHECKED_OUT, actor=actor, now=now)


def mark_no_show(*, booking_id: int, actor: User | None, now: dt.datetime) -> None:
    """The guest never came. Not before the check-in date (`StateConflict`); the nights stay sold.

    It costs what the terms say (`Terms.no_show_minor`), which is then all that is owed: money paid beyond
    it goes back. A booking made before there were terms owes its price.
    """
    with write_transaction():
        if not _move(booking_id, Booking.State.NO_SHOW, actor=actor, now=now):
            return
        booking = Booking.objects.get(pk=booking_id)
        charge_stay(booking=booking, now=now)
        if booking.checkout_id is not None:
            refund_above(booking=booking, keep_minor=kept_minor(booking), reason="no_show", now=now)


def no_show_cost(*, booking: Booking) -> Settlement:
    """What marking a booking as no-show means for its money."""
    paid = paid_minor(booking)
    if not booking.terms:
        return Settlement(booking.total_minor, paid, owed_minor(booking), kept_minor(booking))
    penalty = terms_from_json(booking.terms).no_show_minor
    charged = booking.penalty_minor + penalty
    return Settlement(penalty, paid, charged, charged)


def _move(booking_id: int, state: str, *, actor: User | None, now: dt.datetime) -> bool:
    """Change the state along `rules.TRANSITIONS`; False when it had been done before. Locks the booking.

    What is allowed is tested and done in one statement; the rest is only to say why not.
    """
    with write_transaction():
        with prepared_cursor() as cursor:
            cursor.execute(
                _MOVE,
                {
                    "state": state,
                    "now": now,
                    "booking_id": booking_id,
                    "from_states": [old for old in TRANSITIONS if may_become(old, state)],
                    "actor_id": actor.pk if actor else None,
                },
            )
            moved = cursor.fetchone()
        if moved is not None:
            (has_numbered_rooms,) = moved
            if has_numbered_rooms and state == Booking.State.CHECKED_IN:
                assign_on_arrival(booking_id=booking_id, now=now)
            elif has_numbered_rooms and state == Booking.State.CHECKED_OUT:
                shorten_assignments(booking_id=booking_id, now=now)
            return True
        booking = Booking.objects.get(pk=booking_id)
        if booking.state == state:
            return False
        if not may_become(booking.state, state):
            raise StateConflict(
                _("A booking that is “%(state)s” cannot become that.")
                % {"state": booking.get_state_display()}
            )
        raise StateConflict(_("That can be done from the day of arrival on."))


_MOVE = """
    WITH moved AS (
        UPDATE bookings_booking booking
           SET state = %(state)s, version = version + 1, updated_at = %(now)s,
               penalty_minor = penalty_minor + CASE WHEN %(state)s = 'no_show'
                   THEN COALESCE((terms ->> 'no_show_minor')::bigint, 0) ELSE 0 END
          FROM properties_property property
         WHERE booking.id = %(booking_id)s
           AND booking.state = ANY(%(from_states)s)
           AND property.id = booking.property_id
           AND (%(now)s AT TIME ZONE property.timezone)::date >= booking.check_in
        RETURNING booking.id, booking.property_id,
                  CASE WHEN %(state)s = 'no_show' THEN jsonb_build_object('penalty_minor', penalty_minor)
                       ELSE '{}' END AS data
    ), event AS (
        INSERT INTO bookings_bookingevent (booking_id, kind, actor_id, data, happened_at)
        SELECT id, %(state)s, %(actor_id)s::bigint, data, %(now)s FROM moved
    )
    SELECT EXISTS (SELECT 1 FROM properties_room WHERE property_id = moved.property_id) FROM moved
"""
