"""What every service of rates needs: the property's lock, new plans, and the products they sell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from serai.core.outbox import emit
from serai.properties.models import Property
from serai.rates.models import Product, RatePlan
from serai.rates.services.errors import RatePlanInvalid


def lock_property(property_id: int) -> Property:
    """The property, locked: who writes its rates does so alone. Needs a transaction."""
    return Property.objects.select_for_update().get(pk=property_id)


def tell_change(property_id: int, *, now: dt.datetime) -> None:
    """Say that pages and searches must read this property anew."""
    emit("property.changed", {"property_id": property_id}, now=now)


def create_plan(property: Property, *, name: str, **terms: Any) -> RatePlan:
    """Write a plan of a locked property, and its products. Raises `RatePlanInvalid`."""
    try:
        with transaction.atomic():
            plan = RatePlan.objects.create(property=property, name=name, **terms)
    except IntegrityError as error:
        raise name_is_taken() from error
    ensure_products(plan, property.room_types.filter(is_active=True).values_list("pk", flat=True))
    return plan


def name_is_taken() -> RatePlanInvalid:
    """The refusal of a second plan of the same name."""
    return RatePlanInvalid(_("Another rate plan of this property has that name."), field="name")


def ensure_products(plan: RatePlan, room_type_ids: Iterable[int]) -> None:
    """Sell these room types under the plan; products that exist stay as they are."""
    Product.objects.bulk_create(
        (Product(room_type_id=room_type_id, rate_plan=plan) for room_type_id in room_type_ids),
        ignore_conflicts=True,
    )


def ensure_products_of_property(property_id: int, room_type_ids: Sequence[int]) -> None:
    """Every plan sells every room type; products that exist stay as they are."""
    Product.objects.bulk_create(
        (
            Product(room_type_id=room_type_id, rate_plan_id=plan_id)
            for plan_id in RatePlan.objects.filter(property_id=property_id).values_list("pk", flat=True)
            for room_type_id in room_type_ids
        ),
        ignore_conflicts=True,
    )
