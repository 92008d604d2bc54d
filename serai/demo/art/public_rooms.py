"""Lobbies and restaurants."""

from __future__ import annotations

from math import cos, pi
from random import Random

from serai.demo.art.canvas import Canvas
from serai.demo.art.details import arch, front_wall
from serai.demo.art.furniture import (
    GLOW,
    cylinder,
    disc,
    draw_chair,
    draw_lamp,
    draw_pendant,
    draw_picture,
    draw_plant,
    draw_rug,
    draw_seat,
    shade_under,
)
from serai.demo.art.indoors import Interior
from serai.demo.art.palette import Light, colours, darken, lighten, mix, rgb, vary


def draw_lobby(canvas: Canvas, light: Light, rng: Random, climate: str, stars: int) -> None:
    """The desk before a decorated wall, columns or tall windows, seats about a rug, lamps above."""
    wide, deep, high = rng.uniform(9, 11) + stars * 0.4, rng.uniform(10, 12), 3.4 + 0.35 * stars
    room = Interior(
        canvas,
        light,
        rng,
        wide=wide,
        high=high,
        deep=deep,
        eye=1.7,
        focal=rng.uniform(900, 1080),
        yaw=rng.uniform(-0.17, 0.17),
        horizon=rng.uniform(430, 490),
    )
    decor = room.decor
    room.draw_shell()
    room.draw_planks(
        tiles=True, pair=rng.choice((None, lighten(decor.wall, 0.2), lighten(decor.feature, 0.35)))
    )
    side = light.side
    arched = rng.random() < 0.5
    for n in range(3):
        u = deep - 2.4 - n * 2.6
        if u > 3.2:
            room.draw_window(room.side(side), rng, climate, u, 0.3, 1.8, high - 1.2, arched=arched, panes=2)
    for n in range(3):
        u = deep - 2.2 - n * 2.6
        if u > 3.2:
            draw_picture(room.side(-side), rng, u, 1.5, 1.3, 1.5, decor.tones, decor.wood)
    _draw_desk_wall(room, rng, high)
    columns = rng.random() < 0.35 + 0.08 * stars
    if columns:
        stage = room.at(0, 0)
        tone = rng.choice((lighten(decor.wall, 0.4), decor.wood, lighten(decor.feature, 0.3)))
        for z in (deep - 1.2, deep - 4.4):
            for x in (-wide * 0.36, wide * 0.36):
                shade_under(stage, x, z, 0.7, 0.6)
                stage.box(x - 0.34, 0, z - 0.34, 0.68, 0.3, 0.68, lighten(tone, 0.2), flat=True)
                cylinder(stage, x, 0.3, z, 0.26, 0.23, high - 0.6, tone)
                stage.box(x - 0.34, high - 0.3, z - 0.34, 0.68, 0.3, 0.68, lighten(tone, 0.2), flat=True)
    style = rng.choice(("globe", "bell", "drum"))
    lamp = rng.choice((decor.accent, rgb("d9b877"), decor.textile))
    stage = room.at(0, 0)
    if rng.random() < 0.5:
        for n in range(5):
            draw_pendant(
                stage,
                rng,
                (n - 2) * 0.62,
                high,
                high - rng.uniform(0.9, 1.5),
                deep - 4.2,
                0.2,
                lamp,
                style,
                lit=True,
            )
    else:
        for x in (-1.9, 0.0, 1.9):
            draw_pendant(stage, rng, x, high, high - 1.1, deep - 3.6, 0.34, lamp, style, lit=True)
    _draw_lounge(room, rng)


def _draw_desk_wall(room: Interior, rng: Random, high: float) -> None:
    decor, deep, wide = room.decor, room.deep, room.wide
    back = room.back
    middle = wide / 2
    kind = rng.choice(("arches", "slats", "medallion", "shelves"))
    if kind == "arches":
        for n in range(5):
            u = middle - 4.0 + n * 1.65
            back.shape(arch(u, 0.1, 1.35, high - 0.9), lighten(decor.feature, 0.3))
            back.shape(arch(u + 0.1, 0.1, 1.15, high - 1.05), darken(decor.feature, 0.22))
    elif kind == "slats":
        for n in range(34):
            u = middle - 3.4 + n * 0.2
            back.rect(u, 0.1, u + 0.1, high - 0.3, vary(decor.wood, rng, 5))
    elif kind == "medallion":
        for radius, tone in (
            (1.15, rgb("d9b877")),
            (1.06, decor.accent),
            (0.8, lighten(decor.wall, 0.2)),
            (0.55, decor.textile),
        ):
            cx, cy = back.point(middle, high * 0.66)
            unit = room.stage.size((0, 1, deep))
            room.stage.canvas.oval(cx, cy, radius * unit * 0.8, radius * unit * 0.8, back.tone(tone))
    else:
        for row in range(4):
            for n in range(9):
                u, v = middle - 2.9 + n * 0.65, 1.3 + row * 0.5
                back.rect(u, v, u + 0.58, v + 0.43, darken(decor.wood, 0.25))
                if rng.random() < 0.6:
                    back.rect(
                        u + 0.1,
                        v,
                        u + rng.uniform(0.2, 0.48),
                        v + rng.uniform(0.15, 0.36),
                        rng.choice((*decor.tones, rgb("e9d9b0"))),
                    )
    x = rng.uniform(-0.5, 0.5)
    stage = room.at(x, deep - 1.7)
    long = rng.uniform(3.2, 4.4)
    shade_under(stage, 0, 0, long, 0.8)
    body = rng.choice((decor.wood, lighten(decor.wall, 0.3), decor.textile))
    stage.box(-long / 2, 0, -0.4, long, 1.05, 0.7, body)
    front = front_wall(stage, -long / 2, 0, -0.4)
    for n in range(1, 12):
        front.rect(long * n / 12 - 0.015, 0.12, long * n / 12 + 0.015, 0.98, lighten(body, 0.2))
    front.rect(0, 0, long, 0.1, rgb("c9a562"))
    stage.box(
        -long / 2 - 0.08, 1.05, -0.48, long + 0.16, 0.08, 0.82, rng.choice(colours("f4f2ee 3a3d42 e6dac6"))
    )
    draw_lamp(stage, -long * 0.36, 1.13, 0, 0.6, lighten(decor.accent, 0.5), lit=True)
    cylinder(stage, long * 0.34, 1.13, 0, 0.07, 0.11, 0.22, decor.accent)
    cx, cy = stage.project((long * 0.34, 1.5, 0))
    unit = stage.size((0, 1.4, 0))
    for _ in range(12):
        room.stage.canvas.oval(
            cx + rng.uniform(-0.2, 0.2) * unit,
            cy + rng.uniform(-0.16, 0.12) * unit,
            0.06 * unit,
            0.06 * unit,
            rng.choice((decor.accent, rgb("f6f1e6"), rgb("4f8a5a"))),
        )


def _draw_lounge(room: Interior, rng: Random) -> None:
    decor, deep, wide = room.decor, room.deep, room.wide
    side = rng.choice((-1, 1))
    stage = room.at(side * wide * 0.2, deep - 5.2)
    draw_rug(stage, rng, (-1.9, -1.5, 1.9, 1.2), lighten(decor.textile, 0.25), decor.accent)
    stage = room.at(side * (wide / 2 - 0.7), deep - 2.4)
    draw_plant(stage, rng, 0, 0, rng.uniform(1.7, 2.3), lighten(decor.accent, 0.2))
    stage = room.at(-side * (wide / 2 - 0.8), deep - 3.4)
    draw_plant(stage, rng, 0, 0, rng.uniform(1.4, 2.0), lighten(decor.feature, 0.2))
    cloth = rng.choice((decor.textile, decor.accent, lighten(decor.feature, 0.15)))
    stage = room.at(side * wide * 0.2, deep - 4.1)
    draw_seat(stage, 0, 0.2, 2.3, cloth, decor.wood)
    stage = room.at(side * (wide * 0.2 + 2.0), deep - 5.0, -side * 1.1)
    draw_seat(stage, 0, 0.3, 0.9, rng.choice((decor.accent, decor.textile)), decor.wood)
    stage = room.at(side * wide * 0.2, deep - 5.5)
    shade_under(stage, 0, 0, 0.9, 0.8, 0.3)
    cylinder(stage, 0, 0, 0, 0.3, 0.3, 0.34, decor.wood)
    cylinder(stage, 0, 0.34, 0, 0.55, 0.55, 0.05, lighten(decor.wood, 0.15))
    cylinder(stage, 0.1, 0.39, 0, 0.08, 0.12, 0.16, decor.accent)


def draw_restaurant(canvas: Canvas, light: Light, rng: Random, climate: str, stars: int) -> None:
    """Tables laid in rows under hanging lamps, with windows, a bar or pictures behind them."""
    wide, deep, high = rng.uniform(8.5, 10.5), rng.uniform(8.5, 10.0), rng.uniform(3.2, 4.0)
    room = Interior(
        canvas,
        light,
        rng,
        wide=wide,
        high=high,
        deep=deep,
        eye=1.75,
        focal=rng.uniform(880, 1020),
        yaw=rng.uniform(-0.2, 0.2),
        horizon=rng.uniform(380, 440),
    )
    decor = room.decor
    kind = rng.choice(("windows", "bar", "windows", "art"))
    room.draw_shell(feature=kind != "windows")
    floor = rng.choice(("boards", "checks", "tiles"))
    room.draw_planks(tiles=floor == "tiles", pair=lighten(decor.wall, 0.3) if floor == "checks" else None)
    middle = wide / 2
    if kind == "windows":
        arched = rng.random() < 0.5
        count = rng.choice((3, 4))
        step = (wide - 0.8) / count
        for n in range(count):
            room.draw_window(
                room.back,
                rng,
                climate,
                0.4 + n * step + 0.2,
                0.4,
                step - 0.4,
                high - 1.0,
                arched=arched,
                panes=2,
                frame=rng.choice((rgb("f6f3ec"), decor.wood)),
            )
    elif kind == "bar":
        _draw_bar(room, rng)
    else:
        for n in range(3):
            draw_picture(room.back, rng, middle - 3.0 + n * 2.15, 1.35, 1.7, 1.4, decor.tones, rgb("d9b877"))
    room_side = light.side
    for n in range(2):
        u = deep - 2.6 - n * 2.6
        room.draw_window(room.side(room_side), rng, climate, u, 0.7, 1.8, high - 1.5, panes=2)
    for n in range(2):
        cx, cy = room.side(-room_side).point(deep - 1.8 - n * 2.4, 2.1)
        unit = room.stage.size((0, 2, deep - 2))
        room.stage.canvas.glow(cx, cy, unit * 1.1, unit * 1.1, GLOW, 0.5)
        room.stage.canvas.oval(cx, cy, unit * 0.1, unit * 0.16, rgb("fff0d4"))
    for corner in (-1, 1):
        stage = room.at(corner * (wide / 2 - 0.5), deep - 0.6)
        draw_plant(stage, rng, 0, 0, rng.uniform(1.3, 1.9), lighten(decor.accent, 0.2))
    round_tables = rng.random() < 0.5
    cloth = rng.choice((rgb("faf7f0"), lighten(decor.textile, 0.5), decor.wood, decor.wood))
    seat = rng.choice((decor.textile, decor.accent, decor.feature))
    style = rng.choice(("globe", "bell", "drum"))
    lamp = rng.choice((decor.accent, rgb("d9b877"), rgb("2f3238")))
    for z in (deep - 2.3, deep - 4.5):
        for x in (-2.75, 0.0, 2.75):
            stage = room.at(0, 0)
            draw_pendant(stage, rng, x, high, min(high - 0.7, 2.4), z, 0.24, lamp, style, lit=True)
            _draw_table(room, rng, x, z, cloth=cloth, seat=seat, round_top=round_tables)


def _draw_table(
    room: Interior,
    rng: Random,
    x: float,
    z: float,
    *,
    cloth: tuple[int, int, int],
    seat: tuple[int, int, int],
    round_top: bool,
) -> None:
    decor = room.decor
    stage = room.at(x, z)
    draw_chair(stage, 0, 0.72, seat, decor.wood, facing=-1)
    shade_under(stage, 0, 0, 1.1, 0.9, 0.3)
    if round_top:
        if cloth == decor.wood:
            cylinder(stage, 0, 0, 0, 0.26, 0.05, 0.1, darken(cloth, 0.3))
            cylinder(stage, 0, 0.1, 0, 0.05, 0.05, 0.6, darken(cloth, 0.3))
            cylinder(stage, 0, 0.7, 0, 0.5, 0.5, 0.05, cloth)
        else:
            cylinder(stage, 0, 0.12, 0, 0.6, 0.5, 0.63, cloth)
    else:
        for dx in (-0.5, 0.44):
            for dz in (0.34, -0.4):
                stage.box(dx, 0, dz, 0.06, 0.7, 0.06, darken(decor.wood, 0.2), flat=True)
        if cloth != decor.wood:
            stage.box(-0.57, 0.38, -0.47, 1.14, 0.37, 0.94, cloth)
        else:
            stage.box(-0.57, 0.7, -0.47, 1.14, 0.05, 0.94, cloth)
    for dz in (0.26, -0.26):
        disc(stage, 0, 0.76, dz, 0.14, rgb("fbfaf6"), 1.0)
        disc(stage, 0, 0.765, dz, 0.09, rgb("e9e4da"), 0.9)
    for dx, dz in ((0.24, 0.16), (-0.22, -0.12)):
        cx, cy = stage.project((dx, 0.76, dz))
        unit = stage.size((dx, 0.76, dz))
        stage.canvas.rect(cx - 0.006 * unit, cy - 0.13 * unit, cx + 0.006 * unit, cy, (240, 246, 248), 0.8)
        stage.canvas.oval(cx, cy - 0.18 * unit, 0.045 * unit, 0.07 * unit, (236, 244, 248), 0.75)
    cylinder(stage, 0, 0.76, 0, 0.03, 0.04, 0.13, decor.accent)
    cx, cy = stage.project((0, 0.95, 0))
    unit = stage.size((0, 0.95, 0))
    for n in range(5):
        stage.canvas.oval(
            cx + 0.05 * unit * cos(2 * pi * n / 5),
            cy + rng.uniform(-0.03, 0.03) * unit,
            0.032 * unit,
            0.032 * unit,
            rng.choice((rgb("e8b0a0"), rgb("f6f1e6"), rgb("5a9a5f"))),
        )
    draw_chair(stage, 0, -0.74, seat, decor.wood, facing=1)


def _draw_bar(room: Interior, rng: Random) -> None:
    decor, deep, wide, high = room.decor, room.deep, room.wide, room.high
    back = room.back
    middle = wide / 2
    back.rect(middle - 3.0, 1.0, middle + 3.0, high - 0.4, darken(decor.wood, 0.35))
    cx, cy = back.point(middle, 2)
    unit = room.stage.size((0, 2, deep))
    room.stage.canvas.glow(cx, cy, unit * 4, unit * 2, GLOW, 0.4)
    for row in range(3):
        v = 1.35 + row * (high - 2.0) / 3
        back.rect(middle - 2.9, v - 0.05, middle + 2.9, v, lighten(decor.wood, 0.15))
        u = middle - 2.8
        while u < middle + 2.7:
            tall = rng.uniform(0.2, 0.36)
            tone = rng.choice(colours("4f8a6a b5653f d9a84f 8a3f3f e9dcc0 3f6a7f 7a5a3f"))
            back.rect(u, v, u + 0.1, v + tall * 0.7, tone)
            back.rect(u + 0.03, v + tall * 0.7, u + 0.07, v + tall, lighten(tone, 0.2))
            u += rng.uniform(0.13, 0.24)
    stage = room.at(0, deep - 0.9)
    shade_under(stage, 0, 0, 6.2, 0.6)
    stage.box(-3.1, 0, -0.3, 6.2, 1.05, 0.5, mix(decor.wood, decor.feature, 0.4))
    front = front_wall(stage, -3.1, 0, -0.3)
    for n in range(9):
        front.rect(0.12 + n * 0.68, 0.15, 0.66 + n * 0.68, 0.92, mix(decor.wood, decor.feature, 0.7))
    stage.box(-3.2, 1.05, -0.42, 6.4, 0.07, 0.66, lighten(decor.wall, 0.2))
