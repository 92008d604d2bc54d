"""Sharing a party out over rooms of several types: pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from serai.rates.rules import Party, ProductTerms, fits, split_party


def share_party(party: Party, rooms: Sequence[ProductTerms]) -> list[Party] | int:
    """One party for each room, in the order of the rooms; or how many guests find no place.

    Guests are shared out evenly where that fits, the larger parts to the larger rooms. Otherwise children
    first take the places that no adult may have, then the places of adults; that fits whenever anything does.
    Every room needs an adult: raises `ValueError` when there are fewer, or no rooms.
    """
    if not rooms or party.adults < len(rooms):
        raise ValueError("Every room needs an adult.")
    largest_first = sorted(range(len(rooms)), key=lambda index: (-rooms[index].max_guests, index))
    even: list[Party] = [Party(0)] * len(rooms)
    for index, part in zip(largest_first, split_party(party, len(rooms)), strict=True):
        even[index] = part
    if all(fits(terms, part) for terms, part in zip(rooms, even, strict=True)):
        return even
    return _fill(party, rooms)


def _fill(party: Party, rooms: Sequence[ProductTerms]) -> list[Party] | int:
    """Fill the rooms one kind of guest after another, as tightly as they allow."""
    terms = rooms[0]  # Ages are counted alike in all rooms of a property.
    small = sorted((age for age in party.children_ages if age <= terms.child_max_age), reverse=True)
    grown = [age for age in party.children_ages if age > terms.child_max_age]
    children: list[list[int]] = [[] for _room in rooms]
    slack = [min(room.max_children, max(room.max_guests - room.max_adults, 0)) for room in rooms]
    most = [min(room.max_children, room.max_guests - 1) for room in rooms]
    for limits in (slack, most):
        for index, limit in enumerate(limits):
            while small and len(children[index]) < limit:
                children[index].append(small.pop(0))
    places = [
        min(room.max_adults, room.max_guests - len(children[index])) for index, room in enumerate(rooms)
    ]
    adults = [1] * len(rooms)
    left = party.adults - len(rooms)
    teens: list[list[int]] = [[] for _room in rooms]
    for index, places_here in enumerate(places):
        more = min(left, places_here - adults[index])
        adults[index] += more
        left -= more
    for index, places_here in enumerate(places):
        while grown and adults[index] + len(teens[index]) < places_here:
            teens[index].append(grown.pop(0))
    if missing := len(small) + left + len(grown):
        return missing
    return [Party(adults[index], tuple(chain(teens[index], children[index]))) for index in range(len(rooms))]
