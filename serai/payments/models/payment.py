"""Money that moves. Knows no booking: `reference` is whatever the caller pays for."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from serai.core.fields import CurrencyField, MinorUnitsField
from serai.core.models import TimestampedModel


class Payment(TimestampedModel):
    """One attempt to take an amount through a gateway. States move along `payments.rules`."""

    class State(models.TextChoices):
        CREATED = "created", _("Not started")
        PENDING = "pending", _("Waiting for the bank")
        SUCCEEDED = "succeeded", _("Paid")
        FAILED = "failed", _("Not paid")

    class Method(models.TextChoices):
        CARD = "card", _("Card")
        CASH = "cash", _("Cash")
        CARD_TERMINAL = "card_terminal", _("Card at the desk")
        BANK_TRANSFER = "bank_transfer", _("Bank transfer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=64, db_index=True)
    gateway = models.CharField(max_length=20)
    method = models.CharField(
        max_length=20, choices=Method.choices, default=Method.CARD, db_default=Method.CARD
    )
    # Who took it, when it was taken at the property.
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    description = models.CharField(max_length=200, blank=True)
    amount_minor = MinorUnitsField()
    refunded_minor = MinorUnitsField(default=0)
    currency = CurrencyField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.CREATED)
    provider_ref = models.CharField(max_length=80, blank=True)
    return_url = models.CharField(max_length=300, blank=True)
    redirect_url = models.CharField(max_length=300, blank=True)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_message = models.CharField(max_length=200, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="payment_refunds",
            ),
            models.UniqueConstraint(
                fields=["gateway", "provider_ref"], name="payment_provider_ref", condition=~Q(provider_ref="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.amount_minor} {self.currency} ({self.state})"


def method_label(method: str) -> str:
    """How money moved, in words; an unknown method speaks for itself."""
    return str(dict(Payment.Method.choices).get(method, method))


class Refund(TimestampedModel):
    """Money given back from one payment, once per `key`."""

    class State(models.TextChoices):
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Refunded")
        FAILED = "failed", _("Refused by the bank")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=120, unique=True)
    amount_minor = MinorUnitsField()
    reason = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    provider_ref = models.CharField(max_length=80, blank=True)
    # How often it was written to the folio: once, and once more whenever it is tried again.
    postings = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive")]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.payment_id} ({self.state})"


class GatewayEvent(models.Model):
    """A provider's message, stored before it is acted on, once per provider and event id."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="gateway_event_unique")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"
