"""What pricing costs in processor time, without a database.

    .venv/bin/python scripts/measure_pricing.py

Twenty products of a chain of two plans, thirty nights, three taxes, two promotions; medians of seven runs.
`same` prices every night alike, `mixed` has weekday prices, `different` has thirty prices.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from serai.rates.rules import (
    Adjustment,
    Party,
    ProductTerms,
    PromotionTerm,
    RestrictionCalendar,
    Restrictions,
    TaxTerm,
    find_violations,
    price_stay,
)

PRODUCTS, NIGHTS, RUNS, REPEATS = 20, 30, 7, 10
FIRST = dt.date(2026, 12, 1)
GST = TaxTerm("GST", "percent", "room", "night", 1_200, below_minor=750_000)
CITY = TaxTerm("City", "amount", "adult", "night", 5_000, is_paid_at_property=True, max_nights=7)
SERVICE = TaxTerm("Service", "compound", "room", "stay", 500)
VAT = TaxTerm("VAT", "percent", "room", "night", 700, is_included=True)
OFFERS = (
    PromotionTerm(1, "Long stay", "percent", 1_000, min_nights=7),
    PromotionTerm(
        2, "Advent", "percent", 500, is_combinable=True, stay_from_date=FIRST + dt.timedelta(days=9)
    ),
)


def products(
    taxes: tuple[TaxTerm, ...], amount: Callable[[int], int]
) -> list[tuple[ProductTerms, list[tuple[dt.date, int]]]]:
    return [
        (
            ProductTerms(
                "INR", 2, 3, 2, 4,
                extra_adult_minor=50_000,
                adjustments=(
                    Adjustment("percent", -1_000, 100, plan="Saver"),
                    Adjustment("amount", -number, meal_adult_minor=30_000, plan="Breakfast"),
                ),
                taxes=taxes,
                promotions=OFFERS,
            ),
            [(FIRST + dt.timedelta(days=night), amount(night) + 1_000 * number) for night in range(NIGHTS)],
        )
        for number in range(PRODUCTS)
    ]  # fmt: skip


def price_all(offers: list[tuple[ProductTerms, list[tuple[dt.date, int]]]]) -> int:
    return sum(price_stay(terms, nights, [Party(2)]).total_minor for terms, nights in offers)


def restrict_all() -> int:
    calendar = RestrictionCalendar(Restrictions(min_stay_through=2, release_days=1))
    at = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    check_out = FIRST + dt.timedelta(days=NIGHTS)
    return sum(
        len(find_violations(calendar, check_in=FIRST, check_out=check_out, booked_at=at))
        for _ in range(PRODUCTS)
    )


def measure(name: str, call: Callable[[], object]) -> None:
    call()
    figures = []
    for _ in range(RUNS):
        began = time.process_time()
        for _ in range(REPEATS):
            call()
        figures.append((time.process_time() - began) / REPEATS * 1_000)
    print(f"{name:28} {statistics.median(figures):7.2f} ms   {min(figures):.2f} to {max(figures):.2f}")


if __name__ == "__main__":
    shapes: dict[str, Callable[[int], int]] = {
        "same": lambda night: 400_000,
        "mixed": lambda night: 500_000 if night % 7 in {3, 4} else 400_000,
        "different": lambda night: 400_000 + 1_234 * night,
    }
    for shape, amount in shapes.items():
        outside, inside = products((GST, CITY, SERVICE), amount), products((VAT, CITY, SERVICE), amount)
        measure(f"on top, {shape} nights", lambda offers=outside: price_all(offers))
        measure(f"one inside, {shape} nights", lambda offers=inside: price_all(offers))
    measure("restrictions", restrict_all)
