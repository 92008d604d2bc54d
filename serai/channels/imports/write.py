"""Brings a batch of imported listings into the database: a handful of statements however many rows.

A listing is recognised by (source, source_ref). What the file says is written; what it does not know
(photos, team, extra room types, opening of single nights) is left alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from serai.accounts.models import User
from serai.channels.imports.listings import ImportedListing, price_minor
from serai.channels.imports.places import City, Gazetteer, currency_of
from serai.channels.tables import RowRefused
from serai.core.db import require_transaction
from serai.core.history import without_history
from serai.inventory.services import open_nights
from serai.properties.models import Amenity, Membership, Property, RoomType
from serai.rates.models import CancellationPolicy, CancellationTier, Product, RatePlan
from serai.rates.services.prices import fill_prices, fill_products

# How far ahead a priced room type is opened for sale when it is first imported.
DAYS_OPEN = 365
PLAN_NAME = "Flexible"
POLICY_NAME = "Free until 24 hours before check-in"


@dataclass
class Target:
    """A listing with what it shall look like as rows."""

    listing: ImportedListing
    city: City | None
    currency: str
    values: dict[str, Any]
    room_values: dict[str, Any] | None
    price_minor: int | None

    @property
    def is_complete(self) -> bool:
        """Whether travellers could book it: it stands somewhere, says something, and has a price."""
        return (
            self.city is not None
            and self.values["latitude"] is not None
            and len(self.listing.description) >= 1
            and self.price_minor is not None
        )


@dataclass
class Tally:
    """What became of a batch, and which rows were refused while writing."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    published: int = 0
    refused: list[tuple[int, RowRefused]] = field(default_factory=list)


class Writer:
    """Writes batches of one import: keeps the cities, amenities and options."""

    def __init__(
        self,
        *,
        source: str,
        gazetteer: Gazetteer,
        amenities: dict[str, Amenity],
        currency: str,
        owner: User | None,
        is_published: bool,
        now: dt.datetime,
    ) -> None:
        self.source = source
        self.gazetteer = gazetteer
        self.amenities = amenities
        self.currency = currency
        self.owner = owner
        self.is_published = is_published
        self.now = now

    def write(self, listings: Sequence[ImportedListing]) -> Tally:
        """Create, update or leave each listing of a batch; the references must differ.

        Needs a transaction in which no other import of the source writes.
        """
        require_transaction()
        tally = Tally()
        targets = []
        for listing in listings:
            try:
                targets.append(self._target(listing))
            except RowRefused as refusal:
                tally.refused.append((listing.line, refusal))
        present = {
            entry.source_ref: entry
            for entry in Property.objects.filter(
                source=self.source, source_ref__in=[target.listing.reference for target in targets]
            ).prefetch_related("amenities", "room_types__amenities")
        }
        self._create([target for target in targets if target.listing.reference not in present], tally)
        prices = self._known_prices(present.values())
        for target in targets:
            entry = present.get(target.listing.reference)
            if entry is None:
                continue
            try:
                changed = self._update(entry, target, prices)
            except RowRefused as refusal:
                tally.refused.append((target.listing.line, refusal))
                continue
            if changed:
                tally.updated += 1
            else:
                tally.unchanged += 1
        return tally

    # --- What the rows shall be --------------------------------------------------------------------

    def _target(self, listing: ImportedListing) -> Target:
        city = self.gazetteer.find(listing)
        country = listing.country or (city.country if city else "")
        currency = listing.currency or self.currency or currency_of(country)
        room = listing.room
        values = {
            "name": listing.name,
            "kind": listing.kind,
            "stars": listing.stars,
            "description": listing.description,
            "destination_id": city.pk if city else None,
            "address": listing.address,
            "postal_code": listing.postal_code,
            "latitude": listing.latitude,
            "longitude": listing.longitude,
            "timezone": city.timezone if city else "UTC",
            "phone": listing.phone,
            "email": listing.email,
        }
        room_values: dict[str, Any] | None = (
            None
            if room is None
            else {
                "name": room.name,
                "units": room.units,
                "base_guests": room.max_guests,
                "max_adults": room.max_guests,
                "max_children": max(room.max_guests - 1, 0),
                "max_guests": room.max_guests,
            }
        )
        minor = price_minor(room.price, currency) if room and room.price is not None else None
        return Target(listing, city, currency, values, room_values, minor)

    def _slug(self, target: Target) -> str:
        """Readable, and unique because it ends in a digest of the reference."""
        digest = hashlib.sha256(f"{self.source}:{target.listing.reference}".encode()).hexdigest()[:10]
        stem = slugify(f"{target.listing.name} {target.city.name if target.city else ''}")[:140].strip("-")
        return f"{stem or 'stay'}-{digest}"

    # --- New listings ------------------------------------------------------------------------------

    def _create(self, targets: Sequence[Target], tally: Tally) -> None:
        entries = []
        for target in targets:
            is_published = self.is_published and target.is_complete
            entries.append(
                Property(
                    slug=self._slug(target),
                    source=self.source,
                    source_ref=target.listing.reference,
                    currency=target.currency,
                    status=Property.Status.PUBLISHED if is_published else Property.Status.DRAFT,
                    published_at=self.now if is_published else None,
                    **target.values,
                )
            )
            tally.published += is_published
        Property.objects.bulk_create(entries)
        tally.created += len(entries)
        if self.owner is not None:
            Membership.objects.bulk_create(
                Membership(property=entry, user=self.owner, role=Membership.Role.OWNER) for entry in entries
            )
        Property.amenities.through.objects.bulk_create(
            Property.amenities.through(property_id=entry.pk, amenity_id=self.amenities[slug].pk)
            for entry, target in zip(entries, targets, strict=True)
            for slug in target.listing.amenities
        )
        with_room = [
            (entry, target)
            for entry, target in zip(entries, targets, strict=True)
            if target.room_values is not None
        ]
        self._create_rooms(with_room)

    def _create_rooms(self, pairs: Sequence[tuple[Property, Target]]) -> None:
        rooms = [RoomType(property=entry, **(target.room_values or {})) for entry, target in pairs]
        RoomType.objects.bulk_create(rooms)
        RoomType.amenities.through.objects.bulk_create(
            RoomType.amenities.through(roomtype_id=room.pk, amenity_id=self.amenities[slug].pk)
            for room, (_entry, target) in zip(rooms, pairs, strict=True)
            if target.listing.room is not None
            for slug in target.listing.room.amenities
        )
        self._open_sale(
            [
                (room, target.price_minor)
                for room, (_entry, target) in zip(rooms, pairs, strict=True)
                if target.price_minor is not None
            ]
        )

    def _open_sale(self, priced: Sequence[tuple[RoomType, int]]) -> None:
        """Give room types a flexible rate at their price and open their nights for a year."""
        policies = [
            CancellationPolicy(property_id=room.property_id, name=POLICY_NAME) for room, _minor in priced
        ]
        CancellationPolicy.objects.bulk_create(policies)
        CancellationTier.objects.bulk_create(
            CancellationTier(policy=policy, hours_before=24, kind=CancellationTier.Kind.NIGHTS, value=1)
            for policy in policies
        )
        plans = [
            RatePlan(property_id=room.property_id, name=PLAN_NAME, policy=policy)
            for (room, _minor), policy in zip(priced, policies, strict=True)
        ]
        RatePlan.objects.bulk_create(plans)
        products = [
            Product(room_type=room, rate_plan=plan, base_minor=minor)
            for (room, minor), plan in zip(priced, plans, strict=True)
        ]
        Product.objects.bulk_create(products)
        first, last = self._sale_dates()
        with without_history():
            for room, _minor in priced:
                open_nights(room_type_id=room.pk, first=first, last=last, allotment=room.units, now=self.now)
            fill_products(
                product_ids=[product.pk for product in products], first=first, last=last, now=self.now
            )

    def _sale_dates(self) -> tuple[dt.date, dt.date]:
        today = self.now.date()
        return today, today + dt.timedelta(days=DAYS_OPEN - 1)

    # --- Listings that are there -------------------------------------------------------------------

    def _known_prices(self, entries: Iterable[Property]) -> dict[int, Product]:
        """Per property, the product that an import made."""
        return {
            product.room_type.property_id: product
            for product in Product.objects.filter(
                room_type__property__in=list(entries), rate_plan__name=PLAN_NAME, rate_plan__parent=None
            ).select_related("room_type")
        }

    def _update(self, entry: Property, target: Target, products: dict[int, Product]) -> bool:
        """Write what differs; False when nothing does. The currency stays once there is a price."""
        product = products.get(entry.pk)
        if entry.currency != target.currency and product is not None:
            raise RowRefused("currency_changed", f"{entry.currency} to {target.currency}")
        changed = _assign(entry, target.values | {"currency": target.currency})
        if changed:
            entry.save(update_fields=[*changed, "updated_at"])
        has_new = self._set_amenities(entry.amenities, target.listing.amenities)
        if target.room_values is None or target.listing.room is None:
            return bool(changed) or has_new
        room = next(iter(entry.room_types.all()), None)
        if room is None:
            self._create_rooms([(entry, target)])
            return True
        # Opened nights keep the allotment that was given; only the room type's own figures follow.
        of_room = _assign(room, target.room_values)
        if of_room:
            room.save(update_fields=[*of_room, "updated_at"])
        has_new |= self._set_amenities(room.amenities, target.listing.room.amenities)
        return self._set_price(room, product, target.price_minor) or bool(changed or of_room) or has_new

    def _set_amenities(self, manager: Any, slugs: Sequence[str]) -> bool:
        """Add amenities that the file knows; those that a host ticked stay."""
        missing = set(slugs) - {amenity.slug for amenity in manager.all()}
        if missing:
            manager.add(*(self.amenities[slug] for slug in missing))
        return bool(missing)

    def _set_price(self, room: RoomType, product: Product | None, minor: int | None) -> bool:
        """Take over a changed base price; a listing that has lost its price keeps the old one."""
        if minor is None or (product is not None and product.base_minor == minor):
            return False
        if product is None:
            self._open_sale([(room, minor)])
            return True
        Product.objects.filter(pk=product.pk).update(base_minor=minor)
        first, last = self._sale_dates()
        fill_prices(product_id=product.pk, first=first, last=last, now=self.now)
        return True


def _assign(row: Any, values: dict[str, Any]) -> list[str]:
    """Set the attributes that differ and return their names."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed
