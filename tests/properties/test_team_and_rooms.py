"""Teams always have an owner; room types are what their host says, and never vanish under bookings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from zeal import zeal_ignore

from serai.accounts.models import User
from serai.core.models import OutboxMessage
from serai.properties.models import Membership, Property, RoomType
from serai.properties.rules import PERMISSIONS_BY_ROLE, currency_of_country, role_allows
from serai.properties.services import (
    AlreadyMember,
    LastOwner,
    RoomTypeInvalid,
    add_member,
    change_role,
    remove_member,
    remove_room_type,
    save_room_type,
)
from serai.properties.services.rooms import RoomTypeDraft
from tests.factories import PropertyFactory, RoomTypeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _several_calls_are_meant() -> Iterator[None]:
    """Tests call one service several times; that is no repeated query of the service's."""
    with zeal_ignore():
        yield


PERMISSIONS = ["edit_listing", "edit_prices", "view_bookings", "manage_bookings", "manage_team"]


def member(property: Property, role: str) -> Membership:
    return Membership.objects.create(property=property, user=UserFactory.create(), role=role)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", [True, True, True, True, True]),
        ("manager", [True, True, True, True, False]),
        ("reception", [False, False, True, True, False]),
    ],
)
def test_what_each_role_may_do(role: str, allowed: list[bool]) -> None:
    property, other = PropertyFactory.create(), PropertyFactory.create()
    user = member(property, role).user
    assert [user.has_perm(f"properties.{name}", property) for name in PERMISSIONS] == allowed
    assert [role_allows(role, name) for name in PERMISSIONS] == allowed
    assert not any(user.has_perm(f"properties.{name}", other) for name in PERMISSIONS)
    assert not any(user.has_perm(f"properties.{name}") for name in PERMISSIONS)
    assert not user.has_perm("properties.decide_listing")


def test_strangers_and_staff_may_nothing_at_a_property() -> None:
    property = PropertyFactory.create()
    staff = UserFactory.create(is_staff=True)
    for user in (AnonymousUser(), UserFactory.create(), staff):
        assert not any(user.has_perm(f"properties.{name}", property) for name in PERMISSIONS)
    assert staff.has_perm("properties.decide_listing")
    assert not role_allows(None, "edit_listing")
    assert set(PERMISSIONS_BY_ROLE) == set(Membership.Role.values)


@pytest.mark.parametrize(
    ("country", "currency"), [("IN", "INR"), ("FR", "EUR"), ("JP", "JPY"), ("KW", "KWD"), ("AQ", "USD")]
)
def test_currency_of_country(country: str, currency: str) -> None:
    assert currency_of_country(country) == currency


def test_a_stranger_is_invited_and_gets_an_account(now: Any) -> None:
    property, actor = PropertyFactory.create(), UserFactory.create(name="Asha Rao")
    added = add_member(
        property_id=property.pk, email=" Desk@Example.com ", role="reception", actor=actor, now=now
    )

    assert (added.user.email, added.role) == ("desk@example.com", "reception")
    assert not added.user.has_usable_password()
    mail = OutboxMessage.objects.get(topic="mail.queued").payload
    assert (mail["template"], mail["to"], mail["context"]["invited_by"]) == (
        "listing_team", "desk@example.com", "Asha Rao",
    )  # fmt: skip


def test_somebody_known_is_added_once(now: Any) -> None:
    property, actor = PropertyFactory.create(), UserFactory.create()
    known = UserFactory.create(email="known@example.com")
    add_member(property_id=property.pk, email="KNOWN@example.com", role="manager", actor=actor, now=now)

    with pytest.raises(AlreadyMember):
        add_member(property_id=property.pk, email="known@example.com", role="owner", actor=actor, now=now)

    assert User.objects.filter(email__iexact="known@example.com").count() == 1
    assert property.memberships.get(user=known).role == "manager"
    assert OutboxMessage.objects.filter(topic="mail.queued").count() == 1


def test_the_last_owner_stays(now: Any) -> None:
    property = PropertyFactory.create()
    owner = member(property, "owner")
    member(property, "manager")
    with pytest.raises(LastOwner):
        remove_member(property_id=property.pk, membership_id=owner.pk, now=now)
    with pytest.raises(LastOwner):
        change_role(property_id=property.pk, membership_id=owner.pk, role="manager", now=now)
    assert change_role(property_id=property.pk, membership_id=owner.pk, role="owner", now=now).role == "owner"
    owner.refresh_from_db()
    assert owner.role == "owner"


def test_with_two_owners_one_may_go(now: Any) -> None:
    property = PropertyFactory.create()
    first, second = member(property, "owner"), member(property, "owner")
    remove_member(property_id=property.pk, membership_id=first.pk, now=now)
    assert list(property.memberships.all()) == [second]


def test_another_propertys_member_is_out_of_reach(now: Any) -> None:
    property, other = PropertyFactory.create(), PropertyFactory.create()
    stranger = member(other, "manager")
    with pytest.raises(Membership.DoesNotExist):
        remove_member(property_id=property.pk, membership_id=stranger.pk, now=now)
    with pytest.raises(Membership.DoesNotExist):
        change_role(property_id=property.pk, membership_id=stranger.pk, role="owner", now=now)
    stranger.refresh_from_db()
    assert stranger.role == "manager"


@pytest.mark.django_db(transaction=True)
def test_two_owners_removing_each_other_leave_one(now: Any) -> None:
    property = PropertyFactory.create()
    owners = [member(property, "owner"), member(property, "owner")]
    start = threading.Barrier(2)
    refused: list[LastOwner] = []

    def remove(membership: Membership) -> None:
        start.wait()
        try:
            remove_member(property_id=property.pk, membership_id=membership.pk, now=now)
        except LastOwner as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=[membership]) for membership in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert property.memberships.filter(role="owner").count() == 1


def draft(**fields: Any) -> RoomTypeDraft:
    return RoomTypeDraft(
        **{
            "name": "Deluxe",
            "units": 4,
            "max_adults": 2,
            "max_children": 1,
            "max_guests": 3,
            "base_guests": 2,
            "beds": {"double": 1},
        }
        | fields
    )


def test_beds_become_exactly_what_was_given(now: Any) -> None:
    property = PropertyFactory.create()
    room = save_room_type(property_id=property.pk, draft=draft(beds={"double": 1, "single": 2}), now=now)
    second = save_room_type(property_id=property.pk, draft=draft(name="Family"), now=now)
    assert (room.position, second.position) == (0, 1)

    save_room_type(
        property_id=property.pk, draft=draft(units=9, beds={"king": 1}), room_type_id=room.pk, now=now
    )

    room.refresh_from_db()
    assert room.units == 9
    assert list(room.beds.values_list("kind", "count")) == [("king", 1)]
    assert RoomType.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"max_guests": 1}, "max_guests"),
        ({"base_guests": 4}, "base_guests"),
        ({"name": "Taken"}, "name"),
    ],
)
def test_contradictions_name_their_field_and_change_nothing(
    fields: dict[str, Any], field: str, now: Any
) -> None:
    property = PropertyFactory.create()
    RoomTypeFactory.create(property=property, name="Taken")
    with pytest.raises(RoomTypeInvalid) as caught:
        save_room_type(property_id=property.pk, draft=draft(**fields), now=now)
    assert caught.value.field == field
    assert list(property.room_types.values_list("name", flat=True)) == ["Taken"]


def test_another_propertys_room_is_out_of_reach(now: Any) -> None:
    room = RoomTypeFactory.create(name="Theirs")
    property = PropertyFactory.create()
    with pytest.raises(RoomType.DoesNotExist):
        save_room_type(property_id=property.pk, draft=draft(), room_type_id=room.pk, now=now)
    with pytest.raises(RoomType.DoesNotExist):
        remove_room_type(property_id=property.pk, room_type_id=room.pk, now=now)
    room.refresh_from_db()
    assert (room.name, room.is_active) == ("Theirs", True)


def test_rooms_of_drafts_are_deleted_and_those_of_published_properties_hidden(now: Any) -> None:
    draft_room = RoomTypeFactory.create(property__published_at=None)
    public_room = RoomTypeFactory.create(property__published_at=now)

    assert remove_room_type(property_id=draft_room.property_id, room_type_id=draft_room.pk, now=now)
    assert not remove_room_type(property_id=public_room.property_id, room_type_id=public_room.pk, now=now)

    assert list(RoomType.objects.values_list("pk", "is_active")) == [(public_room.pk, False)]
