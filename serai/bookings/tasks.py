"""Work on bookings and on what can be booked, outside any request."""

from __future__ import annotations

import datetime as dt

import structlog
from celery import shared_task

from serai.bookings.opening import extend_selling
from serai.bookings.services.assign import assign_rooms
from serai.bookings.services.remind import bookings_to_remind, remind_of_deposit
from serai.bookings.services.waitlist import offer_nights, settle_offers
from serai.core.clock import local_date, utc_now
from serai.core.errors import BusyError, DomainError
from serai.properties.models import Property

log = structlog.get_logger(__name__)


@shared_task(time_limit=3600, soft_time_limit=3500)
def extend_horizon() -> int:
    """Put the nights that came within the horizon on sale, a short transaction per property."""
    now = utc_now()
    opened = 0
    for property_ in Property.objects.published().order_by("pk").iterator(chunk_size=500):
        try:
            opened += extend_selling(property=property_, now=now)
        except DomainError as error:
            # The next run comes back to it.
            log.warning("horizon.not_extended", property_id=property_.pk, error=str(error))
    return opened


@shared_task(time_limit=3600, soft_time_limit=3500)
def assign_tomorrows_rooms() -> int:
    """Give rooms to those who arrive tomorrow by the property's own calendar; say how many got one.

    Only where rooms have numbers. Running twice changes nothing.
    """
    now = utc_now()
    given = 0
    numbered = Property.objects.published().filter(rooms__is_active=True).distinct()
    for property_ in numbered.order_by("pk").iterator(chunk_size=500):
        tomorrow = local_date(now, property_.timezone) + dt.timedelta(days=1)
        try:
            given += assign_rooms(property_id=property_.pk, first=tomorrow, last=tomorrow, now=now).given
        except DomainError as error:
            # Who has no room by then gets one on checking in.
            log.warning("rooms.not_assigned", property_id=property_.pk, error=str(error))
    return given


@shared_task(time_limit=300, soft_time_limit=280)
def offer_to_waiting() -> int:
    """Close offers that were not taken and offer free nights to those who wait; say how many were offered.

    The net under `nights.returned`: it also finds nights of holds that ran out.
    """
    now = utc_now()
    settle_offers(now=now)
    try:
        return len(offer_nights(now=now))
    except BusyError as error:
        log.info("waitlist.busy", error=str(error))  # The next run comes back to it.
        return 0


@shared_task(time_limit=1800, soft_time_limit=1700)
def remind_of_deposits() -> int:
    """Mail those whose deposits are due in some days or today; the rows say who has been mailed."""
    now = utc_now()
    sent = 0
    for booking_id in bookings_to_remind(now=now).values_list("pk", flat=True).iterator(chunk_size=500):
        try:
            sent += remind_of_deposit(booking_id=booking_id, now=now)
        except DomainError as error:
            # The next run comes back to it.
            log.warning("deposit.not_reminded", booking_id=booking_id, error=str(error))
    return sent
