"""Hotels of the city: towers, glass blocks, grand fronts, townhouse rows, guest houses."""

from __future__ import annotations

from random import Random

from serai.demo.art.details import (
    LAMPLIGHT,
    arch,
    door,
    front_wall,
    glass_tone,
    hip_roof,
    lantern,
    prism,
    railing,
    seen_walls,
    window,
    window_rows,
)
from serai.demo.art.palette import Colour, colours, darken, lighten, mix, rgb, vary
from serai.demo.art.perspective import Stage

STONE = colours("d9cbb4 c9bfae b7a48c e3d9c8 a8988a c4b39a 8f8a86 d8d4cc")
PASTEL = colours("e8b49a f0d28a a8c7b8 d98f7a 9db7cf e9c7c0 c5cf9a f3e6cf c98b6b 7fa0a0 e3a25f b5a3c9")
DEEP = colours("2f4858 7a3b3b 38594a 28405f 5a3d52 8a5a34 24504f")


def draw_city_tower(stage: Stage, rng: Random) -> None:
    """A slab of 16 to 22 storeys on a podium; the grid of its front changes from one to the next."""
    body = vary(rng.choice((*STONE, *colours("4f5f6f 6f5a50 8c4f3f e9e6df"))), rng)
    wide, deep = rng.uniform(17, 23), 15.0
    storeys, storey = rng.randint(14, 19), 3.3
    grid = rng.choice(("punched", "bands", "fins", "balconies"))
    top = 6 + storeys * storey
    if rng.random() < 0.5:
        side = rng.choice((-1, 1))
        x = side * wide * 0.62 - wide * 0.3
        stage.box(x, 0, deep * 0.35, wide * 0.6, top * rng.uniform(0.55, 0.75), deep, darken(body, 0.15))
        for wall, length in seen_walls(stage, x, 0, deep * 0.35, wide * 0.6, deep):
            window_rows(
                wall,
                rng,
                length,
                7,
                int(storeys * 0.5),
                storey,
                3.1,
                wide=1.7,
                high=1.9,
                frame=darken(body, 0.3),
                bars=False,
            )
    left = -wide / 2
    stage.box(left, 0, 0, wide, top, deep, body)
    for wall, length in seen_walls(stage, left, 6, 0, wide, deep):
        if grid == "bands":
            for row in range(storeys):
                v = row * storey + 0.9
                tone = (
                    wall.tone(glass_tone(stage.light, rng))
                    if rng.random() < 0.5
                    else glass_tone(stage.light, rng)
                )
                wall.rect(0.5, v, length - 0.5, v + 1.9, tone, raw=True)
                for n in range(int(length / 1.9)):
                    if rng.random() < stage.light.lamps * 0.8:
                        wall.rect(0.6 + n * 1.9, v, 2.2 + n * 1.9, v + 1.9, rng.choice(LAMPLIGHT), raw=True)
        else:
            frame = lighten(body, 0.25) if grid != "fins" else darken(body, 0.35)
            window_rows(
                wall,
                rng,
                length,
                0,
                storeys,
                storey,
                2.9 if grid != "fins" else 2.1,
                wide=1.7 if grid != "fins" else 1.3,
                high=2.0 if grid != "fins" else 2.7,
                frame=frame,
                bars=False,
                balcony=lighten(body, 0.3) if grid == "balconies" else None,
            )
        if grid == "fins":
            for n in range(int(length / 2.1) + 1):
                wall.rect(
                    n * 2.1 - 0.12 + 0.3, 0, n * 2.1 + 0.42, storeys * storey + 0.6, lighten(body, 0.22)
                )
    crown = rng.choice(("parapet", "lantern", "steps"))
    if crown == "parapet":
        stage.box(left - 0.4, top, -0.4, wide + 0.8, 1.4, deep, lighten(body, 0.15), flat=True)
    elif crown == "lantern":
        stage.box(
            left + wide * 0.2, top, deep * 0.2, wide * 0.6, 5, deep * 0.6, mix(body, rgb("cfe0ea"), 0.5)
        )
        lantern(stage, (0, top + 2, 0), 12, 0.5)
    else:
        stage.box(left + wide * 0.12, top, 1.5, wide * 0.76, 3, deep * 0.7, body)
        stage.box(left + wide * 0.28, top + 3, 3, wide * 0.44, 3.4, deep * 0.5, lighten(body, 0.08))
        stage.box(-0.2, top + 6, 5, 0.4, 8, 0.4, darken(body, 0.3), flat=True)
    _draw_podium(stage, rng, wide * rng.uniform(1.25, 1.6), rng.choice(DEEP))


def _draw_podium(stage: Stage, rng: Random, wide: float, accent: Colour) -> None:
    """The glazed entrance floor with a canopy."""
    stone = vary(rng.choice(STONE), rng)
    stage.box(-wide / 2, 0, -4, wide, 5.4, 6, stone)
    wall = front_wall(stage, -wide / 2, 0, -4)
    panes = 10
    for n in range(panes):
        u = 0.8 + n * (wide - 1.6) / panes
        pane = mix(glass_tone(stage.light, rng), rng.choice(LAMPLIGHT), 0.9 if stage.light.is_dark else 0.3)
        wall.rect(u + 0.15, 0.3, u + (wide - 1.6) / panes - 0.15, 4.2, pane, raw=True)
    canopy = wide * 0.32
    stage.box(-canopy / 2, 3.9, -8, canopy, 0.5, 4.2, accent, flat=True)
    for x in (-canopy / 2 + 0.4, canopy / 2 - 0.7):
        stage.box(x, 0, -7.8, 0.3, 3.9, 0.3, darken(accent, 0.2), flat=True)
    lantern(stage, (0, 2.4, -6), wide * 0.5)


def draw_glass_hotel(stage: Stage, rng: Random) -> None:
    """Stacked glass blocks that mirror the sky."""
    tint = rng.choice(colours("4f8fb0 3f7f8a 6a86b5 5aa09a 7a8aa0"))
    light = stage.light
    blocks = rng.choice(
        (
            ((-17, 0, 0, 34, 15, 13), (-12, 15, 1, 27, 13, 12), (-5, 28, 2, 18, 9, 10)),
            ((-19, 0, 2, 15, 40, 13), (-4, 0, 0, 22, 24, 14)),
            ((-18, 0, 0, 36, 9, 16), (-15, 10.2, -1.5, 34, 9, 15), (-18, 20.4, 0.5, 32, 9, 14)),
            ((2, 0, 4, 15, 34, 12), (-18, 0, 0, 22, 21, 14), (-18, 0, -2, 36, 5, 8)),
        )
    )
    for x, y, z, wide, high, deep in blocks:
        stage.box(x, y, z, wide, high, deep, rgb("d8dde0"))
        for wall, length in seen_walls(stage, x, y, z, wide, deep):
            mirror = [mix(tint, colour, 0.5) for colour in light.sky]
            if light.is_dark:
                mirror = [darken(colour, 0.25) for colour in mirror]
            shade = 0.0 if wall.side == "front" else 0.24
            stops = [darken(colour, shade) for colour in mirror]
            wall.wash(((0.3, 0.3), (length - 0.3, 0.3), (length - 0.3, high - 0.5), (0.3, high - 0.5)), stops)
            cells, floors = max(2, int(length / 2.1)), max(2, round(high / 3.4))
            for _ in range(2):
                u = rng.uniform(0.1, 0.6) * length
                wall.shape(
                    (
                        (u, 0.3),
                        (u + length * 0.12, 0.3),
                        (u + length * 0.3, high - 0.5),
                        (u + length * 0.18, high - 0.5),
                    ),
                    (255, 255, 255),
                    0.1,
                    raw=True,
                )
            for row in range(floors):
                for n in range(cells):
                    if rng.random() < light.lamps * 0.75:
                        left, low = 0.3 + n * (length - 0.6) / cells, 0.3 + row * (high - 0.8) / floors
                        wall.rect(
                            left,
                            low,
                            left + (length - 0.6) / cells,
                            low + (high - 0.8) / floors,
                            rng.choice(LAMPLIGHT),
                            rng.uniform(0.6, 1.0),
                            raw=True,
                        )
            for n in range(cells + 1):
                u = 0.3 + n * (length - 0.6) / cells
                wall.rect(u - 0.06, 0.3, u + 0.06, high - 0.5, lighten(tint, 0.55), 0.8)
            for row in range(floors + 1):
                v = 0.3 + row * (high - 0.8) / floors
                wall.rect(0, v - 0.14, length, v + 0.14, rgb("e8ebec"))
    _draw_podium(stage, rng, 20, rng.choice(DEEP))


def draw_grand_hotel(stage: Stage, rng: Random) -> None:
    """A symmetrical front of the grand age: cornices, awnings, a mansard roof with dormers, flags."""
    body = vary(rng.choice((*STONE, *colours("f1e6d2 e6c9b5 d9a58a f5f0e6"))), rng)
    trim = lighten(body, 0.5)
    roof = rng.choice(colours("5a6672 6f7f86 4a5a55 7a5a50 8c4f42"))
    wide, deep, storeys, storey = 36.0, 14.0, rng.randint(4, 5), 3.8
    top = storeys * storey + 1
    shutters = rng.choice((None, None, *DEEP))
    arched = rng.random() < 0.4
    stage.box(-wide / 2, 0, 0, wide, top, deep, body)
    hip_roof(stage, -wide / 2, top, 0, wide, deep, 5, roof, over=0.3, pinch=0.2)
    for wall, length in seen_walls(stage, -wide / 2, 0, 0, wide, deep):
        window_rows(
            wall,
            rng,
            length,
            1,
            storeys,
            storey,
            3.4,
            wide=1.3,
            high=2.3,
            frame=trim,
            arched=arched,
            shutters=shutters,
            skip_middle=length == wide,
        )
        for row in (1, storeys):
            wall.rect(0, row * storey + 0.7, length, row * storey + 1.1, trim)
            wall.rect(0, row * storey + 0.4, length, row * storey + 0.7, darken(body, 0.3), 0.4)
    front = front_wall(stage, -wide / 2, 0)
    for n in range(7):
        u = 3.4 + n * (wide - 6.8) / 6
        front_dormer = front_wall(stage, -wide / 2 + u - 1.2, top, -0.1)
        front_dormer.shape(((-0.2, 0.4), (2.6, 0.4), (2.6, 2.7), (1.2, 3.8), (-0.2, 2.7)), trim)
        window(front_dormer, rng, 0.5, 0.9, 1.4, 1.7, frame=trim, sill=False)
    # the middle bay steps forward under a pediment
    bay = 9.0
    stage.box(-bay / 2, 0, -1.4, bay, top + 0.6, 1.4, lighten(body, 0.1))
    middle = front_wall(stage, -bay / 2, 0, -1.4)
    window_rows(
        middle, rng, bay, 1 + storey, storeys - 1, storey, 2.9, wide=1.4, high=2.5, frame=trim, arched=True
    )
    middle.shape(((-0.6, top + 0.4), (bay + 0.6, top + 0.4), (bay / 2, top + 3.6)), trim)
    middle.shape(((0.8, top + 0.8), (bay - 0.8, top + 0.8), (bay / 2, top + 2.9)), darken(body, 0.1))
    door(middle, rng, bay / 2 - 1.3, 2.6, 3.5, rng.choice(DEEP), arched=True)
    accent = rng.choice((*DEEP, *colours("c0473f 2f6f5f d8a23c")))
    count = max(1, int((wide - 0.8) / 3.4))
    margin = (wide - count * 3.4) / 2
    for n in range(count):
        u = margin + n * 3.4 + 0.75
        if abs(u + 0.95 - wide / 2) < bay / 2 + 0.6:
            continue
        front.shape(((u - 0.1, 4.1), (u + 2.0, 4.1), (u + 2.3, 3.2), (u - 0.4, 3.2)), accent)
        for stripe in range(3):
            s = u + 0.1 + stripe * 0.72
            front.shape(((s, 4.1), (s + 0.32, 4.1), (s + 0.36, 3.2), (s - 0.04, 3.2)), lighten(accent, 0.75))
    for x in (-3.4, 3.1):
        stage.box(x, top + 0.4, -1.4, 0.2, 6.7, 0.2, rgb("5a5552"), flat=True)
        flag = front_wall(stage, x, top + 5.4, -1.4)
        flag.shape(((0.14, 0), (2.3, 0.2), (2.2, 1.5), (0.14, 1.4)), accent)
    lantern(stage, (0, 3, -2), 11)


def draw_townhouses(stage: Stage, rng: Random) -> None:
    """A row of narrow old houses, each with its own colour, height and top."""
    x = -19.0
    shades = rng.sample(PASTEL, 6)
    index = 0
    style = rng.choice(("gables", "flat", "mixed"))
    while x < 17:
        wide = rng.uniform(6.0, 8.2)
        storeys = rng.randint(3, 5)
        storey = 3.3
        body = vary(shades[index % len(shades)], rng)
        trim = lighten(body, 0.6)
        top = 3.9 + storeys * storey
        stage.box(x, 0, 0, wide, top, 10, body)
        wall = front_wall(stage, x, 0)
        accent = rng.choice(DEEP)
        window_rows(
            wall,
            rng,
            wide,
            3.9,
            storeys,
            storey,
            wide / rng.choice((2.2, 3.2)),
            wide=1.15,
            high=1.95,
            frame=trim,
            shutters=accent if rng.random() < 0.3 else None,
        )
        roof = rng.choice(colours("6b4a45 4f5a66 8a5140 5f5a58"))
        shape = style if style != "mixed" else rng.choice(("gables", "flat", "steps"))
        if shape == "gables":
            wall.shape(((0, top), (wide, top), (wide * 0.62, top + 3.3), (wide * 0.38, top + 3.3)), body)
            wall.line(((0, top), (wide * 0.38, top + 3.3), (wide * 0.62, top + 3.3), (wide, top)), trim, 0.3)
            window(wall, rng, wide / 2 - 0.5, top + 0.6, 1.0, 1.3, frame=trim, arched=True)
        elif shape == "steps":
            for step in range(3):
                wall.rect(
                    step * wide * 0.15,
                    top + step * 1.1,
                    wide - step * wide * 0.15,
                    top + step * 1.1 + 1.1,
                    body,
                )
                wall.rect(
                    step * wide * 0.15,
                    top + step * 1.1 + 1.0,
                    wide - step * wide * 0.15,
                    top + step * 1.1 + 1.2,
                    trim,
                )
            window(wall, rng, wide / 2 - 0.5, top + 0.5, 1.0, 1.4, frame=trim)
        else:
            hip_roof(stage, x, top, 0, wide, 10, 2.6, roof, over=0.15, pinch=0.2)
            wall.rect(-0.1, top - 0.5, wide + 0.1, top + 0.15, trim)
        _draw_shop(stage, rng, x, wide, accent)
        x += wide
        index += 1
    lantern(stage, (-6, 2.5, -1), 9, 0.6)
    lantern(stage, (8, 2.5, -1), 9, 0.6)


def _draw_shop(stage: Stage, rng: Random, x: float, wide: float, accent: Colour) -> None:
    wall = front_wall(stage, x, 0)
    wall.rect(0.15, 0, wide - 0.15, 3.5, accent)
    pane = mix(glass_tone(stage.light, rng), rng.choice(LAMPLIGHT), 0.85 if stage.light.lamps > 0.1 else 0.25)
    wall.rect(0.5, 0.6, wide * 0.56, 2.9, pane, raw=True)
    wall.rect(wide * 0.66, 0, wide * 0.92, 2.9, darken(accent, 0.35))
    wall.rect(wide * 0.7, 1.1, wide * 0.88, 2.6, pane, raw=True)
    if rng.random() < 0.6:
        awning = rng.choice(colours("c0473f e0c9a0 2f6f5f d8a23c f2ede2 3f5f8a"))
        for n in range(6):
            left, right = wide * n / 6, wide * (n + 1) / 6
            shade = awning if n % 2 else lighten(awning, 0.7)
            corners = ((x + left, 3.7, 0), (x + right, 3.7, 0), (x + right, 2.9, -1.5), (x + left, 2.9, -1.5))
            stage.face(corners, shade, "top", flat=True)


def draw_guest_house(stage: Stage, rng: Random) -> None:
    """A plain small hotel: plaster, a stair tower, balconies, a painted sign, a water tank on the roof."""
    body = vary(rng.choice((*PASTEL, *STONE)), rng)
    accent = rng.choice((*DEEP, *PASTEL))
    trim = lighten(body, 0.55)
    wide, deep, storeys, storey = rng.uniform(15, 21), 10.0, rng.randint(2, 4), 3.3
    top = storeys * storey + 0.6
    left = -wide / 2
    stage.box(left, 0, 0, wide, top, deep, body)
    tower = 4.4
    side = rng.choice((-1, 1))
    for wall, length in seen_walls(stage, left, 0, 0, wide, deep):
        window_rows(
            wall,
            rng,
            length,
            0.3,
            storeys,
            storey,
            3.3,
            wide=1.6,
            high=1.7,
            frame=trim,
            balcony=accent if rng.random() < 0.6 else None,
        )
        wall.rect(0, 0, length, 0.7, darken(body, 0.3))
        wall.rect(-0.1, top - 0.3, length + 0.1, top + 0.5, trim)
    x = left if side < 0 else left + wide - tower
    stage.box(x, 0, -1, tower, top + 2.4, 3, accent)
    column = front_wall(stage, x, 0, -1)
    door(column, rng, tower / 2 - 0.9, 1.8, 2.6, darken(accent, 0.4))
    for row in range(1, storeys):
        window(column, rng, tower / 2 - 0.5, row * storey + 0.4, 1.0, 2.2, frame=lighten(accent, 0.5))
    column.rect(0.5, top + 0.7, tower - 0.5, top + 1.8, lighten(accent, 0.75))
    for n in range(5):
        column.rect(0.8 + n * 0.58, top + 1.0, 1.16 + n * 0.58, top + 1.5, darken(accent, 0.3))
    if rng.random() < 0.5:
        railing(front_wall(stage, left, top, 0.1), 0, 0.5, wide, trim, 0.8)
    lantern(stage, (x + tower / 2, 2.4, -2), 7)


def draw_curved_hotel(stage: Stage, rng: Random) -> None:
    """A bowed modern front with white balcony bands."""
    band = vary(rng.choice(colours("f4f1ea e9e2d6 f7efe4 dfe5e6")), rng, 5)
    core = rng.choice(colours("8a6a52 4f6470 6a7f7a a0896f"))
    storeys, storey = rng.randint(6, 9), 3.4
    bow = rng.uniform(5, 8)
    plan = [(-18 + 36 * n / 12, bow * ((n - 6) / 6) ** 2) for n in range(13)]
    back = [(18.0, bow + 8), (-18.0, bow + 8)]
    prism(stage, [*plan, *back], 0, storeys * storey + 4, core)
    for row in range(storeys):
        low = 4 + row * storey
        for n in range(12):
            (ax, az), (bx, bz) = plan[n], plan[n + 1]
            pane = rng.choice(LAMPLIGHT) if rng.random() < stage.light.lamps else glass_tone(stage.light, rng)
            shape = stage.outline(
                (
                    (ax + 0.15, low + 0.4, az),
                    (bx - 0.15, low + 0.4, bz),
                    (bx - 0.15, low + 2.9, bz),
                    (ax + 0.15, low + 2.9, az),
                )
            )
            stage.canvas.fill(shape, pane)
        outer = [(px * 1.02, pz - 1.5) for px, pz in plan]
        prism(stage, [*outer, *back], low - 0.35, low + 0.75, band)
    prism(
        stage,
        [*((px * 1.03, pz - 1.8) for px, pz in plan), *back],
        4 + storeys * storey - 0.4,
        4 + storeys * storey + 0.7,
        band,
    )
    foot = front_wall(stage, -9, 0, -0.6)
    for n in range(5):
        pane = mix(glass_tone(stage.light, rng), rng.choice(LAMPLIGHT), 0.85 if stage.light.is_dark else 0.3)
        foot.shape(arch(0.4 + n * 3.6, 0, 2.8, 3.4), pane, raw=True)
    lantern(stage, (0, 2.4, -3), 12)
