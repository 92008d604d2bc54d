"""Nights: the scarce thing. Only `inventory.services` writes `held` and `sold`."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Night(models.Model):
    """One room type on one property-local date.

    The table is partitioned by month of `date`. The database itself refuses to oversell:
    `held + sold <= allotment + allowance`. `allowance` is deliberate overbooking, normally 0.
    """

    pk = models.CompositePrimaryKey("room_type_id", "date")
    room_type = models.ForeignKey(
        "properties.RoomType", on_delete=models.CASCADE, related_name="nights", db_index=False
    )
    date = models.DateField()
    allotment = models.PositiveSmallIntegerField()
    held = models.PositiveSmallIntegerField(default=0)
    sold = models.PositiveSmallIntegerField(default=0)
    allowance = models.PositiveSmallIntegerField(default=0)
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(allotment__gte=F("held") + F("sold") - F("allowance")), name="night_not_oversold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_type_id} {self.date}"


class Hold(models.Model):
    """Nights kept for somebody who is about to pay. Past `expires_at` anyone may return them.

    A hold taken out of another one (a guest of a group out of the group's block) names it as `parent`:
    its nights go back there while that one is active.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        BOOKED = "booked", _("Booked")
        RELEASED = "released", _("Released")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="hold_active", condition=Q(state="active"))]

    def __str__(self) -> str:
        return f"Hold {self.id} ({self.state})"

    def lasts(self, now: dt.datetime) -> bool:
        """Whether it is active and its time is not over."""
        return self.state == self.State.ACTIVE and self.expires_at > now


class HoldItem(models.Model):
    """`quantity` units of one room type for the stay `[check_in, check_out)`."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="items")
    room_type = models.ForeignKey("properties.RoomType", on_delete=models.CASCADE, related_name="+")
    check_in = models.DateField()
    check_out = models.DateField()
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(check_out__gt=F("check_in"), quantity__gte=1), name="hold_item_stay"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.room_type_id} {self.check_in}–{self.check_out}"


class NightHistory(models.Model):
    """What a night was until `replaced_at`; written by triggers, read by `inventory.history`.

    Outlives the room type, so it has no foreign key. `number` counts up: it orders what happened to
    one night. Where `was_there` is false there was no night, and the figures say nothing.
    """

    pk = models.CompositePrimaryKey("room_type_id", "date", "number")
    room_type_id = models.BigIntegerField()
    date = models.DateField()
    number = models.BigIntegerField()
    replaced_at = models.DateTimeField()
    was_there = models.BooleanField()
    allotment = models.PositiveSmallIntegerField(null=True)
    held = models.PositiveSmallIntegerField(null=True)
    sold = models.PositiveSmallIntegerField(null=True)
    allowance = models.PositiveSmallIntegerField(null=True)
    is_closed = models.BooleanField(null=True)

    class Meta:
        indexes = [BrinIndex(fields=["replaced_at"], name="night_history_replaced")]

    def __str__(self) -> str:
        return f"{self.room_type_id} {self.date} until {self.replaced_at}"
