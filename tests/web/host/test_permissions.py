"""Every host and staff address, walked by everybody: who may see it, and that a refusal changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from serai.accounts.models import User
from serai.bookings.models import Block, Booking, BookingRoom, RoomAssignment
from serai.bookings.services import BookingDetails, RoomLine, accept_channel_booking, create_block
from serai.payments.models import FolioLine, Invoice, Payment
from serai.properties.models import Membership, Photo, Property
from serai.properties.services import add_rooms
from serai.rates.models import Extra, Promotion
from serai.rates.rules import Party
from serai.web.host.urls import urlpatterns as host_patterns
from serai.web.staff.urls import urlpatterns as staff_patterns
from tests.factories import NOW, Hotel, UserFactory, make_hotel
from tests.web.test_authorisation import paid_and_invoiced

pytestmark = pytest.mark.django_db

OWNER, MANAGER, RECEPTION = "owner", "manager", "reception"
EDITORS = {OWNER, MANAGER}
TEAM = {OWNER, MANAGER, RECEPTION}
EVERYBODY = {OWNER, MANAGER, RECEPTION, "other host", "guest", "staff"}
PEOPLE = sorted(EVERYBODY)

# Who may open each address (with GET; or POST where an address knows nothing else).
ALLOWED: dict[str, set[str]] = {
    "host_home": EVERYBODY,
    "host_cities": EVERYBODY,
    "host_bookings": EVERYBODY,
    "host_property_new": EVERYBODY,
    "host_booking": TEAM,
    "host_booking_move": TEAM,
    "host_assignment": TEAM,
    "host_room_plan": TEAM,
    "host_room_plan_share": TEAM,
    "host_day_use": TEAM,
    "host_room_numbers": EDITORS,
    "host_room_number": EDITORS,
    "host_folio_payment": TEAM,
    "host_folio_charge": TEAM,
    "host_folio_hand_back": TEAM,
    "host_invoice_new": TEAM,
    "host_invoice_pdf": TEAM,
    "host_invoice_credit": TEAM,
    "host_booking_change": TEAM,
    "host_booking_rooms": TEAM,
    "host_booking_departure": TEAM,
    "host_property": EDITORS,
    "host_property_step": EDITORS,
    "host_property_preview": EDITORS,
    "host_property_submit": EDITORS,
    "host_photo_grid": EDITORS,
    "host_photo": EDITORS,
    "host_photo_order": EDITORS,
    "host_photo_remove": EDITORS,
    "host_room_new": EDITORS,
    "host_room": EDITORS,
    "host_room_remove": EDITORS,
    "host_calendar": EDITORS,
    "host_calendar_night": EDITORS,
    "host_calendar_undo": EDITORS,
    "host_plans": EDITORS,
    "host_plan_new": EDITORS,
    "host_plan": EDITORS,
    "host_plan_prices": EDITORS,
    "host_plan_archive": EDITORS,
    "host_plan_restore": EDITORS,
    "host_plan_order": EDITORS,
    "host_policies": EDITORS,
    "host_policy_new": EDITORS,
    "host_policy": EDITORS,
    "host_policy_remove": EDITORS,
    "host_promotions": EDITORS,
    "host_promotion_new": EDITORS,
    "host_promotion": EDITORS,
    "host_promotion_end": EDITORS,
    "host_extras": EDITORS,
    "host_extra_new": EDITORS,
    "host_extra": EDITORS,
    "host_extra_remove": EDITORS,
    "host_guest_prices": EDITORS,
    "host_taxes": EDITORS,
    "host_why": EDITORS,
    "host_groups": TEAM,
    "host_group_new": TEAM,
    "host_group": TEAM,
    "host_group_change": TEAM,
    "host_group_release": TEAM,
    "host_waiting": TEAM,
    "host_relocate": TEAM,
    "host_relocate_place": TEAM,
    "host_relocate_elsewhere": TEAM,
    "host_team": {OWNER},
    "host_team_role": {OWNER},
    "host_team_remove": {OWNER},
    "staff_home": {"staff"},
    "staff_property": {"staff"},
    "staff_approve": {"staff"},
    "staff_return": {"staff"},
    "staff_trouble": {"staff"},
    "staff_why": {"staff"},
    "staff_retry_message": {"staff"},
    "staff_retry_refund": {"staff"},
}
POST_ONLY = {
    "host_property_submit": {},
    "host_room_plan_share": {},
    "host_photo_order": {"to": "0"},
    "host_calendar_undo": {},
    "host_plan_restore": {},
    "host_plan_order": {"to": "up"},
    "host_policy_remove": {},
    "host_promotion_end": {},
    "host_extra_remove": {},
    "host_relocate_place": {"room_type": "1"},
    "host_team_role": {"role": "manager"},
    "host_team_remove": {},
    "staff_approve": {},
    "staff_return": {"reasons": "Better photos."},
    "staff_retry_message": {},
    "staff_retry_refund": {},
}
STEPS = ["details", "place", "photos", "amenities", "rooms", "rates", "policies", "review"]


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    hotel = make_hotel(status="submitted")
    Photo.objects.create(property=hotel.property, status="ready", variants={"480": "variants/1/x.webp"})
    Promotion.objects.create(property=hotel.property, name="Long stay", value=1000, min_nights=7)
    Extra.objects.create(property=hotel.property, name="Airport transfer", amount_minor=90_000)
    booking = Booking.objects.create(
        reference="SR7",
        property=hotel.property,
        idempotency_key="1",
        request_hash="x",
        guest_name="Rohan Mehta",
        check_in=dt.date(2026, 11, 21),
        check_out=dt.date(2026, 11, 23),
        adults=2,
        currency="INR",
        total_minor=800_000,
        payment_method="pay_at_property",
        booked_at=NOW,
    )
    BookingRoom.objects.create(
        booking=booking,
        room_type=hotel.room_type,
        check_in=booking.check_in,
        check_out=booking.check_out,
        adults=2,
        total_minor=booking.total_minor,
    )
    add_rooms(property_id=hotel.property.pk, room_type_id=hotel.room_type.pk, numbers="101")
    with zeal_ignore():
        paid_and_invoiced(booking)
        group_and_unplaced(hotel)
    return hotel


def group_and_unplaced(hotel: Hotel) -> None:
    """A block that takes a whole night, and a channel's booking that has no room on it."""
    night = dt.date(2026, 12, 20)
    create_block(
        property_id=hotel.property.pk,
        rate_plan_id=hotel.flexible.rate_plan_id,
        name="Sharma wedding",
        nights={(hotel.room_type.pk, night): hotel.room_type.units},
        release_date=dt.date(2026, 12, 15),
        actor=hotel.host,
        now=NOW,
    )
    details = BookingDetails(
        property_id=hotel.property.pk,
        channel="agency",
        guest_name="Lena Brandt",
        currency="INR",
        rooms=[RoomLine(hotel.room_type.pk, night, night + dt.timedelta(days=1), Party(2), 300_000)],
        payment_method=Booking.PaymentMethod.CHANNEL,
    )
    accept_channel_booking(details=details, key="A1", now=NOW)


@pytest.fixture
def people(hotel: Hotel) -> dict[str, User]:
    def member(role: str) -> User:
        return Membership.objects.create(property=hotel.property, user=UserFactory.create(), role=role).user

    return {
        OWNER: member(OWNER),
        MANAGER: member(MANAGER),
        RECEPTION: member(RECEPTION),
        "other host": make_hotel().host,
        "guest": UserFactory.create(),
        "staff": UserFactory.create(is_staff=True),
    }


def addresses(hotel: Hotel) -> list[tuple[str, str]]:
    """Every route's name with an address of this hotel; steps count one by one."""
    property = hotel.property
    known: dict[str, Any] = {
        "property_id": property.pk,
        "photo_id": property.photos.get().pk,
        "room_type_id": hotel.room_type.pk,
        "room_id": property.rooms.get().pk,
        "stay_id": BookingRoom.objects.get(booking__reference="SR7").pk,
        "payment_id": Payment.objects.get().pk,
        "invoice_id": Invoice.objects.get().pk,
        "membership_id": property.memberships.get(user=hotel.host).pk,
        "plan_id": hotel.flexible.rate_plan_id,
        "policy_id": hotel.flexible.rate_plan.policy_id,
        "promotion_id": property.promotions.get().pk,
        "extra_id": property.extras.get().pk,
        "block_id": Block.objects.get().pk,
        "unplaced_id": BookingRoom.objects.get(state="unplaced").pk,
        "reference": "SR7",
        "action": "cancel",
        "message_id": 1,
        "refund_id": "00000000-0000-0000-0000-000000000000",
    }
    found = []
    for pattern in [*host_patterns, *staff_patterns]:
        names = list(pattern.pattern.converters)
        if "step" in names:
            found += [(pattern.name, reverse(pattern.name, args=[property.pk, step])) for step in STEPS]
        else:
            found.append((pattern.name, reverse(pattern.name, kwargs={name: known[name] for name in names})))
    return found


def visit(client: Client, name: str, url: str) -> int:
    return (client.post(url, POST_ONLY[name]) if name in POST_ONLY else client.get(url)).status_code


def snapshot(hotel: Hotel) -> list[Any]:
    """What must not change when somebody is refused."""
    with zeal_ignore():
        property = Property.objects.get(pk=hotel.property.pk)
        return [
            property.status,
            list(property.memberships.order_by("pk").values_list("pk", "role")),
            list(property.photos.values_list("pk", "position")),
            list(property.rate_plans.order_by("pk").values_list("name", "position", "is_active")),
            list(property.policies.order_by("pk").values_list("name")),
            list(property.promotions.values_list("name", "is_active")),
            list(property.extras.values_list("name", "is_active")),
            list(property.taxes.values_list("name")),
            list(property.decisions.values_list("kind", flat=True)),
            list(Booking.objects.filter(property=property).values_list("reference", "state")),
            list(BookingRoom.objects.order_by("pk").values_list("pk", "state")),
            list(Block.objects.values_list("pk", "name", "hold__state")),
            list(property.rooms.values_list("number", "is_active")),
            list(RoomAssignment.objects.values_list("room", "booking_room")),
            list(FolioLine.objects.order_by("pk").values_list("reference", "key", "amount_minor")),
            list(Invoice.objects.order_by("pk").values_list("number", "total_minor")),
        ]


def test_every_route_is_in_the_table() -> None:
    assert {pattern.name for pattern in [*host_patterns, *staff_patterns]} == set(ALLOWED)


@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_sees_what_the_role_allows_and_no_more(
    person: str, hotel: Hotel, people: dict[str, User]
) -> None:
    client = Client()
    client.force_login(people[person])
    for name, url in addresses(hotel):
        if person in ALLOWED[name] and name in POST_ONLY:
            continue  # their own tests say what they do; here they would change the hotel under the others
        before = snapshot(hotel)
        status = visit(client, name, url)
        expected = {200, 302} if person in ALLOWED[name] else {404}
        assert status in expected, f"{person} {url}: {status}"
        assert snapshot(hotel) == before, url


def test_the_anonymous_are_sent_to_sign_in_whatever_exists(hotel: Hotel) -> None:
    assert not AnonymousUser().has_perm("properties.edit_listing", hotel.property)
    before = snapshot(hotel)
    for name, url in addresses(hotel):
        for address in (url, url.replace(f"/{hotel.property.pk}/", "/999999/")):
            response = Client().post(address, POST_ONLY.get(name, {}))
            assert response.status_code == 302, address
            assert response.headers["Location"].startswith(reverse("account_login")), address
    assert snapshot(hotel) == before


@pytest.mark.parametrize("person", ["reception", "other host", "guest", "staff"])
def test_forms_of_editors_refuse_others_too(person: str, hotel: Hotel, people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people[person])
    before = snapshot(hotel)
    for name, url in addresses(hotel):
        if ALLOWED[name] == EDITORS:
            assert client.post(url, POST_ONLY.get(name, {"name": "Stolen"})).status_code == 404, url
    assert snapshot(hotel) == before
    assert Property.objects.get(pk=hotel.property.pk).name == hotel.property.name


@pytest.mark.parametrize("person", ["other host", "guest", "staff"])
@pytest.mark.parametrize("action", ["check-in", "check-out", "no-show", "cancel"])
def test_bookings_of_others_do_not_move(
    person: str, action: str, hotel: Hotel, people: dict[str, User]
) -> None:
    client = Client()
    client.force_login(people[person])
    assert client.post(reverse("host_booking_move", args=["SR7", action])).status_code == 404
    assert Booking.objects.get(reference="SR7").state == "confirmed"


def test_parts_of_another_property_are_not_found_under_ones_own(hotel: Hotel) -> None:
    other = make_hotel()
    client = Client()
    client.force_login(other.host)
    mine = other.property.pk
    photo, room = hotel.property.photos.get().pk, hotel.room_type.pk
    for url in (
        reverse("host_photo", args=[mine, photo]),
        reverse("host_photo_remove", args=[mine, photo]),
        reverse("host_room", args=[mine, room]),
        reverse("host_room_remove", args=[mine, room]),
        reverse("host_room_number", args=[mine, hotel.property.rooms.get().pk]),
        reverse("host_plan", args=[mine, hotel.flexible.rate_plan_id]),
        reverse("host_plan_prices", args=[mine, hotel.flexible.rate_plan_id]),
        reverse("host_plan_archive", args=[mine, hotel.flexible.rate_plan_id]),
        reverse("host_policy", args=[mine, hotel.flexible.rate_plan.policy_id]),
        reverse("host_promotion", args=[mine, hotel.property.promotions.get().pk]),
        reverse("host_extra", args=[mine, hotel.property.extras.get().pk]),
        reverse("host_calendar", args=[mine]) + f"?room_type={room}",
        reverse("host_calendar_night", args=[mine]) + f"?room_type={room}",
    ):
        assert client.get(url).status_code == 404, url
    everything = snapshot(hotel)
    for name, pk in (
        ("host_plan_restore", hotel.flexible.rate_plan_id),
        ("host_plan_order", hotel.flexible.rate_plan_id),
        ("host_plan_archive", hotel.saver.rate_plan_id),
        ("host_policy_remove", hotel.flexible.rate_plan.policy_id),
        ("host_promotion_end", hotel.property.promotions.get().pk),
        ("host_extra_remove", hotel.property.extras.get().pk),
    ):
        assert client.post(reverse(name, args=[mine, pk]), {"to": "up"}).status_code == 404, name
    assert snapshot(hotel) == everything
    client.post(reverse("host_photo_remove", args=[mine, photo]))
    assert hotel.property.photos.count() == 1
    assert client.post(reverse("host_photo_order", args=[mine, photo]), {"to": "0"}).status_code == 404
    member = hotel.property.memberships.first()
    assert member is not None
    assert client.post(reverse("host_team_remove", args=[mine, member.pk])).status_code == 404
    assert hotel.property.memberships.filter(pk=member.pk).exists()
