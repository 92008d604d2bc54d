"""Photos of a listing: added, ordered, described, deleted, and prepared in the background."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.base import File
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from serai.core.db import write_transaction
from serai.core.errors import DomainError
from serai.core.outbox import emit
from serai.properties.models import Photo, Property, RoomType
from serai.properties.photos import PhotoRefused, delete_files, make_variants, validate_upload

MAX_PHOTOS = 60


class TooManyPhotos(DomainError):
    """The property has as many photos as it may."""

    code = "too_many_photos"

    def __init__(self) -> None:
        super().__init__(_("A property can have %(limit)d photos. Delete one first.") % {"limit": MAX_PHOTOS})


@dataclass(frozen=True)
class Upload:
    """What became of several files: photos that were kept, and (file name, reason) of those refused."""

    added: list[Photo]
    refused: list[tuple[str, DomainError]]


def add_photo(
    *, property: Property, file: File, room_type: RoomType | None = None, alt: str = "", now: dt.datetime
) -> Photo:
    """Keep an uploaded picture and have its variants made in the background.

    Raises `PhotoRefused` or `TooManyPhotos`. Locks the property.
    """
    validate_upload(file)
    photo = Photo(property=property, room_type=room_type, alt=alt)
    photo.original.save("upload", file, save=False)
    if _append(property, [photo], now=now):
        raise TooManyPhotos
    return photo


def add_photos(*, property: Property, files: Iterable[File], now: dt.datetime) -> Upload:
    """Keep those of several uploaded pictures that can be shown, in their order. Locks the property."""
    kept: list[tuple[Photo, str]] = []
    refused: list[tuple[str, DomainError]] = []
    for file in files:
        name = file.name or ""
        try:
            validate_upload(file)
        except PhotoRefused as error:
            refused.append((name, error))
            continue
        photo = Photo(property=property)
        photo.original.save("upload", file, save=False)
        kept.append((photo, name))
    surplus = _append(property, [photo for photo, _name in kept], now=now) if kept else []
    refused += [(name, TooManyPhotos()) for photo, name in kept if photo in surplus]
    return Upload(added=[photo for photo, _name in kept if photo not in surplus], refused=refused)


def _append(property: Property, photos: list[Photo], *, now: dt.datetime) -> list[Photo]:
    """Write the rows of stored originals behind the others; give back those for which there is no room."""
    surplus: list[Photo] = []
    try:
        with write_transaction():
            Property.objects.select_for_update().get(pk=property.pk)
            there = Photo.objects.filter(property=property).aggregate(count=Count("pk"), last=Max("position"))
            room_left = max(MAX_PHOTOS - there["count"], 0)
            photos, surplus = photos[:room_left], photos[room_left:]
            first = 0 if there["last"] is None else there["last"] + 1
            for position, photo in enumerate(photos, start=first):
                photo.position = position
            Photo.objects.bulk_create(photos)
            for photo in photos:
                emit("photo.added", {"photo_id": photo.pk}, now=now)
    except BaseException:
        delete_files([str(photo.original.name) for photo in (*photos, *surplus)])
        raise
    delete_files([str(photo.original.name) for photo in surplus])
    return surplus


def move_photo(*, property_id: int, photo_id: int, to: int, now: dt.datetime) -> None:
    """Put a photo at place `to` (0 is the cover) and close the gap. Locks the property."""
    with write_transaction():
        Property.objects.select_for_update().get(pk=property_id)
        photos = list(Photo.objects.filter(property_id=property_id).order_by("position", "id"))
        photo = next((photo for photo in photos if photo.pk == photo_id), None)
        if photo is None:
            raise Photo.DoesNotExist
        photos.remove(photo)
        photos.insert(max(0, min(to, len(photos))), photo)
        for position, entry in enumerate(photos):
            entry.position = position
        Photo.objects.bulk_update(photos, ["position"])
        emit("property.changed", {"property_id": property_id}, now=now)


def describe_photo(
    *, property_id: int, photo_id: int, alt: str, room_type_id: int | None, now: dt.datetime
) -> Photo:
    """Say what a photo shows, and of which room type it is (None: of the property)."""
    with write_transaction():
        photo = Photo.objects.select_for_update().get(pk=photo_id, property_id=property_id)
        photo.alt = alt
        photo.room_type = (
            RoomType.objects.get(pk=room_type_id, property_id=property_id) if room_type_id else None
        )
        photo.save(update_fields=["alt", "room_type", "updated_at"])
        emit("property.changed", {"property_id": property_id}, now=now)
        return photo


def delete_photo(*, property_id: int, photo_id: int, now: dt.datetime) -> None:
    """Delete a photo; its files go once that is committed. A second call does nothing."""
    with write_transaction():
        photo = Photo.objects.select_for_update().filter(pk=photo_id, property_id=property_id).first()
        if photo is None:
            return
        names = [photo.original.name, *photo.variants.values()]
        photo.delete()
        emit("photo.deleted", {"names": names}, now=now)
        emit("property.changed", {"property_id": property_id}, now=now)


def prepare_photo(*, photo_id: int, now: dt.datetime) -> None:
    """Make a photo's variants, or record why that is impossible; safe to run twice.

    The CPU-bound part of an upload: called by workers of the `cpu` queue.
    """
    photo = Photo.objects.filter(pk=photo_id, status=Photo.Status.PENDING).first()
    if photo is None:
        return
    try:
        drawn = make_variants(photo)
    except PhotoRefused as error:
        with write_transaction():
            Photo.objects.filter(pk=photo_id).update(status=Photo.Status.FAILED, error=str(error)[:200])
        return
    names = {str(width): photo.variant_name(width) for width in drawn.files}
    with write_transaction():
        written = Photo.objects.filter(pk=photo_id).update(
            status=Photo.Status.READY,
            error="",
            variants=names,
            width=drawn.width,
            height=drawn.height,
            colour=drawn.colour,
        )
        if written:
            emit("property.changed", {"property_id": photo.property_id}, now=now)
    if not written:
        # The host deleted it while we were drawing.
        delete_files(list(names.values()))
