"""Who may open what: every route of the site, tried by everybody.

A route that is missing from the table fails, so a new page cannot be forgotten. Denied means: the
sign-in page for people who are not signed in, "no such page" for everybody else, and nothing changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from zeal import zeal_ignore

from serai.accounts.models import User
from serai.bookings.models import Block, Booking, BookingRoom, Checkout, WaitlistEntry
from serai.bookings.quotes import make_quote, request_rooms
from serai.bookings.services import (
    BookingDetails,
    RoomLine,
    accept_channel_booking,
    complete_checkout,
    create_block,
    hold_quote,
    invoice_booking,
    join_waitlist,
    save_guest_details,
    take_payment,
)
from serai.payments.models import Invoice, Payment
from serai.payments.services import make_invoice_file
from serai.properties.models import Membership, Photo
from serai.properties.services import add_rooms
from serai.rates.models import Extra, Promotion
from serai.rates.rules import Party
from tests.factories import NOW, Hotel, UserFactory, make_hotel

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "guest", "other_guest", "owner", "manager", "reception", "other_host", "staff")
EVERYBODY = set(ROLES)
SIGNED_IN = EVERYBODY - {"anonymous"}
GUEST, TEAM = {"guest"}, {"owner", "manager", "reception"}
EDITORS, OWNER, STAFF = {"owner", "manager"}, {"owner"}, {"staff"}

# Whom each route lets in. Routes of the sign-in library are tried by `test_sign_in_routes…`.
TABLE: dict[str, set[str]] = {
    "home": EVERYBODY,
    "search": EVERYBODY,
    "suggest": EVERYBODY,
    "property_page": EVERYBODY,
    "property_reviews": EVERYBODY,
    "quote": EVERYBODY,
    "choose": EVERYBODY,
    "hold_create": EVERYBODY,
    "group_page": EVERYBODY,
    "payment_webhook": EVERYBODY,
    "media": EVERYBODY,
    "set_language": EVERYBODY,
    "checkout": GUEST,
    "checkout_return": GUEST,
    "checkout_abandon": GUEST,
    "booking_confirmed": GUEST,
    "trips": SIGNED_IN,
    "wait": SIGNED_IN,
    "waiting": SIGNED_IN,
    "waiting_leave": GUEST,
    "trip": GUEST,
    "trip_cancel": GUEST,
    "trip_change": GUEST,
    "trip_pay": GUEST,
    "trip_paid": GUEST,
    "trip_voucher": GUEST,
    "trip_calendar": GUEST,
    "trip_invoice": GUEST,
    "account_profile": SIGNED_IN,
    "host_home": SIGNED_IN,
    "host_cities": SIGNED_IN,
    "host_bookings": SIGNED_IN,
    "host_property_new": SIGNED_IN,
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
    "host_team": OWNER,
    "host_team_role": OWNER,
    "host_team_remove": OWNER,
    "host_property_preview": EDITORS,
    "host_property_submit": EDITORS,
    "host_property_step": EDITORS,
    "host_photo_grid": EDITORS,
    "host_photo": EDITORS,
    "host_photo_order": EDITORS,
    "host_photo_remove": EDITORS,
    "host_room_new": EDITORS,
    "host_room": EDITORS,
    "host_room_remove": EDITORS,
    "staff_home": STAFF,
    "staff_property": STAFF,
    "staff_approve": STAFF,
    "staff_return": STAFF,
    "staff_trouble": STAFF,
    "staff_why": STAFF,
    "staff_retry_message": STAFF,
    "staff_retry_refund": STAFF,
    # The mailbox, the bank and the style guide exist in demo and tests only.
    "dev_styleguide": EVERYBODY,
    "dev_mail": EVERYBODY,
    "dev_mail_message": EVERYBODY,
    "dev_mail_html": EVERYBODY,
    "dev_mail_attachment": EVERYBODY,
    "dev_bank": EVERYBODY,
    "dev_bank_challenge": EVERYBODY,
    "dev_bank_cancel": EVERYBODY,
}
# A checkout that is not yours does not exist, signed in or not: the browser's session may own it.
HIDDEN_FROM_ANONYMOUS = {"checkout", "checkout_return", "checkout_abandon"}


def routes(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), str(pattern.name)


OURS = sorted({name for path, name in routes() if not path.startswith("accounts/")})


@dataclass
class World:
    """One hotel with a team, a booking, an open checkout, a photo, a promotion, an extra; and strangers."""

    hotel: Hotel
    users: dict[str, User]
    booking: Booking
    checkout: Checkout
    photo: Photo
    payment: Payment
    invoice: Invoice
    promotion: Promotion
    extra: Extra

    def client(self, role: str) -> Client:
        client = Client()
        if role != "anonymous":
            with zeal_ignore():
                client.force_login(self.users[role])
        return client

    def path(self, name: str) -> str:
        property_id = self.hotel.property.pk
        plan_id = self.hotel.saver.rate_plan_id
        root_id, policy_id = self.hotel.flexible.rate_plan_id, self.hotel.flexible.rate_plan.policy_id
        membership_id = Membership.objects.get(property=property_id, role="reception").pk
        block = Block.objects.filter(property=property_id).first()
        unplaced = BookingRoom.objects.filter(booking__property=property_id, state="unplaced").first()
        waiting = WaitlistEntry.objects.first()
        block_id, unplaced_id = block.pk if block else 0, unplaced.pk if unplaced else 0
        arguments: dict[str, list[Any]] = {
            "wait": [self.hotel.property.slug],
            "group_page": [block.code if block else "NOSUCH"],
            "waiting_leave": [waiting.pk if waiting else 0],
            "host_group": [property_id, block_id],
            "host_group_change": [property_id, block_id],
            "host_group_release": [property_id, block_id],
            "host_relocate_place": [property_id, unplaced_id],
            "host_relocate_elsewhere": [property_id, unplaced_id],
            "property_page": [self.hotel.property.slug],
            "property_reviews": [self.hotel.property.slug],
            "quote": [self.hotel.property.slug],
            "choose": [self.hotel.property.slug],
            "payment_webhook": ["fake"],
            "media": ["variants/0/none-480.webp"],
            "checkout": [self.checkout.pk],
            "checkout_return": [self.checkout.pk],
            "checkout_abandon": [self.checkout.pk],
            "host_booking_move": [self.booking.reference, "check-in"],
            "host_folio_hand_back": [self.booking.reference, self.payment.pk],
            "host_folio_payment": [self.booking.reference],
            "host_folio_charge": [self.booking.reference],
            "host_invoice_new": [self.booking.reference],
            "host_invoice_pdf": [self.booking.reference, self.invoice.pk],
            "host_invoice_credit": [self.booking.reference, self.invoice.pk],
            "trip_invoice": [self.booking.reference, self.invoice.pk],
            "host_team_role": [property_id, membership_id],
            "host_team_remove": [property_id, membership_id],
            "host_photo": [property_id, self.photo.pk],
            "host_photo_order": [property_id, self.photo.pk],
            "host_photo_remove": [property_id, self.photo.pk],
            "host_room": [property_id, self.hotel.room_type.pk],
            "host_room_remove": [property_id, self.hotel.room_type.pk],
            "host_room_number": [property_id, self.hotel.property.rooms.first().pk],
            "host_assignment": [self.booking.reference, self.booking.rooms.first().pk],
            "host_property_step": [property_id, "details"],
            "host_plan": [property_id, plan_id],
            "host_plan_archive": [property_id, plan_id],
            "host_plan_restore": [property_id, plan_id],
            "host_plan_order": [property_id, plan_id],
            "host_plan_prices": [property_id, root_id],
            "host_policy": [property_id, policy_id],
            "host_policy_remove": [property_id, policy_id],
            "host_promotion": [property_id, self.promotion.pk],
            "host_promotion_end": [property_id, self.promotion.pk],
            "host_extra": [property_id, self.extra.pk],
            "host_extra_remove": [property_id, self.extra.pk],
            "staff_trouble": [],
            "staff_retry_message": [1],
            "staff_retry_refund": [self.checkout.pk],
            "dev_mail_message": [1],
            "dev_mail_html": [1],
            "dev_mail_attachment": [1, 1],
            "dev_bank": ["none"],
            "dev_bank_challenge": ["none"],
            "dev_bank_cancel": ["none"],
        }
        if name in arguments:
            return reverse(name, args=arguments[name])
        if name.startswith(("trip", "booking_", "host_booking")) and name not in {"trips", "host_bookings"}:
            return reverse(name, args=[self.booking.reference])
        needs_property = name.startswith(("host_", "staff_")) and name not in {
            "host_home", "host_cities", "host_bookings", "host_property_new", "staff_home", "staff_why",
        }  # fmt: skip
        return reverse(name, args=[property_id] if needs_property else [])


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def world() -> World:
    hotel = make_hotel()
    users = {role: UserFactory.create() for role in ROLES if role not in {"anonymous", "owner", "staff"}}
    users["owner"] = hotel.host
    users["staff"] = UserFactory.create(is_staff=True)
    users["other_host"] = make_hotel().host
    for role in ("manager", "reception"):
        Membership.objects.create(property=hotel.property, user=users[role], role=role)
    guest = users["guest"]
    with zeal_ignore():
        checkouts = [
            hold_quote(token=make_quote(request=request, now=NOW).token, user=guest, now=NOW)
            for request in (
                request_rooms(hotel.flexible.pk, dt.date(2026, 12, day), dt.date(2026, 12, day + 2), Party(2))
                for day in (1, 5)
            )
        ]
        save_guest_details(
            checkout_id=checkouts[0].pk,
            guest_name=guest.name,
            guest_email=guest.email,
            guest_phone="",
            arrival_time="",
            requests="",
            payment_method="pay_at_property",
            now=NOW,
        )
        booking = complete_checkout(checkout_id=checkouts[0].pk, now=NOW)
        make_group_and_queue(hotel, [guest])
    photo = Photo.objects.create(property=hotel.property, original="originals/none")
    add_rooms(property_id=hotel.property.pk, room_type_id=hotel.room_type.pk, numbers="101–103")
    with zeal_ignore():
        payment, invoice = paid_and_invoiced(booking)
    return World(hotel, users, booking, checkouts[1], photo, payment, invoice, *offers_of(hotel))


def paid_and_invoiced(booking: Booking) -> tuple[Payment, Invoice]:
    """A booking of which some was paid at the desk, with its invoice and the file of it."""
    payment = take_payment(
        booking_id=booking.pk, amount_minor=100_000, method="cash", key="1", actor=None, now=NOW
    )
    invoice = invoice_booking(booking_id=booking.pk, recipient="Maya Rao", key="1", actor=None, now=NOW)
    make_invoice_file(invoice_id=invoice.pk)
    return payment, invoice


def offers_of(hotel: Hotel) -> tuple[Promotion, Extra]:
    """A promotion and an extra of the hotel."""
    promotion = Promotion.objects.create(property=hotel.property, name="Long stay", value=1000, min_nights=7)
    extra = Extra.objects.create(property=hotel.property, name="Airport transfer", amount_minor=90_000)
    return promotion, extra


def make_group_and_queue(hotel: Hotel, guests: list[User]) -> None:
    """For each guest a block, a channel's booking without a room, and a place in line for the full night."""
    night = dt.date(2026, 12, 20)
    stay = night, night + dt.timedelta(days=1)
    sizes = [1] * len(guests) + [hotel.room_type.units - len(guests)]
    for number, rooms in enumerate(sizes):
        create_block(
            property_id=hotel.property.pk,
            rate_plan_id=hotel.flexible.rate_plan_id,
            name="Sharma wedding",
            code=f"GROUP-{hotel.property.pk}-{number}",
            nights={(hotel.room_type.pk, night): rooms},
            release_date=dt.date(2026, 12, 15),
            actor=hotel.host,
            now=NOW,
        )
    for number, guest in enumerate(guests):
        accept_channel_booking(
            details=BookingDetails(
                property_id=hotel.property.pk,
                channel="agency",
                guest_name="Lena Brandt",
                currency="INR",
                rooms=[RoomLine(hotel.room_type.pk, *stay, Party(2), 300_000)],
                payment_method=Booking.PaymentMethod.CHANNEL,
            ),
            key=f"A{number}",
            now=NOW,
        )
        join_waitlist(
            request=request_rooms(hotel.flexible.pk, *stay, Party(2)), user=guest, language="en", now=NOW
        )


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of ours, to see that nothing changed."""
    return {
        model._meta.label: sorted(model.objects.values_list(), key=repr)
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("serai.")
    }


def outcome(response: Any) -> str:
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "sign-in"
    return {404: "hidden", 405: "method"}.get(response.status_code, "in")


def test_every_route_is_in_the_table():
    assert sorted(TABLE) == OURS


@pytest.mark.parametrize("name", [name for name in OURS if TABLE.get(name, EVERYBODY) != EVERYBODY])
def test_only_those_in_the_table_get_in(name: str, world: World):
    path = world.path(name)
    clients = {role: world.client(role) for role in ROLES}
    before = contents()
    got: dict[str, str] = {}
    changed: list[str] = []
    attempts: list[Callable[[Client], Any]] = [
        lambda client: client.get(path),
        lambda client: client.post(path, {}),
    ]
    for role in sorted(ROLES, key=lambda role: role in TABLE[name]):
        if role in TABLE[name]:
            got[role] = outcome(clients[role].get(path)).replace("method", "in")
            continue
        outcomes = {outcome(attempt(clients[role])) for attempt in attempts}
        got[role] = "/".join(sorted(outcomes - {"method"}))
        if contents() != before:
            changed.append(role)
    expected = {
        role: "in"
        if role in TABLE[name]
        else "sign-in"
        if role == "anonymous" and name not in HIDDEN_FROM_ANONYMOUS
        else "hidden"
        for role in ROLES
    }
    assert got == expected
    assert changed == []


@pytest.mark.parametrize("name", [name for name in OURS if TABLE.get(name) == EVERYBODY])
def test_public_routes_ask_nobody_to_sign_in(name: str, world: World):
    path = world.path(name)
    for role in ROLES:
        for response in (world.client(role).get(path), world.client(role).post(path, {})):
            assert outcome(response) != "sign-in"
            assert response.status_code < 500


def test_sign_in_routes_never_fail_for_strangers():
    client = Client()
    for path, name in routes():
        if path.startswith("accounts/") and "<" not in path and "(" not in path:
            response = client.get("/" + path)
            assert response.status_code < 500, (path, name)
