"""A tiny site and task queue with children of their own, to see that none of them is left behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from celery import Celery

queue = Celery("sample", broker=os.environ.get("SAMPLE_BROKER", "memory://"))
queue.conf.broker_connection_retry_on_startup = True


def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer with the number of the process that answers."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
