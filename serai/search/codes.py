"""What the codes that a guest typed do at a property: open a rate, save something, or nothing yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from serai.bookings.block_selectors import BlockRooms
from serai.bookings.promotion_reasons import PromotionNote, note_promotions
from serai.core.clock import local_date
from serai.properties.models import Property
from serai.rates.models import RateCode
from serai.search.requests import Stay


@dataclass(frozen=True)
class CodeNote:
    """One code. `tone` is success when it does something, info when not for this stay, error when unknown."""

    code: str
    tone: str
    sentence: str


def read_codes(
    *,
    property_: Property,
    stay: Stay,
    saved: Mapping[int, int],
    now: dt.datetime,
    group: BlockRooms | None = None,
) -> list[CodeNote]:
    """A sentence for each code of the stay; two queries when there are any.

    `saved` is what each promotion takes off the shown prices at most, `group` the group that one is of.
    """
    if not stay.codes:
        return []
    today = local_date(now, property_.timezone)
    plans = {
        code.code.upper(): code
        for code in RateCode.objects.select_related("rate_plan")
        .annotate(upper=Upper("code"))
        .filter(property=property_, upper__in=stay.codes, is_active=True, rate_plan__is_active=True)
    }
    promotions = {
        note.code.upper(): note
        for note in note_promotions(
            property_id=property_.pk,
            rate_plan_id=None,
            check_in=stay.check_in,
            check_out=stay.check_out,
            booking_date=today,
            codes=stay.codes,
            saved=saved,
        )
        if note.code and (note.reason is None or note.reason.code != "promotion_inactive")
    }
    return [
        _note_group(group)
        if group and code == group.code
        else _note(code, plans.get(code), promotions.get(code), today)
        for code in stay.codes
    ]


def _note_group(group: BlockRooms) -> CodeNote:
    if not group.left:
        return CodeNote(
            group.code,
            "info",
            _("“%(name)s” has no rooms on all of these nights. Rooms that are open to all are shown.")
            % {"name": group.name},
        )
    return CodeNote(
        group.code,
        "success",
        _("You book with “%(name)s”: rooms and rate of the group are shown below.") % {"name": group.name},
    )


def _note(code: str, plan: RateCode | None, promotion: PromotionNote | None, today: dt.date) -> CodeNote:
    if plan is not None and plan.valid_until_date is not None and plan.valid_until_date < today:
        return CodeNote(code, "error", _("“%(code)s” is not valid any more.") % {"code": code})
    if plan is not None:
        return CodeNote(
            code,
            "success",
            _("“%(code)s” opens the rate “%(plan)s”.") % {"code": code, "plan": plan.rate_plan.name},
        )
    if promotion is not None and promotion.reason is not None:
        return CodeNote(
            code,
            "info",
            _("“%(code)s” takes nothing off this stay. %(reason)s")
            % {"code": code, "reason": promotion.sentence},
        )
    if promotion is not None:
        return CodeNote(
            code,
            "success",
            _("“%(code)s” counts: “%(name)s” is taken off the prices below.")
            % {"code": code, "name": promotion.name},
        )
    return CodeNote(
        code,
        "error",
        _("“%(code)s” is not a code of this hotel. Please check how it is written.") % {"code": code},
    )


def saved_by_promotion(prices: Sequence[Sequence[tuple[int, str, int]]]) -> dict[int, int]:
    """The most that each promotion takes off, from the `promotions` of several prices."""
    saved: dict[int, int] = {}
    for promotions in prices:
        for ref, _name, amount in promotions:
            saved[ref] = max(saved.get(ref, 0), amount)
    return saved
