"""Finds the destination that a listing belongs to: by GeoNames id, by name, else the nearest city."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import cast

from babel.numbers import get_territory_currencies

from serai.channels.imports.listings import ImportedListing
from serai.properties.destinations import NAME_SEPARATOR, fold_name
from serai.properties.models import Destination

NEAREST_KM = 60.0
# A city of the same name further away than this is another one.
SAME_NAME_KM = 80.0
_EARTH_KM = 6371.0
CityColumns = tuple[int, str, str, float, float, str, int]


@dataclass(frozen=True, slots=True)
class City:
    """What matching needs of a destination."""

    pk: int
    name: str
    country: str
    latitude: float
    longitude: float
    timezone: str
    population: int


class Gazetteer:
    """All destinations in memory, for thousands of look-ups."""

    def __init__(self) -> None:
        self.by_geoname: dict[int, City] = {}
        self.by_name: dict[tuple[str, str], list[City]] = defaultdict(list)
        self.by_cell: dict[tuple[int, int], list[City]] = defaultdict(list)
        self._nearest: dict[tuple[tuple[float, float], str], City | None] = {}
        rows = Destination.objects.order_by("-population", "pk").values_list(
            "geoname_id",
            "names",
            "pk",
            "name",
            "country_code",
            "latitude",
            "longitude",
            "timezone",
            "population",
        )
        for geoname_id, names, *columns in rows.iterator(chunk_size=5000):
            city = City(*cast("CityColumns", columns))
            self.by_geoname[geoname_id] = city
            for name in {_join_words(name) for name in names.split(NAME_SEPARATOR) if name}:
                self.by_name[name, city.country].append(city)
            self.by_cell[_cell(city.latitude, city.longitude)].append(city)

    def find(self, listing: ImportedListing) -> City | None:
        """The listing's city, or None when nothing says which it is."""
        if listing.geoname_id is not None and listing.geoname_id in self.by_geoname:
            return self.by_geoname[listing.geoname_id]
        position = (
            None
            if listing.latitude is None or listing.longitude is None
            else (listing.latitude, listing.longitude)
        )
        named = self.by_name.get((fold_place(listing.city), listing.country), []) if listing.city else []
        if position is None:
            # Two cities of one name and nothing to tell them apart by: no guess.
            return named[0] if len(named) == 1 else None
        close = [city for city in named if distance_km(position, city) <= SAME_NAME_KM]
        if close:
            return min(close, key=lambda city: distance_km(position, city))
        return self.nearest(position, country=listing.country)

    def nearest(self, position: tuple[float, float], *, country: str) -> City | None:
        """The nearest city within `NEAREST_KM`, in `country` unless that is ""."""
        if (position, country) in self._nearest:
            return self._nearest[position, country]
        row, column = _cell(*position)
        # A degree of longitude shrinks towards the poles: look further to the sides there.
        reach = min(1 + int(NEAREST_KM / (111.0 * max(math.cos(math.radians(position[0])), 0.05))), 12)
        best: tuple[float, City] | None = None
        for other_row in (row - 1, row, row + 1):
            for other_column in range(column - reach, column + reach + 1):
                wrapped = (other_column + 180) % 360 - 180
                for city in self.by_cell.get((other_row, wrapped), ()):
                    if country and city.country != country:
                        continue
                    distance = distance_km(position, city)
                    if distance <= NEAREST_KM and (best is None or distance < best[0]):
                        best = (distance, city)
        found = best[1] if best else None
        self._nearest[position, country] = found
        return found


@cache
def currency_of(country: str) -> str:
    """The currency that is tender in a country today; EUR where CLDR knows none."""
    currencies = get_territory_currencies(country) if country else []
    return currencies[0] if currencies else "EUR"


def fold_place(name: str) -> str:
    """A place name without accents, hyphens and capitals: `Saint-Étienne` and `SAINT ETIENNE` are one."""
    return _join_words(fold_name(name))


def _join_words(folded: str) -> str:
    return " ".join(folded.replace("-", " ").replace("'", " ").split())


def distance_km(position: tuple[float, float], city: City) -> float:
    """Great-circle distance (haversine)."""
    north, east = math.radians(position[0]), math.radians(position[1])
    other_north, other_east = math.radians(city.latitude), math.radians(city.longitude)
    half = (
        math.sin((other_north - north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return math.floor(latitude), math.floor(longitude)
