"""Work on prices and restrictions outside any request."""

from __future__ import annotations

from celery import shared_task

from serai.core.clock import utc_now
from serai.core.history import trim_history
from serai.rates.models import NightPriceHistory, NightRestrictionHistory


@shared_task
def trim_rate_history() -> int:
    """Forget prices and restrictions of nights that nobody asks about any more; return how many."""
    return sum(
        trim_history(history=model._meta.db_table, now=utc_now())
        for model in (NightPriceHistory, NightRestrictionHistory)
    )
