"""Photos of the demo's hotels: drawn on all cores into a folder of their own, then given to the hotels.

Drawing needs no database, so it runs beside the writing of rows. An interrupted run finds what it has
drawn; only the last step, in the seed's transaction, links the files under the hotels' names.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from random import Random

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

from serai.demo.drawing import LARGE, SMALL, Picture, begin_drawing, draw_picture, picture_paths
from serai.demo.hotels import WrittenHotel
from serai.demo.plan import SEED, HotelPlan
from serai.properties.models import Photo, RoomType

# How many indoor pictures there are of one subject, climate and class; and the class of a number of stars.
LOOKS = 4
ROOM_LOOKS = 6
_CLASS = {1: 2, 2: 2, 3: 3, 4: 4, 5: 5}
# What a screen reader hears.
_ALT = {
    "exterior": "{name} seen from outside",
    "room": "{name}",
    "bathroom": "A bathroom at {name}",
    "pool": "The pool of {name}",
    "lobby": "The lobby of {name}",
    "restaurant": "The dining room of {name}",
    "view": "The view from {name}",
}


def plan_pictures(plan: HotelPlan) -> list[Picture]:
    """The exterior and two more that fit what the house has.

    Every exterior is the hotel's own. Indoors a few houses of one climate and class look alike: that
    halves the time to draw, and result lists show exteriors.
    """
    others = [
        subject
        for subject, wanted in (
            ("pool", "pool" in plan.amenities),
            ("restaurant", "restaurant" in plan.amenities),
            ("view", plan.place.setting not in {"city", "canal"}),
            ("lobby", plan.kind in {"hotel", "hostel", "resort"}),
            ("bathroom", True),
            ("view", True),
        )
        if wanted
    ]
    subjects = list(dict.fromkeys(("exterior", *others)))[:3]
    climate, stars = plan.place.climate, plan.picture_stars
    return [
        _picture("exterior", plan.number, plan.picture_climate, stars)
        if subject == "exterior"
        else _picture(
            subject, Random(f"{SEED}-{plan.number}-{subject}").randrange(LOOKS), climate, _CLASS[stars]
        )
        for subject in subjects
    ]


def plan_room_pictures(plan: HotelPlan) -> list[Picture]:
    """A bedroom for each room type, no two of one house the same."""
    looks = Random(f"{SEED}-{plan.number}-room").sample(range(ROOM_LOOKS), len(plan.rooms))
    return [_picture("room", look, plan.place.climate, _CLASS[plan.picture_stars]) for look in looks]


def _picture(subject: str, seed: int, climate: str, stars: int) -> Picture:
    stem = hashlib.sha256(f"{SEED}-{subject}-{seed}-{climate}-{stars}".encode()).hexdigest()[:32]
    return Picture(stem=stem, subject=subject, seed=seed, climate=climate, stars=stars)


class PictureStudio:
    """A pool of processes that draws; use it as a context so that none outlives the seed."""

    def __init__(self, pictures: Sequence[Picture], *, processes: int | None = None) -> None:
        self.folder = settings.LOCAL.root / "demo-pictures"
        self.pictures = list(dict.fromkeys(pictures))
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None
        self._futures: list[Future[str]] = []

    def __enter__(self) -> PictureStudio:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Spawned, not forked: this process has open database connections and threads.
        self._pool = ProcessPoolExecutor(
            max_workers=self._processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=begin_drawing,
        )
        self._futures = [
            self._pool.submit(draw_picture, picture, str(self.folder)) for picture in self.pictures
        ]
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def finish(self, report: Callable[[int, int], None]) -> None:
        """Wait until all are drawn; raises what drawing raised."""
        for done, future in enumerate(as_completed(self._futures), start=1):
            future.result()
            report(done, len(self._futures))

    def clear(self) -> None:
        """Forget the drawn files; those given to hotels stay under their own names."""
        shutil.rmtree(self.folder, ignore_errors=True)


def give_photos(hotels: Sequence[WrittenHotel], studio: PictureStudio) -> int:
    """Link each drawn picture under its hotel's names and write the photo rows; return how many."""
    if not isinstance(default_storage, FileSystemStorage):
        raise TypeError("Demo photos need the file system storage.")
    media = Path(default_storage.location)
    rows = []
    for hotel in hotels:
        pictures: list[tuple[Picture, RoomType | None]] = [
            (picture, None) for picture in plan_pictures(hotel.plan)
        ]
        pictures += zip(plan_room_pictures(hotel.plan), hotel.rooms, strict=True)
        for position, (picture, room) in enumerate(pictures):
            large, small, note = picture_paths(studio.folder, picture.stem)
            known = json.loads(note.read_text())
            photo = Photo(
                property=hotel.property,
                room_type=room,
                position=position,
                alt=_ALT[picture.subject].format(name=room.name if room else hotel.plan.name)[:160],
                original=f"originals/{hotel.property.pk}/{picture.stem}",
                status=Photo.Status.READY,
                width=known["width"],
                height=known["height"],
                colour=known["colour"],
            )
            photo.variants = {str(width): photo.variant_name(width) for width in (SMALL, LARGE)}
            for source, name in (
                (large, str(photo.original.name)),
                (large, photo.variants[str(LARGE)]),
                (small, photo.variants[str(SMALL)]),
            ):
                _link(source, media / name)
            rows.append(photo)
    Photo.objects.bulk_create(rows)
    return len(rows)


def _link(source: Path, target: Path) -> None:
    """Put the file's content under a second name, without a second copy where the disk allows it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
