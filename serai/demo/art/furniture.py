"""Things that stand in rooms, in metres, each on the floor of the stage's present frame."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from serai.demo.art.canvas import Point
from serai.demo.art.details import front_wall
from serai.demo.art.palette import Colour, colours, darken, lighten, mix, rgb, vary
from serai.demo.art.perspective import Point3, Stage, Wall

GLOW = rgb("ffdca0")


def ring(stage: Stage, x: float, y: float, z: float, radius: float, steps: int = 22) -> list[Point]:
    """A level circle as the camera sees it."""
    return stage.outline(
        [
            (x + radius * cos(2 * pi * n / steps), y, z + radius * sin(2 * pi * n / steps))
            for n in range(steps)
        ]
    )


def disc(
    stage: Stage, x: float, y: float, z: float, radius: float, colour: Colour, brightness: float = 0.85
) -> None:
    stage.canvas.fill(ring(stage, x, y, z, radius), stage.light.lit(colour, brightness))


def shade_under(stage: Stage, x: float, z: float, wide: float, deep: float, alpha: float = 0.35) -> None:
    """The soft shadow of a thing of this size about (x, z)."""
    half, depth = wide / 2 + 0.06, deep / 2 + 0.03
    stage.ground_shadow(
        (
            (x - half, 0, z - depth),
            (x + half, 0, z - depth),
            (x + half, 0, z + depth),
            (x - half, 0, z + depth),
        ),
        alpha,
        7,
    )


def cylinder(
    stage: Stage,
    x: float,
    y: float,
    z: float,
    low: float,
    top: float,
    high: float,
    colour: Colour,
    *,
    shine: bool = False,
) -> None:
    """A round body with radius `low` at its foot and `top` at its rim."""
    foot, rim = ring(stage, x, y, z, low), ring(stage, x, y + high, z, top)
    left, right = min(foot), max(foot)
    upper_left, upper_right = min(rim), max(rim)
    under = [point for point in foot if point[1] >= (left[1] + right[1]) / 2]
    body = [upper_left, left, *sorted(under), right, upper_right]
    light = stage.light
    stops: tuple[Colour, ...] = (
        light.lit(colour, 0.15),
        light.lit(colour, 0.6),
        light.lit(lighten(colour, 0.15), 1.0),
        light.lit(colour, 0.7),
    )
    if shine:
        stops = (lighten(colour, 0.1), lighten(colour, 0.5), lighten(colour, 0.2))
    stage.canvas.gradient(body, stops if light.side > 0 else stops[::-1], sideways=True)
    if y + high < stage.eye:
        stage.canvas.fill(rim, stage.light.lit(lighten(colour, 0.12), 0.9))


def cushion(wall: Wall, left: float, low: float, wide: float, high: float, colour: Colour) -> None:
    """A soft-cornered pillow standing against an upright plane."""
    points: list[Point] = []
    for n in range(28):
        turn = 2 * pi * n / 28
        c, s = cos(turn), sin(turn)
        points.append(
            (
                left + wide / 2 * (1 + abs(c) ** 0.42 * (1 if c > 0 else -1)),
                low + high / 2 * (1 + abs(s) ** 0.5 * (1 if s > 0 else -1)),
            )
        )
    tone = wall.tone(colour)
    wall.wash(points, (lighten(tone, 0.18), tone, darken(tone, 0.14)))


def draw_lamp(
    stage: Stage,
    x: float,
    y: float,
    z: float,
    high: float,
    shade: Colour,
    *,
    lit: bool,
    stem: Colour = (176, 142, 88),
) -> None:
    """A lamp with a drum shade; when lit, light pools about it."""
    cx, cy = stage.project((x, y + high * 0.75, z))
    unit = stage.size((x, y, z))
    if lit:
        stage.canvas.glow(cx, cy, high * 2.6 * unit, high * 2.6 * unit, GLOW, 0.5)
    cylinder(stage, x, y, z, high * 0.14, high * 0.1, 0.03, stem)
    cylinder(stage, x, y + 0.03, z, high * 0.05, high * 0.04, high * 0.5, stem)
    tone = mix(shade, GLOW, 0.75) if lit else shade
    cylinder(stage, x, y + high * 0.5, z, high * 0.32, high * 0.24, high * 0.42, tone, shine=lit)


def draw_pendant(
    stage: Stage,
    rng: Random,
    x: float,
    ceiling: float,
    low: float,
    z: float,
    radius: float,
    colour: Colour,
    style: str,
    *,
    lit: bool,
) -> None:
    """A lamp on a cord from the ceiling down to `low`."""
    cx, top = stage.project((x, ceiling, z))
    _, foot = stage.project((x, low, z))
    unit = stage.size((x, low, z))
    stage.canvas.rect(cx - 0.012 * unit, top, cx + 0.012 * unit, foot, darken(colour, 0.6))
    if lit:
        stage.canvas.glow(cx, foot, radius * 5 * unit, radius * 5 * unit, GLOW, 0.45)
    light = stage.light
    body = radius * unit
    if style == "globe":
        stage.canvas.oval(
            cx, foot, body, body, mix(colour, rgb("fff0d0"), 0.8) if lit else lighten(colour, 0.6)
        )
        stage.canvas.oval(cx - body * 0.2, foot - body * 0.25, body * 0.5, body * 0.45, (255, 250, 236), 0.6)
    elif style == "bell":
        rim = [
            (cx - body * (0.18 + 0.82 * (n / 8) ** 1.6), foot - body * 1.1 * (1 - n / 8)) for n in range(9)
        ]
        outline = rim + [(2 * cx - px, py) for px, py in rim[::-1]]
        stage.canvas.gradient(
            outline, (light.lit(colour, 0.3), light.lit(colour, 0.9), light.lit(colour, 0.5)), sideways=True
        )
        stage.canvas.oval(
            cx, foot, body, body * 0.18, mix(colour, rgb("fff0d0"), 0.85) if lit else darken(colour, 0.4)
        )
    else:
        cylinder(
            stage,
            x,
            low,
            z,
            radius,
            radius * 0.92,
            radius * 0.9,
            mix(colour, GLOW, 0.6) if lit else colour,
            shine=lit,
        )


def draw_seat(
    stage: Stage, x: float, z: float, wide: float, cloth: Colour, wood: Colour, *, arms: bool = True
) -> None:
    """An armchair or, when wide, a sofa. It faces -z; its back stands at z."""
    deep = 0.85
    shade_under(stage, x, z - deep / 2, wide, deep, 0.4)
    left = x - wide / 2
    for dx in (0.05, wide - 0.13):
        stage.box(left + dx, 0, z - deep + 0.06, 0.07, 0.14, 0.07, wood, flat=True)
    stage.box(left, 0.14, z - 0.24, wide, 0.66, 0.24, cloth)
    stage.box(left, 0.14, z - deep, wide, 0.22, deep - 0.2, darken(cloth, 0.08))
    seats = max(1, round((wide - 0.3) / 0.75))
    span = (wide - (0.3 if arms else 0)) / seats
    start = left + (0.15 if arms else 0)
    back = front_wall(stage, start, 0.42, z - 0.26)
    for n in range(seats):
        cushion(back, n * span + 0.02, 0.02, span - 0.04, 0.42, lighten(cloth, 0.06))
    for n in range(seats):
        stage.box(
            start + n * span + 0.01,
            0.36,
            z - deep - 0.01,
            span - 0.02,
            0.12,
            deep - 0.22,
            lighten(cloth, 0.1),
        )
    if arms:
        for edge in (left, left + wide - 0.16):
            stage.box(edge, 0.14, z - deep, 0.16, 0.46, deep - 0.02, lighten(cloth, 0.04))


def draw_chair(stage: Stage, x: float, z: float, cloth: Colour, wood: Colour, *, facing: int) -> None:
    """A dining chair; facing 1 shows its back to the viewer (the sitter looks away), -1 its front."""
    shade_under(stage, x, z, 0.45, 0.45, 0.25)
    back = z + (0.2 if facing < 0 else -0.24)
    parts = [("seat", z), ("back", back)]
    for dx in (-0.2, 0.16):
        for dz in (-0.2, 0.18):
            stage.box(x + dx, 0, z + dz, 0.045, 0.44, 0.045, wood, flat=True)
    for part, _ in sorted(parts, key=lambda item: -item[1]):
        if part == "seat":
            stage.box(x - 0.22, 0.44, z - 0.22, 0.44, 0.07, 0.44, cloth, flat=True)
        else:
            stage.box(x - 0.22, 0.5, back, 0.44, 0.42, 0.05, cloth if facing < 0 else wood)


def draw_plant(stage: Stage, rng: Random, x: float, z: float, high: float, pot: Colour) -> None:
    """A pot with broad leaves that fan upwards."""
    shade_under(stage, x, z, 0.5, 0.4, 0.3)
    leaf = rng.choice(colours("3f7a4f 4f8a55 2f6a50 6a9a55"))
    unit = stage.size((x, 0, z))
    cx, cy = stage.project((x, high * 0.26, z))
    for n in sorted(range(13), key=lambda number: abs(number - 6), reverse=True):
        turn = pi * (0.08 + 0.84 * n / 12) + rng.uniform(-0.08, 0.08)
        reach = high * unit * rng.uniform(0.5, 0.74) * (0.72 + 0.28 * sin(turn))
        tip = (cx + cos(turn) * reach * 0.8, cy - sin(turn) * reach)
        across = (-sin(turn) * reach * 0.12, -cos(turn) * reach * 0.12)
        mid = (cx + (tip[0] - cx) * 0.62, cy + (tip[1] - cy) * 0.66 - reach * 0.05)
        tone = stage.light.lit(vary(leaf, rng, 10), 0.35 + 0.6 * rng.random())
        stage.canvas.fill(
            (
                (cx, cy),
                (mid[0] + across[0], mid[1] + across[1]),
                tip,
                (mid[0] - across[0], mid[1] - across[1]),
            ),
            tone,
        )
    cylinder(stage, x, 0, z, high * 0.11, high * 0.15, high * 0.28, pot)


def draw_picture(
    wall: Wall,
    rng: Random,
    left: float,
    low: float,
    wide: float,
    high: float,
    tones: tuple[Colour, ...],
    frame: Colour,
) -> None:
    """A framed abstract: a sun over hills, stacked forms, or stripes."""
    wall.rect(left + 0.03, low - 0.05, left + wide + 0.05, low + high - 0.02, (20, 18, 24), 0.22, raw=True)
    wall.rect(left, low, left + wide, low + high, frame)
    rim = 0.035
    paper = lighten(rng.choice(tones), 0.72)
    wall.rect(left + rim, low + rim, left + wide - rim, low + high - rim, paper)
    inner, foot, span, rise = left + wide * 0.16, low + high * 0.14, wide * 0.68, high * 0.72
    kind = rng.choice(("sun", "stack", "stripes", "leaf"))
    first, second = rng.sample(tones, 2)
    if kind == "sun":
        disk = [
            (
                inner + span * (0.6 + 0.24 * cos(pi * n / 9)),
                foot + rise * 0.62 + span * 0.24 * sin(pi * n / 9),
            )
            for n in range(18)
        ]
        wall.shape(disk, first)
        wall.shape(
            (
                (inner, foot),
                (inner + span, foot),
                (inner + span, foot + rise * 0.4),
                (inner + span * 0.6, foot + rise * 0.3),
                (inner + span * 0.25, foot + rise * 0.52),
                (inner, foot + rise * 0.36),
            ),
            second,
        )
    elif kind == "stack":
        for n in range(3):
            grow = 0.5 - 0.12 * n
            wall.rect(
                inner + span * (0.5 - grow),
                foot + rise * n * 0.31,
                inner + span * (0.5 + grow),
                foot + rise * (n * 0.31 + 0.29),
                rng.choice(tones),
            )
    elif kind == "stripes":
        for n in range(5):
            wall.rect(
                inner + span * n / 5,
                foot,
                inner + span * (n + 0.7) / 5,
                foot + rise * rng.uniform(0.4, 1.0),
                rng.choice(tones),
            )
    else:
        wall.rect(inner + span * 0.48, foot, inner + span * 0.52, foot + rise * 0.9, darken(first, 0.2))
        for n in range(5):
            v = foot + rise * (0.18 + n * 0.16)
            for side in (-1, 1):
                wall.shape(
                    (
                        (inner + span * 0.5, v),
                        (inner + span * (0.5 + side * 0.3), v + rise * 0.06),
                        (inner + span * (0.5 + side * 0.42), v + rise * 0.2),
                        (inner + span * (0.5 + side * 0.14), v + rise * 0.14),
                    ),
                    first if n % 2 else second,
                )


def draw_rug(
    stage: Stage, rng: Random, corners: tuple[float, float, float, float], colour: Colour, accent: Colour
) -> None:
    """A rug over left, near, right, far; plain, bordered, striped or round."""
    left, near, right, far = corners
    kind = rng.choice(("border", "stripes", "round", "border"))

    def patch(a: float, b: float, c: float, d: float, tone: Colour) -> None:
        quad: tuple[Point3, ...] = ((a, 0.01, b), (c, 0.01, b), (c, 0.01, d), (a, 0.01, d))
        stage.canvas.fill(stage.outline(quad), stage.tone(tone, "top"))

    if kind == "round":
        disc(stage, (left + right) / 2, 0.01, (near + far) / 2, (right - left) * 0.46, colour)
        disc(stage, (left + right) / 2, 0.01, (near + far) / 2, (right - left) * 0.38, lighten(colour, 0.2))
        return
    patch(left, near, right, far, colour)
    if kind == "border":
        patch(left + 0.18, near + 0.18, right - 0.18, far - 0.18, accent)
        patch(left + 0.24, near + 0.24, right - 0.24, far - 0.24, lighten(colour, 0.15))
    elif kind == "stripes":
        for n in range(1, 8, 2):
            step = (far - near) / 9
            patch(
                left,
                near + n * step,
                right,
                near + (n + 0.8) * step,
                rng.choice((accent, lighten(colour, 0.3))),
            )
    else:
        wide, deep = (right - left) / 5, (far - near) / 3
        for row in range(3):
            for n in range(5):
                x, z = left + (n + 0.5) * wide, near + (row + 0.5) * deep
                diamond: tuple[Point3, ...] = (
                    (x - wide * 0.36, 0.01, z),
                    (x, 0.01, z - deep * 0.36),
                    (x + wide * 0.36, 0.01, z),
                    (x, 0.01, z + deep * 0.36),
                )
                stage.canvas.fill(stage.outline(diamond), stage.tone(accent, "top"))
