"""Photos of a listing: added, ordered, described, deleted, and prepared in the background."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import File
from django.core.files.storage import default_storage
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


def add_photo(
    *, property: Property, file: File, room_type: RoomType | None = None, alt: str = "", now: dt.datetime
) -> Photo:
    """Keep an uploaded picture and have its variants made in the background.

    Raises `PhotoRefused` or `TooManyPhotos`. Locks the property.
    """
    validate_upload(file)
    photo = Photo(property=property, room_type=room_type, alt=alt)
    photo.original.save("upload", file, save=False)
    try:
        with write_transaction():
            Property.objects.select_for_update().get(pk=property.pk)
            positions = list(
                Photo.objects.filter(property=property)
                .order_by("position")
                .values_list("position", flat=True)
            )
            if len(positions) >= MAX_PHOTOS:
                raise TooManyPhotos(
                    _("A property can have %(limit)d photos. Delete one first.") % {"limit": MAX_PHOTOS}
                )
            photo.position = positions[-1] + 1 if positions else 0
            photo.save()
            emit("photo.added", {"photo_id": photo.pk}, now=now)
    except BaseException:
        default_storage.delete(str(photo.original.name))
        raise
    return photo


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
