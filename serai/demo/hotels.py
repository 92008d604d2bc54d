"""Writes planned hotels as rows, in bulk: properties, rooms, rate plans, taxes, seasons."""

from __future__ import annotations

import builtins
import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from django.utils.text import slugify

from serai.accounts.models import User
from serai.core.money import minor_digits
from serai.demo.economies import Tax
from serai.demo.people import People
from serai.demo.plan import SEED, HotelPlan
from serai.demo.seasons import seasons_between
from serai.properties.catalogue import load_catalogue
from serai.properties.models import Bed, Destination, ListingDecision, Membership, Property, RoomType
from serai.rates.models import CancellationPolicy, CancellationTier, Product, RatePlan, Season, TaxRule
from serai.rates.rules import weekend_prices

SOURCE = "demo"
# The hotel that the demo's host opens first: a large one in a city that everybody knows.
SHOWCASE_CITY = "Udaipur"


@dataclass
class WrittenHotel:
    """A hotel's plan beside its rows; `flexible` are the products that carry nightly prices."""

    plan: HotelPlan
    property: Property
    rooms: list[RoomType]
    flexible: list[Product]
    breakfast: list[Product]
    owner: User
    seasons: list[tuple[dt.date, dt.date, int]]

    @builtins.property  # `property` is a field here
    def is_published(self) -> bool:
        """Whether guests can find it."""
        return self.property.status == Property.Status.PUBLISHED


def find_destinations(plans: Sequence[HotelPlan]) -> dict[tuple[str, str], Destination]:
    """The city of each plan by GeoNames name and country; of namesakes the largest."""
    wanted = {(plan.place.lookup, plan.place.country) for plan in plans}
    found: dict[tuple[str, str], Destination] = {}
    for city in Destination.objects.filter(name__in={name for name, _country in wanted}).order_by(
        "population"
    ):
        found[city.name, city.country_code] = city
    missing = wanted - found.keys()
    if missing:
        raise LookupError(f"Not among the destinations: {', '.join(sorted(name for name, _ in missing))}.")
    return found


def choose_showcase(plans: Sequence[HotelPlan]) -> int:
    """Index of the demo host's hotel: the largest hotel of the showcase city, or of all."""

    def size(index: int) -> tuple[bool, bool, int, int]:
        plan = plans[index]
        units = sum(room.units for room in plan.rooms)
        return plan.place.name == SHOWCASE_CITY, plan.kind == "hotel", len(plan.rooms), units

    return max(range(len(plans)), key=size)


def write_hotels(
    plans: Sequence[HotelPlan], *, people: People, first: dt.date, last: dt.date, now: dt.datetime
) -> list[WrittenHotel]:
    """Write everything a hotel needs to be found and booked except nights, prices and photos.

    The demo's host gets the showcase and five more; two hotels at the end wait for staff and one is
    a draft. Needs the seed's transaction.
    """
    destinations = find_destinations(plans)
    showcase = choose_showcase(plans)
    owners = _share_out(plans, people=people, showcase=showcase)
    statuses = _statuses(len(plans), showcase=showcase)
    if statuses[-1] == Property.Status.DRAFT:
        owners[-1] = people.host
    slugs: set[str] = set()
    properties = [
        _property(
            plan,
            destination=destinations[plan.place.lookup, plan.place.country],
            status=statuses[index],
            slugs=slugs,
            now=now,
        )
        for index, plan in enumerate(plans)
    ]
    Property.objects.bulk_create(properties)
    Membership.objects.bulk_create(
        Membership(property=entry, user=owner, role=Membership.Role.OWNER)
        for entry, owner in zip(properties, owners, strict=True)
    )
    _write_decisions(properties, owners, staff=people.staff, now=now)
    rooms = _write_rooms(plans, properties)
    return _write_rates(plans, properties, rooms, owners, first=first, last=last)


def _share_out(plans: Sequence[HotelPlan], *, people: People, showcase: int) -> list[User]:
    """An owner for each hotel. Those of one city go to the same few hosts."""
    owners = [people.hosts[(plan.number * 31 + len(plan.place.name)) % len(people.hosts)] for plan in plans]
    owners[showcase] = people.host
    more = [index for index, plan in enumerate(plans) if plan.place.country == "IN" and index != showcase]
    for index in more[1 : 1 + 5 * 9 : 9]:
        owners[index] = people.host
    return owners


def _statuses(count: int, *, showcase: int) -> list[str]:
    statuses: list[str] = [Property.Status.PUBLISHED] * count
    if count > 6:
        apart = [index for index in range(count) if index != showcase][-3:]
        for index, status in zip(
            apart, (Property.Status.SUBMITTED, Property.Status.SUBMITTED, Property.Status.DRAFT), strict=True
        ):
            statuses[index] = status
    return statuses


def _property(
    plan: HotelPlan, *, destination: Destination, status: str, slugs: set[str], now: dt.datetime
) -> Property:
    stem = slugify(f"{plan.name} {plan.place.name}")[:140] or f"stay-{plan.number}"
    slug = next(
        name
        for name in itertools.chain([stem], (f"{stem}-{n}" for n in itertools.count(2)))
        if name not in slugs
    )
    slugs.add(slug)
    is_published = status == Property.Status.PUBLISHED
    return Property(
        slug=slug,
        name=plan.name,
        kind=plan.kind,
        stars=plan.stars,
        headline=plan.headline,
        description=plan.description,
        status=status,
        destination=destination,
        address=plan.address,
        postal_code=plan.postal_code,
        latitude=round(destination.latitude + plan.latitude_offset, 6),
        longitude=round(destination.longitude + plan.longitude_offset, 6),
        timezone=destination.timezone,
        currency=plan.economy.currency,
        phone=plan.phone,
        email=f"stay@{slug}.example",
        check_in_from=plan.check_in_from,
        check_out_until=plan.check_out_until,
        source=SOURCE,
        source_ref=str(plan.number),
        submitted_at=now - dt.timedelta(days=1 if status == Property.Status.SUBMITTED else 90)
        if status != Property.Status.DRAFT
        else None,
        published_at=now - dt.timedelta(days=80) if is_published else None,
    )  # fmt: skip


def _write_decisions(
    properties: Sequence[Property], owners: Sequence[User], *, staff: User, now: dt.datetime
) -> None:
    decisions = []
    for entry, owner in zip(properties, owners, strict=True):
        if entry.submitted_at is not None:
            decisions.append(
                ListingDecision(property=entry, kind="submitted", actor=owner, decided_at=entry.submitted_at)
            )
        if entry.published_at is not None:
            decisions.append(
                ListingDecision(property=entry, kind="approved", actor=staff, decided_at=entry.published_at)
            )
    ListingDecision.objects.bulk_create(decisions)


def _write_rooms(plans: Sequence[HotelPlan], properties: Sequence[Property]) -> list[list[RoomType]]:
    amenities = load_catalogue()
    rooms = [
        [
            RoomType(
                property=entry,
                name=room.name,
                description=room.description,
                size_m2=room.size_m2,
                units=room.units,
                base_guests=room.spec.base_guests,
                max_adults=room.spec.max_adults,
                max_children=room.spec.max_children,
                max_guests=room.spec.max_guests,
                position=position,
            )
            for position, room in enumerate(plan.rooms)
        ]
        for plan, entry in zip(plans, properties, strict=True)
    ]
    RoomType.objects.bulk_create(itertools.chain.from_iterable(rooms))
    Bed.objects.bulk_create(
        Bed(room_type=row, kind=kind, count=count)
        for plan, rows in zip(plans, rooms, strict=True)
        for room, row in zip(plan.rooms, rows, strict=True)
        for kind, count in room.spec.beds
    )
    Property.amenities.through.objects.bulk_create(
        Property.amenities.through(property_id=entry.pk, amenity_id=amenities[slug].pk)
        for plan, entry in zip(plans, properties, strict=True)
        for slug in plan.amenities
    )
    RoomType.amenities.through.objects.bulk_create(
        RoomType.amenities.through(roomtype_id=row.pk, amenity_id=amenities[slug].pk)
        for plan, rows in zip(plans, rooms, strict=True)
        for room, row in zip(plan.rooms, rows, strict=True)
        for slug in room.amenities
    )
    return rooms


def _write_rates(
    plans: Sequence[HotelPlan],
    properties: Sequence[Property],
    rooms: Sequence[list[RoomType]],
    owners: Sequence[User],
    *,
    first: dt.date,
    last: dt.date,
) -> list[WrittenHotel]:
    policies, roots, derived, products = [], [], [], []
    hotels = []
    for plan, entry, rows, owner in zip(plans, properties, rooms, owners, strict=True):
        free = CancellationPolicy(property=entry, name=f"Free until {plan.free_hours} hours before check-in")
        fixed = CancellationPolicy(property=entry, name="Non-refundable")
        policies += [(free, plan.free_hours), (fixed, None)]
        flexible = RatePlan(property=entry, name="Flexible", policy=free, position=0)
        prepaid = RatePlan(
            property=entry,
            name="Non-refundable",
            parent=flexible,
            policy=fixed,
            adjustment_kind=RatePlan.Adjustment.PERCENT,
            adjustment_value=plan.prepaid_points,
            payment=RatePlan.Payment.PREPAID,
            position=1,
        )
        roots.append(flexible)
        derived.append(prepaid)
        sold = [flexible, prepaid]
        breakfast = None
        if "breakfast" in plan.amenities:
            breakfast = RatePlan(
                property=entry,
                name="Flexible with breakfast",
                parent=flexible,
                policy=free,
                adjustment_kind=RatePlan.Adjustment.AMOUNT,
                adjustment_value=plan.breakfast_minor * 2,
                meals=RatePlan.Meals.BREAKFAST,
                position=2,
            )
            derived.append(breakfast)
            sold.append(breakfast)
        by_plan: dict[int, list[Product]] = {}
        for rate_plan in sold:
            made = [
                Product(
                    room_type=row,
                    rate_plan=rate_plan,
                    base_minor=room.base_minor if rate_plan is flexible else 0,
                    weekday_minor=weekend_prices(room.weekend_minor) if rate_plan is flexible else None,
                    extra_adult_minor=room.extra_adult_minor if rate_plan is flexible else 0,
                    extra_child_minor=room.extra_child_minor if rate_plan is flexible else 0,
                )
                for room, row in zip(plan.rooms, rows, strict=True)
            ]
            by_plan[id(rate_plan)] = made
            products += made
        hotels.append(
            WrittenHotel(
                plan=plan,
                property=entry,
                rooms=rows,
                flexible=by_plan[id(flexible)],
                breakfast=by_plan[id(breakfast)] if breakfast else [],
                owner=owner,
                seasons=[],
            )
        )
    CancellationPolicy.objects.bulk_create(policy for policy, _hours in policies)
    CancellationTier.objects.bulk_create(
        CancellationTier(policy=policy, hours_before=hours, kind="nights", value=1)
        if hours is not None
        else CancellationTier(policy=policy, hours_before=None, kind="percent", value=100)
        for policy, hours in policies
    )
    RatePlan.objects.bulk_create(roots)
    RatePlan.objects.bulk_create(derived)
    Product.objects.bulk_create(products)
    TaxRule.objects.bulk_create(
        _tax_rule(tax, hotel.property, position)
        for hotel in hotels
        for position, tax in enumerate(hotel.plan.taxes)
    )
    _write_seasons(hotels, first=first, last=last)
    return hotels


def _tax_rule(tax: Tax, entry: Property, position: int) -> TaxRule:
    scale = minor_digits(entry.currency)

    def minor(major: str) -> int:
        return int(Decimal(major).scaleb(scale))

    return TaxRule(
        property=entry,
        name=tax.name,
        kind=tax.kind,
        basis=tax.basis,
        period=tax.period,
        from_age=tax.from_age,
        max_nights=tax.max_nights,
        value=minor(tax.value) if tax.kind == "amount" else int(tax.value),
        is_included=tax.is_included,
        is_paid_at_property=tax.is_paid_at_property,
        from_minor=minor(tax.from_major),
        below_minor=minor(tax.below_major) if tax.below_major else None,
        position=position,
    )


def _write_seasons(hotels: Sequence[WrittenHotel], *, first: dt.date, last: dt.date) -> None:
    rows = []
    for hotel in hotels:
        # Hosts do not all think alike: each leans a few percent to one side.
        lean = Random(f"{SEED}-season-{hotel.plan.number}").randint(-5, 5)
        for name, start, end, percent in seasons_between(hotel.plan.place, first=first, last=last):
            adjusted = percent + lean if percent else 0
            hotel.seasons.append((start, end, adjusted))
            rows.append(
                Season(property=hotel.property, name=name, start_date=start, end_date=end, percent=adjusted)
            )
    Season.objects.bulk_create(rows)
