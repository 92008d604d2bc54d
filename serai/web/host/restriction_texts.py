"""Restrictions of a night in few letters and in whole sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Mark(NamedTuple):
    """`short` fits into a cell of the month, `sentence` is for reading and for being read out."""

    short: str
    sentence: str


def marks_of(restrictions: Mapping[str, int | bool]) -> list[Mark]:
    """One mark for each restriction that a night has."""
    return [_mark(name, value) for name, value in restrictions.items()]


def _mark(name: str, value: int | bool) -> Mark:
    if isinstance(value, bool):
        return _switch(name, is_on=value)
    days = ngettext("%(count)d day before", "%(count)d days before", value) % {"count": value}
    if name == "min_stay_arrival":
        text = ngettext(
            "who arrives stays at least %(count)d night",
            "who arrives stays at least %(count)d nights",
            value,
        )
        return Mark(f"≥{value}", text % {"count": value})
    if name == "max_stay_arrival":
        text = ngettext(
            "who arrives stays at most %(count)d night", "who arrives stays at most %(count)d nights", value
        )
        return Mark(f"≤{value}", text % {"count": value})
    if name == "min_stay_through":
        text = ngettext(
            "only in stays of at least %(count)d night", "only in stays of at least %(count)d nights", value
        )
        return Mark(f"↔≥{value}", text % {"count": value})
    if name == "max_stay_through":
        text = ngettext(
            "only in stays of at most %(count)d night", "only in stays of at most %(count)d nights", value
        )
        return Mark(f"↔≤{value}", text % {"count": value})
    if name == "earliest_days":
        return Mark(f"↤{value}", _("arrivals bookable from %(days)s on") % {"days": days})
    if name == "latest_days":
        return Mark(f"↦{value}", _("arrivals bookable until %(days)s") % {"days": days})
    if name == "release_days":
        return Mark(f"⇥{value}", _("this night is sold until %(days)s") % {"days": days})
    return Mark(f"{value}:00", _("on the day of arrival bookable until %(hour)d:00") % {"hour": value})


def _switch(name: str, *, is_on: bool) -> Mark:
    if name == "is_stop_sold":
        return Mark(_("Stop"), _("not sold")) if is_on else Mark("✓", _("sold whatever the rate plan says"))
    if name == "is_closed_to_arrival":
        return (
            Mark("→✕", _("no arrival"))
            if is_on
            else Mark("→✓", _("arrival allowed whatever the rate plan says"))
        )
    return (
        Mark("✕→", _("no departure"))
        if is_on
        else Mark("✓→", _("departure allowed whatever the rate plan says"))
    )
