"""The one door of this package: a picture for a subject, a seed, a climate and a number of stars."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image

from serai.demo.art.canvas import Canvas, paper_grain
from serai.demo.art.exterior import draw_exterior
from serai.demo.art.outdoors import draw_pool, draw_view
from serai.demo.art.palette import CLIMATES, Light, choose_light
from serai.demo.art.public_rooms import draw_lobby, draw_restaurant
from serai.demo.art.rooms import draw_bathroom, draw_room

Scene = Callable[[Canvas, Light, Random, str, int], None]

SCENES: dict[str, Scene] = {
    "exterior": draw_exterior,
    "room": draw_room,
    "bathroom": draw_bathroom,
    "pool": draw_pool,
    "lobby": draw_lobby,
    "restaurant": draw_restaurant,
    "view": draw_view,
}
SUBJECTS = tuple(SCENES)


def draw_photo(
    *,
    subject: str,
    seed: int,
    size: tuple[int, int] = (1280, 853),
    climate: str = "temperate",
    stars: int = 3,
) -> Image.Image:
    """Draw one picture in RGB. The same arguments always give the same pixels.

    `size` is width and height in pixels; proportions other than 3:2 are cut from the middle.
    `stars` is 1 to 5.
    Raises ValueError for a subject, climate, size or number of stars that there is no picture for.
    """
    if subject not in SCENES:
        raise ValueError(f"There is no picture of {subject!r}; choose one of {', '.join(SUBJECTS)}.")
    if climate not in CLIMATES:
        raise ValueError(f"There is no climate {climate!r}; choose one of {', '.join(CLIMATES)}.")
    if not 1 <= stars <= 5:
        raise ValueError(f"A hotel has 1 to 5 stars, not {stars}.")
    if min(size) < 1:
        raise ValueError(
            f"A picture needs a width and a height of at least one pixel, not {size[0]} x {size[1]}."
        )
    rng = Random(f"{subject} {seed} {climate} {stars}")
    light = choose_light(rng)
    canvas = Canvas(size)
    SCENES[subject](canvas, light, rng, climate, stars)
    return canvas.finish(paper_grain())
