"""What a host changes of a booking: the amount is shown first, and that amount is charged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from zeal import zeal_ignore

from serai.bookings.audit import recount
from serai.bookings.models import Booking
from serai.bookings.services import check_in_booking
from serai.rates.models import CancellationPolicy, DepositStep
from serai.rates.rules import Party
from tests.bookings.desk import CHECK_IN, CHECK_OUT, book_stay, counters
from tests.factories import NOW, Hotel, make_hotel

pytestmark = pytest.mark.django_db

LATE = dt.datetime(2026, 12, 9, 9, tzinfo=dt.UTC)  # cancelling costs the first night
ARRIVAL = dt.datetime(2026, 12, 10, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(published_at=NOW)


@pytest.fixture
def host(client: Client, hotel: Hotel) -> Client:
    with zeal_ignore():
        client.force_login(hotel.host)
    return client


def book(hotel: Hotel, *, rooms: int = 1, nights: int = 2) -> Booking:
    with zeal_ignore():
        return book_stay(
            hotel.flexible,
            rooms=rooms,
            party=Party(2 * rooms),
            check_out=CHECK_IN + dt.timedelta(days=nights),
        )


def page_of(booking: Booking, action: str = "") -> str:
    return f"/host/bookings/{booking.reference}/" + (f"{action}/" if action else "")


def test_a_host_changes_when_the_guest_cannot_any_more(host: Client, hotel: Hotel) -> None:
    booking = book(hotel)
    with time_machine.travel(LATE, tick=False):
        page = host.get(page_of(booking, "change"), {"check_in": "2026-12-10", "check_out": "2026-12-13"})
        offer = page.context["offer"]
        assert [(line.why, line.amount_minor) for line in offer.lines] == [("Nights that are new", 400_000)]
        response = host.post(page_of(booking, "change"), {"token": offer.quote.token})
    assert response["Location"] == page_of(booking)
    booking.refresh_from_db()
    assert (booking.check_out, booking.total_minor) == (CHECK_OUT + dt.timedelta(days=1), 1_200_000)
    event = booking.events.order_by("pk").last()
    assert event is not None
    assert event.actor == hotel.host


def test_wrong_dates_are_said_beside_the_field(host: Client, hotel: Hotel) -> None:
    booking = book(hotel)
    page = host.get(page_of(booking, "change"), {"check_in": "2026-12-12", "check_out": "2026-12-10"})
    assert page.status_code == 422
    page = host.get(page_of(booking, "change"), {"check_in": "2027-12-12", "check_out": "2027-12-13"})
    assert page.status_code == 409
    assert b"not on sale" in page.content


@pytest.mark.parametrize(("charge", "penalty"), [("terms", 400_000), ("nothing", 0)])
def test_rooms_are_cancelled_as_agreed_or_for_nothing(
    host: Client, hotel: Hotel, charge: str, penalty: int
) -> None:
    booking = book(hotel, rooms=2)
    room = booking.rooms.order_by("pk").last()
    assert room is not None
    with time_machine.travel(LATE, tick=False):
        url = page_of(booking, "rooms")
        assert host.get(url).context["cost"] is None
        page = host.get(url, {"room": room.pk})
        assert page.context["cost"].penalty_minor == 400_000
        stale = host.post(url, {"room": room.pk, "penalty_minor": "1", "charge": "terms"})
        assert stale["Location"] == url
        host.post(url, {"room": room.pk, "penalty_minor": "400000", "charge": charge})
    booking.refresh_from_db()
    assert (booking.total_minor, booking.penalty_minor) == (800_000, penalty)
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert recount() == []
    assert "Rooms cancelled" in host.get(page_of(booking)).content.decode()


def test_leaving_early_shows_what_it_costs(host: Client, hotel: Hotel) -> None:
    CancellationPolicy.objects.update(early_departure_percent=50)
    booking = book(hotel, nights=4)
    with time_machine.travel(ARRIVAL, tick=False), zeal_ignore():
        check_in_booking(booking_id=booking.pk, actor=hotel.host, now=ARRIVAL)
    with time_machine.travel(ARRIVAL + dt.timedelta(days=2), tick=False):
        assert b"Leaves early" in host.get(page_of(booking)).content
        page = host.get(page_of(booking, "departure"))
        assert (page.context["departure"].nights, page.context["cost"].penalty_minor) == (2, 400_000)
        stale = host.post(page_of(booking, "departure"), {"penalty_minor": "0"})
        assert stale["Location"] == page_of(booking, "departure")
        host.post(page_of(booking, "departure"), {"penalty_minor": "400000"})
        page = host.get(page_of(booking))
    booking.refresh_from_db()
    assert (booking.state, booking.total_minor, booking.penalty_minor) == ("checked_out", 800_000, 400_000)
    assert "Left early" in page.content.decode()
    assert "For nights and rooms given up" in page.content.decode()
    assert recount() == []


def test_not_coming_shows_what_it_costs(host: Client, hotel: Hotel) -> None:
    booking = book(hotel)
    with time_machine.travel(ARRIVAL, tick=False):
        page = host.get(page_of(booking, "no-show"))
        assert page.context["no_show"].penalty_minor == 400_000
        assert "₹4,000" in page.content.decode()
        host.post(page_of(booking, "no-show"))
        page = host.get(page_of(booking))
    assert "Price of the stay, not charged" in page.content.decode()
    assert page.context["balance_minor"] == 400_000


def test_overdue_deposits_stand_out(host: Client, hotel: Hotel) -> None:
    DepositStep.objects.create(
        policy=hotel.flexible.rate_plan.policy, days_before=14, kind="percent", value=50
    )
    CancellationPolicy.objects.update(kept_until=dt.time(18))
    booking = book(hotel)
    assert "Deposit overdue" not in host.get("/host/bookings/").content.decode()
    page = host.get(page_of(booking)).content.decode()
    assert "Overdue" not in page
    assert 'datetime="2026-12-10T12:30:00+00:00" data-zone="Asia/Kolkata"' in page
    with time_machine.travel(dt.datetime(2026, 11, 26, 8, 30, tzinfo=dt.UTC), tick=False):
        assert "Deposit overdue" in host.get("/host/bookings/").content.decode()
        page = host.get(page_of(booking))
        assert "is overdue. The booking stays until you decide otherwise." in page.content.decode()
    booking.refresh_from_db()
    assert booking.state == "confirmed"


@pytest.mark.parametrize("action", ["change", "rooms", "departure"])
def test_strangers_change_nothing(client: Client, hotel: Hotel, action: str) -> None:
    booking = book(hotel, rooms=2)
    with zeal_ignore():
        client.force_login(make_hotel().host)
    before = Booking.objects.values().get()
    assert client.get(page_of(booking, action)).status_code == 404
    data = {"room": booking.rooms.first().pk, "penalty_minor": "0"}  # type: ignore[union-attr]
    assert client.post(page_of(booking, action), data).status_code == 404
    assert Booking.objects.values().get() == before
