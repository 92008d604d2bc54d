"""Skies: gradient, sun or moon, stars, clouds and a few birds."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from serai.demo.art.canvas import WIDTH, Canvas
from serai.demo.art.palette import WHITE, Light, darken, lighten, mix


def draw_sky(canvas: Canvas, light: Light, rng: Random, horizon: float) -> None:
    """Fill the picture down to just below the horizon."""
    canvas.gradient_rect(0, 0, WIDTH, horizon + 40, light.sky)
    x = 640 + light.side * rng.uniform(180, 560)
    y = horizon * (1 - light.sun_height) - 20
    if light.hour == "night":
        _draw_stars(canvas, rng, horizon)
        _draw_moon(canvas, light, x, rng.uniform(80, 240), rng)
    elif light.hour != "overcast":
        low = light.hour in ("golden", "dusk")
        canvas.glow(x, y, 620, 460, light.sun, 0.55 if low else 0.42)
        if low:
            canvas.glow(x, y, 190, 190, lighten(light.sun, 0.3), 0.8)
            canvas.oval(x, y, 34, 34, lighten(light.sun, 0.55))
    _draw_clouds(canvas, light, rng, horizon)
    if not light.is_dark and rng.random() < 0.35:
        _draw_birds(canvas, light, rng, horizon)


def _draw_stars(canvas: Canvas, rng: Random, horizon: float) -> None:
    for _ in range(70):
        radius = rng.choice((0.8, 0.9, 1.1, 1.6))
        canvas.oval(
            rng.uniform(0, WIDTH),
            rng.uniform(0, horizon * 0.75),
            radius,
            radius,
            WHITE,
            rng.uniform(0.3, 0.9),
        )


def _draw_moon(canvas: Canvas, light: Light, x: float, y: float, rng: Random) -> None:
    radius = rng.uniform(22, 34)
    canvas.glow(x, y, 210, 210, light.sun, 0.4)
    canvas.oval(x, y, radius, radius, (246, 240, 222))
    if rng.random() < 0.5:
        canvas.oval(
            x - radius * 0.42,
            y - radius * 0.12,
            radius * 0.9,
            radius * 0.9,
            mix(light.sky[0], light.sky[1], 0.6),
        )


def _draw_clouds(canvas: Canvas, light: Light, rng: Random, horizon: float) -> None:
    kind = rng.choices(("clear", "fair", "streaks", "heaped"), (2, 5, 4, 3))[0]
    if light.hour == "overcast" and kind == "clear":
        kind = "heaped"
    count = {"clear": 0, "fair": 4, "streaks": 6, "heaped": 6}[kind]
    under = mix(light.sky[1], darken(light.sky[-1], 0.3), 0.4)
    bright = mix(light.sun, light.sky[-1], 0.45) if light.lamps > 0.1 else mix(WHITE, light.sky[-1], 0.12)
    if light.hour == "night":
        bright, under = light.sky[2], light.sky[1]
    for _ in range(count):
        y = rng.uniform(horizon * 0.08, horizon * 0.72)
        away = y / horizon
        x = rng.uniform(-60, WIDTH + 60)
        wide = rng.uniform(240, 520) * (1.25 - away * 0.7)
        if kind == "streaks":
            wide *= 1.5
            high = wide * rng.uniform(0.05, 0.09)
        else:
            high = wide * (rng.uniform(0.24, 0.34) if kind == "heaped" else rng.uniform(0.16, 0.24))
        mask = _cloud_mask(rng.randrange(6), kind == "streaks")
        if kind != "streaks":
            canvas.stamp(mask, x - wide / 2, y - high * 0.42, x + wide / 2, y + high * 0.62, under, 0.5)
        canvas.stamp(
            mask, x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, bright, rng.uniform(0.55, 0.9)
        )


def _draw_birds(canvas: Canvas, light: Light, rng: Random, horizon: float) -> None:
    x, y = rng.uniform(150, 1000), rng.uniform(90, horizon * 0.45)
    ink = darken(light.sky[0], 0.45)
    for _ in range(rng.randint(3, 6)):
        bx, by, span = x + rng.uniform(-70, 70), y + rng.uniform(-34, 34), rng.uniform(5, 10)
        wing = (
            (bx - span, by - span * 0.4),
            (bx - span * 0.4, by - span * 0.5),
            (bx, by),
            (bx + span * 0.5, by - span * 0.55),
        )
        canvas.line((*wing, (bx + span, by - span * 0.3)), ink, 1.3, 0.7)


@lru_cache(maxsize=16)
def _cloud_mask(number: int, flat: bool) -> Image.Image:
    """One of a few soft cloud shapes: a heap on a level base, or a long streak."""
    rng = Random(f"cloud {number} {flat}")
    mask = Image.new("L", (360, 150))
    pen = ImageDraw.Draw(mask)
    for _ in range(26):
        share = rng.uniform(-1, 1)
        rise = (1 - share * share) * (20 if flat else 62)
        radius = rng.uniform(10, 20) + rise * 0.34
        x, y = 180 + share * 140, 108 - rng.random() * rise
        stretch = 2.4 if flat else 1.3
        pen.ellipse((x - radius * stretch, y - radius, x + radius * stretch, y + radius), fill=255)
    pen.rectangle((0, 122, 360, 150), fill=0)
    soft = mask.filter(ImageFilter.GaussianBlur(7))
    # fade towards the base, so that heaps melt into the air under them
    fade = Image.linear_gradient("L").point(
        [255 if level < 150 else max(0, 255 - (level - 150) * 4) for level in range(256)]
    )
    mask = Image.new("L", mask.size)
    mask.paste(soft, (0, 0), fade.resize(mask.size))
    return mask
