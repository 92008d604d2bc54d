"""Blocks: rooms set aside, picked up by the group's guests, given back on the release date."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.block_selectors import block_rooms, find_group, report_blocks, with_block
from serai.bookings.errors import (
    BlockInvalid,
    BlockOver,
    BlockShort,
    CheckoutRefused,
    NotOffered,
    StaySoldOut,
)
from serai.bookings.models import Block, Booking, Checkout
from serai.bookings.quotes import Quote, make_quote, request_rooms
from serai.bookings.services import (
    abandon_checkout,
    cancel_booking,
    change_block,
    complete_checkout,
    create_block,
    hold_quote,
    release_block,
)
from serai.inventory.models import Hold
from serai.inventory.services import Claim, HoldTooSmall, release_expired_holds, sell_nights, set_nights
from serai.rates.models import RatePlan
from serai.rates.rules import Party
from tests.bookings.desk import AT_PROPERTY, CARD, CHECK_IN, CHECK_OUT, counters, fill_in, pay
from tests.factories import NOW, Hotel, RoomTypeFactory, UserFactory, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db

RELEASE = dt.date(2026, 12, 5)
COUPLE = Party(2)
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def hotel() -> Hotel:
    hotel = make_hotel(units=4)
    plan = hotel.flexible.rate_plan
    plan.audience = RatePlan.Audience.CODE
    plan.save()
    return hotel


def stay_nights(hotel: Hotel, quantity: int, *, nights: int = 2) -> dict[tuple[int, dt.date], int]:
    return {(hotel.room_type.pk, CHECK_IN + dt.timedelta(days=offset)): quantity for offset in range(nights)}


def make_block(hotel: Hotel, quantity: int = 2, **fields: Any) -> Block:
    wanted: dict[str, Any] = {
        "property_id": hotel.property.pk,
        "rate_plan_id": hotel.flexible.rate_plan_id,
        "name": "Sharma wedding",
        "code": "SHARMA26",
        "nights": stay_nights(hotel, quantity),
        "release_date": RELEASE,
        "actor": hotel.host,
        "now": NOW,
    }
    return create_block(**wanted | fields)


def quote_of(
    block: Block, hotel: Hotel, *, rooms: int = 1, now: dt.datetime = NOW, **dates: dt.date
) -> Quote:
    request = request_rooms(
        hotel.flexible.pk,
        dates.get("check_in", CHECK_IN),
        dates.get("check_out", CHECK_OUT),
        Party(2 * rooms),
        rooms,
        codes=(block.code,),
        block_id=block.pk,
    )
    return make_quote(request=request, now=now)


def hold_of(block: Block, hotel: Hotel, *, method: str = AT_PROPERTY, now: dt.datetime = NOW) -> Checkout:
    user = UserFactory.create()
    checkout = hold_quote(token=quote_of(block, hotel, now=now).token, user=user, now=now)
    fill_in(checkout, guest_name=user.name, guest_email=user.email, payment_method=method, now=now)
    checkout.refresh_from_db()
    return checkout


def assert_books_balance(hotel: Hotel) -> None:
    assert recount() == []
    assert oversold_nights() == []


def units_left(block: Block) -> int:
    rooms = block_rooms(
        property_id=block.property_id, codes=[block.code], check_in=CHECK_IN, check_out=CHECK_OUT, now=NOW
    )
    assert rooms is not None
    (left,) = rooms.left.values()
    return left


def test_a_block_sets_rooms_aside_until_its_release_date_begins_at_the_property(hotel: Hotel) -> None:
    block = make_block(hotel, 3, code=" sharma26 ")
    assert counters(hotel.room_type.pk, nights=3) == [(3, 0), (3, 0), (0, 0)]
    assert block.code == "SHARMA26"
    # Midnight in India is 18:30 the day before in UTC.
    assert block.hold.expires_at == dt.datetime(2026, 12, 4, 18, 30, tzinfo=dt.UTC)
    assert list(block.nights.values_list("date", "quantity")) == [(CHECK_IN, 3), (CHECK_IN + ONE_DAY, 3)]
    assert_books_balance(hotel)


def test_a_block_without_a_code_gets_one_that_nobody_guesses(hotel: Hotel) -> None:
    first, second = (make_block(hotel, 1, code="") for _ in range(2))
    assert len(first.code) == len(second.code) == 8
    assert first.code != second.code


def test_a_block_of_more_than_is_free_sets_nothing_aside(hotel: Hotel) -> None:
    with transaction.atomic():
        sell_nights(claims=[Claim(hotel.room_type.pk, CHECK_IN, CHECK_IN + ONE_DAY, 2)], now=NOW)
    with pytest.raises(BlockShort) as refusal:
        make_block(hotel, 3)
    assert [(shortage.date, shortage.left) for shortage in refusal.value.shortages] == [(CHECK_IN, 2)]
    assert "Set fewer aside" in str(refusal.value)
    assert not Block.objects.exists()
    assert not Hold.objects.exists()
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 0)]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": "abc"}, "code"),
        ({"code": "WITH SPACE"}, "code"),
        ({"nights": {}}, "nights"),
        ({"release_date": NOW.date()}, "release_date"),
        ({"release_date": CHECK_OUT}, "release_date"),
    ],
)
def test_what_a_block_cannot_be(hotel: Hotel, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(BlockInvalid) as refusal:
        make_block(hotel, **fields)
    assert refusal.value.field == field
    assert not Hold.objects.exists()


def test_a_block_takes_no_rooms_of_another_hotel_and_no_rate_of_another(hotel: Hotel) -> None:
    other = make_hotel()
    for fields in (
        {"nights": {(other.room_type.pk, CHECK_IN): 1}},
        {"rate_plan_id": other.flexible.rate_plan_id},
        {"nights": {(RoomTypeFactory.create(property=hotel.property).pk, CHECK_IN): 1}},
        {"nights": {(hotel.room_type.pk, NOW.date() - ONE_DAY): 1}},
    ):
        with pytest.raises(BlockInvalid):
            make_block(hotel, **fields)
    assert not Hold.objects.exists()


def test_a_code_is_one_blocks_only(hotel: Hotel) -> None:
    make_block(hotel, 1)
    with pytest.raises(BlockInvalid) as refusal:
        make_block(make_hotel(), 1)
    assert refusal.value.field == "code"
    assert Block.objects.count() == 1


def test_a_guest_with_the_code_is_offered_the_groups_rate_and_takes_out_of_the_block(hotel: Hotel) -> None:
    block = make_block(hotel, 2)
    with pytest.raises(NotOffered):
        make_quote(request=request_rooms(hotel.flexible.pk, CHECK_IN, CHECK_OUT, COUPLE), now=NOW)
    checkout = hold_of(block, hotel)
    assert checkout.hold.parent_id == block.hold_id
    assert counters(hotel.room_type.pk) == [(2, 0), (2, 0)]
    assert units_left(block) == 1
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert booking.block_id == block.pk
    assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]
    assert_books_balance(hotel)


def test_the_group_has_its_rooms_when_the_house_is_closed_or_full(hotel: Hotel) -> None:
    block = make_block(hotel, 1)
    with transaction.atomic():
        sell_nights(claims=[Claim(hotel.room_type.pk, CHECK_IN, CHECK_OUT, 3)], now=NOW)
        set_nights(room_type_id=hotel.room_type.pk, dates=[CHECK_IN], is_closed=True, now=NOW)
    booking = complete_checkout(checkout_id=hold_of(block, hotel).pk, now=NOW)
    assert booking.state == Booking.State.CONFIRMED
    with pytest.raises(StaySoldOut):
        hold_of(block, hotel)
    assert counters(hotel.room_type.pk) == [(0, 4), (0, 4)]


@pytest.mark.parametrize(
    ("check_in", "check_out"), [(CHECK_IN - ONE_DAY, CHECK_OUT), (CHECK_IN, CHECK_OUT + ONE_DAY)]
)
def test_nights_beyond_the_block_are_not_the_groups(
    hotel: Hotel, check_in: dt.date, check_out: dt.date
) -> None:
    block = make_block(hotel)
    with pytest.raises(NotOffered, match="Your group has no such room"):
        quote_of(block, hotel, check_in=check_in, check_out=check_out)


def test_another_product_is_not_the_groups(hotel: Hotel) -> None:
    block = make_block(hotel)
    request = request_rooms(hotel.saver.pk, CHECK_IN, CHECK_OUT, COUPLE, block_id=block.pk)
    with pytest.raises(NotOffered, match="Your group has no such room"):
        make_quote(request=request, now=NOW)


def test_a_block_of_another_hotel_opens_nothing(hotel: Hotel) -> None:
    other = make_hotel()
    block = make_block(other)
    with pytest.raises(NotOffered, match="have gone back"):
        quote_of(block, hotel)


@pytest.mark.parametrize(
    ("audience", "rooms", "is_block"),
    [("code", 1, True), ("code", 3, True), ("public", 2, True), ("public", 3, False)],
)
def test_a_rate_for_everybody_goes_on_where_the_block_ends(
    hotel: Hotel, audience: str, rooms: int, is_block: bool
) -> None:
    hotel.flexible.rate_plan.audience = audience
    hotel.flexible.rate_plan.save()
    block = make_block(hotel, 2)

    def chosen(product_id: int, *, now: dt.datetime = NOW, **other: Any) -> int | None:
        wish: dict[str, Any] = {"check_in": CHECK_IN, "check_out": CHECK_OUT, "codes": ("SHARMA26",)}
        wish |= other
        dates = wish.pop("check_in"), wish.pop("check_out")
        request = request_rooms(product_id, *dates, Party(2 * rooms), rooms, **wish)
        found = with_block(request, property_id=hotel.property.pk, now=now)
        assert replace(found, block_id=None) == request
        return found.block_id

    assert chosen(hotel.flexible.pk) == (block.pk if is_block else None)
    assert chosen(hotel.flexible.pk, codes=()) is None
    assert chosen(hotel.flexible.pk, codes=("OTHER",)) is None
    assert chosen(hotel.flexible.pk, check_out=CHECK_OUT + ONE_DAY) is None
    assert chosen(hotel.flexible.pk, now=block.hold.expires_at) is None
    assert chosen(hotel.saver.pk) is None


def test_a_room_given_back_while_paying_returns_to_the_block(hotel: Hotel) -> None:
    block = make_block(hotel, 1)
    first = hold_of(block, hotel)
    with pytest.raises(StaySoldOut):
        hold_of(block, hotel)
    abandon_checkout(checkout_id=first.pk, now=NOW)
    assert units_left(block) == 1
    late = NOW + dt.timedelta(minutes=16)
    hold_of(block, hotel)
    with transaction.atomic():
        release_expired_holds(now=late)
    assert units_left(block) == 1
    assert counters(hotel.room_type.pk) == [(1, 0), (1, 0)]
    assert_books_balance(hotel)


def test_a_cancelled_booking_of_the_group_goes_on_sale(hotel: Hotel) -> None:
    block = make_block(hotel, 2)
    booking = complete_checkout(checkout_id=hold_of(block, hotel).pk, now=NOW)
    cancel_booking(booking_id=booking.pk, actor=None, now=NOW)
    assert counters(hotel.room_type.pk) == [(1, 0), (1, 0)]
    (report,) = report_blocks([block], now=NOW)
    assert [(night.blocked, night.picked_up, night.left, night.gone_back) for night in report.nights] == [
        (2, 0, 1, 1)
    ] * 2
    assert_books_balance(hotel)


def test_the_report_says_what_became_of_every_night(hotel: Hotel) -> None:
    block = make_block(hotel, 4)
    complete_checkout(checkout_id=hold_of(block, hotel).pk, now=NOW)
    hold_of(block, hotel)
    (report,) = report_blocks([block], now=NOW)
    assert [
        (night.date, night.blocked, night.picked_up, night.paying, night.left, night.gone_back)
        for night in report.nights
    ] == [(CHECK_IN, 4, 1, 1, 2, 0), (CHECK_IN + ONE_DAY, 4, 1, 1, 2, 0)]
    assert (report.is_open, report.days_left, report.blocked, report.picked_up, report.left) == (
        True,
        14,
        8,
        2,
        4,
    )
    assert report.percent == 25


def test_the_groups_page_knows_dates_and_rooms(hotel: Hotel) -> None:
    make_block(hotel, 3)
    page = find_group(code="sharma26", now=NOW)
    assert page is not None
    assert (page.is_open, page.first, page.check_out) == (True, CHECK_IN, CHECK_OUT)
    assert page.rooms == [(hotel.room_type.name, 3)]
    assert find_group(code="NOSUCH", now=NOW) is None


def test_late_money_takes_the_room_out_of_the_block_again(hotel: Hotel) -> None:
    block = make_block(hotel, 1)
    checkout = hold_of(block, hotel, method=CARD)
    pay(checkout)
    late = NOW + dt.timedelta(minutes=16)
    with transaction.atomic():
        release_expired_holds(now=late)
        # The rest of the house is full, so it can only come out of the block.
        sell_nights(claims=[Claim(hotel.room_type.pk, CHECK_IN, CHECK_OUT, 3)], now=late)
    booking = complete_checkout(checkout_id=checkout.pk, now=late)
    assert booking.state == Booking.State.CONFIRMED
    assert counters(hotel.room_type.pk) == [(0, 4), (0, 4)]
    assert units_left(block) == 0


def test_late_money_takes_an_open_room_when_the_block_has_none(hotel: Hotel) -> None:
    block = make_block(hotel, 1)
    checkout = hold_of(block, hotel, method=CARD)
    pay(checkout)
    late = NOW + dt.timedelta(minutes=16)
    with transaction.atomic():
        release_expired_holds(now=late)
    complete_checkout(checkout_id=hold_of(block, hotel, now=late).pk, now=late)
    assert units_left(block) == 0
    booking = complete_checkout(checkout_id=checkout.pk, now=late)
    assert booking.block_id == block.pk
    assert counters(hotel.room_type.pk) == [(0, 2), (0, 2)]
    assert_books_balance(hotel)


def test_late_money_goes_back_when_neither_has_a_room(hotel: Hotel) -> None:
    block = make_block(hotel, 1)
    checkout = hold_of(block, hotel, method=CARD)
    pay(checkout)
    late = NOW + dt.timedelta(minutes=16)
    with transaction.atomic():
        release_expired_holds(now=late)
    complete_checkout(checkout_id=hold_of(block, hotel, now=late).pk, now=late)
    with transaction.atomic():
        sell_nights(claims=[Claim(hotel.room_type.pk, CHECK_IN, CHECK_OUT, 3)], now=late)
    with pytest.raises(CheckoutRefused):
        complete_checkout(checkout_id=checkout.pk, now=late)
    checkout.refresh_from_db()
    assert checkout.state == Checkout.State.REFUSED
    assert counters(hotel.room_type.pk) == [(0, 4), (0, 4)]


def change(block: Block, nights: dict[tuple[int, dt.date], int], **fields: Any) -> Block:
    wanted: dict[str, Any] = {
        "block_id": block.pk,
        "property_id": block.property_id,
        "name": block.name,
        "nights": nights,
        "release_date": block.release_date,
        "actor": None,
        "now": NOW,
    }
    return change_block(**wanted | fields)


def test_a_block_grows_and_shrinks_night_by_night(hotel: Hotel) -> None:
    block = make_block(hotel, 2)
    first, second = sorted(stay_nights(hotel, 1))
    third = (hotel.room_type.pk, CHECK_OUT)
    changed = change(block, {first: 1, second: 3, third: 4}, release_date=RELEASE + ONE_DAY, name="Sharma")
    assert counters(hotel.room_type.pk, nights=3) == [(1, 0), (3, 0), (4, 0)]
    assert list(changed.nights.values_list("quantity", flat=True)) == [1, 3, 4]
    hold = Hold.objects.get(pk=block.hold_id)
    assert hold.expires_at == dt.datetime(2026, 12, 5, 18, 30, tzinfo=dt.UTC)
    change(changed, {second: 1})
    assert counters(hotel.room_type.pk, nights=3) == [(0, 0), (1, 0), (0, 0)]
    assert_books_balance(hotel)


def test_a_block_cannot_grow_beyond_the_house_nor_shrink_below_its_guests(hotel: Hotel) -> None:
    block = make_block(hotel, 2)
    complete_checkout(checkout_id=hold_of(block, hotel).pk, now=NOW)
    first, second = sorted(stay_nights(hotel, 1))
    for nights, error in (
        ({first: 1, second: 5}, BlockShort),
        ({first: 5, second: 1}, BlockShort),
        ({second: 2}, HoldTooSmall),
        ({}, BlockInvalid),
    ):
        with pytest.raises(error):
            change(block, nights)
        assert counters(hotel.room_type.pk) == [(1, 1), (1, 1)]
        assert list(block.nights.values_list("quantity", flat=True)) == [2, 2]
    change(block, {first: 1, second: 2})
    assert counters(hotel.room_type.pk) == [(0, 1), (1, 1)]
    assert_books_balance(hotel)


def test_another_hotels_block_is_not_changed(hotel: Hotel) -> None:
    block = make_block(hotel, 1)
    other = make_hotel()
    for call in (
        lambda: change(block, stay_nights(hotel, 2), property_id=other.property.pk),
        lambda: release_block(block_id=block.pk, property_id=other.property.pk, actor=None, now=NOW),
    ):
        with pytest.raises(Block.DoesNotExist):
            call()
    assert counters(hotel.room_type.pk) == [(1, 0), (1, 0)]


def test_a_released_block_is_over(hotel: Hotel) -> None:
    block = make_block(hotel, 2)
    quote = quote_of(block, hotel)
    assert release_block(block_id=block.pk, property_id=block.property_id, actor=None, now=NOW)
    assert not release_block(block_id=block.pk, property_id=block.property_id, actor=None, now=NOW)
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
    with pytest.raises(BlockOver):
        change(block, stay_nights(hotel, 1))
    with pytest.raises(NotOffered, match="have gone back"):
        hold_quote(token=quote.token, user=None, now=NOW)
    page = find_group(code="SHARMA26", now=NOW)
    assert page is not None
    assert not page.is_open


def test_the_release_date_releases_by_itself(hotel: Hotel) -> None:
    block = make_block(hotel, 2)
    at = block.hold.expires_at
    with transaction.atomic():
        release_expired_holds(now=at)
    assert counters(hotel.room_type.pk) == [(0, 0), (0, 0)]
    with pytest.raises(NotOffered, match="have gone back"):
        quote_of(block, hotel, now=at)


def test_a_release_leaves_the_room_of_a_guest_who_is_paying(hotel: Hotel) -> None:
    block = make_block(hotel, 2)
    checkout = hold_of(block, hotel)
    release_block(block_id=block.pk, property_id=block.property_id, actor=None, now=NOW)
    assert counters(hotel.room_type.pk) == [(1, 0), (1, 0)]
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert booking.state == Booking.State.CONFIRMED
    assert counters(hotel.room_type.pk) == [(0, 1), (0, 1)]
    assert_books_balance(hotel)


@pytest.mark.django_db(transaction=True)
def test_the_last_room_of_a_block_goes_to_exactly_one(hotel: Hotel) -> None:
    block = make_block(hotel, 1)
    tokens = [quote_of(block, hotel, now=NOW + dt.timedelta(milliseconds=n)).token for n in range(6)]
    race = run_together(
        *(lambda token=token: hold_quote(token=token, user=None, now=NOW) for token in tokens)
    )
    assert len(race.results) == 1
    assert len(race.errors_of(StaySoldOut)) == 5
    assert counters(hotel.room_type.pk) == [(1, 0), (1, 0)]
    assert_books_balance(hotel)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_block_its_last_room_goes_to_several(
    hotel: Hotel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same race with the lock off hands one room out twice or more."""
    import threading

    from serai.inventory.services import blocks as arithmetic

    together = threading.Barrier(4)

    def unlocked(hold_id: Any) -> Hold:
        together.wait(timeout=30)
        return Hold.objects.get(pk=hold_id)

    real_claims = arithmetic.claims_of

    def claims_read_together(hold_ids: Any) -> Any:
        found = real_claims(hold_ids)
        together.wait(timeout=30)
        return found

    block = make_block(hotel, 1)
    tokens = [quote_of(block, hotel, now=NOW + dt.timedelta(milliseconds=n)).token for n in range(4)]
    monkeypatch.setattr(arithmetic, "_lock_hold", unlocked)
    monkeypatch.setattr(arithmetic, "claims_of", claims_read_together)
    race = run_together(
        *(lambda token=token: hold_quote(token=token, user=None, now=NOW) for token in tokens)
    )
    assert len(race.results) > 1
    assert recount() != []


@pytest.mark.django_db(transaction=True)
def test_a_release_while_guests_pay_loses_no_night_and_sells_none_twice(hotel: Hotel) -> None:
    block = make_block(hotel, 3)
    checkouts = [hold_of(block, hotel) for _ in range(2)]
    last = quote_of(block, hotel, now=NOW + dt.timedelta(seconds=1))
    race = run_together(
        *(lambda pk=checkout.pk: complete_checkout(checkout_id=pk, now=NOW) for checkout in checkouts),
        lambda: release_block(block_id=block.pk, property_id=block.property_id, actor=None, now=NOW),
        lambda: hold_quote(token=last.token, user=None, now=NOW + dt.timedelta(seconds=1)),
    )
    assert [type(error) for error in race.errors if not isinstance(error, (NotOffered, StaySoldOut))] == []
    assert Booking.objects.filter(state=Booking.State.CONFIRMED).count() == 2
    paying = Checkout.objects.filter(state=Checkout.State.OPEN).count()
    assert counters(hotel.room_type.pk) == [(paying, 2), (paying, 2)]
    assert_books_balance(hotel)
