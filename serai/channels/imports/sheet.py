"""Reads our own spreadsheet format, described for people in `docs/reference/import-csv.md`."""

from __future__ import annotations

import re

from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from serai.channels.imports.listings import (
    MAX_ADDRESS,
    MAX_NAME,
    MAX_POSTAL_CODE,
    MAX_REFERENCE,
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
from serai.properties.catalogue import CATALOGUE, ROOM
from serai.properties.models import Property

REQUIRED = ("ref", "name", "kind", "city", "country")
OPTIONAL = (
    "description",
    "stars",
    "address",
    "postal_code",
    "latitude",
    "longitude",
    "phone",
    "email",
    "currency",
    "amenities",
    "room_name",
    "room_units",
    "room_guests",
    "room_price",
)
_ROOM_SLUGS = {entry.slug for entry in CATALOGUE if entry.scope == ROOM}
_SLUGS = {entry.slug for entry in CATALOGUE}


def parse_listing(row: TableRow) -> ImportedListing:
    """One property with at most one room type. Raises `RowRefused`."""
    cells = dict.fromkeys(OPTIONAL, "") | cells_of(row)
    kind = cells["kind"].lower()
    if kind not in Property.Kind.values:
        raise RowRefused("unknown_type", cells["kind"][:40])
    country = cells["country"].upper()
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise RowRefused("bad_country", cells["country"][:40])
    currency = cells["currency"].upper()
    if currency and currency not in list_currencies():
        raise RowRefused("bad_currency", cells["currency"][:40])
    stars = parse_count(cells["stars"], column="stars", most=5)
    latitude, longitude = parse_position(cells["latitude"], cells["longitude"])
    amenities = [slug.lower() for slug in re.split(r"[\s|,]+", cells["amenities"]) if slug]
    unknown = [slug for slug in amenities if slug not in _SLUGS]
    if unknown:
        raise RowRefused("bad_amenities", " ".join(unknown)[:80])
    return ImportedListing(
        line=row.line,
        reference=parse_text(cells["ref"], most=MAX_REFERENCE, missing="no_reference"),
        name=parse_text(cells["name"], most=MAX_NAME, missing="no_name"),
        kind=kind,
        country=country,
        stars=stars or None,
        description=parse_paragraphs(cells["description"]),
        address=parse_text(cells["address"], most=MAX_ADDRESS),
        postal_code=parse_text(cells["postal_code"], most=MAX_POSTAL_CODE),
        city=parse_text(cells["city"], most=120, missing="no_place"),
        latitude=latitude,
        longitude=longitude,
        currency=currency,
        phone=parse_text(cells["phone"], most=24),
        email=_email(cells["email"]),
        amenities=tuple(sorted({slug for slug in amenities if slug not in _ROOM_SLUGS})),
        room=_room(cells, tuple(sorted({slug for slug in amenities if slug in _ROOM_SLUGS}))),
    )


def _room(cells: dict[str, str], amenities: tuple[str, ...]) -> ImportedRoom | None:
    name = parse_text(cells["room_name"], most=100)
    if not name:
        if any(cells[column] for column in ("room_units", "room_guests", "room_price")):
            raise RowRefused("no_room_name")
        return None
    units = parse_count(cells["room_units"], column="room_units", most=2000)
    guests = parse_count(cells["room_guests"], column="room_guests", most=20)
    if not units or not guests:
        raise RowRefused("bad_number", "room_units and room_guests must be 1 or more")
    return ImportedRoom(
        name=name,
        units=units,
        max_guests=guests,
        price=parse_price(cells["room_price"]),
        amenities=amenities,
    )


def _email(cell: str) -> str:
    if not cell:
        return ""
    try:
        validate_email(cell)
    except ValidationError:
        raise RowRefused("bad_email", cell[:60]) from None
    return cell
