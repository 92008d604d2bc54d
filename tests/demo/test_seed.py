"""The demo's seed: what it promises to be there, and that it is there once."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F, Q, Sum
from zeal import zeal_ignore

from serai.accounts.models import User
from serai.bookings.models import Booking, BookingRoom
from serai.core.models import OutboxMessage
from serai.demo import seed
from serai.demo.nights import DAYS_AHEAD, DAYS_BACK
from serai.demo.people import GUEST_EMAIL, HOST_EMAIL, STAFF_EMAIL
from serai.demo.plan import plan_hotels
from serai.inventory.models import Night
from serai.properties.models import Photo, Property, RoomType
from serai.rates.models import (
    ChildBand,
    ChildPrice,
    Extra,
    NightPrice,
    NightRestriction,
    Product,
    Promotion,
    RatePlan,
)
from serai.rates.services.prices import fill_prices
from serai.reviews.models import Review

HOTELS = 24


class Silence:
    """Progress that nobody watches, remembered."""

    def __init__(self) -> None:
        self.last: dict[str, tuple[int, int]] = {}

    @contextlib.contextmanager
    def step(self, text: str) -> Iterator[None]:
        yield

    def update(self, text: str, *, done: int = 0, total: int = 0) -> None:
        self.last[text] = (done, total)


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[seed.SeedReport, Silence]]:
    """One seed for all tests of this file, rolled back afterwards."""
    from django.db import transaction

    class Undo(Exception):
        pass

    with django_db_blocker.unblock(), contextlib.suppress(Undo), transaction.atomic(), zeal_ignore():
        progress = Silence()
        report = seed.run(progress, hotels=HOTELS, now=dt.datetime(2026, 11, 21, 6, 30, tzinfo=dt.UTC))
        yield report, progress
        raise Undo


TODAY = dt.date(2026, 11, 21)


@pytest.mark.usefixtures("seeded")
class TestSeed:
    def test_the_report_counts_what_is_there(self, seeded: tuple[seed.SeedReport, Silence]) -> None:
        report, progress = seeded
        assert report == seed.SeedReport(
            hotels=Property.objects.count(),
            nights=Night.objects.count(),
            photos=Photo.objects.count(),
            reviews=Review.objects.filter(booking__isnull=True).count(),
            bookings=Booking.objects.count(),
        )
        assert report.hotels == HOTELS
        assert report.bookings > 60
        assert progress.last["Photos"][0] == progress.last["Photos"][1] > HOTELS

    def test_a_second_run_changes_nothing(self) -> None:
        before = (User.objects.count(), Property.objects.count(), Booking.objects.count())
        assert seed.is_seeded()
        assert seed.run(Silence(), hotels=HOTELS) == seed.SeedReport()
        assert (User.objects.count(), Property.objects.count(), Booking.objects.count()) == before

    def test_the_accounts_can_sign_in_and_have_their_roles(self) -> None:
        emails = [email for _role, email in seed.ACCOUNTS]
        users = {user.email: user for user in User.objects.filter(email__in=emails)}
        assert set(users) == {GUEST_EMAIL, HOST_EMAIL, STAFF_EMAIL}
        assert users[STAFF_EMAIL].is_staff
        assert not users[HOST_EMAIL].is_staff
        assert all(
            user.emailaddress_set.filter(verified=True, primary=True).exists() for user in users.values()
        )

    def test_the_queue_of_staff_and_the_hosts_draft(self) -> None:
        counted = Counter(Property.objects.values_list("status", flat=True))
        assert counted == {"published": HOTELS - 3, "submitted": 2, "draft": 1}
        assert Property.objects.get(status="draft").memberships.get().user.email == HOST_EMAIL

    def test_the_hosts_reception_is_busy_today(self) -> None:
        stays = Booking.objects.filter(property__memberships__user__email=HOST_EMAIL, channel="site")
        busiest = (
            stays.values("property")
            .annotate(
                in_house=Count("id", filter=Q(state="checked_in")),
                arriving=Count("id", filter=Q(state="confirmed", check_in=TODAY)),
                leaving=Count("id", filter=Q(state="checked_in", check_out=TODAY)),
            )
            .order_by("-in_house")[0]
        )
        assert busiest["in_house"] >= 3
        assert busiest["arriving"] >= 1
        assert busiest["leaving"] >= 1

    def test_sold_equals_the_bookings_night_by_night(self) -> None:
        booked: Counter[tuple[int, dt.date]] = Counter()
        for room_type, check_in, check_out in BookingRoom.objects.filter(
            booking__state__in=Booking.TAKES_NIGHTS
        ).values_list("room_type_id", "check_in", "check_out"):
            for offset in range((check_out - check_in).days):
                booked[room_type, check_in + dt.timedelta(days=offset)] += 1
        sold = {
            (room, date): sold
            for room, date, sold in Night.objects.filter(sold__gt=0).values_list(
                "room_type_id", "date", "sold"
            )
        }
        assert sold == booked
        assert not Night.objects.filter(held__gt=0).exists()

    def test_every_room_has_every_night_and_some_are_sold_out(self) -> None:
        assert Night.objects.count() == RoomType.objects.count() * (DAYS_BACK + DAYS_AHEAD + 1)
        ahead = Night.objects.filter(date__gte=TODAY, room_type__property__status="published")
        assert ahead.filter(allotment=0).exists()
        assert ahead.filter(sold__gt=0).filter(sold=F("allotment")).exists()
        assert ahead.filter(allotment__in=[1, 2], room_type__units__gt=4).exists()

    def test_copied_prices_are_what_the_rates_service_writes(self) -> None:
        product = Product.objects.filter(rate_plan__parent__isnull=True).order_by("id")[3]
        first, last = TODAY - dt.timedelta(days=DAYS_BACK), TODAY + dt.timedelta(days=DAYS_AHEAD)
        prices = NightPrice.objects.filter(product=product)
        assert prices.count() == DAYS_BACK + DAYS_AHEAD + 1
        assert len(set(prices.values_list("amount_minor", flat=True))) >= 4
        assert fill_prices(product_id=product.pk, first=first, last=last, now=dt.datetime.now(dt.UTC)) == 0

    def test_hotels_sell_at_more_than_the_standard_rates(self) -> None:
        families = ChildPrice.objects.values("product__rate_plan__property").distinct().count()
        assert families > HOTELS // 2
        assert set(ChildBand.objects.values_list("max_age", flat=True)) == {6, 12}
        members = RatePlan.objects.filter(audience="members", adjustment_value=-800, parent__isnull=False)
        assert members.count() > HOTELS // 3
        corporate = RatePlan.objects.filter(audience="corporate")
        assert corporate.exists()
        assert all(plan.codes.exists() for plan in corporate.prefetch_related("codes"))
        assert Promotion.objects.filter(code="WELCOME10", limit__isnull=False).exists()
        assert Promotion.objects.filter(min_nights=7).exists()
        assert Promotion.objects.filter(min_days_ahead__gte=30).exists()
        assert Extra.objects.filter(period="stay").exists()
        assert Extra.objects.filter(period="night").exists()
        restricted = NightRestriction.objects.filter(min_stay_arrival=2)
        assert restricted.exists()
        assert {date.weekday() for date in restricted.values_list("date", flat=True)} == {4}

    def test_review_sums_are_exact(self) -> None:
        rows = Property.objects.filter(status="published").annotate(
            n=Count("reviews"), s=Sum("reviews__score")
        )
        for hotel in rows:
            assert (hotel.review_count, hotel.review_total) == (hotel.n, hotel.s)
            assert hotel.n >= 6

    def test_nobody_is_mailed_about_made_up_stays(self) -> None:
        assert not OutboxMessage.objects.filter(topic__startswith="booking.").exists()

    def test_photos_are_ready_and_their_files_exist(self) -> None:
        from django.core.files.storage import default_storage

        photos = list(Photo.objects.all())
        assert len(photos) == HOTELS * 3 + RoomType.objects.count()
        assert {photo.room_type_id for photo in photos} == {
            None,
            *RoomType.objects.values_list("pk", flat=True),
        }
        assert all(set(photo.variants) == {"480", "960"} for photo in photos)
        assert all(default_storage.exists(name) for photo in photos for name in photo.variants.values())
        assert len({photo.original.name for photo in photos}) == len(photos)


def test_plans_are_the_same_every_time_and_differ_from_each_other() -> None:
    plans = plan_hotels(320)
    assert plans == plan_hotels(320)
    assert plans[:310] == plan_hotels(310)
    assert len({plan.name for plan in plans}) == 320
    assert len({plan.description for plan in plans}) == 320
    currencies = {plan.economy.currency for plan in plans}
    assert {"INR", "JPY", "KWD", "BHD", "EUR"} <= currencies
    assert sum(plan.place.country == "IN" for plan in plans) > 150
    assert all(2 <= len(plan.rooms) <= 4 for plan in plans)


@pytest.mark.django_db
def test_an_interrupted_seed_leaves_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(seed, "write_reviews", fail)
    with pytest.raises(KeyboardInterrupt):
        seed.run(Silence(), hotels=3)
    assert not seed.is_seeded()
    assert User.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM inventory_night")
        assert cursor.fetchone() == (0,)


def test_taxes_of_cities_spare_the_young_and_those_who_stay_long() -> None:
    taxes = {plan.place.name: plan.taxes[-1] for plan in plan_hotels(320) if plan.taxes}
    assert (taxes["Berlin"].value, taxes["Berlin"].max_nights) == ("750", 21)
    assert (taxes["Rome"].basis, taxes["Rome"].from_age, taxes["Rome"].max_nights) == ("person", 10, 10)
    assert taxes["Amsterdam"].value == "1250"
