"""A listing's way from draft to public, and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from zeal import zeal_ignore

from serai.accounts.models import User
from serai.core.models import OutboxMessage
from serai.properties.completeness import listing_progress
from serai.properties.models import Amenity, Bed, Membership, Photo, Property
from serai.properties.services import (
    CurrencyFixed,
    ListingIncomplete,
    ListingStateError,
    ReasonsMissing,
    approve_listing,
    create_property,
    record_score,
    return_listing,
    submit_listing,
    update_listing,
)
from tests.factories import DestinationFactory, UserFactory, make_hotel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _several_calls_are_meant() -> Iterator[None]:
    """Tests call one service several times; that is no repeated query of the service's."""
    with zeal_ignore():
        yield


LONG_TEXT = "Rooms around a quiet courtyard with a neem tree, five minutes from the old market and the lake."


def complete_draft(**fields: Any) -> Property:
    """A draft of an ordinary hotel that lacks nothing."""
    hotel = make_hotel(**({"status": "draft", "description": LONG_TEXT, "address": "12 Lake Road"} | fields))
    property = hotel.property
    Property.objects.filter(pk=property.pk).update(latitude=26.91, longitude=75.79, published_at=None)
    amenity, _created = Amenity.objects.get_or_create(
        slug="wifi", defaults={"name": "Wi-Fi", "scope": "property"}
    )
    property.amenities.add(amenity)
    Photo.objects.create(property=property, status="ready", variants={"480": "variants/1/x-480.webp"})
    Bed.objects.create(room_type=hotel.room_type, kind="double")
    property.refresh_from_db()
    return property


def owner_of(property: Property) -> User:
    return property.memberships.get(role="owner").user


def mails() -> list[tuple[str, str]]:
    queued = OutboxMessage.objects.filter(topic="mail.queued").order_by("id")
    return [(message.payload["template"], message.payload["to"]) for message in queued]


def test_a_draft_takes_clock_and_currency_from_its_city(now: Any) -> None:
    city = DestinationFactory.create(country_code="FR", timezone="Europe/Paris")
    owner = UserFactory.create()

    property = create_property(owner=owner, name="Le Puits", kind="hotel", destination=city, now=now)

    assert (property.status, property.timezone, property.currency) == ("draft", "Europe/Paris", "EUR")
    assert property.memberships.get().role == "owner"
    assert property.slug.startswith("le-puits-")


def test_names_without_latin_letters_have_an_address_too(now: Any) -> None:
    property = create_property(
        owner=UserFactory.create(), name="होटल सराय", kind="hotel", destination=None, now=now
    )
    assert property.slug.startswith("stay-")


def test_an_empty_draft_lacks_every_step(now: Any) -> None:
    property = create_property(
        owner=UserFactory.create(), name="Empty", kind="hotel", destination=None, now=now
    )

    progress = listing_progress(property)

    assert [step for step, missing in progress.missing.items() if missing] == [
        "details", "place", "photos", "amenities", "rooms", "rates", "policies",
    ]  # fmt: skip
    with pytest.raises(ListingIncomplete) as caught:
        submit_listing(property_id=property.pk, actor=owner_of(property), now=now)
    assert caught.value.missing == progress.all_missing
    property.refresh_from_db()
    assert property.status == "draft"
    assert not property.decisions.exists()


@pytest.mark.parametrize(
    ("step", "spoil"),
    [
        ("details", lambda p: Property.objects.filter(pk=p.pk).update(description="Nice.")),
        ("place", lambda p: Property.objects.filter(pk=p.pk).update(latitude=None)),
        ("photos", lambda p: p.photos.update(status="pending")),
        ("photos", lambda p: p.photos.update(status="failed")),
        ("amenities", lambda p: p.amenities.clear()),
        ("rooms", lambda p: Bed.objects.all().delete()),
        ("rooms", lambda p: p.room_types.update(is_active=False)),
        ("rates", lambda p: p.rate_plans.get(parent=None).products.update(base_minor=0)),
        ("policies", lambda p: p.rate_plans.update(is_active=False)),
    ],
)
def test_each_step_names_what_it_lacks(step: str, spoil: Any, now: Any) -> None:
    property = complete_draft()
    assert listing_progress(property).is_complete
    spoil(property)
    property.refresh_from_db()
    assert listing_progress(property).missing[step]


def test_progress_asks_the_same_number_of_questions_for_many_rooms(
    django_assert_num_queries: Any, now: Any
) -> None:
    property = complete_draft()
    with django_assert_num_queries(7):
        listing_progress(property)
    for number in range(20):
        room = property.room_types.create(name=f"More {number}")
        Bed.objects.create(room_type=room)
    with django_assert_num_queries(7):
        listing_progress(property)


def test_submitted_returned_submitted_approved(now: Any) -> None:
    property = complete_draft(name="Neem Court")
    owner, staff = owner_of(property), UserFactory.create(is_staff=True)

    submit_listing(property_id=property.pk, actor=owner, now=now)
    assert mails() == []
    with pytest.raises(ListingStateError):
        submit_listing(property_id=property.pk, actor=owner, now=now)

    returned = return_listing(property_id=property.pk, actor=staff, reasons=" Better photos. ", now=now)
    assert (returned.status, returned.published_at) == ("returned", None)
    assert mails() == [("listing_returned", owner.email)]

    submit_listing(property_id=property.pk, actor=owner, now=now)
    published = approve_listing(property_id=property.pk, actor=staff, now=now)

    assert (published.status, published.published_at) == ("published", now)
    assert published.slug.startswith("neem-court-town-")
    assert mails()[1:] == [("listing_approved", owner.email)]
    kinds = list(property.decisions.order_by("id").values_list("kind", "reasons"))
    assert kinds == [
        ("submitted", ""), ("returned", "Better photos."), ("submitted", ""), ("approved", ""),
    ]  # fmt: skip


def test_each_owner_is_told_and_nobody_else(now: Any) -> None:
    property = complete_draft()
    second, manager = UserFactory.create(), UserFactory.create()
    Membership.objects.create(property=property, user=second, role="owner")
    Membership.objects.create(property=property, user=manager, role="manager")
    submit_listing(property_id=property.pk, actor=second, now=now)

    approve_listing(property_id=property.pk, actor=UserFactory.create(is_staff=True), now=now)

    told = {to for _template, to in mails()}
    assert told == {second.email, *(m.user.email for m in property.memberships.filter(role="owner"))}
    assert manager.email not in told


@pytest.mark.parametrize("status", ["draft", "returned", "published"])
def test_only_what_waits_is_decided(status: str, now: Any) -> None:
    property = complete_draft(status=status)
    staff = UserFactory.create(is_staff=True)

    with pytest.raises(ListingStateError):
        approve_listing(property_id=property.pk, actor=staff, now=now)
    with pytest.raises(ListingStateError):
        return_listing(property_id=property.pk, actor=staff, reasons="No.", now=now)

    property.refresh_from_db()
    assert property.status == status
    assert mails() == []
    assert not property.decisions.exists()


def test_nothing_goes_back_without_reasons(now: Any) -> None:
    property = complete_draft(status="submitted")
    with pytest.raises(ReasonsMissing):
        return_listing(property_id=property.pk, actor=UserFactory.create(is_staff=True), reasons=" ", now=now)
    property.refresh_from_db()
    assert property.status == "submitted"


def test_what_was_taken_out_meanwhile_is_not_published(now: Any) -> None:
    property = complete_draft(status="submitted")
    property.photos.all().delete()
    with pytest.raises(ListingIncomplete, match="missing"):
        approve_listing(property_id=property.pk, actor=UserFactory.create(is_staff=True), now=now)
    property.refresh_from_db()
    assert property.status == "submitted"


def test_namesakes_get_different_addresses_that_stay(now: Any) -> None:
    city = DestinationFactory.create(name="Pune")
    staff = UserFactory.create(is_staff=True)
    twins = [complete_draft(name="Lake View", status="submitted", destination=city) for _ in range(2)]

    slugs = [approve_listing(property_id=twin.pk, actor=staff, now=now).slug for twin in twins]

    assert slugs == ["lake-view-pune", f"lake-view-pune-{twins[1].pk}"]
    renamed = update_listing(property_id=twins[0].pk, name="Sea View", now=now)
    assert (renamed.name, renamed.slug, renamed.status) == ("Sea View", "lake-view-pune", "published")


def test_currency_is_fixed_once_published(now: Any) -> None:
    property = complete_draft()
    assert update_listing(property_id=property.pk, currency="USD", now=now).currency == "USD"
    Property.objects.filter(pk=property.pk).update(published_at=now)

    with pytest.raises(CurrencyFixed):
        update_listing(property_id=property.pk, currency="INR", name="Other", now=now)

    property.refresh_from_db()
    assert (property.currency, property.name == "Other") == ("USD", False)
    assert update_listing(property_id=property.pk, currency="USD", now=now).currency == "USD"


def test_scores_add_up_and_are_taken_back() -> None:
    property = make_hotel().property
    record_score(property_id=property.pk, score=9, delta_count=1)
    record_score(property_id=property.pk, score=6, delta_count=1)
    property.refresh_from_db()
    assert (property.review_count, property.review_total, property.score) == (2, 15, 7.5)
    record_score(property_id=property.pk, score=9, delta_count=-1)
    property.refresh_from_db()
    assert (property.review_count, property.score) == (1, 6.0)
