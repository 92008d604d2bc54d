"""Work on bookings and on what can be booked, outside any request."""

from __future__ import annotations

import structlog
from celery import shared_task

from serai.bookings.opening import extend_selling
from serai.bookings.services.waitlist import offer_nights, settle_offers
from serai.core.clock import utc_now
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
