"""Checkouts: what is held for a guest, for which price, and which promotions it uses up."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from serai.core.models import TimestampedModel


class Checkout(TimestampedModel):
    """A hold with the frozen quote it was made for, and what the guest has typed so far."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        BOOKED = "booked", _("Booked")
        REFUSED = "refused", _("Sold out before payment came")
        ABANDONED = "abandoned", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hold = models.OneToOneField("inventory.Hold", on_delete=models.PROTECT, related_name="checkout")
    property = models.ForeignKey("properties.Property", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="checkouts", null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    # `bookings.quotes.Quote.as_json()`: the request, every price step, the terms, the versions used.
    quote = models.JSONField()
    # Of the token it was made from: sending the same form twice must not hold two rooms.
    quote_digest = models.CharField(max_length=64, db_index=True)
    guest_name = models.CharField(max_length=120, blank=True)
    guest_email = models.EmailField(blank=True)
    guest_phone = models.CharField(max_length=24, blank=True)
    arrival_time = models.CharField(max_length=40, blank=True)
    requests = models.TextField(max_length=1000, blank=True)
    billing = models.CharField(max_length=400, blank=True, default="", db_default="")
    payment_method = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"Checkout {self.id} ({self.state})"


class PromotionUse(models.Model):
    """One booking's use of a promotion with a limit, counted from the hold on.

    It counts while its hold is active, and for ever once there is a booking that is not cancelled.
    """

    promotion = models.ForeignKey("rates.Promotion", on_delete=models.CASCADE, related_name="uses")
    hold = models.ForeignKey("inventory.Hold", on_delete=models.PROTECT, related_name="promotion_uses")
    booking = models.ForeignKey(
        "bookings.Booking", on_delete=models.PROTECT, related_name="promotion_uses", null=True, blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["promotion", "hold"], name="promotion_use_once")]

    def __str__(self) -> str:
        return f"{self.promotion_id} by {self.hold_id}"
