# ruff: noqa: E501 - a table of rooms
"""Kinds of rooms that a house of each kind sells: beds, sizes, how many guests, what they cost beside each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RoomSpec:
    """A room type to choose from. `percent` is of the house's price for a double room."""

    name: str
    percent: int
    size: tuple[int, int]
    beds: tuple[tuple[str, int], ...]
    base_guests: int
    max_adults: int
    max_children: int
    max_guests: int
    units: tuple[int, int]
    amenities: tuple[str, ...] = ()


_BASICS = ("private-bathroom", "hair-dryer")
_COMFORT = (*_BASICS, "air-conditioning", "tv", "desk", "safe", "tea-coffee")
_FINE = (*_COMFORT, "minibar", "bath", "sofa", "iron")

# Each kind of house: those it always has, then those of which it draws some.
SPECS: dict[str, tuple[tuple[RoomSpec, ...], tuple[RoomSpec, ...]]] = {
    "hotel": (
        (
            RoomSpec("Standard Double", 100, (16, 22), (("double", 1),), 2, 2, 1, 3, (6, 18), _COMFORT),
            RoomSpec("Deluxe Twin", 118, (20, 28), (("single", 2),), 2, 2, 2, 4, (4, 14), _COMFORT),
        ),
        (
            RoomSpec("Single Room", 78, (11, 15), (("single", 1),), 1, 1, 0, 1, (2, 6), _COMFORT),
            RoomSpec("Superior King", 132, (24, 32), (("king", 1),), 2, 3, 2, 4, (3, 10), _FINE),
            RoomSpec(
                "Family Room", 160, (30, 40), (("queen", 1), ("single", 2)), 3, 4, 3, 5, (2, 6), _COMFORT
            ),
            RoomSpec(
                "Junior Suite", 190, (36, 48), (("king", 1), ("sofa", 1)), 2, 3, 2, 4, (1, 5), (*_FINE, "view")
            ),
            RoomSpec("Accessible Double", 100, (22, 28), (("queen", 1),), 2, 2, 1, 3, (1, 3),
                     (*_COMFORT, "wheelchair-room")),
        ),
    ),
    "grand": (
        (
            RoomSpec("Deluxe Room", 100, (32, 40), (("king", 1),), 2, 3, 2, 4, (12, 40), _FINE),
            RoomSpec("Premier Room with View", 128, (36, 46), (("king", 1),), 2, 3, 2, 4, (6, 20),
                     (*_FINE, "view", "balcony")),
        ),
        (
            RoomSpec("Deluxe Twin", 104, (32, 40), (("queen", 2),), 2, 4, 2, 4, (6, 20), _FINE),
            RoomSpec("Club Suite", 210, (54, 68), (("king", 1), ("sofa", 1)), 2, 3, 2, 4, (2, 8), (*_FINE, "view")),
            RoomSpec("Grand Suite", 340, (80, 120), (("king", 2),), 4, 5, 3, 6, (1, 3), (*_FINE, "view", "balcony")),
        ),
    ),
    "guest_house": (
        (RoomSpec("Double Room", 100, (14, 20), (("double", 1),), 2, 2, 1, 3, (3, 7), (*_BASICS, "desk")),),
        (
            RoomSpec("Twin Room", 100, (14, 20), (("single", 2),), 2, 2, 1, 3, (1, 4), (*_BASICS, "desk")),
            RoomSpec("Courtyard Room", 124, (18, 24), (("queen", 1),), 2, 2, 2, 3, (1, 4),
                     (*_BASICS, "air-conditioning", "tea-coffee", "quiet")),
            RoomSpec("Family Room", 150, (26, 34), (("double", 1), ("single", 2)), 3, 4, 2, 4, (1, 2),
                     (*_BASICS, "air-conditioning")),
            RoomSpec("Rooftop Room", 136, (18, 26), (("queen", 1),), 2, 2, 1, 3, (1, 2),
                     (*_BASICS, "air-conditioning", "view", "balcony")),
        ),
    ),
    "hostel": (
        (
            RoomSpec("Bed in 6-Bed Dorm", 28, (24, 30), (("bunk", 1),), 1, 1, 0, 1, (12, 24), ("air-conditioning",)),
            RoomSpec("Private Double", 92, (12, 16), (("double", 1),), 2, 2, 1, 3, (3, 8), _BASICS),
        ),
        (
            RoomSpec("Bed in 4-Bed Women’s Dorm", 34, (18, 24), (("bunk", 1),), 1, 1, 0, 1, (4, 12),
                     ("air-conditioning",)),
            RoomSpec("Private Quad", 150, (22, 28), (("bunk", 2),), 4, 4, 2, 4, (2, 4), _BASICS),
        ),
    ),
    "apartment": (
        (RoomSpec("Studio", 100, (26, 34), (("double", 1), ("sofa", 1)), 2, 3, 2, 3, (4, 12),
                  (*_BASICS, "kitchen", "washing-machine", "tv", "heating")),),
        (
            RoomSpec("One-Bedroom Apartment", 138, (40, 52), (("queen", 1), ("sofa", 1)), 2, 4, 2, 4, (3, 8),
                     (*_BASICS, "kitchen", "washing-machine", "tv", "sofa", "desk")),
            RoomSpec("Two-Bedroom Apartment", 205, (62, 84), (("queen", 1), ("single", 2)), 4, 5, 3, 6, (1, 5),
                     (*_BASICS, "kitchen", "washing-machine", "tv", "sofa", "balcony")),
        ),
    ),
    "villa": (
        (
            RoomSpec("Garden Cottage", 130, (36, 48), (("king", 1),), 2, 3, 2, 4, (2, 6), (*_FINE, "quiet")),
            RoomSpec("Two-Bedroom Villa", 290, (95, 140), (("king", 1), ("queen", 1)), 4, 5, 3, 7, (1, 3),
                     (*_FINE, "kitchen", "view")),
        ),
        (RoomSpec("Three-Bedroom Villa", 410, (150, 220), (("king", 2), ("single", 2)), 6, 7, 4, 9, (1, 2),
                  (*_FINE, "kitchen", "view", "balcony")),),
    ),
    "camp": (
        (RoomSpec("Safari Tent", 100, (20, 28), (("queen", 1),), 2, 2, 1, 3, (4, 14), _BASICS),),
        (
            RoomSpec("Family Tent", 148, (32, 40), (("queen", 1), ("single", 2)), 3, 4, 2, 4, (2, 6), _BASICS),
            RoomSpec("Luxury Tent with Deck", 190, (38, 46), (("king", 1),), 2, 3, 1, 3, (2, 5),
                     (*_COMFORT, "balcony", "view")),
        ),
    ),
}  # fmt: skip

BED_WORDS = {
    "single": ("one single bed", "{n} single beds"),
    "double": ("one double bed", "{n} double beds"),
    "queen": ("one queen bed", "{n} queen beds"),
    "king": ("one king bed", "{n} king beds"),
    "sofa": ("a sofa bed", "{n} sofa beds"),
    "bunk": ("a bunk with curtain and lamp", "{n} bunk beds"),
}


def specs_for(kind: str, stars: int | None) -> tuple[tuple[RoomSpec, ...], tuple[RoomSpec, ...]]:
    """The room types a house must and may have."""
    if stars == 5 and kind in {"hotel", "resort"}:
        return SPECS["grand"]
    return SPECS[{"resort": "hotel", "homestay": "guest_house"}.get(kind, kind)]


def name_beds(beds: tuple[tuple[str, int], ...]) -> str:
    """The beds in words: “one queen bed and 2 single beds”."""
    return " and ".join(BED_WORDS[kind][count > 1].format(n=count) for kind, count in beds)
