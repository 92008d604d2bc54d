"""Book: turn held nights into a confirmed stay, once per key."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import translation

from serai.bookings.errors import (
    CheckoutRefused,
    IdempotencyConflict,
    PaymentMissing,
    RequestInFlight,
)
from serai.bookings.events import BOOKING_CONFIRMED, CHECKOUT_REFUSED
from serai.bookings.models import Booking, Checkout
from serai.bookings.quotes import Quote, quote_from_json
from serai.bookings.selectors import succeeded_payments
from serai.bookings.services.charges import first_charges, room_label
from serai.bookings.services.hold import claims_of
from serai.bookings.services.nights import retake_nights
from serai.bookings.services.promotions import lock_promotions, settle_promotions, use_promotions
from serai.bookings.services.refund import refund_surplus
from serai.core.db import require_transaction, write_transaction
from serai.core.outbox import emit
from serai.core.prepared import prepared_cursor
from serai.inventory.services import HoldExpired, SoldOut, confirm_hold, release_hold
from serai.payments.models import Payment
from serai.payments.services import refund_payment
from serai.payments.services.folio import lines_insert, lines_parameters
from serai.rates.rules import Party

# No vowels and none of 0 1 O I L: a reference is read out on the telephone and never spells a word.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
SITE = "site"


@dataclass(frozen=True)
class RoomLine:
    """One room of a booking to be made; `total_minor` is for the whole stay, `tiers` are its own."""

    room_type_id: int
    check_in: dt.date
    check_out: dt.date
    party: Party
    total_minor: int
    rate_plan_id: int | None = None
    tiers: Sequence[dict[str, Any]] = ()
    needs_accessible: bool = False
    # What the folio calls it; without a name it is a room.
    room_type: str = ""
    rate_plan: str = ""


@dataclass(frozen=True)
class BookingDetails:
    """Everything a booking remembers, from whichever door it came.

    `caller` is whose idempotency key it is made under; the channel's when empty. `extras_minor` is
    what comes on top of the rooms.
    """

    property_id: int
    channel: str
    guest_name: str
    currency: str
    rooms: Sequence[RoomLine]
    payment_method: str
    guest_id: int | None = None
    guest_email: str = ""
    guest_phone: str = ""
    guest_country: str = ""
    language: str = "en"
    arrival_time: str = ""
    requests: str = ""
    price: dict[str, Any] = field(default_factory=dict)
    cancellation_tiers: Sequence[dict[str, Any]] = ()
    terms: dict[str, Any] = field(default_factory=dict)
    checkout_id: uuid.UUID | None = None
    caller: str = ""
    extras_minor: int = 0
    company: str = ""
    billing: str = ""
    block_id: int | None = None

    @property
    def request_hash(self) -> str:
        """A fingerprint of what was asked for; the same key must come with the same one."""
        body = [
            self.property_id,
            self.guest_name,
            self.guest_email,
            self.currency,
            self.payment_method,
            self.extras_minor,
            [
                [
                    room.room_type_id,
                    room.rate_plan_id,
                    room.check_in.isoformat(),
                    room.check_out.isoformat(),
                    room.party.adults,
                    list(room.party.children_ages),
                    room.total_minor,
                ]
                for room in self.rooms
            ],
        ]
        return hashlib.sha256(json.dumps(body, separators=(",", ":")).encode()).hexdigest()


def book_hold(*, hold_id: uuid.UUID, details: BookingDetails, key: str, now: dt.datetime) -> Booking:
    """Confirm a hold and write the booking; with a known `key` return the booking made before.

    A hold that was made anew for a known key is released: the booking has its nights already.
    Raises `IdempotencyConflict` when the caller's key came with other details, `RequestInFlight`
    while the same key is being booked, `HoldExpired` when the nights went back. Opens its own
    transaction; locks the key, the hold, its nights.
    """
    with write_transaction():
        booking, is_new = write_booking(details=details, key=key, now=now)
        if is_new:
            confirm_hold(hold_id=hold_id, now=now)
        else:
            release_hold(hold_id=hold_id, now=now)
        return booking


def complete_checkout(*, checkout_id: uuid.UUID, now: dt.datetime) -> Booking:
    """Book what a checkout holds, once; ask again and the same booking is returned.

    With card payment, or a prepaid rate, the money must have arrived (`PaymentMissing`). If the hold
    ran out meanwhile, the nights are taken anew; if they are gone (or the guest gave up), the payment
    is refunded, the checkout closed and `CheckoutRefused` raised, after that was committed. Without a
    payment a lost hold is `HoldExpired`. Money that comes in a second time goes back. Locks the
    checkout, then the hold, then the nights.
    """
    with write_transaction():
        checkout = Checkout.objects.select_for_update(of=("self",)).select_related("user").get(pk=checkout_id)
        if checkout.state == Checkout.State.BOOKED:
            booked = Booking.objects.get(checkout=checkout)
            refund_surplus(booking_id=booked.pk, now=now)
            return booked
        if checkout.state == Checkout.State.REFUSED:
            _refund_all(succeeded_payments(checkout.pk), now=now)
            booking = None
        else:
            booking = _book_checkout(checkout, now=now)
    if booking is None:
        raise CheckoutRefused
    return booking


def _book_checkout(checkout: Checkout, *, now: dt.datetime) -> Booking | None:
    """The booking, or None when the money came too late and is on its way back."""
    quote = quote_from_json(checkout.quote)
    payments = succeeded_payments(checkout.pk)
    # The rate plan decides, whatever the form said; who owes nothing in advance has nothing to wait for.
    if not payments and (quote.is_prepaid or checkout.payment_method == Booking.PaymentMethod.CARD):
        raise PaymentMissing
    try:
        confirm_hold(hold_id=checkout.hold_id, now=now)
    except HoldExpired:
        if not payments:
            raise
        try:
            if checkout.state == Checkout.State.ABANDONED:
                raise
            promotion_ids = lock_promotions(quote)
            if promotion_ids is None:
                raise
            retake_nights(claims=claims_of(quote), block_id=quote.request.block_id, now=now)
            use_promotions(promotion_ids=promotion_ids, hold_id=checkout.hold_id)
        except (SoldOut, HoldExpired):
            _refund_all(payments, now=now)
            Checkout.objects.filter(pk=checkout.pk).update(state=Checkout.State.REFUSED, updated_at=now)
            emit(CHECKOUT_REFUSED, {"checkout_id": str(checkout.pk)}, now=now)
            return None
    details = _details_of(checkout, quote, is_paid=bool(payments))
    booking, _is_new = write_booking(details=details, key=str(checkout.pk), now=now)
    settle_promotions(quote=quote, hold_id=checkout.hold_id, booking_id=booking.pk)
    Checkout.objects.filter(pk=checkout.pk).update(state=Checkout.State.BOOKED, updated_at=now)
    return booking


def _refund_all(payments: Sequence[Payment], *, now: dt.datetime) -> None:
    for payment in payments:
        if payment.amount_minor > payment.refunded_minor:
            refund_payment(
                payment_id=payment.pk,
                amount_minor=payment.amount_minor - payment.refunded_minor,
                key=f"refused:{payment.pk}",
                reason="sold_out",
                now=now,
            )


def _details_of(checkout: Checkout, quote: Quote, *, is_paid: bool) -> BookingDetails:
    user = checkout.user
    return BookingDetails(
        property_id=quote.property_id,
        channel=SITE,
        guest_id=user.pk if user else None,
        guest_name=checkout.guest_name,
        guest_email=checkout.guest_email or (user.email if user else ""),
        guest_phone=checkout.guest_phone,
        language=user.language if user else "en",
        arrival_time=checkout.arrival_time,
        requests=checkout.requests,
        company=quote.company,
        billing=checkout.billing,
        block_id=quote.request.block_id,
        currency=quote.price.currency,
        rooms=room_lines(quote),
        extras_minor=quote.price.extras_minor,
        price=quote.as_json(),
        cancellation_tiers=[tier.as_json() for tier in quote.tiers],
        terms=quote.terms.as_json(),
        # The form may say "at the property" when the money has come from the bank already.
        payment_method=Booking.PaymentMethod.CARD if is_paid else Booking.PaymentMethod.AT_PROPERTY,
        checkout_id=checkout.pk,
    )


def room_lines(quote: Quote) -> list[RoomLine]:
    """The rooms of a quote as a booking keeps them."""
    return [
        RoomLine(
            room_type_id=room.room_type_id,
            rate_plan_id=room.rate_plan_id,
            check_in=quote.request.check_in,
            check_out=quote.request.check_out,
            party=price.party,
            total_minor=price.total_minor,
            tiers=[tier.as_json() for tier in room.tiers],
            needs_accessible=wish.needs_accessible,
            room_type=room.room_type_name,
            rate_plan=room.rate_plan_name,
        )
        for room, price, wish in zip(quote.rooms, quote.price.rooms, quote.request.rooms, strict=True)
    ]


def write_booking(*, details: BookingDetails, key: str, now: dt.datetime) -> tuple[Booking, bool]:
    """Write booking, rooms, first event and charges in one statement, or find the booking made for the key.

    Whoever comes with a key that another transaction is writing at this moment is told so
    (`RequestInFlight`) instead of being made to wait: the key's lock goes with that transaction, however it
    ends. Raises `IdempotencyConflict` when the first asked for something else.
    """
    require_transaction()
    caller = details.caller or details.channel
    booking = Booking(
        reference="".join(secrets.choice(ALPHABET) for _ in range(9)),
        checkout_id=details.checkout_id,
        property_id=details.property_id,
        guest_id=details.guest_id,
        channel=details.channel,
        caller=caller,
        idempotency_key=key,
        request_hash=details.request_hash,
        guest_name=details.guest_name,
        guest_email=details.guest_email,
        guest_phone=details.guest_phone,
        guest_country=details.guest_country,
        language=details.language,
        arrival_time=details.arrival_time,
        requests=details.requests,
        company=details.company,
        billing=details.billing,
        block_id=details.block_id,
        check_in=min(room.check_in for room in details.rooms),
        check_out=max(room.check_out for room in details.rooms),
        adults=sum(room.party.adults for room in details.rooms),
        children_ages=[age for room in details.rooms for age in room.party.children_ages],
        currency=details.currency,
        total_minor=sum(room.total_minor for room in details.rooms) + details.extras_minor,
        price=details.price,
        cancellation_tiers=list(details.cancellation_tiers),
        terms=details.terms,
        payment_method=details.payment_method,
        booked_at=now,
        created_at=now,
        updated_at=now,
    )
    columns = [field for field in Booking._meta.concrete_fields if not field.primary_key]
    rooms = details.rooms
    with translation.override(booking.language):
        charges = first_charges(
            booking,
            [(room_label(room.room_type, room.rate_plan, room), room.total_minor) for room in rooms],
        )
    with prepared_cursor() as cursor:
        cursor.execute(
            _INSERT.format(
                columns=", ".join(str(field.column) for field in columns),
                values=", ".join(["%s"] * len(columns)),
                lines=lines_insert(
                    # As `selectors.folio_reference` says.
                    reference="COALESCE('checkout:' || booking.checkout_id, 'booking:' || booking.id)",
                    source="booking",
                ),
            ),
            [
                f"booking:{caller}:{key}",
                *(field.get_db_prep_save(getattr(booking, field.attname), connection) for field in columns),
                [room.room_type_id for room in rooms],
                [room.rate_plan_id for room in rooms],
                [room.check_in for room in rooms],
                [room.check_out for room in rooms],
                [room.party.adults for room in rooms],
                [json.dumps(room.party.children_ages) for room in rooms],
                [room.total_minor for room in rooms],
                [json.dumps(list(room.tiers)) for room in rooms],
                [room.needs_accessible for room in rooms],
                *(details.guest_id, now),
                *lines_parameters(charges, now=now),
            ],
        )
        booking_id, is_free = cursor.fetchone()
    if not is_free:
        raise RequestInFlight
    if booking_id is None:
        known = Booking.objects.get(caller=caller, idempotency_key=key)
        if known.request_hash != details.request_hash:
            raise IdempotencyConflict
        return known, False
    booking.pk = booking_id
    booking._state.adding = False
    tell(BOOKING_CONFIRMED, booking, now=now)
    return booking, True


_INSERT = """
    WITH key AS MATERIALIZED (
        SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0)) AS is_free
    ), booking AS (
        INSERT INTO bookings_booking ({columns}) SELECT {values} FROM key WHERE is_free
        ON CONFLICT (caller, idempotency_key) DO NOTHING
        RETURNING id, checkout_id
    ), room AS (
        INSERT INTO bookings_bookingroom (booking_id, room_type_id, rate_plan_id, check_in, check_out,
                                          adults, children_ages, total_minor, cancellation_tiers,
                                          needs_accessible)
        SELECT booking.id, room.*
          FROM booking, unnest(%s::bigint[], %s::bigint[], %s::date[], %s::date[],
                               %s::int[], %s::jsonb[], %s::bigint[], %s::jsonb[], %s::bool[]) AS room
    ), event AS (
        INSERT INTO bookings_bookingevent (booking_id, kind, actor_id, data, happened_at)
        SELECT id, 'booked', %s, '{{}}', %s FROM booking
    ), line AS ({lines})
    SELECT (SELECT id FROM booking), is_free FROM key
"""


def tell(topic: str, booking: Booking, *, now: dt.datetime, what: str = "") -> None:
    """Emit a fact about a booking, unless it came from a channel that speaks to its own guest.

    A guest of the site may have given a telephone number only; the hosts hear of the stay all the same.
    `what` says which kind of change it was, where it was not one of dates or rooms.
    """
    if booking.guest_email or booking.channel == SITE:
        payload = {"booking_id": booking.pk, "version": booking.version}
        emit(topic, payload | ({"what": what} if what else {}), now=now)
