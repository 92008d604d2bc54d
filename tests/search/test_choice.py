"""Several rooms at once, codes, members' prices, offers and restricted rates on a hotel's page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from serai.bookings.errors import NotOffered
from serai.bookings.services import hold_quote
from serai.inventory.models import Night
from serai.inventory.services import open_nights
from serai.rates.models import NightRestriction, Product, Promotion, RateCode, RatePlan, TaxRule
from serai.rates.rules import Party
from serai.rates.services.prices import fill_prices
from serai.search.choice import choose_rooms
from serai.search.requests import Guests, Stay
from serai.search.selectors import PropertyDetail, property_detail
from tests.factories import FIRST_NIGHT, NOW, Hotel, ProductFactory, RoomTypeFactory, make_hotel

pytestmark = pytest.mark.django_db

CHECK_IN, CHECK_OUT = dt.date(2026, 12, 10), dt.date(2026, 12, 12)


@pytest.fixture(autouse=True)
def _no_repeated_queries() -> None:
    """A page is looked at several times in one test; its queries are counted elsewhere."""


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


@pytest.fixture
def single(hotel: Hotel) -> Product:
    room_type = RoomTypeFactory.create(
        property=hotel.property,
        name="Single",
        base_guests=1,
        max_adults=1,
        max_children=0,
        max_guests=1,
        position=1,
    )
    last = FIRST_NIGHT + dt.timedelta(days=59)
    open_nights(room_type_id=room_type.pk, first=FIRST_NIGHT, last=last, allotment=2, now=NOW)
    product = ProductFactory.create(
        room_type=room_type, rate_plan=hotel.flexible.rate_plan, base_minor=250_000
    )
    fill_prices(product_id=product.pk, first=FIRST_NIGHT, last=last, now=NOW)
    return product


def stay(adults: int = 2, **fields: Any) -> Stay:
    return Stay(CHECK_IN, CHECK_OUT, Guests(adults), **fields)


def look(hotel: Hotel, **fields: Any) -> PropertyDetail:
    return property_detail(property_=hotel.property, stay=stay(**fields), now=NOW)


def test_three_guests_share_two_rooms_of_two_types(hotel: Hotel, single: Product) -> None:
    quote = choose_rooms(
        property_=hotel.property,
        stay=stay(3, needs_accessible=True),
        quantities={single.pk: 1, hotel.saver.pk: 1},
        is_member=False,
        now=NOW,
    )
    assert [(room.product_id, room.party, room.needs_accessible) for room in quote.request.rooms] == [
        (hotel.saver.pk, Party(2), True),
        (single.pk, Party(1), False),
    ]
    assert quote.price.total_minor == 2 * (360_000 + 250_000)
    assert hold_quote(token=quote.token, user=None, now=NOW).state == "open"


@pytest.mark.parametrize(
    ("adults", "quantities", "sentence"),
    [
        (2, {}, "Please choose a room."),
        (5, {"flexible": 1, "single": 1}, "2 of your guests have no place yet"),
        (1, {"flexible": 2}, "with 1 adult you can book one room"),
        (30, {"flexible": 9}, "At most 8 rooms"),
        (4, {"flexible": 1, "saver": 2}, "Only 2 rooms of “"),
        (2, {"other": 1}, "not on sale any more"),
    ],
)
def test_what_is_missing_is_said(
    hotel: Hotel, single: Product, adults: int, quantities: dict[str, int], sentence: str
) -> None:
    known = {
        "flexible": hotel.flexible.pk,
        "saver": hotel.saver.pk,
        "single": single.pk,
        "other": make_hotel().flexible.pk,
    }
    with pytest.raises(NotOffered, match=sentence):
        choose_rooms(
            property_=hotel.property,
            stay=stay(adults),
            quantities={known[name]: count for name, count in quantities.items()},
            is_member=False,
            now=NOW,
        )


def test_a_party_too_large_for_any_room_sees_what_several_rooms_cost(hotel: Hotel, single: Product) -> None:
    detail = look(hotel, adults=3)
    assert detail.cheapest is None
    assert detail.has_choice
    assert detail.has_parts
    double, alone = detail.rooms
    assert [
        (part.offer.rate_plan_name, part.price.total_minor, part.most_rooms) for part in double.parts
    ] == [
        ("Flexible", 800_000, 2),
        ("Saver", 720_000, 2),
    ]
    assert alone.parts[0].price.rooms[0].party == Party(1)
    assert not look(hotel, adults=1).has_choice


def test_an_offer_shows_what_it_was_before_taxes_included(hotel: Hotel) -> None:
    TaxRule.objects.create(property=hotel.property, name="GST", value=500)
    Promotion.objects.create(property=hotel.property, name="Winter", value=1000)
    flexible, _saver = look(hotel).rooms[0].offers
    assert (flexible.before_minor, flexible.price.total_minor, flexible.saved_minor) == (
        840_000,
        756_000,
        84_000,
    )


def test_members_prices_are_told_and_private_plans_are_not(hotel: Hotel) -> None:
    RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(audience="members")
    room = look(hotel).rooms[0]
    assert [offer.offer.rate_plan_name for offer in room.offers] == ["Flexible"]
    assert room.member_minor == 720_000
    signed_in = property_detail(property_=hotel.property, stay=stay(), now=NOW, is_member=True)
    assert [offer.offer.audience for offer in signed_in.rooms[0].offers] == ["public", "members"]
    assert signed_in.rooms[0].member_minor is None
    for change in ({"audience": "code"}, {"audience": "members", "is_active": False}):
        RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(**change)
        room = look(hotel).rooms[0]
        assert (room.member_minor, len(room.offers), len(room.restricted)) == (None, 1, 0)


def test_a_rate_that_is_restricted_says_why_and_what_would_do(hotel: Hotel) -> None:
    RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(min_stay_arrival=4)
    NightRestriction.objects.create(product=hotel.saver, date=CHECK_IN, min_stay_through=5)
    [room] = look(hotel, codes=("SUN",)).rooms
    [rates] = room.restricted
    assert rates.names == "Saver"
    assert list(rates.sentences) == [
        "A stay that begins on 10 Dec 2026 needs at least 4 nights.",
        "A stay over the night of 10 Dec 2026 needs at least 5 nights.",
    ]
    assert rates.remedy == "Stay 3 more nights"
    assert rates.remedy_query == "check_in=2026-12-10&check_out=2026-12-15&adults=2&rooms=1&code=SUN"
    RatePlan.objects.update(is_closed_to_arrival=True)
    [room] = look(hotel).rooms
    assert (room.state, [rates.remedy for rates in room.restricted]) == ("restricted", ["", ""])
    RatePlan.objects.update(is_closed_to_arrival=None, max_stay_arrival=1, min_stay_arrival=None)
    NightRestriction.objects.all().delete()
    [room] = look(hotel).rooms
    assert [(rates.names, rates.remedy) for rates in room.restricted] == [
        ("Flexible, Saver", "Stay 1 night less")
    ]


def test_codes_say_what_they_do(hotel: Hotel) -> None:
    RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(audience="code")
    RateCode.objects.create(property=hotel.property, rate_plan=hotel.saver.rate_plan, code="Friends")
    RateCode.objects.create(
        property=hotel.property,
        rate_plan=hotel.saver.rate_plan,
        code="OLD",
        valid_until_date=dt.date(2026, 11, 20),
    )
    Promotion.objects.create(property=hotel.property, name="Sun", value=1000, code="sun")
    Promotion.objects.create(property=hotel.property, name="Long", value=1000, code="LONG", min_nights=7)
    detail = look(hotel, codes=("FRIENDS", "SUN", "LONG"))
    assert [(note.tone, note.sentence) for note in detail.codes] == [
        ("success", "“FRIENDS” opens the rate “Saver”."),
        ("success", "“SUN” counts: “Sun” is taken off the prices below."),
        ("info", "“LONG” takes nothing off this stay. It is for stays of 7 nights or more."),
    ]
    assert [offer.offer.audience for offer in detail.rooms[0].offers] == ["public", "code"]
    assert detail.rooms[0].offers[0].saved_minor == 80_000
    assert [note.sentence for note in look(hotel, codes=("OLD", "NOPE")).codes] == [
        "“OLD” is not valid any more.",
        "“NOPE” is not a code of this hotel. Please check how it is written.",
    ]
    other = make_hotel()
    assert [note.tone for note in look(other, codes=("SUN",)).codes] == ["error"]


def test_rooms_that_are_gone_have_neither_parts_nor_members_prices(hotel: Hotel) -> None:
    RatePlan.objects.filter(pk=hotel.saver.rate_plan_id).update(audience="members")
    Night.objects.filter(date=CHECK_IN).update(sold=2)
    [room] = look(hotel, adults=4).rooms
    assert (room.parts, room.member_minor) == ([], None)
