"""Reads that span a property's tables, for hosts and staff."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F, Prefetch, Q, QuerySet

from serai.accounts.models import User
from serai.properties.models import ListingDecision, Membership, Photo, Property, RoomType
from serai.properties.rules import roles_with


def find_membership(*, user: User, property_id: int) -> Membership | None:
    """The user's place in the team with its property and destination, or None; one query."""
    return (
        Membership.objects.select_related("property__destination")
        .filter(user=user, property_id=property_id)
        .first()
    )


def properties_where(*, user: User, permission: str) -> QuerySet[Property]:
    """Properties whose team gives the user `permission` (such as `view_bookings`)."""
    return Property.objects.filter(
        memberships__in=Membership.objects.filter(user=user, role__in=roles_with(permission))
    )


def memberships_of(user: User) -> QuerySet[Membership]:
    """The user's properties as cards show them: with destination and the first ready photos."""
    return (
        Membership.objects.filter(user=user)
        .select_related("property__destination")
        .prefetch_related(
            Prefetch(
                "property__photos",
                queryset=Photo.objects.filter(status=Photo.Status.READY),
                to_attr="ready_photos",
            )
        )
        .order_by("property__name", "property_id")
    )


def latest_decision(property: Property) -> ListingDecision | None:
    """What was decided last about the listing."""
    return property.decisions.select_related("actor").order_by("-decided_at", "-id").first()


def active_room_types(property: Property) -> QuerySet[RoomType]:
    """The room types that are offered, with beds and amenities."""
    return property.room_types.filter(is_active=True).prefetch_related("beds", "amenities")


def review_queue() -> QuerySet[Property]:
    """Listings that wait for the platform's staff, oldest first."""
    return (
        Property.objects.filter(status=Property.Status.SUBMITTED)
        .select_related("destination")
        .annotate(
            room_count=Count("room_types", filter=Q(room_types__is_active=True), distinct=True),
            photo_count=Count("photos", filter=Q(photos__status=Photo.Status.READY), distinct=True),
            times_returned=Count(
                "decisions", filter=Q(decisions__kind=ListingDecision.Kind.RETURNED), distinct=True
            ),
        )
        .order_by("submitted_at", "id")
    )


def cover_photos(property_ids: Iterable[int]) -> dict[int, Photo]:
    """The first ready photo of each property, one of the house before one of a room: one query."""
    photos = (
        Photo.objects.filter(property_id__in=list(property_ids), status=Photo.Status.READY)
        .order_by("property_id", F("room_type_id").asc(nulls_first=True), "position", "id")
        .distinct("property_id")
    )
    return {photo.property_id: photo for photo in photos}
