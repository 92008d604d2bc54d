"""Signing in and up with a code: one flow for known and unknown addresses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import caches
from django.test import Client
from django.test.utils import CaptureQueriesContext

from serai.accounts.models import User
from serai.core.models import OutboxMessage, SentMail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
Run = Callable[..., int]
CODE = re.compile(r"[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}")
LOGIN = "/accounts/login/"
CONFIRM = "/accounts/login/code/confirm/"


def code_sent_to(recipient: str) -> str:
    mail = SentMail.objects.filter(recipient=recipient, text__regex=CODE.pattern).order_by("-pk").first()
    assert mail is not None
    return CODE.search(mail.text)[0]


def ask_for_code(client: Client, login: str, next_url: str = "/account/") -> Any:
    return client.post(LOGIN, {"login": login, "next": next_url})


def sign_in(
    client: Client, run_outbox: Run, login: str, recipient: str = "", next_url: str = "/account/"
) -> Any:
    ask_for_code(client, login, next_url)
    run_outbox()
    return client.post(CONFIRM, {"code": code_sent_to(recipient or login), "next": next_url})


def test_unknown_address_becomes_an_account_in_two_steps(client: Client, run_outbox: Run) -> None:
    response = ask_for_code(client, "  New.Guest@Example.com ", "/checkout/7/?step=pay")
    assert response.status_code == 302
    assert response.url == CONFIRM + "?next=%2Fcheckout%2F7%2F%3Fstep%3Dpay"
    assert SentMail.objects.count() == 0, "nothing is sent while the browser waits"
    assert run_outbox() == 1
    page = client.get(response.url)
    assert "new.guest@example.com" in page.text
    response = client.post(
        CONFIRM, {"code": code_sent_to("new.guest@example.com"), "next": "/checkout/7/?step=pay"}
    )
    assert (response.status_code, response.url) == (302, "/checkout/7/?step=pay")
    user = User.objects.get(email="new.guest@example.com")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified


@pytest.mark.parametrize("has_address_row", [True, False])
def test_known_address_signs_in_to_its_account(
    client: Client, run_outbox: Run, has_address_row: bool
) -> None:
    user = UserFactory(email="known@example.com", name="Asha Rao")
    if has_address_row:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    response = sign_in(client, run_outbox, "KNOWN@example.com", recipient="known@example.com")
    assert (response.status_code, response.url) == (302, "/account/")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == 1


def test_pages_do_not_tell_who_has_an_account(client: Client, run_outbox: Run) -> None:
    UserFactory(email="known@example.com")
    answers = []
    for login in ("known@example.com", "other@example.com"):
        browser = Client()
        with CaptureQueriesContext(connection_of()) as queries:
            response = ask_for_code(browser, login)
        page = browser.get(response.url)
        statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries.captured_queries]
        text = re.sub(r'(csrf\w*"? value="|"X-CSRFToken": ")[^"]+', "", page.text)
        text = re.sub(r"nonce=\S+", "", text).replace(login, "…")
        answers.append((response.status_code, response.url, text, statements))
    assert answers[0][:3] == answers[1][:3]
    assert answers[0][3] == answers[1][3], "the same statements, so the same time"
    run_outbox()
    texts = [CODE.sub("…", mail.text) for mail in SentMail.objects.all()]
    assert len(texts) == 2
    assert texts[0] == texts[1]


def connection_of() -> Any:
    from django.db import connection

    return connection


def test_session_data_survives_sign_in(client: Client, run_outbox: Run) -> None:
    client.get(LOGIN)
    session = client.session
    session["checkout"] = "0190-held-room"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client, run_outbox, "guest@example.com")
    assert client.session["checkout"] == "0190-held-room"
    assert "_auth_user_id" in client.session


def test_mobile_number_signs_up_and_in(client: Client, run_outbox: Run) -> None:
    response = sign_in(client, run_outbox, "98765 43210", recipient="+919876543210")
    assert (response.status_code, response.url) == (302, "/account/")
    user = User.objects.get(phone="+919876543210")
    assert (user.email, user.phone_verified) == ("", True)
    assert SentMail.objects.get().channel == "sms"
    again = Client()
    sign_in(again, run_outbox, "+91 98765-43210", recipient="+919876543210")
    assert again.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == 1


def test_number_that_was_only_written_down_does_not_open_the_account(client: Client, run_outbox: Run) -> None:
    host = UserFactory(email="host@example.com", phone="+919876543210", phone_verified=False)
    sign_in(client, run_outbox, "+919876543210")
    assert client.session["_auth_user_id"] != str(host.pk)
    host.refresh_from_db()
    assert host.phone is None


def test_two_people_without_address_are_two_accounts(client: Client, run_outbox: Run) -> None:
    sign_in(client, run_outbox, "+919876543210")
    sign_in(Client(), run_outbox, "+919876543211")
    assert User.objects.filter(email="").count() == 2


@pytest.mark.parametrize(
    ("login", "message"),
    [
        ("", "Type your e-mail address or mobile number."),
        ("maya at example", "Begin with the country code"),
        ("maya@example", "Enter a valid email address."),
        ("12345", "Begin with the country code"),
    ],
)
def test_wrong_address_is_told_beside_the_field_and_kept(client: Client, login: str, message: str) -> None:
    page = ask_for_code(client, login, "/trips/")
    assert page.status_code == 200
    assert message in page.text
    assert f'value="{login}"' in page.text or not login
    assert 'name="next" value="/trips/"' in page.text
    assert User.objects.count() == 0


def test_wrong_code_leaves_two_more_tries_then_asks_for_a_new_one(client: Client, run_outbox: Run) -> None:
    ask_for_code(client, "guest@example.com", "/trips/")
    run_outbox()
    for _try in range(2):
        page = client.post(CONFIRM, {"code": "BBBB-BBBB", "next": "/trips/"})
        assert page.status_code == 200
        assert "That code is not right." in page.text
        assert 'value="BBBB-BBBB"' in page.text
    response = client.post(CONFIRM, {"code": "BBBB-BBBB", "next": "/trips/"})
    assert (response.status_code, response.url) == (302, "/accounts/login/code/?next=%2Ftrips%2F")
    response = client.post(CONFIRM, {"code": code_sent_to("guest@example.com"), "next": "/trips/"})
    assert "_auth_user_id" not in client.session
    assert response.url.startswith("/accounts/login/code/")


def test_code_works_once(client: Client, run_outbox: Run) -> None:
    sign_in(client, run_outbox, "guest@example.com")
    other = Client()
    other.post(CONFIRM, {"code": code_sent_to("guest@example.com")})
    assert "_auth_user_id" not in other.session


def test_person_may_turn_back_and_use_another_address(client: Client, run_outbox: Run) -> None:
    ask_for_code(client, "tpyo@example.com", "/trips/")
    page = client.get(LOGIN + "?next=/trips/")
    assert page.status_code == 200
    assert 'value="tpyo@example.com"' in page.text
    response = sign_in(client, run_outbox, "typo@example.com", next_url="/trips/")
    assert response.url == "/trips/"
    assert User.objects.get(email="typo@example.com").last_login is not None


def test_sign_up_page_is_the_sign_in_page(client: Client) -> None:
    response = client.get("/accounts/signup/?next=/host/")
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=%2Fhost%2F")


def test_outside_addresses_are_not_followed(client: Client, run_outbox: Run) -> None:
    response = sign_in(client, run_outbox, "guest@example.com", next_url="https://evil.example/")
    assert "evil.example" not in response.url


def test_inactive_person_is_not_signed_in(client: Client, run_outbox: Run) -> None:
    UserFactory(email="gone@example.com", is_active=False)
    response = sign_in(client, run_outbox, "gone@example.com")
    assert response.url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_welcome_comes_once_and_after_the_address_is_proved(client: Client, run_outbox: Run) -> None:
    ask_for_code(client, "guest@example.com")
    run_outbox()
    assert not SentMail.objects.filter(key__startswith="welcome:").exists()
    client.post(CONFIRM, {"code": code_sent_to("guest@example.com")})
    run_outbox()
    sign_in(Client(), run_outbox, "guest@example.com")
    run_outbox()
    assert SentMail.objects.filter(key__startswith="welcome:").count() == 1


def test_mail_speaks_the_language_of_the_person_and_pages_follow(client: Client, run_outbox: Run) -> None:
    user = UserFactory(email="marie@example.com", language="fr")
    response = sign_in(client, run_outbox, user.email)
    assert response.cookies["django_language"].value == "fr"
    assert 'lang="fr"' in SentMail.objects.filter(recipient=user.email).first().html


def test_payload_with_the_code_is_wiped_after_sending(client: Client, run_outbox: Run) -> None:
    ask_for_code(client, "guest@example.com")
    assert "code" in OutboxMessage.objects.get().payload["context"]
    run_outbox()
    assert OutboxMessage.objects.get().payload == {}


def test_fourth_code_within_a_minute_is_refused_beside_the_field(client: Client) -> None:
    for _time in range(3):
        assert ask_for_code(Client(), "guest@example.com").status_code == 302
    page = ask_for_code(Client(), "guest@example.com")
    assert page.status_code == 200
    assert "Too many tries." in page.text
    assert OutboxMessage.objects.count() == 3


def test_sign_in_works_while_valkey_is_away(client: Client, run_outbox: Run, settings: Any) -> None:
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "unix:///nonexistent/valkey.sock?db=0"}
    }
    assert caches["default"].get("anything") is None
    response = sign_in(client, run_outbox, "guest@example.com")
    assert (response.status_code, response.url) == (302, "/account/")
    assert client.get("/account/").status_code == 200
    for _time in range(2):
        ask_for_code(Client(), "guest@example.com")
    assert "Too many tries." in ask_for_code(Client(), "guest@example.com").text, "limits still hold"


def test_without_sms_sender_only_addresses_are_asked_for(client: Client, settings: Any) -> None:
    settings.SMS_SENDER = ""
    assert "mobile" not in client.get(LOGIN).text.partition("<form")[2].partition("</form>")[0]
    assert "Enter a valid email address." in ask_for_code(client, "+919876543210").text


def test_what_is_said_after_signing_in_is_said_once(client: Client, run_outbox: Run) -> None:
    ask_for_code(client, "guest@example.com")
    run_outbox()
    assert "data-tone=" not in client.get(CONFIRM).text
    client.post(CONFIRM, {"code": code_sent_to("guest@example.com"), "next": "/account/"})
    page = client.get("/account/")
    assert page.text.count('data-tone="success"') == 1
    assert "You are signed in." in page.text


def test_code_is_read_without_its_dash_and_in_small_letters(client: Client, run_outbox: Run) -> None:
    ask_for_code(client, "guest@example.com")
    run_outbox()
    code = code_sent_to("guest@example.com").replace("-", " ").lower()
    client.post(CONFIRM, {"code": f" {code} "})
    assert "_auth_user_id" in client.session


def test_codes_are_in_no_subject(client: Client, run_outbox: Run) -> None:
    ask_for_code(client, "guest@example.com")
    run_outbox()
    mail = SentMail.objects.get()
    assert not CODE.search(mail.subject), "subjects are kept in production, and shown on locked screens"
    assert CODE.search(mail.text)[0] in mail.html
