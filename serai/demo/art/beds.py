"""Beds with their headboards, and the tables beside them."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from serai.demo.art.details import front_wall
from serai.demo.art.furniture import cushion, draw_lamp, shade_under
from serai.demo.art.palette import Colour, colours, darken, lighten, mix
from serai.demo.art.perspective import Stage

LINEN = colours("fbf8f2 f4efe6 f7f4ee eef0f0")


def draw_bed(stage: Stage, rng: Random, wood: Colour, textile: Colour, accent: Colour) -> None:
    """A double bed whose head stands at z = 0; its foot points to the viewer's side (-z)."""
    linen = rng.choice(LINEN)
    wide, length = 1.9, 2.15
    left = -wide / 2
    shade_under(stage, 0, -length / 2, wide + 0.2, length + 0.08, 0.5)
    _draw_headboard(stage, rng, wide, wood, mix(accent, textile, 0.3))
    stage.box(left - 0.04, 0.08, -length, wide + 0.08, 0.26, length, wood)
    stage.box(left, 0.34, -length + 0.02, wide, 0.24, length - 0.04, linen)
    duvet = rng.choice((linen, textile, lighten(textile, 0.5)))
    stage.box(left - 0.05, 0.26, -length - 0.03, wide + 0.1, 0.4, length * 0.7, duvet)
    fold = lighten(linen, 0.3)
    stage.box(left - 0.06, 0.4, -length * 0.36, wide + 0.12, 0.28, 0.26, fold, flat=True)
    if rng.random() < 0.8:
        throw = rng.choice((accent, textile, darken(accent, 0.2)))
        stage.box(left - 0.07, 0.24, -length - 0.04, wide + 0.14, 0.44, rng.uniform(0.4, 0.7), throw)
    back = front_wall(stage, left, 0.56, -0.3)
    for u in (0.06, wide / 2 + 0.04):
        cushion(back, u, 0.02, wide / 2 - 0.1, 0.52, linen)
    mid = front_wall(stage, left, 0.56, -0.48)
    for u in (0.18, wide / 2 + 0.1):
        cushion(mid, u, 0.02, wide / 2 - 0.28, 0.42, rng.choice((textile, lighten(linen, 0.2))))
    near = front_wall(stage, left, 0.58, -0.66)
    if rng.random() < 0.7:
        cushion(near, wide / 2 - 0.36, 0.02, 0.72, 0.28, accent)


def _draw_headboard(stage: Stage, rng: Random, wide: float, wood: Colour, cloth: Colour) -> None:
    kind = rng.choice(("panel", "tufted", "arch", "slats", "wide"))
    if kind == "arch":
        wall = front_wall(stage, -wide / 2 - 0.1, 0, -0.05)
        span = wide + 0.2
        rim = [(span / 2 + span / 2 * cos(pi * n / 16), 0.75 + 0.75 * sin(pi * n / 16)) for n in range(17)]
        wall.shape([(span, 0), *rim, (0, 0)], cloth)
        inner = [
            (span / 2 + span * 0.45 * cos(pi * n / 16), 0.75 + 0.66 * sin(pi * n / 16)) for n in range(17)
        ]
        wall.shape([(span * 0.95, 0), *inner, (span * 0.05, 0)], lighten(cloth, 0.08))
    elif kind == "tufted":
        stage.box(-wide / 2 - 0.1, 0, -0.14, wide + 0.2, 1.4, 0.14, cloth)
        wall = front_wall(stage, -wide / 2 - 0.1, 0, -0.14)
        for n in range(1, 8):
            u = (wide + 0.2) * n / 8
            wall.rect(u - 0.008, 0.5, u + 0.008, 1.4, darken(cloth, 0.3), 0.7)
    elif kind == "slats":
        for n in range(15):
            stage.box(-wide / 2 - 0.05 + n * wide / 14.2, 0, -0.08, 0.06, 1.25, 0.06, wood, flat=True)
        stage.box(-wide / 2 - 0.1, 1.22, -0.1, wide + 0.2, 0.09, 0.1, wood, flat=True)
    elif kind == "wide":
        stage.box(-wide / 2 - 0.8, 0, -0.09, wide + 1.6, 1.15, 0.09, wood)
        wall = front_wall(stage, -wide / 2 - 0.8, 0, -0.09)
        for n in range(1, 5):
            u = (wide + 1.6) * n / 5
            wall.rect(u - 0.008, 0, u + 0.008, 1.15, darken(wood, 0.4), 0.8)
    else:
        stage.box(-wide / 2 - 0.06, 0, -0.1, wide + 0.12, 1.2, 0.1, wood)


def draw_night_table(stage: Stage, rng: Random, x: float, wood: Colour, shade: Colour, *, lit: bool) -> None:
    """A small chest by the bed with a lamp on it."""
    shade_under(stage, x, -0.25, 0.5, 0.45)
    stage.box(x - 0.25, 0.12, -0.46, 0.5, 0.42, 0.44, wood)
    wall = front_wall(stage, x - 0.25, 0.12, -0.46)
    wall.rect(0.03, 0.22, 0.47, 0.39, lighten(wood, 0.12))
    wall.rect(0.2, 0.29, 0.3, 0.32, darken(wood, 0.5))
    draw_lamp(stage, x, 0.54, -0.24, 0.52, shade, lit=lit)
