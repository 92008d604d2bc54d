"""A booking's folio: where its money is filed, what is due with everything added, what goes back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from serai.bookings.errors import DiscountTooLarge, NotHandedBack, PaymentTooLarge
from serai.bookings.folio_audit import bookings_without_folio, charge_differences
from serai.bookings.health import folios_charge_what_stays_cost
from serai.bookings.models import Booking, BookingRoom
from serai.bookings.selectors import (
    added_minor,
    balance_minor,
    folio_reference,
    open_minor,
    paid_minor,
    payments_of,
)
from serai.bookings.services import (
    add_charge,
    cancel_booking,
    complete_checkout,
    correct_invoice,
    hand_back,
    invoice_booking,
    take_payment,
    write_missing_charges,
)
from serai.bookings.services.folio import stay_charges
from serai.bookings.services.refund import refund_surplus
from serai.core.health import Status
from serai.payments.errors import KeyReusedError, NothingToInvoiceError
from serai.payments.models import Invoice, Payment, Refund
from serai.payments.selectors import folio
from serai.payments.services import post_lines
from serai.payments.services.folio import post_payment
from serai.rates.models import TaxRule
from serai.rates.rules import Party
from tests.bookings.desk import CHECK_IN, book_stay, hold_stay, pay
from tests.factories import NOW, Hotel, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db


def channel_booking(hotel: Hotel) -> Booking:
    """A booking that never had a checkout."""
    booking = Booking.objects.create(
        reference="CHANNEL77",
        property=hotel.property,
        channel="elsewhere",
        caller="elsewhere",
        idempotency_key="1",
        request_hash="x",
        guest_name="Rohan Mehta",
        check_in=CHECK_IN,
        check_out=CHECK_IN + dt.timedelta(days=1),
        adults=2,
        currency="INR",
        total_minor=400_000,
        payment_method="pay_at_property",
        booked_at=NOW,
    )
    BookingRoom.objects.create(
        booking=booking,
        room_type=hotel.room_type,
        check_in=booking.check_in,
        check_out=booking.check_out,
        adults=2,
        total_minor=400_000,
    )
    return booking


def take(booking: Booking, amount_minor: int, *, key: str = "k1", method: str = "cash") -> Payment:
    return take_payment(
        booking_id=booking.pk, amount_minor=amount_minor, method=method, key=key, actor=None, now=NOW
    )


def add(booking: Booking, amount_minor: int, *, key: str = "k1", text: str = "Taxi") -> None:
    add_charge(booking_id=booking.pk, text=text, amount_minor=amount_minor, key=key, actor=None, now=NOW)


def invoice(booking: Booking, *, key: str = "k1") -> Invoice:
    return invoice_booking(booking_id=booking.pk, recipient="Maya Rao", key=key, actor=None, now=NOW)


def test_a_booking_is_filed_under_its_checkout_if_it_had_one() -> None:
    hotel = make_hotel()
    online, channel = book_stay(hotel.flexible, is_paid=True), channel_booking(hotel)
    assert folio_reference(online) == f"checkout:{online.checkout_id}" == payments_of(online)[0].reference
    assert folio_reference(channel) == f"booking:{channel.pk}"
    assert (payments_of(channel), paid_minor(channel), balance_minor(channel)) == ([], 0, 400_000)


def test_a_booking_without_checkout_takes_payments_too() -> None:
    booking = channel_booking(make_hotel())
    payment = take(booking, 100_000)
    assert payments_of(booking) == [payment]
    assert (paid_minor(booking), balance_minor(booking)) == (100_000, 300_000)
    assert invoice(booking).total_minor == 400_000
    assert folio(folio_reference(booking)).balance_minor == 300_000


def test_what_was_added_is_due_as_well() -> None:
    booking = book_stay(make_hotel().flexible, is_paid=True)
    assert (balance_minor(booking), open_minor(booking)) == (0, 0)
    add(booking, 90_000)
    add(booking, -20_000, key="k2", text="Sorry")
    add(booking, 90_000)  # the same key again
    assert (added_minor(booking), balance_minor(booking)) == (70_000, 70_000)
    take(booking, 70_000)
    assert (balance_minor(booking), open_minor(booking)) == (0, 0)
    with pytest.raises(KeyReusedError):
        add(booking, 80_000)


def test_not_more_than_is_due_nor_less_than_nothing() -> None:
    booking = book_stay(make_hotel().flexible)
    with pytest.raises(PaymentTooLarge, match=r"8,000\.00"):
        take(booking, 800_001)
    with pytest.raises(DiscountTooLarge, match=r"8,000\.00"):
        add(booking, -800_001)
    take(booking, 800_000)
    assert take(booking, 800_000) == Payment.objects.get()  # sent again: it is known, though nothing is due
    with pytest.raises(PaymentTooLarge, match=r"0\.00"):
        take(booking, 1, key="k2")
    assert booking.events.filter(kind="paid_at_desk").count() == 1


def test_two_desks_cannot_take_the_same_money(transactional_db: None) -> None:
    booking = book_stay(make_hotel().flexible)
    race = run_together(*[lambda key=key: take(booking, 800_000, key=key) for key in ("a", "b", "c", "d")])
    assert (len(race.results), len(race.errors_of(PaymentTooLarge))) == (1, 3)
    assert paid_minor(booking) == 800_000


def test_handing_back_what_is_left() -> None:
    hotel = make_hotel()
    booking, other = book_stay(hotel.flexible), book_stay(hotel.flexible)
    payment = take(booking, 500_000)
    with pytest.raises(Payment.DoesNotExist):
        hand_back(booking_id=other.pk, payment_id=payment.pk, actor=None, now=NOW)
    hand_back(booking_id=booking.pk, payment_id=payment.pk, actor=None, now=NOW)
    with pytest.raises(NotHandedBack):
        hand_back(booking_id=booking.pk, payment_id=payment.pk, actor=None, now=NOW)
    assert (paid_minor(booking), Refund.objects.count()) == (0, 1)


def test_cancelling_gives_back_online_money_first_and_keeps_what_was_added() -> None:
    hotel = make_hotel()
    TaxRule.objects.create(
        property=hotel.property, name="City tax", kind="amount", value=30_000, is_paid_at_property=True
    )
    booking = book_stay(hotel.flexible, is_paid=True)
    due = balance_minor(booking)
    add(booking, 10_000)
    take(booking, due + 10_000)
    late = dt.datetime(2026, 12, 10, tzinfo=dt.UTC)
    cancelled = cancel_booking(booking_id=booking.pk, actor=None, now=late)
    assert paid_minor(cancelled) == cancelled.penalty_minor + 10_000
    assert balance_minor(cancelled) == open_minor(cancelled) == 0
    assert set(Refund.objects.values_list("payment__gateway", flat=True)) == {"fake"}


def test_money_from_the_desk_is_no_surplus() -> None:
    hotel = make_hotel()
    TaxRule.objects.create(
        property=hotel.property, name="City tax", kind="amount", value=30_000, is_paid_at_property=True
    )
    booking = book_stay(hotel.flexible, is_paid=True)
    take(booking, balance_minor(booking))
    with transaction.atomic():
        assert refund_surplus(booking_id=booking.pk, now=NOW) == 0
    assert not Refund.objects.exists()


def test_a_card_payment_that_comes_after_the_desk_took_it_goes_back() -> None:
    checkout = hold_stay(make_hotel().flexible)
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    take(booking, 800_000)
    late = Payment.objects.create(
        reference=folio_reference(booking),
        gateway="fake",
        amount_minor=800_000,
        currency="INR",
        state="succeeded",
        succeeded_at=NOW,
    )
    with transaction.atomic():
        post_payment(late, now=NOW)
        assert refund_surplus(booking_id=booking.pk, now=NOW) == 800_000
    assert Refund.objects.get().payment == late
    assert open_minor(booking) == 0


def test_the_charges_of_a_stay_are_those_of_its_frozen_price() -> None:
    hotel = make_hotel()
    TaxRule.objects.create(property=hotel.property, name="GST", value=500)
    TaxRule.objects.create(property=hotel.property, name="VAT", value=1_000, is_included=True)
    booking = book_stay(hotel.flexible, party=Party(2), rooms=2)
    name = f"{hotel.room_type.name}, Flexible, 2 nights"
    charged = [(line.kind, line.text, line.amount_minor, line.is_included) for line in stay_charges(booking)]
    assert charged[:2] == [("room", name, 800_000, False)] * 2
    assert {row[1]: row[3] for row in charged[2:]} == {"GST": False, "VAT": True}
    assert sum(row[2] for row in charged if not row[3]) == booking.total_minor


def test_a_total_without_price_is_still_charged_to_the_cent() -> None:
    hotel = make_hotel()
    booking = channel_booking(hotel)
    assert [(line.text, line.amount_minor) for line in stay_charges(booking)] == [
        (f"{hotel.room_type.name}, 1 night", 400_000)
    ]
    booking.total_minor = 399_999  # what the channel said does not match its rooms
    assert [(line.text, line.amount_minor) for line in stay_charges(booking)] == [("Stay", 399_999)]


def test_missing_charges_are_written_once() -> None:
    booking = book_stay(make_hotel().flexible)
    first = write_missing_charges(booking=booking, now=NOW)
    assert write_missing_charges(booking=booking, now=NOW) == 0
    assert first in {0, 1}  # the booking may have written them itself
    assert folio(folio_reference(booking)).charges_minor == 800_000


def test_invoices_of_a_booking_and_their_correction() -> None:
    booking = book_stay(make_hotel().flexible)
    first = invoice(booking)
    assert invoice(booking) == first
    with pytest.raises(NothingToInvoiceError):
        invoice(booking, key="k2")
    assert first.data["details"]["booking"] == booking.reference
    other = channel_booking(make_hotel())
    with pytest.raises(Invoice.DoesNotExist):
        correct_invoice(booking_id=other.pk, invoice_id=first.pk, reason="x", actor=None, now=NOW)
    note = correct_invoice(booking_id=booking.pk, invoice_id=first.pk, reason="x", actor=None, now=NOW)
    again = correct_invoice(booking_id=booking.pk, invoice_id=first.pk, reason="x", actor=None, now=NOW)
    assert again == note
    assert invoice(booking, key="k3").number == 2
    kinds = list(booking.events.order_by("id").values_list("kind", flat=True))
    assert kinds == ["booked", "invoiced", "credited", "invoiced"]


def test_a_cancelled_stay_is_invoiced_for_its_penalty() -> None:
    booking = channel_booking(make_hotel())
    Booking.objects.filter(pk=booking.pk).update(state="cancelled", penalty_minor=120_000)
    made = invoice(booking)
    assert (made.total_minor, [line["kind"] for line in made.data["lines"]]) == (120_000, ["penalty"])


# --- The doctor ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_doctor_compares_charges_with_bookings() -> None:
    hotel = make_hotel()
    booking = book_stay(hotel.flexible)
    with transaction.atomic():
        write_missing_charges(booking=booking, now=NOW)
    add(booking, 90_000)  # added at the property: no part of the booking's total
    take(booking, 50_000)
    assert folios_charge_what_stays_cost().status == Status.OK
    old = channel_booking(hotel)
    finding = folios_charge_what_stays_cost()
    assert (finding.status, finding.detail) == (
        Status.OK,
        "all charges agree with their bookings; 1 old, without folio",
    )
    assert bookings_without_folio() == 1
    with transaction.atomic():
        post_lines(reference=folio_reference(old), lines=stay_charges(old), now=NOW)
    Booking.objects.filter(pk=old.pk).update(total_minor=400_001)
    finding = folios_charge_what_stays_cost()
    assert (finding.status, finding.detail) == (
        Status.FAIL,
        "1 differ (CHANNEL77: 400000 charged, 400001 owed)",
    )
    assert [row.booking_id for row in charge_differences()] == [old.pk]


def test_a_lost_booking_payment_is_seen_in_the_balance() -> None:
    checkout = hold_stay(make_hotel().flexible, method="card")
    pay(checkout)
    booking = complete_checkout(checkout_id=checkout.pk, now=NOW)
    assert (paid_minor(booking), balance_minor(booking)) == (800_000, 0)
