"""What has changed between two quotes, in sentences and amounts for the guest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serai.bookings.quotes import Quote, QuotedRoom
from serai.core.money import format_money
from serai.rates.rules import RoomPrice


def explain_change(old: Quote, new: Quote) -> list[str]:
    """Why the second quote is not the first, the most telling difference first.

    Nights, promotions, taxes and terms are compared each by itself; what differs in none of these ways
    is at least named by its total.
    """
    found = [
        *_nights(old, new),
        *_promotions(old, new),
        *_taxes(old, new),
        *_extras(old, new),
        *_terms(old, new),
    ]
    if not found and old.price.total_minor != new.price.total_minor:
        found.append(
            _("The total was %(old)s and is now %(new)s.")
            % {"old": _money(old, old.price.total_minor), "new": _money(new, new.price.total_minor)}
        )
    return found


def _money(quote: Quote, minor: int) -> str:
    return format_money(minor, quote.price.currency, get_language() or "en")


def _nights(old: Quote, new: Quote) -> list[str]:
    """Each night whose price differs; the same change on all nights is one sentence."""
    changed = []
    for room, before, after in zip(new.rooms, old.price.rooms, new.price.rooms, strict=True):
        for was, now in zip(before.nights, after.nights, strict=True):
            if was.base_minor != now.base_minor:
                sentence = _("The night of %(date)s in “%(room)s” costs %(new)s instead of %(old)s.") % {
                    "date": date_format(now.date, "j M Y"),
                    "room": room.room_type_name,
                    "new": _money(new, now.amount_minor),
                    "old": _money(old, was.amount_minor),
                }
                if sentence not in changed:
                    changed.append(sentence)
            elif was.amount_minor != now.amount_minor and was.steps != now.steps:
                plans = [step for step in now.steps if step not in was.steps and step.code != "promotion"]
                if plans:
                    sentence = _("The hotel has changed what “%(plan)s” costs in “%(room)s”.") % {
                        "plan": room.rate_plan_name,
                        "room": room.room_type_name,
                    }
                    if sentence not in changed:
                        changed.append(sentence)
    return changed


def _promotions(old: Quote, new: Quote) -> list[str]:
    before = {ref: name for ref, name, _amount in old.price.promotions}
    after = {ref: name for ref, name, _amount in new.price.promotions}
    return [
        *(
            _("The offer “%(name)s” is not available any more.") % {"name": name}
            for ref, name in before.items()
            if ref not in after
        ),
        *(
            _("The offer “%(name)s” is new.") % {"name": name}
            for ref, name in after.items()
            if ref not in before
        ),
    ]


def _taxes(old: Quote, new: Quote) -> list[str]:
    if old.price.room_minor != new.price.room_minor:
        return []  # They follow from the price.
    before = {tax.name: tax.amount_minor for tax in old.price.taxes}
    after = {tax.name: tax.amount_minor for tax in new.price.taxes}
    return [
        _("“%(tax)s” is %(new)s instead of %(old)s.")
        % {"tax": name, "new": _money(new, after.get(name, 0)), "old": _money(old, before.get(name, 0))}
        for name in {**before, **after}
        if before.get(name, 0) != after.get(name, 0)
    ]


def _extras(old: Quote, new: Quote) -> list[str]:
    before = {extra.extra_id: extra.amount_minor for extra in old.price.extras}
    return [
        _("“%(extra)s” costs %(new)s instead of %(old)s.")
        % {
            "extra": extra.name,
            "new": _money(new, extra.amount_minor),
            "old": _money(old, before.get(extra.extra_id, 0)),
        }
        for extra in new.price.extras
        if before.get(extra.extra_id, 0) != extra.amount_minor
    ]


def _terms(old: Quote, new: Quote) -> list[str]:
    found = []
    if any(was.meals != now.meals for was, now in zip(old.rooms, new.rooms, strict=True)):
        found.append(_("The meals in the price are different."))
    if old.price == new.price and [room.tiers for room in old.rooms] != [room.tiers for room in new.rooms]:
        found.append(_("The terms of cancelling are different."))
    if old.price == new.price and [room.terms for room in old.rooms] != [room.terms for room in new.rooms]:
        found.append(_("What is paid when is different."))
    return found


@dataclass(frozen=True)
class PriceDifference:
    """One cause of a difference between two stays, in words, and what it makes (minor units)."""

    why: str
    amount_minor: int


def explain_difference(old: Quote, new: Quote) -> list[PriceDifference]:
    """Why a changed stay costs another amount: each cause with its share, in the order of a bill.

    The shares add up to the difference of the totals; what changes nothing is left out. Rooms are
    compared in their order.
    """
    sums: dict[str, int] = defaultdict(int)
    pairs = list(
        zip_longest(
            zip(old.rooms, old.price.rooms, strict=True), zip(new.rooms, new.price.rooms, strict=True)
        )
    )
    for before, after in pairs:
        if before is None or after is None:
            price = (after or before)[1]
            why = _("Rooms that are new") if before is None else _("Rooms that are left out")
            sums[why] += price.total_minor if before is None else -price.total_minor
            continue
        _compare_nights(before, after, sums)
        sums[_("Taxes and fees")] += _on_top(after[1]) - _on_top(before[1])
    sums[_("Extras")] += new.price.extras_minor - old.price.extras_minor
    return [PriceDifference(why, amount) for why, amount in sums.items() if amount]


def _on_top(price: RoomPrice) -> int:
    return price.total_minor - price.room_minor


def _compare_nights(
    before: tuple[QuotedRoom, RoomPrice], after: tuple[QuotedRoom, RoomPrice], sums: dict[str, int]
) -> None:
    (old_room, old_price), (new_room, new_price) = before, after
    if old_room.product_id != new_room.product_id:
        kept = _("Another room or rate")
    elif old_price.party != new_price.party:
        kept = _("Other guests")
    else:
        kept = _("Other prices of the nights you have")
    was = {night.date: night.amount_minor for night in old_price.nights}
    now = {night.date: night.amount_minor for night in new_price.nights}
    for date in sorted({*was, *now}):
        if date not in was:
            sums[_("Nights that are new")] += now[date]
        elif date not in now:
            sums[_("Nights that are left out")] -= was[date]
        else:
            sums[kept] += now[date] - was[date]
