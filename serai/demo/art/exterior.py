"""A hotel from outside: which building, where it stands, what grows and lies around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from serai.demo.art import city_buildings as city
from serai.demo.art import country_buildings as country
from serai.demo.art import desert_buildings as desert
from serai.demo.art.canvas import Canvas
from serai.demo.art.details import front_wall, lantern
from serai.demo.art.landscape import BACKDROPS, choose_ground, draw_backdrop, draw_ground, draw_ripples
from serai.demo.art.palette import Light, colours, darken, lighten, mix, rgb
from serai.demo.art.perspective import Stage
from serai.demo.art.plants import LEAVES, draw_bush, draw_foreground, draw_tree
from serai.demo.art.sky import draw_sky


@dataclass(frozen=True)
class Archetype:
    """A kind of hotel. Width and height in metres frame it; `settings` are what it may stand on."""

    draw: Callable[[Stage, Random], None]
    wide: float
    high: float
    settings: tuple[str, ...]
    turn: float
    stars: tuple[int, int]
    climates: dict[str, int]


ARCHETYPES: dict[str, Archetype] = {
    "city tower": Archetype(
        city.draw_city_tower,
        34,
        72,
        ("street", "plaza"),
        0.5,
        (3, 5),
        {"urban": 5, "temperate": 2, "tropical": 1, "desert": 1},
    ),
    "glass hotel": Archetype(
        city.draw_glass_hotel,
        42,
        42,
        ("street", "plaza", "lake"),
        0.45,
        (3, 5),
        {"urban": 4, "temperate": 2, "desert": 2, "tropical": 1},
    ),
    "grand hotel": Archetype(
        city.draw_grand_hotel,
        40,
        26,
        ("lawn", "plaza", "street"),
        0.4,
        (4, 5),
        {"urban": 3, "temperate": 3, "alpine": 2, "mediterranean": 2},
    ),
    "townhouses": Archetype(
        city.draw_townhouses,
        38,
        24,
        ("street", "canal"),
        0.35,
        (2, 4),
        {"urban": 3, "temperate": 3, "mediterranean": 2},
    ),
    "guest house": Archetype(
        city.draw_guest_house,
        26,
        15,
        ("street", "lawn"),
        0.5,
        (1, 3),
        {"urban": 1, "temperate": 1, "tropical": 1, "desert": 1, "mediterranean": 1, "alpine": 1},
    ),
    "curved hotel": Archetype(
        city.draw_curved_hotel,
        40,
        34,
        ("plaza", "lawn", "beach"),
        0.2,
        (3, 5),
        {"urban": 2, "tropical": 3, "mediterranean": 3, "temperate": 1},
    ),
    "palace": Archetype(
        desert.draw_palace,
        38,
        24,
        ("lawn", "lake", "plaza"),
        0.35,
        (3, 5),
        {"desert": 5, "temperate": 3, "tropical": 1},
    ),
    "bungalows": Archetype(
        country.draw_bungalows, 32, 11, ("beach", "lawn", "beach"), 0.35, (1, 5), {"tropical": 5}
    ),
    "chalet": Archetype(country.draw_chalet, 27, 20, ("snow", "lawn", "snow"), 0.55, (1, 5), {"alpine": 7}),
    "white villa": Archetype(
        country.draw_white_villa,
        34,
        15,
        ("lawn", "plaza", "terrace"),
        0.5,
        (1, 5),
        {"mediterranean": 6, "desert": 1},
    ),
    "earth castle": Archetype(
        desert.draw_earth_castle, 40, 17, ("sand", "plaza"), 0.4, (2, 5), {"desert": 4}
    ),
    # One star stands for places that are no building: tents and boats.
    "desert camp": Archetype(desert.draw_desert_camp, 36, 9, ("sand",), 0.2, (1, 1), {"desert": 40}),
    "lodge": Archetype(
        country.draw_lodge,
        52,
        15,
        ("lawn", "lake", "lake"),
        0.3,
        (2, 5),
        {"tropical": 3, "temperate": 3, "alpine": 3, "mediterranean": 1},
    ),
    "houseboat": Archetype(country.draw_houseboat, 36, 13, ("river",), 0.0, (1, 1), {"tropical": 10}),
}


def draw_exterior(canvas: Canvas, light: Light, rng: Random, climate: str, stars: int) -> None:
    """One hotel in its country."""
    fitting = {
        name: kind
        for name, kind in ARCHETYPES.items()
        if climate in kind.climates and kind.stars[0] <= stars <= kind.stars[1]
    }
    name = rng.choices(list(fitting), [kind.climates[climate] for kind in fitting.values()])[0]
    kind = fitting[name]
    setting = rng.choice(kind.settings)
    horizon = rng.uniform(600, 670)
    eye = rng.uniform(1.7, 3.4)
    if kind.high > 30:
        horizon, eye = rng.uniform(690, 725), rng.uniform(2.2, 4.5)
    # stand back until the whole front fits: its width across the picture, its height up to the sky
    focal = rng.uniform(900, 1250)
    # a tower may run out of the picture
    high = kind.high * (rng.uniform(0.55, 1.0) if kind.high > 60 else 1.0)
    fill = rng.choice((rng.uniform(0.72, 0.98), rng.uniform(0.95, 1.2)))
    distance = max(kind.wide * focal / (1280 * fill), (high - eye) * focal / (horizon - rng.uniform(30, 110)))
    draw_sky(canvas, light, rng, horizon)
    draw_backdrop(
        canvas,
        light,
        rng,
        climate,
        "skyline" if setting == "street" and rng.random() < 0.5 else rng.choice(BACKDROPS[climate]),
        horizon,
    )
    stage = Stage(canvas, light, focal=focal, horizon=horizon, eye=eye)
    turn = rng.uniform(-kind.turn, kind.turn)
    shift = rng.uniform(-0.07, 0.07) * 1280 / focal * distance
    stage.place(turn, shift, distance + kind.wide * 0.5 * abs(turn) * 0.7)
    _draw_floor(canvas, light, rng, climate, setting, horizon, stage)
    if kind.high > 30 or (climate == "urban" and setting == "street"):
        _draw_neighbours(stage, rng, kind)
    _draw_trees_behind(canvas, light, rng, climate, stage, kind)
    half = kind.wide / 2
    if setting != "river":
        stage.ground_shadow(((-half, 0, -3), (half, 0, -3), (half, 0, 12), (-half, 0, 12)), 0.4, 10)
        lee = -light.side * kind.high * 0.45
        if not light.is_dark and light.hour != "overcast":
            stage.ground_shadow(
                (
                    (-half * 0.9, 0, 0),
                    (half * 0.9, 0, 0),
                    (half * 0.9 + lee, 0, -4),
                    (-half * 0.9 + lee, 0, -4),
                ),
                0.24,
                9,
            )
    kind.draw(stage, rng)
    if setting in ("lake", "river", "canal"):
        _draw_water(canvas, light, rng, stage, setting)
    _draw_near(canvas, light, rng, climate, setting, stage, kind)


def _draw_floor(
    canvas: Canvas, light: Light, rng: Random, climate: str, setting: str, horizon: float, stage: Stage
) -> None:
    sand = rgb("ecd9b0") if setting == "beach" else rgb("dcb783")
    ground = {
        "beach": sand,
        "sand": sand,
        "snow": rgb("edf2f8"),
        "street": rng.choice(colours("a9a7a3 9a9da3 b8afa3")),
        "plaza": rng.choice(colours("cfc5b4 c4bcae d8ccb8 b5b3b0")),
        "terrace": rng.choice(colours("dccdb0 e6dcc8")),
        "canal": rgb("b8afa3"),
    }.get(setting, choose_ground(rng, climate))
    draw_ground(canvas, light, rng, horizon, ground)
    if setting in ("plaza", "terrace"):
        line = darken(light.lit(ground, 0.86), 0.1)
        for n in range(-14, 15):
            canvas.fill(
                stage.outline(
                    (
                        (n * 4 - 0.06, 0, -2),
                        (n * 4 + 0.06, 0, -2),
                        (n * 4 + 0.06, 0, -60),
                        (n * 4 - 0.06, 0, -60),
                    )
                ),
                line,
                0.6,
            )
        for n in range(12):
            z = -2.0 - n * 4
            canvas.fill(
                stage.outline(((-60, 0, z), (60, 0, z), (60, 0, z - 0.1), (-60, 0, z - 0.1))), line, 0.6
            )
    elif setting == "street":
        kerb = light.lit(rgb("cfcac2"), 0.85)
        road = light.lit(rgb("6a6d75"), 0.7)
        canvas.fill(stage.outline(((-200, 0, -9), (200, 0, -9), (200, 0, -0.5), (-200, 0, -0.5))), kerb)
        canvas.gradient(
            stage.outline(((-200, 0, -80), (200, 0, -80), (200, 0, -9.4), (-200, 0, -9.4))),
            (road, darken(road, 0.2)),
        )
        for n in range(-20, 20):
            canvas.fill(
                stage.outline(
                    ((n * 7, 0, -15), (n * 7 + 3.4, 0, -15), (n * 7 + 3.4, 0, -15.25), (n * 7, 0, -15.25))
                ),
                lighten(road, 0.6),
            )
    elif setting in ("lawn", "snow", "beach", "sand"):
        path = {"lawn": rgb("d8c8a8"), "snow": rgb("cdd6e4"), "beach": rgb("c9a97a"), "sand": rgb("c99f6c")}[
            setting
        ]
        near = rng.uniform(4, 7)
        bend = rng.uniform(-9, 9)
        left, right = [], []
        for n in range(9):
            t = n / 8
            sway = bend * t * t
            left.append((-1.6 - near * 0.3 * t + sway, 0.0, -1.0 - 44 * t * t))
            right.append((1.6 + near * 0.3 * t + sway, 0.0, -1.0 - 44 * t * t))
        tone = light.lit(path, 0.85)
        canvas.gradient(
            stage.outline(left + right[::-1]), (mix(tone, light.haze, 0.1), tone, darken(tone, 0.08))
        )


def _draw_neighbours(stage: Stage, rng: Random, kind: Archetype) -> None:
    """The street goes on: plain blocks to the left and right, paler with distance."""
    light = stage.light
    half = kind.wide / 2
    for _ in range(rng.randint(3, 6)):
        side = rng.choice((-1, 1))
        wide, high, z = rng.uniform(12, 20), kind.high * rng.uniform(0.22, 0.62), rng.uniform(14, 34)
        x = side * (half + rng.uniform(-4, 26)) - wide / 2
        pale = mix(rng.choice(city.STONE), mix(light.haze, (255, 255, 255), 0.2), 0.45)
        stage.box(x, 0, z, wide, high, 12, pale)
        wall = front_wall(stage, x, 0, z)
        for row in range(1, int(high / 3.6)):
            for n in range(int(wide / 2.4)):
                lit = rng.random() < light.lamps * 0.6
                tone = rgb("ffd98f") if lit else wall.tone(darken(pale, 0.22))
                wall.rect(0.7 + n * 2.4, row * 3.6, 1.9 + n * 2.4, row * 3.6 + 1.9, tone, raw=True)


def _draw_trees_behind(
    canvas: Canvas, light: Light, rng: Random, climate: str, stage: Stage, kind: Archetype
) -> None:
    spots = []
    for _ in range(rng.randint(4, 9)):
        side = rng.choice((-1, 1))
        spots.append((side * (kind.wide * rng.uniform(0.2, 0.8)), rng.uniform(14, 30)))
    for x, z in sorted(spots, key=lambda spot: -spot[1]):
        cx, foot = stage.project((x, 0, z))
        tall = rng.uniform(6, 12) * (1.25 if kind.high < 30 else 1.0)
        if -100 < cx < 1380:
            draw_tree(canvas, light, rng, climate, cx, foot, tall * stage.size((x, 0, z)))


def _draw_water(canvas: Canvas, light: Light, rng: Random, stage: Stage, setting: str) -> None:
    """A shore before the house, and its mirror image below."""
    if setting == "river":
        line = stage.project((0, 0.1, 0))[1]
    else:
        line = max(stage.project((x, 0, -3.2))[1] for x in (-30, 0, 30)) + 5
        line = min(line, 735)
        bank = light.lit(rgb("8f8a7a") if setting == "canal" else rgb("6f7a4f"), 0.5)
        canvas.gradient_rect(0, line - 9, 1280, line + 2, (lighten(bank, 0.15), darken(bank, 0.4)))
    deep = mix(light.lit(rgb("2f5f70"), 0.7), light.sky[0], 0.3)
    near = darken(mix(light.lit(rgb("2a5560"), 0.6), light.sky[1], 0.2), 0.25)
    canvas.reflect(line, (mix(deep, light.sky[-1], 0.25), near), 0.58)
    canvas.line(((0, line), (1280, line)), mix(light.sun, light.sky[-1], 0.5), 1.4, 0.4)
    draw_ripples(canvas, light, rng, line + 4, 853, 60)


def _draw_near(
    canvas: Canvas, light: Light, rng: Random, climate: str, setting: str, stage: Stage, kind: Archetype
) -> None:
    """Trees beside the front, beds of flowers, lamps, and leaves close to the eye."""
    leaf = rng.choice(LEAVES[climate])
    half = kind.wide / 2
    wet = setting in ("lake", "river", "canal")
    spots: list[tuple[float, float]] = []
    if not wet:
        for side in (-1, 1):
            for _ in range(rng.randint(0, 2) + (kind.wide < 30)):
                spots += [(side * (half + rng.uniform(2, 12)), rng.uniform(-9, 3))]
    for x, z in sorted(spots, key=lambda spot: -spot[1]):
        cx, foot = stage.project((x, 0, z))
        tall = rng.uniform(5, 10)
        if -80 < cx < 1360 and foot < 840:
            draw_tree(canvas, light, rng, climate, cx, foot, tall * stage.size((x, 0, z)))
    if setting in ("lawn", "terrace", "plaza") and climate != "desert" and rng.random() < 0.85:
        step = rng.uniform(3.0, 5.5)
        for n in range(-5, 6):
            x = n * step
            if abs(x) > 3.2 and abs(x) < half + 4:
                cx, foot = stage.project((x, 0, -3.8))
                draw_bush(
                    canvas,
                    light,
                    rng,
                    cx,
                    foot,
                    rng.uniform(0.8, 1.3) * stage.size((x, 0, -3.8)),
                    leaf,
                    flowers=n % 2 == 0,
                )
    if setting in ("street", "plaza") and rng.random() < 0.8:
        post = light.lit(rgb("2f3540"), 0.5)
        for x in (-half * 0.8, -half * 0.27, half * 0.27, half * 0.8):
            low, top = stage.project((x, 0, -8)), stage.project((x, 4.4, -8))
            unit = stage.size((x, 0, -8))
            canvas.rect(low[0] - unit * 0.07, top[1], low[0] + unit * 0.07, low[1], post)
            canvas.oval(
                top[0],
                top[1] - unit * 0.2,
                unit * 0.28,
                unit * 0.32,
                rgb("ffe3a8") if light.lamps > 0.1 else rgb("f2efe6"),
            )
            lantern(stage, (x, 4.6, -8), 3.2, 0.8)
    if rng.random() < (0.62 if kind.high < 30 else 0.45):
        style = rng.choice(("fronds", "corner") if climate == "tropical" else ("branch", "corner", "corner"))
        if wet and style == "corner":
            style = "fronds" if climate == "tropical" else "branch"
        if setting in ("snow", "sand", "street") and style == "corner":
            return
        draw_foreground(canvas, light, rng, climate, style)
