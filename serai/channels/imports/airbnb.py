"""Reads `listings.csv` of Inside Airbnb: each listing is a property with one room type.

Hosts are not imported: their names and numbers are personal, and a made-up address could not sign in.
Prices are written with `$` whatever the currency; they are in that of the listing's country.
"""

from __future__ import annotations

import json
import re

from serai.channels.imports.listings import (
    MAX_NAME,
    ImportedListing,
    ImportedRoom,
    cells_of,
    parse_count,
    parse_paragraphs,
    parse_position,
    parse_price,
    parse_text,
)
from serai.channels.tables import RowRefused, TableRow
from serai.properties.models import Property

REQUIRED = (
    "id",
    "name",
    "description",
    "latitude",
    "longitude",
    "property_type",
    "room_type",
    "accommodates",
    "amenities",
    "price",
)
# The first pattern that is found in `property_type` decides.
KINDS: tuple[tuple[str, str], ...] = (
    (r"hostel", Property.Kind.HOSTEL),
    (r"resort", Property.Kind.RESORT),
    (r"hotel(?! apart)|heritage", Property.Kind.HOTEL),
    (r"bed and breakfast|guesthouse|pension|ryokan|minsu|casa particular", Property.Kind.GUEST_HOUSE),
    (r"^(private|shared) room", Property.Kind.HOMESTAY),
    (r"tent|camp|yurt|tipi|hut|treehouse|dome", Property.Kind.CAMP),
    (r"home|house|villa|cottage|bungalow|cabin|chalet|farm|barn|castle", Property.Kind.VILLA),
    (r"unit|condo|apartment|loft|flat|suite|place|studio", Property.Kind.APARTMENT),
)
ROOM_NAMES = {
    "Entire home/apt": "Entire place",
    "Private room": "Private room",
    "Shared room": "Bed in a shared room",
    "Hotel room": "Hotel room",
}
# What an amenity's wording must contain, and ours that it then is. Several may apply.
AMENITIES: tuple[tuple[str, str, bool], ...] = tuple(
    (pattern, slug, of_room)
    for of_room, patterns in (
        (
            False,
            (
                (r"wifi", "wifi"),
                (r"\bbreakfast\b", "breakfast"),
                (r"\bpool\b(?! table)", "pool"),
                (r"\bgym\b|exercise equipment", "gym"),
                (r"parking|garage on premises|carport", "parking"),
                (r"ev charger", "ev-charging"),
                (r"elevator", "lift"),
                (r"crib|high chair|children", "family"),
                (r"pets allowed", "pets"),
                (r"beach access|beachfront", "beach"),
                (r"backyard|garden(?! view)", "garden"),
                (r"patio", "terrace"),
                (r"luggage dropoff", "luggage-storage"),
                (r"laundromat", "laundry"),
            ),
        ),
        (
            True,
            (
                (r"air conditioning|\bac unit\b|ac - split", "air-conditioning"),
                (r"heating", "heating"),
                (r"bathtub", "bath"),
                (r"balcony", "balcony"),
                (r"(garden|park|city|mountain|lake|river|valley|courtyard|skyline|canal) view", "view"),
                (r"(sea|ocean|beach) view", "sea-view"),
                (r"^kitchen$|^kitchenette$", "kitchen"),
                (r"\btv\b|hdtv", "tv"),
                (r"workspace", "desk"),
                (r"^safe$", "safe"),
                (r"coffee|kettle", "tea-coffee"),
                (r"refrigerator|fridge", "refrigerator"),
                (r"washer(?!s)", "washing-machine"),
                (r"^iron$", "iron"),
                (r"hair dryer", "hair-dryer"),
            ),
        ),
    )
    for pattern, slug in patterns
)
_COMPILED = tuple((re.compile(pattern), slug, of_room) for pattern, slug, of_room in AMENITIES)
_NOT_WANTED = re.compile(r"dishwasher|paid (washer|dryer)")


def parse_listing(row: TableRow) -> ImportedListing:
    """One listing. Raises `RowRefused`."""
    cells = cells_of(row)
    if not re.fullmatch(r"\d{1,20}", cells["id"], re.ASCII):
        raise RowRefused("no_reference", cells["id"][:40])
    room_name = ROOM_NAMES.get(cells["room_type"])
    if room_name is None:
        raise RowRefused("unknown_type", cells["room_type"][:40])
    latitude, longitude = parse_position(cells["latitude"], cells["longitude"])
    if latitude is None:
        raise RowRefused("no_place")
    guests = parse_count(cells["accommodates"], column="accommodates", most=20)
    if not guests:
        raise RowRefused("bad_number", f"accommodates={cells['accommodates'][:20]}")
    of_house, of_room = map_amenities(cells["amenities"])
    return ImportedListing(
        line=row.line,
        reference=cells["id"],
        name=parse_text(cells["name"], most=MAX_NAME, missing="no_name"),
        kind=kind_of(cells["property_type"]),
        country="",
        description=parse_paragraphs(cells["description"]),
        latitude=latitude,
        longitude=longitude,
        amenities=of_house,
        room=ImportedRoom(
            name=room_name,
            units=1,
            max_guests=guests,
            price=parse_price(cells["price"]),
            amenities=of_room,
        ),
    )


def kind_of(property_type: str) -> str:
    """Our kind of place. Refused when no pattern knows the wording."""
    text = property_type.lower()
    for pattern, kind in KINDS:
        if re.search(pattern, text):
            return kind
    raise RowRefused("unknown_type", property_type[:40])


def map_amenities(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Amenities of the house and of the room that a JSON list of wordings means, each once."""
    try:
        wordings = json.loads(cell or "[]")
    except ValueError:
        raise RowRefused("bad_amenities", cell[:40]) from None
    if not isinstance(wordings, list) or not all(isinstance(wording, str) for wording in wordings):
        raise RowRefused("bad_amenities", cell[:40])
    of_house: set[str] = set()
    of_room: set[str] = set()
    for wording in wordings:
        text = wording.lower()
        if _NOT_WANTED.search(text):
            continue
        for pattern, slug, is_room in _COMPILED:
            if pattern.search(text):
                (of_room if is_room else of_house).add(slug)
    return tuple(sorted(of_house)), tuple(sorted(of_room))
