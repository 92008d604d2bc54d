"""Which promotions a stay uses, and why it does not use the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from serai.bookings.models import PromotionUse
from serai.bookings.services.promotions import LIVE
from serai.rates.models import Promotion
from serai.rates.reasons import describe
from serai.rates.rules import Reason


@dataclass(frozen=True)
class PromotionNote:
    """A promotion with what it takes off the stay, or with the reason why it takes nothing off."""

    id: int
    name: str
    code: str
    saved_minor: int
    reason: Reason | None = None
    concerns_guests: bool = True

    @property
    def sentence(self) -> str:
        """Why not, in words; empty for one that applies."""
        return describe(self.reason) if self.reason else ""


# What is none of a guest's business: how the house runs its offers.
_INTERNAL = frozenset({"promotion_inactive", "promotion_other_rate", "promotion_code"})


def note_promotions(
    *,
    property_id: int,
    rate_plan_id: int | None,
    check_in: dt.date,
    check_out: dt.date,
    booking_date: dt.date,
    codes: Collection[str],
    saved: Mapping[int, int],
) -> list[PromotionNote]:
    """Every promotion of the property, in their order, in one query.

    `saved` is what the price says that each of them takes off; for the others the first condition that
    does not hold is named. Without a `rate_plan_id` they are looked at for any rate. `codes` are in
    capitals.
    """
    notes = []
    for promotion in _with_uses(Promotion.objects.filter(property_id=property_id)):
        reason = None
        if not saved.get(promotion.pk):
            reason = _why_not(
                promotion,
                rate_plan_id=rate_plan_id,
                check_in=check_in,
                check_out=check_out,
                booking_date=booking_date,
                codes=codes,
            )
        notes.append(
            PromotionNote(
                id=promotion.pk,
                name=promotion.name,
                code=promotion.code,
                saved_minor=saved.get(promotion.pk, 0),
                reason=reason,
                concerns_guests=reason is None or reason.code not in _INTERNAL,
            )
        )
    return notes


def _with_uses(promotions: QuerySet[Promotion]) -> QuerySet[Promotion]:
    """With how many bookings use each, and the rate plans that it is limited to."""
    uses = (
        PromotionUse.objects.filter(LIVE, promotion=OuterRef("pk"))
        .order_by()
        .values("promotion")
        .annotate(count=Count("*"))
    )
    return promotions.annotate(
        used_count=Subquery(uses.values("count")),
        plan_ids=ArrayAgg("rate_plans", filter=Q(rate_plans__isnull=False), default=[]),
    )


def _why_not(
    promotion: Promotion,
    *,
    rate_plan_id: int | None,
    check_in: dt.date,
    check_out: dt.date,
    booking_date: dt.date,
    codes: Collection[str],
) -> Reason:
    """The first condition that does not hold; when all do, another promotion saves more."""
    nights = (check_out - check_in).days
    ahead = (check_in - booking_date).days
    plan_ids: list[int] = promotion.plan_ids  # type: ignore[attr-defined]
    used: int = promotion.used_count or 0  # type: ignore[attr-defined]
    conditions = (
        (not promotion.is_active, Reason("promotion_inactive")),
        (bool(promotion.code) and promotion.code.upper() not in codes, Reason("promotion_code")),
        (
            bool(plan_ids) and rate_plan_id is not None and rate_plan_id not in plan_ids,
            Reason("promotion_other_rate"),
        ),
        (nights < (promotion.min_nights or 0), Reason("promotion_too_short", limit=promotion.min_nights)),
        (
            promotion.max_nights is not None and nights > promotion.max_nights,
            Reason("promotion_too_long", limit=promotion.max_nights),
        ),
        (
            promotion.min_days_ahead is not None and ahead < promotion.min_days_ahead,
            Reason("promotion_too_late", limit=promotion.min_days_ahead),
        ),
        (
            promotion.max_days_ahead is not None and ahead > promotion.max_days_ahead,
            Reason("promotion_too_early", limit=promotion.max_days_ahead),
        ),
        (
            promotion.bookable_from_date is not None and booking_date < promotion.bookable_from_date,
            Reason("promotion_not_yet", promotion.bookable_from_date),
        ),
        (
            promotion.bookable_until_date is not None and booking_date > promotion.bookable_until_date,
            Reason("promotion_over", promotion.bookable_until_date),
        ),
        (
            (promotion.stay_from_date is not None and check_out <= promotion.stay_from_date)
            or (promotion.stay_until_date is not None and check_in > promotion.stay_until_date),
            Reason("promotion_other_nights"),
        ),
        (
            promotion.limit is not None and used >= promotion.limit,
            Reason("promotion_used_up", limit=promotion.limit),
        ),
        (promotion.is_combinable, Reason("promotion_nothing_left")),
    )
    return next((reason for holds, reason in conditions if holds), Reason("promotion_not_combined"))
