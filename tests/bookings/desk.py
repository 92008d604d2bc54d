"""A reservations desk for tests: from a wish to a booking through the services of the site."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from serai.accounts.models import User
from serai.bookings.models import Booking, Checkout
from serai.bookings.quotes import Quote, make_quote, request_rooms
from serai.bookings.services import begin_payment, complete_checkout, hold_quote, save_guest_details
from serai.core.errors import BusyError
from serai.inventory.models import Night
from serai.payments import fake_provider
from serai.payments.models import Payment
from serai.payments.services import refresh_payment
from serai.rates.models import Product
from serai.rates.rules import Party
from tests.factories import NOW, UserFactory

CHECK_IN = dt.date(2026, 12, 10)
CHECK_OUT = dt.date(2026, 12, 12)
COUPLE = Party(2)
GOOD_CARD, DECLINED_CARD = "4242424242424242", "4000000000000002"
CARD, AT_PROPERTY = Booking.PaymentMethod.CARD, Booking.PaymentMethod.AT_PROPERTY


def quote_stay(
    product: Product,
    *,
    check_in: dt.date = CHECK_IN,
    check_out: dt.date = CHECK_OUT,
    party: Party = COUPLE,
    rooms: int = 1,
    now: dt.datetime = NOW,
) -> Quote:
    request = request_rooms(product.pk, check_in, check_out, party, rooms)
    return make_quote(request=request, now=now)


def hold_stay(
    product: Product,
    *,
    user: User | None = None,
    method: str = AT_PROPERTY,
    now: dt.datetime = NOW,
    **wish: Any,
) -> Checkout:
    """A checkout whose guest has filled in everything but not paid."""
    user = user or UserFactory.create()
    checkout = hold_quote(token=quote_stay(product, now=now, **wish).token, user=user, now=now)
    fill_in(checkout, guest_name=user.name, guest_email=user.email, payment_method=method, now=now)
    checkout.refresh_from_db()
    return checkout


def fill_in(checkout: Checkout, *, now: dt.datetime = NOW, **fields: str) -> None:
    """Type the guest's details; `fields` replace what matters to a test."""
    details = {
        "guest_name": "Anyone",
        "guest_email": "anyone@example.com",
        "guest_phone": "",
        "arrival_time": "18:00",
        "requests": "A quiet room, please",
        "payment_method": AT_PROPERTY,
    }
    save_guest_details(checkout_id=checkout.pk, now=now, **details | fields)


def pay(checkout: Checkout, *, card: str = GOOD_CARD, now: dt.datetime = NOW) -> Payment:
    """Pay at the bank and ask it how that went; nobody has completed the checkout yet."""
    payment = begin_payment(checkout_id=checkout.pk, return_url="/back/", description="A stay", now=now)
    fake_provider.submit_card(
        charge_id=payment.provider_ref, number=card, expiry=(2030, 12), cvc="123", now=now
    )
    return refresh_payment(payment_id=payment.pk, now=now)


def book_stay(product: Product, *, is_paid: bool = False, now: dt.datetime = NOW, **wish: Any) -> Booking:
    """A confirmed booking, paid by card or to be paid at the property."""
    checkout = hold_stay(product, method=CARD if is_paid else AT_PROPERTY, now=now, **wish)
    if is_paid:
        pay(checkout, now=now)
    return complete_checkout(checkout_id=checkout.pk, now=now)


def patiently(call: Any, *, seconds: float = 45) -> Any:
    """Try again while the house is busy, as its guests are asked to."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return call()
        except BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def counters(room_type_id: int, *, first: dt.date = CHECK_IN, nights: int = 2) -> list[tuple[int, int]]:
    """(held, sold) night by night."""
    rows = Night.objects.filter(
        room_type_id=room_type_id, date__gte=first, date__lt=first + dt.timedelta(days=nights)
    )
    return list(rows.order_by("date").values_list("held", "sold"))
