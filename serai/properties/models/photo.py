"""Photos of a property or of one of its room types."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from serai.core.models import TimestampedModel


def original_path(photo: Photo, filename: str) -> str:
    """Where an original is kept: under a random name, so that no upload chooses its own path."""
    return f"originals/{photo.property_id}/{uuid.uuid4().hex}"


class Photo(TimestampedModel):
    """An uploaded picture; `variants` maps width in pixels to the stored WebP file's name."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Could not be read")

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="photos")
    room_type = models.ForeignKey(
        "properties.RoomType", on_delete=models.CASCADE, related_name="photos", null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(_("description"), max_length=160, blank=True)
    original = models.FileField(upload_to=original_path, max_length=200)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    error = models.CharField(max_length=200, blank=True)
    variants = models.JSONField(default=dict, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    colour = models.CharField(max_length=7, default="#d6cfc4")

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.alt or f"Photo {self.pk}"
