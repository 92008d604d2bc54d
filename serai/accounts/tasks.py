"""Housekeeping for accounts. `SCHEDULE` is what beat runs."""

from __future__ import annotations

from celery import shared_task
from celery.schedules import crontab

from serai.accounts import services
from serai.core.clock import utc_now


@shared_task
def forget_never_verified() -> None:
    """Delete the accounts whose code was never typed, and old counts of tries."""
    services.forget_never_verified(now=utc_now())
    services.forget_attempts(now=utc_now())


SCHEDULE = {
    "forget-never-verified-accounts": {
        "task": "serai.accounts.tasks.forget_never_verified",
        "schedule": crontab(hour="3", minute="20"),
    },
}
