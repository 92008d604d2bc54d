"""Reminders of deposits: one some days before an instalment is due, one on the day."""

from __future__ import annotations

import datetime as dt

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from serai.bookings.deposits import ScheduledInstalment
from serai.bookings.events import DEPOSIT_DUE
from serai.bookings.models import Booking, BookingEvent
from serai.bookings.selectors import deposit_schedule
from serai.core.clock import local_date
from serai.core.db import write_transaction
from serai.core.outbox import emit

DAYS_BEFORE = 3
SOON, TODAY = "soon", "today"


def bookings_to_remind(*, now: dt.datetime) -> QuerySet[Booking]:
    """Bookings to come with an instalment due about now, by what their terms say."""
    window = dt.timedelta(days=DAYS_BEFORE + 2)
    due = RawSQL(
        "jsonb_path_exists(bookings_booking.terms,"
        " '$.deposits[*] ? (@[0] >= $first && @[0] <= $last)',"
        " jsonb_build_object('first', %s::text, 'last', %s::text))",
        # Instants are kept in UTC and in one form, so that their order is that of their texts.
        [(now - window).isoformat(), (now + window).isoformat()],
        output_field=BooleanField(),
    )
    return Booking.objects.filter(due, state=Booking.State.CONFIRMED).order_by("pk")


def remind_of_deposit(*, booking_id: int, now: dt.datetime) -> int:
    """Remind a guest of what is due of the deposits, each instalment once a stage; return how many mails.

    The first goes out `DAYS_BEFORE` days before, by the property's calendar, unless the booking was made
    later than that; the second on the day. Paid ones are not mentioned. Locks the booking.
    """
    with write_transaction():
        booking = (
            Booking.objects.select_for_update(of=("self",)).select_related("property").get(pk=booking_id)
        )
        if booking.state != Booking.State.CONFIRMED or not booking.guest_email:
            return 0
        zone = booking.property.timezone
        done = {
            (event.data["due_at"], event.data["stage"])
            for event in booking.events.filter(kind="deposit_reminded")
        }
        sent = 0
        for part in deposit_schedule(booking, now=now):
            stage = stage_of(part, booked_date=local_date(booking.booked_at, zone), now=now, timezone=zone)
            if stage is None or part.due_at is None or (part.due_at.isoformat(), stage) in done:
                continue
            data = {"due_at": part.due_at.isoformat(), "stage": stage}
            BookingEvent.objects.create(booking=booking, kind="deposit_reminded", data=data, happened_at=now)
            emit(DEPOSIT_DUE, {"booking_id": booking.pk, **data}, now=now)
            sent += 1
        return sent


def stage_of(
    part: ScheduledInstalment, *, booked_date: dt.date, now: dt.datetime, timezone: str
) -> str | None:
    """Which reminder of an instalment is to go out on the property's day of `now`; None for none."""
    if part.due_at is None or not part.open_minor:
        return None
    today, due = local_date(now, timezone), local_date(part.due_at, timezone)
    if today == due:
        return TODAY
    first = due - dt.timedelta(days=DAYS_BEFORE)
    return SOON if first <= today < due and booked_date <= first else None
