"""kill -9 in the middle of booking: nothing lost, nothing sold twice, one mail each.

Guests book over HTTP at a copy whose web server, worker, relay, Valkey and PostgreSQL are killed again
and again. They do what people do: when a page breaks they press the button again.
"""

from __future__ import annotations

import datetime as dt
import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections, transaction

from serai.accounts.models import User
from serai.bookings.audit import oversold_nights, recount
from serai.bookings.models import Booking
from serai.bookings.services import complete_checkout, hold_quote
from serai.core.clock import utc_now
from serai.core.models import OutboxMessage, SentMail
from serai.inventory.services import open_nights
from serai.rates.services.prices import fill_prices
from tests.bookings.desk import fill_in, quote_stay
from tests.factories import Hotel, UserFactory, make_hotel
from tests.faults.site import Site

pytestmark = pytest.mark.faults

DESKS = 6
KILLS = ("worker", "postgres", "web", "valkey", "relay", "web", "postgres")
WINDOW = 8


@dataclass
class Guest:
    """Somebody with a browser and a quote."""

    user: User
    cookies: str
    token: str
    outcome: str = ""


def open_hotel() -> Hotel:
    """A hotel with two rooms a night from today on: fewer than are wanted."""
    today = utc_now().date()
    with transaction.atomic():
        hotel = make_hotel(units=2, days=1)
        last = today + dt.timedelta(days=40)
        open_nights(room_type_id=hotel.room_type.pk, first=today, last=last, allotment=2, now=utc_now())
        fill_prices(product_id=hotel.flexible.pk, first=today, last=last, now=utc_now())
    return hotel


def sign_in(user: User) -> str:
    """A session of the site for the user; the cookie."""
    session = import_module("django.contrib.sessions.backends.db").SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def make_guests(hotels: list[Hotel], count: int, rng: random.Random) -> list[Guest]:
    guests = []
    soon = utc_now().date() + dt.timedelta(days=20)
    for number in range(count):
        user = UserFactory.create(email=f"fault{number}-{time.time_ns()}@example.com")
        check_in = soon + dt.timedelta(days=rng.randrange(WINDOW))
        quote = quote_stay(
            rng.choice(hotels).flexible,
            check_in=check_in,
            check_out=check_in + dt.timedelta(days=rng.randint(1, 3)),
            now=utc_now(),
        )
        guests.append(Guest(user, sign_in(user), quote.token))
    return guests


def press(site: Site, guest: Guest, path: str, form: dict[str, str]) -> Any:
    """Press a button until the site answers; broken pages and lost connections are tried again."""
    deadline = time.monotonic() + 45
    while True:
        try:
            answer = site.request("POST", path, cookies=guest.cookies, form=form)
            if answer.status < 500:
                return answer
        except (OSError, http.client.HTTPException):
            pass
        assert time.monotonic() < deadline, f"{path} never answered"
        time.sleep(0.15)


def book(site: Site, guest: Guest) -> str:
    """From the quote to the confirmation, as a browser does it; the outcome as the guest saw it."""
    answer = press(site, guest, "/holds/", {"token": guest.token})
    if answer.status == 409:
        return "sold out"
    assert answer.status == 302, (answer.status, answer.text[:2000])
    assert answer.location.startswith("/checkout/"), answer.location
    details = {
        "guest_name": guest.user.name,
        "guest_email": guest.user.email,
        "guest_phone": "",
        "arrival_time": "",
        "requests": "",
        "payment_method": "pay_at_property",
    }
    answer = press(site, guest, answer.location, details)
    assert answer.status == 302, (answer.status, answer.text[:2000])
    assert answer.location.startswith("/bookings/"), answer.location
    return answer.location.split("/")[2]


def wait_for(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def outbox_is_empty() -> bool:
    return not OutboxMessage.objects.filter(done_at__isnull=True).exists()


@contextmanager
def guests_booking(site: Site, guests: list[Guest]) -> Iterator[None]:
    """Let guests book at several desks while the block runs; leaving it waits until all have an outcome."""
    waiting = list(guests)
    errors: list[BaseException] = []

    def serve() -> None:
        with suppress(IndexError):
            while True:
                guest = waiting.pop()
                try:
                    guest.outcome = book(site, guest)
                except BaseException as error:
                    errors.append(error)
                time.sleep(0.6)

    desks = [threading.Thread(target=serve, daemon=True) for _ in range(DESKS)]
    for desk in desks:
        desk.start()
    yield
    for desk in desks:
        desk.join(60)
    assert not any(desk.is_alive() for desk in desks)
    assert errors == []


def assert_books_are_right(site: Site, hotels: list[Hotel], guests: list[Guest]) -> None:
    """What guests saw, what the books say and what the mailbox holds is one and the same."""
    site.wait_until_whole()
    connections.close_all()  # ours died with the server
    wait_for(outbox_is_empty, seconds=45, what="Mails are waiting that nobody sends.")
    assert recount() == []
    assert oversold_nights() == []
    confirmed = {guest.user.pk: guest.outcome for guest in guests if guest.outcome != "sold out"}
    assert 0 < len(confirmed) < len(guests)
    # Nobody lost a booking, and nobody has one they do not know of.
    bookings = Booking.objects.filter(property__in=[hotel.property for hotel in hotels])
    assert dict(bookings.values_list("guest_id", "reference")) == confirmed
    for guest in guests:
        mails = SentMail.objects.filter(recipient=guest.user.email)
        expected = 1 if guest.user.pk in confirmed else 0
        assert [mail.attachments.count() for mail in mails] == [2] * expected
    host_mails = SentMail.objects.filter(recipient__in=[hotel.host.email for hotel in hotels])
    assert host_mails.count() == len(confirmed)
    assert not OutboxMessage.objects.filter(failed_at__isnull=False).exists()


def test_everything_is_killed_while_guests_book(site: Site) -> None:
    rng = random.Random(20261121)
    hotels = [open_hotel(), open_hotel()]
    guests = make_guests(hotels, 72, rng)
    killed = []
    with guests_booking(site, guests):
        for name in KILLS:
            time.sleep(rng.uniform(0.7, 1.6))
            killed.append(site.kill(name))
    assert len(set(killed)) == len(KILLS)  # every kill met a living process
    assert_books_are_right(site, hotels, guests)


def test_the_whole_copy_is_killed_and_started_again(site: Site) -> None:
    """The supervisor dies without a word; everything it ran dies with it, and a new start finds it all."""
    rng = random.Random(7)
    hotels = [open_hotel()]
    guests = make_guests(hotels, 30, rng)
    with guests_booking(site, guests):
        time.sleep(1.0)
        site.kill_all()
        site.start()
    assert_books_are_right(site, hotels, guests)


def test_a_worker_killed_in_the_middle_of_a_mail_sends_it_once(site: Site) -> None:
    """It is caught between the mail and its files; all of it is undone and done again by the next worker."""
    hotel = open_hotel()
    guest = UserFactory.create(email=f"caught-{time.time_ns()}@example.com")
    check_in = utc_now().date() + dt.timedelta(days=10)
    quote = quote_stay(
        hotel.flexible, check_in=check_in, check_out=check_in + dt.timedelta(days=1), now=utc_now()
    )
    with site.connect() as door, door.transaction():
        door.execute("LOCK TABLE core_mailattachment IN EXCLUSIVE MODE")
        checkout = hold_quote(token=quote.token, user=guest, now=utc_now())
        fill_in(checkout, guest_email=guest.email, now=utc_now())
        booking = complete_checkout(checkout_id=checkout.pk, now=utc_now())
        message = OutboxMessage.objects.get(
            receiver__endswith="mail_confirmation", payload__booking_id=booking.pk
        )
        wait_for(lambda: is_caught(site), seconds=20, what="No worker came to the mail.")
        message.refresh_from_db()
        first_try = message.dispatched_at
        site.kill("worker")
        assert not SentMail.objects.filter(recipient=guest.email).exists()
    wait_for(outbox_is_empty, seconds=45, what="The mail is waiting and nobody sends it.")
    message.refresh_from_db()
    assert message.done_at is not None
    assert first_try is not None
    assert message.dispatched_at is not None
    assert message.dispatched_at > first_try
    mail = SentMail.objects.get(recipient=guest.email)
    assert mail.attachments.count() == 2


def is_caught(site: Site) -> bool:
    """Whether a worker's connection waits for the table of attachments."""
    with site.connect() as look:
        row = look.execute(
            "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'core_mailattachment'::regclass"
        ).fetchone()
    return row is not None and row[0] == 1
