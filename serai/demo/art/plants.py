"""Trees, shrubs and flowers, drawn flat at a foot point with a height in picture units."""

from __future__ import annotations

from math import cos, pi, sin
from random import Random

from serai.demo.art.canvas import Canvas, Point
from serai.demo.art.palette import Colour, Light, colours, darken, lighten, mix, vary

LEAVES = {
    "temperate": colours("4f7a44 5d8a4a 6b8f3f 3f6b48 8a9a45 b0803c"),
    "tropical": colours("2f7a4a 3f8f4a 5a9a3f 2a6b50 74a844"),
    "mediterranean": colours("5f7a4a 4a6b45 7d8f55 6b7f4f 8f9a60"),
    "desert": colours("7d8a50 6b7a4a 8f8a4f"),
    "alpine": colours("2f5f4a 3a6b4a 2a5548 4a7350"),
    "urban": colours("4f7a4f 5f8f55 45705a 7a9a50"),
}
BLOOMS = colours("d9486e e8a23c f2f0e6 b55fc0 e0573a f4c84a")


def draw_tree(
    canvas: Canvas, light: Light, rng: Random, climate: str, x: float, foot: float, height: float
) -> None:
    """A tree that grows in the climate."""
    leaf = vary(rng.choice(LEAVES[climate]), rng, 8)
    roll = rng.random()
    if climate in ("tropical", "desert") and roll < (0.7 if climate == "tropical" else 1.0):
        draw_palm(canvas, light, rng, x, foot, height * 1.15)
    elif climate == "alpine" or (climate == "temperate" and roll < 0.15):
        draw_pine(canvas, light, rng, x, foot, height * 1.1, leaf)
    elif climate == "mediterranean" and roll < 0.5:
        draw_cypress(canvas, light, x, foot, height * 1.1, leaf)
    else:
        draw_round_tree(canvas, light, rng, x, foot, height, leaf)


def _foot_shadow(canvas: Canvas, light: Light, x: float, foot: float, wide: float) -> None:
    canvas.glow(x - light.side * wide * 0.25, foot, wide, wide * 0.16, light.lit((20, 28, 30), 0.1), 0.55)


def draw_round_tree(
    canvas: Canvas, light: Light, rng: Random, x: float, foot: float, height: float, leaf: Colour
) -> None:
    """A broad crown of leaf clumps on a short trunk, lit from the sun's side."""
    bark = light.lit((92, 72, 58), 0.4)
    wide = height * rng.uniform(0.32, 0.46)
    _foot_shadow(canvas, light, x, foot, wide * 1.1)
    trunk = height * 0.028
    canvas.fill(
        (
            (x - trunk * 1.4, foot),
            (x + trunk * 1.4, foot),
            (x + trunk, foot - height * 0.6),
            (x - trunk, foot - height * 0.6),
        ),
        bark,
    )
    heart = foot - height * 0.64
    clumps = [(rng.uniform(-1, 1), rng.uniform(-1, 1)) for _ in range(17)]
    tones = (light.lit(darken(leaf, 0.2), 0.05), light.lit(leaf, 0.5), light.lit(lighten(leaf, 0.12), 1.0))
    for step, tone in enumerate(tones):
        for across, up in clumps if step < 2 else clumps[:10]:
            if across * across + up * up > 1.1:
                across, up = across * 0.7, up * 0.7
            size = height * (0.14, 0.115, 0.075)[step] * (1.15 - 0.3 * abs(across))
            cx = x + across * wide * (0.82 - 0.06 * step) + light.side * step * height * 0.028
            canvas.oval(cx, heart + up * height * 0.27 - step * height * 0.032, size, size * 0.86, tone)


def draw_pine(
    canvas: Canvas, light: Light, rng: Random, x: float, foot: float, height: float, leaf: Colour
) -> None:
    """A conifer in tiers, its sunny half lighter."""
    wide = height * rng.uniform(0.19, 0.25)
    _foot_shadow(canvas, light, x, foot, wide * 1.4)
    canvas.rect(
        x - height * 0.018, foot - height * 0.14, x + height * 0.018, foot, light.lit((84, 62, 50), 0.3)
    )
    dark, bright = light.lit(darken(leaf, 0.15), 0.15), light.lit(leaf, 0.85)
    tiers = 6
    for step in range(tiers):
        low = foot - height * (0.09 + 0.145 * step)
        top = low - height * (0.29 - 0.012 * step)
        half = wide * (1 - step / (tiers + 0.9))
        dip = height * 0.022
        canvas.fill(
            (
                (x - half, low),
                (x - half * 0.5, low + dip),
                (x, low),
                (x + half * 0.5, low + dip),
                (x + half, low),
                (x, top),
            ),
            dark,
        )
        sunny = light.side * half
        canvas.fill(((x, low), (x + sunny * 0.5, low + dip), (x + sunny, low), (x, top)), bright)


def draw_cypress(canvas: Canvas, light: Light, x: float, foot: float, height: float, leaf: Colour) -> None:
    """A slim dark column of leaves."""
    half = height * 0.085
    _foot_shadow(canvas, light, x, foot, half * 2.2)
    steps = 12
    rim = [
        (half * sin(pi * (0.06 + 0.94 * (1 - n / steps)) ** 0.62), foot - height * n / steps)
        for n in range(steps + 1)
    ]
    left = [(x - w, y) for w, y in rim]
    right = [(x + w, y) for w, y in rim]
    canvas.fill(left + right[::-1], light.lit(darken(leaf, 0.25), 0.15))
    inner = [(x + light.side * w * 0.12, y) for w, y in rim]
    sunny = [(x + light.side * w, y) for w, y in rim]
    canvas.fill(inner + sunny[::-1], light.lit(leaf, 0.7))


def draw_palm(canvas: Canvas, light: Light, rng: Random, x: float, foot: float, height: float) -> None:
    """A leaning trunk and a fan of drooping fronds."""
    lean = height * rng.uniform(-0.16, 0.16)
    wide = height * 0.022
    _foot_shadow(canvas, light, x, foot, height * 0.26)
    bark = light.lit(rng.choice(colours("8a6f55 7a6450 94795a")), 0.55)
    spine = [(x + lean * (n / 8) ** 1.7, foot - height * 0.72 * n / 8) for n in range(9)]
    left = [(px - wide * (1.25 - 0.5 * n / 8), py) for n, (px, py) in enumerate(spine)]
    right = [(px + wide * (1.25 - 0.5 * n / 8), py) for n, (px, py) in enumerate(spine)]
    canvas.fill(left + right[::-1], bark)
    canvas.fill(
        right + [(px + wide * 0.15, py) for px, py in spine][::-1],
        darken(bark, 0.22) if light.side < 0 else lighten(bark, 0.14),
    )
    top = spine[-1]
    leaf = vary(rng.choice(LEAVES["tropical"]), rng, 8)
    order = sorted(
        (rng.uniform(-0.12, 0.12) + pi * (1.16 * n / 9 - 0.08) for n in range(10)),
        key=lambda turn: abs(sin(turn)),
    )
    for turn in order:
        reach = height * rng.uniform(0.3, 0.38)
        brightness = 0.45 + 0.45 * cos(turn) * light.side + 0.1 * sin(turn)
        _draw_frond(canvas, top, turn, reach, light.lit(leaf, max(0.05, brightness)))
    canvas.oval(top[0], top[1], wide * 1.6, wide * 1.4, darken(bark, 0.3))


def _draw_frond(canvas: Canvas, root: Point, turn: float, reach: float, tone: Colour) -> None:
    """One feathered leaf that rises at `turn` radians and bends down under its weight."""
    tip = (root[0] + cos(turn) * reach, root[1] - sin(turn) * reach * 0.55 + reach * 0.38)
    bend = (root[0] + cos(turn) * reach * 0.55, root[1] - sin(turn) * reach * 0.75 - reach * 0.12)
    upper: list[Point] = []
    lower: list[Point] = []
    for n in range(11):
        t = n / 10
        x = root[0] * (1 - t) ** 2 + 2 * bend[0] * t * (1 - t) + tip[0] * t * t
        y = root[1] * (1 - t) ** 2 + 2 * bend[1] * t * (1 - t) + tip[1] * t * t
        fat = reach * 0.115 * sin(pi * min(1.0, 0.1 + t * 0.92)) ** 0.7
        upper.append((x, y - fat * 0.35))
        lower.append((x, y + fat * (1.3 if n % 2 else 0.55)))
    canvas.fill(upper + lower[::-1], tone)
    canvas.line(upper[:9], lighten(tone, 0.16), reach * 0.008)


def draw_bush(
    canvas: Canvas,
    light: Light,
    rng: Random,
    x: float,
    foot: float,
    height: float,
    leaf: Colour,
    *,
    flowers: bool = False,
) -> None:
    """A low round shrub, with flowers if asked."""
    _foot_shadow(canvas, light, x, foot, height * 1.1)
    for step, tone in enumerate(
        (light.lit(darken(leaf, 0.2), 0.1), light.lit(leaf, 0.6), light.lit(lighten(leaf, 0.1), 1.0))
    ):
        for n in range((6, 5, 4)[step]):
            cx = (
                x
                + (n - 2) * height * 0.28
                + rng.uniform(-0.1, 0.1) * height
                + light.side * step * height * 0.06
            )
            size = height * (0.44, 0.33, 0.17)[step] * rng.uniform(0.8, 1.1)
            canvas.oval(
                cx,
                max(foot - height * 1.0, foot - size * 0.95 - step * height * 0.12),
                size,
                size * 0.86,
                tone,
            )
    if flowers:
        bloom = light.lit(rng.choice(BLOOMS), 0.95)
        for _ in range(14):
            dot = height * rng.uniform(0.035, 0.06)
            canvas.oval(
                x + rng.uniform(-0.75, 0.75) * height, foot - rng.uniform(0.2, 0.95) * height, dot, dot, bloom
            )


def draw_tree_line(
    canvas: Canvas, light: Light, rng: Random, climate: str, foot: float, height: float, away: float
) -> None:
    """A distant wood right across the picture."""
    tone = light.far(rng.choice(LEAVES[climate]), away)
    for shade, lift in ((darken(tone, 0.1), 1.0), (lighten(tone, 0.04), 0.62)):
        x = -30.0
        while x < 1310:
            size = height * rng.uniform(0.6, 1.1) * lift
            if climate == "alpine":
                canvas.fill(((x - size * 0.34, foot), (x, foot - size * 1.5), (x + size * 0.34, foot)), shade)
                x += size * 0.34
            else:
                canvas.oval(x, foot - size * 0.35, size * 0.62, size * 0.55, shade)
                x += size * 0.62
        canvas.rect(0, foot - height * 0.3 * lift, 1280, foot + 2, shade)


def draw_foreground(canvas: Canvas, light: Light, rng: Random, climate: str, style: str) -> None:
    """Leaves that hang or rise into the near corners and give the picture depth."""
    side = rng.choice((-1, 1))
    corner = 0.0 if side < 0 else 1280.0
    leaf = rng.choice(LEAVES[climate])
    near = light.lit(darken(leaf, 0.42), 0.25)
    if style == "fronds":
        for _ in range(7):
            turn = rng.uniform(-0.6, 0.9)
            _draw_frond(
                canvas,
                (corner, rng.uniform(-30, 60)),
                turn if side < 0 else pi - turn,
                rng.uniform(180, 330),
                mix(near, light.lit(leaf, 0.4), rng.uniform(0, 0.5)),
            )
    elif style == "branch":
        for _ in range(46):
            across, down = rng.random() ** 1.4 * 330, rng.random() ** 1.5 * 150
            if across / 330 + down / 150 < 1.2:
                size = rng.uniform(9, 26)
                canvas.oval(
                    corner - side * across,
                    down - 12,
                    size * 1.3,
                    size,
                    mix(near, light.lit(leaf, 0.6), rng.uniform(0, 0.6)),
                )
    else:
        bloom = rng.choice(BLOOMS)
        for _ in range(9):
            x = corner - side * rng.random() ** 1.3 * 340
            draw_bush(canvas, light, rng, x, 880, rng.uniform(50, 105), vary(leaf, rng, 12), flowers=False)
        for _ in range(46):
            x = corner - side * rng.random() ** 1.3 * 360
            dot = rng.uniform(2.5, 5.5)
            canvas.oval(x, rng.uniform(795, 850), dot, dot, light.lit(vary(bloom, rng, 14), 0.8))
