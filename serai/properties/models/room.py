"""Physical rooms: what a guest gets the key of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Room(models.Model):
    """One room with a number on its door. Stays are assigned to rooms late, see `bookings.assignment`."""

    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="rooms")
    room_type = models.ForeignKey("properties.RoomType", on_delete=models.PROTECT, related_name="rooms")
    number = models.CharField(_("number or name"), max_length=20)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    is_accessible = models.BooleanField(_("step-free and wide enough for a wheelchair"), default=False)
    notes = models.CharField(_("notes"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in service"), default=True)

    class Meta:
        ordering = ["number", "id"]
        constraints = [models.UniqueConstraint(fields=["property", "number"], name="room_number_unique")]

    def __str__(self) -> str:
        return self.number
