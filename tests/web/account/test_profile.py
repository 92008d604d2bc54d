"""The profile page and the pages it leads to: each works without scripts and keeps what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from serai.accounts.models import User
from serai.core.models import SentMail
from serai.properties.models import Membership
from tests.factories import PropertyFactory, UserFactory
from tests.web.account.test_sign_in import ask_for_code, code_sent_to, sign_in

pytestmark = pytest.mark.django_db
PROFILE = "/account/"
VALID = {"name": "Asha Rao", "language": "hi", "timezone": "Europe/Paris"}


@pytest.fixture
def asha(client: Client) -> User:
    user = UserFactory(email="asha@example.com", name="Asha")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return user


def test_strangers_are_asked_to_sign_in_first(client: Client) -> None:
    response = client.get(PROFILE)
    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/account/")


def test_profile_is_saved_and_the_language_follows(client: Client, asha: User) -> None:
    response = client.post(PROFILE, VALID)
    assert (response.status_code, response.url) == (302, PROFILE)
    asha.refresh_from_db()
    assert (asha.name, asha.language, asha.timezone) == tuple(VALID.values())
    assert 'lang="hi"' in client.get(PROFILE).text


@pytest.mark.parametrize(
    ("field", "value"),
    [("language", "xx"), ("timezone", "Mars/Olympus"), ("name", "x" * 121)],
)
def test_wrong_values_are_told_beside_the_field_and_nothing_is_saved(
    client: Client, asha: User, field: str, value: str
) -> None:
    page = client.post(PROFILE, VALID | {field: value})
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.text
    assert f'value="{escape(VALID["name"])}"' in page.text or field == "name"
    asha.refresh_from_db()
    assert (asha.name, asha.language) == ("Asha", "en")


def test_name_is_shown_as_typed_and_not_as_markup(client: Client, asha: User) -> None:
    client.post(PROFILE, VALID | {"name": "<script>alert(1)</script>", "language": "en"})
    page = client.get(PROFILE)
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_hosts_are_advised_to_add_a_second_factor(client: Client, asha: User) -> None:
    advice = "Protect what your guests trust you with"
    assert advice not in client.get(PROFILE).text
    Membership.objects.create(user=asha, property=PropertyFactory(), role="owner")
    assert advice in client.get(PROFILE).text
    TOTP.activate(asha, generate_totp_secret())
    assert advice not in client.get(PROFILE).text


def test_profile_costs_a_fixed_number_of_queries(
    client: Client, asha: User, django_assert_num_queries: Any
) -> None:
    client.get(PROFILE)
    # The user, the second factors, the memberships; the session is in the cache.
    with django_assert_num_queries(3):
        client.get(PROFILE)


@pytest.mark.parametrize(
    "name",
    [
        "account_profile",
        "account_email",
        "account_change_phone",
        "account_set_password",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "usersessions_list",
    ],
)
def test_every_account_page_opens_in_our_frame_without_inline_code(
    client: Client, asha: User, name: str
) -> None:
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert 'class="skip-link"' in page.text
    assert " style=" not in page.text
    for script in re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page.text):
        assert "application/json" in script
    assert "<noscript>" not in page.text or name == "mfa_add_webauthn"


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/", "/accounts/login/password/", "/accounts/password/reset/", "/accounts/inactive/"],
)
def test_every_entrance_page_opens_in_our_frame(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert 'class="skip-link"' in page.text
    assert " style=" not in page.text


def test_changing_the_address_needs_its_code_and_tells_the_old_one(
    client: Client, asha: User, run_outbox: Callable[..., int]
) -> None:
    # Somebody asked for a code to the new address before, and never typed it.
    ask_for_code(Client(), "new@example.com")
    response = client.post("/accounts/email/", {"action_add": "", "email": "new@example.com"})
    assert (response.status_code, response.url) == (302, "/accounts/confirm-email/")
    run_outbox()
    asha.refresh_from_db()
    assert asha.email == "asha@example.com"
    page = client.post("/accounts/confirm-email/", {"code": "BBBB-BBBB"})
    assert "That code is not right." in page.text
    code = code_sent_to("new@example.com")
    client.post("/accounts/confirm-email/", {"code": code})
    asha.refresh_from_db()
    assert asha.email == "new@example.com"
    assert User.objects.count() == 1
    run_outbox()
    notice = SentMail.objects.get(recipient="asha@example.com")
    assert notice.subject == "Your e-mail address was changed"
    assert "from asha@example.com to new@example.com" in notice.text


def test_address_of_another_account_is_refused_after_its_code(
    client: Client, asha: User, run_outbox: Callable[..., int]
) -> None:
    other = UserFactory(email="taken@example.com")
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    client.post("/accounts/email/", {"action_add": "", "email": "taken@example.com"})
    run_outbox()
    client.post("/accounts/confirm-email/", {"code": code_sent_to("taken@example.com")})
    asha.refresh_from_db()
    assert asha.email == "asha@example.com"
    assert User.objects.filter(email="taken@example.com").get() == other


def test_number_is_changed_after_its_code(client: Client, asha: User, run_outbox: Callable[..., int]) -> None:
    page = client.post("/accounts/phone/change/", {"phone": "not a number"})
    assert "Begin with the country code" in page.text
    assert 'value="not a number"' in page.text


def test_number_is_proved_by_text_message(client: Client, asha: User, run_outbox: Callable[..., int]) -> None:
    response = client.post("/accounts/phone/change/", {"phone": "98765 43210"})
    assert (response.status_code, response.url) == (302, "/accounts/phone/verify/")
    run_outbox()
    asha.refresh_from_db()
    assert asha.phone is None
    client.post("/accounts/phone/verify/", {"code": code_sent_to("+919876543210")})
    asha.refresh_from_db()
    assert (asha.phone, asha.phone_verified) == ("+919876543210", True)
    run_outbox()
    assert (
        SentMail.objects.filter(recipient="asha@example.com", subject__contains="mobile number").count() == 1
    )


def test_password_can_be_set_and_used_and_the_person_is_told(
    client: Client, asha: User, run_outbox: Callable[..., int]
) -> None:
    secret = "correct horse battery"
    client.post("/accounts/password/set/", {"password1": secret, "password2": secret})
    run_outbox()
    assert SentMail.objects.get().subject == "Your password was changed"
    browser = Client()
    wrong = browser.post("/accounts/login/password/", {"login": asha.email, "password": "no"})
    assert wrong.status_code == 200
    assert f'value="{asha.email}"' in wrong.text
    response = browser.post(
        "/accounts/login/password/", {"login": asha.email, "password": secret, "next": "/account/"}
    )
    assert (response.status_code, response.url) == (302, "/account/")


def test_forgotten_password_is_replaced_with_a_code(asha: User, run_outbox: Callable[..., int]) -> None:
    asha.set_password("old and forgotten")
    asha.save()
    browser = Client()
    response = browser.post("/accounts/password/reset/", {"email": asha.email})
    assert response.url == "/accounts/password/reset/confirm/"
    run_outbox()
    response = browser.post(response.url, {"code": code_sent_to(asha.email)})
    secret = "a new and longer one"
    browser.post(response.url, {"password1": secret, "password2": secret})
    asha.refresh_from_db()
    assert asha.check_password(secret)
    run_outbox()
    assert SentMail.objects.filter(subject="Your password was changed").count() == 1


def test_reset_for_an_unknown_address_looks_the_same_and_explains_by_mail(
    run_outbox: Callable[..., int],
) -> None:
    browser = Client()
    response = browser.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert response.url == "/accounts/password/reset/confirm/"
    run_outbox()
    assert SentMail.objects.get().subject == "No account has this address"
    assert User.objects.count() == 0


def test_authenticator_app_is_asked_for_and_next_survives(asha: User, run_outbox: Callable[..., int]) -> None:
    secret = generate_totp_secret()
    TOTP.activate(asha, secret)
    browser = Client()
    response = sign_in(browser, run_outbox, asha.email, next_url="/checkout/7/")
    assert response.url == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in browser.session
    counter = next(iter(yield_hotp_counters_from_time()))
    response = browser.post(response.url, {"code": f"{hotp_value(secret, counter):06}"})
    assert (response.status_code, response.url) == (302, "/checkout/7/")
    assert browser.session["_auth_user_id"] == str(asha.pk)


def test_adding_an_authenticator_app_is_told_by_mail(
    client: Client,
    asha: User,
    run_outbox: Callable[..., int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    counter = next(iter(yield_hotp_counters_from_time()))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": f"{hotp_value(secret, counter):06}"})
    assert Authenticator.objects.filter(user=asha, type="totp").exists()
    run_outbox()
    texts = list(SentMail.objects.values_list("text", flat=True))
    assert sum("An authenticator app was added" in text for text in texts) == 1


def test_staff_are_led_to_a_second_factor_where_it_is_needed(
    client: Client, asha: User, settings: Any
) -> None:
    User.objects.filter(pk=asha.pk).update(is_staff=True)
    settings.STAFF_NEED_SECOND_FACTOR = False
    assert client.get("/dev/mail/").status_code == 200
    settings.STAFF_NEED_SECOND_FACTOR = True
    response = client.get("/dev/mail/")
    assert (response.status_code, response.url) == (302, "/accounts/2fa/")
    assert "Staff accounts need" in client.get(response.url).text
    TOTP.activate(asha, generate_totp_secret())
    assert client.get("/dev/mail/").status_code == 200


def test_devices_are_listed_and_others_signed_out(asha: User, run_outbox: Callable[..., int]) -> None:
    phone, laptop = Client(HTTP_USER_AGENT="A phone"), Client(HTTP_USER_AGENT="A laptop")
    sign_in(phone, run_outbox, asha.email)
    sign_in(laptop, run_outbox, asha.email)
    page = laptop.get("/accounts/sessions/")
    assert "A phone" in page.text
    stranger = UserFactory()
    other_device = UserSession.objects.create(
        user=stranger, ip="127.0.0.1", session_key="of-somebody-else", user_agent="Theirs"
    )
    assert "Theirs" not in page.text
    laptop.post("/accounts/sessions/", {"device": other_device.pk})
    assert UserSession.objects.filter(pk=other_device.pk).exists()
    assert phone.get(PROFILE).status_code == 200
    laptop.post("/accounts/sessions/", {"device": UserSession.objects.get(user_agent="A phone").pk})
    assert phone.get(PROFILE).status_code == 302
    assert laptop.get(PROFILE).status_code == 200
