"""A level camera with upright verticals, as architects photograph: from metres to points on the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, sin, sqrt

from serai.demo.art.canvas import Canvas, Point
from serai.demo.art.palette import Colour, Light, darken, lighten, mix

Point3 = tuple[float, float, float]

NEAR = 0.25
_NORMALS: dict[str, Point3] = {
    "front": (0, 0, -1),
    "back": (0, 0, 1),
    "left": (-1, 0, 0),
    "right": (1, 0, 0),
    "top": (0, 1, 0),
}


class Stage:
    """A frame (x right, y up, z away, in metres) turned by `angle` radians, at (x, z) before the camera."""

    def __init__(
        self, canvas: Canvas, light: Light, *, focal: float, horizon: float, eye: float, centre: float = 640.0
    ) -> None:
        self.canvas, self.light = canvas, light
        self.focal, self.horizon, self.eye, self.centre = focal, horizon, eye, centre
        self.place(0.0, 0.0, 0.0)

    def place(self, angle: float, x: float, z: float) -> None:
        """Move the frame; later points are read in it."""
        self._cos, self._sin, self._x, self._z = cos(angle), sin(angle), x, z
        sun = (self.light.side * 0.62, 0.62, -0.62)
        length = sqrt(sum(part * part for part in sun))
        self.brightness: dict[str, float] = {}
        for name, (nx, ny, nz) in _NORMALS.items():
            turned = (self._cos * nx - self._sin * nz, ny, self._sin * nx + self._cos * nz)
            dot = sum(a * b for a, b in zip(turned, sun, strict=True)) / length
            self.brightness[name] = max(0.0, min(1.0, 0.24 + dot * 1.02))

    def view(self, point: Point3) -> Point3:
        x, y, z = point
        return (
            self._cos * x - self._sin * z + self._x,
            y - self.eye,
            self._sin * x + self._cos * z + self._z,
        )

    def project(self, point: Point3) -> Point:
        x, y, z = self.view(point)
        reach = self.focal / max(z, NEAR)
        return self.centre + x * reach, self.horizon - y * reach

    def size(self, point: Point3) -> float:
        """Picture units per metre at the point."""
        return self.focal / max(self.view(point)[2], NEAR)

    def outline(self, points: Sequence[Point3]) -> list[Point]:
        """The polygon on the canvas, cut where it passes behind the camera."""
        seen = [self.view(point) for point in points]
        if min(point[2] for point in seen) < NEAR:
            cut: list[Point3] = []
            for here, after in zip(seen, seen[1:] + seen[:1], strict=True):
                if here[2] >= NEAR:
                    cut.append(here)
                if (here[2] >= NEAR) != (after[2] >= NEAR):
                    share = (NEAR - here[2]) / (after[2] - here[2])
                    cut.append(
                        (here[0] + (after[0] - here[0]) * share, here[1] + (after[1] - here[1]) * share, NEAR)
                    )
            seen = cut
        return [(self.centre + x * self.focal / z, self.horizon - y * self.focal / z) for x, y, z in seen]

    def tone(self, colour: Colour, side: str) -> Colour:
        return self.light.lit(colour, self.brightness[side])

    def face(self, points: Sequence[Point3], colour: Colour, side: str, *, flat: bool = False) -> None:
        """A lit plane figure; large ones fade slightly towards the ground."""
        shape = self.outline(points)
        tone = self.tone(colour, side)
        if flat:
            self.canvas.fill(shape, tone)
        else:
            self.canvas.gradient(shape, (lighten(tone, 0.05), tone, darken(tone, 0.12)))

    def box(
        self,
        x: float,
        y: float,
        z: float,
        wide: float,
        high: float,
        deep: float,
        colour: Colour,
        *,
        flat: bool = False,
    ) -> None:
        """A block whose near lower left corner is (x, y, z); only sides that face the camera are drawn."""
        right, top, back = x + wide, y + high, z + deep
        if y > self.eye:
            under = ((x, y, z), (right, y, z), (right, y, back), (x, y, back))
            self.canvas.fill(self.outline(under), self.light.lit(colour, 0.1))
        sides: tuple[tuple[str, tuple[Point3, ...]], ...] = (
            ("left", ((x, y, back), (x, y, z), (x, top, z), (x, top, back))),
            ("right", ((right, y, z), (right, y, back), (right, top, back), (right, top, z))),
            ("front", ((x, y, z), (right, y, z), (right, top, z), (x, top, z))),
        )
        for side, corners in sides:
            if self.faces(corners):
                self.face(corners, colour, side, flat=flat)
        if top < self.eye:
            self.face(
                ((x, top, z), (right, top, z), (right, top, back), (x, top, back)), colour, "top", flat=True
            )

    def faces(self, corners: Sequence[Point3]) -> bool:
        """Whether a plane listed anticlockwise as seen from outside turns towards the camera."""
        a, b, c = (self.view(point) for point in (corners[0], corners[1], corners[2]))
        first = (b[0] - a[0], b[1] - a[1], b[2] - a[2])
        second = (c[0] - b[0], c[1] - b[1], c[2] - b[2])
        normal = (
            first[1] * second[2] - first[2] * second[1],
            first[2] * second[0] - first[0] * second[2],
            first[0] * second[1] - first[1] * second[0],
        )
        return normal[0] * a[0] + normal[1] * a[1] + normal[2] * a[2] > 0

    def ground_shadow(self, points: Sequence[Point3], alpha: float = 0.4, blur: float = 9.0) -> None:
        shade = mix(self.light.lit((40, 44, 60), 0.2), (10, 12, 24), 0.4)
        self.canvas.shadow(self.outline(points), shade, alpha, blur)


class Wall:
    """An upright plane of a stage in its own metres: u runs along it, v up from its foot."""

    def __init__(self, stage: Stage, foot: Point3, along: tuple[float, float], side: str) -> None:
        self.stage, self.foot, self.along, self.side = stage, foot, along, side

    def point(self, u: float, v: float) -> Point:
        x, y, z = self.foot
        return self.stage.project((x + u * self.along[0], y + v, z + u * self.along[1]))

    def tone(self, colour: Colour) -> Colour:
        return self.stage.tone(colour, self.side)

    def corners(self, left: float, low: float, right: float, high: float) -> list[Point]:
        return [
            self.point(left, low),
            self.point(right, low),
            self.point(right, high),
            self.point(left, high),
        ]

    def rect(
        self,
        left: float,
        low: float,
        right: float,
        high: float,
        colour: Colour,
        alpha: float = 1.0,
        *,
        raw: bool = False,
    ) -> None:
        """A rectangle on the wall; `raw` keeps the colour as it is, for what shines by itself."""
        self.stage.canvas.fill(
            self.corners(left, low, right, high), colour if raw else self.tone(colour), alpha
        )

    def shape(
        self, points: Sequence[Point], colour: Colour, alpha: float = 1.0, *, raw: bool = False
    ) -> None:
        placed = [self.point(u, v) for u, v in points]
        self.stage.canvas.fill(placed, colour if raw else self.tone(colour), alpha)

    def wash(self, points: Sequence[Point], stops: Sequence[Colour], *, sideways: bool = False) -> None:
        """A gradient in colours that are taken as they are."""
        self.stage.canvas.gradient([self.point(u, v) for u, v in points], stops, sideways=sideways)

    def line(self, points: Sequence[Point], colour: Colour, metres: float) -> None:
        width = metres * self.stage.size(self.foot)
        self.stage.canvas.line([self.point(u, v) for u, v in points], self.tone(colour), width)
