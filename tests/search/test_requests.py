"""Reading a search from a query string: what is understood, what is said about the rest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.http import QueryDict

from serai.rates.rules import Party
from serai.search.requests import Filters, Guests, Sort, Stay, parse_place, parse_search, parse_stay

TODAY = dt.date(2026, 11, 21)


def stay_of(query: str) -> Stay | None:
    return parse_stay(QueryDict(query), today=TODAY).stay


def errors_of(query: str) -> dict[str, str]:
    return parse_search(QueryDict(query), today=TODAY).errors


def test_a_whole_stay() -> None:
    stay = stay_of("check_in=2026-12-10&check_out=2026-12-13&adults=3&rooms=2&ages=4&ages=&ages=11")
    assert stay == Stay(dt.date(2026, 12, 10), dt.date(2026, 12, 13), Guests(3, (4, 11), 2))
    assert stay.nights == 3
    assert stay.guests.parties == [Party(2), Party(1, (11, 4))]
    assert stay.query_items() == [
        ("check_in", "2026-12-10"),
        ("check_out", "2026-12-13"),
        ("adults", "3"),
        ("rooms", "2"),
        ("ages", "4"),
        ("ages", "11"),
    ]


def test_query_items_are_read_back_as_the_same_stay() -> None:
    stay = stay_of("check_in=2026-12-10&check_out=2026-12-13&adults=3&rooms=2&ages=4")
    assert stay is not None
    query = QueryDict(mutable=True)
    for name, value in stay.query_items():
        query.appendlist(name, value)
    assert parse_stay(query, today=TODAY).stay == stay


def test_nothing_typed_is_two_adults_without_dates_and_no_complaint() -> None:
    parsed = parse_search(QueryDict(""), today=TODAY)
    assert parsed.stay is None
    assert parsed.stay_input.guests == Guests(adults=2, children_ages=(), rooms=1)
    assert parsed.errors == {}
    assert parsed.sort == Sort.RECOMMENDED
    assert parsed.filters == Filters()


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("check_in=2026-12-10&check_out=2026-12-10", "check_out", "Check-out must be after check-in."),
        ("check_in=2026-12-10&check_out=2026-12-09", "check_out", "Check-out must be after check-in."),
        ("check_in=2026-11-20&check_out=2026-11-23", "check_in", "This day has passed"),
        ("check_in=2026-12-10&check_out=2027-03-11", "check_out", "at most 90 nights"),
        ("check_in=2029-12-10&check_out=2029-12-11", "check_in", "too far ahead"),
        ("check_in=2026-12-10", "check_out", "When do you leave?"),
        ("check_out=2026-12-10", "check_in", "When do you arrive?"),
        ("check_in=tomorrow&check_out=2026-12-10", "check_in", "Enter a date such as"),
        ("check_in=2026-02-30&check_out=2026-12-10", "check_in", "Enter a date such as"),
        ("adults=0", "adults", "At least one adult"),
        ("adults=-2", "adults", "At least one adult"),
        ("adults=two", "adults", "Enter a whole number."),
        ("adults=31", "adults", "At most 30"),
        ("rooms=0", "rooms", "at least one room"),
        ("rooms=9&adults=20", "rooms", "At most 8"),
        ("rooms=3&adults=2", "rooms", "Each room needs an adult"),
        ("ages=18", "ages", "from 0 to 17"),
        ("ages=-1", "ages", "from 0 to 17"),
        ("ages=five", "ages", "from 0 to 17"),
        ("ages=1&ages=2&ages=3&ages=4&ages=5&ages=6&ages=7", "ages", "At most 6 children"),
        ("children=2&ages=4", "ages", "Choose the age of each child."),
        ("sort=cheapest", "sort", "We cannot sort like that"),
        ("stars=9", "filters", "left it out: 9"),
        ("kinds=castle", "filters", "left it out: castle"),
        ("meals=brunch", "filters", "left it out: brunch"),
        ("min_score=11", "filters", "left it out: 11"),
        ("price_from=lots", "price_from", "Enter an amount"),
        ("price_to=NaN", "price_to", "Enter an amount"),
        ("price_from=500&price_to=100", "price_to", "The highest price is below the lowest."),
        ("q=" + "x" * 121, "q", "a long name"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(query: str, field: str, message: str) -> None:
    errors = errors_of(query)
    assert list(errors) == [field]
    assert message in errors[field]


def test_a_bad_stay_keeps_what_was_typed() -> None:
    parsed = parse_stay(
        QueryDict("check_in=2026-12-10&check_out=soon&adults=none&rooms=1&ages=99"), today=TODAY
    )
    assert parsed.stay is None
    assert (parsed.check_in_text, parsed.check_out_text, parsed.adults_text) == ("2026-12-10", "soon", "none")
    assert parsed.ages_texts == ("99",)
    assert set(parsed.errors) == {"check_out", "adults", "ages"}
    assert parsed.guests == Guests(adults=2, children_ages=(), rooms=1)


def test_ninety_nights_from_today_are_a_stay() -> None:
    stay = stay_of("check_in=2026-11-21&check_out=2027-02-19")
    assert stay is not None
    assert stay.nights == 90


def test_filters_and_order() -> None:
    parsed = parse_search(
        QueryDict(
            "stars=4&stars=5&kinds=hotel&amenities=pool&amenities=wifi&min_score=8&free_cancellation=1"
            "&meals=breakfast&price_from=1,000&price_to=4500.50&sort=price&page=3"
        ),
        today=TODAY,
    )
    assert parsed.errors == {}
    assert parsed.filters == Filters(
        stars=frozenset({4, 5}),
        kinds=frozenset({"hotel"}),
        amenities=frozenset({"pool", "wifi"}),
        min_score=8,
        is_free_to_cancel=True,
        meals="breakfast",
        price_from=Decimal(1000),
        price_to=Decimal("4500.50"),
    )
    assert parsed.filters.count == 9
    assert (parsed.sort, parsed.page) == (Sort.PRICE, 3)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=+Jaipur+++city+&destination=7", ("Jaipur city", 7)),
        ("destination=-1", ("", None)),
        ("destination=99999999999999999999", ("", None)),
        ("destination=x&page=x", ("", None)),
        ("q=a%00b", ("ab", None)),
    ],
)
def test_the_place_as_typed(query: str, expected: tuple[str, int | None]) -> None:
    assert parse_place(QueryDict(query)) == expected
