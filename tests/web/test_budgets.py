"""How often each page asks the database: exactly so often, with one row of everything or with fifty.

Pages with budgets in tests of their own are tried here as well, so that the list is whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from zeal import zeal_ignore

from serai.bookings.quotes import make_quote, request_rooms
from serai.bookings.services import (
    add_charge,
    assign_rooms,
    complete_checkout,
    correct_invoice,
    hold_quote,
    invoice_booking,
    save_guest_details,
    take_payment,
)
from serai.core.models import SentMail
from serai.inventory.services import open_nights
from serai.properties.models import Amenity, ListingDecision, Membership, Photo
from serai.properties.services import add_rooms
from serai.rates.models import (
    CancellationTier,
    ChildBand,
    ChildPrice,
    DepositStep,
    Extra,
    Promotion,
    RateCode,
    Season,
    TaxRule,
)
from serai.rates.rules import Party
from serai.reviews.models import Review
from tests.factories import (
    FIRST_NIGHT,
    NOW,
    PolicyFactory,
    ProductFactory,
    RatePlanFactory,
    RoomTypeFactory,
    UserFactory,
    make_hotel,
)
from tests.web.test_authorisation import OURS, World, make_group_and_queue, offers_of, paid_and_invoiced

pytestmark = pytest.mark.django_db

CHECK_IN, CHECK_OUT = dt.date(2026, 12, 1), dt.date(2026, 12, 3)
STAY = "check_in=2026-12-01&check_out=2026-12-03&adults=2"

# route → (who looks, queries). A person who is signed in costs two: session and user.
BUDGETS: dict[str, tuple[str, int]] = {
    "account_profile": ("guest", 3),
    "booking_confirmed": ("guest", 7),
    "checkout": ("guest", 2),
    "dev_mail": ("anonymous", 2),
    "dev_mail_html": ("anonymous", 1),
    "dev_mail_message": ("anonymous", 2),
    "group_page": ("anonymous", 3),
    "home": ("anonymous", 2),
    "host_assignment": ("owner", 6),
    "host_booking": ("owner", 16),
    "host_booking_change": ("owner", 20),
    "host_booking_rooms": ("owner", 7),
    "host_bookings": ("owner", 6),
    "host_calendar": ("owner", 7),
    "host_calendar_night": ("owner", 26),
    "host_cities": ("owner", 1),
    "host_day_use": ("owner", 5),
    "host_folio_charge": ("owner", 7),
    "host_folio_hand_back": ("owner", 8),
    "host_folio_payment": ("owner", 8),
    "host_group": ("owner", 4),
    "host_group_change": ("owner", 7),
    "host_group_new": ("owner", 6),
    "host_group_release": ("owner", 4),
    "host_groups": ("owner", 5),
    "host_home": ("owner", 3),
    "host_invoice_credit": ("owner", 8),
    "host_invoice_new": ("owner", 7),
    "host_photo": ("owner", 12),
    "host_photo_grid": ("owner", 3),
    "host_room_plan": ("owner", 6),
    "host_plans": ("owner", 4),
    "host_plan_new": ("owner", 7),
    "host_plan": ("owner", 7),
    "host_plan_prices": ("owner", 5),
    "host_plan_archive": ("owner", 4),
    "host_policies": ("owner", 6),
    "host_policy_new": ("owner", 2),
    "host_policy": ("owner", 5),
    "host_promotions": ("owner", 3),
    "host_promotion_new": ("owner", 3),
    "host_promotion": ("owner", 5),
    "host_extras": ("owner", 3),
    "host_extra_new": ("owner", 2),
    "host_extra": ("owner", 3),
    "host_guest_prices": ("owner", 6),
    "host_taxes": ("owner", 3),
    "host_property_new": ("owner", 1),
    "host_property_preview": ("owner", 10),
    "host_property_step": ("owner", 10),
    "host_room": ("owner", 14),
    "host_relocate": ("owner", 6),
    "host_relocate_elsewhere": ("owner", 3),
    "host_room_new": ("owner", 11),
    "host_room_number": ("owner", 5),
    "host_room_numbers": ("owner", 6),
    "host_team": ("owner", 3),
    "host_waiting": ("owner", 4),
    "host_why": ("owner", 17),
    "property_page": ("anonymous", 18),
    "property_reviews": ("anonymous", 4),
    "quote": ("anonymous", 13),
    "search": ("anonymous", 17),
    "staff_home": ("staff", 3),
    "staff_property": ("staff", 21),
    "staff_trouble": ("staff", 3),
    "staff_why": ("staff", 16),
    "suggest": ("anonymous", 4),
    "trip": ("guest", 9),
    "trip_cancel": ("guest", 8),
    "trip_change": ("guest", 20),
    "trips": ("guest", 4),
    "wait": ("guest", 12),
    "waiting": ("guest", 2),
}
# Routes without a page: they take a form, hand out a file, or send people on.
NO_PAGE = {
    "checkout_abandon",
    "checkout_return",
    "choose",
    "dev_mail_attachment",
    "hold_create",
    "host_booking_departure",
    "host_booking_move",
    "host_calendar_undo",
    "host_photo_order",
    "host_relocate_place",
    "host_room_plan_share",
    "host_photo_remove",
    "host_property",
    "host_plan_restore",
    "host_plan_order",
    "host_policy_remove",
    "host_promotion_end",
    "host_extra_remove",
    "host_property_submit",
    "host_room_remove",
    "host_team_remove",
    "host_team_role",
    "media",
    "payment_webhook",
    "set_language",
    "staff_approve",
    "staff_retry_message",
    "staff_retry_refund",
    "staff_return",
    "trip_paid",
    "trip_pay",
    "trip_voucher",
    "waiting_leave",
    "trip_invoice",
    "host_invoice_pdf",
    "trip_calendar",
    # The demo bank and the style guide are not part of the site.
    "dev_bank",
    "dev_bank_cancel",
    "dev_bank_challenge",
    "dev_styleguide",
}
QUERY = {
    "host_room_plan": "?from=2026-11-30",
    "quote": f"?{STAY}&product={{product}}",
    "property_page": f"?{STAY}",
    "wait": f"?{STAY}&product={{product}}",
    "search": f"?{STAY}&q=town",
    "host_why": f"?{STAY}&product={{product}}&code=SUN",
    "staff_why": f"?{STAY}&product={{product}}&property={{property}}",
    "suggest": "?q=town",
}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def world(rows: int) -> World:
    with zeal_ignore():
        return build(rows)


def build(rows: int) -> World:
    """A hotel with `rows` rows of everything that a page might list, and `rows` hotels beside it."""
    hotel = make_hotel(units=rows + 5)
    users = {"guest": UserFactory.create(), "owner": hotel.host, "staff": UserFactory.create(is_staff=True)}
    users["reception"] = UserFactory.create()
    Membership.objects.create(property=hotel.property, user=users["reception"], role="reception")
    checkouts = []
    for number in range(rows + 1):
        request = request_rooms(hotel.flexible.pk, CHECK_IN, CHECK_OUT, Party(2))
        # Quotes of one instant are one quote.
        quote = make_quote(request=request, now=NOW + dt.timedelta(milliseconds=number))
        checkouts.append(hold_quote(token=quote.token, user=users["guest"], now=NOW))
    bookings = []
    for checkout in checkouts[1:]:
        save_guest_details(
            checkout_id=checkout.pk,
            guest_name="Maya Rao",
            guest_email="maya@example.com",
            guest_phone="",
            arrival_time="",
            requests="",
            payment_method="pay_at_property",
            now=NOW,
        )
        bookings.append(complete_checkout(checkout_id=checkout.pk, now=NOW))
    make_group_and_queue(hotel, [UserFactory.create() for _ in range(rows)])
    for number in range(rows):
        room_type = RoomTypeFactory.create(property=hotel.property)
        open_nights(
            room_type_id=room_type.pk,
            first=FIRST_NIGHT,
            last=FIRST_NIGHT + dt.timedelta(days=40),
            allotment=3,
            now=NOW,
        )
        for plan in (hotel.flexible.rate_plan, hotel.saver.rate_plan):
            ProductFactory.create(room_type=room_type, rate_plan=plan)
        for room in (None, room_type):
            Photo.objects.create(
                property=hotel.property,
                room_type=room,
                original=ContentFile(b"", name="x"),
                status=Photo.Status.READY,
                variants={"480": "variants/x-480.webp"},
            )
        Membership.objects.create(property=hotel.property, user=UserFactory.create(), role="manager")
        Review.objects.create(
            property=hotel.property, author_name="A", score=8, stayed_on=CHECK_IN, text="Good"
        )
        Season.objects.create(
            property=hotel.property, name=f"Season {number}", start_date=CHECK_IN, end_date=CHECK_OUT
        )
        policy = PolicyFactory.create(property=hotel.property)
        CancellationTier.objects.create(policy=policy, hours_before=24, kind="nights", value=1)
        DepositStep.objects.create(policy=policy, kind="percent", value=30)
        plan = RatePlanFactory.create(
            property=hotel.property,
            policy=policy,
            audience="code",
            parent=hotel.flexible.rate_plan if number % 2 else None,
        )
        RateCode.objects.create(property=hotel.property, rate_plan=plan, code=f"C{number}")
        product = ProductFactory.create(room_type=room_type, rate_plan=plan)
        band, _made = ChildBand.objects.get_or_create(property=hotel.property, max_age=3 + number % 9)
        ChildPrice.objects.create(product=product, band=band, amount_minor=1)
        Promotion.objects.create(property=hotel.property, name=f"P{number}", value=100).rate_plans.add(plan)
        Extra.objects.create(property=hotel.property, name=f"E{number}", amount_minor=1)
        TaxRule.objects.create(property=hotel.property, name=f"Tax {number}", value=100)
        Extra.objects.create(property=hotel.property, name=f"Extra {number}", amount_minor=100)
        Promotion.objects.create(property=hotel.property, name=f"Offer {number}", value=100)
        ListingDecision.objects.create(
            property=hotel.property, kind="submitted", actor=hotel.host, decided_at=NOW
        )
        other = make_hotel(days=20, status="published" if number % 2 else "submitted", submitted_at=NOW)
        Membership.objects.create(property=other.property, user=hotel.host, role="owner")
        SentMail.objects.create(key=str(number), recipient="a@example.com", text="x", html="x", sent_at=NOW)
    add_rooms(
        property_id=hotel.property.pk, room_type_id=hotel.room_type.pk, numbers=f"101–{102 + rows // 2}"
    )
    # Of fifty guests about half find a room.
    assign_rooms(property_id=hotel.property.pk, first=CHECK_IN, last=CHECK_IN, now=NOW)
    hotel.property.amenities.set(Amenity.objects.filter(scope="property")[: min(rows, 20)])
    photo = Photo.objects.filter(property=hotel.property).first()
    assert photo is not None
    first = bookings[0]
    payment, invoice = paid_and_invoiced(first)
    for number in range(1, rows):
        key = str(number)
        add_charge(booking_id=first.pk, text="Taxi", amount_minor=500, key=key, actor=None, now=NOW)
        take_payment(booking_id=first.pk, amount_minor=500, method="cash", key=f"p{key}", actor=None, now=NOW)
        correct_invoice(booking_id=first.pk, invoice_id=invoice.pk, reason="Wrong name", actor=None, now=NOW)
        invoice = invoice_booking(
            booking_id=first.pk, recipient="Maya Rao", key=f"i{key}", actor=None, now=NOW
        )
    return World(hotel, users, first, checkouts[0], photo, payment, invoice, *offers_of(hotel))


def path_of(world: World, name: str) -> str:
    if name.startswith("dev_mail_"):
        mail = SentMail.objects.first()
        assert mail is not None
        return f"/dev/mail/{mail.pk}/" + ("html/" if name == "dev_mail_html" else "")
    return world.path(name) + QUERY.get(name, "").format(
        product=world.hotel.flexible.pk, property=world.hotel.property.pk
    )


def test_every_route_has_a_budget_or_no_page():
    assert sorted({*BUDGETS, *NO_PAGE}) == OURS


@pytest.mark.parametrize("rows", [1, 50])
def test_every_page_keeps_its_budget(world: World, rows: int):
    counted: dict[str, tuple[str, int]] = {}
    for name, (role, _budget) in BUDGETS.items():
        with zeal_ignore():
            client, path = world.client(role), path_of(world, name)
        client.get(path)  # the first visit may write a session or fill a cache
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path)
        assert response.status_code == 200, (name, response)
        # Inside a test a transaction is a savepoint; it asks for nothing.
        asked = [query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        counted[name] = (role, len(asked))
    assert counted == BUDGETS
