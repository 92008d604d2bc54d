"""Invents the demo's hotels: plain data, the same for the same seed, before any row is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from serai.demo.economies import CITY_TAXES, ECONOMIES, STARS_PERCENT, Economy, Tax, round_to_step
from serai.demo.names import make_hotel_name
from serai.demo.places import PLACES, Place
from serai.demo.room_specs import RoomSpec, name_beds, specs_for
from serai.demo.texts import describe_hotel, describe_room

SEED = 20261121

# kind of house, weight, stars to choose from (None: not classified)
_KINDS: tuple[tuple[str, int, tuple[int | None, ...]], ...] = (
    ("hotel", 52, (2, 3, 3, 3, 4, 4, 5)),
    ("guest_house", 14, (None, 2, 3)),
    ("homestay", 8, (None,)),
    ("apartment", 8, (None, 3, 4)),
    ("hostel", 6, (None, 1)),
    ("resort", 8, (4, 4, 5)),
    ("villa", 3, (None, 5)),
    ("camp", 2, (None,)),
)
_RESORT_SETTINGS = {"beach", "lake", "hills", "rice", "backwater", "desert"}
_CAMP_SETTINGS = {"desert", "hills", "river"}


@dataclass(frozen=True)
class RoomPlan:
    """A room type to be written, with its price in minor units for a base night of the flexible rate."""

    spec: RoomSpec
    name: str
    description: str
    size_m2: int
    units: int
    base_minor: int
    weekend_minor: int
    extra_adult_minor: int
    extra_child_minor: int
    amenities: tuple[str, ...]


@dataclass(frozen=True)
class HotelPlan:
    """A hotel to be written. `quality` is the mean score its guests give, of 10."""

    number: int
    place: Place
    economy: Economy
    name: str
    kind: str
    stars: int | None
    headline: str
    description: str
    address: str
    postal_code: str
    latitude_offset: float
    longitude_offset: float
    phone: str
    check_in_from: dt.time
    check_out_until: dt.time
    amenities: tuple[str, ...]
    rooms: tuple[RoomPlan, ...]
    taxes: tuple[Tax, ...]
    breakfast_minor: int
    prepaid_points: int
    free_hours: int
    quality: float
    review_count: int
    demand: float = field(default=0.5)

    @property
    def picture_stars(self) -> int:
        """The class that pictures show: one is for camps, unclassified houses look like two or three."""
        if self.kind == "camp":
            return 1
        return max(self.stars or 2 + self.number % 2, 2)

    @property
    def picture_climate(self) -> str:
        """Flats and hostels stand in streets, whatever grows around the town."""
        return "urban" if self.kind in {"apartment", "hostel"} else self.place.climate


def plan_hotels(count: int) -> list[HotelPlan]:
    """`count` hotels over all places, more where more travel; deterministic."""
    turns = sorted(
        ((turn + 0.5) / place.hotels, index)
        for index, place in enumerate(PLACES)
        for turn in range(place.hotels * (1 + count // 300))
    )
    taken: set[str] = set()
    return [
        plan_hotel(number=number, place=PLACES[index], taken=taken)
        for number, (_turn, index) in enumerate(turns[:count])
    ]


def plan_hotel(*, number: int, place: Place, taken: set[str]) -> HotelPlan:
    """One hotel in a place; `taken` holds the names that exist and gets the new one."""
    rng = Random(f"{SEED}-{number}-{place.lookup}")
    economy = ECONOMIES[place.country]
    kind, stars = _choose_kind(rng, place)
    street = rng.choice(place.streets)
    name = make_hotel_name(rng, culture=economy.culture, street=street, setting=place.setting, taken=taken)
    amenities = _choose_amenities(rng, place=place, kind=kind, stars=stars)
    rooms = _plan_rooms(rng, place=place, economy=economy, kind=kind, stars=stars)
    headline, description = describe_hotel(
        rng,
        name=name,
        city=place.name,
        kind=kind,
        stars=stars,
        setting=place.setting,
        climate=place.climate,
        culture=economy.culture,
        rooms=sum(room.units for room in rooms),
        sights=place.sights,
        amenities=amenities,
    )
    breakfast = economy.base * Decimal(8 if (stars or 3) < 5 else 18) / 100
    city_tax = CITY_TAXES.get(place.name)
    return HotelPlan(
        number=number,
        place=place,
        economy=economy,
        name=name,
        kind=kind,
        stars=stars,
        headline=headline[:160],
        description=description,
        address=f"{street} {rng.randint(1, 9)}-{rng.randint(1, 30)}"
        if place.country == "JP"
        else f"{rng.randint(2, 148)} {street}",
        postal_code=_postal_code(rng, place.country),
        latitude_offset=rng.gauss(0, 0.012),
        longitude_offset=rng.gauss(0, 0.012),
        phone=f"{economy.phone} {rng.randint(20, 99)} {rng.randint(1000, 9999)} {rng.randint(1000, 9999)}",
        check_in_from=dt.time(rng.choice((12, 13, 14, 14, 15, 15, 16))),
        check_out_until=dt.time(rng.choice((10, 11, 11, 11, 12))),
        amenities=amenities,
        rooms=rooms,
        taxes=(*economy.taxes, *((city_tax,) if city_tax else ())),
        breakfast_minor=round_to_step(breakfast, economy),
        prepaid_points=-100 * rng.randint(10, 15),
        free_hours=rng.choice((24, 24, 48, 72)),
        quality=min(9.6, max(6.2, rng.gauss(8.3 + 0.15 * ((stars or 3) - 3), 0.7))),
        review_count=rng.randint(6, 40),
        demand=rng.random(),
    )


def _choose_kind(rng: Random, place: Place) -> tuple[str, int | None]:
    allowed = [
        (kind, weight, stars)
        for kind, weight, stars in _KINDS
        if (kind != "resort" or place.setting in _RESORT_SETTINGS)
        and (kind != "camp" or place.setting in _CAMP_SETTINGS)
        and (kind != "homestay" or place.country in {"IN", "NP", "LK", "ID", "VN", "TH"})
    ]
    kind, _weight, stars = rng.choices(allowed, [weight for _, weight, _ in allowed])[0]
    return kind, rng.choice(stars)


def _choose_amenities(rng: Random, *, place: Place, kind: str, stars: int | None) -> tuple[str, ...]:
    level = stars or (1 if kind == "hostel" else 3)
    chances = {
        "wifi": 0.99,
        "breakfast": 0.85,
        "restaurant": 0.25 + 0.15 * level,
        "bar": 0.05 + 0.14 * level,
        "pool": 0.9 if kind in {"resort", "villa"} else 0.16 * (level - 2),
        "spa": 0.22 * (level - 2.5),
        "gym": 0.25 * (level - 2.2),
        "parking": 0.3 if place.setting in {"city", "canal"} else 0.75,
        "ev-charging": 0.08 * level,
        "airport-shuttle": 0.1 + 0.1 * level,
        "front-desk-24h": 0.3 + 0.15 * level,
        "room-service": 0.22 * (level - 1.5),
        "lift": 0.2 * (level - 1),
        "step-free": 0.12 * level,
        "family": 0.5,
        "pets": 0.2,
        "beach": 0.9 if place.setting == "beach" else 0,
        "garden": 0.55 if place.setting not in {"city", "canal"} else 0.12,
        "terrace": 0.4,
        "meeting-rooms": 0.2 * (level - 2.5),
        "laundry": 0.6,
        "shared-kitchen": 0.9 if kind == "hostel" else 0.1 if kind == "homestay" else 0,
        "luggage-storage": 0.7,
        "smoke-free": 0.5,
    }
    return tuple(slug for slug, chance in chances.items() if rng.random() < chance)


def _plan_rooms(
    rng: Random, *, place: Place, economy: Economy, kind: str, stars: int | None
) -> tuple[RoomPlan, ...]:
    always, some = specs_for(kind, stars)
    extra = rng.randint(max(0, 2 - len(always)), min(len(some), 4 - len(always)))
    specs = sorted((*always, *rng.sample(some, extra)), key=lambda spec: spec.percent)
    level = (
        Decimal(place.level * STARS_PERCENT[stars or (2 if kind in {"homestay", "hostel"} else 3)]) / 10_000
    )
    house = economy.base * level * Decimal(rng.randint(84, 122)) / 100
    weekend = Decimal(100 + rng.choice((0, 8, 10, 12, 15, 20))) / 100
    plans = []
    for spec in specs:
        size = rng.randint(*spec.size)
        base = house * spec.percent / 100
        extras = (
            {"view"} if place.setting in {"lake", "hills", "river", "canal"} and rng.random() < 0.5 else set()
        )
        if place.setting in {"beach", "coast"} and spec.percent > 115 and rng.random() < 0.6:
            extras.add("sea-view")
        if place.climate in {"alpine", "temperate"}:
            extras.add("heating")
        plans.append(
            RoomPlan(
                spec=spec,
                name=spec.name,
                description=describe_room(rng, size=size, beds=name_beds(spec.beds), setting=place.setting),
                size_m2=size,
                units=rng.randint(*spec.units),
                base_minor=round_to_step(base, economy),
                weekend_minor=round_to_step(base * weekend, economy),
                extra_adult_minor=round_to_step(house * 25 / 100, economy),
                extra_child_minor=round_to_step(house * 12 / 100, economy),
                amenities=tuple(dict.fromkeys((*spec.amenities, *sorted(extras)))),
            )
        )
    return tuple(plans)


def _postal_code(rng: Random, country: str) -> str:
    digits = {"IN": 6, "AE": 0, "SG": 6, "NP": 5}.get(country, 5)
    if country in {"GB", "CA", "NL"}:
        return ""
    return (
        "".join([str(rng.randint(1, 8)), *(str(rng.randint(0, 9)) for _ in range(digits - 1))])
        if digits
        else ""
    )
