"""My trips: what a guest sees and does after booking."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar
from zeal import zeal_ignore

from serai.bookings.models import Booking
from serai.bookings.quotes import StayRequest, make_quote, request_rooms
from serai.bookings.services import complete_checkout, hold_quote, save_guest_details
from serai.inventory.models import Night
from serai.payments import fake_provider
from serai.payments.models import Payment
from serai.rates.models import DepositStep, Extra
from serai.rates.rules import Party
from tests.factories import NOW, Hotel, UserFactory, make_hotel

pytestmark = pytest.mark.django_db

CHECK_IN, CHECK_OUT = dt.date(2026, 12, 1), dt.date(2026, 12, 3)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


@pytest.fixture
def guest():
    return UserFactory.create()


@pytest.fixture
def signed_in(client: Client, guest) -> Client:
    client.force_login(guest)
    return client


def book(hotel: Hotel, guest, *, check_in: dt.date = CHECK_IN, check_out: dt.date = CHECK_OUT) -> Booking:
    with zeal_ignore():
        return _book(hotel, guest, request_rooms(hotel.flexible.pk, check_in, check_out, Party(2)))


def _book(hotel: Hotel, guest, request: StayRequest) -> Booking:
    checkout = hold_quote(token=make_quote(request=request, now=NOW).token, user=guest, now=NOW)
    save_guest_details(
        checkout_id=checkout.pk,
        guest_name="Maya Rao",
        guest_email=guest.email,
        guest_phone="",
        arrival_time="",
        requests="",
        payment_method="pay_at_property",
        now=NOW,
    )
    return complete_checkout(checkout_id=checkout.pk, now=NOW)


def sold(hotel: Hotel) -> dict[int, int]:
    rows = Night.objects.filter(room_type=hotel.room_type, sold__gt=0).order_by("date")
    return {date.day: units for date, units in rows.values_list("date", "sold")}


def test_signed_out_is_asked_to_sign_in(client, hotel, guest):
    booking = book(hotel, guest)
    for path in ("/trips/", f"/trips/{booking.reference}/", f"/bookings/{booking.reference}/confirmed/"):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("page", ["", "cancel/", "change/", "voucher.pdf", "stay.ics"])
def test_other_guests_bookings_do_not_exist(signed_in, hotel, page):
    booking = book(hotel, UserFactory.create())
    assert signed_in.get(f"/trips/{booking.reference}/{page}").status_code == 404
    assert signed_in.post(f"/trips/{booking.reference}/cancel/", {"penalty_minor": "0"}).status_code == 404
    booking.refresh_from_db()
    assert booking.state == "confirmed"


def test_list_asks_as_often_for_one_as_for_many(signed_in, guest, django_assert_num_queries):
    hotel = make_hotel(units=30)
    book(hotel, guest)
    signed_in.get("/trips/")
    with django_assert_num_queries(4):
        signed_in.get("/trips/")
    for _ in range(15):
        book(hotel, guest)
    with django_assert_num_queries(4):
        response = signed_in.get("/trips/")
    assert len(response.context["page"].object_list) == 16


def test_empty_list_says_what_to_do(signed_in):
    assert b"No trips yet" in signed_in.get("/trips/").content


def test_trip_page_budget(signed_in, hotel, guest, django_assert_num_queries):
    booking = book(hotel, guest)
    signed_in.get("/trips/")
    with django_assert_num_queries(9):
        response = signed_in.get(f"/trips/{booking.reference}/")
    assert response.context["balance_minor"] == 800_000


def test_cancel_shows_the_exact_penalty_first(signed_in, hotel, guest):
    booking = book(hotel, guest)
    page = signed_in.get(f"/trips/{booking.reference}/cancel/")
    assert page.context["cost"].penalty_minor == 0
    # Check-in is 14:00 in India on the first: a day before that the first night is due.
    with time_machine.travel(dt.datetime(2026, 11, 30, 8, 30, tzinfo=dt.UTC)):
        stale = signed_in.post(f"/trips/{booking.reference}/cancel/", {"penalty_minor": "0"})
        assert stale["Location"] == f"/trips/{booking.reference}/cancel/"
        booking.refresh_from_db()
        assert booking.state == "confirmed"
        page = signed_in.get(f"/trips/{booking.reference}/cancel/")
        assert page.context["cost"].penalty_minor == 400_000
        signed_in.post(f"/trips/{booking.reference}/cancel/", {"penalty_minor": "400000"})
    booking.refresh_from_db()
    assert (booking.state, booking.penalty_minor) == ("cancelled", 400_000)
    assert sold(hotel) == {}
    assert signed_in.get(f"/trips/{booking.reference}/cancel/")["Location"] == f"/trips/{booking.reference}/"


def test_change_is_priced_before_it_is_accepted(signed_in, hotel, guest):
    booking = book(hotel, guest)
    page = signed_in.get(f"/trips/{booking.reference}/change/?check_in=2026-12-02&check_out=2026-12-05")
    offer = page.context["offer"]
    assert (offer.old_total_minor, offer.quote.price.total_minor, offer.difference_minor) == (
        800_000,
        1_200_000,
        400_000,
    )
    assert sold(hotel) == {1: 1, 2: 1}
    response = signed_in.post(f"/trips/{booking.reference}/change/", {"token": offer.quote.token})
    assert response["Location"] == f"/trips/{booking.reference}/"
    booking.refresh_from_db()
    assert (booking.check_in.day, booking.check_out.day, booking.total_minor) == (2, 5, 1_200_000)
    assert sold(hotel) == {2: 1, 3: 1, 4: 1}


def test_change_to_taken_dates_keeps_the_old_ones(signed_in, guest):
    hotel = make_hotel(units=1)
    booking = book(hotel, guest)
    book(hotel, UserFactory.create(), check_in=dt.date(2026, 12, 4), check_out=dt.date(2026, 12, 6))
    page = signed_in.get(f"/trips/{booking.reference}/change/?check_in=2026-12-02&check_out=2026-12-05")
    response = signed_in.post(
        f"/trips/{booking.reference}/change/", {"token": page.context["offer"].quote.token}
    )
    assert response["Location"] == f"/trips/{booking.reference}/change/"
    assert sold(hotel) == {1: 1, 2: 1, 4: 1, 5: 1}


def test_change_with_dates_that_make_no_sense(signed_in, hotel, guest):
    booking = book(hotel, guest)
    page = signed_in.get(f"/trips/{booking.reference}/change/?check_in=2026-12-05&check_out=2026-12-02")
    assert page.context["form"].errors["check_out"] == ["Check-out must be after check-in."]
    assert "offer" not in page.context


def test_voucher_and_calendar_file(signed_in, hotel, guest):
    booking = book(hotel, guest)
    voucher = signed_in.get(f"/trips/{booking.reference}/voucher.pdf")
    assert voucher.content.startswith(b"%PDF-")
    assert f'filename="voucher-{booking.reference}.pdf"' in voucher["Content-Disposition"]
    event = Calendar.from_ical(signed_in.get(f"/trips/{booking.reference}/stay.ics").content).walk("VEVENT")[
        0
    ]
    assert event.decoded("dtstart") == dt.datetime(2026, 12, 1, 8, 30, tzinfo=dt.UTC)
    assert event.decoded("dtend") == dt.datetime(2026, 12, 3, 5, 30, tzinfo=dt.UTC)


def test_nobody_cancels_a_night_that_is_past(signed_in, hotel, guest):
    booking = book(hotel, guest)
    # Midnight in India after the day of arrival.
    with time_machine.travel(dt.datetime(2026, 12, 1, 18, 30, tzinfo=dt.UTC)):
        assert b"Cancel the booking" not in signed_in.get(f"/trips/{booking.reference}/").content
        assert signed_in.get(f"/trips/{booking.reference}/cancel/").status_code == 302
        signed_in.post(f"/trips/{booking.reference}/cancel/", {"penalty_minor": "400000"})
    booking.refresh_from_db()
    assert booking.state == "confirmed"
    assert sold(hotel) == {1: 1, 2: 1}
    with time_machine.travel(dt.datetime(2026, 12, 1, 18, 29, tzinfo=dt.UTC)):
        signed_in.post(f"/trips/{booking.reference}/cancel/", {"penalty_minor": "400000"})
    booking.refresh_from_db()
    assert booking.state == "cancelled"


def book_two(hotel: Hotel, guest) -> Booking:
    with zeal_ignore():
        return _book(hotel, guest, request_rooms(hotel.flexible.pk, CHECK_IN, CHECK_OUT, Party(4), 2))


def test_one_of_several_rooms_is_cancelled_at_its_own_price(signed_in, hotel, guest):
    booking = book_two(hotel, guest)
    first, second = booking.rooms.order_by("pk")
    url = f"/trips/{booking.reference}/cancel/"
    with time_machine.travel(dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)):
        page = signed_in.get(url)
        assert page.context["cost"].penalty_minor == 800_000
        assert [(room, penalty) for room, penalty, _chosen in page.context["choices"]] == [
            (first, 400_000),
            (second, 400_000),
        ]
        page = signed_in.get(f"{url}?room={second.pk}")
        cost = page.context["cost"]
        assert (page.context["chosen"], cost.penalty_minor, cost.owed_minor) == (
            [second.pk],
            400_000,
            1_200_000,
        )
        stale = signed_in.post(url, {"room": second.pk, "penalty_minor": "0"})
        assert stale["Location"] == url
        assert sold(hotel) == {1: 2, 2: 2}
        signed_in.post(url, {"room": second.pk, "penalty_minor": "400000"})
        page = signed_in.get(f"/trips/{booking.reference}/")
    booking.refresh_from_db()
    assert (booking.state, booking.total_minor, booking.penalty_minor) == ("confirmed", 800_000, 400_000)
    assert sold(hotel) == {1: 1, 2: 1}
    assert page.context["balance_minor"] == 1_200_000
    assert b"For what was cancelled" in page.content


def test_rooms_of_others_are_not_cancelled(signed_in, hotel, guest):
    booking, other = book(hotel, guest), book(hotel, UserFactory.create())
    room = other.rooms.get()
    page = signed_in.get(f"/trips/{booking.reference}/cancel/?room={room.pk}")
    assert page.context["chosen"] == [booking.rooms.get().pk]
    signed_in.post(f"/trips/{booking.reference}/cancel/", {"room": room.pk, "penalty_minor": "0"})
    assert sold(hotel) == {1: 2, 2: 2}
    other.refresh_from_db()
    assert other.state == "confirmed"


def test_change_of_room_guests_and_extras(signed_in, hotel, guest):
    booking = book(hotel, guest)
    breakfast = Extra.objects.create(property=hotel.property, name="Breakfast", amount_minor=5_000)
    url = f"/trips/{booking.reference}/change/"
    assert b"Breakfast" in signed_in.get(url).content
    query = {
        "check_in": "2026-12-01",
        "check_out": "2026-12-03",
        "rooms": "1",
        "room_0_product": hotel.flexible.pk,
        "room_0_adults": "2",
        "room_0_children": "5",
        f"extra_{breakfast.pk}": "1",
    }
    page = signed_in.get(url, query)
    offer = page.context["offer"]
    assert [(line.why, line.amount_minor) for line in offer.lines] == [("Extras", 5_000)]
    signed_in.post(url, {"token": offer.quote.token})
    booking.refresh_from_db()
    assert (booking.total_minor, booking.children_ages) == (805_000, [5])
    # A rate that is paid in advance is refused in words, and there is nothing to press.
    page = signed_in.get(url, {**query, "room_0_product": hotel.saver.pk})
    assert "₹7,200.00 of it is not paid" in page.content.decode()
    assert b"Accept the change" not in page.content


def test_a_room_is_added(signed_in, hotel, guest):
    booking = book(hotel, guest)
    url = f"/trips/{booking.reference}/change/"
    page = signed_in.get(url, {"check_in": "2026-12-01", "check_out": "2026-12-03", "rooms": "1", "add": "1"})
    assert page.context["form"].room_count == 2
    # What was left out of the link stands in the form as it is booked.
    assert [room.adults.value() for room in page.context["form"].room_fields] == [2, 2]
    signed_in.post(url, {"token": page.context["offer"].quote.token})
    booking.refresh_from_db()
    assert (booking.total_minor, booking.rooms.count()) == (1_600_000, 2)
    assert sold(hotel) == {1: 2, 2: 2}


def test_what_cannot_be_read_stays_in_the_form(signed_in, hotel, guest):
    booking = book(hotel, guest)
    query = {"check_in": "2026-12-01", "check_out": "2026-12-03", "rooms": "1", "room_0_children": "five"}
    page = signed_in.get(f"/trips/{booking.reference}/change/", query)
    assert page.status_code == 422
    assert b'value="five"' in page.content
    assert "offer" not in page.context


def test_deposits_are_paid_from_the_trip(signed_in, hotel, guest, run_outbox):
    DepositStep.objects.create(
        policy=hotel.flexible.rate_plan.policy, days_before=3, kind="percent", value=50
    )
    booking = book(hotel, guest)
    url = f"/trips/{booking.reference}/"
    page = signed_in.get(url)
    assert page.context["payable"] == [400_000, 800_000]
    assert 'datetime="2026-11-28T08:30:00+00:00" data-zone="Asia/Kolkata"' in page.content.decode()
    assert signed_in.post(f"{url}pay/", {"amount_minor": "1"})["Location"] == url
    assert not Payment.objects.exists()
    bank = signed_in.post(f"{url}pay/", {"amount_minor": "400000"})["Location"]
    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.redirect_url) == (400_000, bank)
    assert signed_in.get(f"{url}paid/")["Location"] == url  # not paid yet
    fake_provider.submit_card(
        charge_id=payment.provider_ref, number="4242424242424242", expiry=(2030, 12), cvc="123", now=NOW
    )
    page = signed_in.get(f"{url}paid/", follow=True)
    assert b"your payment has arrived" in page.content
    assert (page.context["payable"], page.context["paid_minor"], page.context["balance_minor"]) == (
        [],
        400_000,
        400_000,
    )
    with time_machine.travel(dt.datetime(2026, 11, 29, tzinfo=dt.UTC)):
        other = book(hotel, guest)
        assert b"Overdue" not in signed_in.get(url).content
        assert b"Overdue" in signed_in.get(f"/trips/{other.reference}/").content
