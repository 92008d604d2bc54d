"""Instants on pages: in the hotel's time, to which the browser adds the reader's own."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def instant(at: dt.datetime | None, timezone: str, form: str = "D j M, H:i") -> SafeString | str:
    """An instant in the hotel's time zone; `js/zones.js` adds the reader's time where it differs."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(timezone))
    return format_html(
        '<time datetime="{}" data-zone="{}" data-local="{}">{}</time>',
        at.isoformat(),
        timezone,
        # Translators: %s is a date with its hour; it stands behind the hotel's time, in brackets.
        _("%s where you are"),
        date_format(local, form),
    )
