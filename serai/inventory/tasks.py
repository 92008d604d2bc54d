"""Work on nights outside any request."""

from __future__ import annotations

from celery import shared_task

from serai.core.clock import utc_now
from serai.core.db import write_transaction
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
