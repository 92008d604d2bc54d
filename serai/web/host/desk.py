"""What the reception needs to know: who comes, who leaves, and every booking of the hosts' properties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from serai.accounts.models import User
from serai.bookings.models import Booking
from serai.core.clock import local_date
from serai.properties.models import Property
from serai.properties.selectors import properties_where

SHOWN = 50


@dataclass(frozen=True)
class Desk:
    """One day at the reception of one or several properties."""

    arrivals: list[Booking]
    departures: list[Booking]
    arrival_count: int
    departure_count: int
    in_house_count: int
    week_count: int


def desk_of(properties: Iterable[Property], *, now: dt.datetime) -> Desk:
    """Arrivals and departures of today, each property by its own calendar.

    Guests who should have come on an earlier day and did not yet count as arrivals.
    """
    by_zone: dict[str, list[int]] = {}
    for property in properties:
        by_zone.setdefault(property.timezone, []).append(property.pk)
    arriving = departing = coming = Q(pk__in=[])
    for zone, ids in by_zone.items():
        today = local_date(now, zone)
        here = Q(property_id__in=ids)
        confirmed = here & Q(state=Booking.State.CONFIRMED)
        arriving |= confirmed & (
            Q(check_in__lte=today, check_out__gt=today) | Q(check_in=today, is_day_use=True)
        )
        departing |= here & Q(state=Booking.State.CHECKED_IN, check_out__lte=today)
        coming |= confirmed & Q(check_in__gt=today, check_in__lte=today + dt.timedelta(days=7))
    mine = Booking.objects.filter(property_id__in=[pk for ids in by_zone.values() for pk in ids])
    counts = mine.aggregate(
        arrivals=Count("pk", filter=arriving),
        departures=Count("pk", filter=departing),
        in_house=Count("pk", filter=Q(state=Booking.State.CHECKED_IN)),
        week=Count("pk", filter=coming),
    )
    today_rows = list(
        with_rooms(mine.filter(arriving | departing)).order_by("check_in", "guest_name", "id")[: 2 * SHOWN]
    )
    return Desk(
        arrivals=[booking for booking in today_rows if booking.state == Booking.State.CONFIRMED][:SHOWN],
        departures=[booking for booking in today_rows if booking.state == Booking.State.CHECKED_IN][:SHOWN],
        arrival_count=counts["arrivals"],
        departure_count=counts["departures"],
        in_house_count=counts["in_house"],
        week_count=counts["week"],
    )


def with_rooms(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Bookings with what a row of a list shows."""
    return bookings.select_related("property").prefetch_related("rooms__room_type")


FILTERS: Mapping[str, Q] = {
    "upcoming": Q(state=Booking.State.CONFIRMED),
    "in_house": Q(state=Booking.State.CHECKED_IN),
    "past": Q(state__in=[Booking.State.CHECKED_OUT, Booking.State.NO_SHOW]),
    "cancelled": Q(state=Booking.State.CANCELLED),
}


def bookings_for_host(
    *, user: User, show: str, text: str = "", property_id: int | None = None
) -> QuerySet[Booking]:
    """Bookings of the properties where the user may see them; `show` is a key of `FILTERS`.

    `text` is looked for in reference, name, e-mail and telephone. The next arrival comes first; past
    and cancelled ones start with the latest.
    """
    bookings = Booking.objects.filter(
        FILTERS[show], property__in=properties_where(user=user, permission="view_bookings")
    )
    if property_id is not None:
        bookings = bookings.filter(property_id=property_id)
    if text:
        bookings = bookings.filter(
            Q(reference__iexact=text)
            | Q(guest_name__icontains=text)
            | Q(guest_email__icontains=text)
            | Q(guest_phone__icontains=text)
        )
    order = ("check_in", "id") if show in {"upcoming", "in_house"} else ("-check_in", "-id")
    return with_rooms(bookings).order_by(*order)
