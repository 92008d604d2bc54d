"""The paper: shapes, gradients, glows and shadows in units of a 1280 by 853 picture, whatever its size."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from serai.demo.art.palette import Colour

Point = tuple[float, float]

WIDTH = 1280.0
HEIGHT = 853.0
SUPERSAMPLE = 2


class Canvas:
    """Draws at twice the wanted size; `finish` brings the picture down, which smooths every edge."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.scale = max(size[0] / WIDTH, size[1] / HEIGHT) * SUPERSAMPLE
        pixels = (
            max(size[0] * SUPERSAMPLE, round(WIDTH * self.scale)),
            max(size[1] * SUPERSAMPLE, round(HEIGHT * self.scale)),
        )
        self.image = Image.new("RGB", pixels)
        self._solid = ImageDraw.Draw(self.image)
        self._clear = ImageDraw.Draw(self.image, "RGBA")

    def _pixels(self, points: Sequence[Point]) -> list[Point]:
        scale = self.scale
        return [(x * scale, y * scale) for x, y in points]

    def fill(self, points: Sequence[Point], colour: Colour, alpha: float = 1.0) -> None:
        """A polygon; nothing when clipping has left fewer than three corners."""
        if len(points) < 3:
            return
        if alpha >= 1.0:
            self._solid.polygon(self._pixels(points), fill=colour)
        else:
            self._clear.polygon(self._pixels(points), fill=(*colour, round(alpha * 255)))

    def rect(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, alpha: float = 1.0
    ) -> None:
        self.fill(((left, top), (right, top), (right, bottom), (left, bottom)), colour, alpha)

    def oval(self, x: float, y: float, across: float, up: float, colour: Colour, alpha: float = 1.0) -> None:
        """An ellipse about (x, y) with half-axes `across` and `up`."""
        scale = self.scale
        box = ((x - across) * scale, (y - up) * scale, (x + across) * scale, (y + up) * scale)
        if box[2] <= box[0] or box[3] <= box[1]:
            return
        if alpha >= 1.0:
            self._solid.ellipse(box, fill=colour)
        else:
            self._clear.ellipse(box, fill=(*colour, round(alpha * 255)))

    def line(self, points: Sequence[Point], colour: Colour, width: float = 1.0, alpha: float = 1.0) -> None:
        thickness = max(1, round(width * self.scale))
        if alpha >= 1.0:
            self._solid.line(self._pixels(points), fill=colour, width=thickness, joint="curve")
        else:
            self._clear.line(
                self._pixels(points), fill=(*colour, round(alpha * 255)), width=thickness, joint="curve"
            )

    def _box(self, points: Sequence[Point], margin: float = 0.0) -> tuple[int, int, int, int] | None:
        scale = self.scale
        xs = [x for x, _ in points]
        ys = [y for _, y in points]
        left = max(0, int((min(xs) - margin) * scale))
        top = max(0, int((min(ys) - margin) * scale))
        right = min(self.image.width, int((max(xs) + margin) * scale) + 1)
        bottom = min(self.image.height, int((max(ys) + margin) * scale) + 1)
        return (left, top, right, bottom) if right > left and bottom > top else None

    def gradient(self, points: Sequence[Point], stops: Sequence[Colour], *, sideways: bool = False) -> None:
        """A polygon filled from the first stop (its top, or its left) to the last, evenly spread."""
        if len(points) < 3:
            return
        scale = self.scale
        axis = 0 if sideways else 1
        low = min(point[axis] for point in points) * scale
        high = max(point[axis] for point in points) * scale
        box = self._box(points)
        if box is None:
            return
        left, top, right, bottom = box
        start, end = (left, right) if sideways else (top, bottom)
        ramp = _ramp(
            tuple(stops),
            end - start,
            (start - low) / max(1.0, high - low),
            (end - low) / max(1.0, high - low),
        )
        if sideways:
            ramp = ramp.transpose(Image.Transpose.TRANSPOSE)
        sheet = ramp.resize((right - left, bottom - top), Image.Resampling.NEAREST)
        mask = Image.new("L", sheet.size)
        ImageDraw.Draw(mask).polygon([(x * scale - left, y * scale - top) for x, y in points], fill=255)
        self.image.paste(sheet, (left, top), mask)

    def gradient_rect(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        stops: Sequence[Colour],
        *,
        sideways: bool = False,
    ) -> None:
        self.gradient(((left, top), (right, top), (right, bottom), (left, bottom)), stops, sideways=sideways)

    def veil(self, top: float, bottom: float, colour: Colour, above: float, below: float) -> None:
        """A full-width band of mist whose strength runs from `above` at its top to `below` at its bottom."""
        box = self._box(((0, top), (WIDTH, bottom)))
        if box is None:
            return
        height = box[3] - box[1]
        first, last = round(above * 255), round(below * 255)
        ramp = _ramp(((first,) * 3, (last,) * 3), height, 0.0, 1.0).convert("L")
        self.image.paste(colour, box, ramp.resize((self.image.width, height), Image.Resampling.NEAREST))

    def glow(self, x: float, y: float, across: float, up: float, colour: Colour, alpha: float) -> None:
        """A round light that fades to nothing at its rim."""
        self.stamp(_glow_mask(), x - across, y - up, x + across, y + up, colour, alpha)

    def stamp(
        self,
        mask: Image.Image,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: Colour,
        alpha: float = 1.0,
    ) -> None:
        """Press a grey mask in one colour on the given rectangle, which may hang over the edge."""
        scale = self.scale
        if right - left < 1 or bottom - top < 1:
            return
        box = self._box(((left, top), (right, bottom)))
        if box is None:
            return
        wide, high = (right - left) * scale, (bottom - top) * scale
        source = (
            max(0.0, (box[0] - left * scale) / wide * mask.width),
            max(0.0, (box[1] - top * scale) / high * mask.height),
            min(float(mask.width), (box[2] - left * scale) / wide * mask.width),
            min(float(mask.height), (box[3] - top * scale) / high * mask.height),
        )
        if source[2] - source[0] < 0.5 or source[3] - source[1] < 0.5:
            return
        if alpha < 1.0:
            mask = mask.point([round(level * alpha) for level in range(256)])
        sized = mask.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR, box=source)
        self.image.paste(colour, box, sized)

    def shadow(self, points: Sequence[Point], colour: Colour, alpha: float, blur: float) -> None:
        """A polygon with soft edges; `blur` in picture units."""
        if len(points) < 3:
            return
        box = self._box(points, blur * 2)
        if box is None:
            return
        coarse = max(4.0, blur * self.scale / 3)
        left, top, right, bottom = box
        small = (max(2, int((right - left) / coarse) + 1), max(2, int((bottom - top) / coarse) + 1))
        mask = Image.new("L", small)
        ratio = small[0] / (right - left), small[1] / (bottom - top)
        scale = self.scale
        ImageDraw.Draw(mask).polygon(
            [((x * scale - left) * ratio[0], (y * scale - top) * ratio[1]) for x, y in points],
            fill=round(alpha * 255),
        )
        mask = mask.filter(ImageFilter.GaussianBlur(blur * scale / coarse / 2))
        self.image.paste(colour, box, mask.resize((right - left, bottom - top), Image.Resampling.BILINEAR))

    def reflect(
        self, line: float, water: tuple[Colour, Colour], strength: float, squeeze: float = 1.0
    ) -> None:
        """Turn everything below `line` into still water that mirrors what stands above it."""
        top = round(line * self.scale)
        depth = self.image.height - top
        taken = min(top, round(depth * squeeze))
        mirror = self.image.crop((0, top - taken, self.image.width, top))
        # a coarse copy loses detail, as ripples do
        mirror = mirror.resize((max(1, mirror.width // 4), max(1, mirror.height // 10)), Image.Resampling.BOX)
        mirror = mirror.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(
            (self.image.width // 2, depth // 2), Image.Resampling.BILINEAR
        )
        sheet = _ramp(water, depth // 2, 0.0, 1.0).resize(mirror.size, Image.Resampling.NEAREST)
        blended = Image.blend(sheet, mirror, strength).resize(
            (self.image.width, depth), Image.Resampling.NEAREST
        )
        self.image.paste(blended, (0, top))

    def finish(self, grain: Image.Image) -> Image.Image:
        """The picture at its real size, with a breath of paper grain."""
        small = self.image.reduce(SUPERSAMPLE)
        left, top = (small.width - self.size[0]) // 2, (small.height - self.size[1]) // 2
        small = small.crop((left, top, left + self.size[0], top + self.size[1]))
        sheet = Image.new("RGB", self.size)
        for y in range(0, self.size[1], grain.height):
            for x in range(0, self.size[0], grain.width):
                sheet.paste(grain, (x, y))
        return ImageChops.add(small, sheet, 1, -128)


def _ramp(stops: tuple[Colour, ...], length: int, start: float, end: float) -> Image.Image:
    """A column one pixel wide that shows the part `start` to `end` of an evenly spread gradient."""
    strip = Image.new("RGB", (1, len(stops)))
    strip.putdata(stops)
    span = len(stops) - 1
    if span == 0:
        return strip
    first = min(span - 0.02, max(0.0, start * span))
    last = max(first + 0.01, min(float(span), end * span))
    return strip.resize((1, max(1, length)), Image.Resampling.BILINEAR, box=(0, 0.5 + first, 1, 0.5 + last))


@lru_cache(maxsize=1)
def _glow_mask() -> Image.Image:
    fall = [round(255 * max(0.0, 1 - level / 181) ** 2) for level in range(256)]
    return Image.radial_gradient("L").point(fall)


@lru_cache(maxsize=1)
def paper_grain() -> Image.Image:
    """A tile of faint monochrome noise centred on 128."""
    noise = Image.frombytes("L", (256, 256), Random("grain").randbytes(256 * 256))
    return noise.point([125 + level * 6 // 255 for level in range(256)]).convert("RGB")
