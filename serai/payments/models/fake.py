"""The fake card provider's own books: what a real provider keeps on its side of the wire."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from serai.core.fields import CurrencyField, MinorUnitsField
from serai.core.models import TimestampedModel


class FakeCharge(TimestampedModel):
    """A charge at the fake provider."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        NEEDS_ACTION = "needs_action", "Needs 3-D Secure"
        PROCESSING = "processing", "Processing"
        SUCCEEDED = "succeeded", "Succeeded"
        DECLINED = "declined", "Declined"

    id = models.CharField(primary_key=True, max_length=40)
    idempotency_key = models.CharField(max_length=80, unique=True)
    amount_minor = MinorUnitsField()
    refunded_minor = MinorUnitsField(default=0)
    currency = CurrencyField()
    description = models.CharField(max_length=200, blank=True)
    return_url = models.CharField(max_length=300)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    decline_code = models.CharField(max_length=40, blank=True)
    settles_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="fake_charge_refunds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"


class FakeRefund(models.Model):
    """A refund in the fake provider's books."""

    id = models.CharField(primary_key=True, max_length=40)
    charge = models.ForeignKey(FakeCharge, on_delete=models.PROTECT, related_name="refunds")
    idempotency_key = models.CharField(max_length=120, unique=True)
    amount_minor = MinorUnitsField()

    def __str__(self) -> str:
        return f"{self.id} of {self.charge_id}"
