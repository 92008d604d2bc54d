"""A priced stay as lines for pages, mails and the voucher: they all add up to its total."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.bookings.quotes import Quote
from serai.bookings.rules import Terms
from serai.rates.rules import StayPrice


@dataclass(frozen=True)
class PriceLine:
    """One line of a price. `kind` is room, saving, extra, tax or included.

    Savings are negative. All lines but the included ones, which are part of the others, add up to the total.
    """

    kind: str
    label: str
    amount_minor: int
    is_paid_at_property: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is added to the total."""
        return self.kind != "included"


def price_lines(quote: Quote) -> list[PriceLine]:
    """Rooms by type and rate before offers, what offers take off, extras, and taxes."""
    price = quote.price
    rooms: dict[tuple[str, str], list[int]] = {}
    for room, priced in zip(quote.rooms, price.rooms, strict=True):
        saved = -sum(
            step.minor for night in priced.nights for step in night.steps if step.code == "promotion"
        )
        rooms.setdefault((room.room_type_name, room.rate_plan_name), []).append(priced.room_minor + saved)
    nights = nights_text((quote.request.check_out - quote.request.check_in).days)
    lines = [
        PriceLine(
            "room",
            _("%(rooms)s, %(plan)s, %(nights)s")
            % {"rooms": _times(room_type, len(amounts)), "plan": plan, "nights": nights},
            sum(amounts),
        )
        for (room_type, plan), amounts in rooms.items()
    ]
    lines += [
        PriceLine("saving", _("Offer “%(name)s”") % {"name": name}, -amount)
        for _ref, name, amount in price.promotions
    ]
    lines += [
        PriceLine("extra", _times(extra.name, extra.quantity), extra.amount_minor) for extra in price.extras
    ]
    lines += [
        PriceLine(
            "included" if tax.is_included else "tax", tax.name, tax.amount_minor, tax.is_paid_at_property
        )
        for tax in sorted(price.taxes, key=lambda tax: tax.is_included)
    ]
    return lines


@dataclass(frozen=True)
class DueLine:
    """What is to be paid when: `kind` is now, later (on `due_date`, the property's) or property."""

    kind: str
    label: str
    amount_minor: int
    due_date: dt.date | None = None


def due_lines(price: StayPrice, terms: Terms, *, timezone: str) -> list[DueLine]:
    """The deposits in order, then what is left for the property; together the total."""
    lines = []
    for part in terms.deposits:
        if part.due_at is None:
            lines.append(DueLine("now", _("Due now"), part.amount_minor))
        else:
            date = part.due_at.astimezone(ZoneInfo(timezone)).date()
            label = _("Due on %(date)s") % {"date": date_format(date, "j M Y")}
            lines.append(DueLine("later", label, part.amount_minor, date))
    rest = price.total_minor - sum(line.amount_minor for line in lines)
    if rest or not lines:
        lines.append(DueLine("property", _("At the hotel"), rest))
    return lines


def card_minor(quote: Quote) -> int:
    """What a card is charged at booking: the deposit, or all that can be paid in advance."""
    return quote.terms.due_now_minor or quote.price.prepayable_minor


def guarantee_text(terms: Terms, *, timezone: str) -> str:
    """Until when the room waits for a guest who has not arrived, in one sentence."""
    if terms.kept_until_at is not None:
        local = terms.kept_until_at.astimezone(ZoneInfo(timezone))
        return _("Your room is kept until %(time)s on %(date)s. Tell the hotel if you arrive later.") % {
            "time": time_format(local.time(), "H:i"),
            "date": date_format(local.date(), "j M Y"),
        }
    if terms.guarantee == "deposit":
        return _("Your deposit guarantees the room: it is kept for you all night.")
    if terms.guarantee == "prepaid":
        return _("Your payment guarantees the room: it is kept for you all night.")
    return _("Your room is kept for you all day.")


def nights_text(count: int) -> str:
    """Such as "3 nights"."""
    return ngettext("%(count)s night", "%(count)s nights", count) % {"count": count}


def _times(name: str, count: int) -> str:
    return f"{count} × {name}" if count > 1 else name
