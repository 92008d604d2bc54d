"""The net under the webhooks."""

from __future__ import annotations

import datetime as dt

import structlog
from celery import shared_task

from serai.core.clock import utc_now
from serai.core.errors import BusyError
from serai.payments import selectors, services

log = structlog.get_logger(__name__)

QUIET_FOR = dt.timedelta(minutes=1)
AT_MOST = 100


@shared_task
def refresh_waiting_payments() -> int:
    """Ask about payments whose webhook is overdue; return how many were decided. Run it every minute."""
    now = utc_now()
    decided = 0
    for payment_id in list(
        selectors.waiting_payments(now=now, quiet_for=QUIET_FOR, at_most=AT_MOST).values_list("pk", flat=True)
    ):
        try:
            payment = services.refresh_payment(payment_id=payment_id, now=utc_now())
        except (BusyError, services.ChargeMismatchError) as error:
            # One payment that cannot be settled must not keep the others waiting.
            log.error("payment.refresh_failed", payment_id=str(payment_id), error=str(error))
            continue
        decided += payment.state in {payment.State.SUCCEEDED, payment.State.FAILED}
    return decided
