"""What the demo's hosts offer beside their standard rates, and on what terms.

Age bands, a members' rate, corporate rates, deposits, promotions, extras and busy weekends: each hotel
has some of it, by a generator of its own, so that the others do not change with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from serai.core.money import to_major
from serai.core.partitions import ensure_partitions
from serai.demo.economies import round_to_step
from serai.demo.hotels import WrittenHotel
from serai.demo.nights import copy_rows
from serai.demo.plan import SEED
from serai.rates.models import (
    CancellationPolicy,
    CancellationTier,
    ChildBand,
    ChildPrice,
    DepositStep,
    Extra,
    Product,
    Promotion,
    RateCode,
    RatePlan,
)

FRIDAY = 4
# What children of a band pay of the price of a further adult, in percent, by the highest age of the band.
CHILD_PERCENT = {6: 30, 12: 55}
COMPANIES = (
    "Himal Software",
    "Nilgiri Tea Traders",
    "Sabarmati Textiles",
    "Orion Instruments",
    "Baltic Freight",
)
WELCOME_CODE = "WELCOME10"


@dataclass
class _Rows:
    """What is to be written, in the order in which it can be."""

    policies: list[CancellationPolicy] = field(default_factory=list)
    tiers: list[CancellationTier] = field(default_factory=list)
    deposits: list[DepositStep] = field(default_factory=list)
    plans: list[RatePlan] = field(default_factory=list)
    codes: list[RateCode] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    bands: list[ChildBand] = field(default_factory=list)
    child_prices: list[ChildPrice] = field(default_factory=list)
    promotions: list[Promotion] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)

    def write(self) -> None:
        """One statement a table."""
        for rows in (
            self.policies,
            self.tiers,
            self.deposits,
            self.plans,
            self.codes,
            self.products,
            self.bands,
            self.child_prices,
            self.promotions,
            self.extras,
        ):
            if rows:
                type(rows[0])._default_manager.bulk_create(rows)  # type: ignore[arg-type]


def write_offers(hotels: Sequence[WrittenHotel], *, today: dt.date, last: dt.date) -> None:
    """Write what each hotel offers more, and its restrictions until `last`. Needs the seed's transaction."""
    rows = _Rows()
    for hotel in hotels:
        rng = Random(f"{SEED}-offers-{hotel.plan.number}")
        _add_children(rows, hotel)
        _add_plans(rows, hotel, rng)
        _add_promotions(rows, hotel, rng, today=today)
        _add_extras(rows, hotel, rng)
    changed = [product for hotel in hotels for product in hotel.flexible if product.single_discount_minor]
    Product.objects.bulk_update(changed, ["single_discount_minor"])
    rows.write()
    ensure_partitions(first=today, last=last)
    copy_rows(
        "rates_nightrestriction (product_id, date, min_stay_arrival, min_stay_through)",
        (_restriction_lines(hotel, today=today, last=last) for hotel in hotels),
    )


def _amount(hotel: WrittenHotel, percent: int) -> int:
    """So many percent of what a double room of three stars costs in the country, rounded as prices are."""
    economy = hotel.plan.economy
    return round_to_step(economy.base * Decimal(percent) / 100, economy)


def _share(hotel: WrittenHotel, minor: int, percent: int) -> int:
    """So many percent of an amount, rounded as prices are, but never more than the amount."""
    economy = hotel.plan.economy
    return min(round_to_step(to_major(minor, economy.currency) * percent / 100, economy), minor)


def _add_children(rows: _Rows, hotel: WrittenHotel) -> None:
    """Two bands for houses that take families; hostels and camps count everybody alike."""
    if hotel.plan.kind in {"hostel", "camp"}:
        return
    bands = {age: ChildBand(property=hotel.property, max_age=age) for age in CHILD_PERCENT}
    rows.bands += bands.values()
    for product in hotel.flexible:
        if product.extra_adult_minor and product.room_type.max_children:
            rows.child_prices += [
                ChildPrice(
                    product=product,
                    band=bands[age],
                    amount_minor=_share(hotel, product.extra_adult_minor, percent),
                )
                for age, percent in CHILD_PERCENT.items()
            ]
        if product.room_type.base_guests == 2:
            product.single_discount_minor = _share(hotel, product.base_minor, 8)


def _plan(hotel: WrittenHotel, name: str, **terms: Any) -> RatePlan:
    flexible = hotel.flexible[0].rate_plan
    return RatePlan(
        property=hotel.property, parent=flexible, **{"policy": flexible.policy, "name": name} | terms
    )


def _add_plans(rows: _Rows, hotel: WrittenHotel, rng: Random) -> None:
    """A members' rate for most, a company's for city hotels, a deposit or a firm no-show for resorts."""
    flexible = hotel.flexible[0].rate_plan
    plans = []
    if rng.random() < 0.6:
        plans.append(
            _plan(
                hotel,
                "Members",
                adjustment_value=-800,
                audience=RatePlan.Audience.MEMBERS,
                meals=flexible.meals,
                position=3,
            )
        )
    if hotel.plan.kind == "hotel" and rng.random() < 0.35:
        company = rng.choice(COMPANIES)
        corporate = _plan(
            hotel,
            "Corporate",
            adjustment_value=-1200,
            audience=RatePlan.Audience.CORPORATE,
            position=4,
        )
        plans.append(corporate)
        code = f"{company.split()[0].upper()}{hotel.plan.number}"
        rows.codes.append(RateCode(property=hotel.property, rate_plan=corporate, code=code, company=company))
    if hotel.plan.kind in {"resort", "villa"}:
        holiday = CancellationPolicy(
            property=hotel.property,
            name="Holiday terms",
            no_show_kind="percent",
            no_show_value=100,
            early_departure_percent=50,
            guarantee=CancellationPolicy.Guarantee.DEPOSIT,
        )
        rows.policies.append(holiday)
        rows.tiers += [
            CancellationTier(policy=holiday, days_before=14, kind="percent", value=50),
            CancellationTier(policy=holiday, days_before=3, kind="percent", value=100),
        ]
        rows.deposits += [
            DepositStep(policy=holiday, kind="percent", value=30),
            DepositStep(policy=holiday, days_before=14, kind="percent", value=70),
        ]
        plans.append(
            _plan(
                hotel,
                "Holiday with deposit",
                policy=holiday,
                adjustment_value=-500,
                min_stay_arrival=3,
                payment=RatePlan.Payment.PREPAID,
                position=5,
            )
        )
    for plan in plans:
        rows.plans.append(plan)
        rows.products += [Product(room_type=room, rate_plan=plan) for room in hotel.rooms]


def _add_promotions(rows: _Rows, hotel: WrittenHotel, rng: Random, *, today: dt.date) -> None:
    def add(name: str, value: int, **terms: Any) -> None:
        rows.promotions.append(
            Promotion(
                property=hotel.property,
                name=name,
                value=value,
                position=len(rows.promotions) % 10,
                **terms,
            )
        )

    if rng.random() < 0.55:
        add("Stay a week", rng.choice((1000, 1200, 1500)), min_nights=7)
    if rng.random() < 0.45:
        add("Early bird", rng.choice((800, 1000)), min_days_ahead=rng.choice((30, 45, 60)))
    if rng.random() < 0.2:
        add("Last minute", 1000, max_days_ahead=2)
    if rng.random() < 0.3:
        add(
            "Welcome",
            1000,
            code=WELCOME_CODE,
            limit=rng.choice((50, 100, 200)),
            bookable_until_date=today + dt.timedelta(days=180),
        )


def _add_extras(rows: _Rows, hotel: WrittenHotel, rng: Random) -> None:
    position = 0
    if "airport-shuttle" in hotel.plan.amenities:
        rows.extras.append(
            Extra(
                property=hotel.property,
                name="Airport transfer",
                description="One way, for up to three guests with luggage",
                amount_minor=_amount(hotel, rng.choice((20, 25, 30))),
                max_quantity=2,
            )
        )
        position = 1
    if "parking" in hotel.plan.amenities and rng.random() < 0.5:
        rows.extras.append(
            Extra(
                property=hotel.property,
                name="Parking",
                description="A place in our yard",
                amount_minor=_amount(hotel, rng.choice((5, 8, 10))),
                period=Extra.Period.NIGHT,
                max_quantity=2,
                position=position,
            )
        )


def _restriction_lines(hotel: WrittenHotel, *, today: dt.date, last: dt.date) -> str:
    """On busy weekends of sought-after houses: two nights from a Friday on, now and then for any stay."""
    plan = hotel.plan
    if plan.demand < 0.5 or plan.kind == "hostel":
        return ""
    rng = Random(f"{SEED}-restrictions-{plan.number}")
    lines = []
    for date in _fridays(today + dt.timedelta(days=14), last):
        draw = rng.random()
        if draw < 0.12 * plan.demand:
            through = "2" if draw < 0.02 else "\\N"
            lines += [f"{product.pk}\t{date}\t2\t{through}\n" for product in hotel.flexible]
    return "".join(lines)


def _fridays(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    date = first + dt.timedelta(days=(FRIDAY - first.weekday()) % 7)
    while date <= last:
        yield date
        date += dt.timedelta(days=7)
