"""Guest rooms and bathrooms."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from serai.demo.art.beds import draw_bed, draw_night_table
from serai.demo.art.canvas import Canvas
from serai.demo.art.details import arch, front_wall
from serai.demo.art.furniture import (
    cylinder,
    draw_lamp,
    draw_pendant,
    draw_picture,
    draw_plant,
    draw_rug,
    draw_seat,
    ring,
    shade_under,
)
from serai.demo.art.indoors import Interior
from serai.demo.art.palette import Light, colours, darken, lighten, mix, rgb
from serai.demo.art.perspective import Stage, Wall


def draw_room(canvas: Canvas, light: Light, rng: Random, climate: str, stars: int) -> None:
    """A bedroom: the bed against the back wall or a side wall, a window, lamps, pictures, a rug."""
    wide, deep = rng.uniform(4.6, 5.4) + stars * 0.14, rng.uniform(5.0, 5.8)
    sideways = rng.random() < 0.5
    room = Interior(
        canvas,
        light,
        rng,
        wide=wide,
        high=rng.uniform(2.7, 3.1),
        deep=deep,
        eye=rng.uniform(1.35, 1.7),
        yaw=rng.choice((-1, 1)) * (rng.uniform(0.24, 0.4) if sideways else rng.uniform(0.0, 0.2)),
        focal=rng.uniform(800, 900) if sideways else rng.uniform(860, 1060),
        horizon=rng.uniform(350, 420),
    )
    room.draw_shell(feature=not sideways)
    floor = rng.choice(("boards", "boards", "tiles", "carpet"))
    if floor != "carpet":
        room.draw_planks(tiles=floor == "tiles")
    if sideways:
        _draw_side_bed_room(room, rng, climate)
    else:
        _draw_back_bed_room(room, rng, climate, light, stars)


def _draw_back_bed_room(room: Interior, rng: Random, climate: str, light: Light, stars: int) -> None:
    decor, wide, deep = room.decor, room.wide, room.deep
    curtain = rng.choice((lighten(decor.textile, 0.6), lighten(decor.accent, 0.55), (240, 236, 228)))
    side = light.side
    low = rng.choice((0.15, 0.8))
    span = rng.uniform(1.4, 2.1)
    start = deep - span - 0.9
    room.draw_window(
        room.side(side), rng, climate, start, low, span, 2.35 - low, panes=rng.choice((2, 3)), curtain=curtain
    )
    room.draw_daylight(side, start, span)
    shift = -side * rng.uniform(0.1, 0.4)
    middle = wide / 2 + shift
    back = room.back
    style = rng.choice(("panels", "plain", "stripes", "rail"))
    if style == "panels":
        for n in range(4):
            u = 0.3 + n * (wide - 0.6) / 4
            tone = lighten(decor.feature, 0.14)
            for a, b, c, d in (
                (u, 0.4, u + 0.03, room.high - 0.4),
                (u + wide / 4 - 0.3, 0.4, u + wide / 4 - 0.27, room.high - 0.4),
                (u, room.high - 0.43, u + wide / 4 - 0.27, room.high - 0.4),
            ):
                back.rect(a, b, c, d, tone)
    elif style == "stripes":
        for n in range(int(wide / 0.3)):
            back.rect(n * 0.3, 0.1, n * 0.3 + 0.015, room.high, darken(decor.feature, 0.14))
    elif style == "rail":
        back.rect(0, 0, wide, 1.1, lighten(decor.feature, 0.3))
        back.rect(0, 1.1, wide, 1.15, lighten(decor.feature, 0.55))
    art = rng.choice(("one", "two", "three", "mirror"))
    frame = rng.choice((decor.wood, rgb("2a2a2e"), rgb("d9b877"), rgb("f4f1ea")))
    if art == "one":
        draw_picture(back, rng, middle - 0.6, 1.65, 1.2, 0.75, decor.tones, frame)
    elif art == "mirror":
        points = [(middle + 0.4 * cos(2 * pi * n / 26), 2.02 + 0.4 * sin(2 * pi * n / 26)) for n in range(26)]
        back.shape([(middle + (u - middle) * 1.1, 2.02 + (v - 2.02) * 1.1) for u, v in points], rgb("c9a562"))
        back.wash(points, (lighten(light.sky[1], 0.4), lighten(decor.wall, 0.1)))
    else:
        count = 2 if art == "two" else 3
        for n in range(count):
            draw_picture(
                back, rng, middle - count * 0.34 + n * 0.68 + 0.06, 1.68, 0.54, 0.7, decor.tones, frame
            )
    if rng.random() < 0.85:
        stage = room.at(shift, deep)
        half = rng.uniform(1.5, 1.8)
        draw_rug(stage, rng, (-half, -3.3, half, -1.0), lighten(decor.textile, 0.3), decor.accent)
    lit = room.evening or rng.random() < 0.5
    shade = rng.choice((lighten(decor.accent, 0.7), (244, 236, 220), decor.textile))
    stage = room.at(shift, deep - 0.02)
    for x in (-1.36, 1.36):
        draw_night_table(stage, rng, x, decor.wood, shade, lit=lit)
    draw_bed(stage, rng, decor.wood, decor.textile, decor.accent)
    if rng.random() < 0.75:
        stage = room.at(-side * (wide / 2 - 0.6), deep - rng.uniform(1.2, 1.7), side * 0.8)
        draw_seat(stage, 0, 0.3, 0.85, rng.choice((decor.accent, lighten(decor.textile, 0.25))), decor.wood)
    if rng.random() < 0.55:
        stage = room.at(side * (wide / 2 - 0.45), deep - 0.5)
        draw_plant(stage, rng, 0, 0, rng.uniform(1.0, 1.5), lighten(decor.accent, 0.25))
    if rng.random() < 0.3 + 0.1 * stars:
        stage = room.at(shift, deep - 2.0)
        draw_pendant(
            stage,
            rng,
            0,
            room.high,
            room.high - 0.6,
            0,
            0.24,
            decor.accent,
            rng.choice(("globe", "bell", "drum")),
            lit=room.evening,
        )


def _draw_side_bed_room(room: Interior, rng: Random, climate: str) -> None:
    """The bed stands against a side wall and looks across; the back wall is mostly window."""
    decor, wide, deep = room.decor, room.wide, room.deep
    side = 1 if room.yaw > 0 else -1
    span = wide * rng.uniform(0.56, 0.76)
    start = (wide - span) / 2 - side * wide * rng.uniform(0.02, 0.1)
    low = rng.choice((0.1, 0.1, 0.75))
    curtain = rng.choice((lighten(decor.textile, 0.55), (244, 240, 232), lighten(decor.feature, 0.5)))
    room.draw_window(
        room.back,
        rng,
        climate,
        start,
        low,
        span,
        room.high - 0.45 - low,
        panes=rng.choice((2, 3, 4)),
        arched=False,
        curtain=curtain,
    )
    wall = room.side(side)
    centre = deep - rng.uniform(1.75, 1.95)
    frame = rng.choice((decor.wood, rgb("2a2a2e"), rgb("d9b877")))
    tone = wall.tone(decor.feature)
    wall.wash(
        ((1.6, 0.12), (deep, 0.12), (deep, room.high), (1.6, room.high)),
        (lighten(tone, 0.06), darken(tone, 0.08)),
    )
    for n in range(rng.choice((1, 2))):
        draw_picture(wall, rng, centre - 0.72 + n * 0.8, 1.68, 0.64, 0.72, decor.tones, frame)
    if rng.random() < 0.8:
        stage = room.at(0, 0)
        x = side * (wide / 2 - 1.6)
        draw_rug(
            stage,
            rng,
            (x - 1.5, centre - 1.5, x + 1.3, centre + 1.3),
            lighten(decor.textile, 0.3),
            decor.accent,
        )
    other = -side
    stage = room.at(other * (wide / 2 - 0.35), deep - 0.35)
    if rng.random() < 0.5:
        draw_plant(stage, rng, 0, 0, 1.5, lighten(decor.accent, 0.3))
    if rng.random() < 0.8:
        stage = room.at(other * (wide / 2 - 0.8), deep - 1.0, other * -0.75)
        draw_seat(stage, 0, 0.35, 0.9, rng.choice((decor.accent, decor.textile)), decor.wood)
    lit = room.evening or rng.random() < 0.4
    shade = rng.choice((lighten(decor.accent, 0.7), (244, 236, 220)))
    stage = room.at(side * (wide / 2 - 0.3), centre + 1.3)
    _draw_stand(room, stage, shade, lit=lit)
    stage = room.at(side * (wide / 2 - 0.02), centre, side * -pi / 2)
    draw_bed(stage, rng, decor.wood, decor.textile, decor.accent)
    stage = room.at(side * (wide / 2 - 0.3), centre - 1.3)
    _draw_stand(room, stage, shade, lit=lit)


def _draw_stand(room: Interior, floor: Stage, shade: tuple[int, int, int], *, lit: bool) -> None:
    shade_under(floor, 0, 0, 0.5, 0.45)
    floor.box(-0.24, 0.1, -0.22, 0.48, 0.44, 0.44, room.decor.wood)
    draw_lamp(floor, 0, 0.54, 0, 0.5, shade, lit=lit)


def draw_bathroom(canvas: Canvas, light: Light, rng: Random, climate: str, stars: int) -> None:
    """A tiled room: wash-stand with mirror, a bath or a glazed shower, towels, a window."""
    wide, deep, high = rng.uniform(3.5, 4.3), rng.uniform(4.0, 4.6), 2.7
    room = Interior(
        canvas,
        light,
        rng,
        wide=wide,
        high=high,
        deep=deep,
        eye=1.5,
        focal=rng.uniform(780, 900),
        yaw=rng.uniform(-0.16, 0.16),
        horizon=rng.uniform(370, 420),
    )
    decor = room.decor
    room.draw_shell(feature=False)
    pair = rng.choice((None, None, lighten(decor.feature, 0.2)))
    room.draw_planks(tiles=True, pair=pair)
    side = -light.side
    back = room.back
    _draw_tiles(room, back, rng, wide)
    bath_side = -side
    split = wide * 0.5
    tub_x = bath_side * wide * 0.24
    window_u = wide / 2 + tub_x - 0.6
    kind = rng.choice(("bath", "bath", "shower"))
    if kind == "bath":
        room.draw_window(back, rng, climate, window_u, 1.05, 1.2, 1.25, arched=rng.random() < 0.35)
    vanity_wide = min(split - 0.2, rng.uniform(1.2, 1.6))
    vanity_x = side * wide * 0.24
    _draw_vanity(room, rng, vanity_x, vanity_wide)
    if kind == "bath":
        stage = room.at(tub_x, deep - 0.75)
        shade_under(stage, 0, 0, 1.7, 0.8, 0.4)
        tub = rng.choice(colours("fbfaf6 f4f1ea 2f3a44 c9a27a"))
        _draw_tub(room, tub)
    else:
        _draw_shower(room, bath_side, rng)
    stage = room.at(side * (wide / 2 - 0.4), deep - 1.5)
    if rng.random() < 0.6:
        draw_plant(stage, rng, 0, 0, rng.uniform(0.8, 1.2), lighten(decor.accent, 0.3))
    wall = room.side(bath_side)
    u = deep - 1.9
    wall.rect(u - 0.05, 1.36, u + 0.75, 1.39, rgb("b59a62"))
    towel = rng.choice((lighten(decor.textile, 0.35), decor.accent, (246, 243, 236)))
    wall.rect(u + 0.02, 0.7, u + 0.34, 1.42, towel)
    wall.rect(u + 0.4, 0.84, u + 0.68, 1.42, lighten(towel, 0.35))
    stage = room.at(0, 0)
    draw_rug(stage, rng, (-0.7, deep - 2.2, 0.7, deep - 1.4), lighten(decor.textile, 0.45), decor.accent)


def _draw_tiles(room: Interior, back: Wall, rng: Random, wide: float) -> None:
    decor = room.decor
    style = rng.choice(("metro", "square", "half", "stone"))
    base = rng.choice(
        (lighten(decor.feature, 0.35), decor.feature, lighten(decor.wall, 0.3), lighten(decor.textile, 0.45))
    )
    top = 1.25 if style == "half" else room.high
    tone = back.tone(base)
    back.wash(((0, 0.0), (wide, 0.0), (wide, top), (0, top)), (lighten(tone, 0.06), tone, darken(tone, 0.08)))
    wide_tile, high_tile = {
        "metro": (0.3, 0.13),
        "square": (0.2, 0.2),
        "half": (0.18, 0.25),
        "stone": (0.9, 0.6),
    }[style]
    line = lighten(base, 0.28) if sum(base) < 480 else darken(base, 0.12)
    for row in range(int(top / high_tile) + 1):
        v = row * high_tile
        back.rect(0, v, wide, min(top, v + 0.012), line)
        for n in range(int(wide / wide_tile) + 1):
            u = n * wide_tile + (wide_tile / 2 if row % 2 and style in ("metro", "stone") else 0)
            if u < wide - 0.02:
                back.rect(u, v, u + 0.012, min(top, v + high_tile), line)
    if style == "half":
        back.rect(0, top, wide, top + 0.05, lighten(base, 0.5))


def _draw_vanity(room: Interior, rng: Random, x: float, wide: float) -> None:
    decor, deep = room.decor, room.deep
    back = room.back
    u = room.wide / 2 + x
    shape = rng.choice(("round", "arch", "square"))
    mirror = [
        lighten(room.outside.sky[0], 0.55) if not room.outside.is_dark else rgb("a8b0bd"),
        lighten(decor.wall, 0.25),
        lighten(decor.wall, 0.05),
    ]
    rim = rng.choice((rgb("c9a562"), rgb("2c2f36"), decor.wood))
    if shape == "round":
        points = [(u + 0.46 * cos(2 * pi * n / 30), 1.72 + 0.46 * sin(2 * pi * n / 30)) for n in range(30)]
        back.shape([(u + (a - u) * 1.07, 1.72 + (b - 1.72) * 1.07) for a, b in points], rim)
        back.wash(points, mirror)
    elif shape == "arch":
        back.shape(arch(u - 0.43, 1.14, 0.86, 1.2), rim)
        back.wash(arch(u - 0.4, 1.17, 0.8, 1.14), mirror)
    else:
        back.rect(u - wide / 2 + 0.02, 1.17, u + wide / 2 - 0.02, 2.13, rim)
        back.wash(
            (
                (u - wide / 2 + 0.05, 1.2),
                (u + wide / 2 - 0.05, 1.2),
                (u + wide / 2 - 0.05, 2.1),
                (u - wide / 2 + 0.05, 2.1),
            ),
            mirror,
        )
        back.shape(
            ((u - 0.3, 1.2), (u - 0.1, 1.2), (u + 0.25, 2.1), (u + 0.05, 2.1)),
            (255, 255, 255),
            0.25,
            raw=True,
        )
    for du in (-wide / 2 - 0.02, wide / 2 + 0.02):
        cx, cy = back.point(u + du, 1.78)
        unit = room.stage.size((0, 1.7, deep))
        room.stage.canvas.glow(cx, cy, unit * 0.9, unit * 0.9, rgb("ffe2b0"), 0.55 if room.evening else 0.3)
        room.stage.canvas.oval(cx, cy, unit * 0.07, unit * 0.11, rgb("fff1d8"))
    stage = room.at(x, deep)
    shade_under(stage, 0, -0.28, wide, 0.5)
    body = rng.choice((decor.wood, decor.feature, lighten(decor.wood, 0.2)))
    stage.box(-wide / 2, 0.28, -0.55, wide, 0.52, 0.55, body)
    front = front_wall(stage, -wide / 2, 0.28, -0.55)
    for n in range(2):
        a = 0.04 + n * wide / 2
        front.rect(a, 0.05, a + wide / 2 - 0.08, 0.47, lighten(body, 0.09))
        front.rect(a + wide / 4 - 0.14, 0.38, a + wide / 4 + 0.06, 0.405, rgb("d9bd80"))
    stage.box(
        -wide / 2 - 0.03, 0.8, -0.58, wide + 0.06, 0.05, 0.58, rng.choice(colours("f4f2ee e6e0d6 3a3d42"))
    )
    cylinder(stage, 0, 0.85, -0.28, 0.15, 0.22, 0.12, (250, 249, 246))
    stage.canvas.fill(ring(stage, 0, 0.97, -0.28, 0.18), stage.light.lit(rgb("d5dbde"), 0.7))
    tap = stage.light.lit(rim if sum(rim) > 300 else rgb("c9a562"), 0.9)
    stage.canvas.line(
        [
            stage.project((0, 0.85, -0.04)),
            stage.project((0, 1.16, -0.04)),
            stage.project((0, 1.16, -0.2)),
            stage.project((0, 1.1, -0.2)),
        ],
        tap,
        0.03 * stage.size((0, 1, 0)),
    )
    stage.box(wide / 2 - 0.34, 0.85, -0.34, 0.07, 0.16, 0.07, decor.accent, flat=True)
    stage.box(wide / 2 - 0.23, 0.85, -0.34, 0.07, 0.12, 0.07, lighten(decor.textile, 0.3), flat=True)


def _draw_tub(room: Interior, tone: tuple[int, int, int]) -> None:
    """A free-standing oval bath with water in it."""
    stage = room.stage
    light = stage.light

    def oval(y: float, across: float, along: float) -> list[tuple[float, float]]:
        return stage.outline(
            [(across * cos(2 * pi * n / 30), y, along * sin(2 * pi * n / 30)) for n in range(30)]
        )

    foot, rim = oval(0.02, 0.68, 0.3), oval(0.6, 0.88, 0.42)
    low = [point for point in foot if point[1] > sum(y for _, y in foot) / 30]
    body = [min(rim), *sorted(low), max(rim)]
    stops = (
        light.lit(tone, 0.2),
        light.lit(tone, 0.75),
        light.lit(lighten(tone, 0.15), 1.0),
        light.lit(tone, 0.75),
    )
    stage.canvas.gradient(body, stops if light.side > 0 else stops[::-1], sideways=True)
    stage.canvas.fill(rim, light.lit(lighten(tone, 0.35), 1.0))
    stage.canvas.fill(oval(0.58, 0.81, 0.36), light.lit(rgb("dde4e6"), 0.55))
    stage.canvas.fill(oval(0.5, 0.78, 0.33), light.lit(rgb("b9dde0"), 0.85))
    metal = light.lit(rgb("c9a562"), 0.9)
    stage.canvas.line(
        [
            stage.project((0.5, 0, 0.5)),
            stage.project((0.5, 0.95, 0.5)),
            stage.project((0.5, 0.95, 0.28)),
            stage.project((0.5, 0.86, 0.28)),
        ],
        metal,
        0.032 * stage.size((0, 0.5, 0.4)),
    )


def _draw_shower(room: Interior, side: int, rng: Random) -> None:
    """A walk-in shower behind one clear pane."""
    deep, wide = room.deep, room.wide
    back = room.back
    u = wide / 2 + side * (wide / 2 - 0.65)
    metal = rgb("c9a562") if rng.random() < 0.5 else rgb("3a3d42")
    back.rect(u - 0.02, 1.0, u + 0.02, 2.25, metal)
    back.rect(u - 0.2, 2.2, u + 0.2, 2.25, metal)
    back.rect(u - 0.1, 1.0, u + 0.1, 1.07, metal)
    niche = mix(room.decor.feature, rgb("20242c"), 0.25)
    back.rect(u + side * 0.42 - 0.16, 1.1, u + side * 0.42 + 0.16, 1.5, niche)
    stage = room.at(0, 0)
    inner = side * (wide / 2 - 1.35)
    pane = stage.outline(
        ((inner, 0.05, deep - 1.5), (inner, 0.05, deep), (inner, 2.15, deep), (inner, 2.15, deep - 1.5))
    )
    stage.canvas.fill(pane, (226, 240, 244), 0.26)
    stage.canvas.line([*pane, pane[0]], stage.light.lit(metal, 0.8), 2.0)
    front = stage.outline(
        (
            (inner, 0.05, deep - 1.5),
            (inner + side * 0.75, 0.05, deep - 1.5),
            (inner + side * 0.75, 2.15, deep - 1.5),
            (inner, 2.15, deep - 1.5),
        )
    )
    stage.canvas.fill(front, (226, 240, 244), 0.2)
    stage.canvas.line([*front, front[0]], stage.light.lit(metal, 0.8), 2.0)
