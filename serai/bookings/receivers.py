"""What follows from a booking: mails, and the booking that follows from a payment.

Each receiver runs from the outbox in a transaction of its own and may run again after a crash;
mail keys carry the booking's version, so one change makes one mail.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.urls import reverse
from django.utils import translation

from serai.accounts.models import User
from serai.bookings import documents
from serai.bookings.errors import CheckoutRefused
from serai.bookings.events import (
    BOOKING_CANCELLED,
    BOOKING_CHANGED,
    BOOKING_CONFIRMED,
    BOOKING_UNPLACED,
    CHECKOUT_REFUSED,
    DEPOSIT_DUE,
    HOST_TO_TELL,
    NIGHTS_RETURNED,
    WAITLIST_OFFERED,
)
from serai.bookings.lines import card_minor
from serai.bookings.models import Booking, BookingEvent, Checkout, WaitlistEntry
from serai.bookings.quotes import quote_from_json
from serai.bookings.rules import free_until, is_always_free, tiers_from_json
from serai.bookings.selectors import active_rooms, balance_minor, deposit_schedule, paid_minor
from serai.bookings.services.book import complete_checkout
from serai.bookings.services.waitlist import offer_nights, settle_offers
from serai.core.clock import utc_now
from serai.core.live import publish
from serai.core.mail import send_mail
from serai.core.money import format_money
from serai.core.outbox import Payload, emit, receiver
from serai.payments.events import PAYMENT_SUCCEEDED
from serai.properties.models import Membership
from serai.properties.rules import roles_with


@receiver(PAYMENT_SUCCEEDED, queue="critical")
def book_what_was_paid(payload: Payload) -> None:
    """Complete the checkout whose payment arrived, also when its guest has closed the browser."""
    kind, _colon, number = str(payload["reference"]).partition(":")
    if kind != "checkout":
        return
    try:
        complete_checkout(checkout_id=uuid.UUID(number), now=utc_now())
    except CheckoutRefused:
        return  # The refund is on its way and the guest is told by `mail_refused`.
    finally:
        publish(f"checkout-{number}", {"event": "settled"})


@receiver(BOOKING_CONFIRMED, queue="critical")
def mail_confirmation(payload: Payload) -> None:
    """Send the guest the confirmation with voucher and calendar file."""
    booking = _load(payload)
    _mail_guest(booking, "booking_confirmed", version=payload["version"], with_documents=True)


@receiver(BOOKING_CHANGED, queue="critical")
def mail_change(payload: Payload) -> None:
    """Send the guest the new dates with a new voucher and calendar file, or what else has changed."""
    booking = _load(payload)
    what = payload.get("what", "")
    _mail_guest(
        booking,
        f"booking_{what}" if what else "booking_changed",
        version=payload["version"],
        with_documents=what != "left_early",
    )


@receiver(BOOKING_CANCELLED, queue="critical")
def mail_cancellation(payload: Payload) -> None:
    """Tell the guest that the stay is cancelled and what happens to the money."""
    booking = _load(payload)
    moved = BookingEvent.objects.filter(booking=booking, kind="relocated").first()
    if moved is None:
        _mail_guest(booking, "booking_cancelled", version=payload["version"], with_documents=False)
    else:
        _mail_guest(
            booking,
            "booking_relocated",
            version=payload["version"],
            with_documents=False,
            note=moved.data["note"],
        )


@receiver(BOOKING_CONFIRMED)
@receiver(BOOKING_CHANGED)
@receiver(BOOKING_CANCELLED)
def tell_hosts(payload: Payload) -> None:
    """Say it to everybody who runs the property, each in a message of its own that fails alone."""
    booking = Booking.objects.only("property_id").get(pk=payload["booking_id"])
    members = Membership.objects.filter(property_id=booking.property_id).exclude(user__email="")
    for user_id in members.values_list("user_id", flat=True):
        emit(
            HOST_TO_TELL,
            {
                "booking_id": booking.pk,
                "version": payload["version"],
                "what": payload.get("what", ""),
                "user_id": user_id,
            },
            now=utc_now(),
        )
    publish(f"property-{booking.property_id}", {"event": "booking"})


@receiver(HOST_TO_TELL)
def mail_host(payload: Payload) -> None:
    """Tell one of those who run the property, in their language."""
    booking = _load(payload)
    user = User.objects.get(pk=payload["user_id"])
    send_mail(
        template="booking_host",
        to=user.email,
        context={
            **_context(booking, path=reverse("host_booking", args=[booking.reference])),
            "what": payload.get("what", ""),
        },
        key=f"booking:{booking.pk}:{payload['version']}:host:{user.pk}",
        language=user.language,
    )


@receiver(DEPOSIT_DUE)
def mail_deposit_due(payload: Payload) -> None:
    """Remind the guest of an instalment, unless it was paid meanwhile."""
    booking = _load(payload)
    due_at = dt.datetime.fromisoformat(payload["due_at"])
    parts = deposit_schedule(booking, now=utc_now())
    amount = sum(part.open_minor for part in parts if part.due_at is None or part.due_at <= due_at)
    if not amount or not booking.guest_email:
        return
    send_mail(
        template="deposit_due",
        to=booking.guest_email,
        context={
            **_context(booking, path=reverse("trip", args=[booking.reference])),
            "amount": format_money(amount, booking.currency, booking.language),
            "due_at": due_at,
            "is_today": payload["stage"] == "today",
        },
        key=f"booking:{booking.pk}:deposit:{payload['due_at']}:{payload['stage']}",
        language=booking.language,
    )


@receiver(CHECKOUT_REFUSED, queue="critical")
def mail_refused(payload: Payload) -> None:
    """Tell the guest that the rooms were gone when the money came, and that it goes back."""
    checkout = Checkout.objects.select_related("user", "property").get(pk=payload["checkout_id"])
    if checkout.user is None or not checkout.guest_email:
        return
    quote = quote_from_json(checkout.quote)
    send_mail(
        template="checkout_refused",
        to=checkout.guest_email,
        context={
            "name": checkout.guest_name,
            "property": checkout.property.name,
            "check_in": quote.request.check_in,
            "check_out": quote.request.check_out,
            "amount": format_money(card_minor(quote), quote.price.currency, checkout.user.language),
        },
        key=f"checkout:{checkout.pk}:refused",
        language=checkout.user.language,
    )


@receiver(BOOKING_UNPLACED)
def tell_hosts_of_unplaced(payload: Payload) -> None:
    """Say to everybody who can find a room that a channel has sold one which is not there."""
    booking = _load(payload)
    members = Membership.objects.filter(
        property_id=booking.property_id, role__in=roles_with("manage_bookings")
    ).exclude(user__email="")
    for member in members.select_related("user").order_by("id"):
        send_mail(
            template="booking_unplaced",
            to=member.user.email,
            context=_context(booking, path=reverse("host_relocate", args=[booking.property_id])),
            key=f"booking:{booking.pk}:unplaced:{member.user_id}",
            language=member.user.language,
        )
    publish(f"property-{booking.property_id}", {"event": "booking"})


@receiver(NIGHTS_RETURNED, is_transactional=False)
def offer_returned_nights(payload: Payload) -> None:
    """Offer nights that came back to those who wait for them, each in a transaction of its own."""
    now = utc_now()
    settle_offers(now=now)
    offer_nights(room_type_ids=payload["room_type_ids"], now=now)


@receiver(WAITLIST_OFFERED, queue="critical")
def mail_offer(payload: Payload) -> None:
    """Tell a guest who waits that the rooms are held, and until when."""
    entry = WaitlistEntry.objects.select_related("user", "property", "checkout__hold").get(
        pk=payload["entry_id"]
    )
    if entry.checkout is None or not entry.user.email:
        return  # Signed up with a telephone number; the offer is under their trips.
    quote = quote_from_json(entry.checkout.quote)
    send_mail(
        template="waitlist_offer",
        to=entry.user.email,
        context={
            "name": entry.user.name,
            "property": entry.property.name,
            "timezone": entry.property.timezone,
            "rooms": quote.title,
            "check_in": entry.check_in,
            "check_out": entry.check_out,
            "total": format_money(quote.price.total_minor, quote.price.currency, entry.language),
            "held_until": entry.checkout.hold.expires_at,
            "path": reverse("checkout", args=[entry.checkout.pk]),
        },
        key=f"waitlist:{entry.pk}:offer",
        language=entry.language,
    )


def _load(payload: Payload) -> Booking:
    return (
        Booking.objects.select_related("property__destination", "guest")
        .prefetch_related("rooms__room_type", "rooms__rate_plan")
        .get(pk=payload["booking_id"])
    )


def _mail_guest(booking: Booking, template: str, *, version: int, with_documents: bool, **more: Any) -> None:
    if not booking.guest_email:
        return  # Signed up with a telephone number; the stay is under their trips.
    with translation.override(booking.language):
        attachments = [documents.voucher(booking), documents.calendar_file(booking)] if with_documents else []
    send_mail(
        template=template,
        to=booking.guest_email,
        context={**_context(booking, path=reverse("trip", args=[booking.reference])), **more},
        key=f"booking:{booking.pk}:{version}:guest",
        language=booking.language,
        attachments=attachments,
    )


def _context(booking: Booking, *, path: str) -> dict[str, Any]:
    """What every booking mail may say."""
    tiers = tiers_from_json(booking.cancellation_tiers)
    return {
        "booking": booking,
        "property": booking.property,
        "rooms": active_rooms(booking),
        "quote": quote_from_json(booking.price) if booking.price else None,
        "total": format_money(booking.total_minor, booking.currency, booking.language),
        "paid": format_money(paid_minor(booking), booking.currency, booking.language),
        "version": booking.version,
        "balance_minor": balance_minor(booking),
        "balance": format_money(balance_minor(booking), booking.currency, booking.language),
        "penalty": format_money(booking.penalty_minor, booking.currency, booking.language),
        "free_until": free_until(tiers),
        "is_always_free": is_always_free(tiers),
        "path": path,
    }
