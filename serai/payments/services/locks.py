"""The rows that are locked before money is counted. Order: gateway event, payment, refund."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from serai.payments.models import Payment, Refund


def locked_payments() -> QuerySet[Payment]:
    """Payments for update."""
    return Payment.objects.select_for_update()


def lock_refund(refund_id: uuid.UUID) -> tuple[Payment, Refund]:
    """The payment and its refund, locked in this order."""
    payment = locked_payments().get(refunds=refund_id)
    return payment, Refund.objects.select_for_update().get(pk=refund_id)
