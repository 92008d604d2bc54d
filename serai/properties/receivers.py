"""What follows from changes to photos."""

from __future__ import annotations

from serai.core.clock import utc_now
from serai.core.outbox import Payload, receiver
from serai.properties.photos import delete_files
from serai.properties.services.photos import prepare_photo


@receiver("photo.added", queue="cpu")
def prepare_added_photo(payload: Payload) -> None:
    """Draw the variants in a worker process of the `cpu` queue: one message per photo uses all cores."""
    prepare_photo(photo_id=payload["photo_id"], now=utc_now())


@receiver("photo.deleted")
def delete_photo_files(payload: Payload) -> None:
    """Remove a deleted photo's original and variants from the storage."""
    delete_files(payload["names"])
