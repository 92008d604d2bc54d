"""Restrictions of single nights, of any product: also of derived rate plans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import BooleanField, Q
from django.utils.translation import gettext as _

from serai.core.db import require_transaction
from serai.core.errors import DomainError
from serai.core.partitions import ensure_partitions
from serai.rates.models import NightRestriction, Product
from serai.rates.nights import RESTRICTION_FIELDS, RESTRICTIONS

LARGEST = 32_767
# A lowest and a highest of the same thing: given together, the second must not lie below the first.
_PAIRS = (
    ("min_stay_arrival", "max_stay_arrival"),
    ("min_stay_through", "max_stay_through"),
    ("latest_days", "earliest_days"),
)


class RestrictionRefused(DomainError):
    """A restriction that does not exist, or a value that it cannot have; `name` says which."""

    code = "restriction_refused"

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def set_restrictions(
    *,
    product_ids: Iterable[int],
    dates: Iterable[dt.date],
    changes: Mapping[str, int | bool | None],
    now: dt.datetime,
) -> int:
    """Set the named restrictions on the given nights and leave the others; return how many nights changed.

    None takes a restriction off; False says that it does not hold on the night, whatever the rate plan
    says. Raises `RestrictionRefused`; then nothing was changed. Needs a transaction; locks the
    products in the order of their ids.
    """
    require_transaction()
    _check(changes)
    ids = _lock_products(product_ids)
    dates = sorted(set(dates))
    if not (ids and dates and changes):
        return 0
    if all(value is None for value in changes.values()):
        return _take_off(ids, dates, changes)
    names = list(changes)
    ensure_partitions(first=dates[0], last=dates[-1])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO rates_nightrestriction AS night (product_id, date, {', '.join(names)})"  # noqa: S608
            f" SELECT product_id, day, {', '.join(f'%({name})s::{_type(name)}' for name in names)}"
            " FROM unnest(%(product_ids)s::bigint[]) AS product_id, unnest(%(dates)s::date[]) AS day"
            " ORDER BY product_id, day"
            " ON CONFLICT (product_id, date) DO UPDATE SET "
            + ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
            + f" WHERE {_row('night', names)} IS DISTINCT FROM {_row('EXCLUDED', names)}",
            {**changes, "product_ids": ids, "dates": dates},
        )
        return cursor.rowcount


def restore_restrictions(
    *, product_id: int, nights: Mapping[dt.date, Mapping[str, int | bool | None]], now: dt.datetime
) -> int:
    """Make each night's restrictions exactly what is given, empty for none; return how many changed.

    Raises `RestrictionRefused`. Needs a transaction; locks the product.
    """
    require_transaction()
    for restrictions in nights.values():
        _check(restrictions)
    _lock_products([product_id])
    rows = {
        date: {name: restrictions.get(name) for name in RESTRICTIONS}
        for date, restrictions in sorted(nights.items())
        if any(value is not None for value in restrictions.values())
    }
    stored = NightRestriction.objects.filter(product_id=product_id)
    changed = stored.filter(date__in=[date for date in nights if date not in rows]).delete()[0]
    if rows:
        ensure_partitions(first=min(rows), last=max(rows))
        with connection.cursor() as cursor:
            cursor.execute(_RESTORE, [product_id, list(rows), *_columns(rows)])
            changed += cursor.rowcount
    return changed


def _columns(rows: Mapping[dt.date, Mapping[str, Any]]) -> list[list[Any]]:
    return [[row[name] for row in rows.values()] for name in RESTRICTIONS]


def _take_off(ids: list[int], dates: list[dt.date], names: Iterable[str]) -> int:
    """Rows that say nothing else are deleted, the others lose what is named."""
    nights = NightRestriction.objects.filter(product_id__in=ids, date__in=dates)
    says_more = Q()
    says_it = Q()
    for name in RESTRICTIONS:
        if name in names:
            says_it |= Q(**{f"{name}__isnull": False})
        else:
            says_more |= Q(**{f"{name}__isnull": False})
    changed = nights.filter(~says_more).delete()[0] if says_more else nights.delete()[0]
    return changed + nights.filter(says_it).update(**dict.fromkeys(names))


def _check(changes: Mapping[str, int | bool | None]) -> None:
    for name, value in changes.items():
        if name not in RESTRICTIONS:
            raise RestrictionRefused(name, _("There is no restriction called “%(name)s”.") % {"name": name})
        if value is None:
            continue
        field = RESTRICTION_FIELDS[name]
        if isinstance(field, BooleanField) is not isinstance(value, bool):
            raise RestrictionRefused(name, _("This restriction needs another kind of value."))
        try:
            field.run_validators(value)
        except ValidationError as error:
            raise RestrictionRefused(name, " ".join(error.messages)) from error
        if not 0 <= value <= LARGEST:
            raise RestrictionRefused(name, _("That number is out of reach. Choose a smaller one."))
    for low, high in _PAIRS:
        least, most = changes.get(low), changes.get(high)
        if least is not None and most is not None and most < least:
            raise RestrictionRefused(
                high,
                _("Nobody could book: this must not be lower than “%(other)s”.") % {"other": _label(low)},
            )


def _label(name: str) -> str:
    return str(RESTRICTION_FIELDS[name].verbose_name)


def _lock_products(product_ids: Iterable[int]) -> list[int]:
    locked = Product.objects.select_for_update().filter(pk__in=list(product_ids)).order_by("id")
    return list(locked.values_list("pk", flat=True))


def _type(name: str) -> str:
    return "boolean" if isinstance(RESTRICTION_FIELDS[name], BooleanField) else "smallint"


def _row(source: str, names: Iterable[str]) -> str:
    return "ROW(" + ", ".join(f"{source}.{name}" for name in names) + ")"


_RESTORE = f"""
    INSERT INTO rates_nightrestriction AS night (product_id, date, {", ".join(RESTRICTIONS)})
    SELECT %s, * FROM unnest(%s::date[], {", ".join(f"%s::{_type(name)}[]" for name in RESTRICTIONS)})
    ON CONFLICT (product_id, date) DO UPDATE
       SET {", ".join(f"{name} = EXCLUDED.{name}" for name in RESTRICTIONS)}
     WHERE {_row("night", RESTRICTIONS)} IS DISTINCT FROM {_row("EXCLUDED", RESTRICTIONS)}
"""  # noqa: S608 - names of our own columns
