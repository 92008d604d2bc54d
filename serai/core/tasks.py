"""Tasks that every app shares."""

from __future__ import annotations

import datetime as dt

from celery import shared_task

from serai.core.clock import utc_now
from serai.core.models import OutboxMessage
from serai.core.outbox import deliver
from serai.core.partitions import MONTHS_AHEAD, ensure_partitions

KEEP_DONE = dt.timedelta(days=14)


@shared_task
def deliver_message(message_id: int) -> None:
    """Run one outbox message; safe to run twice."""
    deliver(message_id, now=utc_now())


@shared_task
def make_partitions_ahead() -> None:
    """Make the monthly partitions that the coming months will need."""
    today = utc_now().date()
    ensure_partitions(first=today - dt.timedelta(days=31), last=today + dt.timedelta(days=31 * MONTHS_AHEAD))


@shared_task
def forget_done_messages() -> None:
    """Delete outbox rows that were done long ago."""
    OutboxMessage.objects.filter(done_at__lt=utc_now() - KEEP_DONE).delete()
