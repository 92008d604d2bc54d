"""Fills an empty demo: hotels, prices, people, reviews and bookings, always the same ones.

Everything that is a row is written in one transaction, so a seed that is interrupted has written
nothing and is begun again; destinations and drawn pictures, which take longest, are found as they
were left. Dates count from the day of seeding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random
from typing import Protocol

from django.db import connection, transaction

from serai.core.clock import utc_now
from serai.demo.hotels import SOURCE, write_hotels
from serai.demo.nights import DAYS_AHEAD, DAYS_BACK, write_nights
from serai.demo.offers import write_offers
from serai.demo.people import ACCOUNTS, write_people
from serai.demo.photos import PictureStudio, give_photos, plan_pictures, plan_room_pictures
from serai.demo.plan import SEED, plan_hotels
from serai.demo.reviews import write_reviews
from serai.demo.rooms import write_rooms
from serai.demo.stays import write_bookings
from serai.properties.destinations import load_destinations
from serai.properties.models import Property

__all__ = ["ACCOUNTS", "DEFAULT_HOTELS", "SeedReport", "is_seeded", "run"]

DEFAULT_HOTELS = 320
_LOCK = "serai.demo.seed"


class ProgressLike(Protocol):
    """What a seed tells how far it is; `core.local.progress.Progress` is one."""

    def step(self, text: str) -> AbstractContextManager[None]: ...
    def update(self, text: str, *, done: int = 0, total: int = 0) -> None: ...


@dataclass(frozen=True)
class SeedReport:
    """How many rows the demo has; all zero when it was there before."""

    hotels: int = 0
    nights: int = 0
    photos: int = 0
    reviews: int = 0
    bookings: int = 0


def is_seeded() -> bool:
    """Whether the demo's hotels are there: they come last in the seed's only transaction or not at all."""
    return Property.objects.filter(source=SOURCE).exists()


def run(
    progress: ProgressLike, *, hotels: int = DEFAULT_HOTELS, now: dt.datetime | None = None
) -> SeedReport:
    """Seed the demo with so many hotels; does nothing when it was done. Two at once wait in line."""
    now = now or utc_now()
    today = now.date()
    first, last = today - dt.timedelta(days=DAYS_BACK), today + dt.timedelta(days=DAYS_AHEAD)
    if is_seeded():
        return SeedReport()
    plans = plan_hotels(hotels)
    pictures = [picture for plan in plans for picture in (*plan_pictures(plan), *plan_room_pictures(plan))]

    def report(text: str) -> Callable[[int, int], None]:
        return lambda done, total: progress.update(text, done=done, total=total)

    with PictureStudio(pictures) as studio:
        load_destinations(report("Cities"))
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LOCK])
            if is_seeded():
                return SeedReport()
            progress.update("Hotels, rooms and rates", done=0, total=len(plans))
            people = write_people(Random(SEED), hotels=len(plans))
            written = write_hotels(plans, people=people, first=first, last=last, now=now)
            write_offers(written, today=today, last=last)
            nights = write_nights(
                written, first=first, last=last, today=today, report=report("Nights and prices")
            )
            with connection.cursor() as cursor:
                # Without statistics the bookings' queries would be planned for empty tables.
                cursor.execute("ANALYZE")
            reviews = write_reviews(written, today=today)
            bookings = write_bookings(written, people=people, today=today, now=now, report=report("Bookings"))
            write_rooms(written, today=today, now=now)
            studio.finish(report("Photos"))
            photos = give_photos(written, studio)
    studio.clear()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return SeedReport(hotels=len(written), nights=nights, photos=photos, reviews=reviews, bookings=bookings)
