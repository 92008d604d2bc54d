"""Which promotions a stay may use, and which of those it does use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from serai.rates.rules.nights import discount, price_night
from serai.rates.rules.terms import Party, ProductTerms, PromotionTerm


def _within(date: dt.date, first: dt.date | None, last: dt.date | None) -> bool:
    return (first is None or first <= date) and (last is None or date <= last)


def may_use(
    promotion: PromotionTerm,
    *,
    rate_plan_id: int,
    check_in: dt.date,
    check_out: dt.date,
    booking_date: dt.date,
    codes: Collection[str],
) -> bool:
    """Whether a promotion holds for a stay booked on `booking_date` (property-local). `codes` in capitals."""
    nights = (check_out - check_in).days
    ahead = (check_in - booking_date).days
    return (
        (not promotion.rate_plan_ids or rate_plan_id in promotion.rate_plan_ids)
        and (not promotion.code or promotion.code.upper() in codes)
        and (promotion.min_nights is None or nights >= promotion.min_nights)
        and (promotion.max_nights is None or nights <= promotion.max_nights)
        and (promotion.min_days_ahead is None or ahead >= promotion.min_days_ahead)
        and (promotion.max_days_ahead is None or ahead <= promotion.max_days_ahead)
        and _within(booking_date, promotion.bookable_from_date, promotion.bookable_until_date)
    )


def counts_on(promotion: PromotionTerm, date: dt.date) -> bool:
    """Whether the promotion takes something off this night."""
    return _within(date, promotion.stay_from_date, promotion.stay_until_date)


def choose_promotions(
    terms: ProductTerms, nights: Sequence[tuple[dt.date, int]], parties: Sequence[Party]
) -> tuple[PromotionTerm, ...]:
    """Of the promotions that do not combine the one that saves most, then all that combine, in their order.

    Savings are compared over the whole stay, before other discounts; the first wins among equals.
    """
    single = [promotion for promotion in terms.promotions if not promotion.is_combinable]
    combined = tuple(promotion for promotion in terms.promotions if promotion.is_combinable)
    if len(single) < 2:
        return (*single, *combined)
    costs = {
        (party, base_minor): price_night(terms, party, base_minor)
        for party in set(parties)
        for base_minor in {base_minor for _date, base_minor in nights}
    }
    amounts = [(date, costs[party, base_minor]) for date, base_minor in nights for party in parties]
    best = max(
        single,
        key=lambda promotion: sum(
            discount(promotion, amount) for date, amount in amounts if counts_on(promotion, date)
        ),
    )
    return (best, *combined)
