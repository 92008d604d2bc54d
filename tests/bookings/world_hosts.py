"""The hosts of the world: what they tell Serai, they tell the twin."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from serai.inventory.models import Night
from serai.inventory.services import AllotmentTooSmall, open_nights, set_nights
from serai.rates.models import NightRestriction, Promotion, RatePlan, TaxRule
from serai.rates.rules import Adjustment, PromotionTerm
from serai.rates.services.prices import fill_prices, set_night_prices
from tests.bookings.world import LAST, NIGHTS, UNITS, Offer, Place, Stay, make_place
from tests.rates.rules import strategies as our

# Two weeks in which Berlin and New York change their clocks, one after the other.
BEGIN = dt.datetime(2026, 10, 22, 9, 0, tzinfo=dt.UTC)
FIRST = dt.date(2026, 10, 23)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]

places = st.integers(0, 1)
plans = st.integers(0, 2)
nights = st.integers(0, NIGHTS - 1)
lengths = st.integers(1, 4)
amounts = st.sampled_from([0, 9_999, 10_001, 123_456, 500_000])
restriction = st.one_of(
    st.tuples(
        st.sampled_from(["min_stay_arrival", "max_stay_arrival", "min_stay_through", "max_stay_through"]),
        st.none() | st.integers(1, 3),
    ),
    st.tuples(
        st.sampled_from(["is_closed_to_arrival", "is_closed_to_departure", "is_stop_sold"]),
        st.none() | st.booleans(),
    ),
    st.tuples(
        st.sampled_from(["earliest_days", "latest_days", "release_days"]), st.none() | st.integers(0, 5)
    ),
    st.tuples(st.just("cutoff_hour"), st.none() | st.integers(0, 24)),
)


_DATES = ("valid_from_date", "valid_until_date")


def _here(date: dt.date | None) -> dt.date | None:
    """A date of the strategies' stays as one of this world's."""
    return None if date is None else date - our.FIRST + FIRST


class Hosts(RuleBasedStateMachine):
    """Two hotels in two time zones, and those who run them."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = BEGIN
        self.places: list[Place] = []
        self.checkouts: dict[Any, Stay] = {}
        self.booked: dict[int, Stay] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(
        zones=st.lists(st.sampled_from(ZONES), min_size=2, max_size=2, unique=True),
        chain=st.lists(our.links, min_size=2, max_size=2),
        base=st.sampled_from([10_001, 400_000, 12_345]),
        is_frozen=st.booleans(),
    )
    def build(self, zones: list[str], chain: list[Adjustment], base: int, is_frozen: bool) -> None:
        for zone, currency in zip(zones, ("EUR", "KWD"), strict=True):
            place = make_place(
                timezone=zone, currency=currency, first=FIRST, chain=chain, base=base, is_frozen=is_frozen
            )
            last = place.day(LAST - 1)
            open_nights(
                room_type_id=place.room_type.pk, first=FIRST, last=last, allotment=UNITS, now=self.now
            )
            fill_prices(product_id=place.plans[0].product.pk, first=FIRST, last=last, now=self.now)
            self.places.append(place)

    # --- What hosts do -------------------------------------------------------------------------------

    @rule(at=places, night=nights, amount=amounts)
    def set_price(self, at: int, night: int, amount: int) -> None:
        place = self.places[at]
        with transaction.atomic():
            set_night_prices(
                product_id=place.plans[0].product.pk, amounts={place.day(night): amount}, now=self.now
            )
        place.prices[night] = amount

    @rule(at=places, plan=st.integers(1, 2), value=st.integers(-3_000, 3_000))
    def adjust(self, at: int, plan: int, value: int) -> None:
        chosen = self.places[at].plans[plan]
        RatePlan.objects.filter(pk=chosen.row.pk).update(adjustment_kind="percent", adjustment_value=value)
        assert chosen.link is not None
        chosen.link = Adjustment(
            "percent",
            value,
            chosen.link.rounding_minor,
            chosen.link.meal_adult_minor,
            chosen.link.meal_child_minor,
            chosen.link.plan,
        )

    @rule(at=places, plan=plans, night=nights | st.none(), terms=restriction)
    def restrict(self, at: int, plan: int, night: int | None, terms: tuple[str, Any]) -> None:
        place, (name, value) = self.places[at], terms
        chosen = place.plans[plan]
        if night is None:
            RatePlan.objects.filter(pk=chosen.row.pk).update(**{name: value})
            chosen.restrictions.standing = {**chosen.restrictions.standing, name: value}
            return
        date = place.day(night)
        NightRestriction.objects.update_or_create(product=chosen.product, date=date, defaults={name: value})
        said = chosen.restrictions.nights
        chosen.restrictions.nights = {**said, date: {**said.get(date, {}), name: value}}

    @rule(at=places, taxes=our.taxes(most=3))
    def set_taxes(self, at: int, taxes: tuple[Any, ...]) -> None:
        place = self.places[at]
        taxes = tuple(replace(tax, **{name: _here(getattr(tax, name)) for name in _DATES}) for tax in taxes)
        TaxRule.objects.filter(property=place.property).delete()
        TaxRule.objects.bulk_create(
            TaxRule(property=place.property, position=position, **vars(tax))
            for position, tax in enumerate(taxes)
        )
        place.taxes = taxes

    @rule(
        at=places,
        value=st.sampled_from([500, 1_000, 3_333]),
        limit=st.none() | st.integers(1, 2),
        is_combinable=st.booleans(),
        min_nights=st.none() | st.none() | st.integers(2, 3),
        from_night=st.none() | st.none() | nights,
    )
    def promote(
        self,
        at: int,
        value: int,
        limit: int | None,
        is_combinable: bool,
        min_nights: int | None,
        from_night: int | None,
    ) -> None:
        place = self.places[at]
        if len(place.offers) == 3:
            return
        terms = {
            "kind": "percent",
            "value": value,
            "is_combinable": is_combinable,
            "min_nights": min_nights,
            "stay_from_date": None if from_night is None else place.day(from_night),
        }
        name = f"Offer {len(place.offers)}"
        row = Promotion.objects.create(
            property=place.property, name=name, limit=limit, position=len(place.offers), **terms
        )
        place.offers.append(Offer(PromotionTerm(id=row.pk, name=name, **terms), limit))

    @rule(at=places, night=nights, allotment=st.integers(0, 3), allowance=st.integers(0, 1))
    def set_allotment(self, at: int, night: int, allotment: int, allowance: int) -> None:
        place = self.places[at]
        used = place.count(night, "active") + place.count(night, "confirmed")
        if used > allotment + place.allowances[night]:
            with pytest.raises(AllotmentTooSmall), transaction.atomic():
                set_nights(
                    room_type_id=place.room_type.pk,
                    dates=[place.day(night)],
                    allotment=allotment,
                    now=self.now,
                )
            return
        with transaction.atomic():
            set_nights(
                room_type_id=place.room_type.pk, dates=[place.day(night)], allotment=allotment, now=self.now
            )
        place.allotments[night] = allotment
        if used <= allotment + allowance:
            Night.objects.filter(room_type=place.room_type, date=place.day(night)).update(allowance=allowance)
            place.allowances[night] = allowance

    @rule(at=places, night=nights, is_closed=st.booleans())
    def close_or_open(self, at: int, night: int, is_closed: bool) -> None:
        place = self.places[at]
        with transaction.atomic():
            set_nights(
                room_type_id=place.room_type.pk, dates=[place.day(night)], is_closed=is_closed, now=self.now
            )
        (place.closed.add if is_closed else place.closed.discard)(night)
