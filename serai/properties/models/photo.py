"""Photos of a property or of one of its room types."""

from __future__ import annotations

import builtins
import uuid

from django.core.files.storage import default_storage
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

    def variant_name(self, width: int) -> str:
        """Where the variant of this width is stored, under the original's random name."""
        stem = (self.original.name or "").rpartition("/")[2]
        return f"variants/{self.property_id}/{stem}-{width}.webp"

    def src(self, width: int = 960) -> str:
        """The address of the smallest variant of at least `width` pixels, else of the largest, else ""."""
        widths = sorted(map(int, self.variants))
        if not widths:
            return ""
        best = next((entry for entry in widths if entry >= width), widths[-1])
        return default_storage.url(self.variants[str(best)])

    @builtins.property  # `property` is a column here
    def srcset(self) -> str:
        """All variants for an `img`'s srcset attribute."""
        widths = sorted(map(int, self.variants))
        return ", ".join(f"{default_storage.url(self.variants[str(width)])} {width}w" for width in widths)
