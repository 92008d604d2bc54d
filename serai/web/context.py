"""What every page's template knows."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The site's address, whether this is the demo, and where live updates come from."""
    return {"DEMO": settings.DEMO, "SITE_URL": settings.SITE_URL, "STREAM_URL": settings.STREAM_URL}
