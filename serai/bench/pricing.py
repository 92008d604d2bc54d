"""How much processor time pricing costs, and how long a host waits for a year of new prices."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from serai.bench.crowd import median
from serai.core.clock import utc_now
from serai.core.db import write_transaction
from serai.inventory.services import open_nights
from serai.properties.models import Property, RoomType
from serai.rates.models import CancellationPolicy, CancellationTier, Product, Promotion, RatePlan, TaxRule
from serai.rates.rules import Party
from serai.rates.selectors import load_offers
from serai.rates.services.prices import fill_products

QUOTED_PRODUCTS, QUOTED_NIGHTS = 20, 30
UPDATED_PRODUCTS, UPDATED_NIGHTS = 200, 365
ROUNDS = 7


def measure_pricing(*, report: Callable[[str], None]) -> dict[str, Any]:
    """Measure both in a scratch database; times are medians of `ROUNDS` with the lowest and highest."""
    now = utc_now()
    first = now.date() + dt.timedelta(days=30)
    report(f"a quote of {QUOTED_NIGHTS} nights × {QUOTED_PRODUCTS} products")
    quoted = _quotes(first, now=now)
    report(f"{UPDATED_NIGHTS} nights of {UPDATED_PRODUCTS} products get new prices")
    return {"quote": quoted, "price_update": _updates(first, now=now)}


def _hotel(name: str, rooms: int, *, first: dt.date, nights: int, now: dt.datetime) -> list[Product]:
    """A hotel with taxes, promotions and a derived plan; returns the products of the root plan."""
    last = first + dt.timedelta(days=nights - 1)
    with write_transaction():
        property_ = Property.objects.create(
            slug=name, name=name, currency="INR", timezone="Asia/Kolkata", status=Property.Status.PUBLISHED
        )
        policy = CancellationPolicy.objects.create(property=property_, name="Flexible")
        CancellationTier.objects.create(policy=policy, hours_before=24, kind="nights", value=1)
        root = RatePlan.objects.create(property=property_, policy=policy, name="Flexible")
        saver = RatePlan.objects.create(
            property=property_,
            policy=policy,
            name="Saver",
            parent=root,
            adjustment_value=-1000,
            rounding_minor=100,
        )
        TaxRule.objects.create(property=property_, name="GST 12 %", value=1200, below_minor=750_000)
        TaxRule.objects.create(property=property_, name="GST 18 %", value=1800, from_minor=750_000)
        TaxRule.objects.create(
            property=property_, name="City", kind="amount", basis="person", value=5_000, max_nights=7
        )
        Promotion.objects.create(property=property_, name="Long stay", value=1000, min_nights=7)
        room_types = RoomType.objects.bulk_create(
            RoomType(property=property_, name=f"Room {number}", units=5) for number in range(rooms)
        )
        products = Product.objects.bulk_create(
            Product(room_type=room, rate_plan=root, base_minor=700_000 + 1_000 * number)
            for number, room in enumerate(room_types)
        )
        Product.objects.bulk_create(Product(room_type=room, rate_plan=saver) for room in room_types)
        for room in room_types:
            open_nights(room_type_id=room.pk, first=first, last=last, allotment=5, now=now)
        fill_products(product_ids=[product.pk for product in products], first=first, last=last, now=now)
    return products


def _quotes(first: dt.date, *, now: dt.datetime) -> dict[str, Any]:
    """Ten room types under two plans: loading from the database, and the engine alone."""
    products = _hotel("quotes", QUOTED_PRODUCTS // 2, first=first, nights=QUOTED_NIGHTS, now=now)
    wish: dict[str, Any] = {
        "room_type_ids": [product.room_type_id for product in products],
        "check_in": first,
        "check_out": first + dt.timedelta(days=QUOTED_NIGHTS),
        "now": now,
    }
    parties = [Party(2, (5,))]
    loading, pricing = [], []
    for _round in range(ROUNDS * 3):
        started = time.process_time()
        offers = load_offers(**wish)
        loaded = time.process_time()
        for offer in offers:
            offer.price(parties)
        priced = time.process_time()
        loading.append((loaded - started) * 1000)
        pricing.append((priced - loaded) * 1000)
    assert len(offers) == QUOTED_PRODUCTS  # noqa: S101 - or the figure would be of something else
    return {
        "products": QUOTED_PRODUCTS,
        "nights": QUOTED_NIGHTS,
        "pricing_cpu_ms": _spread(pricing),
        "loading_cpu_ms": _spread(loading),
    }


def _updates(first: dt.date, *, now: dt.datetime) -> dict[str, Any]:
    """Every price of a year changes, with its history kept."""
    products = _hotel("updates", UPDATED_PRODUCTS, first=first, nights=UPDATED_NIGHTS, now=now)
    last = first + dt.timedelta(days=UPDATED_NIGHTS - 1)
    seconds = []
    changed = 0
    for turn in range(ROUNDS):
        for product in products:
            product.base_minor += 100 + turn
        Product.objects.bulk_update(products, ["base_minor"])
        started = time.perf_counter()
        with write_transaction():
            changed = fill_products(
                product_ids=[product.pk for product in products], first=first, last=last, now=now
            )
        seconds.append(time.perf_counter() - started)
    return {
        "products": UPDATED_PRODUCTS,
        "nights": UPDATED_NIGHTS,
        "changed": changed,
        "seconds": _spread(seconds),
    }


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "median": round(median(values), 3),
        "lowest": round(min(values), 3),
        "highest": round(max(values), 3),
    }
