"""What rates contribute to a listing's completeness."""

from __future__ import annotations

from django.utils.translation import gettext as _

from serai.properties.completeness import listing_check
from serai.properties.models import Property
from serai.rates.models import Product, RatePlan


@listing_check("rates")
def check_rates(property: Property) -> list[str]:
    """Every active room type needs a price on a plan without parent."""
    priced = set(
        Product.objects.filter(
            rate_plan__property=property,
            rate_plan__parent=None,
            rate_plan__is_active=True,
            is_active=True,
            base_minor__gt=0,
        ).values_list("room_type_id", flat=True)
    )
    rooms = list(property.room_types.filter(is_active=True))
    if not rooms:
        return [_("Add a room type first, then its price.")]
    return [_("Set a price for “%(room)s”.") % {"room": room.name} for room in rooms if room.pk not in priced]


@listing_check("policies")
def check_policies(property: Property) -> list[str]:
    """Plans carry their policies, so this is complete once there is a plan."""
    if RatePlan.objects.filter(property=property, is_active=True).exists():
        return []
    return [_("Set rates first: the cancellation terms belong to them.")]
