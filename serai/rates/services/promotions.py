"""Discounts on nights, as hosts offer them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from serai.core.db import write_transaction
from serai.rates.models import Promotion, RatePlan
from serai.rates.services.codes import check_code
from serai.rates.services.errors import PromotionInvalid
from serai.rates.services.products import lock_property, tell_change


@dataclass(frozen=True)
class PromotionDraft:
    """A discount and all its conditions; see `rates.models.Promotion`. No plans is every plan.

    `value` is basis points for percent, minor units a night for an amount.
    """

    name: str
    value: int
    kind: str = Promotion.Kind.PERCENT
    code: str = ""
    min_nights: int | None = None
    max_nights: int | None = None
    min_days_ahead: int | None = None
    max_days_ahead: int | None = None
    bookable_from_date: dt.date | None = None
    bookable_until_date: dt.date | None = None
    stay_from_date: dt.date | None = None
    stay_until_date: dt.date | None = None
    is_combinable: bool = False
    limit: int | None = None
    rate_plan_ids: Collection[int] = ()


def save_promotion(
    *, property_id: int, draft: PromotionDraft, now: dt.datetime, promotion_id: int | None = None
) -> Promotion:
    """Add a promotion or change one; saving an ended one begins it again.

    Codes are unique per property without regard to case. Bookings made before keep their price.
    Raises `PromotionInvalid`; `Promotion.DoesNotExist` when it is not this property's. Locks the
    property, then the promotion.
    """
    _check(draft)
    with write_transaction():
        lock_property(property_id)
        ours = Promotion.objects.filter(property_id=property_id)
        plans = list(RatePlan.objects.filter(pk__in=draft.rate_plan_ids, property_id=property_id))
        if len(plans) != len(set(draft.rate_plan_ids)):
            raise PromotionInvalid(_("Choose rate plans of this property."), field="rate_plan_ids")
        if promotion_id is not None:
            promotion = ours.select_for_update().get(pk=promotion_id)
        else:
            last = ours.aggregate(last=Max("position"))["last"]
            promotion = Promotion(property_id=property_id, position=0 if last is None else last + 1)
        values = asdict(draft)
        del values["rate_plan_ids"]
        for field, value in values.items():
            setattr(promotion, field, value)
        promotion.is_active = True
        try:
            with transaction.atomic():
                promotion.save()
        except IntegrityError as error:
            raise PromotionInvalid(
                _("Another promotion has that code. Capitals do not make a difference."), field="code"
            ) from error
        promotion.rate_plans.set(plans)
        tell_change(property_id, now=now)
        return promotion


def end_promotion(*, property_id: int, promotion_id: int, now: dt.datetime) -> Promotion:
    """Give the discount to no new booking; those that have it keep it.

    Raises `Promotion.DoesNotExist` when it is not this property's. Locks property and promotion.
    """
    with write_transaction():
        lock_property(property_id)
        promotion = Promotion.objects.select_for_update().get(pk=promotion_id, property_id=property_id)
        promotion.is_active = False
        promotion.save(update_fields=["is_active"])
        tell_change(property_id, now=now)
        return promotion


def _check(draft: PromotionDraft) -> None:
    if draft.kind == Promotion.Kind.PERCENT and not 1 <= draft.value <= 10_000:
        raise PromotionInvalid(_("A discount is more than 0 and at most 100 percent."), field="value")
    if draft.kind == Promotion.Kind.AMOUNT and draft.value < 1:
        raise PromotionInvalid(_("A discount is more than nothing."), field="value")
    if draft.code:
        check_code(draft.code, error=PromotionInvalid, field="code")
    if draft.limit == 0:
        raise PromotionInvalid(_("Allow at least one booking, or leave it empty."), field="limit")
    _check_range(draft.min_nights, draft.max_nights, field="max_nights")
    _check_range(draft.min_days_ahead, draft.max_days_ahead, field="max_days_ahead")
    _check_dates(draft.bookable_from_date, draft.bookable_until_date, field="bookable_until_date")
    _check_dates(draft.stay_from_date, draft.stay_until_date, field="stay_until_date")


def _check_range(fewest: int | None, most: int | None, *, field: str) -> None:
    if fewest is not None and most is not None and most < fewest:
        raise PromotionInvalid(_("The most cannot be less than the fewest."), field=field)


def _check_dates(first: dt.date | None, last: dt.date | None, *, field: str) -> None:
    if first is not None and last is not None and last < first:
        raise PromotionInvalid(_("The last day cannot come before the first."), field=field)
