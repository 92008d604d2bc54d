"""Changes beyond dates: rates frozen or not, rooms, guests and extras, in house, paid in advance."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.errors import ChangeNotAllowed, NotOffered, PrepaymentMissing
from serai.bookings.models import Booking, BookingRoom
from serai.bookings.quotes import RoomRequest, StayRequest, make_quote, quote_from_json
from serai.bookings.rules import merge_tiers, tiers_from_json
from serai.bookings.selectors import active_rooms, balance_minor, deposit_schedule, paid_minor
from serai.bookings.services import (
    ChangeOffer,
    change_booking,
    change_request,
    check_in_booking,
    complete_checkout,
    hold_quote,
    offer_change,
)
from serai.inventory.counters import find_shortages, merge_claims, read_left, shift_nights
from serai.inventory.models import Night
from serai.inventory.services import SoldOut, open_nights
from serai.payments.models import Refund
from serai.rates.models import (
    CancellationPolicy,
    DepositStep,
    Extra,
    NightRestriction,
    Product,
    Promotion,
)
from serai.rates.rules import Party
from serai.rates.services.prices import fill_prices, set_prices
from tests.bookings.desk import CHECK_IN, CHECK_OUT, book_stay, counters, fill_in, patiently
from tests.factories import (
    FIRST_NIGHT,
    NOW,
    Hotel,
    ProductFactory,
    RoomTypeFactory,
    UserFactory,
    make_hotel,
)
from tests.racing import run_together

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
DEADLINE = dt.datetime(2026, 12, 9, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def suite_of(hotel: Hotel, *, minor: int = 700_000, units: int = 1) -> Product:
    """A dearer room type of the same hotel at the flexible rate."""
    room_type = RoomTypeFactory.create(property=hotel.property, name="Suite", units=units)
    product: Product = ProductFactory.create(
        room_type=room_type, rate_plan=hotel.flexible.rate_plan, base_minor=minor
    )
    last = FIRST_NIGHT + 59 * DAY
    with transaction.atomic():
        open_nights(room_type_id=room_type.pk, first=FIRST_NIGHT, last=last, allotment=units, now=NOW)
        fill_prices(product_id=product.pk, first=FIRST_NIGHT, last=last, now=NOW)
    return product


def book_rooms(*rooms: RoomRequest, **wishes: Any) -> Booking:
    request = StayRequest(CHECK_IN, CHECK_OUT, rooms, **wishes)
    user = UserFactory.create()
    checkout = hold_quote(token=make_quote(request=request, now=NOW).token, user=user, now=NOW)
    fill_in(checkout, guest_name=user.name, guest_email=user.email)
    return complete_checkout(checkout_id=checkout.pk, now=NOW)


def offer(booking: Booking, *, now: dt.datetime = NOW, is_by_host: bool = False, **wish: Any) -> ChangeOffer:
    booking = Booking.objects.select_related("property").get(pk=booking.pk)
    request = change_request(booking, **wish)
    return offer_change(booking=booking, request=request, now=now, is_by_host=is_by_host)


def change(booking: Booking, *, now: dt.datetime = NOW, is_by_host: bool = False, **wish: Any) -> Booking:
    shown = offer(booking, now=now, is_by_host=is_by_host, **wish)
    assert sum(line.amount_minor for line in shown.lines) == shown.difference_minor
    changed = change_booking(
        booking_id=booking.pk, token=shown.quote.token, actor=None, now=now, is_by_host=is_by_host
    )
    assert changed.total_minor == booking_total(changed)
    assert recount() == []
    return changed


def booking_total(booking: Booking) -> int:
    """What a booking costs, told from its rooms; they must be the rooms of its price, one by one."""
    booking = Booking.objects.get(pk=booking.pk)
    quote = quote_from_json(booking.price)
    rooms = active_rooms(booking)
    assert [(room.room_type_id, room.rate_plan_id, room.total_minor) for room in rooms] == [
        (room.room_type_id, room.rate_plan_id, price.total_minor)
        for room, price in zip(quote.rooms, quote.price.rooms, strict=True)
    ]
    assert tiers_from_json(booking.cancellation_tiers) == merge_tiers(
        [tiers_from_json(room.cancellation_tiers) for room in rooms]
    )
    return sum(room.total_minor for room in rooms) + quote.price.extras_minor


def price_of_nights(hotel: Hotel, dates: Sequence[dt.date], minor: int) -> None:
    with transaction.atomic():
        set_prices(product_id=hotel.flexible.pk, dates=dates, amount_minor=minor, now=NOW)


def freeze(hotel: Hotel) -> None:
    CancellationPolicy.objects.filter(property=hotel.property).update(change_rates="frozen")


NIGHTS = [CHECK_IN - DAY, CHECK_IN, CHECK_IN + DAY, CHECK_OUT, CHECK_OUT + DAY]


@pytest.mark.parametrize(
    ("first", "last", "frozen", "current"),
    [
        (0, 1, 800_000 + 500_000, 1_500_000),  # a night more
        (0, -1, 400_000, 500_000),  # a night less
        (1, 1, 400_000 + 500_000, 1_000_000),  # a day later
        (2, 2, 1_000_000, 1_000_000),  # no night in common
        (-1, 0, 800_000 + 500_000, 1_500_000),  # a day earlier
    ],
)
@pytest.mark.parametrize("is_frozen", [True, False])
def test_nights_that_stay_cost_what_the_policy_says(
    hotel: Hotel, first: int, last: int, frozen: int, current: int, is_frozen: bool
) -> None:
    if is_frozen:
        freeze(hotel)
    booking = book_stay(hotel.flexible)
    price_of_nights(hotel, NIGHTS, 500_000)
    shown = offer(booking, check_in=CHECK_IN + first * DAY, check_out=CHECK_OUT + last * DAY)
    assert shown.quote.price.total_minor == (frozen if is_frozen else current)
    changed = change(booking, check_in=CHECK_IN + first * DAY, check_out=CHECK_OUT + last * DAY)
    assert changed.total_minor == (frozen if is_frozen else current)
    # Changed back and forth, a night that was given up costs what it costs today.
    if (first, last, is_frozen) == (0, -1, True):
        assert change(changed, check_out=CHECK_OUT).total_minor == 400_000 + 500_000


def test_a_frozen_night_also_keeps_its_plans_discount_and_its_promotion(hotel: Hotel) -> None:
    freeze(hotel)
    promotion = Promotion.objects.create(property=hotel.property, name="Autumn", value=1000)
    hotel.saver.rate_plan.payment = "at_property"
    hotel.saver.rate_plan.save()
    booking = book_stay(hotel.saver)
    agreed = 400_000 * 9 // 10 * 9 // 10
    assert booking.total_minor == 2 * agreed
    promotion.delete()
    hotel.saver.rate_plan.adjustment_value = -500
    hotel.saver.rate_plan.save()
    # The saver costs all of its price from booking on, so only the host may still change it.
    wanted = change_request(booking, check_out=CHECK_OUT + DAY)
    shown = offer_change(
        booking=Booking.objects.select_related("property").get(pk=booking.pk),
        request=wanted,
        now=NOW,
        is_by_host=True,
    )
    assert shown.quote.price.total_minor == 2 * agreed + 380_000


def test_each_room_keeps_rates_by_its_own_policy(hotel: Hotel) -> None:
    """The flexible room is frozen, the suite's rate is not: each is priced by what it was booked under."""
    suite = suite_of(hotel)
    other = CancellationPolicy.objects.create(property=hotel.property, name="Other", change_rates="current")
    plan = hotel.flexible.rate_plan
    plan.pk, plan.name, plan.policy = None, "Anytime", other
    plan.save()
    anytime = ProductFactory.create(room_type=suite.room_type, rate_plan=plan, base_minor=700_000)
    with transaction.atomic():
        fill_prices(product_id=anytime.pk, first=FIRST_NIGHT, last=FIRST_NIGHT + 59 * DAY, now=NOW)
    CancellationPolicy.objects.filter(name="Flexible").update(change_rates="frozen")
    booking = book_rooms(RoomRequest(hotel.flexible.pk, Party(2)), RoomRequest(anytime.pk, Party(2)))
    price_of_nights(hotel, NIGHTS, 500_000)
    with transaction.atomic():
        set_prices(product_id=anytime.pk, dates=NIGHTS, amount_minor=900_000, now=NOW)
    changed = change(booking, check_out=CHECK_OUT + DAY)
    assert [room.total_minor for room in active_rooms(changed)] == [1_300_000, 2_700_000]


def test_another_room_type_gives_the_old_one_back(hotel: Hotel) -> None:
    suite = suite_of(hotel)
    booking = book_stay(hotel.flexible, is_paid=True)
    room_id = booking.rooms.get().pk
    shown = offer(booking, rooms=(RoomRequest(suite.pk, Party(2)),))
    assert [(line.why, line.amount_minor) for line in shown.lines] == [("Another room or rate", 600_000)]
    changed = change(booking, rooms=(RoomRequest(suite.pk, Party(2)),))
    assert (changed.total_minor, balance_minor(changed)) == (1_400_000, 600_000)
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
    assert counters(suite.room_type_id) == [(0, 1), (0, 1)]
    assert changed.rooms.get().pk == room_id
    book_stay(hotel.flexible)
    with pytest.raises(SoldOut):
        # The suite is the last of its type: nobody else gets it, and who asks keeps what he has.
        change(Booking.objects.exclude(pk=booking.pk).get(), rooms=(RoomRequest(suite.pk, Party(2)),))
    assert counters(suite.room_type_id) == [(0, 1), (0, 1)]
    assert recount() == []


def test_other_guests_cost_what_they_cost(hotel: Hotel) -> None:
    Product.objects.filter(pk=hotel.flexible.pk).update(
        single_discount_minor=50_000, extra_child_minor=30_000
    )
    booking = book_stay(hotel.flexible)
    alone = change(booking, rooms=(RoomRequest(hotel.flexible.pk, Party(1)),))
    assert (alone.total_minor, alone.adults, alone.rooms.get().adults) == (700_000, 1, 1)
    family = (RoomRequest(hotel.flexible.pk, Party(2, (8,))),)
    shown = offer(alone, rooms=family)
    assert [(line.why, line.amount_minor) for line in shown.lines] == [("Other guests", 160_000)]
    changed = change(alone, rooms=family)
    assert (changed.total_minor, changed.children_ages) == (860_000, [8])
    with pytest.raises(NotOffered, match="too small"):
        offer(changed, rooms=(RoomRequest(hotel.flexible.pk, Party(3, (8,))),))


def test_extras_come_and_go(hotel: Hotel) -> None:
    breakfast = Extra.objects.create(
        property=hotel.property, name="Breakfast", amount_minor=2_000, basis="person", period="night"
    )
    booking = book_stay(hotel.flexible)
    shown = offer(booking, extras=((breakfast.pk, 1),))
    assert [(line.why, line.amount_minor) for line in shown.lines] == [("Extras", 8_000)]
    changed = change(booking, extras=((breakfast.pk, 1),))
    assert (changed.total_minor, changed.rooms.get().total_minor) == (808_000, 800_000)
    # They follow the nights.
    longer = change(changed, check_out=CHECK_OUT + DAY)
    assert longer.total_minor == 1_212_000
    assert change(longer, extras=()).total_minor == 1_200_000


def test_a_room_more_and_a_room_less(hotel: Hotel) -> None:
    one = RoomRequest(hotel.flexible.pk, Party(2))
    booking = book_stay(hotel.flexible, is_paid=True)
    shown = offer(booking, rooms=(one, replace(one, party=Party(1))))
    assert [(line.why, line.amount_minor) for line in shown.lines] == [("Rooms that are new", 800_000)]
    two = change(booking, rooms=(one, replace(one, party=Party(1))))
    assert (two.total_minor, two.adults, balance_minor(two)) == (1_600_000, 3, 800_000)
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]
    again = change(two, rooms=(one,))
    assert (again.total_minor, again.adults) == (800_000, 2)
    assert list(BookingRoom.objects.order_by("pk").values_list("state", flat=True)) == [
        "booked",
        "cancelled",
    ]
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]


def test_what_was_booked_is_not_restricted_anew(hotel: Hotel) -> None:
    """A night that was stopped after it was booked stays; one that is new does not come."""
    booking = book_stay(hotel.flexible)
    for date in (CHECK_IN, CHECK_OUT):
        NightRestriction.objects.create(product=hotel.flexible, date=date, is_stop_sold=True)
    with pytest.raises(NotOffered):
        offer(booking, check_out=CHECK_OUT + DAY)
    assert change(booking, check_in=CHECK_IN - DAY).total_minor == 1_200_000


@pytest.mark.parametrize(
    ("zone", "check_in", "instants"),
    [
        # The night on which the clocks of Berlin go back is one night and has one price.
        ("Europe/Berlin", "2026-10-25", ["2026-10-24T12:00:00+00:00", "2026-10-25T13:00:00+00:00"]),
        ("Europe/Berlin", "2027-03-28", ["2027-03-27T13:00:00+00:00", "2027-03-28T12:00:00+00:00"]),
    ],
)
def test_a_shift_over_a_day_on_which_clocks_change(zone: str, check_in: str, instants: list[str]) -> None:
    """Free until a day before, by the calendar: the arrival on the other side keeps its hour."""
    arrival = dt.date.fromisoformat(check_in)
    booked = dt.datetime.combine(arrival - 20 * DAY, dt.time(12), tzinfo=dt.UTC)
    hotel = make_hotel(timezone=zone)
    hotel.flexible.rate_plan.policy.tiers.update(hours_before=None, days_before=1)
    first, last = arrival - 3 * DAY, arrival + 5 * DAY
    with transaction.atomic():
        open_nights(room_type_id=hotel.room_type.pk, first=first, last=last, allotment=3, now=NOW)
        fill_prices(product_id=hotel.flexible.pk, first=first, last=last, now=NOW)
    booking = book_stay(hotel.flexible, check_in=arrival, check_out=arrival + DAY, now=booked)
    shifted = change(booking, now=booked, check_in=arrival + DAY, check_out=arrival + 2 * DAY)
    assert [booking.cancellation_tiers[0]["from_at"], shifted.cancellation_tiers[0]["from_at"]] == instants
    assert (shifted.total_minor, (shifted.check_out - shifted.check_in).days) == (400_000, 1)


def test_a_rate_that_is_paid_in_advance_must_be_paid(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    saver = (RoomRequest(hotel.saver.pk, Party(2)),)
    shown = offer(booking, rooms=saver)
    assert shown.missing_minor == 720_000
    with pytest.raises(PrepaymentMissing, match=r"₹7,200.00 of it is not paid"):
        change_booking(booking_id=booking.pk, token=shown.quote.token, actor=None, now=NOW)
    assert Booking.objects.get().version == 1
    paid = book_stay(hotel.flexible, is_paid=True)
    changed = change(paid, rooms=saver)
    assert (changed.total_minor, paid_minor(changed), Refund.objects.get().amount_minor) == (
        720_000,
        720_000,
        80_000,
    )


def test_a_deposit_grows_with_the_stay_and_is_due_at_once(hotel: Hotel) -> None:
    DepositStep.objects.create(policy=hotel.flexible.rate_plan.policy, kind="percent", value=20)
    booking = book_stay(hotel.flexible, is_paid=True)
    assert paid_minor(booking) == 160_000
    longer = change(booking, check_out=CHECK_OUT + DAY)
    (part,) = deposit_schedule(longer, now=NOW)
    assert (part.amount_minor, part.paid_minor, part.state) == (240_000, 160_000, "overdue")


def test_a_rate_with_a_deposit_cannot_be_had_by_promising(hotel: Hotel) -> None:
    suite = suite_of(hotel)
    policy = CancellationPolicy.objects.create(property=hotel.property, name="With deposit")
    DepositStep.objects.create(policy=policy, kind="percent", value=50)
    plan = hotel.flexible.rate_plan
    plan.pk, plan.name, plan.policy = None, "Deposit", policy
    plan.save()
    product = ProductFactory.create(room_type=suite.room_type, rate_plan=plan, base_minor=700_000)
    with transaction.atomic():
        fill_prices(product_id=product.pk, first=FIRST_NIGHT, last=FIRST_NIGHT + 59 * DAY, now=NOW)
    booking = book_stay(hotel.flexible)
    shown = offer(booking, rooms=(RoomRequest(product.pk, Party(2)),))
    assert shown.missing_minor == 700_000
    with pytest.raises(PrepaymentMissing):
        change_booking(booking_id=booking.pk, token=shown.quote.token, actor=None, now=NOW)
    # A host may do so for the guest: the deposit is then overdue, and asked for.
    changed = change(booking, rooms=(RoomRequest(product.pk, Party(2)),), is_by_host=True)
    assert [part.state for part in deposit_schedule(changed, now=NOW)] == ["overdue"]


def test_a_host_may_change_when_cancelling_costs_something(hotel: Hotel) -> None:
    booking = book_stay(hotel.flexible)
    with pytest.raises(ChangeNotAllowed, match="free"):
        offer(booking, now=DEADLINE, check_out=CHECK_OUT + DAY)
    changed = change(booking, now=DEADLINE, is_by_host=True, check_out=CHECK_OUT + DAY)
    assert (changed.total_minor, changed.version) == (1_200_000, 2)


def test_a_guest_in_house_stays_longer(hotel: Hotel) -> None:
    """Nights slept in keep their price, whatever the policy says."""
    booking = book_stay(hotel.flexible)
    arrived = dt.datetime(2026, 12, 10, 9, tzinfo=dt.UTC)
    check_in_booking(booking_id=booking.pk, actor=None, now=arrived)
    price_of_nights(hotel, NIGHTS, 500_000)
    noon = arrived + DAY
    with pytest.raises(ChangeNotAllowed, match="any more"):
        offer(booking, now=noon, check_out=CHECK_OUT + DAY)
    for wish in (
        {"check_in": CHECK_IN + DAY},
        {"check_out": CHECK_OUT - DAY},
        {"rooms": (RoomRequest(hotel.saver.pk, Party(2)),)},
    ):
        with pytest.raises(ChangeNotAllowed, match="in house"):
            offer(booking, now=noon, is_by_host=True, **wish)
    changed = change(booking, now=noon, is_by_host=True, check_out=CHECK_OUT + DAY)
    assert (changed.state, changed.total_minor) == ("checked_in", 1_300_000)
    assert counters(hotel.room_type.pk, nights=3) == [(0, 1)] * 3


def test_the_day_of_arrival_over_a_guest_does_not_change_by_himself(hotel: Hotel) -> None:
    hotel.flexible.rate_plan.policy.tiers.all().delete()
    booking = book_stay(hotel.flexible)
    next_day = dt.datetime(2026, 12, 11, 6, tzinfo=dt.UTC)
    with pytest.raises(ChangeNotAllowed, match="any more"):
        offer(booking, now=next_day, check_out=CHECK_OUT + DAY)
    assert change(booking, now=next_day, is_by_host=True, check_out=CHECK_OUT + DAY).total_minor == 1_200_000


# --- Two guests extend into one last night ----------------------------------------------------------------


def two_who_want_the_last_night(hotel: Hotel) -> list[tuple[int, str]]:
    """Two stays side by side; of the night after them one room is left. Ids and accepted prices."""
    bookings = [book_stay(hotel.flexible) for _ in range(2)]
    book_stay(hotel.flexible, check_in=CHECK_OUT, check_out=CHECK_OUT + DAY)
    return [(booking.pk, offer(booking, check_out=CHECK_OUT + DAY).quote.token) for booking in bookings]


def extend_together(wishes: Sequence[tuple[int, str]]) -> Any:
    def extend(booking_id: int, token: str) -> int:
        change = patiently(lambda: change_booking(booking_id=booking_id, token=token, actor=None, now=NOW))
        return int(change.pk)

    return run_together(*(lambda wish=wish: extend(*wish) for wish in wishes))


@pytest.mark.django_db(transaction=True)
def test_two_guests_extend_into_one_last_night(hotel: Hotel) -> None:
    wishes = two_who_want_the_last_night(hotel)
    race = extend_together(wishes)
    assert len(race.results) == 1
    assert [type(error) for error in race.errors] == [SoldOut]
    loser = Booking.objects.get(pk=({pk for pk, _token in wishes} - set(race.results)).pop())
    assert (loser.check_out, loser.version, loser.total_minor) == (CHECK_OUT, 1, 800_000)
    assert counters(hotel.room_type.pk, nights=3) == [(0, 2), (0, 2), (0, 2)]
    assert recount() == []
    assert oversold_nights() == []


@pytest.mark.django_db(transaction=True)
def test_without_locks_both_would_get_the_last_night(hotel: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: look first, take later, and nothing in the database that says no."""
    wishes = two_who_want_the_last_night(hotel)
    barrier = threading.Barrier(2, timeout=5)

    def look_then_take(*, give: Any, take: Any, now: dt.datetime) -> None:
        give, take = merge_claims(give), merge_claims(take)
        shortages = find_shortages(take, read_left(take), given=give)
        barrier.wait()
        if shortages:
            raise SoldOut(shortages)
        shift_nights(give, sold=-1)
        shift_nights(take, sold=1)

    monkeypatch.setattr("serai.bookings.services.change.swap_nights", look_then_take)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = 'night_not_oversold' AND conrelid = 'inventory_night'::regclass"
        )
        definition = cursor.fetchone()[0]
        cursor.execute("ALTER TABLE inventory_night DROP CONSTRAINT night_not_oversold")
    try:
        race = extend_together(wishes)
        oversold = [(night.date, night.booked) for night in oversold_nights()]
    finally:
        Night.objects.update(held=0, sold=0)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE inventory_night ADD CONSTRAINT night_not_oversold {definition}")
    assert race.errors == []
    assert oversold == [(CHECK_OUT, 3)]
