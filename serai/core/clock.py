"""The one place that asks what time it is. Services are handed `now`; only doors and tasks ask."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def utc_now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return dt.datetime.now(tz=dt.UTC)


def local_date(now: dt.datetime, timezone: str) -> dt.date:
    """The calendar date at `now` in an IANA time zone such as `Asia/Kolkata`."""
    return now.astimezone(ZoneInfo(timezone)).date()
