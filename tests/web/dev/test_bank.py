"""The demo bank's pages: what a guest types, sees and gets back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from zeal import zeal_ignore

from serai.payments import fake_provider, services
from serai.payments.cards import TEST_CARDS
from serai.payments.models import FakeCharge, Payment
from tests.payments.desk import CHALLENGE, DECLINED, GOOD, LATE, NO_FUNDS, make_payment

pytestmark = pytest.mark.django_db
RETURN = "/checkout/1/return/"
CARD = {"number": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123"}


@pytest.fixture(autouse=True)
def _clock(now: dt.datetime) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def payment(now: dt.datetime) -> Payment:
    return make_payment(now)


def charge() -> FakeCharge:
    (only,) = FakeCharge.objects.all()
    return only


def refreshed(payment: Payment, now: dt.datetime) -> Payment:
    """What the site knows after asking; a second call of the same service, not a query per row."""
    with zeal_ignore():
        return services.refresh_payment(payment_id=payment.pk, now=now)


def test_the_form_names_the_amount_and_says_that_no_money_moves(client: Client, payment: Payment) -> None:
    response = client.get(payment.redirect_url)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Demo bank: no money moves" in page
    assert "Two nights in Jaipur" in page
    assert page.count("₹12,345.00") == 2
    assert all(card.grouped in page for card in TEST_CARDS)
    assert "no-store" in response["Cache-Control"]
    # Another house: none of the site's own doors.
    assert 'href="/trips/"' not in page
    assert 'href="/host/"' not in page


def test_a_good_card_pays_and_leads_back(client: Client, payment: Payment, now: dt.datetime) -> None:
    response = client.post(payment.redirect_url, CARD)
    assert (response.status_code, response["Location"]) == (302, RETURN)
    assert charge().state == FakeCharge.State.SUCCEEDED
    assert refreshed(payment, now).state == Payment.State.SUCCEEDED


@pytest.mark.parametrize(
    ("number", "state", "code"),
    [
        (DECLINED, FakeCharge.State.DECLINED, "card_declined"),
        (NO_FUNDS, FakeCharge.State.DECLINED, "insufficient_funds"),
        (LATE, FakeCharge.State.PROCESSING, ""),
    ],
)
def test_the_other_cards_do_what_the_list_says(
    number: str, state: str, code: str, client: Client, payment: Payment
) -> None:
    response = client.post(payment.redirect_url, CARD | {"number": number})
    assert (response.status_code, response["Location"]) == (302, RETURN)
    assert (charge().state, charge().decline_code) == (state, code)


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"number": ""}, "number", "Enter the number on the front of the card."),
        ({"number": "4242 4242 4242 4241"}, "number", "This is not a card number."),
        ({"number": "4242"}, "number", "A card number has 13 to 19 digits."),
        ({"number": "four two four two"}, "number", "A card number has digits only."),
        ({"number": "5555 5555 5555 4444"}, "number", "Please do not type a real card"),
        ({"expiry": ""}, "expiry", "Enter the month and year"),
        ({"expiry": "10/26"}, "expiry", "This card has expired."),
        ({"expiry": "13/30"}, "expiry", "Write the month and the year"),
        ({"expiry": "12/60"}, "expiry", "No card is valid for that long."),
        ({"cvc": ""}, "cvc", "Enter the security code."),
        ({"cvc": "12"}, "cvc", "The security code has 3 digits."),
        ({"cvc": "abc"}, "cvc", "The security code has 3 digits."),
    ],
)
def test_slips_are_shown_beside_the_field_and_what_was_typed_is_kept(
    change: dict[str, str], field: str, message: str, client: Client, payment: Payment
) -> None:
    typed = CARD | change
    response = client.post(payment.redirect_url, typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert message in response.context["form"].errors[field][0]
    assert page.count('aria-invalid="true"') == 1
    assert f'id="id_{field}_error"' in page
    for kept in ("number", "expiry"):
        assert not typed[kept] or f'value="{typed[kept]}"' in page
    assert 'value="123"' not in page  # the security code is never sent back
    assert charge().state == FakeCharge.State.OPEN


def test_a_card_is_good_through_its_last_month(client: Client, payment: Payment) -> None:
    assert client.post(payment.redirect_url, CARD | {"expiry": "11 / 2026"}).status_code == 302


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        ("approve", FakeCharge.State.SUCCEEDED, ""),
        ("refuse", FakeCharge.State.DECLINED, "authentication_failed"),
    ],
)
def test_3d_secure_asks_first(answer: str, state: str, code: str, client: Client, payment: Payment) -> None:
    response = client.post(payment.redirect_url, CARD | {"number": CHALLENGE}, follow=True)
    page = f"{payment.redirect_url}approve/"
    assert response.redirect_chain == [(page, 302)]
    assert "Is this you?" in response.content.decode()
    # An answer that is neither changes nothing.
    assert client.post(page, {"answer": "maybe"}).status_code == 200
    assert charge().state == FakeCharge.State.NEEDS_ACTION
    response = client.post(page, {"answer": answer})
    assert (response.status_code, response["Location"]) == (302, RETURN)
    assert (charge().state, charge().decline_code) == (state, code)


def test_the_challenge_is_for_those_who_were_asked(client: Client, payment: Payment) -> None:
    response = client.post(f"{payment.redirect_url}approve/", {"answer": "approve"})
    assert response["Location"] == payment.redirect_url
    assert charge().state == FakeCharge.State.OPEN


def test_turning_back_declines(client: Client, payment: Payment, now: dt.datetime) -> None:
    response = client.post(f"{payment.redirect_url}cancel/")
    assert response["Location"] == RETURN
    after = refreshed(payment, now)
    assert (after.state, after.failure_message) == (Payment.State.FAILED, "You cancelled the payment.")
    assert client.get(f"{payment.redirect_url}cancel/").status_code == 405


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        (GOOD, "This payment has been made"),
        (LATE, "This payment is being checked"),
        (DECLINED, "This payment did not go through"),
    ],
)
def test_the_back_button_and_a_second_click_cannot_charge_again(
    number: str, heading: str, client: Client, payment: Payment
) -> None:
    client.post(payment.redirect_url, CARD | {"number": number})
    state = charge().state
    page = client.get(payment.redirect_url)
    assert heading in page.content.decode()
    assert f'href="{RETURN}"' in page.content.decode()
    again = client.post(payment.redirect_url, CARD)
    assert (again.status_code, again["Location"]) == (302, RETURN)
    client.post(f"{payment.redirect_url}cancel/")
    assert charge().state == state


def test_a_page_left_open_too_long_is_closed(client: Client, payment: Payment, now: dt.datetime) -> None:
    with time_machine.travel(now + fake_provider.SESSION, tick=False):
        client.post(payment.redirect_url, CARD)
        page = client.get(payment.redirect_url).content.decode()
    assert "This payment did not go through" in page
    assert charge().decline_code == "session_expired"


@pytest.mark.parametrize("tail", ["", "approve/"])
def test_unknown_charges_are_not_found(tail: str, client: Client) -> None:
    assert client.get(f"/dev/bank/ch_nobody/{tail}").status_code == 404


def test_forms_of_other_sites_are_refused(payment: Payment) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(payment.redirect_url, CARD).status_code == 403
    assert charge().state == FakeCharge.State.OPEN


def test_the_card_is_stored_nowhere(client: Client, payment: Payment) -> None:
    client.post(payment.redirect_url, CARD)
    row = " ".join(str(value) for value in FakeCharge.objects.values_list().get())
    assert "4242" not in row
    assert CARD["number"] not in row


def test_queries_are_few(client: Client, payment: Payment, django_assert_num_queries) -> None:
    # savepoint, the charge, release (the form needs nothing more)
    with django_assert_num_queries(3):
        client.get(payment.redirect_url)
