"""Promotions with a limit: who may still use one is decided under a lock on its row."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Q

from serai.bookings.models import Booking, PromotionUse
from serai.bookings.quotes import Quote, quote_from_json
from serai.core.db import require_transaction
from serai.inventory.models import Hold
from serai.rates.models import Promotion

# A use counts while its hold is active, and afterwards as long as its booking stands.
LIVE = Q(booking=None, hold__state=Hold.State.ACTIVE) | (
    Q(booking__isnull=False) & ~Q(booking__state=Booking.State.CANCELLED)
)


def lock_promotions(quote: Quote, *, keeps: Collection[int] = ()) -> list[int] | None:
    """Lock the limited promotions of a quote; return their ids, or None when one of them is used up.

    Promotions that the booking uses already (`keeps`) are not counted against it. Needs a transaction;
    locks promotion rows in the order of their ids, before any night.
    """
    require_transaction()
    used = {ref for ref, _name, _amount in quote.price.promotions} - set(keeps)
    if not used:
        return []
    limited = list(
        Promotion.objects.select_for_update()
        .filter(pk__in=used, limit__isnull=False)
        .order_by("pk")
        .values_list("pk", "limit")
    )
    if not limited:
        return []
    taken = list(
        PromotionUse.objects.filter(LIVE, promotion__in=[pk for pk, _limit in limited]).values_list(
            "promotion_id", flat=True
        )
    )
    if any(limit is not None and taken.count(pk) >= limit for pk, limit in limited):
        return None
    return [pk for pk, _limit in limited]


def use_promotions(
    *, promotion_ids: Collection[int], hold_id: uuid.UUID, booking_id: int | None = None
) -> None:
    """Count promotions that `lock_promotions` has found free as used by a hold, or by a booking at once."""
    require_transaction()
    if promotion_ids:
        PromotionUse.objects.bulk_create(
            [
                PromotionUse(promotion_id=promotion_id, hold_id=hold_id, booking_id=booking_id)
                for promotion_id in promotion_ids
            ],
            ignore_conflicts=True,
        )


def settle_promotions(*, quote: Quote, hold_id: uuid.UUID, booking_id: int) -> None:
    """Let the uses of a hold be the booking's from now on. Needs the transaction that confirms the hold."""
    require_transaction()
    if quote.price.promotions:
        PromotionUse.objects.filter(hold_id=hold_id).update(booking_id=booking_id)


def keep_promotions(booking: Booking) -> None:
    """Free the uses of promotions that a booking's price does not have any more. Needs a transaction."""
    require_transaction()
    if booking.price:
        refs = [ref for ref, _name, _amount in quote_from_json(booking.price).price.promotions]
        PromotionUse.objects.filter(booking=booking).exclude(promotion__in=refs).delete()
