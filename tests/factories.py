"""Rows for tests. `make_hotel` gives a published hotel that can be booked at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import factory
from django.db import transaction
from factory.django import DjangoModelFactory
from zeal import zeal_ignore

from serai.accounts.models import User
from serai.inventory.services import open_nights
from serai.properties.models import Destination, Membership, Property, RoomType
from serai.rates.models import CancellationPolicy, CancellationTier, Product, RatePlan
from serai.rates.services.prices import fill_prices

NOW = dt.datetime(2026, 11, 21, 6, 30, tzinfo=dt.UTC)
FIRST_NIGHT = dt.date(2026, 11, 20)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"guest{n}@example.com")
    name = factory.Sequence(lambda n: f"Guest {n}")


class DestinationFactory(DjangoModelFactory[Destination]):
    class Meta:
        model = Destination

    geoname_id = factory.Sequence(lambda n: 90_000_000 + n)
    name = factory.Sequence(lambda n: f"Town {n}")
    slug = factory.Sequence(lambda n: f"town-{n}")
    country_code = "IN"
    latitude = 26.9
    longitude = 75.8
    timezone = "Asia/Kolkata"
    population = 100_000
    names = factory.LazyAttribute(lambda row: row.name.lower())


class PropertyFactory(DjangoModelFactory[Property]):
    class Meta:
        model = Property

    slug = factory.Sequence(lambda n: f"hotel-{n}")
    name = factory.Sequence(lambda n: f"Hotel {n}")
    stars = 3
    status = Property.Status.PUBLISHED
    destination = factory.SubFactory(DestinationFactory)
    timezone = "Asia/Kolkata"
    currency = "INR"


class RoomTypeFactory(DjangoModelFactory[RoomType]):
    class Meta:
        model = RoomType

    property = factory.SubFactory(PropertyFactory)
    name = factory.Sequence(lambda n: f"Room {n}")
    units = 3
    base_guests = 2
    max_adults = 2
    max_children = 2
    max_guests = 3


class PolicyFactory(DjangoModelFactory[CancellationPolicy]):
    class Meta:
        model = CancellationPolicy

    property = factory.SubFactory(PropertyFactory)
    name = factory.Sequence(lambda n: f"Policy {n}")


class RatePlanFactory(DjangoModelFactory[RatePlan]):
    class Meta:
        model = RatePlan

    property = factory.SubFactory(PropertyFactory)
    policy = factory.SubFactory(PolicyFactory, property=factory.SelfAttribute("..property"))
    name = factory.Sequence(lambda n: f"Plan {n}")


class ProductFactory(DjangoModelFactory[Product]):
    class Meta:
        model = Product

    room_type = factory.SubFactory(RoomTypeFactory)
    rate_plan = factory.SubFactory(RatePlanFactory, property=factory.SelfAttribute("..room_type.property"))
    base_minor = 400_000


@dataclass
class Hotel:
    """A bookable hotel: `flexible` is free until 24 h before check-in, then the first night;
    `saver` is derived from it, 10 % cheaper, prepaid and non-refundable."""

    property: Property
    room_type: RoomType
    flexible: Product
    saver: Product
    host: User


def make_hotel(*, units: int = 3, days: int = 60, base_minor: int = 400_000, **fields: Any) -> Hotel:
    """A published hotel with nights and prices for `days` nights from 20 November 2026 on."""
    # Making two hotels in one test is no repeated query of the product's.
    with zeal_ignore():
        return _make_hotel(units=units, days=days, base_minor=base_minor, **fields)


def _make_hotel(*, units: int, days: int, base_minor: int, **fields: Any) -> Hotel:
    property_ = PropertyFactory.create(**fields)
    host = UserFactory.create()
    Membership.objects.create(property=property_, user=host, role=Membership.Role.OWNER)
    room_type = RoomTypeFactory.create(property=property_, units=units)
    free = PolicyFactory.create(property=property_, name="Flexible")
    CancellationTier.objects.create(policy=free, hours_before=24, kind="nights", value=1)
    strict = PolicyFactory.create(property=property_, name="Non-refundable")
    CancellationTier.objects.create(policy=strict, hours_before=None, kind="percent", value=100)
    flexible_plan = RatePlanFactory.create(property=property_, policy=free, name="Flexible")
    saver_plan = RatePlanFactory.create(
        property=property_,
        policy=strict,
        name="Saver",
        parent=flexible_plan,
        adjustment_kind="percent",
        adjustment_value=-1000,
        payment=RatePlan.Payment.PREPAID,
        position=1,
    )
    flexible = ProductFactory.create(room_type=room_type, rate_plan=flexible_plan, base_minor=base_minor)
    saver = ProductFactory.create(room_type=room_type, rate_plan=saver_plan, base_minor=0)
    last = FIRST_NIGHT + dt.timedelta(days=days - 1)
    with transaction.atomic():
        open_nights(room_type_id=room_type.pk, first=FIRST_NIGHT, last=last, allotment=units, now=NOW)
        fill_prices(product_id=flexible.pk, first=FIRST_NIGHT, last=last, now=NOW)
    return Hotel(property_, room_type, flexible, saver, host)
