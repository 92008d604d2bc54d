"""Children's age bands and what they pay; what a guest alone pays less."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from serai.core.db import require_transaction, write_transaction
from serai.properties.models import Property
from serai.rates.models import ChildBand, ChildPrice, Product
from serai.rates.services.errors import ChildrenInvalid
from serai.rates.services.products import lock_property, tell_change


@dataclass(frozen=True)
class GuestPrice:
    """What few or young guests cost in a product of a plan without parent, minor units a night.

    `child_prices` has a price for each age band by its highest age; None there is the price for any
    further child. None for the whole of it, or for the discount, leaves what is stored.
    """

    product_id: int
    single_discount_minor: int | None = None
    child_prices: Mapping[int, int | None] | None = None


def save_child_bands(*, property_id: int, max_ages: Collection[int], now: dt.datetime) -> list[ChildBand]:
    """Make the property's age bands end at exactly these ages; bands that stay keep their prices.

    Raises `ChildrenInvalid` for an age that is no child's here. Locks the property.
    """
    with write_transaction():
        bands = _write_bands(lock_property(property_id), max_ages)
        tell_change(property_id, now=now)
        return bands


def save_guest_prices(
    *, property_id: int, max_ages: Collection[int], prices: Sequence[GuestPrice], now: dt.datetime
) -> None:
    """Make the bands end at exactly `max_ages`, and write what few and young guests pay.

    Raises `ChildrenInvalid`, whose `row` is the index in `prices`; `Product.DoesNotExist` when a
    product is not this property's or takes its price from another plan. Locks the property.
    """
    with write_transaction():
        property = lock_property(property_id)
        _write_bands(property, max_ages)
        write_guest_prices(property, prices)
        tell_change(property_id, now=now)


def write_guest_prices(property: Property, prices: Sequence[GuestPrice]) -> None:
    """The part of `save_guest_prices` after the bands. Needs the property locked."""
    require_transaction()
    told = [
        price for price in prices
        if price.single_discount_minor is not None or price.child_prices is not None
    ]  # fmt: skip
    if not told:
        return
    products = {
        product.pk: product
        for product in Product.objects.select_for_update(of=("self",))
        .filter(
            pk__in=[price.product_id for price in told],
            rate_plan__property=property,
            rate_plan__parent=None,
        )
        .order_by("id")
    }
    bands = {band.max_age: band for band in ChildBand.objects.filter(property=property)}
    rows, replaced = [], []
    for row, price in enumerate(prices):
        if price not in told:
            continue
        if price.product_id not in products:
            raise Product.DoesNotExist
        product = products[price.product_id]
        if price.single_discount_minor is not None:
            if not 0 <= price.single_discount_minor <= product.base_minor:
                raise ChildrenInvalid(
                    _("The discount is more than the night costs."), field="single_discount_minor", row=row
                )
            product.single_discount_minor = price.single_discount_minor
        if price.child_prices is None:
            continue
        replaced.append(product.pk)
        for max_age, amount in price.child_prices.items():
            if max_age not in bands:
                raise ChildrenInvalid(_("There is no such age band any more."), field="child_prices", row=row)
            if amount is None:
                continue
            if amount < 0:
                raise ChildrenInvalid(_("A price is not below zero."), field="child_prices", row=row)
            rows.append(ChildPrice(product=product, band=bands[max_age], amount_minor=amount))
    Product.objects.bulk_update(products.values(), ["single_discount_minor"])
    ChildPrice.objects.filter(product_id__in=replaced).delete()
    ChildPrice.objects.bulk_create(rows)


def _write_bands(property: Property, max_ages: Collection[int]) -> list[ChildBand]:
    wanted = sorted(set(max_ages))
    for age in wanted:
        if not property.infant_max_age < age <= property.child_max_age:
            raise ChildrenInvalid(
                _("Here, children are between %(first)s and %(last)s years old.")
                % {"first": property.infant_max_age + 1, "last": property.child_max_age},
                field="max_ages",
            )
    bands = ChildBand.objects.filter(property=property)
    bands.exclude(max_age__in=wanted).delete()
    there = set(bands.values_list("max_age", flat=True))
    ChildBand.objects.bulk_create(
        ChildBand(property=property, max_age=age) for age in wanted if age not in there
    )
    return list(bands.order_by("max_age"))
