"""Reads the French register of classified places to stay (Atout France), with commune points added.

Columns: source_line, type, stars, name, address, postcode, commune, website, capacity, rooms,
approx_lat, approx_lon, geonameid. `-` is empty. The position is the commune's, not the house's.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from serai.channels.imports.listings import (
    EMPTY,
    MAX_ADDRESS,
    MAX_NAME,
    ImportedListing,
    ImportedRoom,
    cells_of,
    parse_count,
    parse_position,
    parse_text,
)
from serai.channels.tables import RowRefused, TableRow
from serai.properties.models import Property

REQUIRED = (
    "source_line",
    "type",
    "stars",
    "name",
    "address",
    "postcode",
    "commune",
    "website",
    "capacity",
    "rooms",
    "approx_lat",
    "approx_lon",
    "geonameid",
)
KINDS = {
    "HÔTEL DE TOURISME": (Property.Kind.HOTEL, "Hotel"),
    "CAMPING": (Property.Kind.CAMP, "Campsite"),
    "RÉSIDENCE DE TOURISME": (Property.Kind.APARTMENT, "Apartment residence"),
    "VILLAGE DE VACANCES": (Property.Kind.RESORT, "Holiday village"),
    "PARC RÉSIDENTIEL DE LOISIRS": (Property.Kind.CAMP, "Leisure park"),
}
# Departments and territories overseas have country codes of their own (ISO 3166-1).
OVERSEAS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
_STARS = re.compile(r"([1-5]) étoiles?")
_SMALL_WORDS = {
    "a", "à", "au", "aux", "de", "des", "du", "en", "et", "la", "le", "les", "sous", "sur",
}  # fmt: skip
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)


def parse_listing(row: TableRow) -> ImportedListing:
    """One classified place. Raises `RowRefused`."""
    cells = cells_of(row)
    reference = cells["source_line"]
    if not reference.isascii() or not reference.isdigit() or len(reference) > 12:
        raise RowRefused("no_reference", reference[:40])
    kind = KINDS.get(cells["type"].upper())
    if kind is None:
        raise RowRefused("unknown_type", cells["type"][:40])
    postcode = cells["postcode"]
    if not re.fullmatch(r"\d{5}", postcode, re.ASCII):
        raise RowRefused("bad_postcode", postcode[:20])
    latitude, longitude = parse_position(cells["approx_lat"], cells["approx_lon"])
    geoname_id = parse_count(cells["geonameid"], column="geonameid", most=10**9)
    commune = parse_text(cells["commune"], most=120)
    if not commune and latitude is None and geoname_id is None:
        raise RowRefused("no_place")
    capacity = parse_count(cells["capacity"], column="capacity", most=100_000)
    rooms = parse_count(cells["rooms"], column="rooms", most=2000)
    stars = parse_stars(cells["stars"])
    return ImportedListing(
        line=row.line,
        reference=reference,
        name=tidy_name(parse_text(cells["name"], most=MAX_NAME, missing="no_name")),
        kind=kind[0],
        country=OVERSEAS.get(postcode[:3], "FR"),
        stars=stars,
        description=_describe(
            kind[1], commune=commune, stars=stars, capacity=capacity, rooms=rooms, website=cells["website"]
        ),
        address=parse_text(cells["address"], most=MAX_ADDRESS),
        postal_code=postcode,
        city=commune,
        latitude=latitude,
        longitude=longitude,
        geoname_id=geoname_id,
        room=_room(capacity, rooms),
    )


def parse_stars(cell: str) -> int | None:
    """1 to 5; None for a nature site (`Aire naturelle`), which is classified without stars."""
    if cell == "Aire naturelle":
        return None
    match = _STARS.fullmatch(cell)
    if match is None:
        raise RowRefused("unknown_stars", cell[:40])
    return int(match[1])


def parse_website(cell: str) -> str:
    """An https or http address, or "" when the cell has none that could be opened."""
    if cell in EMPTY or len(cell) > 255 or re.search(r"\s", cell):
        return ""
    address = cell if re.match(r"https?://", cell, re.IGNORECASE) else f"https://{cell}"
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return address if _HOST.fullmatch(host) else ""


def tidy_name(name: str) -> str:
    """A name in capitals as a person would write it: `HÔTEL DE LA POSTE` → `Hôtel de la Poste`."""
    if not name.isupper():
        return name
    words = name.lower().split()
    return " ".join(
        word if number and word in _SMALL_WORDS else _capitalise(word) for number, word in enumerate(words)
    )


def _capitalise(word: str) -> str:
    """`l'étoile` → `L'Étoile`, `saint-michel` → `Saint-Michel`."""
    return re.sub(r"(^|[-'’(&/.])(\w)", lambda match: match[1] + match[2].upper(), word)


def _describe(
    kind: str, *, commune: str, stars: int | None, capacity: int | None, rooms: int | None, website: str
) -> str:
    where = f" in {tidy_name(commune)}" if commune else ""
    rating = f", classified with {stars} star{'s' if stars != 1 else ''} in France" if stars else ""
    parts = [f"{kind}{where}{rating}."]
    if rooms:
        parts.append(f"{rooms} rooms.")
    if capacity:
        parts.append(f"Room for {capacity} guests.")
    address = parse_website(website)
    if address:
        parts.append(f"Website: {address}")
    return " ".join(parts)


def _room(capacity: int | None, rooms: int | None) -> ImportedRoom | None:
    """The average room, where the register says how many rooms and guests there are."""
    if not rooms or not capacity or capacity < rooms:
        return None
    return ImportedRoom(name="Room", units=rooms, max_guests=min(-(-capacity // rooms), 20))
