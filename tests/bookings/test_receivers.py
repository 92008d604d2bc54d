"""What follows from a booking: one mail to the guest with its files, one to each host, whatever repeats."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation
from icalendar import Calendar

from serai.accounts.models import User
from serai.bookings import receivers
from serai.bookings.models import Booking
from serai.bookings.services import cancel_booking, change_booking, change_request, offer_change
from serai.core.models import OutboxMessage, SentMail
from serai.core.outbox import deliver
from serai.properties.models import Membership
from tests.bookings.desk import CHECK_OUT, book_stay, hold_stay, pay
from tests.factories import NOW, Hotel, UserFactory, make_hotel
from tests.racing import run_together

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=2)


def mails_to(user: User) -> list[SentMail]:
    return list(SentMail.objects.filter(recipient=user.email).order_by("id"))


def guest_of(booking: Booking) -> User:
    assert booking.guest is not None
    return booking.guest


def test_a_booking_mails_guest_and_hosts_once(hotel: Hotel, run_outbox: Any) -> None:
    colleague = UserFactory.create()
    Membership.objects.create(property=hotel.property, user=colleague, role=Membership.Role.RECEPTION)
    booking = book_stay(hotel.flexible)
    run_outbox()
    [mail] = mails_to(guest_of(booking))
    assert booking.reference in mail.text
    assert hotel.property.name in mail.subject + mail.text
    assert "₹8,000.00" in mail.text
    pdf, ics = mail.attachments.order_by("id")
    assert (pdf.filename, pdf.content_type) == (f"voucher-{booking.reference}.pdf", "application/pdf")
    assert bytes(pdf.content).startswith(b"%PDF-")
    [event] = Calendar.from_ical(bytes(ics.content)).walk("VEVENT")
    assert event["uid"] == f"{booking.reference}@serai"
    for host in (hotel.host, colleague):
        [told] = mails_to(host)
        assert booking.reference in told.text
        assert not told.attachments.exists()
    assert SentMail.objects.count() == 3


def test_delivering_again_sends_nothing_more(hotel: Hotel, run_outbox: Any) -> None:
    book_stay(hotel.flexible)
    run_outbox()
    # A worker that died after the mail and before the commit would leave the row like this.
    OutboxMessage.objects.update(done_at=None)
    assert run_outbox() == 4  # guest, hosts, the host, and the host again
    assert SentMail.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_delivering_eight_times_at_once_sends_one_mail(hotel: Hotel, settings: Any) -> None:
    settings.EMAIL_BACKEND = "serai.core.mail.MailboxBackend"
    booking = book_stay(hotel.flexible)
    message = OutboxMessage.objects.get(topic="booking.confirmed", receiver__endswith="mail_confirmation")
    race = run_together(*[lambda: deliver(message.pk, now=NOW)] * 8)
    assert race.errors == []
    assert sorted(race.results) == [False] * 7 + [True]
    [mail] = mails_to(guest_of(booking))
    assert mail.attachments.count() == 2


@pytest.mark.django_db(transaction=True)
def test_even_two_rows_for_one_fact_send_one_mail(hotel: Hotel, settings: Any) -> None:
    """The mail's own key holds when the outbox row's lock does not."""
    settings.EMAIL_BACKEND = "serai.core.mail.MailboxBackend"
    booking = book_stay(hotel.flexible)
    message = OutboxMessage.objects.get(topic="booking.confirmed", receiver__endswith="mail_confirmation")
    twin = OutboxMessage.objects.get(pk=message.pk)
    twin.pk = None
    twin.save()
    race = run_together(*(lambda pk=pk: deliver(pk, now=NOW) for pk in (message.pk, twin.pk)))
    assert race.results == [True, True]
    [mail] = mails_to(guest_of(booking))
    assert mail.attachments.count() == 2


def test_a_change_is_told_with_new_papers_and_a_cancellation_without(hotel: Hotel, run_outbox: Any) -> None:
    booking = book_stay(hotel.flexible)
    run_outbox()
    longer = CHECK_OUT + dt.timedelta(days=1)
    quote = offer_change(booking=booking, request=change_request(booking, check_out=longer), now=NOW).quote
    change_booking(booking_id=booking.pk, token=quote.token, actor=None, now=NOW)
    run_outbox()
    cancel_booking(booking_id=booking.pk, actor=None, now=NOW)
    run_outbox()
    mails = mails_to(guest_of(booking))
    assert [mail.attachments.count() for mail in mails] == [2, 2, 0]
    assert len({mail.subject for mail in mails}) == 3
    assert "₹12,000.00" in mails[1].text
    assert len(mails_to(hotel.host)) == 3


def test_each_is_written_to_in_their_own_language(
    hotel: Hotel, run_outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.host.language = "fr"
    hotel.host.save()
    guest = UserFactory.create(language="hi")
    booking = book_stay(hotel.flexible, user=guest)
    assert booking.language == "hi"
    languages = []
    override = translation.override

    def note(language: str) -> Any:
        languages.append(language)
        return override(language)

    monkeypatch.setattr("serai.core.mail.translation.override", note)
    run_outbox()
    assert SentMail.objects.count() == 2
    assert set(languages) == {"hi", "fr"}


def test_a_guest_without_an_address_gets_none_and_the_hosts_are_told(hotel: Hotel, run_outbox: Any) -> None:
    guest = UserFactory.create(email="", phone="+919876543210")
    booking = book_stay(hotel.flexible, user=guest)
    assert booking.guest_email == ""
    run_outbox()
    assert [mail.recipient for mail in SentMail.objects.all()] == [hotel.host.email]


def test_a_host_without_an_address_is_left_out(hotel: Hotel, run_outbox: Any) -> None:
    hotel.host.email = ""
    hotel.host.save()
    booking = book_stay(hotel.flexible)
    run_outbox()
    assert [mail.recipient for mail in SentMail.objects.all()] == [booking.guest_email]


@pytest.mark.parametrize("reference", ["invoice:7", ""])
def test_payments_for_other_things_book_nothing(reference: str) -> None:
    receivers.book_what_was_paid({"reference": reference, "payment_id": "x"})
    assert not Booking.objects.exists()


def test_hearing_of_a_payment_twice_books_once(hotel: Hotel, run_outbox: Any) -> None:
    checkout = hold_stay(hotel.flexible, method="card")
    pay(checkout)
    message = OutboxMessage.objects.get(receiver__endswith="book_what_was_paid")
    assert deliver(message.pk, now=NOW) is True
    OutboxMessage.objects.filter(pk=message.pk).update(done_at=None)
    run_outbox()
    assert Booking.objects.count() == 1
    assert SentMail.objects.filter(recipient=checkout.guest_email).count() == 1
