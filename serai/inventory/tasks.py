"""Work on nights outside any request."""

from __future__ import annotations

from celery import shared_task

from serai.core.clock import utc_now
from serai.core.db import write_transaction
from serai.core.history import trim_history
from serai.inventory.models import NightHistory
from serai.inventory.services import release_expired_holds

BATCH = 200


@shared_task
def sweep_expired_holds() -> None:
    """Return the nights of expired holds, a short transaction at a time."""
    while True:
        with write_transaction():
            returned = release_expired_holds(now=utc_now(), limit=BATCH)
        if returned < BATCH:
            return


@shared_task
def trim_night_history() -> int:
    """Forget the states of nights that nobody asks about any more; return how many."""
    return trim_history(history=NightHistory._meta.db_table, now=utc_now())
