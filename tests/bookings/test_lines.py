"""Lines of a price: whatever a stay is made of, they add up to its total, and so does what is due when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import translation

from serai.bookings.documents import voucher, voucher_data
from serai.bookings.lines import PriceLine, card_minor, due_lines, guarantee_text, price_lines
from serai.bookings.models import Booking
from serai.bookings.quotes import Quote, RoomRequest, StayRequest, make_quote, quote_from_json
from serai.bookings.receivers import mail_confirmation
from serai.bookings.services import complete_checkout, hold_quote
from serai.inventory.services import open_nights
from serai.properties.models import RoomType
from serai.rates.models import CancellationPolicy, DepositStep, Extra, Product, Promotion, TaxRule
from serai.rates.rules import Party
from serai.rates.services.prices import fill_prices
from tests.bookings.desk import CHECK_IN, CHECK_OUT, fill_in, pay
from tests.factories import FIRST_NIGHT, NOW, Hotel, ProductFactory, RoomTypeFactory, UserFactory, make_hotel

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Hotel:
    hotel = make_hotel(name="Lake House")
    RoomType.objects.filter(pk=hotel.room_type.pk).update(name="Double")
    TaxRule.objects.create(property=hotel.property, name="GST", value=1234)
    TaxRule.objects.create(property=hotel.property, name="Service", value=333, is_included=True)
    TaxRule.objects.create(
        property=hotel.property,
        name="City tax",
        kind="amount",
        basis="adult",
        value=5_050,
        is_paid_at_property=True,
    )
    Promotion.objects.create(property=hotel.property, name="Winter", value=777)
    Promotion.objects.create(property=hotel.property, name="Code", value=500, code="SUN", is_combinable=True)
    Extra.objects.create(
        property=hotel.property,
        name="Transfer",
        amount_minor=33_333,
        max_quantity=4,
        basis="person",
        period="night",
    )
    return hotel


@pytest.fixture
def suite(hotel: Hotel) -> Product:
    room_type = RoomTypeFactory.create(property=hotel.property, name="Suite")
    last = FIRST_NIGHT + dt.timedelta(days=59)
    open_nights(room_type_id=room_type.pk, first=FIRST_NIGHT, last=last, allotment=2, now=NOW)
    product = ProductFactory.create(
        room_type=room_type, rate_plan=hotel.flexible.rate_plan, base_minor=733_333
    )
    fill_prices(product_id=product.pk, first=FIRST_NIGHT, last=last, now=NOW)
    return product


def quote_of(hotel: Hotel, suite: Product, *, extras: int = 2, code: str = "SUN") -> Quote:
    return make_quote(
        request=StayRequest(
            CHECK_IN,
            CHECK_OUT,
            rooms=(
                RoomRequest(hotel.flexible.pk, Party(2)),
                RoomRequest(suite.pk, Party(1, (4,))),
                RoomRequest(hotel.flexible.pk, Party(1)),
            ),
            extras=((Extra.objects.get().pk, extras),) if extras else (),
            codes=(code,) if code else (),
        ),
        now=NOW,
    )


@pytest.mark.parametrize("extras", [0, 1, 3])
@pytest.mark.parametrize("code", ["", "SUN"])
def test_lines_and_dues_add_up_to_the_total(hotel: Hotel, suite: Product, extras: int, code: str) -> None:
    quote = quote_of(hotel, suite, extras=extras, code=code)
    lines = price_lines(quote)
    assert sum(line.amount_minor for line in lines if line.counts) == quote.price.total_minor
    dues = due_lines(quote.price, quote.terms, timezone="Asia/Kolkata")
    assert sum(line.amount_minor for line in dues) == quote.price.total_minor
    at_property = sum(line.amount_minor for line in lines if line.is_paid_at_property)
    assert at_property == quote.price.due_at_property_minor


def test_each_line_says_what_it_is(hotel: Hotel, suite: Product) -> None:
    with translation.override("en"):
        lines = price_lines(quote_of(hotel, suite))
    assert [(line.kind, line.label) for line in lines] == [
        ("room", "2 × Double, Flexible, 2 nights"),
        ("room", "Suite, Flexible, 2 nights"),
        ("saving", "Offer “Winter”"),
        ("saving", "Offer “Code”"),
        ("extra", "2 × Transfer"),
        ("tax", "GST"),
        ("tax", "City tax"),
        ("included", "Service"),
    ]
    assert lines[0].amount_minor == 4 * 400_000
    assert lines[1].amount_minor == 2 * 733_333
    assert lines[4] == PriceLine("extra", "2 × Transfer", 2 * 5 * 2 * 33_333)


def test_deposits_come_in_order_and_the_rest_is_for_the_hotel(hotel: Hotel, suite: Product) -> None:
    policy = CancellationPolicy.objects.get(name="Flexible")
    DepositStep.objects.create(policy=policy, days_before=None, kind="percent", value=10)
    DepositStep.objects.create(policy=policy, days_before=5, kind="percent", value=20)
    CancellationPolicy.objects.update(guarantee="deposit")
    quote = quote_of(hotel, suite, extras=0)
    with translation.override("en"):
        dues = due_lines(quote.price, quote.terms, timezone="Asia/Kolkata")
        guarantee = guarantee_text(quote.terms, timezone="Asia/Kolkata")
    assert [(due.kind, due.label) for due in dues] == [
        ("now", "Due now"),
        ("later", "Due on 5 Dec 2026"),
        ("property", "At the hotel"),
    ]
    assert sum(due.amount_minor for due in dues) == quote.price.total_minor
    assert card_minor(quote) == dues[0].amount_minor < quote.price.prepayable_minor
    assert guarantee == "Your deposit guarantees the room: it is kept for you all night."


def test_a_room_without_guarantee_is_kept_until_an_hour(hotel: Hotel, suite: Product) -> None:
    CancellationPolicy.objects.update(kept_until=dt.time(18))
    quote = quote_of(hotel, suite)
    with translation.override("en"):
        text = guarantee_text(quote.terms, timezone="Asia/Kolkata")
    assert text == "Your room is kept until 18:00 on 10 Dec 2026. Tell the hotel if you arrive later."
    assert card_minor(quote) == quote.price.prepayable_minor


def test_voucher_and_mail_of_several_rooms_have_every_line(hotel: Hotel, suite: Product) -> None:
    policy = CancellationPolicy.objects.get(name="Flexible")
    DepositStep.objects.create(policy=policy, days_before=None, kind="percent", value=10)
    DepositStep.objects.create(policy=policy, days_before=5, kind="percent", value=20)
    quote = quote_of(hotel, suite)
    checkout = hold_quote(token=quote.token, user=UserFactory.create(), now=NOW)
    fill_in(checkout, payment_method="card", guest_email="maya@example.com", billing="ACME Ltd\n1 Road")
    payment = pay(checkout)
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert payment.amount_minor == card_minor(quote)
    assert booking.billing == "ACME Ltd\n1 Road"
    assert booking.total_minor == quote.price.total_minor
    booked = quote_from_json(booking.price)
    assert sum(line.amount_minor for line in price_lines(booked) if line.counts) == booking.total_minor
    loaded: Any = Booking.objects.select_related("property__destination", "guest").get(pk=booking.pk)
    with translation.override("en"):
        data = voucher_data(loaded)
    assert [room["name"] for room in data["rooms"]] == ["Double", "Suite", "Double"]  # type: ignore[attr-defined]
    assert [due["label"] for due in data["dues"]] == [  # type: ignore[attr-defined]
        "Paid",
        "Due on 5 Dec 2026",
        "To be paid at the property",
    ]
    assert voucher(loaded).content.startswith(b"%PDF-")
    mail_confirmation({"booking_id": booking.pk, "version": 1})
    [sent] = mail.outbox
    [(html, _kind)] = sent.alternatives  # type: ignore[attr-defined]
    for text in (sent.body, html):
        for words in ("2 × Double, Flexible, 2 nights", "Suite, Flexible", "2 × Transfer", "Due on 5 Dec"):
            assert words in text
