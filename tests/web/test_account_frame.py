"""allauth's pages wear the site's frame, whichever version of allauth brings them."""

from __future__ import annotations

import re
import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory


@pytest.fixture
def member(client: Client) -> Client:
    """Somebody who signed in a moment ago, so that no page asks for the password again."""
    user = UserFactory()
    # Without a password there is nothing to ask again for, and that page does not exist.
    user.set_password("correct horse battery staple")
    user.save()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    record = {"method": "code", "at": time.time(), "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session.save()
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_logout",
        "account_change_phone",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_reauthenticate",
    ],
)
def test_account_pages_wear_our_frame(member: Client, name: str) -> None:
    response = member.get(reverse(name))
    assert response.status_code == 200, response.headers.get("Location")
    html = response.content.decode()
    assert html.count('class="site-header"') == 1
    assert html.count("<h1") == 1
    assert 'class="title-1"' in html
    assert "Menu:" not in html, "allauth's own frame"
    # The content policy allows no inline style, and no script but data for allauth's own modules.
    assert not re.search(r"\sstyle=", html)
    for script in re.findall(r"<script([^>]*)>", html):
        assert "src=" in script or "application/json" in script
    for button in re.findall(r"<button[^>]*>", html.split("<main", 1)[1].split("</main>")[0]):
        assert 'class="btn' in button


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_request_login_code", "account_login"])
def test_sign_in_pages_wear_our_frame(client: Client, name: str) -> None:
    html = client.get(reverse(name), follow=True).content.decode()
    assert 'class="entrance"' in html
    assert html.count("<h1") == 1
    assert re.search(r'<input[^>]*class="input"', html)
    assert 'class="btn btn-primary btn-block"' in html


@pytest.mark.django_db
def test_mistakes_stand_beside_the_field(client: Client) -> None:
    html = client.post(reverse("account_request_login_code"), {"login": ""}).content.decode()
    assert 'role="alert"' in html
    assert 'aria-invalid="true"' in html
