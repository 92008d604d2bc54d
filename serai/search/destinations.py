"""From typed words to a place: suggestions while typing, and the best reading of what was submitted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language, to_locale

from serai.properties.destinations import NAME_SEPARATOR, fold_name
from serai.search import sql

MIN_LETTERS = 2
# Of a city's spellings, how alike one must be before its letters are compared one by one (0 to 1).
LIKENESS = 0.3
LIKE_CANDIDATES = 120
NEARBY_DEGREES = 2.5
# Words around a place's name that say nothing about where it is, in any order: "hotels in Jaipur".
NOISE = frozenset(
    ("hotel", "hotels", "in", "near", "at", "stay", "stays", "rooms", "room", "places", "place", "the", "to")
)


class PlaceKind(StrEnum):
    """What a place is made of. `search.sql.AT_PLACE` has a condition for each."""

    ANYWHERE = "anywhere"
    DESTINATION = "destination"
    COUNTRY = "country"
    WORDS = "words"


@dataclass(frozen=True)
class Place:
    """Where to look. `is_guess` when the words were not spelled like this anywhere."""

    kind: PlaceKind
    name: str = ""
    region: str = ""
    country_code: str = ""
    destination_id: int | None = None
    words: str = ""
    latitude: float | None = None
    longitude: float | None = None
    timezone: str | None = None
    is_guess: bool = False

    @property
    def label(self) -> str:
        """The place as the search field shows it."""
        if self.kind == PlaceKind.DESTINATION:
            return place_label(self.name, self.region, self.country_code)
        return self.name

    def sql_parameters(self) -> dict[str, Any]:
        """What `AT_PLACE` needs to know."""
        return {
            "destination_id": self.destination_id,
            "country_code": self.country_code,
            "words": self.words,
        }


@dataclass(frozen=True)
class DestinationRow:
    """A city as the suggestion queries return it."""

    id: int
    name: str
    region: str
    country_code: str
    latitude: float
    longitude: float
    timezone: str
    population: int
    names: str
    properties: int

    @property
    def label(self) -> str:
        return place_label(self.name, self.region, self.country_code)

    @property
    def where(self) -> str:
        """Region and country, the quieter half of a suggestion."""
        return place_label("", self.region, self.country_code)

    @property
    def spellings(self) -> list[str]:
        return [name for name in self.names.split(NAME_SEPARATOR) if name]

    @property
    def weight(self) -> float:
        """How much the city matters by what can be booked there and by its size, as in the SQL."""
        return math.log1p(self.properties) * 0.25 + math.log1p(self.population) / 16

    def place(self, *, is_guess: bool = False) -> Place:
        return Place(
            kind=PlaceKind.DESTINATION,
            name=self.name,
            region=self.region,
            country_code=self.country_code,
            destination_id=self.id,
            latitude=self.latitude,
            longitude=self.longitude,
            timezone=self.timezone,
            is_guess=is_guess,
        )


@dataclass(frozen=True)
class PropertySuggestion:
    """A published property whose name is like the typed words."""

    id: int
    slug: str
    name: str
    city: str
    country_code: str

    @property
    def where(self) -> str:
        return place_label(self.city, "", self.country_code)


@dataclass(frozen=True)
class Suggestions:
    """What the list under the search field offers."""

    destinations: Sequence[DestinationRow]
    properties: Sequence[PropertySuggestion]


ANYWHERE = Place(kind=PlaceKind.ANYWHERE)


def country_name(code: str) -> str:
    """A country's name in the reader's language, or the code itself."""
    return _territories(to_locale(get_language() or "en")).get(code, code)


def place_label(name: str, region: str, country_code: str) -> str:
    """`Jaipur, Rajasthan, India`: parts that are empty or repeat each other are left out."""
    parts = [name, region if region != name else "", country_name(country_code) if country_code else ""]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def suggest(text: str, *, limit: int = 6) -> Suggestions:
    """Cities and properties for what has been typed so far: two queries, three when it looks like a typo."""
    words = fold_name(text)
    if len(words) < MIN_LETTERS:
        return Suggestions([], [])
    destinations, _is_guess = _destinations_for(words, limit=limit)
    return Suggestions(destinations, _properties_named(words, limit=3))


def resolve_place(text: str, *, destination_id: int | None = None) -> Place:
    """The best reading of the search field.

    A chosen `destination_id` counts unless the words have been changed since to mean something else
    (without scripts the browser cannot forget the choice). Then, in this order: a city spelled
    exactly like this, a country, a property's name, the beginning of a city's name, a misspelled
    city, and last the words themselves, which then find nothing.
    """
    words = fold_name(text)
    chosen = _destination(destination_id) if destination_id else None
    if chosen is not None and (not words or _means(chosen, words)):
        return chosen.place()
    if not words:
        return ANYWHERE
    return _read(words, text)


def nearby_destinations(place: Place, *, limit: int = 4) -> list[DestinationRow]:
    """Other cities with places to stay around a city, nearest first."""
    if place.latitude is None or place.longitude is None:
        return []
    return _rows(
        sql.NEARBY_DESTINATIONS,
        {
            "latitude": place.latitude,
            "longitude": place.longitude,
            "degrees": NEARBY_DEGREES,
            "destination_id": place.destination_id,
            "limit": limit,
        },
    )


def _read(words: str, text: str) -> Place:
    if place := _named_place(words):
        return place
    if any(_whole_words(words, fold_name(hit.name)) for hit in _properties_named(words, limit=3)):
        return Place(kind=PlaceKind.WORDS, name=text, words=words)
    plain = _without_noise(words)
    if plain and plain != words and (place := _named_place(plain)):
        return place
    found, is_guess = _destinations_for(plain or words, limit=1)
    if found:
        return found[0].place(is_guess=is_guess)
    return Place(kind=PlaceKind.WORDS, name=text, words=words)


def _named_place(words: str) -> Place | None:
    """A country or a city whose name is exactly the words; of a city state, the city."""
    city = _spelled(words)
    code = _country_code(words, own_language_only=city is not None)
    if code and not (city and city.country_code == code and fold_name(city.name) == words):
        return Place(kind=PlaceKind.COUNTRY, name=country_name(code), country_code=code)
    return city.place() if city else None


def _spelled(words: str) -> DestinationRow | None:
    """The city one of whose spellings is exactly the words before the first comma.

    The words after it choose among cities of one name: "Hyderabad, Pakistan".
    """
    name, *rest = (part.strip() for part in words.split(","))
    if not name:
        return None
    rows = [
        row
        for row in _rows(sql.DESTINATIONS_BY_PREFIX, _prefix_parameters(name, limit=20))
        if f"{NAME_SEPARATOR}{name}{NAME_SEPARATOR}" in row.names
    ]
    known = set(filter(None, rest))
    for row in rows:
        if known <= {
            fold_name(row.region),
            fold_name(country_name(row.country_code)),
            row.country_code.lower(),
        }:
            return row
    return rows[0] if rows and not known else None


def _destinations_for(words: str, *, limit: int) -> tuple[list[DestinationRow], bool]:
    """Cities by prefix, or by likeness when nothing starts like this; and whether it was likeness."""
    name = words.split(",")[0].strip()
    if len(name) < MIN_LETTERS:
        return [], False
    rows = _rows(sql.DESTINATIONS_BY_PREFIX, _prefix_parameters(name, limit=limit))
    if rows:
        return rows, False
    return _misspelled(name, limit=limit), True


def _misspelled(name: str, *, limit: int) -> list[DestinationRow]:
    """Cities one of whose spellings is a slip or two away: trigrams propose, edit distance decides."""
    if len(name) < 4:
        return []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql.LOWER_WORD_THRESHOLD, [str(LIKENESS)])
        candidates = _rows(sql.DESTINATIONS_BY_LIKENESS, {"words": name, "limit": LIKE_CANDIDATES})
    slips = 1 if len(name) <= 5 else 2
    ranked = []
    for row in candidates:
        # The first letter is rarely wrong; at most it changed places with the second.
        alike = [spelling for spelling in row.spellings if name[0] in spelling[:2]]
        distance = min((_distance(name, spelling, most=slips) for spelling in alike), default=slips + 1)
        if distance <= slips:
            ranked.append((distance, row))
    ranked.sort(key=lambda entry: (entry[0], -entry[1].weight, entry[1].id))
    return [row for _slips, row in ranked[:limit]]


def _distance(left: str, right: str, *, most: int) -> int:
    """Letters to insert, drop, replace or swap with their neighbour; `most + 1` stands for more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    two_back: list[int] = []
    one_back = list(range(len(right) + 1))
    for i, letter in enumerate(left, start=1):
        row = [i]
        for j, other in enumerate(right, start=1):
            best = min(one_back[j] + 1, row[j - 1] + 1, one_back[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                best = min(best, two_back[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
        two_back, one_back = one_back, row
    return one_back[-1]


def _means(row: DestinationRow, words: str) -> bool:
    """Whether the words still speak of the chosen city."""
    return (
        words == fold_name(row.label)
        or f"{NAME_SEPARATOR}{words.split(',')[0].strip()}{NAME_SEPARATOR}" in row.names
    )


def _whole_words(words: str, name: str) -> bool:
    """Whether each typed word is a word of the name."""
    return set(re.findall(r"\w+", words)) <= set(re.findall(r"\w+", name))


def _without_noise(words: str) -> str:
    return " ".join(word for word in words.split() if word.strip(",") not in NOISE).strip(" ,")


def _country_code(words: str, *, own_language_only: bool) -> str:
    """The country that is called exactly this in the reader's language, English or another large one."""
    own = (to_locale(get_language() or "en"), "en")
    languages = own if own_language_only else (*own, *_languages())
    return next((codes[words] for codes in map(_country_codes, languages) if words in codes), "")


@cache
def _languages() -> tuple[str, ...]:
    return (
        *(to_locale(code) for code, _name in settings.LANGUAGES),
        "de",
        "es",
        "it",
        "pt",
        "ru",
        "ja",
        "zh",
    )


@cache
def _territories(locale: str) -> Mapping[str, str]:
    try:
        return Locale.parse(locale).territories
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en").territories


@cache
def _country_codes(locale: str) -> dict[str, str]:
    return {
        fold_name(name): code
        for code, name in _territories(locale).items()
        if len(code) == 2 and code.isalpha() and code != "ZZ"
    }


def _destination(destination_id: int) -> DestinationRow | None:
    rows = _rows(sql.DESTINATION_BY_ID, {"id": destination_id})
    return rows[0] if rows else None


def _properties_named(words: str, *, limit: int) -> list[PropertySuggestion]:
    escaped = _escape(words)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.PROPERTIES_BY_NAME,
            {"words": words, "prefix": f"{escaped}%", "word": f"% {escaped}%", "limit": limit},
        )
        return [
            PropertySuggestion(id=key, slug=slug, name=name, city=city or "", country_code=country or "")
            for key, slug, name, city, country in cursor.fetchall()
        ]


def _rows(query: str, parameters: Mapping[str, Any]) -> list[DestinationRow]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [DestinationRow(*row) for row in cursor.fetchall()]


def _prefix_parameters(name: str, *, limit: int) -> dict[str, Any]:
    escaped, bar = _escape(name), NAME_SEPARATOR
    return {
        "anywhere": f"%{bar}{escaped}%",
        "exact": f"%{bar}{escaped}{bar}%",
        "own": f"{bar}{escaped}%",
        "limit": limit,
    }


def _escape(text: str) -> str:
    """Typed words as literal text of a LIKE pattern."""
    return re.sub(r"([\\%_])", r"\\\1", text)
