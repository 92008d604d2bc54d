"""Hotels of coast, hill and water: cottages, chalets, villas, lodges, houseboats."""

from __future__ import annotations

from math import pi, sin
from random import Random

from serai.demo.art.canvas import Point
from serai.demo.art.details import (
    LAMPLIGHT,
    dome,
    door,
    front_wall,
    gable_roof,
    glass_tone,
    hip_roof,
    lantern,
    railing,
    seen_walls,
    window,
    window_rows,
)
from serai.demo.art.palette import Colour, colours, darken, lighten, rgb, vary
from serai.demo.art.perspective import Stage, Wall


def draw_bungalows(stage: Stage, rng: Random) -> None:
    """Thatched cottages on low stilts with wide verandas."""
    thatch = vary(rng.choice(colours("b08d57 9a7a4f c2a06a 8a6f50 a5563f")), rng)
    wood = vary(rng.choice(colours("8a5f42 6f4f3c a87b55 c9b08f")), rng)
    wall_tone = vary(rng.choice(colours("f0e4cc e6d3b0 d9e3dc f4efe6 c98f6a")), rng)
    spots = rng.choice(
        (
            ((-12.5, 7.0), (1.5, 2.0)),
            ((-15.0, 9.0), (4.0, 9.0), (-5.5, 0.0)),
            ((-5.5, 0.0),),
            ((3.0, 7.0), (-12.0, 1.0)),
        )
    )
    for x, z in spots:
        wide, deep = 11.0, 7.5
        stage.ground_shadow(
            ((x - 1, 0, z - 2), (x + wide + 1, 0, z - 2), (x + wide + 1, 0, z + deep), (x - 1, 0, z + deep)),
            0.5,
            12,
        )
        for n in range(5):
            stage.box(x + n * (wide - 0.3) / 4, 0, z - 1.8, 0.3, 1.0, 0.3, darken(wood, 0.4), flat=True)
        stage.box(x - 0.4, 0.9, z - 2.4, wide + 0.8, 0.28, deep + 2, wood, flat=True)
        stage.box(x + 0.6, 1.18, z, wide - 1.2, 3.0, deep, wall_tone)
        for wall, length in seen_walls(stage, x + 0.6, 1.18, z, wide - 1.2, deep):
            if wall.side == "front":
                glow = rng.choice(LAMPLIGHT) if stage.light.lamps > 0.1 else glass_tone(stage.light, rng)
                wall.rect(length * 0.3, 0, length * 0.7, 2.45, darken(wood, 0.2))
                for n in range(3):
                    wall.rect(
                        length * (0.315 + n * 0.125), 0.1, length * (0.425 + n * 0.125), 2.3, glow, raw=True
                    )
                window(wall, rng, 0.7, 0.8, 1.5, 1.4, frame=wood)
                window(wall, rng, length - 2.2, 0.8, 1.5, 1.4, frame=wood)
            else:
                window_rows(wall, rng, length, 0.2, 1, 2.8, 3.2, wide=1.4, high=1.4, frame=wood)
        for n in range(5):
            stage.box(
                x + n * (wide - 0.22) / 4, 1.18, z - 2.2, 0.22, 2.8, 0.22, darken(wood, 0.15), flat=True
            )
        rail = front_wall(stage, x, 1.18, z - 2.2)
        for start, stop in ((0.0, wide * 0.36), (wide * 0.64, wide)):
            rail.rect(start, 0.82, stop, 0.95, wood)
            for n in range(9):
                u = start + (stop - start) * n / 8
                rail.rect(u - 0.03, 0, u + 0.03, 0.85, wood)
        for step in range(3):
            stage.box(
                x + wide * 0.42,
                0,
                z - 3.5 + step * 0.36,
                wide * 0.16,
                0.3 + step * 0.3,
                0.4,
                lighten(wood, 0.1),
                flat=True,
            )
        hip_roof(
            stage,
            x,
            4.1,
            z - 1.6,
            wide,
            deep + 1.6,
            rng.uniform(3.8, 4.8),
            thatch,
            over=1.0,
            pinch=rng.choice((0.5, 0.42)),
            bands=6,
        )
        lantern(stage, (x + wide / 2, 3, z - 2), 6.5, 0.6)


def draw_chalet(stage: Stage, rng: Random) -> None:
    """A gabled mountain house: stone foot, timber storeys, balconies with flowers under a broad roof."""
    timber = vary(rng.choice(colours("8a5a3a 6f4730 a3714a 5a4436 b58a5f")), rng)
    stone = vary(rng.choice(colours("e9e3d6 b5aea3 d6cbb8")), rng)
    roof = rng.choice((rgb("eef3f8"), rgb("eef3f8"), rgb("6b4a3f"), rgb("5a6068"), rgb("8a4f3f")))
    bloom = rng.choice(colours("d6405a e0573a e89a3c d96fa8"))
    wide, deep = rng.uniform(17, 21), 14.0
    storeys, storey = rng.randint(2, 3), 3.0
    eaves = 3.4 + storeys * storey
    rise = wide * rng.uniform(0.24, 0.36)
    left = -wide / 2
    stage.box(left, 0, 0, wide, 3.4, deep, stone)
    stage.box(left, 3.4, 0, wide, eaves - 3.4, deep, timber)
    chimney = wide * 0.22
    stage.box(chimney, eaves + rise * 0.3, 3, 1.4, rise * 0.7 + 2.4, 1.2, stone)
    gable = front_wall(stage, left, 0)
    gable.shape(((0, eaves - 0.02), (wide, eaves - 0.02), (wide / 2, eaves + rise)), timber)
    for row in range(int((eaves - 3.4) / 0.5)):
        gable.rect(0, 3.4 + row * 0.5, wide, 3.46 + row * 0.5, darken(timber, 0.3), 0.4)
    for wall, length in seen_walls(stage, left, 0, 0, wide, deep):
        window_rows(
            wall,
            rng,
            length,
            0.2,
            1,
            3.2,
            3.3,
            wide=1.4,
            high=1.5,
            frame=(245, 240, 230),
            skip_middle=wall.side == "front",
        )
        window_rows(
            wall,
            rng,
            length,
            3.4,
            storeys,
            storey,
            3.1,
            wide=1.3,
            high=1.5,
            frame=(245, 240, 230),
            shutters=rng.choice((darken(timber, 0.35), rgb("3f6a50"), rgb("8a3a34"))),
        )
        for row in range(storeys):
            if wall.side != "front":
                continue
            low = 3.4 + row * storey + 0.15
            railing(wall, 0.4, low, length - 0.8, lighten(timber, 0.12))
            for n in range(26):
                u = 0.6 + (length - 1.2) * n / 25
                wall.shape(
                    (
                        (u - 0.34, low + 0.75),
                        (u + 0.34, low + 0.75),
                        (u + 0.2, low + 1.16),
                        (u - 0.2, low + 1.2),
                    ),
                    rgb("4f7a44") if n % 3 == 0 else vary(bloom, rng, 14),
                )
    window(gable, rng, wide / 2 - 1.1, eaves + rise * 0.16, 2.2, rise * 0.42, frame=(245, 240, 230))
    door(gable, rng, wide / 2 - 1.1, 2.2, 2.7, darken(timber, 0.25), arched=True)
    gable_roof(stage, left, eaves, 0, wide, deep, rise, roof, over=1.7, thick=0.55)
    lantern(stage, (0, 2.4, -1.5), 8)


def draw_white_villa(stage: Stage, rng: Random) -> None:
    """Stacked limewashed cubes with coloured doors, blue domes or tiled roofs, stairs and flowers."""
    body = vary(rng.choice(colours("faf6ee f7f1e4 fdfaf5 f3e4cf f0d3b5")), rng, 4)
    accent = rng.choice(colours("2f6fa8 3f8a9a 7a9a5f c0603f 4f5f9a 2f7f6a"))
    tiled = rng.random() < 0.5
    tile = vary(rgb("c4714a"), rng)
    blocks = rng.choice(
        (
            (
                (-6, 4.0, 6, 12, 8.6, 7),
                (5, 0, 3, 10, 6.4, 9),
                (-15, 0, 2, 11, 7.4, 9),
                (-6, 0, 0, 11.6, 5.0, 9),
            ),
            ((2, 0, 6, 11, 11.0, 8), (-14, 0, 3, 12, 7.6, 9), (-4, 0, 0, 9, 4.4, 8), (6, 0, 1, 9, 4.2, 6)),
            ((-13, 0, 4, 16, 10.6, 9), (3, 0, 2, 12, 6.8, 9), (-5, 0, 0, 8, 4.2, 6)),
        )
    )
    for number, (x, y, z, wide, high, deep) in enumerate(blocks):
        stage.box(x, y, z, wide, high - y if y else high, deep, body)
        top = high
        for wall, length in seen_walls(stage, x, 0, z, wide, deep):
            floors = max(1, int(high / 3.4))
            arched = rng.random() < 0.5
            window_rows(
                wall,
                rng,
                length,
                0.7,
                floors,
                3.3,
                rng.choice((2.9, 3.6)),
                wide=1.1,
                high=1.7,
                frame=lighten(body, 0.5),
                arched=arched,
                shutters=None if arched else accent,
                skip_middle=number == len(blocks) - 1 and wall.side == "front",
            )
        if tiled:
            hip_roof(stage, x, top, z, wide, deep, 1.9, tile, over=0.5, pinch=0.5, bands=5)
        else:
            stage.box(x - 0.12, top, z - 0.12, wide + 0.24, 0.55, deep, lighten(body, 0.4), flat=True)
            if number == 0 or (number == 1 and rng.random() < 0.5):
                dome(
                    stage,
                    x + wide / 2,
                    top + 0.5,
                    z + 3,
                    wide * 0.25,
                    accent,
                    onion=False,
                    finial=(250, 250, 250),
                )
    x, _, z, wide, high, _ = blocks[-1]
    wall = front_wall(stage, x, 0, z)
    door(wall, rng, wide / 2 - 1.0, 2.0, 3.0, accent, arched=True)
    bloom = rng.choice(colours("c93f86 d9568f b04fb0 e8743f"))
    for _ in range(60):
        u = rng.random() ** 2 * wide * 0.7
        v = high + 0.3 - rng.random() ** 1.6 * (2.8 - 0.3 * u)
        cx, cy = wall.point(u - 0.3, v)
        dot = rng.uniform(0.12, 0.3) * stage.size(wall.foot)
        stage.canvas.oval(
            cx,
            cy,
            dot,
            dot * 0.85,
            stage.light.lit(vary(bloom if rng.random() < 0.7 else rgb("4f7a45"), rng, 16), 0.8),
        )
    lantern(stage, (x + wide / 2, 2.4, z - 1.5), 8)


def draw_lodge(stage: Stage, rng: Random) -> None:
    """A long low resort: verandas, tiled hips and a raised middle hall."""
    body = vary(rng.choice(colours("f2e8d5 e3d3b8 d8dfd8 c9a078 f5efe6 b5886a")), rng)
    roof = vary(rng.choice(colours("8a4f3a 5f6a70 a0603f 4f5a4f 6b4f45")), rng)
    post = rng.choice((rgb("6f4a35"), rgb("f6f2ea"), rgb("4f3f38")))
    storeys = rng.randint(1, 2)
    high = storeys * 3.6 + 0.6
    wings = rng.choice(
        (((-24.0, 17.0), (7.0, 17.0)), ((-24.0, 17.0),), ((7.0, 17.0),), ((-21.0, 14.0), (7.0, 11.0)))
    )
    for x, wide in wings:
        _draw_wing(stage, rng, x, 2.0, wide, high, storeys, body, roof, post)
    _draw_wing(
        stage,
        rng,
        -8.0,
        0.0,
        16.0,
        high + rng.choice((0.0, 3.4, 3.4)),
        storeys + 1,
        lighten(body, 0.12),
        roof,
        post,
    )
    wall = front_wall(stage, -8.0, 0, 0)
    door(
        wall,
        rng,
        6.6,
        2.8,
        3.2,
        darken(post, 0.2) if sum(post) < 400 else rgb("6f4a35"),
        arched=rng.random() < 0.5,
    )
    lantern(stage, (0, 2.5, -2), 10)


def _draw_wing(
    stage: Stage,
    rng: Random,
    x: float,
    z: float,
    wide: float,
    high: float,
    storeys: int,
    body: Colour,
    roof: Colour,
    post: Colour,
) -> None:
    stage.box(x, 0, z, wide, high, 9, body)
    for wall, length in seen_walls(stage, x, 0, z, wide, 9):
        window_rows(
            wall,
            rng,
            length,
            0.3,
            storeys,
            3.5,
            2.7,
            wide=1.3,
            high=2.2,
            frame=lighten(body, 0.5),
            skip_middle=wide == 16.0,
        )
        if wall.side == "front":
            for row in range(1, storeys):
                railing(wall, 0, row * 3.5 + 0.2, length, post)
            for n in range(int(length / 2.7) + 1):
                u = n * length / int(length / 2.7)
                wall.rect(u - 0.14, 0, u + 0.14, high, post)
            wall.rect(0, high - 0.9, length, high, (20, 22, 34), 0.28, raw=True)
    hip_roof(stage, x, high, z, wide, 9, 3.0, roof, over=1.0, pinch=0.5, bands=7)


def draw_houseboat(stage: Stage, rng: Random) -> None:
    """A plank hull under arched matting, moored on still water."""
    hull = vary(rng.choice(colours("4f3428 6b4630 3a2f2c 7a4f35")), rng)
    mat = vary(rng.choice(colours("c9a468 b58a52 d9bc85 a5824f")), rng)
    trim = rng.choice(colours("f0e2c4 b5533a 2f6a6a d9a23c"))
    wall = front_wall(stage, -13, 0)
    keel: list[Point] = [
        (-3.4, 2.9),
        (-2.2, 1.3),
        (0, 0.15),
        (3, -0.1),
        (23, -0.1),
        (26, 0.15),
        (28.2, 1.4),
        (29.6, 3.3),
        (28.6, 3.1),
        (27, 1.9),
        (24, 1.5),
        (2, 1.5),
        (-1, 1.8),
        (-2.6, 2.8),
    ]
    wall.shape(keel, hull)
    wall.shape(
        (
            (-2.2, 1.9),
            (-1, 1.62),
            (2, 1.32),
            (24, 1.32),
            (27, 1.72),
            (28, 2.2),
            (27, 1.9),
            (24, 1.5),
            (2, 1.5),
            (-1, 1.8),
        ),
        trim,
    )
    storeys = rng.randint(1, 2)
    wall.rect(2.2, 1.5, 24, 4.4, lighten(mat, 0.25))
    for n in range(7):
        window(wall, rng, 3.0 + n * 2.95, 2.1, 1.9, 1.5, frame=hull, arched=rng.random() < 0.2, sill=False)
    for n in range(9):
        wall.rect(2.1 + n * 2.72, 1.5, 2.3 + n * 2.72, 4.5, hull)
    _draw_mat_roof(wall, 1.2, 4.3, 23.6, 2.6, mat)
    if storeys == 2:
        wall.rect(7, 6.4, 18.5, 8.6, lighten(mat, 0.1))
        for n in range(4):
            window(wall, rng, 7.8 + n * 2.7, 6.9, 1.8, 1.3, frame=hull, sill=False)
        _draw_mat_roof(wall, 6, 8.4, 13.4, 2.1, mat)
    lantern(stage, (-11, 3.6, -0.2), 5)
    lantern(stage, (9, 3.6, -0.2), 5)


def _draw_mat_roof(wall: Wall, left: float, low: float, wide: float, rise: float, mat: Colour) -> None:
    rim = [(left + wide * n / 20, low + rise * max(0.0, sin(pi * (n / 20))) ** 0.45) for n in range(21)]
    light = wall.stage.light
    wall.wash(
        [*rim, (left + wide, low - 0.3), (left, low - 0.3)],
        (light.lit(lighten(mat, 0.12), 1), light.lit(mat, 0.6), light.lit(darken(mat, 0.25), 0.3)),
    )
    for n in range(2, 19):
        u, top = rim[n]
        wall.rect(u - 0.05, low - 0.3, u + 0.05, top, darken(mat, 0.3), 0.5)
    wall.rect(left - 0.2, low - 0.4, left + wide + 0.2, low - 0.1, darken(mat, 0.45))
