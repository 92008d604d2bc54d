"""From a quote to a booking, as a browser without JavaScript goes."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from zeal import zeal_ignore

from serai.bookings.models import Booking, Checkout
from serai.core.models import SentMail
from serai.inventory.models import Hold, Night
from serai.rates.services.prices import set_prices
from tests.factories import NOW, Hotel, UserFactory, make_hotel

pytestmark = pytest.mark.django_db

CHECK_IN, CHECK_OUT = dt.date(2026, 12, 1), dt.date(2026, 12, 3)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def hotel() -> Hotel:
    return make_hotel(units=1)


def quote_url(hotel: Hotel, **changes: object) -> str:
    query = {
        "product": hotel.flexible.pk,
        "check_in": CHECK_IN,
        "check_out": CHECK_OUT,
        "adults": 2,
        "rooms": 1,
        **changes,
    }
    return f"/hotels/{hotel.property.slug}/quote/?{urlencode(query)}"


def take_token(client: Client, hotel: Hotel, **changes: object) -> str:
    response = client.get(quote_url(hotel, **changes))
    assert response.status_code == 200, response
    return str(response.context["quote"].token)


def hold(client: Client, hotel: Hotel) -> Checkout:
    response = client.post("/holds/", {"token": take_token(client, hotel)})
    checkout = Checkout.objects.get()
    assert response["Location"] == f"/checkout/{checkout.pk}/"
    return checkout


def details(**changes: str) -> dict[str, str]:
    return {
        "guest_name": "Maya Rao",
        "guest_email": "maya@example.com",
        "guest_phone": "+91 98765 43210",
        "payment_method": "pay_at_property",
        **changes,
    }


def nights(hotel: Hotel) -> list[tuple[int, int]]:
    rows = Night.objects.filter(room_type=hotel.room_type, date__gte=CHECK_IN, date__lt=CHECK_OUT).order_by(
        "date"
    )
    return list(rows.values_list("held", "sold"))


class TestQuotePage:
    def test_shows_every_night_and_the_total(self, client, hotel):
        response = client.get(quote_url(hotel))
        assert response.context["price"].total_minor == 800_000
        assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
        assert b"Hold it and continue" in response.content

    @pytest.mark.parametrize(
        "changes",
        [
            {"check_out": CHECK_IN},
            {"check_in": "2026-11-20"},
            {"check_in": "soon"},
            {"product": "x"},
            {"product": "9" * 30},
            {"adults": 9},
            {"rooms": 3},
        ],
    )
    def test_sends_nonsense_back_to_the_hotel_with_a_reason(self, client, hotel, changes):
        response = client.get(quote_url(hotel, **changes))
        assert response.status_code == 302
        assert response["Location"].startswith(f"/hotels/{hotel.property.slug}/?")
        assert [str(message) for message in response.wsgi_request._messages]

    def test_another_hotels_product_is_refused(self, client, hotel):
        other = make_hotel()
        assert client.get(quote_url(hotel, product=other.flexible.pk)).status_code == 302


class TestHold:
    def test_takes_the_room_and_remembers_who(self, client, hotel):
        checkout = hold(client, hotel)
        assert nights(hotel) == [(1, 0), (1, 0)]
        assert checkout.hold.expires_at - checkout.hold.created_at == dt.timedelta(minutes=15)

    def test_the_same_form_twice_holds_once(self, client, hotel):
        token = take_token(client, hotel)
        first = client.post("/holds/", {"token": token})
        second = client.post("/holds/", {"token": token})
        assert first["Location"] == second["Location"]
        assert nights(hotel) == [(1, 0), (1, 0)]

    def test_the_last_room_taken_shows_what_is_left(self, client, hotel):
        token = take_token(client, hotel)
        hold(Client(), hotel)
        response = client.post("/holds/", {"token": token})
        assert response.status_code == 409
        assert b"Someone just took the last one" in response.content
        assert Checkout.objects.count() == 1

    def test_a_changed_price_is_shown_and_nothing_is_held(self, client, hotel):
        token = take_token(client, hotel)
        with zeal_ignore():
            set_prices(product_id=hotel.flexible.pk, dates=[CHECK_IN], amount_minor=450_000, now=NOW)
        response = client.post("/holds/", {"token": token})
        assert response.status_code == 409
        assert (response.context["old"].price.total_minor, response.context["price"].total_minor) == (
            800_000,
            850_000,
        )
        assert not Checkout.objects.exists()
        assert client.post("/holds/", {"token": response.context["quote"].token}).status_code == 302

    def test_a_forged_token_is_a_bad_request(self, client, hotel):
        assert client.post("/holds/", {"token": "nonsense"}).status_code == 400

    def test_an_old_quote_is_shown_anew(self, client, hotel):
        token = take_token(client, hotel)
        with time_machine.travel(NOW + dt.timedelta(minutes=16)):
            response = client.post("/holds/", {"token": token, "again": quote_url(hotel)})
        assert response["Location"] == quote_url(hotel)

    def test_never_sends_people_to_other_sites(self, client, hotel):
        token = take_token(client, hotel)
        with time_machine.travel(NOW + dt.timedelta(minutes=16)):
            response = client.post("/holds/", {"token": token, "again": "//evil.example/"})
        assert response["Location"] == "/search/"


class TestCheckout:
    def test_signed_out_asks_for_a_code_and_keeps_the_hold(self, client, hotel):
        checkout = hold(client, hotel)
        response = client.get(f"/checkout/{checkout.pk}/")
        assert b"Send me a code" in response.content
        assert f"next=/checkout/{checkout.pk}/".encode() in response.content
        client.force_login(UserFactory.create(name="Maya Rao"))
        response = client.get(f"/checkout/{checkout.pk}/")
        assert b"Who is coming?" in response.content
        assert nights(hotel) == [(1, 0), (1, 0)]

    def test_nobody_else_sees_it(self, client, hotel):
        checkout = hold(client, hotel)
        assert Client().get(f"/checkout/{checkout.pk}/").status_code == 404
        client.force_login(UserFactory.create())
        client.get(f"/checkout/{checkout.pk}/")
        stranger = Client()
        stranger.force_login(UserFactory.create())
        assert stranger.get(f"/checkout/{checkout.pk}/").status_code == 404
        assert stranger.post(f"/checkout/{checkout.pk}/", details()).status_code == 404
        assert stranger.post(f"/checkout/{checkout.pk}/abandon/").status_code == 404
        assert not Booking.objects.exists()

    def test_pay_at_the_property_books_and_mails_once(self, client, hotel, run_outbox):
        user = UserFactory.create()
        client.force_login(user)
        checkout = hold(client, hotel)
        response = client.post(f"/checkout/{checkout.pk}/", details(requests="A quiet room"))
        booking = Booking.objects.get()
        assert response["Location"] == f"/bookings/{booking.reference}/confirmed/"
        assert (booking.total_minor, booking.guest_name, booking.guest_phone) == (
            800_000,
            "Maya Rao",
            "+919876543210",
        )
        assert nights(hotel) == [(0, 1), (0, 1)]
        page = client.get(response["Location"])
        assert booking.reference.encode() in page.content
        again = client.post(f"/checkout/{checkout.pk}/", details())
        assert again["Location"] == response["Location"]
        run_outbox()
        mails = SentMail.objects.filter(recipient="maya@example.com", subject__contains="is booked")
        assert [sorted(part.content_type for part in mail.attachments.all()) for mail in mails] == [
            ["application/pdf", "text/calendar"]
        ]
        assert (
            SentMail.objects.filter(recipient=hotel.host.email, subject__startswith="New booking").count()
            == 1
        )

    def test_bad_details_keep_what_was_typed(self, client, hotel):
        client.force_login(UserFactory.create())
        checkout = hold(client, hotel)
        response = client.post(
            f"/checkout/{checkout.pk}/", details(guest_name="", guest_phone="12", requests="Late supper")
        )
        assert response.status_code == 200
        assert set(response.context["form"].errors) == {"guest_name", "guest_phone"}
        assert b"Late supper" in response.content
        assert not Booking.objects.exists()

    def test_a_prepaid_rate_cannot_be_paid_later(self, client, hotel):
        client.force_login(UserFactory.create())
        token = take_token(client, hotel, product=hotel.saver.pk)
        client.post("/holds/", {"token": token})
        response = client.post(f"/checkout/{Checkout.objects.get().pk}/", details())
        assert "payment_method" in response.context["form"].errors
        assert not Booking.objects.exists()

    def test_an_expired_hold_has_a_page(self, client, hotel):
        client.force_login(UserFactory.create())
        checkout = hold(client, hotel)
        Hold.objects.update(expires_at=NOW - dt.timedelta(minutes=1))
        for response in (
            client.get(f"/checkout/{checkout.pk}/"),
            client.post(f"/checkout/{checkout.pk}/", details()),
        ):
            assert response.status_code == 410
            assert b"quarter of an hour is over" in response.content
        assert not Booking.objects.exists()

    def test_giving_the_room_back(self, client, hotel):
        checkout = hold(client, hotel)
        response = client.post(f"/checkout/{checkout.pk}/abandon/")
        assert response["Location"].startswith(f"/hotels/{hotel.property.slug}/?check_in=2026-12-01")
        assert nights(hotel) == [(0, 0), (0, 0)]
        assert client.get(f"/checkout/{checkout.pk}/").status_code == 410

    @pytest.mark.django_db(transaction=True)
    def test_card_goes_to_the_provider_and_waits_there(self, client, hotel):
        client.force_login(UserFactory.create())
        checkout = hold(client, hotel)
        response = client.post(f"/checkout/{checkout.pk}/", details(payment_method="card"))
        assert "/dev/bank/" in response["Location"]
        page = client.get(f"/checkout/{checkout.pk}/return/")
        assert b"Your bank is thinking" in page.content
        assert not Booking.objects.exists()


class TestWithoutCards:
    """A site without a card provider sells what can be paid at the property, and nothing else."""

    @pytest.fixture(autouse=True)
    def _no_cards(self, settings):
        settings.CARD_GATEWAY = ""

    def test_prepaid_rates_are_neither_shown_nor_sold(self, client, hotel):
        page = client.get(f"/hotels/{hotel.property.slug}/?check_in={CHECK_IN}&check_out={CHECK_OUT}").content
        assert f"product={hotel.flexible.pk}&".encode() in page
        assert f"product={hotel.saver.pk}&".encode() not in page
        assert client.get(quote_url(hotel, product=hotel.saver.pk)).status_code == 302
        results = client.get(f"/search/?q={hotel.property.name}&check_in={CHECK_IN}&check_out={CHECK_OUT}")
        assert "₹8,000" in results.content.decode()
        assert "₹7,200" not in results.content.decode()

    def test_cards_are_not_offered_at_the_checkout(self, client, hotel):
        client.force_login(UserFactory.create())
        checkout = hold(client, hotel)
        response = client.get(f"/checkout/{checkout.pk}/")
        assert [value for value, _label in response.context["form"].fields["payment_method"].choices] == [
            "pay_at_property"
        ]
        assert (
            "payment_method"
            in client.post(f"/checkout/{checkout.pk}/", details(payment_method="card")).context["form"].errors
        )
