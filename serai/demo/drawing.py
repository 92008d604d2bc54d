"""Draws one demo photo into files. Imported by the pool's processes, so it must not need Django."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from serai.core.local.processes import end_with_parent
from serai.demo.art.scene import draw_photo

SMALL, LARGE = 480, 960
QUALITY = 80


@dataclass(frozen=True)
class Picture:
    """What to draw, and the file stem to keep it under."""

    stem: str
    subject: str
    seed: int
    climate: str
    stars: int


def picture_paths(folder: Path, stem: str) -> tuple[Path, Path, Path]:
    """The large and the small WebP file and the note with size and colour."""
    return folder / f"{stem}-{LARGE}.webp", folder / f"{stem}-{SMALL}.webp", folder / f"{stem}.json"


def begin_drawing() -> None:
    """Prepare a process of the pool: it ends when the seed is killed, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def draw_picture(picture: Picture, folder: str) -> str:
    """Draw a picture at 960 and 480 pixels unless it is there; return its stem.

    The note is written last and by renaming, so a picture with a note is whole.
    """
    large, small, note = picture_paths(Path(folder), picture.stem)
    if note.exists():
        return picture.stem
    image = draw_photo(
        subject=picture.subject,
        seed=picture.seed,
        size=(LARGE, LARGE * 2 // 3),
        climate=picture.climate,
        stars=picture.stars,
    )
    image.save(large, "WEBP", quality=QUALITY, method=2)
    reduced = image.resize((SMALL, SMALL * 2 // 3), Image.Resampling.LANCZOS, reducing_gap=2.0)
    reduced.save(small, "WEBP", quality=QUALITY, method=2)
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    unfinished = note.with_suffix(f".{os.getpid()}")
    unfinished.write_text(
        json.dumps(
            {"width": image.width, "height": image.height, "colour": f"#{red:02x}{green:02x}{blue:02x}"}
        )
    )
    unfinished.rename(note)
    return picture.stem
