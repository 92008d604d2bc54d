"""Hotels of dry and royal lands: palaces, earth castles, tents."""

from __future__ import annotations

from random import Random

from serai.demo.art.details import (
    LAMPLIGHT,
    arch,
    cone,
    dome,
    front_wall,
    gable_roof,
    lantern,
    seen_walls,
    window,
    window_rows,
)
from serai.demo.art.palette import Colour, colours, darken, lighten, mix, rgb, vary
from serai.demo.art.perspective import Stage, Wall


def draw_palace(stage: Stage, rng: Random) -> None:
    """A haveli or palace: arcades, projecting balconies, corner pavilions and domes."""
    body = vary(rng.choice(colours("e0b27c d98f72 f0e3c8 e6c48a f4ece0 c9785c dcc3a0")), rng)
    trim = lighten(body, 0.45)
    cap = rng.choice((lighten(body, 0.25), rgb("f6f1e6"), rgb("7aa39a"), rgb("c98a5a"), darken(body, 0.15)))
    wide, deep, storeys, storey = 34.0, 14.0, rng.randint(2, 3), 4.6
    top = storeys * storey + 0.8
    stage.box(-wide / 2, 0, 0, wide, top, deep, body)
    for x in (-wide / 2 + 1.7, wide / 2 - 1.7):
        _draw_pavilion(stage, x, top, deep - 2, 1.5, body, cap)
    for wall, length in seen_walls(stage, -wide / 2, 0, 0, wide, deep):
        _draw_arcade(wall, rng, length, 0.2, storey, body, trim, deep_shade=True)
        for row in range(1, storeys):
            window_rows(
                wall,
                rng,
                length,
                row * storey + 0.4,
                1,
                storey,
                3.2,
                wide=1.3,
                high=2.4,
                frame=trim,
                arched=True,
            )
            wall.rect(0, row * storey + 0.1, length, row * storey + 0.5, trim)
            wall.rect(0, row * storey - 0.25, length, row * storey + 0.1, darken(body, 0.35), 0.4)
        for n in range(int(length / 0.9)):
            wall.shape(arch(n * 0.9 + 0.1, top - 0.1, 0.7, 0.9, pointed=True, steps=4), trim)
        wall.rect(0, top - 0.4, length, top, trim)
    for x in (-wide / 2 + 0.2, wide / 2 - 3.8):
        _draw_bay(stage, rng, x, storey + 0.4, 3.6, storey * (storeys - 1) - 0.6, body, trim, cap)
    gate = 9.0
    high = top + rng.uniform(2.0, 4.0)
    stage.box(-gate / 2, 0, -1.6, gate, high, 5, lighten(body, 0.08))
    wall = front_wall(stage, -gate / 2, 0, -1.6)
    wall.shape(arch(gate / 2 - 2.6, 0, 5.2, 7.6, pointed=True), trim)
    wall.shape(arch(gate / 2 - 2.1, 0, 4.2, 6.8, pointed=True), darken(body, 0.55))
    glow = rng.choice(LAMPLIGHT) if stage.light.lamps > 0.1 else darken(body, 0.35)
    wall.shape(arch(gate / 2 - 1.4, 0, 2.8, 4.9, pointed=True), glow, raw=stage.light.lamps > 0.1)
    for row in range(1, storeys + 1):
        v = row * storey + 2.6
        if v + 2.2 < high:
            for n in range(3):
                window(wall, rng, 1.1 + n * 2.5, v, 1.6, 2.0, frame=trim, arched=True, sill=False)
    wall.rect(-0.2, high - 0.3, gate + 0.2, high + 0.3, trim)
    if rng.random() < 0.7:
        stage.box(-2.9, high, 0, 5.8, 1.3, 4, trim, flat=True)
        dome(stage, 0, high + 1.3, 1, 2.8, cap, onion=rng.random() < 0.7)
    for x in (-gate / 2 + 0.9, gate / 2 - 0.9):
        _draw_pavilion(stage, x, high, -0.7, 1.0, body, cap)
    for x in (-wide / 2 + 1.7, wide / 2 - 1.7):
        _draw_pavilion(stage, x, top, 1.4, 1.6, body, cap)
    lantern(stage, (0, 3, -3), 11)


def _draw_arcade(
    wall: Wall,
    rng: Random,
    length: float,
    low: float,
    storey: float,
    body: Colour,
    trim: Colour,
    *,
    deep_shade: bool,
) -> None:
    count = max(2, int(length / 3.2))
    step = length / count
    inside = darken(body, 0.6)
    for n in range(count):
        wall.shape(arch(n * step + 0.25, low, step - 0.5, storey - 0.7, pointed=True), trim)
        if wall.stage.light.lamps > 0.15:
            wall.shape(
                arch(n * step + 0.5, low, step - 1.0, storey - 1.1, pointed=True),
                mix(rng.choice(LAMPLIGHT), rgb("a8683a"), 0.4),
                raw=True,
            )
        else:
            wall.shape(arch(n * step + 0.5, low, step - 1.0, storey - 1.1, pointed=True), inside)
        if deep_shade:
            wall.rect(
                n * step + step * 0.5 - 0.5,
                low,
                n * step + step * 0.5 + 0.5,
                low + storey * 0.5,
                darken(inside, 0.3),
                0.6,
            )


def _draw_bay(
    stage: Stage,
    rng: Random,
    x: float,
    low: float,
    wide: float,
    high: float,
    body: Colour,
    trim: Colour,
    cap: Colour,
) -> None:
    """A closed balcony on brackets with its own little roof."""
    stage.box(x, low, -1.1, wide, high, 1.1, lighten(body, 0.12))
    wall = front_wall(stage, x, low, -1.1)
    wall.shape(((0, 0), (wide, 0), (wide * 0.7, -0.9), (wide * 0.3, -0.9)), darken(body, 0.3))
    for n in range(3):
        window(
            wall,
            rng,
            0.35 + n * wide * 0.31,
            high * 0.25,
            wide * 0.2,
            high * 0.52,
            frame=trim,
            arched=True,
            sill=False,
            bars=False,
        )
    wall.rect(-0.2, high * 0.02, wide + 0.2, high * 0.16, trim)
    wall.shape(
        (
            (-0.4, high - 0.1),
            (wide + 0.4, high - 0.1),
            (wide * 0.78, high + 1.0),
            (wide / 2, high + 1.35),
            (wide * 0.22, high + 1.0),
        ),
        cap,
    )


def _draw_pavilion(
    stage: Stage, x: float, low: float, z: float, radius: float, body: Colour, cap: Colour
) -> None:
    """A domed kiosk on four posts."""
    tone = lighten(body, 0.35)
    stage.box(x - radius, low, z, radius * 2, 0.35, radius * 2, tone, flat=True)
    for dx in (-radius + 0.1, -0.1, radius - 0.35):
        stage.box(x + dx, low + 0.35, z, 0.24, radius * 1.5, 0.24, tone, flat=True)
    stage.box(
        x - radius * 1.25,
        low + radius * 1.5 + 0.3,
        z - 0.2,
        radius * 2.5,
        0.28,
        radius * 2,
        lighten(tone, 0.2),
        flat=True,
    )
    dome(stage, x, low + radius * 1.5 + 0.55, z + radius, radius * 0.95, cap)


def draw_earth_castle(stage: Stage, rng: Random) -> None:
    """Towers of sun-dried earth with patterned tops and a keyhole gate."""
    earth = vary(rng.choice(colours("c98a5c d9a06f b87350 e0b48a caa27a")), rng)
    blocks = [
        (-16.0, 5.0, 9.0, rng.uniform(9, 14)),
        (7.0, 5.0, 9.0, rng.uniform(9, 15)),
        (-8.0, 3.0, 16.0, rng.uniform(8, 11)),
        (-19.0, 0.0, 6.0, rng.uniform(8, 11)),
        (13.0, 0.0, 6.0, rng.uniform(8, 11)),
        (-13.0, 1.0, 26.0, rng.uniform(5.4, 6.6)),
    ]
    for number, (x, z, wide, high) in enumerate(blocks):
        stage.box(x, 0, z, wide, high, 7, vary(earth, rng, 7))
        for wall, length in seen_walls(stage, x, 0, z, wide, 7):
            for row in range(1, max(2, int(high / 3.2))):
                window_rows(
                    wall,
                    rng,
                    length,
                    row * 3.0,
                    1,
                    3.0,
                    2.4,
                    wide=0.7,
                    high=1.3,
                    frame=darken(earth, 0.25),
                    arched=True,
                    bars=False,
                )
            teeth = max(2, int(length / 1.5))
            for n in range(teeth):
                u = n * length / teeth
                wall.shape(
                    (
                        (u, high - 0.05),
                        (u + length / teeth * 0.66, high - 0.05),
                        (u + length / teeth * 0.33, high + 1.0),
                    ),
                    earth,
                )
            if number != len(blocks) - 1:
                for n in range(int(length / 0.8)):
                    wall.shape(
                        (
                            (n * 0.8 + 0.1, high - 1.3),
                            (n * 0.8 + 0.4, high - 0.7),
                            (n * 0.8 + 0.7, high - 1.3),
                            (n * 0.8 + 0.4, high - 1.9),
                        ),
                        darken(earth, 0.28),
                    )
    gate = front_wall(stage, -3.4, 0, 0.4)
    stage.box(-3.4, 0, 0.4, 6.8, 7.6, 2, lighten(earth, 0.1))
    gate.shape(arch(1.2, 0, 4.4, 6.2, pointed=True), lighten(earth, 0.4))
    gate.shape(
        arch(1.7, 0, 3.4, 5.4, pointed=True),
        rng.choice(LAMPLIGHT) if stage.light.lamps > 0.1 else rgb("5a3a2c"),
        raw=True,
    )
    tile = rng.choice(colours("2f7f8f 3f6fa0 4f8f6a"))
    gate.rect(0.3, 6.5, 6.5, 7.1, tile)
    lantern(stage, (0, 3, -1), 9)


def draw_desert_camp(stage: Stage, rng: Random) -> None:
    """Tents among the dunes, round or ridged, with carpets and lanterns before them."""
    cloth = vary(rng.choice(colours("f3e6cc e9d3ae fbf5e8 d9b48a")), rng, 6)
    stripe = rng.choice(colours("b5483a 2f6a7a c98a3c 8a3f5a 4f6a45 3f4f7a"))
    round_tents = rng.random() < 0.55
    spots = rng.choice(
        (
            ((-15, 11), (-3, 13), (9, 11), (-9, 2), (5, 1)),
            ((-14, 6), (-4.5, 2), (6, 4), (14, 9)),
            ((-12, 9), (10, 9), (-3.5, 0)),
        )
    )
    for x, z in sorted(spots, key=lambda spot: -spot[1]):
        stage.ground_shadow(
            (
                (x - 4 - stage.light.side, 0, z - 1.5),
                (x + 4.6, 0, z - 1.5),
                (x + 4 - stage.light.side * 3, 0, z + 4),
                (x - 4 - stage.light.side * 3, 0, z + 4),
            ),
            0.4,
            9,
        )
        if round_tents:
            stage.box(x - 3.0, 0, z, 6.0, 2.5, 4.0, cloth)
            wall = front_wall(stage, x - 3.0, 0, z)
            for n in range(5):
                wall.rect(n * 1.25, 0, n * 1.25 + 0.5, 2.5, stripe)
            _draw_tent_door(stage, rng, wall, 2.1, 1.8, 2.3)
            cone(stage, x, 2.4, z + 1.0, 3.9, 3.4, cloth, stripe)
            tip = stage.project((x, 5.8, z + 1))
            stage.canvas.rect(
                tip[0] - 0.8,
                tip[1] - 0.7 * stage.size((x, 5.8, z + 1)),
                tip[0] + 0.8,
                tip[1],
                stage.light.lit(stripe),
            )
        else:
            gable = front_wall(stage, x - 3.4, 0, z)
            stage.box(x - 3.4, 0, z, 6.8, 1.5, 7, cloth)
            gable.shape(((0, 1.48), (6.8, 1.48), (3.4, 4.6)), cloth)
            _draw_tent_door(stage, rng, gable, 2.3, 2.2, 2.9)
            gable_roof(stage, x - 3.4, 1.5, z, 6.8, 7, 3.1, lighten(cloth, 0.2), over=0.7, thick=0.16)
            gable.line(((-1.6, 0), (-0.4, 1.5)), rgb("5a4636"), 0.07)
            gable.line(((8.4, 0), (7.2, 1.5)), rgb("5a4636"), 0.07)
        carpet = rng.choice(colours("a83f3a 3f5f8a c98a3c 7a3f5a"))
        rug = (
            (x - 1.2, 0.02, z - 3.4),
            (x + 1.2, 0.02, z - 3.4),
            (x + 1.2, 0.02, z - 0.2),
            (x - 1.2, 0.02, z - 0.2),
        )
        stage.face(rug, carpet, "top", flat=True)
        lantern(stage, (x, 1.4, z - 0.6), 5.5, 0.8)


def _draw_tent_door(stage: Stage, rng: Random, wall: Wall, left: float, wide: float, high: float) -> None:
    inside = mix(rng.choice(LAMPLIGHT), rgb("b5703a"), 0.25) if stage.light.lamps > 0.1 else rgb("4a3628")
    wall.shape(
        ((left, 0), (left + wide, 0), (left + wide * 0.62, high), (left + wide * 0.38, high)),
        inside,
        raw=True,
    )
