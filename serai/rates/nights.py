"""What is stored for single nights of products, read for calendars and for undoing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from serai.rates.models import NightPrice, NightRestriction
from serai.rates.models.plans import RestrictionTerms

# The restrictions by name, in the order in which people read them.
RESTRICTION_FIELDS = {field.name: field for field in RestrictionTerms._meta.local_fields}
RESTRICTIONS = tuple(RESTRICTION_FIELDS)


def prices_of(
    product_ids: Iterable[int], first: dt.date, last: dt.date
) -> dict[int, dict[dt.date, tuple[int, bool]]]:
    """By product and date in `[first, last]`: minor units, and whether the price was set by hand."""
    found: dict[int, dict[dt.date, tuple[int, bool]]] = defaultdict(dict)
    rows = NightPrice.objects.filter(product_id__in=list(product_ids), date__range=(first, last))
    for product_id, date, amount_minor, is_manual in rows.order_by("product_id", "date").values_list(
        "product_id", "date", "amount_minor", "is_manual"
    ):
        found[product_id][date] = (amount_minor, is_manual)
    return dict(found)


def restrictions_of(
    product_ids: Iterable[int], first: dt.date, last: dt.date
) -> dict[int, dict[dt.date, dict[str, int | bool]]]:
    """By product and date in `[first, last]`: the night's own restrictions by name, only those it has."""
    found: dict[int, dict[dt.date, dict[str, int | bool]]] = defaultdict(dict)
    rows = NightRestriction.objects.filter(product_id__in=list(product_ids), date__range=(first, last))
    for product_id, date, *values in rows.order_by("product_id", "date").values_list(
        "product_id", "date", *RESTRICTIONS
    ):
        found[product_id][date] = {
            name: value for name, value in zip(RESTRICTIONS, values, strict=True) if value is not None
        }
    return dict(found)
