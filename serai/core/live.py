"""Live updates: small facts for open pages, through Valkey, never needed for correctness.

A page gets `stream_url(channel)`, a signed address at the stream process; whoever changes something
calls `publish(channel, event)` after commit. When Valkey is away nothing is published and pages are
merely not refreshed by themselves.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.http import urlencode

log = structlog.get_logger(__name__)

SALT = "serai.core.live"
PREFIX = "live:"
MAX_AGE_SECONDS = 6 * 60 * 60


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.VALKEY_URL, socket_timeout=0.5, socket_connect_timeout=0.25, health_check_interval=30
    )


def publish(channel: str, event: dict[str, Any]) -> None:
    """Send `event` to the pages that listen to `channel`, once the transaction (if any) commits."""
    transaction.on_commit(lambda: _publish(channel, event))


def _publish(channel: str, event: dict[str, Any]) -> None:
    try:
        _client().publish(PREFIX + channel, json.dumps(event))
    except redis.RedisError as error:
        log.warning("live.not_published", channel=channel, error=str(error))


def stream_url(channel: str) -> str:
    """An address for `EventSource`. Whoever has it may listen for `MAX_AGE_SECONDS`."""
    return f"{settings.STREAM_URL}?{urlencode({'token': signing.dumps(channel, salt=SALT)})}"


def read_token(token: str) -> str:
    """The channel of a stream address; raises `signing.BadSignature` when forged or too old."""
    channel: str = signing.loads(token, salt=SALT, max_age=MAX_AGE_SECONDS)
    return channel
