"""Limits on guessing, exact where it matters and never in the way of signing in.

Two limits stand behind each other:

* `take_attempt` counts tries at one code in the database, one atomic statement per try. allauth's
  own count lives in the session, where parallel requests all read the same old number.
* allauth's rate limits (codes asked for, failed passwords) live in the cache. `RateLimitCache`
  keeps them in this process's memory while Valkey is away: without it allauth takes a lock it
  cannot have for "too many tries" and nobody could sign in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted

from serai.accounts.models import CodeAttempts

log = structlog.get_logger(__name__)

ATTEMPTS_KEPT = dt.timedelta(hours=1)
RATE_LIMIT_PREFIX = "allauth:rl:"
SECONDS_BEFORE_ASKING_AGAIN = 5.0


def take_attempt(*, subject: str, limit: int, now: dt.datetime) -> bool:
    """Use up one of `limit` tries at `subject`; False when none was left.

    Call it before comparing anything, outside a transaction, so that a rollback gives no try back.
    """
    key = hashlib.sha256(subject.encode()).hexdigest()
    table = CodeAttempts._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS known (key, count, expires_at) VALUES (%s, 1, %s)"  # noqa: S608
            " ON CONFLICT (key) DO UPDATE SET count = known.count + 1 RETURNING count",
            [key, now + ATTEMPTS_KEPT],
        )
        (count,) = cursor.fetchone()
    return count <= limit


class RateLimitCache(RedisCache):
    """The default cache; allauth's rate limits fall back to this process's memory.

    Everything else keeps django-redis's way: what cannot be read is a miss.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("rate-limits", {})
        self._away_until = 0.0

    def _limited(self, name: str, key: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return getattr(self.client, name)(key, *args, **kwargs)
            except ConnectionInterrupted:
                log.warning("rate_limits.in_memory", seconds=SECONDS_BEFORE_ASKING_AGAIN)
                self._away_until = time.monotonic() + SECONDS_BEFORE_ASKING_AGAIN
        return getattr(self._memory, name)(key, *args, **kwargs)

    def add(self, key: str, *args: Any, **kwargs: Any) -> Any:
        if key.startswith(RATE_LIMIT_PREFIX):
            return self._limited("add", key, *args, **kwargs)
        return super().add(key, *args, **kwargs)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        if key.startswith(RATE_LIMIT_PREFIX):
            return self._limited("get", key, *args, **kwargs)
        return super().get(key, *args, **kwargs)

    def set(self, key: str, *args: Any, **kwargs: Any) -> Any:
        if key.startswith(RATE_LIMIT_PREFIX):
            return self._limited("set", key, *args, **kwargs)
        return super().set(key, *args, **kwargs)

    def delete(self, key: str, *args: Any, **kwargs: Any) -> Any:
        if key.startswith(RATE_LIMIT_PREFIX):
            return self._limited("delete", key, *args, **kwargs)
        return super().delete(key, *args, **kwargs)
