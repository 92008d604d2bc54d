"""Parts that buildings are put together from: windows, arches, roofs, domes, railings."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from random import Random

from serai.demo.art.canvas import Point
from serai.demo.art.palette import Colour, Light, colours, darken, lighten, mix, rgb
from serai.demo.art.perspective import Point3, Stage, Wall

LAMPLIGHT = colours("ffd489 ffe2ab ffc874 fff0cf")


def front_wall(stage: Stage, left: float, low: float, depth: float = 0.0) -> Wall:
    return Wall(stage, (left, low, depth), (1.0, 0.0), "front")


def left_wall(stage: Stage, x: float, low: float, back: float) -> Wall:
    """The left side of a block, read from its far end to its near end."""
    return Wall(stage, (x, low, back), (0.0, -1.0), "left")


def right_wall(stage: Stage, x: float, low: float, front: float = 0.0) -> Wall:
    return Wall(stage, (x, low, front), (0.0, 1.0), "right")


def seen_walls(
    stage: Stage, x: float, low: float, z: float, wide: float, deep: float
) -> list[tuple[Wall, float]]:
    """The walls of a block that face the camera, each with its length; the front comes last."""
    walls: list[tuple[Wall, float]] = []
    right, back = x + wide, z + deep
    if stage.faces(((x, low, back), (x, low, z), (x, low + 1, z))):
        walls.append((left_wall(stage, x, low, back), deep))
    if stage.faces(((right, low, z), (right, low, back), (right, low + 1, back))):
        walls.append((right_wall(stage, right, low, z), deep))
    walls.append((front_wall(stage, x, low, z), wide))
    return walls


def arch(
    left: float, low: float, wide: float, high: float, *, pointed: bool = False, steps: int = 10
) -> list[Point]:
    """The outline of an arched opening whose crown stands at `high`."""
    half = wide / 2
    spring = low + high - half * (1.25 if pointed else 1.0)
    rise = low + high - spring
    points = [(left + wide, low)]
    for n in range(steps + 1):
        turn = pi * n / steps
        reach = cos(turn)
        lift = sin(turn) ** 0.8 if not pointed else (1 - abs(reach) ** 1.7) ** 0.75
        points.append((left + half + half * reach, spring + rise * lift))
    points.append((left, low))
    return points


def glass_tone(light: Light, rng: Random) -> Colour:
    dark = rgb("2c4258") if not light.is_dark else rgb("141d33")
    return mix(dark, light.sky[1], rng.uniform(0.16, 0.42))


def window(
    wall: Wall,
    rng: Random,
    left: float,
    low: float,
    wide: float,
    high: float,
    *,
    frame: Colour = (236, 234, 228),
    arched: bool = False,
    shutters: Colour | None = None,
    sill: bool = True,
    bars: bool = True,
) -> None:
    """One window: reveal, glass that mirrors the sky or glows, frame bars, perhaps shutters."""
    light = wall.stage.light
    rim = min(0.12, wide * 0.09)
    lit = rng.random() < light.lamps
    pane = rng.choice(LAMPLIGHT) if lit else glass_tone(light, rng)
    if shutters is not None:
        leaf = wide * 0.46
        for edge in (left - rim - leaf, left + wide + rim):
            wall.rect(edge, low - rim * 0.4, edge + leaf, low + high + rim * 0.4, shutters)
            wall.rect(
                edge + leaf * 0.16,
                low + high * 0.08,
                edge + leaf * 0.84,
                low + high * 0.46,
                darken(shutters, 0.14),
            )
            wall.rect(
                edge + leaf * 0.16,
                low + high * 0.54,
                edge + leaf * 0.84,
                low + high * 0.92,
                darken(shutters, 0.14),
            )
    if arched:
        wall.shape(arch(left - rim, low - rim * 0.6, wide + rim * 2, high + rim * 1.6), frame)
        wall.shape(arch(left, low, wide, high), pane, raw=True)
    else:
        wall.rect(left - rim, low - rim, left + wide + rim, low + high + rim, frame)
        wall.rect(left, low, left + wide, low + high, pane, raw=True)
        if lit:
            wall.rect(
                left,
                low,
                left + wide * rng.uniform(0.15, 0.3),
                low + high,
                mix(pane, rgb("b5703a"), 0.45),
                raw=True,
            )
        else:
            wall.rect(left, low + high * 0.8, left + wide, low + high, darken(pane, 0.3), raw=True)
            wall.shape(
                (
                    (left + wide * 0.1, low),
                    (left + wide * 0.5, low),
                    (left + wide * 0.9, low + high * 0.8),
                    (left + wide * 0.5, low + high * 0.8),
                ),
                lighten(pane, 0.13),
                raw=True,
            )
    if bars:
        middle = left + wide / 2
        wall.rect(middle - rim * 0.3, low, middle + rim * 0.3, low + high * (0.98 if arched else 1.0), frame)
        wall.rect(left, low + high * 0.6, left + wide, low + high * 0.6 + rim * 0.6, frame)
    if sill:
        wall.rect(
            left - rim * 2, low - rim * 2.2, left + wide + rim * 2, low - rim * 0.6, lighten(frame, 0.2)
        )
        wall.rect(
            left - rim * 2, low - rim * 3.4, left + wide + rim * 2, low - rim * 2.2, darken(frame, 0.5), 0.35
        )


def window_rows(
    wall: Wall,
    rng: Random,
    length: float,
    low: float,
    storeys: int,
    storey: float,
    every: float,
    *,
    wide: float,
    high: float,
    frame: Colour = (236, 234, 228),
    arched: bool = False,
    shutters: Colour | None = None,
    skip_middle: bool = False,
    bars: bool = True,
    balcony: Colour | None = None,
) -> None:
    """Evenly spaced windows on a wall, storey above storey."""
    count = max(1, int((length - 0.8) / every))
    margin = (length - count * every) / 2
    for row in range(storeys):
        foot = low + row * storey + (storey - high) * 0.45
        for n in range(count):
            if skip_middle and row == 0 and n in (count // 2, (count - 1) // 2):
                continue
            left = margin + n * every + (every - wide) / 2
            window(
                wall,
                rng,
                left,
                foot,
                wide,
                high,
                frame=frame,
                arched=arched,
                shutters=shutters,
                bars=bars,
                sill=balcony is None,
            )
            if balcony is not None:
                railing(wall, left - wide * 0.3, foot - 0.12, wide * 1.6, balcony)


def railing(wall: Wall, left: float, low: float, wide: float, colour: Colour, high: float = 1.0) -> None:
    """A balcony's slab, rail and balusters, flat on the wall."""
    wall.rect(left, low - 0.22, left + wide, low, lighten(colour, 0.1))
    wall.rect(left, low - 0.5, left + wide, low - 0.22, (20, 22, 34), 0.25, raw=True)
    count = max(3, int(wide / 0.3))
    for n in range(count + 1):
        u = left + wide * n / count
        wall.rect(u - 0.028, low, u + 0.028, low + high, colour)
    wall.rect(left, low + high - 0.06, left + wide, low + high + 0.03, colour)


def door(
    wall: Wall, rng: Random, left: float, wide: float, high: float, colour: Colour, *, arched: bool = False
) -> None:
    """A double door with a surround and a lit fanlight."""
    surround = lighten(colour, 0.65)
    light = wall.stage.light
    glow = rng.choice(LAMPLIGHT) if light.lamps > 0 else glass_tone(light, rng)
    if arched:
        wall.shape(arch(left - 0.2, 0, wide + 0.4, high + 0.25), surround)
        wall.shape(arch(left, 0, wide, high), glow, raw=True)
    else:
        wall.rect(left - 0.2, 0, left + wide + 0.2, high + 0.25, surround)
        wall.rect(left, 0, left + wide, high, glow, raw=True)
    leaf = high * (0.62 if arched else 0.8)
    for share in (0.0, 0.5):
        start = left + wide * share
        wall.rect(start + 0.04, 0, start + wide * 0.5 - 0.04, leaf, colour)
        wall.rect(start + wide * 0.1, leaf * 0.5, start + wide * 0.4, leaf * 0.92, glow, raw=True)


def hip_roof(
    stage: Stage,
    x: float,
    y: float,
    z: float,
    wide: float,
    deep: float,
    rise: float,
    colour: Colour,
    *,
    over: float = 0.6,
    pinch: float = 0.5,
    bands: int = 0,
) -> None:
    """A roof that slopes on all sides; `pinch` 0.5 ends in a ridge, less leaves a flat top (a mansard)."""
    left, right, near, back, top = x - over, x + wide + over, z - over, z + deep + over, y + rise
    inset = (deep / 2 + over) * pinch * 2
    a, b, c, d = (left, y, near), (right, y, near), (right, y, back), (left, y, back)
    e, f = (left + inset, top, near + inset), (right - inset, top, near + inset)
    g, h = (right - inset, top, back - inset), (left + inset, top, back - inset)
    for side, corners in (("left", (d, a, e, h)), ("right", (b, c, g, f)), ("front", (a, b, f, e))):
        if stage.faces(corners):
            tone = mix(stage.tone(colour, side), stage.tone(colour, "top"), 0.35)
            stage.canvas.gradient(stage.outline(corners), (lighten(tone, 0.07), tone, darken(tone, 0.1)))
    for n in range(1, bands):
        share = n / bands
        row = [_between(a, e, share), _between(b, f, share)]
        stage.canvas.line(
            [stage.project(point) for point in row],
            darken(stage.tone(colour, "front"), 0.16),
            0.06 * stage.size(a),
        )
    eaves = stage.outline((a, b, (right, y - 0.22, near), (left, y - 0.22, near)))
    stage.canvas.fill(eaves, darken(stage.tone(colour, "front"), 0.3))


def gable_roof(
    stage: Stage,
    x: float,
    y: float,
    z: float,
    wide: float,
    deep: float,
    rise: float,
    colour: Colour,
    *,
    over: float = 0.8,
    thick: float = 0.35,
) -> None:
    """A roof with its gable to the front: the visible slope, and the two slanting edges above the gable."""
    left, right, near, back = x - over, x + wide + over, z - over, z + deep + over
    middle = x + wide / 2
    low = y - rise * over / (wide / 2)
    peak, far_peak = (middle, y + rise, near), (middle, y + rise, back)
    slopes: tuple[tuple[str, tuple[Point3, ...]], ...] = (
        ("left", ((left, low, back), (left, low, near), peak, far_peak)),
        ("right", ((right, low, near), (right, low, back), far_peak, peak)),
    )
    for side, corners in slopes:
        if stage.faces(corners):
            tone = mix(stage.tone(colour, side), stage.tone(colour, "top"), 0.4)
            stage.canvas.gradient(stage.outline(corners), (lighten(tone, 0.06), darken(tone, 0.08)))
    for edge in (left, right):
        tone = stage.tone(colour, "front")
        band = ((edge, low, near), peak, (middle, y + rise + thick, near), (edge, low + thick, near))
        stage.canvas.fill(stage.outline(band), lighten(tone, 0.12))


def dome(
    stage: Stage,
    x: float,
    y: float,
    z: float,
    radius: float,
    colour: Colour,
    *,
    onion: bool = True,
    finial: Colour = (214, 176, 92),
) -> None:
    """A round dome whose drum stands at (x, y, z), shaded across."""
    cx, foot = stage.project((x, y, z))
    unit = stage.size((x, y, z))
    rim: list[Point] = []
    for n in range(13):
        t = n / 12
        if onion:
            half = radius * (1 + 0.16 * sin(pi * min(1.0, t * 2.2))) * (1 - t**2.4) ** 0.62
            lift = radius * 1.5 * t
        else:
            half, lift = radius * cos(t * pi / 2), radius * sin(t * pi / 2)
        rim.append((half * unit, lift * unit))
    outline = [(cx - w, foot - v) for w, v in rim] + [(cx + w, foot - v) for w, v in rim[::-1]]
    light = stage.light
    stops = (
        light.lit(colour, 0.1),
        light.lit(colour, 0.55),
        light.lit(lighten(colour, 0.16), 1.0),
        light.lit(colour, 0.8),
    )
    stage.canvas.gradient(outline, stops if light.side > 0 else stops[::-1], sideways=True)
    tip = foot - rim[-1][1]
    gold = light.lit(finial, 0.9)
    stage.canvas.rect(
        cx - radius * 0.03 * unit, tip - radius * 0.5 * unit, cx + radius * 0.03 * unit, tip + 1, gold
    )
    stage.canvas.oval(cx, tip - radius * 0.12 * unit, radius * 0.09 * unit, radius * 0.09 * unit, gold)


def cone(
    stage: Stage,
    x: float,
    y: float,
    z: float,
    radius: float,
    rise: float,
    colour: Colour,
    stripes: Colour | None = None,
) -> None:
    """A round pointed roof or parasol, its segments shaded in turn."""
    cx, foot = stage.project((x, y, z))
    unit = stage.size((x, y, z))
    tip = (cx, foot - rise * unit)
    light = stage.light
    segments = 8
    edge = [
        (cx - cos(pi * n / segments) * radius * unit, foot + sin(pi * n / segments) * radius * unit * 0.14)
        for n in range(segments + 1)
    ]
    for n in range(segments):
        share = (n + 0.5) / segments
        brightness = 0.25 + 0.7 * (share if light.side > 0 else 1 - share)
        base = stripes if stripes is not None and n % 2 else colour
        stage.canvas.fill((edge[n], edge[n + 1], tip), light.lit(base, brightness))


def lantern(stage: Stage, point: Point3, reach: float, alpha: float = 0.75) -> None:
    """A pool of lamp light in the air; nothing by day."""
    if stage.light.lamps < 0.15:
        return
    x, y = stage.project(point)
    size = reach * stage.size(point)
    stage.canvas.glow(x, y, size, size * 0.8, rgb("ffce86"), alpha * min(1.0, stage.light.lamps + 0.2))


def prism(stage: Stage, base: Sequence[tuple[float, float]], low: float, high: float, colour: Colour) -> None:
    """An upright block on any convex plan, listed anticlockwise from above as (x, z)."""
    count = len(base)
    for n in range(count):
        (ax, az), (bx, bz) = base[n], base[(n + 1) % count]
        corners: tuple[Point3, ...] = ((ax, low, az), (bx, low, bz), (bx, high, bz), (ax, high, az))
        if stage.faces(corners):
            lean = (bz - az) / max(0.01, abs(bz - az) + abs(bx - ax))
            tone = mix(
                stage.tone(colour, "front"), stage.tone(colour, "right" if lean > 0 else "left"), abs(lean)
            )
            stage.canvas.gradient(stage.outline(corners), (lighten(tone, 0.05), tone, darken(tone, 0.1)))


def _between(start: Point3, end: Point3, share: float) -> Point3:
    return (
        start[0] + (end[0] - start[0]) * share,
        start[1] + (end[1] - start[1]) * share,
        start[2] + (end[2] - start[2]) * share,
    )
