"""Why something cannot be sold, in words for people. The codes are `rates.rules`' and `bookings.why`'s."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.rates.rules import Reason


def describe(reason: Reason) -> str:
    """One sentence for a reason, in the language in force. Raises `KeyError` for an unknown code."""
    date = date_format(reason.date, "j M Y") if reason.date else ""
    return _SENTENCES[reason.code](date, reason.limit or 0)


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
        ngettext("%(limit)d room is left on %(date)s.", "%(limit)d rooms are left on %(date)s.", limit)
        % {"date": date, "limit": limit}
    ),
    "too_small": lambda date, limit: _("The room is too small for these guests."),
    "past": lambda date, limit: _("The check-in date has passed."),
    "too_long": lambda date, limit: (
        ngettext("Stays can be up to %(limit)d night.", "Stays can be up to %(limit)d nights.", limit)
        % {"limit": limit}
    ),
    "unpublished": lambda date, limit: _("The property is not published."),
}
CODES = frozenset(_SENTENCES)
