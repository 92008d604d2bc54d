"""The folio on the booking's page: money, charges, invoices; nothing counts twice, nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from zeal import zeal_ignore

from serai.bookings.models import Booking
from serai.bookings.selectors import balance_minor, folio_reference, paid_minor
from serai.payments.models import FolioLine, Invoice, Payment, Refund
from serai.payments.selectors import folio
from serai.properties.models import Membership
from tests.bookings.desk import book_stay
from tests.factories import NOW, Hotel, UserFactory, make_hotel

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(name="Lake House", address="1 Lake Road")


@pytest.fixture
def booking(hotel: Hotel) -> Booking:
    with zeal_ignore():
        return book_stay(hotel.flexible)


@pytest.fixture
def desk(client: Client, hotel: Hotel) -> Client:
    """Somebody at the reception."""
    user = UserFactory.create()
    Membership.objects.create(property=hotel.property, user=user, role="reception")
    client.force_login(user)
    return client


def url(name: str, booking: Booking, *args: Any) -> str:
    return reverse(name, args=[booking.reference, *args])


def lines(booking: Booking) -> list[tuple[str, int]]:
    return [(line.label, line.amount_minor) for line in folio(folio_reference(booking)).lines]


def pay(desk: Client, booking: Booking, amount: str = "3000", **changes: str) -> Any:
    return desk.post(
        url("host_folio_payment", booking), {"amount": amount, "method": "cash", "key": KEY, **changes}
    )


def page(desk: Client, booking: Booking) -> str:
    return desk.get(url("host_booking", booking)).content.decode()


def test_a_stay_without_lines_is_one_row_and_no_invoice_says_so(desk: Client, booking: Booking) -> None:
    html = page(desk, booking)
    assert "No invoice was issued yet." in html
    assert "Still to be paid" in html
    assert "₹8,000.00" in html


def test_the_form_begins_with_what_is_due(desk: Client, booking: Booking) -> None:
    response = desk.get(url("host_folio_payment", booking))
    assert 'value="8000"' in response.content.decode()
    assert len(response.context["form"].initial["key"]) == 32


def test_a_payment_is_written_down_once_however_often_it_is_sent(desk: Client, booking: Booking) -> None:
    for _sent in range(2):
        response = pay(desk, booking)
        assert response.status_code == 302
        assert response["Location"] == url("host_booking", booking) + "#folio"
    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.method, payment.gateway) == (300_000, "cash", "desk")
    assert payment.recorded_by_id == int(desk.session["_auth_user_id"])
    assert (paid_minor(booking), balance_minor(booking)) == (300_000, 500_000)
    assert lines(booking)[-1] == ("Payment · Cash", -300_000)
    assert [event.kind for event in booking.events.all()] == ["booked", "paid_at_desk"]
    assert "Payment written down" in page(desk, booking)


@pytest.mark.parametrize(
    ("amount", "changes", "words"),
    [
        ("8000.01", {}, "That is more than the ₹8,000.00 that are due."),
        ("0", {}, "greater than or equal to 0.01"),
        ("-5", {}, "greater than or equal to 0.01"),
        ("1.005", {}, "2 decimal places"),
        ("many", {}, "Enter a number."),
        ("", {}, "This field is required."),
        ("10", {"method": "shells"}, "not one of the available choices"),
        ("10", {"key": "x"}, "Enter a valid value."),
    ],
)
def test_impossible_payments_come_back_with_what_was_typed(
    amount: str, changes: dict[str, str], words: str, desk: Client, booking: Booking
) -> None:
    before = lines(booking)
    response = pay(desk, booking, amount, **changes)
    html = response.content.decode()
    assert response.status_code == 422
    assert words in html
    assert f'value="{amount}"' in html or not amount
    assert not Payment.objects.exists()
    assert lines(booking) == before


def test_charges_and_discounts(desk: Client, booking: Booking) -> None:
    address = url("host_folio_charge", booking)
    typed = {"text": "Airport <b>transfer</b>", "kind": "charge", "amount": "900", "key": KEY}
    for _sent in range(2):
        assert desk.post(address, typed).status_code == 302
    other = {"text": "No pool", "kind": "discount", "amount": "400", "key": KEY[::-1]}
    assert desk.post(address, other).status_code == 302
    assert lines(booking)[-2:] == [("Airport <b>transfer</b>", 90_000), ("No pool", -40_000)]
    assert [line.kind for line in FolioLine.objects.order_by("-id")[:2]] == ["adjustment", "extra"]
    assert balance_minor(booking) == 850_000
    html = page(desk, booking)
    assert "Airport &lt;b&gt;transfer&lt;/b&gt;" in html
    assert "Added at the property" in html
    assert "₹500.00" in html


def test_no_discount_beyond_what_is_charged(desk: Client, booking: Booking) -> None:
    typed = {"text": "Everything", "kind": "discount", "amount": "8000.01", "key": KEY}
    response = desk.post(url("host_folio_charge", booking), typed)
    assert response.status_code == 422
    assert "That is more than the ₹8,000.00 that are charged." in response.content.decode()
    assert 'value="Everything"' in response.content.decode()
    assert balance_minor(booking) == 800_000


def test_money_is_handed_back_after_asking(desk: Client, booking: Booking) -> None:
    pay(desk, booking)
    payment = Payment.objects.get()
    address = url("host_folio_hand_back", booking, payment.pk)
    assert "₹3,000.00" in desk.get(address).content.decode()
    assert not Refund.objects.exists()
    for _sent in range(2):
        assert desk.post(address).status_code == 302
    assert (Refund.objects.get().state, paid_minor(booking)) == ("succeeded", 0)
    assert lines(booking)[-1] == ("Refund · Cash", 300_000)
    assert "hand-back" not in page(desk, booking)  # nothing is left to hand back
    assert "given back already" in desk.get(address).content.decode()


def test_a_card_payment_is_not_the_desks_to_hand_back(desk: Client, hotel: Hotel) -> None:
    with zeal_ignore():
        booking = book_stay(hotel.flexible, is_paid=True)
    payment = Payment.objects.get()
    for send in (desk.get, desk.post):
        assert send(url("host_folio_hand_back", booking, payment.pk)).status_code == 404
    assert "hand-back" not in page(desk, booking)
    assert not Refund.objects.exists()


def test_an_invoice_from_first_to_corrected(desk: Client, booking: Booking) -> None:
    Booking.objects.filter(pk=booking.pk).update(company="Rao & Sons")
    assert desk.get(url("host_invoice_new", booking)).context["form"].initial["recipient"] == (
        f"Rao & Sons\n{booking.guest_name}"
    )
    typed = {"recipient": "Rao & Sons\r\n9 Hill Street", "key": KEY}
    for _sent in range(2):
        assert desk.post(url("host_invoice_new", booking), typed).status_code == 302
    invoice = Invoice.objects.get()
    assert (invoice.number_text, invoice.total_minor) == ("2026-00001", 800_000)
    assert invoice.data["seller"]["name"] == "Lake House"
    assert folio(folio_reference(booking)).charges_minor == 800_000

    again = desk.post(url("host_invoice_new", booking), {**typed, "key": KEY[::-1]})
    assert again.status_code == 422
    assert "There is nothing to invoice" in again.content.decode()
    assert "9 Hill Street" in again.content.decode()

    file = desk.get(url("host_invoice_pdf", booking, invoice.pk))
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == 'attachment; filename="invoice-2026-00001.pdf"'
    assert desk.get(url("host_invoice_pdf", booking, invoice.pk)).content == file.content

    address = url("host_invoice_credit", booking, invoice.pk)
    assert "₹8,000.00" in desk.get(address).content.decode()
    assert desk.post(address, {"reason": ""}).status_code == 422
    for _sent in range(2):
        assert desk.post(address, {"reason": "Wrong name"}).status_code == 302
    note = Invoice.objects.get(kind="credit")
    assert (note.total_minor, note.data["reason"]) == (-800_000, "Wrong name")
    assert desk.get(address).status_code == 302
    assert desk.get(url("host_invoice_credit", booking, note.pk)).status_code == 404
    assert desk.post(url("host_invoice_new", booking), {**typed, "key": "f" * 32}).status_code == 302
    html = page(desk, booking)
    for words in ("2026-00001", "C2026-00001", "corrects 2026-00001", "2026-00002"):
        assert words in html


def test_billing_details_of_the_guest_come_first(desk: Client, booking: Booking) -> None:
    Booking.objects.filter(pk=booking.pk).update(billing="Rao Ltd\nGSTIN 1")
    form = desk.get(url("host_invoice_new", booking)).context["form"]
    assert form.initial["recipient"] == "Rao Ltd\nGSTIN 1"


def test_papers_of_another_booking_are_not_found_under_this_one(
    desk: Client, booking: Booking, hotel: Hotel
) -> None:
    with zeal_ignore():
        other = book_stay(hotel.flexible, check_in=dt.date(2026, 12, 20), check_out=dt.date(2026, 12, 21))
    pay(desk, other)
    desk.post(url("host_invoice_new", other), {"recipient": "A", "key": KEY})
    invoice, payment = Invoice.objects.get(), Payment.objects.get()
    for name, number in (
        ("host_invoice_pdf", invoice.pk),
        ("host_invoice_credit", invoice.pk),
        ("host_folio_hand_back", payment.pk),
    ):
        assert desk.get(url(name, booking, number)).status_code == 404
    for name, number in (("host_invoice_credit", invoice.pk), ("host_folio_hand_back", payment.pk)):
        assert desk.post(url(name, booking, number), {"reason": "x"}).status_code == 404
    assert (Invoice.objects.count(), Refund.objects.count()) == (1, 0)


def test_a_stay_that_is_paid_is_settled(desk: Client, booking: Booking) -> None:
    pay(desk, booking, "8000")
    html = page(desk, booking)
    assert "Settled" in html
    assert url("host_folio_payment", booking) not in html
    assert "Everything is paid." in desk.get(url("host_folio_payment", booking)).content.decode()


def test_amounts_follow_the_currency(client: Client) -> None:
    hotel = make_hotel(currency="JPY", base_minor=9_000)
    client.force_login(hotel.host)
    with zeal_ignore():
        booking = book_stay(hotel.flexible)
    assert 'value="18000"' in client.get(url("host_folio_payment", booking)).content.decode()
    assert pay(client, booking, "10.5").status_code == 422
    assert pay(client, booking, "0").status_code == 422
    assert pay(client, booking, "18000").status_code == 302
    assert (balance_minor(booking), paid_minor(booking)) == (0, 18_000)


def test_the_trip_page_has_the_invoices_of_ones_own_booking(
    desk: Client, booking: Booking, hotel: Hotel
) -> None:
    desk.post(
        url("host_folio_charge", booking), {"text": "Taxi", "kind": "charge", "amount": "5", "key": KEY}
    )
    pay(desk, booking)
    guest = Client()
    with zeal_ignore():
        guest.force_login(booking.guest)
    assert "Invoices" not in guest.get(url("trip", booking)).content.decode()
    desk.post(url("host_invoice_new", booking), {"recipient": "A", "key": KEY})
    invoice = Invoice.objects.get()
    html = guest.get(url("trip", booking)).content.decode()
    address = url("trip_invoice", booking, invoice.pk)
    for words in (address, "2026-00001", "Taxi", "Paid at the hotel on 21 Nov 2026", "₹5,005.00"):
        assert words in html
    file = guest.get(address)
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    with zeal_ignore():
        stranger = book_stay(hotel.flexible)
        someone = Client()
        someone.force_login(stranger.guest)
    assert someone.get(address).status_code == 404
    assert someone.get(url("trip_invoice", stranger, invoice.pk)).status_code == 404
