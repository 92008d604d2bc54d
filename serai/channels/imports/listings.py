"""What every import format is read into, and the small parsers that the formats share."""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from serai.channels.tables import RowRefused, TableRow
from serai.core.money import TooPrecise, to_minor

EMPTY = {"", "-", "N/A", "NULL"}
MAX_NAME, MAX_DESCRIPTION, MAX_ADDRESS, MAX_POSTAL_CODE, MAX_REFERENCE = 140, 6000, 200, 16, 120
_BREAK = re.compile(r"<\s*br\s*/?\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class ImportedRoom:
    """One room type. Without `price` (whole units of the property's currency) it cannot be sold yet."""

    name: str
    units: int
    max_guests: int
    price: Decimal | None = None
    amenities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedListing:
    """A place to stay as a file describes it. `currency` "" stands for that of the country."""

    line: int
    reference: str
    name: str
    kind: str
    country: str
    stars: int | None = None
    description: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    geoname_id: int | None = None
    currency: str = ""
    phone: str = ""
    email: str = ""
    amenities: tuple[str, ...] = ()
    room: ImportedRoom | None = None


def cells_of(row: TableRow) -> dict[str, str]:
    """The row's cells. Raises `RowRefused` for a wrong number of them or characters no text has."""
    if row.values is None:
        raise RowRefused("wrong_columns")
    if any("\0" in cell for cell in row.values.values()):
        raise RowRefused("bad_character", "a zero byte")
    return row.values


def parse_text(cell: str, *, most: int, missing: str = "") -> str:
    """One line of at most `most` characters. Empty is refused as `missing` when that is given."""
    text = " ".join(cell.split())
    if text in EMPTY:
        if missing:
            raise RowRefused(missing)
        return ""
    if len(text) > most:
        raise RowRefused("text_too_long", f"{len(text)} characters, at most {most}")
    return text


def parse_paragraphs(cell: str, *, most: int = MAX_DESCRIPTION) -> str:
    """Text without HTML: tags go, breaks become lines; cut at the last word that fits."""
    text = html.unescape(_TAG.sub(" ", _BREAK.sub("\n", cell))).replace("\0", "")
    text = "\n".join(_SPACES.sub(" ", line).strip() for line in text.splitlines()).strip()
    text = re.sub(r"\n{3,}", "\n\n", text)
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"


def parse_count(cell: str, *, column: str, most: int) -> int | None:
    """A whole number from 0 to `most`; None when empty."""
    if cell in EMPTY:
        return None
    if not cell.isascii() or not cell.isdigit() or int(cell[:12]) > most:
        raise RowRefused("bad_number", f"{column}={cell[:40]}")
    return int(cell)


def parse_position(latitude: str, longitude: str) -> tuple[float | None, float | None]:
    """Degrees north and east; (None, None) when both are empty."""
    if latitude in EMPTY and longitude in EMPTY:
        return None, None
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        raise RowRefused("bad_coordinates", f"{latitude[:20]}, {longitude[:20]}") from None
    if not (math.isfinite(north) and math.isfinite(east) and abs(north) <= 90 and abs(east) <= 180):
        raise RowRefused("bad_coordinates", f"{latitude[:20]}, {longitude[:20]}")
    return north, east


def parse_price(cell: str) -> Decimal | None:
    """An amount such as `1379.00` or `$1,379.00`, above zero; None when empty."""
    if cell in EMPTY:
        return None
    text = re.sub(r"^[^\d.,-]{1,4}", "", cell)
    if not re.fullmatch(r"\d{1,9}(?:\.\d{1,4})?|\d{1,3}(?:,\d{3}){1,2}(?:\.\d{1,4})?", text, re.ASCII):
        raise RowRefused("bad_price", cell[:40])
    try:
        price = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise RowRefused("bad_price", cell[:40]) from None
    if price <= 0:
        raise RowRefused("bad_price", cell[:40])
    return price


def price_minor(price: Decimal, currency: str) -> int:
    """The price in minor units; refused when it is finer than the currency."""
    try:
        return to_minor(price, currency)
    except TooPrecise as error:
        raise RowRefused("bad_price", str(error)) from None
