"""The waiting list: first come, first offered; one night, one guest; what is not taken goes on."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import transaction

from serai.accounts.models import User
from serai.bookings.audit import recount
from serai.bookings.errors import NotOffered, WaitlistRefused
from serai.bookings.models import Booking, Checkout, WaitlistEntry
from serai.bookings.quotes import request_rooms
from serai.bookings.services import (
    abandon_checkout,
    cancel_booking,
    complete_checkout,
    join_waitlist,
    leave_waitlist,
    offer_nights,
    waitlist,
)
from serai.bookings.services.waitlist import settle_offers
from serai.bookings.tasks import offer_to_waiting
from serai.core.errors import BusyError
from serai.core.models import OutboxMessage, SentMail
from serai.inventory.models import Hold
from serai.inventory.services import release_expired_holds
from serai.rates.models import RatePlan
from serai.rates.rules import Party
from tests.bookings.desk import CHECK_IN, CHECK_OUT, book_stay, counters, fill_in, hold_stay, patiently
from tests.factories import NOW, Hotel, UserFactory, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

State = WaitlistEntry.State
COUPLE = Party(2)
HOUR = dt.timedelta(hours=1)
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


@pytest.fixture
def booked(hotel: Hotel) -> list[Booking]:
    """Both rooms of the hotel are taken."""
    return [book_stay(hotel.flexible) for _ in range(2)]


def join(hotel: Hotel, *, user: User | None = None, **wish: Any) -> WaitlistEntry:
    check_in, check_out = wish.pop("check_in", CHECK_IN), wish.pop("check_out", CHECK_OUT)
    rooms = wish.pop("rooms", 1)
    request = request_rooms(hotel.flexible.pk, check_in, check_out, Party(2 * rooms), rooms, **wish)
    return join_waitlist(request=request, user=user or UserFactory.create(), language="en", now=NOW)


def state_of(*entries: WaitlistEntry) -> list[str]:
    found = WaitlistEntry.objects.in_bulk([entry.pk for entry in entries])
    return [found[entry.pk].state for entry in entries]


def give_back(booking: Booking, *, now: dt.datetime = NOW) -> None:
    cancel_booking(booking_id=booking.pk, actor=None, now=now)


def offer_of(entry: WaitlistEntry) -> Checkout:
    entry.refresh_from_db()
    assert entry.checkout is not None
    return entry.checkout


def test_nobody_waits_for_what_can_be_booked(hotel: Hotel) -> None:
    with pytest.raises(WaitlistRefused, match="free right now"):
        join(hotel)
    assert not WaitlistEntry.objects.exists()


def test_joining_twice_is_waiting_once(hotel: Hotel, booked: list[Booking]) -> None:
    user = UserFactory.create()
    first = join(hotel, user=user)
    assert join(hotel, user=user) == first
    assert (first.state, first.room_type, first.product) == ("waiting", hotel.room_type, hotel.flexible)
    assert WaitlistEntry.objects.count() == 1
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]


def test_ten_stays_are_the_most_one_person_waits_for(hotel: Hotel) -> None:
    user = UserFactory.create()
    dates = [CHECK_IN + dt.timedelta(days=offset) for offset in range(11)]
    for date in dates:
        for _ in range(2):
            book_stay(hotel.flexible, check_in=date, check_out=date + ONE_DAY)
    entries = [join(hotel, user=user, check_in=date, check_out=date + ONE_DAY) for date in dates[:10]]
    with pytest.raises(WaitlistRefused, match="10 stays"):
        join(hotel, user=user, check_in=dates[10], check_out=dates[10] + ONE_DAY)
    leave_waitlist(entry_id=entries[0].pk, user=user, now=NOW)
    join(hotel, user=user, check_in=dates[10], check_out=dates[10] + ONE_DAY)
    assert WaitlistEntry.objects.filter(user=user, state=State.WAITING).count() == 10


def test_who_could_not_book_cannot_wait(hotel: Hotel, booked: list[Booking]) -> None:
    with pytest.raises(NotOffered, match="too small"):
        join_waitlist(
            request=request_rooms(hotel.flexible.pk, CHECK_IN, CHECK_OUT, Party(9)),
            user=UserFactory.create(),
            language="en",
            now=NOW,
        )
    with pytest.raises(WaitlistRefused):
        join(hotel, block_id=1)
    assert not WaitlistEntry.objects.exists()


def test_a_returned_night_is_held_for_the_first_in_line_who_is_told(
    hotel: Hotel, booked: list[Booking], run_outbox: Callable[..., int], settings: Any
) -> None:
    first, second = join(hotel), join(hotel)
    give_back(booked[0])
    with time_machine.travel(NOW, tick=False):
        run_outbox(now=NOW)
    assert state_of(first, second) == ["offered", "waiting"]
    checkout = offer_of(first)
    assert (checkout.user, checkout.state) == (first.user, "open")
    assert checkout.hold.expires_at == NOW + 2 * HOUR
    assert first.offered_at == NOW
    assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]
    mail = SentMail.objects.get(key=f"waitlist:{first.pk}:offer")
    assert mail.recipient == first.user.email
    assert f"/checkout/{checkout.pk}/" in mail.text
    # 06:30 UTC and two hours are 14:00 in India.
    assert "21 November 2026, 14:00" in mail.text
    run_outbox(now=NOW)
    assert recount() == []


def test_an_offer_that_is_booked_ends_the_wait(hotel: Hotel, booked: list[Booking]) -> None:
    entry = join(hotel)
    give_back(booked[0])
    assert offer_nights(now=NOW) == [entry.pk]
    checkout = offer_of(entry)
    fill_in(checkout)
    complete_checkout(checkout_id=checkout.pk, now=NOW + HOUR)
    settle_offers(now=NOW + HOUR)
    assert state_of(entry) == ["booked"]
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]


def test_an_offer_that_is_not_taken_passes_to_the_next(hotel: Hotel, booked: list[Booking]) -> None:
    first, second = join(hotel), join(hotel)
    give_back(booked[0])
    with time_machine.travel(NOW):
        assert offer_to_waiting() == 1
    later = NOW + 2 * HOUR
    with transaction.atomic():
        release_expired_holds(now=later)
    with time_machine.travel(later):
        assert offer_to_waiting() == 1
    assert state_of(first, second) == ["lapsed", "offered"]
    assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]


def test_an_offer_given_up_passes_to_the_next(
    hotel: Hotel, booked: list[Booking], run_outbox: Callable[..., int]
) -> None:
    first, second, third = join(hotel), join(hotel), join(hotel)
    give_back(booked[0])
    offer_nights(now=NOW)
    abandon_checkout(checkout_id=offer_of(first).pk, now=NOW)
    with time_machine.travel(NOW):
        assert offer_to_waiting() == 1
    assert state_of(first, second, third) == ["lapsed", "offered", "waiting"]
    leave_waitlist(entry_id=second.pk, user=second.user, now=NOW)
    run_outbox(now=NOW)
    assert state_of(first, second, third) == ["lapsed", "left", "offered"]
    assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]


def test_late_money_makes_a_lapsed_offer_a_booked_one(hotel: Hotel, booked: list[Booking]) -> None:
    entry = join(hotel)
    give_back(booked[0])
    offer_nights(now=NOW)
    checkout = offer_of(entry)
    fill_in(checkout)
    late = NOW + 2 * HOUR
    settle_offers(now=late)
    assert state_of(entry) == ["lapsed"]
    complete_checkout(checkout_id=checkout.pk, now=late)
    settle_offers(now=late)
    assert state_of(entry) == ["booked"]


def test_one_returned_night_is_offered_once_to_the_first_whom_it_helps(
    hotel: Hotel, booked: list[Booking]
) -> None:
    two_rooms = join(hotel, rooms=2)
    longer = join(hotel, check_in=CHECK_IN - ONE_DAY, check_out=CHECK_OUT)
    same, last = join(hotel), join(hotel)
    for _ in range(2):
        book_stay(hotel.flexible, check_in=CHECK_IN - ONE_DAY, check_out=CHECK_IN)
    give_back(booked[0])
    assert offer_nights(room_type_ids=[hotel.room_type.pk], now=NOW) == [same.pk]
    assert state_of(two_rooms, longer, same, last) == ["waiting", "waiting", "offered", "waiting"]
    assert offer_nights(now=NOW) == []
    give_back(booked[1])
    assert offer_nights(now=NOW) == [last.pk]
    assert counters(hotel.room_type.pk) == [(2, 0), (2, 0)]


def test_who_wants_two_rooms_keeps_the_place_and_gets_both(hotel: Hotel, booked: list[Booking]) -> None:
    two_rooms, one = join(hotel, rooms=2), join(hotel)
    for booking in booked:
        give_back(booking)
    assert offer_nights(now=NOW) == [two_rooms.pk]
    assert state_of(two_rooms, one) == ["offered", "waiting"]
    assert counters(hotel.room_type.pk) == [(2, 0), (2, 0)]


def test_what_is_not_offered_any_more_lapses_with_the_reason(hotel: Hotel, booked: list[Booking]) -> None:
    entry, product = join(hotel), hotel.flexible
    RatePlan.objects.filter(pk=product.rate_plan_id).update(audience="code")
    give_back(booked[0])
    assert offer_nights(now=NOW) == []
    entry.refresh_from_db()
    assert entry.state == "lapsed"
    assert entry.note == "This room is not on sale for all of these nights. Please choose other dates."
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]


def test_who_should_have_arrived_waits_no_more(hotel: Hotel, booked: list[Booking]) -> None:
    entry = join(hotel)
    with time_machine.travel(dt.datetime(2026, 12, 10, 18, 29, tzinfo=dt.UTC)):
        offer_to_waiting()
    assert state_of(entry) == ["waiting"]
    with time_machine.travel(dt.datetime(2026, 12, 10, 18, 30, tzinfo=dt.UTC)):
        offer_to_waiting()
    assert state_of(entry) == ["lapsed"]


def test_nobody_leaves_for_somebody_else(hotel: Hotel, booked: list[Booking]) -> None:
    entry = join(hotel)
    with pytest.raises(WaitlistEntry.DoesNotExist):
        leave_waitlist(entry_id=entry.pk, user=UserFactory.create(), now=NOW)
    assert state_of(entry) == ["waiting"]
    leave_waitlist(entry_id=entry.pk, user=entry.user, now=NOW)
    leave_waitlist(entry_id=entry.pk, user=entry.user, now=NOW)
    assert state_of(entry) == ["left"]
    give_back(booked[0])
    assert offer_nights(now=NOW) == []


def test_a_message_is_written_only_when_somebody_waits(hotel: Hotel, booked: list[Booking]) -> None:
    messages = OutboxMessage.objects.filter(topic="nights.returned")
    give_back(booked[0])
    assert messages.count() == 0
    book_stay(hotel.flexible)
    join(make_full_hotel())
    give_back(booked[1])
    assert messages.count() == 0
    book_stay(hotel.flexible)
    join(hotel)
    give_back(Booking.objects.filter(state="confirmed", property=hotel.property).earliest("id"))
    assert messages.count() == 1


def make_full_hotel() -> Hotel:
    hotel = make_hotel(units=1)
    book_stay(hotel.flexible)
    return hotel


def test_a_guest_who_holds_the_last_room_comes_first(hotel: Hotel, booked: list[Booking]) -> None:
    """Somebody on the site may be faster than the list; the list then waits on."""
    entry = join(hotel)
    give_back(booked[0])
    hold_stay(hotel.flexible)
    assert offer_nights(now=NOW) == []
    assert state_of(entry) == ["waiting"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_offer_each_room_once_and_in_order(hotel: Hotel) -> None:
    booked = [book_stay(hotel.flexible) for _ in range(2)]
    entries = [join(hotel) for _ in range(4)]
    for booking in booked:
        give_back(booking)
    race = run_together(*[lambda: patiently(lambda: offer_nights(now=NOW))] * 3)
    assert race.errors == []
    assert sorted(pk for result in race.results for pk in result) == [entry.pk for entry in entries[:2]]
    assert state_of(*entries) == ["offered", "offered", "waiting", "waiting"]
    assert Hold.objects.filter(state="active").count() == 2
    assert counters(hotel.room_type.pk) == [(2, 0), (2, 0)]
    assert recount() == []


def first_is_slow(monkeypatch: pytest.MonkeyPatch, first: WaitlistEntry) -> None:
    """The worker that has the first in line stops to think."""
    real = waitlist.make_quote

    def think(*, request: Any, now: dt.datetime) -> Any:
        if WaitlistEntry.objects.get(pk=first.pk).request == request.as_json():
            time.sleep(0.7)
        return real(request=request, now=now)

    monkeypatch.setattr(waitlist, "make_quote", think)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_in_line", [True, False])
def test_a_quick_worker_does_not_serve_the_second_before_the_first(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch, is_in_line: bool
) -> None:
    """With the line switched off (the negative control) the second in line gets the room."""
    booked = [book_stay(hotel.flexible) for _ in range(2)]
    first, second = join(hotel, extras=(), exemptions=("diplomat",)), join(hotel)
    give_back(booked[0])
    first_is_slow(monkeypatch, first)
    if not is_in_line:
        monkeypatch.setattr(waitlist, "_stand_in_line", lambda room_type_id: None)

    def offer_later() -> list[int]:
        time.sleep(0.3)
        return offer_nights(now=NOW)

    race = run_together(lambda: offer_nights(now=NOW), offer_later)
    assert [error for error in race.errors if not isinstance(error, BusyError)] == []
    expected = ["offered", "waiting"] if is_in_line else ["waiting", "offered"]
    assert state_of(first, second) == expected
    assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]


@pytest.mark.django_db(transaction=True)
def test_joining_from_two_tabs_is_waiting_once(hotel: Hotel) -> None:
    for _ in range(2):
        book_stay(hotel.flexible)
    user = UserFactory.create()
    race = run_together(*[lambda: join(hotel, user=user).pk] * 4)
    assert race.errors == []
    assert len(set(race.results)) == 1
    assert WaitlistEntry.objects.count() == 1
