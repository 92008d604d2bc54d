"""Pay: from the guest's choice to money that counts, without a network call inside a transaction."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings

from serai.bookings.errors import AmountChanged
from serai.bookings.models import Booking, Checkout
from serai.bookings.quotes import quote_from_json
from serai.bookings.selectors import payable_amounts, payment_reference
from serai.bookings.services.book import complete_checkout
from serai.core.db import write_transaction
from serai.inventory.models import Hold
from serai.inventory.services import HoldExpired
from serai.payments.models import Payment
from serai.payments.selectors import payments_for
from serai.payments.services import create_payment, refresh_payment, start_payment


def begin_payment(*, checkout_id: uuid.UUID, return_url: str, description: str, now: dt.datetime) -> Payment:
    """Start the card payment of a checkout, or go on with the one that is under way.

    The amount is the deposit, or all that can be paid at booking where none is asked for; a city tax
    stays with the property. Raises
    `HoldExpired` when the rooms went back, and what the gateway raises when it is away.
    """
    with write_transaction():
        checkout = Checkout.objects.select_for_update(of=("self",)).select_related("hold").get(pk=checkout_id)
        if checkout.state != Checkout.State.OPEN or checkout.hold.state != Hold.State.ACTIVE:
            raise HoldExpired
        quote = quote_from_json(checkout.quote)
        running = [
            payment
            for payment in payments_for(payment_reference(checkout_id))
            if payment.state != Payment.State.FAILED
        ]
        payment = (
            running[0]
            if running
            else create_payment(
                reference=payment_reference(checkout_id),
                amount_minor=quote.terms.due_now_minor or quote.price.prepayable_minor,
                currency=quote.price.currency,
                gateway=settings.CARD_GATEWAY,
                description=description,
                return_url=return_url,
                now=now,
            )
        )
    return start_payment(payment_id=payment.pk, now=now)


def begin_instalment(
    *, booking_id: int, amount_minor: int, return_url: str, description: str, now: dt.datetime
) -> Payment:
    """Start the card payment of what is due of a booking's deposits, or go on with one that is under way.

    `amount_minor` is what was shown: what is to be paid next, or all that can be paid in advance. Filed
    under the checkout, so payments add up; one more than can be paid in advance goes back by itself.
    Raises `AmountChanged` when another amount is due by now, and what the gateway raises when it is away.
    Locks the booking; the call to the gateway is made after that.
    """
    with write_transaction():
        booking = Booking.objects.select_for_update().get(pk=booking_id)
        if booking.checkout_id is None or amount_minor not in payable_amounts(booking, now=now):
            raise AmountChanged
        payment = create_payment(
            reference=payment_reference(booking.checkout_id),
            amount_minor=amount_minor,
            currency=booking.currency,
            gateway=settings.CARD_GATEWAY,
            description=description,
            return_url=return_url,
            now=now,
        )
    return start_payment(payment_id=payment.pk, now=now)


def settle_checkout(*, checkout_id: uuid.UUID, now: dt.datetime) -> Booking | Payment | None:
    """Ask the provider how the latest payment stands; complete the checkout when it succeeded.

    Returns the booking, the payment that is still pending or has failed, or None when nobody began
    to pay. Raises what `complete_checkout` raises.
    """
    payment = payments_for(payment_reference(checkout_id)).first()
    if payment is None:
        return None
    if payment.state not in {Payment.State.SUCCEEDED, Payment.State.FAILED}:
        payment = refresh_payment(payment_id=payment.pk, now=now)
    if payment.state == Payment.State.SUCCEEDED:
        return complete_checkout(checkout_id=checkout_id, now=now)
    return payment
