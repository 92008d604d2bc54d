"""Room types: what is sold, and how many guests fit."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from serai.core.models import TimestampedModel


class RoomType(TimestampedModel):
    """A kind of room of which the property has `units`. Nights of it are pooled in `inventory`."""

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="room_types")
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    size_m2 = models.PositiveSmallIntegerField(_("size in m²"), null=True, blank=True)
    units = models.PositiveSmallIntegerField(
        _("how many of them"), default=1, validators=[MinValueValidator(1), MaxValueValidator(2000)]
    )
    base_guests = models.PositiveSmallIntegerField(
        _("guests included in the price"), default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    max_adults = models.PositiveSmallIntegerField(
        _("most adults"), default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    max_children = models.PositiveSmallIntegerField(
        _("most children"), default=1, validators=[MaxValueValidator(20)]
    )
    max_guests = models.PositiveSmallIntegerField(
        _("most guests in all"), default=3, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    amenities = models.ManyToManyField("properties.Amenity", blank=True, related_name="room_types")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["property", "name"], name="room_type_name_unique"),
            models.CheckConstraint(
                condition=Q(max_guests__gte=F("max_adults"), base_guests__lte=F("max_guests")),
                name="room_type_guests",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Bed(models.Model):
    """Beds of one kind in a room type."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("Single bed")
        DOUBLE = "double", _("Double bed")
        QUEEN = "queen", _("Queen bed")
        KING = "king", _("King bed")
        SOFA = "sofa", _("Sofa bed")
        BUNK = "bunk", _("Bunk bed")

    room_type = models.ForeignKey(RoomType, on_delete=models.CASCADE, related_name="beds")
    kind = models.CharField(_("bed"), max_length=8, choices=Kind.choices, default=Kind.DOUBLE)
    count = models.PositiveSmallIntegerField(
        _("how many"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["room_type", "kind"], name="bed_kind_unique")]

    def __str__(self) -> str:
        return f"{self.count} × {self.get_kind_display()}"
