"""Nights set aside for a group, and guests who wait for nights."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from serai.core.models import TimestampedModel


class Block(TimestampedModel):
    """Rooms set aside for a group until its release date. Guests of the group book them with its code.

    `hold` keeps the nights that nobody of the group has picked up yet; it expires at the release date.
    """

    property = models.ForeignKey("properties.Property", on_delete=models.PROTECT, related_name="blocks")
    rate_plan = models.ForeignKey("rates.RatePlan", on_delete=models.PROTECT, related_name="blocks")
    hold = models.OneToOneField("inventory.Hold", on_delete=models.PROTECT, related_name="block")
    name = models.CharField(_("group"), max_length=120)
    code = models.CharField(_("code"), max_length=40, unique=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    release_date = models.DateField(_("what is not booked goes back on"))

    class Meta:
        ordering = ["-release_date", "id"]

    def __str__(self) -> str:
        return self.name


class BlockNight(models.Model):
    """How many rooms of a type a block was made with on one night."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="nights")
    room_type = models.ForeignKey("properties.RoomType", on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["date", "room_type_id"]
        constraints = [
            models.UniqueConstraint(fields=["block", "room_type", "date"], name="block_night_unique"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="block_night_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.block_id} {self.room_type_id} {self.date} {self.quantity}"


class WaitlistEntry(TimestampedModel):
    """Somebody who wants a stay that is sold out. When its nights are free, it is held for them a while.

    Whoever waits longest is offered first; an offer that is not taken passes to the next.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OFFERED = "offered", _("Offered")
        BOOKED = "booked", _("Booked")
        LAPSED = "lapsed", _("Offer not taken")
        LEFT = "left", _("No longer wanted")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="waitlist_entries"
    )
    property = models.ForeignKey("properties.Property", on_delete=models.CASCADE, related_name="waitlist")
    room_type = models.ForeignKey("properties.RoomType", on_delete=models.CASCADE, related_name="waitlist")
    product = models.ForeignKey("rates.Product", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    check_in = models.DateField()
    check_out = models.DateField()
    # `bookings.quotes.StayRequest.as_json()`: the whole wish, to be quoted when there is room.
    request = models.JSONField()
    language = models.CharField(max_length=10, default="en")
    checkout = models.OneToOneField(
        "bookings.Checkout", on_delete=models.SET_NULL, related_name="waitlist_entry", null=True, blank=True
    )
    offered_at = models.DateTimeField(null=True, blank=True)
    # Why it lapsed without an offer, in the guest's language.
    note = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(check_out__gt=F("check_in")), name="waitlist_stay"),
            models.UniqueConstraint(
                fields=["user", "product", "check_in", "check_out"],
                name="waitlist_once",
                condition=Q(state__in=["waiting", "offered"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["room_type", "check_in"], name="waitlist_waiting", condition=Q(state="waiting")
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.room_type_id} {self.check_in} ({self.state})"
