"""Sharing a party out over rooms: it fits whenever anything fits, and never loses a guest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.rates.rules import Party, ProductTerms, fits
from serai.search.sharing import share_party


def room(adults: int, children: int, guests: int) -> ProductTerms:
    return ProductTerms("EUR", 2, adults, children, guests)


def test_an_even_share_comes_first_and_more_go_to_the_larger_room() -> None:
    assert share_party(Party(3), [room(2, 0, 2), room(3, 1, 4)]) == [Party(1), Party(2)]
    assert share_party(Party(4, (5,)), [room(2, 1, 3), room(2, 1, 3)]) == [Party(2), Party(2, (5,))]


def test_uneven_rooms_are_filled() -> None:
    assert share_party(Party(5), [room(4, 0, 4), room(1, 0, 1)]) == [Party(4), Party(1)]
    assert share_party(Party(2, (3, 5)), [room(2, 0, 2), room(2, 2, 3)]) == [Party(1), Party(1, (5, 3))]


def test_who_finds_no_place_is_counted() -> None:
    assert share_party(Party(5), [room(2, 0, 2), room(2, 0, 2)]) == 1
    assert share_party(Party(2, (3, 5, 7)), [room(2, 1, 3)]) == 2


@pytest.mark.parametrize(("adults", "rooms"), [(1, 2), (3, 0)])
def test_every_room_needs_an_adult(adults: int, rooms: int) -> None:
    with pytest.raises(ValueError, match="adult"):
        share_party(Party(adults), [room(2, 2, 3)] * rooms)


def ways(party: Party, rooms: Sequence[ProductTerms]) -> Iterator[list[Party]]:
    """Every way to put everybody somewhere, slowly."""
    places = range(len(rooms))
    for adults in product(places, repeat=party.adults):
        for children in product(places, repeat=len(party.children_ages)):
            yield [
                Party(
                    adults.count(index),
                    tuple(age for age, at in zip(party.children_ages, children, strict=True) if at == index),
                )
                for index in places
            ]


@given(
    party=st.builds(Party, st.integers(1, 5), st.lists(st.sampled_from([1, 8, 15]), max_size=3).map(tuple)),
    rooms=st.lists(
        st.builds(room, st.integers(1, 3), st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=3
    ),
)
def test_it_fits_exactly_when_some_way_fits(party: Party, rooms: list[ProductTerms]) -> None:
    if party.adults < len(rooms):
        return
    shared = share_party(party, rooms)
    fitting = any(
        all(part.adults and fits(terms, part) for part, terms in zip(way, rooms, strict=True))
        for way in ways(party, rooms)
    )
    assert isinstance(shared, list) == fitting
    if isinstance(shared, list):
        assert sum(part.adults for part in shared) == party.adults
        ages = sorted(age for part in shared for age in part.children_ages)
        assert ages == sorted(party.children_ages)
        assert all(part.adults and fits(terms, part) for part, terms in zip(shared, rooms, strict=True))
    else:
        assert shared > 0
