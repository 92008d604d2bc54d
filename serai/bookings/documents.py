"""What a guest carries: the voucher (PDF) and the calendar file. Both in the guest's language."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.conf import settings
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from serai.bookings.lines import due_lines, guarantee_text, price_lines
from serai.bookings.models import Booking, BookingRoom
from serai.bookings.quotes import quote_from_json
from serai.bookings.rules import check_in_instant, tiers_from_json
from serai.bookings.selectors import active_rooms, balance_minor, is_over, paid_minor
from serai.core.mail import Attachment
from serai.core.money import format_money
from serai.core.pdf import own_direction, render_pdf

SOURCE = Path(__file__).parent / "typst" / "voucher.typ"


def voucher(booking: Booking) -> Attachment:
    """The confirmation as a PDF of one page; needs `property.destination`, rooms and rate plans loaded."""
    pdf = render_pdf(SOURCE, voucher_data(booking))
    return Attachment(f"voucher-{booking.reference}.pdf", pdf, "application/pdf")


def voucher_data(booking: Booking) -> dict[str, object]:
    """The words and amounts on the voucher, in the active language."""
    language = get_language() or "en"

    def money(minor: int) -> str:
        return format_money(minor, booking.currency, language)

    def day(date: dt.date) -> str:
        return format_date(date, "full", locale=language)

    property_ = booking.property
    place = property_.destination.name if property_.destination else ""
    quote = quote_from_json(booking.price) if booking.price else None
    lines = [
        {
            "label": line.label + ("" if line.counts else f" ({_('included')})"),
            "amount": money(line.amount_minor),
        }
        for line in (price_lines(quote) if quote else ())
    ]
    later = [
        {"label": line.label, "amount": money(line.amount_minor)}
        for line in (due_lines(quote.price, quote.terms, timezone=property_.timezone) if quote else ())
        if line.kind == "later"
    ]
    return {
        "brand": "Serai",
        "rtl": get_language_bidi(),
        "reference_label": _("Booking"),
        "reference": booking.reference,
        "property": property_.name,
        "address": [
            own_direction(part)
            for part in (property_.address, f"{property_.postal_code} {place}".strip(), property_.phone)
            if part
        ],
        "facts": [
            {
                "label": _("Check-in"),
                "value": day(booking.check_in),
                "note": _("from %(time)s") % {"time": property_.check_in_from.strftime("%H:%M")},
            },
            {
                "label": _("Check-out"),
                "value": day(booking.check_out),
                "note": _("until %(time)s") % {"time": property_.check_out_until.strftime("%H:%M")},
            },
            {"label": _("Guest"), "value": booking.guest_name, "note": _nights(booking)},
        ],
        "rooms_title": _("Rooms"),
        "rooms": [
            {
                "name": room.room_type.name,
                "plan": room.rate_plan.name if room.rate_plan else "",
                "guests": guests_text(room),
            }
            for room in active_rooms(booking)
        ],
        "price_title": _("Price"),
        "lines": lines,
        "total_label": _("Total with all taxes"),
        "total": money(booking.total_minor),
        "dues": [
            *(
                [{"label": _("For what was cancelled"), "amount": money(booking.penalty_minor)}]
                if booking.penalty_minor and not is_over(booking)
                else []
            ),
            {"label": _("Paid"), "amount": money(paid_minor(booking))},
            *later,
            {"label": _("To be paid at the property"), "amount": money(balance_minor(booking))},
        ],
        "policy_title": _("If you cancel"),
        "policy": policy_lines(booking),
        "guarantee": guarantee_text(quote.terms, timezone=property_.timezone) if quote else "",
        "requests_title": _("Your wishes"),
        "requests": booking.requests,
        "footer": _("Times are those at the property (%(timezone)s).") % {"timezone": property_.timezone},
    }


def guests_text(room: BookingRoom) -> str:
    """Who sleeps in a room, such as "2 adults, 1 child (aged 5)"."""
    text = ngettext("%(count)s adult", "%(count)s adults", room.adults) % {"count": room.adults}
    if room.children_ages:
        children = ngettext("%(count)s child", "%(count)s children", len(room.children_ages))
        ages = ", ".join(str(age) for age in room.children_ages)
        text += (
            ", "
            + children % {"count": len(room.children_ages)}
            + " ("
            + _("aged %(ages)s") % {"ages": ages}
            + ")"
        )
    return text


def policy_lines(booking: Booking) -> list[str]:
    """The frozen cancellation policy in sentences, in the property's time zone."""
    language = get_language() or "en"
    tiers = tiers_from_json(booking.cancellation_tiers)
    if not any(tier.penalty_minor for tier in tiers):
        return [_("Cancelling is free until check-in.")]
    zone = ZoneInfo(booking.property.timezone)
    lines = []
    for tier in tiers:
        amount = format_money(tier.penalty_minor, booking.currency, language)
        if tier.from_at is None:
            lines.append(_("From booking on: %(amount)s.") % {"amount": amount})
        else:
            when = format_datetime(tier.from_at, "d MMMM y, HH:mm", tzinfo=zone, locale=language)
            is_first = not lines
            lines.append(_("From %(when)s: %(amount)s.") % {"when": when, "amount": amount})
            if is_first:
                lines.append(_("Free before that."))
    return lines


def calendar_file(booking: Booking) -> Attachment:
    """The stay as an iCalendar event; its UID stays the same, so a change replaces the old entry."""
    property_ = booking.property
    calendar = Calendar()
    calendar.add("prodid", "-//Serai//Stay//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"{booking.reference}@serai")
    event.add("sequence", booking.version)
    event.add("dtstamp", booking.updated_at)
    event.add(
        "dtstart",
        check_in_instant(
            check_in=booking.check_in, check_in_from=property_.check_in_from, timezone=property_.timezone
        ),
    )
    event.add(
        "dtend",
        check_in_instant(
            check_in=booking.check_out, check_in_from=property_.check_out_until, timezone=property_.timezone
        ),
    )
    event.add("summary", _("Stay at %(property)s") % {"property": property_.name})
    event.add("location", ", ".join(part for part in (property_.name, property_.address) if part))
    event.add("description", _("Booking %(reference)s") % {"reference": booking.reference})
    event.add("url", f"{settings.SITE_URL}/trips/{booking.reference}/")
    calendar.add_component(event)
    return Attachment(f"stay-{booking.reference}.ics", calendar.to_ical(), "text/calendar")


def _nights(booking: Booking) -> str:
    count = (booking.check_out - booking.check_in).days
    return ngettext("%(count)s night", "%(count)s nights", count) % {"count": count}
