"""Pictures drawn for tests."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

TURN_RIGHT = 6  # EXIF orientation: the camera was held upright


def draw(size: tuple[int, int] = (1200, 800), colour: str = "#3366cc", mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, size, colour)
    # A bright corner, so that a turned picture can be told apart.
    image.paste("#ffee00" if mode != "L" else 255, (0, 0, size[0] // 4, size[1] // 4))
    return image


def encode(image: Image.Image, kind: str = "JPEG", *, orientation: int | None = None) -> bytes:
    buffer = io.BytesIO()
    extra = {}
    if orientation:
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "Secret camera"
        extra["exif"] = exif.tobytes()
    image.save(buffer, kind, **extra)
    return buffer.getvalue()


def upload(content: bytes, name: str = "photo.jpg", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)
