"""Why something cannot be sold, or is not cheaper, in words. The codes are those of rules and of `why`."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.rates.rules import Reason, Step


def describe(reason: Reason) -> str:
    """One sentence for a reason, in the language in force. Raises `KeyError` for an unknown code."""
    date = date_format(reason.date, "j M Y") if reason.date else ""
    return _SENTENCES[reason.code](date, reason.limit or 0)


def describe_step(step: Step) -> str:
    """What a step of a night's price is. Raises `KeyError` for an unknown code."""
    return _STEPS[step.code](step.label, step.count)


def describe_remedy(reason: Reason, nights: int) -> str:
    """What would make a stay of so many nights bookable, or nothing when only other dates would."""
    limit = reason.limit or 0
    if reason.code in {"min_stay_arrival", "min_stay_through"}:
        more = limit - nights
        return ngettext("Stay %(count)d more night", "Stay %(count)d more nights", more) % {"count": more}
    if reason.code in {"max_stay_arrival", "max_stay_through"}:
        less = nights - limit
        return ngettext("Stay %(count)d night less", "Stay %(count)d nights less", less) % {"count": less}
    return ""


_SENTENCES = {
    "min_stay_arrival": lambda date, limit: (
        ngettext(
            "A stay that begins on %(date)s needs at least %(limit)d night.",
            "A stay that begins on %(date)s needs at least %(limit)d nights.",
            limit,
        )
        % {"date": date, "limit": limit}
    ),
    "max_stay_arrival": lambda date, limit: (
        ngettext(
            "A stay that begins on %(date)s can have at most %(limit)d night.",
            "A stay that begins on %(date)s can have at most %(limit)d nights.",
            limit,
        )
        % {"date": date, "limit": limit}
    ),
    "min_stay_through": lambda date, limit: (
        ngettext(
            "A stay over the night of %(date)s needs at least %(limit)d night.",
            "A stay over the night of %(date)s needs at least %(limit)d nights.",
            limit,
        )
        % {"date": date, "limit": limit}
    ),
    "max_stay_through": lambda date, limit: (
        ngettext(
            "A stay over the night of %(date)s can have at most %(limit)d night.",
            "A stay over the night of %(date)s can have at most %(limit)d nights.",
            limit,
        )
        % {"date": date, "limit": limit}
    ),
    "closed_to_arrival": lambda date, limit: _("Nobody can arrive on %(date)s.") % {"date": date},
    "closed_to_departure": lambda date, limit: _("Nobody can leave on %(date)s.") % {"date": date},
    "stop_sold": lambda date, limit: _("The night of %(date)s is not sold at this rate.") % {"date": date},
    "too_early": lambda date, limit: (
        ngettext(
            "An arrival on %(date)s can be booked from %(limit)d day before.",
            "An arrival on %(date)s can be booked from %(limit)d days before.",
            limit,
        )
        % {"date": date, "limit": limit}
    ),
    "too_late": lambda date, limit: (
        ngettext(
            "An arrival on %(date)s can be booked until %(limit)d day before.",
            "An arrival on %(date)s can be booked until %(limit)d days before.",
            limit,
        )
        % {"date": date, "limit": limit}
    ),
    "past_cutoff": lambda date, limit: (
        _("An arrival on the same day can be booked until %(limit)d:00 at the property.") % {"limit": limit}
    ),
    "released": lambda date, limit: (
        ngettext(
            "The night of %(date)s is sold until %(limit)d day before.",
            "The night of %(date)s is sold until %(limit)d days before.",
            limit,
        )
        % {"date": date, "limit": limit}
    ),
    "booking_window": lambda date, limit: _("This rate cannot be booked today."),
    "stay_window": lambda date, limit: _("This rate does not cover the night of %(date)s.") % {"date": date},
    "members_only": lambda date, limit: _("This rate is for signed-in members."),
    "needs_code": lambda date, limit: _("This rate needs a code."),
    "inactive": lambda date, limit: _("This rate or room is switched off."),
    "no_card": lambda date, limit: _("This rate is paid by card, and cards cannot be taken here."),
    "no_price": lambda date, limit: _("The night of %(date)s has no price.") % {"date": date},
    "not_opened": lambda date, limit: _("The night of %(date)s is not on sale yet.") % {"date": date},
    "closed": lambda date, limit: _("The night of %(date)s is closed.") % {"date": date},
    "sold_out": lambda date, limit: (
        ngettext(
            "Only %(limit)d room is left on %(date)s.", "Only %(limit)d rooms are left on %(date)s.", limit
        )
        % {"date": date, "limit": limit}
        if limit
        else _("No room is left on %(date)s.") % {"date": date}
    ),
    "too_small": lambda date, limit: _("The room is too small for these guests."),
    "past": lambda date, limit: _("The check-in date has passed."),
    "too_long": lambda date, limit: (
        ngettext("Stays can be up to %(limit)d night.", "Stays can be up to %(limit)d nights.", limit)
        % {"limit": limit}
    ),
    "unpublished": lambda date, limit: _("The property is not published."),
    "no_parent": lambda date, limit: _(
        "The rate that this one takes its prices from is not set for this room."
    ),
    # Why a promotion takes nothing off.
    "promotion_inactive": lambda date, limit: _("The offer is switched off."),
    "promotion_other_rate": lambda date, limit: _("It holds for other rates."),
    "promotion_code": lambda date, limit: _("It needs its code."),
    "promotion_too_short": lambda date, limit: (
        ngettext(
            "It is for stays of %(limit)d night or more.",
            "It is for stays of %(limit)d nights or more.",
            limit,
        )
        % {"limit": limit}
    ),
    "promotion_too_long": lambda date, limit: (
        ngettext(
            "It is for stays of up to %(limit)d night.", "It is for stays of up to %(limit)d nights.", limit
        )
        % {"limit": limit}
    ),
    "promotion_too_late": lambda date, limit: (
        ngettext(
            "It had to be booked %(limit)d day or more before arrival.",
            "It had to be booked %(limit)d days or more before arrival.",
            limit,
        )
        % {"limit": limit}
    ),
    "promotion_too_early": lambda date, limit: (
        ngettext("It begins %(limit)d day before arrival.", "It begins %(limit)d days before arrival.", limit)
        % {"limit": limit}
    ),
    "promotion_not_yet": lambda date, limit: _("It can be booked from %(date)s on.") % {"date": date},
    "promotion_over": lambda date, limit: _("It could be booked until %(date)s.") % {"date": date},
    "promotion_other_nights": lambda date, limit: _("It covers none of these nights."),
    "promotion_used_up": lambda date, limit: (
        ngettext(
            "It was for %(limit)d booking and is used up.",
            "It was for %(limit)d bookings and is used up.",
            limit,
        )
        % {"limit": limit}
    ),
    "promotion_not_combined": lambda date, limit: _("It does not combine with another one that saves more."),
    "promotion_nothing_left": lambda date, limit: _("The nights cost nothing already."),
}
CODES = frozenset(_SENTENCES)

_STEPS = {
    "base": lambda label, count: _("Price of the night"),
    "single": lambda label, count: _("One guest alone"),
    "adults": lambda label, count: (
        ngettext("%(count)d further adult", "%(count)d further adults", count) % {"count": count}
    ),
    "children": lambda label, count: (
        ngettext("%(count)d further child", "%(count)d further children", count) % {"count": count}
    ),
    "plan": lambda label, count: _("Rate “%(plan)s”") % {"plan": label},
    "meals": lambda label, count: (
        ngettext("Meals for %(count)d guest", "Meals for %(count)d guests", count) % {"count": count}
    ),
    "promotion": lambda label, count: _("Offer “%(name)s”") % {"name": label},
}
