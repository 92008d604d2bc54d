"""Searching on a real database: what is found, for which price, in how many queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict

from serai.bookings.quotes import make_quote, request_rooms
from serai.inventory.models import Night
from serai.properties.models import Amenity, Destination, Photo, Property
from serai.rates.models import NightPrice, TaxRule
from serai.rates.rules import Adjustment
from serai.search.destinations import ANYWHERE, Place, PlaceKind
from serai.search.requests import parse_search
from serai.search.selectors import SearchPage, search_properties
from serai.search.selectors.results import PAGE_SIZE
from tests.factories import NOW, DestinationFactory, Hotel, make_hotel

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)
DATES = "check_in=2026-12-10&check_out=2026-12-12"


@pytest.fixture
def jaipur() -> Destination:
    return DestinationFactory.create(name="Jaipur", names="|jaipur|")


def at(destination: Destination) -> Place:
    return Place(
        kind=PlaceKind.DESTINATION,
        name=destination.name,
        destination_id=destination.pk,
        latitude=destination.latitude,
        longitude=destination.longitude,
    )


def search(query: str = DATES, place: Place = ANYWHERE, *, now: dt.datetime = NOW) -> SearchPage:
    return search_properties(parse_search(QueryDict(query), today=TODAY), place, now=now)


def names(page: SearchPage) -> list[str]:
    return [hit.property.name for hit in page.hits]


def tax(hotel: Hotel, name: str, **fields: Any) -> None:
    TaxRule.objects.create(property=hotel.property, name=name, **fields)


def test_a_result_has_the_cheapest_product_and_its_whole_price() -> None:
    hotel = make_hotel(name="Hawa Lodge", units=2)
    tax(hotel, "GST", kind="percent", value=1200)
    page = search()
    assert names(page) == ["Hawa Lodge"]
    product = page.hits[0].product
    assert product is not None
    # Two nights of 4,000 less 10 % for the saver, and 12 % tax.
    assert product.total_minor == 2 * (360_000 + 43_200)
    assert (product.offer.rate_plan_name, product.room_type_name) == ("Saver", hotel.room_type.name)
    assert not product.is_free_to_cancel
    free = page.hits[0].free_product
    assert free is not None
    assert free.total_minor == 2 * (400_000 + 48_000)
    assert page.hits[0].scarce_units == 2


@pytest.mark.parametrize(
    "guests",
    [
        "adults=1",
        "adults=2&ages=1",
        "adults=2&ages=8",
        "adults=3&rooms=2&ages=14",
        "adults=4&rooms=2&ages=3&ages=11",
    ],
)
@pytest.mark.parametrize("nights", [1, 5])
def test_search_and_quote_agree_to_the_cent(guests: str, nights: int) -> None:
    hotel = make_hotel(base_minor=333_333)
    hotel.flexible.extra_adult_minor, hotel.flexible.extra_child_minor = 77_777, 33_333
    hotel.flexible.save()
    tax(hotel, "Luxury", kind="percent", value=1225, below_minor=400_000)
    tax(hotel, "Luxury above", kind="percent", value=1800, from_minor=400_000)
    tax(hotel, "Included", kind="percent", value=333, is_included=True)
    tax(
        hotel, "City tax", kind="amount", basis="adult", period="night", value=5_050, is_paid_at_property=True
    )
    tax(hotel, "Linen", kind="amount", basis="room", period="stay", value=12_345)

    check_out = dt.date(2026, 12, 10) + dt.timedelta(days=nights)
    page = search(f"check_in=2026-12-10&check_out={check_out}&{guests}")
    stay = page.request.stay
    assert stay is not None
    shown = [page.hits[0].product, page.hits[0].free_product]
    assert {entry.offer.product_id for entry in shown if entry} == {hotel.saver.pk, hotel.flexible.pk}
    for entry in shown:
        assert entry is not None
        request = request_rooms(
            product_id=entry.offer.product_id,
            check_in=stay.check_in,
            check_out=stay.check_out,
            party=stay.guests.party,
            rooms=stay.guests.rooms,
        )
        assert entry.total_minor == make_quote(request=request, now=NOW).price.total_minor


def test_a_plan_derived_twice_goes_down_the_chain_in_order() -> None:
    hotel = make_hotel(base_minor=100_000)
    deeper = replace(hotel).saver.rate_plan
    grandchild = type(deeper).objects.create(
        property=hotel.property,
        policy=deeper.policy,
        name="Long saver",
        parent=deeper,
        adjustment_kind="amount",
        adjustment_value=-5_000,
    )
    grandchild.products.create(room_type=hotel.room_type)
    product = search().hits[0].product
    assert product is not None
    assert product.offer.terms.adjustments == (
        Adjustment("percent", -1000, plan="Saver"),
        Adjustment("amount", -5_000, plan="Long saver"),
    )
    assert product.total_minor == 2 * (90_000 - 5_000)


@pytest.mark.parametrize(
    ("change", "is_found"),
    [
        ({}, True),
        ({"is_closed": True}, False),
        ({"sold": 2, "held": 1}, False),
        ({"sold": 2}, True),
        ({"allotment": 0}, False),
        ({"sold": 3, "allowance": 1}, True),
    ],
)
def test_every_night_must_have_a_room_left(change: dict[str, Any], is_found: bool) -> None:
    hotel = make_hotel(name="Hawa Lodge", units=3)
    nights = Night.objects.filter(room_type=hotel.room_type, date="2026-12-11")
    assert nights.update(**change) == 1 if change else nights.count() == 1
    page = search()
    assert page.total == is_found
    assert page.unavailable == (not is_found)
    # The day of departure needs no room.
    assert search("check_in=2026-12-10&check_out=2026-12-11").total == 1


def test_a_night_that_is_not_open_or_has_no_price_is_not_sold() -> None:
    hotel = make_hotel()
    last = dt.date(2027, 1, 18)
    assert search(f"check_in={last}&check_out={last + dt.timedelta(days=1)}").total == 1
    assert search(f"check_in={last}&check_out={last + dt.timedelta(days=2)}").total == 0
    NightPrice.objects.filter(product=hotel.flexible, date="2026-12-11").delete()
    assert search().total == 0


def test_as_many_rooms_as_asked_for_must_be_left() -> None:
    make_hotel(units=2)
    assert search(f"{DATES}&adults=4&rooms=2").total == 1
    assert search(f"{DATES}&adults=6&rooms=3").total == 0


def test_the_party_must_fit() -> None:
    make_hotel(units=5)
    assert search(f"{DATES}&adults=3").total == 0
    assert search(f"{DATES}&adults=3&rooms=2").total == 1
    assert search(f"{DATES}&adults=2&ages=5").total == 1
    assert search(f"{DATES}&adults=2&ages=5&ages=6").total == 0
    # A child older than the property's children counts as an adult.
    assert search(f"{DATES}&adults=2&ages=16").total == 0


def test_only_published_properties_and_active_rooms_plans_and_products() -> None:
    hotel = make_hotel()
    for row, change in [
        (hotel.property, {"status": Property.Status.RETURNED}),
        (hotel.room_type, {"is_active": False}),
    ]:
        type(row).objects.filter(pk=row.pk).update(**change)
        assert search().total == 0
        row.save()
    hotel.saver.is_active = False
    hotel.saver.save()
    product = search().hits[0].product
    assert product is not None
    assert product.offer.product_id == hotel.flexible.pk
    hotel.flexible.rate_plan.is_active = False
    hotel.flexible.rate_plan.save()
    assert search().total == 0


def test_a_stay_cannot_begin_on_a_day_that_has_passed_at_the_property() -> None:
    make_hotel(name="West", timezone="America/Los_Angeles")
    make_hotel(name="East", timezone="Pacific/Auckland")
    # 11:30 in the evening of the 21st in Los Angeles; the 22nd in Auckland has an evening too.
    now = dt.datetime(2026, 11, 22, 7, 30, tzinfo=dt.UTC)
    page = search("check_in=2026-11-21&check_out=2026-11-23", now=now)
    assert names(page) == ["West"]


def test_place_decides(jaipur: Destination) -> None:
    make_hotel(name="Hawa Lodge", destination=jaipur)
    paris = DestinationFactory.create(name="Paris", country_code="FR")
    make_hotel(name="Chez Nous", destination=paris, currency="EUR")
    assert names(search(place=at(jaipur))) == ["Hawa Lodge"]
    assert names(search(place=Place(kind=PlaceKind.COUNTRY, country_code="FR"))) == ["Chez Nous"]
    assert names(search(place=Place(kind=PlaceKind.WORDS, words="hawa lodg"))) == ["Hawa Lodge"]
    assert sorted(names(search())) == ["Chez Nous", "Hawa Lodge"]


def test_without_dates_there_are_no_prices(jaipur: Destination) -> None:
    make_hotel(name="Plain", stars=3, destination=jaipur)
    make_hotel(name="Grand", stars=5, destination=jaipur, review_count=40, review_total=380)
    page = search("", at(jaipur))
    assert names(page) == ["Grand", "Plain"]
    assert [hit.product for hit in page.hits] == [None, None]
    assert names(search("stars=3", at(jaipur))) == ["Plain"]
    assert "sort" in search("sort=price", at(jaipur)).request.errors
    assert "sort" in search("sort=distance").request.errors


def test_when_all_are_sold_out_they_are_shown_as_that(jaipur: Destination) -> None:
    hotel = make_hotel(name="Hawa Lodge", destination=jaipur)
    Night.objects.filter(room_type=hotel.room_type).update(is_closed=True)
    page = search(place=at(jaipur))
    assert (page.total, page.unavailable) == (0, 1)
    assert [(hit.property.name, hit.is_sold_out, hit.product) for hit in page.hits] == [
        ("Hawa Lodge", True, None)
    ]


def test_an_empty_list_says_which_filter_to_lift(jaipur: Destination) -> None:
    hotel = make_hotel(name="Hawa Lodge", stars=3, destination=jaipur)
    pool, _made = Amenity.objects.get_or_create(slug="pool", defaults={"name": "Pool", "scope": "property"})
    hotel.property.amenities.add(pool)
    page = search(f"{DATES}&stars=5&amenities=pool", at(jaipur))
    assert page.total == 0
    assert [(facet.value, count) for facet, count in page.relaxations] == [("stars", 1)]


def test_an_unknown_amenity_is_named_and_left_out(jaipur: Destination) -> None:
    make_hotel(destination=jaipur)
    page = search(f"{DATES}&amenities=dragons", at(jaipur))
    assert page.total == 1
    assert "dragons" in page.request.errors["filters"]


def test_pages_do_not_overlap_and_have_the_exact_total(jaipur: Destination) -> None:
    for number in range(PAGE_SIZE + 3):
        make_hotel(name=f"Inn {number}", destination=jaipur, days=30)
    first, second = search(place=at(jaipur)), search(f"{DATES}&page=2", at(jaipur))
    assert first.total == second.total == PAGE_SIZE + 3
    assert (len(first.hits), len(second.hits)) == (PAGE_SIZE, 3)
    assert len({*names(first), *names(second)}) == PAGE_SIZE + 3
    assert names(search(f"{DATES}&page=99", at(jaipur))) == names(second)


def test_the_cover_is_a_ready_photo_of_the_house_before_one_of_a_room() -> None:
    hotel = make_hotel()

    def photo(**fields: Any) -> Photo:
        return Photo.objects.create(property=hotel.property, original="x", **fields)

    photo(position=0, status="pending")
    photo(position=1, status="ready", room_type=hotel.room_type)
    cover = photo(position=2, status="ready")
    photo(position=3, status="ready")
    assert search().hits[0].photo == cover


@pytest.mark.parametrize(("query", "count"), [(DATES, 14), ("", 4)])
def test_the_number_of_queries_is_fixed(
    jaipur: Destination, django_assert_num_queries: Any, query: str, count: int
) -> None:
    make_hotel(destination=jaipur, days=30)
    with django_assert_num_queries(count):
        search(query, at(jaipur))
    for _number in range(49):
        make_hotel(destination=jaipur, days=30)
    with django_assert_num_queries(count):
        page = search(query, at(jaipur))
    assert page.total == 50
