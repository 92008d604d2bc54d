"""What lies behind a hotel and what it stands on: ranges, hills, sea, skylines, dunes, ground."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from serai.demo.art.canvas import WIDTH, Canvas, Point
from serai.demo.art.palette import Colour, Light, colours, darken, lighten, mix, rgb, vary
from serai.demo.art.plants import LEAVES, draw_tree_line

BACKDROPS: dict[str, tuple[str, ...]] = {
    "temperate": ("hills", "hills", "wood", "skyline", "mountains"),
    "tropical": ("sea", "hills", "wood", "sea"),
    "mediterranean": ("sea", "hills", "sea", "mountains"),
    "desert": ("dunes", "mesas", "dunes"),
    "alpine": ("mountains", "mountains", "peaks"),
    "urban": ("skyline", "skyline", "wood"),
}
_GROUND: dict[str, tuple[Colour, ...]] = {
    "temperate": colours("7f9a58 8fa45f 6f8f55"),
    "tropical": colours("6fa055 86a85a 5f9455"),
    "mediterranean": colours("b5a878 a8a56f c2b48c"),
    "desert": colours("dcb988 d6ab77 e3c597"),
    "alpine": colours("86a05f 789a5c eef2f7 eef2f7"),
    "urban": colours("b9b6b0 aeb0b3 c4bcb0"),
}


def choose_ground(rng: Random, climate: str) -> Colour:
    return vary(rng.choice(_GROUND[climate]), rng, 6)


def draw_backdrop(canvas: Canvas, light: Light, rng: Random, climate: str, kind: str, horizon: float) -> None:
    """The far country up to the horizon."""
    if kind in ("mountains", "peaks"):
        snowy = climate == "alpine" or rng.random() < 0.3
        for layer in range(3 if kind == "mountains" else 2):
            tall = horizon * (0.62 - 0.17 * layer) if kind == "mountains" else horizon * (0.72 - 0.3 * layer)
            rock = mix(rgb("5f7390"), rng.choice(LEAVES[climate]), 0.28 * layer)
            draw_range(canvas, light, rng, horizon, tall, rock, 0.55 - 0.17 * layer, snow=snowy and layer < 2)
    elif kind == "hills":
        for layer in range(3):
            tone = light.far(rng.choice(LEAVES[climate]), 0.66 - 0.2 * layer)
            draw_hill(canvas, rng, horizon, horizon * (0.3 - 0.07 * layer), tone, mix(tone, light.haze, 0.4))
    elif kind == "sea":
        draw_sea(canvas, light, rng, horizon - 42, horizon + 6, climate)
        if rng.random() < 0.6:
            tone = light.far(rgb("5f7a80"), 0.62)
            draw_hill(
                canvas,
                rng,
                horizon - 42,
                70,
                tone,
                mix(tone, light.haze, 0.5),
                span=(rng.uniform(-300, 200), rng.uniform(500, 1000)),
            )
    elif kind == "skyline":
        draw_skyline(canvas, light, rng, horizon)
    elif kind == "dunes":
        for layer in range(3):
            sand = light.far(rgb("d9b07c"), 0.5 - 0.16 * layer)
            draw_dune(canvas, light, rng, horizon + 3, horizon * (0.2 - 0.05 * layer), sand)
    elif kind == "mesas":
        for layer in range(2):
            _draw_mesas(canvas, light, rng, horizon, 0.6 - 0.25 * layer)
    draw_haze = 0.35 if kind in ("mountains", "peaks", "hills", "skyline") else 0.12
    canvas.veil(horizon - 150, horizon + 2, light.haze, 0.0, draw_haze)
    if kind == "wood" or (kind in ("hills", "mountains") and rng.random() < 0.6):
        draw_tree_line(canvas, light, rng, climate, horizon + 3, rng.uniform(34, 70), 0.3)


def ridge_line(rng: Random, left: float, right: float, foot: float, tall: float, rough: float) -> list[Point]:
    """A jagged skyline by halving: ever smaller random lifts between ever nearer points."""
    heights = [
        rng.uniform(0.3, 0.8),
        rng.uniform(0.7, 1.0),
        rng.uniform(0.3, 0.9),
        rng.uniform(0.5, 1.0),
        rng.uniform(0.2, 0.7),
    ]
    sway = 0.32
    for _ in range(4):
        finer: list[float] = []
        for here, after in pairwise(heights):
            finer += [here, (here + after) / 2 + rng.uniform(-sway, sway) * rough]
        heights = [*finer, heights[-1]]
        sway *= 0.52
    step = (right - left) / (len(heights) - 1)
    return [(left + step * n, foot - tall * max(0.05, lift)) for n, lift in enumerate(heights)]


def draw_range(
    canvas: Canvas,
    light: Light,
    rng: Random,
    foot: float,
    tall: float,
    rock: Colour,
    away: float,
    *,
    snow: bool,
) -> None:
    """A mountain chain with sunny and shaded flanks, and snow on what rises high."""
    line = ridge_line(rng, -40, WIDTH + 40, foot, tall, 0.8)
    base = light.far(rock, away)
    canvas.gradient(
        [*line, (WIDTH + 40, foot), (-40, foot)],
        (base, mix(base, light.haze, 0.2), mix(base, light.haze, 0.62)),
    )
    bright = mix(light.far(lighten(rock, 0.25), away), base, 0.3)
    cap = mix(light.lit((246, 248, 252), 0.85), light.haze, away * 0.6)
    cold = mix(light.lit((196, 210, 232), 0.5), light.haze, away * 0.6)
    limit = foot - tall * 0.56
    for n in range(1, len(line) - 1):
        x, y = line[n]
        if y > line[n - 1][1] or y > line[n + 1][1]:
            continue
        # a summit: walk down both flanks to the next saddles
        low, high = n, n
        while low > 0 and line[low - 1][1] >= line[low][1]:
            low -= 1
        while high < len(line) - 1 and line[high + 1][1] >= line[high][1]:
            high += 1
        drop = max(line[low][1], line[high][1]) - y + tall * 0.22
        fold = x + rng.uniform(-8, 8)
        flank = line[n : high + 1] if light.side > 0 else line[low : n + 1][::-1]
        inner = [
            (fold + light.side * drop * 0.16, y + drop),
            (fold - light.side * drop * 0.05, y + drop * 0.62),
            (fold + light.side * drop * 0.1, y + drop * 0.3),
        ]
        if not snow or y > limit:
            canvas.fill([*flank, *inner], bright, 0.55)
        if snow and y < limit:
            reach = (limit - y) * 0.95
            ring = _snow_edge(rng, line[low : high + 1], y + reach)
            canvas.fill(ring, cold)
            half = [point for point in ring if (point[0] - fold) * light.side >= 0]
            canvas.fill([(x, y), *half] if light.side > 0 else [*half, (x, y)], cap)


def _snow_edge(rng: Random, flank: list[Point], level: float) -> list[Point]:
    """The part of a summit's outline above the level, closed by a ragged lower edge."""
    kept = [point for point in flank if point[1] <= level]
    if len(kept) < 2:
        return []
    left, right = kept[0], kept[-1]
    teeth = max(4, int((right[0] - left[0]) / 16))
    edge = [
        (
            right[0] + (left[0] - right[0]) * n / teeth,
            right[1]
            + (left[1] - right[1]) * n / teeth
            + (rng.uniform(6, 30) if n % 2 else rng.uniform(-8, 6)),
        )
        for n in range(1, teeth)
    ]
    return kept + edge


def draw_hill(
    canvas: Canvas,
    rng: Random,
    foot: float,
    tall: float,
    top: Colour,
    low: Colour,
    span: tuple[float, float] = (-40, 1320),
) -> None:
    """A smooth ridge that fades downwards."""
    left, right = span
    knots = [rng.uniform(0.35, 1.0) for _ in range(6)]
    if span != (-40, 1320):
        knots[0] = knots[-1] = 0.0
    line: list[Point] = []
    for n in range(41):
        at = n / 40 * 5
        cell = min(4, int(at))
        t = at - cell
        smooth = t * t * (3 - 2 * t)
        lift = knots[cell] + (knots[cell + 1] - knots[cell]) * smooth
        line.append((left + (right - left) * n / 40, foot - tall * lift))
    canvas.gradient([*line, (right, foot + 2), (left, foot + 2)], (top, mix(top, low, 0.4), low))


def draw_sea(canvas: Canvas, light: Light, rng: Random, top: float, bottom: float, climate: str) -> None:
    """Water to the horizon with light on its ripples."""
    deep = rgb("1f7a94") if climate in ("tropical", "mediterranean") else rgb("3a6f8a")
    near = rgb("5cc4bf") if climate == "tropical" else rgb("4f93a8")
    far = mix(light.lit(deep, 0.8), light.sky[-2], 0.34)
    canvas.gradient_rect(
        0,
        top,
        WIDTH,
        bottom,
        (mix(far, light.haze, 0.25), far, mix(light.lit(near, 0.85), light.sky[1], 0.16)),
    )
    draw_ripples(canvas, light, rng, top, bottom, int(26 + (bottom - top) * 0.16))


def draw_ripples(canvas: Canvas, light: Light, rng: Random, top: float, bottom: float, count: int) -> None:
    """Short bright strokes that grow towards the viewer."""
    glint = mix(light.sun, light.sky[-1], 0.4)
    for _ in range(count):
        near = rng.random() ** 1.4
        y = top + 3 + (bottom - top - 4) * near
        half = 8 + 46 * near * rng.random() + 6
        x = rng.uniform(0, WIDTH)
        canvas.oval(x, y, half, 0.6 + 1.1 * near, glint, rng.uniform(0.12, 0.4))


def draw_skyline(canvas: Canvas, light: Light, rng: Random, foot: float) -> None:
    """Two depths of city blocks in haze, lit after dark."""
    for layer in range(2):
        tone = light.far(rgb("6f7f99") if layer else rgb("8594ad"), 0.62 - 0.24 * layer)
        x = -10.0
        while x < WIDTH:
            wide = rng.uniform(34, 92)
            high = (
                foot
                * (rng.uniform(0.12, 0.42) if rng.random() < 0.75 else rng.uniform(0.4, 0.58))
                * (1 - 0.25 * layer)
            )
            shade = vary(tone, rng, 7)
            canvas.gradient_rect(x, foot - high, x + wide, foot, (shade, mix(shade, light.haze, 0.3)))
            crown = rng.random()
            if crown < 0.2:
                canvas.fill(
                    ((x, foot - high), (x + wide / 2, foot - high - wide * 0.5), (x + wide, foot - high)),
                    shade,
                )
            elif crown < 0.4:
                canvas.rect(x + wide * 0.25, foot - high - 16, x + wide * 0.75, foot - high, shade)
                canvas.rect(x + wide * 0.48, foot - high - 44, x + wide * 0.52, foot - high, shade)
            if light.is_dark:
                for _ in range(int(wide * high / 520)):
                    wx, wy = x + rng.uniform(3, wide - 5), foot - rng.uniform(6, high - 4)
                    canvas.rect(
                        wx,
                        wy,
                        wx + 2.6,
                        wy + 3.4,
                        rng.choice(colours("ffd98a ffe9b8 ffc36b")),
                        rng.uniform(0.5, 1.0),
                    )
            x += wide * rng.uniform(0.75, 1.2)


def draw_dune(canvas: Canvas, light: Light, rng: Random, foot: float, tall: float, sand: Colour) -> None:
    """A dune chain: soft windward slope, crisp crest, shaded lee."""
    shade = mix(sand, light.lit(rgb("a8744f"), 0.2), 0.42)
    x = -200.0
    while x < WIDTH + 100:
        wide = rng.uniform(420, 760)
        high = tall * rng.uniform(0.6, 1.1)
        peak = x + wide * rng.uniform(0.4, 0.6)
        left = [(x + (peak - x) * n / 10, foot - high * (n / 10) ** 1.7) for n in range(11)]
        right = [(peak + (x + wide - peak) * n / 10, foot - high * (1 - n / 10) ** 1.5) for n in range(11)]
        canvas.gradient([*left, *right, (x + wide, foot + 3), (x, foot + 3)], (lighten(sand, 0.06), sand))
        lee = right if light.side < 0 else left[::-1]
        bend = -light.side
        inner = [
            (peak + bend * wide * 0.07 * (n / 6) ** 0.7 * (1.4 - n / 6), foot - high * (1 - n / 6))
            for n in range(7)
        ]
        canvas.gradient([*lee, *inner[::-1]], (shade, mix(shade, sand, 0.6)))
        x += wide * rng.uniform(0.45, 0.7)


def _draw_mesas(canvas: Canvas, light: Light, rng: Random, foot: float, away: float) -> None:
    x = rng.uniform(-150, 0)
    while x < WIDTH:
        wide, high = rng.uniform(120, 330), foot * rng.uniform(0.12, 0.3) * (1.2 - away)
        tone = light.far(vary(rgb("b5694a"), rng, 12), away)
        slope = wide * 0.14
        top = foot - high
        cliff = top + high * 0.5
        canvas.gradient(
            (
                (x, foot),
                (x + slope, cliff),
                (x + slope * 1.2, top),
                (x + wide - slope * 1.3, top),
                (x + wide - slope, cliff),
                (x + wide, foot),
            ),
            (lighten(tone, 0.08), tone, mix(tone, light.haze, 0.35)),
        )
        edge = x + wide - slope * 1.3 if light.side < 0 else x + slope * 1.2
        canvas.fill(
            (
                (edge, top),
                (edge + light.side * wide * 0.18, top),
                (edge + light.side * wide * 0.15, cliff),
                (edge + light.side * slope * -0.3, cliff),
            ),
            darken(tone, 0.25),
            0.5,
        )
        x += wide * rng.uniform(0.8, 1.9)


def draw_ground(canvas: Canvas, light: Light, rng: Random, horizon: float, ground: Colour) -> None:
    """The floor of the scene from the horizon down, with a few soft patches."""
    near = light.lit(ground, 0.86)
    canvas.gradient_rect(
        0,
        horizon,
        WIDTH,
        853,
        (mix(near, light.haze, 0.35), mix(near, light.haze, 0.06), near, darken(near, 0.14)),
    )
    for _ in range(9):
        share = rng.random()
        y = horizon + 20 + share * (840 - horizon)
        wide = 90 + 300 * share
        tone = darken(near, 0.12) if rng.random() < 0.5 else lighten(near, 0.1)
        canvas.glow(rng.uniform(0, WIDTH), y, wide, 6 + 22 * share, tone, 0.5)
