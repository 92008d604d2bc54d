"""The doctor's look at the books."""

from __future__ import annotations

from django.db import connection, transaction

from serai.bookings.audit import oversold_nights, recount
from serai.bookings.folio_audit import bookings_without_folio, charge_differences
from serai.core.health import Finding, Status, check

SHOWN = 3


@check("nights", needs_database=True, is_deep=True)
def nights_add_up() -> Finding:
    """What holds and bookings take is what the nights' counters say, and no night is oversold."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Both looks at the same instant, or a booking made between them looks like a mistake.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        oversold, different = oversold_nights(), recount()
    if oversold:
        some = ", ".join(f"room type {night.room_type_id} on {night.date}" for night in oversold[:SHOWN])
        return Finding(
            "nights",
            Status.FAIL,
            f"{len(oversold)} oversold ({some}{' …' if len(oversold) > SHOWN else ''})",
            "Find another room for these guests, then report this: it should not be possible.",
        )
    if different:
        some = ", ".join(f"room type {night.room_type_id} on {night.date}" for night in different[:SHOWN])
        return Finding(
            "nights",
            Status.FAIL,
            f"{len(different)} miscounted ({some}{' …' if len(different) > SHOWN else ''})",
            "Report this with the logs: only `serai.inventory.services` writes these counters.",
        )
    return Finding("nights", Status.OK, "all counters agree with holds and bookings; none oversold")


@check("booking folios", needs_database=True, is_deep=True)
def folios_charge_what_stays_cost() -> Finding:
    """What folios charge for stays is what the bookings say: the total, or the penalty."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        different, old = charge_differences(), bookings_without_folio()
    if different:
        some = ", ".join(
            f"{row.reference}: {row.charged} charged, {row.owed} owed" for row in different[:SHOWN]
        )
        return Finding(
            "booking folios",
            Status.FAIL,
            f"{len(different)} differ ({some}{' …' if len(different) > SHOWN else ''})",
            "Correct these guests' bills with an added charge or discount, then report this.",
        )
    without = f"; {old} old, without folio" if old else ""
    return Finding("booking folios", Status.OK, f"all charges agree with their bookings{without}")
