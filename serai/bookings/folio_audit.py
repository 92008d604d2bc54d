"""Folios against bookings: the charges of a stay add up to what its booking says it costs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from serai.bookings.models import Booking


@dataclass(frozen=True, order=True)
class ChargeDifference:
    """A booking whose folio charges something else for the stay than the booking costs (minor units)."""

    booking_id: int
    reference: str
    charged: int
    owed: int


def charge_differences() -> list[ChargeDifference]:
    """Bookings whose stay is charged wrongly, in the order of their ids.

    A cancelled stay and a no-show owe their penalty, any other its total and what was given up.
    Bookings without any line for the stay are from before there were folios and are not judged;
    `bookings_without_folio` counts them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            {_CHARGED}
            SELECT owed.id, owed.reference, charged.minor, owed.minor
              FROM owed JOIN charged ON charged.reference = owed.folio
             WHERE charged.minor <> owed.minor
             ORDER BY 1
            """,  # noqa: S608 - constants of this module
            _PARAMETERS,
        )
        return [ChargeDifference(*row) for row in cursor.fetchall()]


def bookings_without_folio() -> int:
    """How many bookings that cost something have no line for the stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            {_CHARGED}
            SELECT COUNT(*) FROM owed LEFT JOIN charged ON charged.reference = owed.folio
             WHERE charged.reference IS NULL AND owed.minor <> 0
            """,  # noqa: S608 - constants of this module
            _PARAMETERS,
        )
        (count,) = cursor.fetchone()
    return int(count)


_PARAMETERS = {"cancelled": str(Booking.State.CANCELLED), "no_show": str(Booking.State.NO_SHOW)}
# Lines of a stay carry the booking's version in their keys (`payments.folio_rules`); what was added at
# the property does not. Taxes that prices include are shown and not charged again.
_CHARGED = r"""
    WITH owed AS (
        SELECT id, reference,
               CASE WHEN checkout_id IS NULL THEN 'booking:' || id ELSE 'checkout:' || checkout_id END
                   AS folio,
               penalty_minor + CASE
                   WHEN state = %(cancelled)s OR (state = %(no_show)s AND terms <> '{}') THEN 0
                   ELSE total_minor END AS minor
          FROM bookings_booking
    ), charged AS (
        SELECT reference, COALESCE(SUM(amount_minor) FILTER (WHERE NOT is_included), 0)::bigint AS minor
          FROM payments_folioline
         WHERE kind NOT IN ('payment', 'refund') AND key ~ '^v\d+:'
         GROUP BY 1
    )
"""
