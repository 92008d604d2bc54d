"""Pools, and views of the country without a house in front of them."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from serai.demo.art.canvas import Canvas, Point
from serai.demo.art.details import cone, lantern
from serai.demo.art.exterior import ARCHETYPES
from serai.demo.art.furniture import cylinder, shade_under
from serai.demo.art.landscape import (
    BACKDROPS,
    choose_ground,
    draw_backdrop,
    draw_ground,
    draw_hill,
    draw_ripples,
    draw_sea,
    draw_skyline,
)
from serai.demo.art.palette import Light, colours, darken, lighten, mix, rgb, vary
from serai.demo.art.perspective import Point3, Stage
from serai.demo.art.plants import LEAVES, draw_bush, draw_foreground, draw_palm, draw_tree, draw_tree_line
from serai.demo.art.sky import draw_sky

_POOL_HOUSES = {
    "temperate": ("lodge", "lodge", "curved hotel", "grand hotel", "palace"),
    "tropical": ("bungalows", "curved hotel", "lodge"),
    "mediterranean": ("white villa", "white villa", "lodge", "curved hotel"),
    "desert": ("palace", "earth castle", "glass hotel"),
    "alpine": ("chalet", "lodge"),
    "urban": ("glass hotel", "curved hotel", "guest house", "grand hotel"),
}


def draw_pool(canvas: Canvas, light: Light, rng: Random, climate: str, stars: int) -> None:
    """A pool with loungers and parasols, the house or the open country behind it."""
    horizon = rng.uniform(330, 420)
    draw_sky(canvas, light, rng, horizon)
    infinity = climate in ("tropical", "mediterranean") and rng.random() < 0.4
    draw_backdrop(canvas, light, rng, climate, "sea" if infinity else rng.choice(BACKDROPS[climate]), horizon)
    draw_ground(
        canvas, light, rng, horizon, choose_ground(rng, climate) if climate != "alpine" else rgb("86a05f")
    )
    stage = Stage(canvas, light, focal=rng.uniform(820, 980), horizon=horizon, eye=rng.uniform(3.2, 4.6))
    turn = rng.uniform(-0.4, 0.4) if not infinity else 0.0
    if infinity:
        draw_sea(canvas, light, rng, horizon, horizon + 240, climate)
    else:
        house = ARCHETYPES[rng.choice(_POOL_HOUSES[climate])]
        away = max(30.0, house.high * 1.5)
        stage.place(turn * 0.5, rng.uniform(-9, 9), away)
        half = house.wide / 2
        stage.ground_shadow(((-half, 0, -3), (half, 0, -3), (half, 0, 9), (-half, 0, 9)), 0.35, 9)
        house.draw(stage, rng)
        stage.place(0, 0, 0)
        for _ in range(rng.randint(4, 7)):
            x, z = rng.choice((-1, 1)) * rng.uniform(7, 17), rng.uniform(21, 26)
            cx, foot = stage.project((x, 0, z))
            draw_tree(canvas, light, rng, climate, cx, foot, rng.uniform(4.5, 7.5) * stage.size((x, 0, z)))
        leaf = rng.choice(LEAVES[climate])
        for n in range(16):
            x = -17 + n * 2.2
            cx, foot = stage.project((x, 0, 20))
            draw_bush(canvas, light, rng, cx, foot, 1.1 * stage.size((x, 0, 20)), leaf, flowers=n % 3 == 0)
    stage.place(turn, 0, 12.5)
    deck = light.lit(rng.choice(colours("d9c3a0 cfc6ba b58f6a e6dccb a8a29a")), 0.88)
    far = 6.0 if not infinity else 3.6
    canvas.gradient(
        stage.outline(((-30, 0, far), (30, 0, far), (30, 0, -14), (-30, 0, -14))),
        (mix(deck, light.haze, 0.2), deck, darken(deck, 0.1)),
    )
    line = darken(deck, 0.12)
    for n in range(-14, 15):
        canvas.fill(
            stage.outline(
                ((n * 1.4, 0, far), (n * 1.4 + 0.06, 0, far), (n * 1.4 + 0.06, 0, -13), (n * 1.4, 0, -13))
            ),
            line,
            0.6,
        )
    side = rng.choice((-1, 1)) if infinity else 0
    _draw_basin(stage, rng, side=side, far=far)
    _draw_loungers(stage, rng, climate, side=side)
    if rng.random() < 0.7:
        draw_foreground(
            canvas,
            light,
            rng,
            climate,
            "fronds" if climate in ("tropical", "desert") else rng.choice(("branch", "corner")),
        )


def _draw_basin(stage: Stage, rng: Random, *, side: int, far: float) -> None:
    """The water and its rim; with a side, a pool without a far edge that leaves a deck on that side."""
    infinity = side != 0
    canvas, light = stage.canvas, stage.light
    kind = "infinity" if infinity else rng.choice(("long", "kidney", "ell", "round"))
    plan: list[tuple[float, float]]
    if kind == "infinity":
        plan = [(-side * 17, -9), (side * 3.4, -9), (side * 3.4, far), (-side * 17, far)]
    elif kind == "long":
        plan = [(-6.5, -5.0), (6.5, -5.0), (6.5, 2.2), (-6.5, 2.2)]
    elif kind == "ell":
        plan = [(-6.5, -5.0), (6.0, -5.0), (6.0, -0.6), (0.5, -0.6), (0.5, 2.8), (-6.5, 2.8)]
    else:
        wave = 0.24 if kind == "kidney" else 0.0
        plan = [
            (
                (6.2 * cos(2 * pi * n / 40)) * (1 + wave * cos(4 * pi * n / 40)),
                -1.4 + 3.6 * sin(2 * pi * n / 40) * (1 - wave * sin(2 * pi * n / 40 + 0.6)),
            )
            for n in range(40)
        ]
    middle = sum(z for _, z in plan) / len(plan)
    rim: list[Point3] = [(x * 1.06, 0.02, middle + (z - middle) * 1.11) for x, z in plan]
    if infinity:
        rim = [
            (-side * 17, 0.02, -9),
            (side * 3.9, 0.02, -9),
            (side * 3.9, 0.02, far),
            (-side * 17, 0.02, far),
        ]
    canvas.fill(stage.outline(rim), light.lit(rgb("f1ece2"), 0.95))
    water = rng.choice(colours("3fb0c4 4fc0c4 2f9fc0 5ab8b0 3f9ad0"))
    tone = light.lit(water, 0.95)
    if light.is_dark:
        tone = mix(rgb("46c4d0"), tone, 0.3)
    top: list[Point3] = [(x, 0.0, z) for x, z in plan]
    shape = stage.outline(top)
    canvas.gradient(
        shape, (mix(tone, light.sky[-2], 0.4), tone, darken(mix(tone, rgb("1f6f90"), 0.25), 0.04))
    )
    low = min(y for _, y in shape)
    high = max(y for _, y in shape)
    for _ in range(44):
        share = rng.random()
        x, z = rng.uniform(-0.75, 0.75), rng.uniform(-0.75, 0.75)
        if kind == "ell" and x > -0.05 and z > 0:
            continue
        px, pz = x * 6.2 * 0.88 - side * 3.2, middle + z * 3.3
        if kind in ("kidney", "round") and x * x + z * z > 0.42:
            continue
        cx, cy = stage.project((px, 0, pz))
        unit = stage.size((px, 0, pz))
        canvas.oval(cx, cy, unit * (0.2 + 0.4 * share), unit * 0.025, lighten(tone, 0.5), 0.4)
    if light.is_dark:
        canvas.glow(640, (low + high) / 2, 560, (high - low) * 0.6, rgb("a0f0f0"), 0.3)
    if infinity:
        edge = stage.outline(
            (
                (-side * 17, 0.12, far),
                (side * 3.4, 0.12, far),
                (side * 3.4, 0, far - 0.2),
                (-side * 17, 0, far - 0.2),
            )
        )
        canvas.fill(edge, mix(lighten(tone, 0.45), light.sky[-1], 0.3))


def _draw_loungers(stage: Stage, rng: Random, climate: str, *, side: int) -> None:
    """Loungers and parasols in a row behind the pool, or on the deck at the given side."""
    infinity = side != 0
    canvas, light = stage.canvas, stage.light
    wood = rng.choice(colours("a87b55 8a6a50 e9e2d6 6f5a4a"))
    cloth = rng.choice(colours("f6f1e6 e9c7a0 d9694f 3f7f9a f2d680 7fa08a"))
    stripe = rng.choice((None, rgb("faf6ee"), lighten(cloth, 0.6)))
    row = 4.4 if not infinity else 1.2
    spots = [-5.6, -2.6, 2.6, 5.6] if not infinity else [side * 5.2, side * 8.2]
    for n, x in enumerate(spots):
        if n % 2 == 0:
            px = x + (side or 1) * 1.5
            shade_under(stage, px - light.side * 0.9, row + 0.5, 2.4, 1.2, 0.3)
            cx, foot = stage.project((px, 0, row + 0.6))
            _, top = stage.project((px, 2.5, row + 0.6))
            unit = stage.size((px, 0, row))
            canvas.rect(cx - 0.04 * unit, top, cx + 0.04 * unit, foot, light.lit(wood, 0.7))
            cone(stage, px, 2.1, row + 0.6, 1.7, 0.8, cloth, stripe)
            lantern(stage, (px, 1.6, row), 3.5, 0.5)
        left = x - 0.35
        shade_under(stage, x, row - 0.4, 0.9, 2.0, 0.3)
        stage.box(left, 0.1, row - 1.4, 0.7, 0.16, 1.5, wood)
        stage.box(left + 0.04, 0.26, row - 1.36, 0.62, 0.1, 1.4, cloth)
        stage.face(
            (
                (left + 0.04, 0.36, row),
                (left + 0.66, 0.36, row),
                (left + 0.66, 0.95, row + 0.5),
                (left + 0.04, 0.95, row + 0.5),
            ),
            lighten(cloth, 0.1),
            "top",
            flat=True,
        )
    if rng.random() < 0.8:
        for x in (-9.5, 9.5) if not infinity else (side * 4.7,):
            cylinder(stage, x, 0, 3.0, 0.4, 0.55, 0.7, rng.choice(colours("b5653f e6dccb 5a6068")))
            cx, foot = stage.project((x, 0.7, 3.0))
            if climate in ("tropical", "desert"):
                draw_palm(canvas, light, rng, cx, foot, 3.4 * stage.size((x, 0, 3.0)))
            else:
                draw_bush(
                    canvas,
                    light,
                    rng,
                    cx,
                    foot,
                    1.0 * stage.size((x, 0, 3.0)),
                    rng.choice(LEAVES[climate]),
                    flowers=True,
                )


_VIEWS = {
    "temperate": ("lake", "hills", "vineyard", "mountains"),
    "tropical": ("beach", "beach", "terraces", "lagoon"),
    "mediterranean": ("bay", "vineyard", "bay", "hills"),
    "desert": ("dunes", "dunes", "canyon"),
    "alpine": ("peaks", "lake", "mountains"),
    "urban": ("skyline", "river city", "skyline"),
}


def draw_view(canvas: Canvas, light: Light, rng: Random, climate: str, stars: int) -> None:
    """What a guest sees from the place: mountains, sea, hills, dunes, a lake, a skyline."""
    kind = rng.choice(_VIEWS[climate])
    horizon = rng.uniform(400, 540)
    draw_sky(canvas, light, rng, horizon)
    if kind in ("lake", "mountains", "peaks", "lagoon", "river city"):
        wet = kind in ("lake", "lagoon", "river city") or rng.random() < 0.3
        if kind == "river city":
            draw_skyline(canvas, light, rng, horizon)
        else:
            draw_backdrop(
                canvas,
                light,
                rng,
                climate,
                "hills" if kind == "lagoon" else rng.choice(("mountains", "peaks")),
                horizon,
            )
        draw_tree_line(canvas, light, rng, climate, horizon + 4, rng.uniform(24, 46), 0.25)
        if wet:
            deep = mix(light.lit(rgb("2f6f86"), 0.7), light.sky[1], 0.3)
            canvas.reflect(horizon + 4, (mix(deep, light.sky[-1], 0.3), darken(deep, 0.25)), 0.6)
            draw_ripples(canvas, light, rng, horizon + 10, 853, 70)
            if rng.random() < 0.6:
                _draw_boat(canvas, light, rng, horizon)
        else:
            draw_ground(canvas, light, rng, horizon, choose_ground(rng, climate))
            _draw_meadow(canvas, light, rng, climate, horizon)
    elif kind in ("beach", "bay"):
        draw_sea(canvas, light, rng, horizon, 853, climate)
        tone = light.far(rng.choice(LEAVES[climate]), 0.5)
        draw_hill(
            canvas,
            rng,
            horizon + 2,
            rng.uniform(50, 130),
            tone,
            mix(tone, light.haze, 0.3),
            span=(rng.uniform(-500, 100), rng.uniform(400, 1100)),
        )
        if kind == "bay":
            _draw_boat(canvas, light, rng, horizon)
        _draw_shore(canvas, light, rng, climate)
    elif kind in ("dunes", "canyon"):
        draw_backdrop(canvas, light, rng, climate, "dunes" if kind == "dunes" else "mesas", horizon)
        draw_ground(canvas, light, rng, horizon, rgb("dcb783"))
        for layer in range(4):
            foot = horizon + 70 + layer * 105
            sand = light.far(vary(rgb("dba96e"), rng, 7), max(0.0, 0.26 - 0.09 * layer))
            shade = mix(sand, light.lit(rgb("8f5f45"), 0.3), 0.3)
            draw_hill(canvas, rng, foot, 84 + layer * 26, lighten(sand, 0.1), shade)
            canvas.gradient_rect(0, foot, 1280, 853, (shade, mix(shade, sand, 0.6), sand))
        for _ in range(rng.randint(1, 4)):
            x, y, tall = rng.uniform(80, 1200), rng.uniform(horizon + 120, 700), rng.uniform(60, 160)
            draw_palm(canvas, light, rng, x, y, tall)
    elif kind == "skyline":
        draw_skyline(canvas, light, rng, horizon + 90)
        draw_tree_line(canvas, light, rng, climate, horizon + 110, 50, 0.2)
        canvas.gradient_rect(
            0, horizon + 108, 1280, 853, (light.far(rgb("5f7f55"), 0.2), light.lit(rgb("48653f"), 0.5))
        )
        _draw_meadow(canvas, light, rng, climate, horizon + 110)
    else:
        draw_backdrop(canvas, light, rng, climate, "hills" if kind != "terraces" else "wood", horizon)
        draw_ground(canvas, light, rng, horizon, choose_ground(rng, climate))
        for layer in range(4):
            foot = horizon + 60 + layer * 110
            tone = light.far(vary(rng.choice(LEAVES[climate]), rng, 12), max(0.0, 0.3 - 0.1 * layer))
            draw_hill(canvas, rng, foot, 90 + layer * 16, lighten(tone, 0.1), darken(tone, 0.08))
            canvas.gradient_rect(0, foot, 1280, foot + 130, (darken(tone, 0.08), darken(tone, 0.14)))
            if kind == "vineyard":
                _draw_rows(canvas, rng, foot, layer, darken(tone, 0.3))
        _draw_meadow(canvas, light, rng, climate, horizon + 120)
    _draw_vantage(canvas, light, rng, climate)


def _draw_rows(canvas: Canvas, rng: Random, foot: float, layer: int, tone: tuple[int, int, int]) -> None:
    lean = rng.uniform(-0.6, 0.6)
    for n in range(26):
        x = n * 52 - 20
        for step in range(6):
            y = foot + 8 + step * (9 + layer * 2.2)
            size = 4 + layer * 1.6
            canvas.oval(x + lean * (y - foot) + (x - 640) * step * 0.012, y, size * 1.3, size * 0.8, tone)


def _draw_boat(canvas: Canvas, light: Light, rng: Random, horizon: float) -> None:
    x, y, long = rng.uniform(250, 1000), horizon + rng.uniform(50, 150), rng.uniform(38, 76)
    hull, sail = (
        light.lit(rng.choice(colours("7a4a35 f4f1ea 2f4f6a a8453a")), 0.7),
        light.lit(rgb("fbf7ee"), 0.95),
    )
    canvas.oval(x, y + long * 0.1, long * 0.7, long * 0.05, darken(hull, 0.4), 0.4)
    canvas.fill(
        (
            (x - long / 2, y - long * 0.1),
            (x + long * 0.56, y - long * 0.12),
            (x + long * 0.38, y + long * 0.1),
            (x - long * 0.36, y + long * 0.1),
        ),
        hull,
    )
    if rng.random() < 0.75:
        canvas.rect(x - 1, y - long * 1.15, x + 1, y - long * 0.1, darken(hull, 0.3))
        canvas.fill(
            ((x + 3, y - long * 1.1), (x + 3, y - long * 0.18), (x + long * 0.5, y - long * 0.18)), sail
        )
        canvas.fill(
            ((x - 3, y - long * 0.95), (x - 3, y - long * 0.18), (x - long * 0.36, y - long * 0.18)),
            darken(sail, 0.1),
        )


def _draw_shore(canvas: Canvas, light: Light, rng: Random, climate: str) -> None:
    """A beach that sweeps in from one side, foam along its edge."""
    sand = light.lit(rgb("ecd6a8"), 0.9)
    side = rng.choice((-1, 1))
    base = 640.0
    edge: list[Point] = []
    for n in range(25):
        t = n / 24
        y = 800 - 190 * (1 - t) ** 1.6 + 10 * sin(t * 9)
        x = base - side * (base + 40) + side * t * 1360
        edge.append((x, y))
    corner = (edge[0][0], 860.0)
    end = (edge[-1][0], 860.0)
    canvas.fill([(x, y - 16) for x, y in edge] + [end, corner], (255, 255, 255), 0.5)
    canvas.fill([(x, y - 7) for x, y in edge] + [end, corner], darken(sand, 0.12))
    canvas.gradient([*edge, end, corner], (sand, lighten(sand, 0.08)))
    for _ in range(2 if climate == "tropical" else 1):
        x = edge[0][0] + side * rng.uniform(40, 330)
        if climate == "tropical":
            draw_palm(canvas, light, rng, x, rng.uniform(720, 800), rng.uniform(430, 600))
        else:
            draw_tree(canvas, light, rng, climate, x, 780, rng.uniform(240, 380))


def _draw_meadow(canvas: Canvas, light: Light, rng: Random, climate: str, horizon: float) -> None:
    """Scattered trees that grow in size towards the viewer."""
    for share in sorted(rng.random() ** 1.6 for _ in range(9)):
        y = horizon + 24 + share * 240
        x = rng.uniform(-20, 1300)
        draw_tree(canvas, light, rng, climate, x, y, 46 + share * 190)


def _draw_vantage(canvas: Canvas, light: Light, rng: Random, climate: str) -> None:
    """Where the viewer stands: a railing, a parapet with pots, leaves, or nothing."""
    kind = rng.choice(("rail", "parapet", "leaves", "leaves", "open"))
    if kind == "rail":
        tone = light.lit(rng.choice(colours("3a3f48 f2ede2 6f4a35")), 0.5)
        canvas.rect(0, 716, 1280, 730, tone)
        for n in range(33):
            canvas.rect(n * 40 + 6, 730, n * 40 + 12, 853, tone)
        canvas.rect(0, 836, 1280, 853, tone)
    elif kind == "parapet":
        stone = light.lit(rng.choice(colours("efe6d6 d9c3a0 c98f6a f7f2ea")), 0.8)
        canvas.gradient_rect(0, 770, 1280, 853, (stone, darken(stone, 0.2)))
        canvas.rect(0, 762, 1280, 776, lighten(stone, 0.3))
        for x in (rng.uniform(60, 260), rng.uniform(1000, 1220)):
            pot = light.lit(rgb("b5653f"), 0.7)
            draw_bush(canvas, light, rng, x, 716, 74, rng.choice(LEAVES[climate]), flowers=True)
            canvas.fill(((x - 44, 700), (x + 44, 700), (x + 32, 766), (x - 32, 766)), pot)
            canvas.rect(x - 48, 694, x + 48, 708, lighten(pot, 0.15))
    elif kind == "leaves":
        draw_foreground(
            canvas,
            light,
            rng,
            climate,
            "fronds" if climate == "tropical" else rng.choice(("branch", "corner")),
        )
