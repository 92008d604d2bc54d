"""The empty room that every indoor picture starts from: floor, walls, ceiling, windows with a view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, sin
from random import Random

from serai.demo.art.canvas import Canvas, Point
from serai.demo.art.details import arch
from serai.demo.art.palette import Colour, Light, colours, darken, lighten, mix, rgb
from serai.demo.art.perspective import Stage, Wall
from serai.demo.art.plants import LEAVES


@dataclass(frozen=True)
class Decor:
    """The colours of a room that go together."""

    wall: Colour
    feature: Colour
    floor: Colour
    textile: Colour
    accent: Colour
    wood: Colour

    @property
    def tones(self) -> tuple[Colour, ...]:
        return self.feature, self.textile, self.accent, self.wood


DECORS = tuple(
    Decor(*colours(codes))
    for codes in (
        "f0e9dd 8fa393 b98d62 6f8f7f c9784f 8a5f3f",
        "ece5da 2f4a5c a67c52 3f6478 d9a253 7a5236",
        "f4ece2 d9a58f c99f72 b5654a 7a8f6f a0714a",
        "e9e6e0 5a5f66 8f7a66 4f5963 c9a24f 4f3f36",
        "f3eee4 c9b48f d0b08a 7f9fb0 e0a85f b58a5c",
        "efe4d8 8a3f3f 9a6a45 a8504a d9b070 5f3a2a",
        "e6ebe6 4f7a6a c2a078 2f6a5a e8b79a 8f6a48",
        "f2e6e0 a87f8f bf9a78 8a5a70 d9a08a 8a604a",
        "eceef0 7f97b0 b59a7f 4f6f95 e8c07a 94704f",
        "f5efdf d9b25f a8825a c98a35 3f6a70 7a5638",
        "e8e0d2 6a5a48 7f6450 8a7a5f b55f3f 4a3528",
        "f7f4ee e3dccf dcc9ac a9b8a4 c98f72 c4a37a",
    )
)


class Interior:
    """A room before the camera, which stands at the middle of its near side, turned by `yaw` radians."""

    def __init__(
        self,
        canvas: Canvas,
        light: Light,
        rng: Random,
        *,
        wide: float,
        high: float,
        deep: float,
        eye: float = 1.45,
        focal: float = 760.0,
        yaw: float = 0.0,
        horizon: float = 430.0,
    ) -> None:
        evening = light.lamps > 0.15
        inside = replace(
            light,
            key=(1.03, 0.97, 0.86) if evening else (1.03, 1.01, 0.97),
            shade=(0.62, 0.54, 0.52) if evening else (0.76, 0.75, 0.75),
        )
        self.evening, self.wide, self.high, self.deep, self.yaw = evening, wide, high, deep, yaw
        self.outside = light
        self.decor = rng.choice(DECORS)
        self.stage = Stage(canvas, inside, focal=focal, horizon=horizon, eye=eye, centre=640 + yaw * 520)
        self.at(0, 0)

    def at(self, x: float, z: float, turn: float = 0.0) -> Stage:
        """The stage with its origin at a point of the room, turned."""
        yaw = self.yaw
        self.stage.place(yaw + turn, cos(yaw) * x - sin(yaw) * z, sin(yaw) * x + cos(yaw) * z)
        return self.stage

    @property
    def back(self) -> Wall:
        return Wall(self.at(0, 0), (-self.wide / 2, 0, self.deep), (1.0, 0.0), "front")

    @property
    def left(self) -> Wall:
        """The left wall; u is the distance from the near side."""
        return Wall(self.at(0, 0), (-self.wide / 2, 0, 0), (0.0, 1.0), "right")

    @property
    def right(self) -> Wall:
        return Wall(self.at(0, 0), (self.wide / 2, 0, 0), (0.0, 1.0), "left")

    def side(self, which: int) -> Wall:
        return self.left if which < 0 else self.right

    def draw_shell(self, *, feature: bool = True, ceiling: Colour | None = None) -> None:
        """Walls, floor and ceiling, darker towards their seams."""
        stage, decor = self.at(0, 0), self.decor
        canvas, half, high, deep = stage.canvas, self.wide / 2, self.high, self.deep
        near = -1.0
        top = stage.light.lit(ceiling or lighten(decor.wall, 0.45), 0.72)
        canvas.gradient(
            stage.outline(((-half, high, near), (half, high, near), (half, high, deep), (-half, high, deep))),
            (lighten(top, 0.06), darken(top, 0.1)),
        )
        floor = stage.light.lit(decor.floor, 0.75)
        canvas.gradient(
            stage.outline(((-half, 0, near), (half, 0, near), (half, 0, deep), (-half, 0, deep))),
            (darken(floor, 0.08), floor, darken(floor, 0.16)),
        )
        for x, side in ((-half, "right"), (half, "left")):
            tone = stage.tone(decor.wall, side)
            shape = stage.outline(((x, 0, near), (x, 0, deep), (x, high, deep), (x, high, near)))
            stops = (darken(tone, 0.1), tone, darken(tone, 0.1))
            canvas.gradient(shape, stops if x < 0 else stops[::-1], sideways=True)
        tone = stage.tone(decor.feature if feature else decor.wall, "front")
        self.back.wash(
            ((0, 0), (self.wide, 0), (self.wide, high), (0, high)),
            (darken(tone, 0.08), lighten(tone, 0.05), darken(tone, 0.1)),
        )
        for wall, length in ((self.left, deep), (self.right, deep), (self.back, self.wide)):
            board = lighten(decor.wall, 0.5)
            corners = ((0.0 if wall.side == "front" else 1.6), 0.0, length, 0.12)
            wall.rect(*corners, board)

    def draw_planks(self, *, tiles: bool = False, pair: Colour | None = None) -> None:
        """Boards that run into the depth, or square tiles, perhaps in two colours."""
        stage = self.at(0, 0)
        half, deep = self.wide / 2, self.deep
        line = darken(stage.light.lit(self.decor.floor, 0.7), 0.2)
        step = 0.6 if tiles else 0.24
        if pair is not None:
            tone = stage.light.lit(pair, 0.75)
            step = 0.8
            for row in range(int(deep / step) + 1):
                for n in range(int(self.wide / step) + 1):
                    if (row + n) % 2:
                        x, z = -half + n * step, row * step
                        right, far = min(half, x + step), min(deep, z + step)
                        stage.canvas.fill(
                            stage.outline(((x, 0, z), (right, 0, z), (right, 0, far), (x, 0, far))),
                            tone,
                            0.85,
                        )
            return
        for n in range(1, int(self.wide / step) + 1):
            x = -half + n * step
            stage.canvas.fill(
                stage.outline(((x, 0, 0.3), (x + 0.012, 0, 0.3), (x + 0.012, 0, deep), (x, 0, deep))),
                line,
                0.55,
            )
        if tiles:
            for n in range(1, int(deep / step) + 1):
                z = deep - n * step
                if z > 0.4:
                    stage.canvas.fill(
                        stage.outline(
                            ((-half, 0, z), (half, 0, z), (half, 0, z + 0.014), (-half, 0, z + 0.014))
                        ),
                        line,
                        0.55,
                    )

    def draw_window(
        self,
        wall: Wall,
        rng: Random,
        climate: str,
        left: float,
        low: float,
        wide: float,
        high: float,
        *,
        frame: Colour = (246, 243, 236),
        arched: bool = False,
        panes: int = 2,
        curtain: Colour | None = None,
    ) -> None:
        """An opening with the country outside in it, and daylight about it."""
        rim = 0.07
        outline = (
            arch(left, low, wide, high)
            if arched
            else [(left, low), (left + wide, low), (left + wide, low + high), (left, low + high)]
        )
        border = (
            arch(left - rim, low - rim, wide + rim * 2, high + rim * 2)
            if arched
            else [
                (left - rim, low - rim),
                (left + wide + rim, low - rim),
                (left + wide + rim, low + high + rim),
                (left - rim, low + high + rim),
            ]
        )
        wall.shape(border, frame)
        _draw_view(wall, self.outside, rng, climate, left, low, wide, high, outline)
        for n in range(1, panes):
            u = left + wide * n / panes
            wall.rect(
                u - 0.022,
                low,
                u + 0.022,
                low + high * (0.99 if not arched or abs(n / panes - 0.5) < 0.1 else 0.86),
                frame,
            )
        if not arched and high < 2.0:
            wall.rect(left, low + high * 0.62, left + wide, low + high * 0.62 + 0.035, frame)
        if curtain is not None:
            self.draw_curtains(wall, left, low, wide, high, curtain)
        if not self.evening:
            x, y = wall.point(left + wide / 2, low + high / 2)
            self.stage.canvas.glow(x, y, 420, 330, (255, 250, 236), 0.22)

    def draw_curtains(
        self, wall: Wall, left: float, low: float, wide: float, high: float, cloth: Colour
    ) -> None:
        foot, top = 0.04, low + high + 0.22
        wide_leaf = min(0.62, wide * 0.28)
        for start in (left - wide_leaf * 0.75, left + wide - wide_leaf * 0.25):
            for n in range(6):
                u = start + wide_leaf * n / 6
                wall.rect(
                    u,
                    foot,
                    u + wide_leaf / 6 + 0.004,
                    top,
                    darken(cloth, 0.16) if n % 2 else lighten(cloth, 0.1),
                )
        wall.rect(left - wide_leaf, top, left + wide + wide_leaf, top + 0.05, self.decor.wood)

    def draw_daylight(self, side: int, start: float, length: float) -> None:
        """Sun through a side window, lying aslant on the floor."""
        if self.evening or self.outside.hour == "overcast":
            return
        stage = self.at(0, 0)
        x = side * self.wide / 2
        inward = -side
        stage.canvas.shadow(
            stage.outline(
                (
                    (x + inward * 0.3, 0.01, start - 0.2),
                    (x + inward * 0.3, 0.01, start + length - 0.2),
                    (x + inward * 2.3, 0.01, start + length - 1.2),
                    (x + inward * 2.3, 0.01, start - 1.2),
                )
            ),
            (255, 240, 208),
            0.4,
            5,
        )


def _draw_view(
    wall: Wall,
    light: Light,
    rng: Random,
    climate: str,
    left: float,
    low: float,
    wide: float,
    high: float,
    outline: list[Point],
) -> None:
    """Sky, and a strip of the country below it, cut to the window."""
    wall.wash(outline, light.sky)
    right = left + wide
    leaf = rng.choice(LEAVES[climate])
    rise = high * rng.uniform(0.3, 0.46)

    def band(share: float, tone: Colour, rough: float) -> None:
        points = [
            (left + wide * n / 8, low + rise * share * (1 + rng.uniform(-rough, rough))) for n in range(9)
        ]
        wall.shape([(left, low), *points, (right, low)], tone, raw=True)

    if climate in ("tropical", "mediterranean"):
        sea = mix(light.lit(rgb("2f8fa0"), 0.8), light.sky[-2], 0.2)
        wall.rect(left, low, right, low + rise * 0.8, sea, raw=True)
        wall.rect(left, low + rise * 0.72, right, low + rise * 0.8, lighten(sea, 0.25), raw=True)
        band(0.3, light.lit(leaf, 0.6), 0.3)
    elif climate == "urban":
        for layer in range(2):
            u = left
            while u < right - 0.02:
                step = min(right - u, wide * rng.uniform(0.07, 0.16))
                top = low + rise * rng.uniform(0.6, 1.5) * (1 - 0.35 * layer)
                tone = light.far(rgb("6f7f99"), 0.55 - 0.3 * layer)
                wall.rect(u, low, u + step, top, tone, raw=True)
                if light.is_dark:
                    for _ in range(4):
                        wu, wv = u + step * rng.uniform(0.1, 0.8), low + (top - low) * rng.random() * 0.9
                        wall.rect(wu, wv, wu + 0.025, wv + 0.04, rgb("ffd98a"), raw=True)
                u += step
    elif climate == "alpine":
        band(1.45, light.far(rgb("6f86a5"), 0.45), 0.34)
        band(0.8, light.far(leaf, 0.3), 0.2)
        band(0.4, light.lit(leaf, 0.6), 0.12)
    elif climate == "desert":
        band(0.8, light.far(rgb("c98f62"), 0.4), 0.3)
        band(0.5, light.lit(rgb("d9b07c"), 0.7), 0.15)
    else:
        band(1.0, light.far(leaf, 0.5), 0.2)
        band(0.65, light.far(leaf, 0.25), 0.2)
        band(0.35, light.lit(leaf, 0.7), 0.2)
