"""A listing from its first draft to the public page, and what changes on the way."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _

from serai.accounts.models import User
from serai.core.db import write_transaction
from serai.core.errors import DomainError
from serai.core.mail import queue_mail
from serai.core.outbox import emit
from serai.properties.completeness import listing_progress
from serai.properties.models import Destination, ListingDecision, Membership, Property
from serai.properties.rules import MAY_BE_DECIDED, MAY_BE_SUBMITTED, currency_of_country


class ListingIncomplete(DomainError):
    """The listing lacks something; `missing` says what, in sentences for the host."""

    code = "listing_incomplete"

    def __init__(self, missing: list[str]) -> None:
        super().__init__(_("Some things are still missing."))
        self.missing = missing


class ListingStateError(DomainError):
    """The listing is not in a state in which this can be done."""

    code = "listing_state"


class ReasonsMissing(DomainError):
    """A listing is returned only with reasons its host can act on."""

    code = "reasons_missing"


class CurrencyFixed(DomainError):
    """Prices and bookings are in the old currency."""

    code = "currency_fixed"


class ListingChanges(TypedDict, total=False):
    """The fields a host edits; only those given are written."""

    name: str
    kind: str
    stars: int | None
    headline: str
    description: str
    phone: str
    email: str
    destination: Destination | None
    address: str
    postal_code: str
    latitude: float | None
    longitude: float | None
    timezone: str
    currency: str
    check_in_from: dt.time
    check_out_until: dt.time
    infant_max_age: int
    child_max_age: int
    amenities: Iterable[int]


def create_property(
    *, owner: User, name: str, kind: str, destination: Destination | None, now: dt.datetime
) -> Property:
    """Start a draft with `owner` in its team; time zone and currency follow the destination."""
    with write_transaction():
        property = Property(name=name, kind=kind, destination=destination)
        property.slug = f"{slugify(name)[:120] or 'stay'}-{secrets.token_hex(4)}"
        if destination is not None:
            property.timezone = destination.timezone
            property.currency = currency_of_country(destination.country_code)
        property.save()
        Membership.objects.create(property=property, user=owner, role=Membership.Role.OWNER)
        return property


def update_listing(*, property_id: int, now: dt.datetime, **changes: Unpack[ListingChanges]) -> Property:
    """Write the given fields; a published property stays published and shows them at once.

    `amenities` are ids. Raises `CurrencyFixed` when another currency is given after publishing.
    Locks the property.
    """
    with write_transaction():
        property = Property.objects.select_for_update().get(pk=property_id)
        if property.published_at is not None and changes.get("currency", property.currency) != (
            property.currency
        ):
            raise CurrencyFixed(
                _("The currency cannot change any more: prices and bookings are in %(currency)s.")
                % {"currency": property.currency}
            )
        amenities = changes.pop("amenities", None)
        for field, value in changes.items():
            setattr(property, field, value)
        property.save(update_fields=[*changes, "updated_at"])
        if amenities is not None:
            property.amenities.set(amenities)
        emit("property.changed", {"property_id": property.pk}, now=now)
        return property


def submit_listing(*, property_id: int, actor: User, now: dt.datetime) -> Property:
    """Hand a complete draft to the platform's staff.

    Raises `ListingIncomplete` with what is missing, `ListingStateError` when it is already in
    review or published. Locks the property.
    """
    with write_transaction():
        property = _lock(property_id, allowed=MAY_BE_SUBMITTED)
        progress = listing_progress(property)
        if not progress.is_complete:
            raise ListingIncomplete(progress.all_missing)
        property.status = Property.Status.SUBMITTED
        property.submitted_at = now
        property.save(update_fields=["status", "submitted_at", "updated_at"])
        _decide(property, kind=ListingDecision.Kind.SUBMITTED, actor=actor, reasons="", now=now)
        emit("property.submitted", {"property_id": property.pk}, now=now)
        return property


def approve_listing(*, property_id: int, actor: User, reasons: str = "", now: dt.datetime) -> Property:
    """Publish a submitted listing: travellers find it as soon as this returns. Mails the owners.

    Raises `ListingStateError` unless it waits for a decision, `ListingIncomplete` when something
    was taken out since it was submitted. Locks the property.
    """
    with write_transaction():
        property = _lock(property_id, allowed=MAY_BE_DECIDED)
        progress = listing_progress(property)
        if not progress.is_complete:
            raise ListingIncomplete(progress.all_missing)
        if property.published_at is None:
            _give_public_slug(property)
            property.published_at = now
        property.status = Property.Status.PUBLISHED
        property.save(update_fields=["status", "published_at", "slug", "updated_at"])
        decision = _decide(
            property, kind=ListingDecision.Kind.APPROVED, actor=actor, reasons=reasons, now=now
        )
        _mail_owners(property, decision, template="listing_approved", now=now)
        emit("property.published", {"property_id": property.pk}, now=now)
        return property


def return_listing(*, property_id: int, actor: User, reasons: str, now: dt.datetime) -> Property:
    """Give a submitted listing back to its host with reasons. Mails the owners.

    Raises `ReasonsMissing`, or `ListingStateError` unless it waits for a decision. Locks the property.
    """
    if not reasons.strip():
        raise ReasonsMissing(_("Say what the host should change."))
    with write_transaction():
        property = _lock(property_id, allowed=MAY_BE_DECIDED)
        property.status = Property.Status.RETURNED
        property.save(update_fields=["status", "updated_at"])
        decision = _decide(
            property, kind=ListingDecision.Kind.RETURNED, actor=actor, reasons=reasons.strip(), now=now
        )
        _mail_owners(property, decision, template="listing_returned", now=now)
        return property


def record_score(*, property_id: int, score: int, delta_count: int) -> None:
    """Add (`delta_count` 1) or take away (-1) one review's score of 1 to 10."""
    Property.objects.filter(pk=property_id).update(
        review_count=F("review_count") + delta_count,
        review_total=F("review_total") + score * delta_count,
    )


def _lock(property_id: int, *, allowed: frozenset[str]) -> Property:
    property = Property.objects.select_for_update().get(pk=property_id)
    if property.status not in allowed:
        raise ListingStateError(
            _("This listing is now “%(status)s”. Somebody may have decided while you were looking.")
            % {"status": property.get_status_display()}
        )
    return property


def _decide(property: Property, *, kind: str, actor: User, reasons: str, now: dt.datetime) -> ListingDecision:
    return ListingDecision.objects.create(
        property=property, kind=kind, actor=actor, reasons=reasons, decided_at=now
    )


def _give_public_slug(property: Property) -> None:
    """A readable address, chosen once: links to a published page must not break."""
    city = property.destination.name if property.destination else ""
    stem = slugify(f"{property.name} {city}")[:150] or "stay"
    for candidate in (stem, f"{stem}-{property.pk}"):
        try:
            with transaction.atomic():
                Property.objects.filter(pk=property.pk).update(slug=candidate)
        except IntegrityError:
            continue
        property.slug = candidate
        return


def _mail_owners(property: Property, decision: ListingDecision, *, template: str, now: dt.datetime) -> None:
    owners = property.memberships.filter(role=Membership.Role.OWNER).select_related("user")
    for membership in owners:
        queue_mail(
            template=template,
            to=membership.user.email,
            context={
                "name": membership.user.get_short_name() if membership.user.name else "",
                "property": {"id": property.pk, "name": property.name, "slug": property.slug},
                "reasons": decision.reasons,
            },
            key=f"listing-decision:{decision.pk}:{membership.user_id}",
            language=membership.user.language,
            now=now,
        )
