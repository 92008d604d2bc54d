"""Colours, and the light that falls on them: the hour and the weather of one picture."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

Colour = tuple[int, int, int]
Factors = tuple[float, float, float]

WHITE: Colour = (255, 255, 255)
INK: Colour = (18, 22, 34)

CLIMATES = ("temperate", "tropical", "mediterranean", "desert", "alpine", "urban")


def rgb(code: str) -> Colour:
    """The colour of a six-digit hexadecimal code."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def colours(codes: str) -> tuple[Colour, ...]:
    """Several colours from codes parted by spaces."""
    return tuple(rgb(code) for code in codes.split())


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first, 0 to 1."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def lighten(colour: Colour, share: float) -> Colour:
    return mix(colour, WHITE, share)


def darken(colour: Colour, share: float) -> Colour:
    return mix(colour, INK, share)


def multiply(colour: Colour, factors: Factors) -> Colour:
    return (
        min(255, round(colour[0] * factors[0])),
        min(255, round(colour[1] * factors[1])),
        min(255, round(colour[2] * factors[2])),
    )


def vary(colour: Colour, rng: Random, reach: int = 10) -> Colour:
    """A neighbour of the colour: lighter or darker and a little off in hue."""
    step = rng.randint(-reach, reach)
    third = max(1, reach // 3)
    return (
        max(0, min(255, colour[0] + step + rng.randint(-third, third))),
        max(0, min(255, colour[1] + step + rng.randint(-third, third))),
        max(0, min(255, colour[2] + step + rng.randint(-third, third))),
    )


@dataclass(frozen=True)
class Light:
    """The hour of a picture.

    `side` is where the sun stands, -1 left or 1 right; `lamps` is the share of lit windows.
    """

    hour: str
    sky: tuple[Colour, ...]
    sun: Colour
    key: Factors
    shade: Factors
    lamps: float
    side: int
    sun_height: float

    @property
    def haze(self) -> Colour:
        return mix(self.sky[-1], self.sky[-2], 0.35)

    def lit(self, colour: Colour, brightness: float = 0.8) -> Colour:
        """The colour under this light: brightness 0 is full shadow, 1 is facing the sun."""
        key, shade = self.key, self.shade
        return multiply(
            colour,
            (
                shade[0] + (key[0] - shade[0]) * brightness,
                shade[1] + (key[1] - shade[1]) * brightness,
                shade[2] + (key[2] - shade[2]) * brightness,
            ),
        )

    def far(self, colour: Colour, distance: float) -> Colour:
        """The lit colour seen through `distance` (0 to 1) of haze."""
        return mix(self.lit(colour), self.haze, distance)

    @property
    def is_dark(self) -> bool:
        return self.lamps > 0.4


# sky colours from the zenith down to the horizon, three or more moods of each hour
_SKIES: dict[str, tuple[str, ...]] = {
    "morning": (
        "6fa8d0 a9cfe0 f3e3cf f9d7b5",
        "7d9cc7 c3cfe3 f6d9d0 fbd3b4",
        "7fb3bd c5dfd8 f7ecd6 f7dcae",
        "9a9fd0 d3c6e0 f8d6d2 fde4c8",
    ),
    "noon": (
        "2f7fc1 62a9dc a9d6ee e2f1f2",
        "2f8fae 70bad0 b9e2e6 f1f5e6",
        "4a80cf 86b0e8 c4daf5 f2f5f8",
        "1f6fa0 4fa3c4 9fd3d8 f5ecd2",
    ),
    "golden": (
        "4d7fa8 9fb3b5 f3cf98 f6a860",
        "5b6fa6 b59bb0 f2b38c fbc878",
        "5f9fb0 c7cdb0 f8d590 f29a5c",
        "c77f63 e7a66f f7cf8d fdeab8",
    ),
    "dusk": (
        "1f2c5c 53508c b5698f f39a75",
        "22375f 3f6a8f b98f9f f6b788",
        "2b2450 6d3f7a d4657c fbad72",
        "17384f 2f6b7a 8fae9a f4c98a",
    ),
    "night": (
        "0a1230 13224c 26406f 4a6a8d",
        "0b1626 10283f 1e4660 3f7280",
        "120f2e 23204f 45386f 7a5a80",
    ),
    "overcast": (
        "9fb0bf bccad3 d7dfe2 ecece6",
        "a3a9b8 c3c6d0 dedcdc f2e8dc",
        "8fa5a8 b3c4c2 d3dcd2 eceadb",
    ),
}
_SUN = {
    "morning": "fff1d6",
    "noon": "fffbea",
    "golden": "ffe3a6",
    "dusk": "ffc28f",
    "night": "e6ecff",
    "overcast": "ffffff",
}
_KEY: dict[str, tuple[Factors, Factors]] = {
    "morning": ((1.05, 1.0, 0.93), (0.64, 0.67, 0.78)),
    "noon": ((1.06, 1.04, 1.0), (0.60, 0.67, 0.78)),
    "golden": ((1.10, 0.96, 0.76), (0.62, 0.54, 0.62)),
    "dusk": ((0.80, 0.64, 0.72), (0.40, 0.38, 0.58)),
    "night": ((0.42, 0.48, 0.68), (0.22, 0.27, 0.44)),
    "overcast": ((0.95, 0.97, 0.98), (0.72, 0.75, 0.79)),
}
_LAMPS = {"morning": 0.06, "noon": 0.0, "golden": 0.18, "dusk": 0.6, "night": 0.66, "overcast": 0.14}
_HOURS = (("morning", 20), ("noon", 28), ("golden", 20), ("dusk", 14), ("night", 9), ("overcast", 9))


def choose_light(rng: Random) -> Light:
    """Draw the hour, the mood of its sky and the side of its sun."""
    hour = rng.choices([name for name, _ in _HOURS], [weight for _, weight in _HOURS])[0]
    key, shade = _KEY[hour]
    warmth = rng.uniform(-0.03, 0.03)
    return Light(
        hour=hour,
        sky=colours(rng.choice(_SKIES[hour])),
        sun=rgb(_SUN[hour]),
        key=(key[0] + warmth, key[1], key[2] - warmth),
        shade=shade,
        lamps=_LAMPS[hour],
        side=rng.choice((-1, 1)),
        sun_height=rng.uniform(0.55, 0.95) if hour == "noon" else rng.uniform(0.05, 0.45),
    )
