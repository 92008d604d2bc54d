"""What people see when the house itself is in trouble, and what every page promises browsers."""

from __future__ import annotations

import re
from unittest import mock

import pytest
import redis
from django.db import OperationalError
from django.test import Client
from psycopg_pool import PoolTimeout

from serai.core.errors import BusyError
from tests.factories import UserFactory, make_hotel

PAGES = ["/", "/search/", "/accounts/login/", "/accounts/login/password/", "/nowhere/", "/dev/mail/"]


def quiet() -> Client:
    return Client(raise_request_exception=False)


class TestDatabaseAway:
    @pytest.mark.django_db
    @pytest.mark.parametrize(
        "error", [OperationalError("gone"), PoolTimeout("no connection"), BusyError("busy")], ids=type
    )
    def test_a_page_says_so_and_when_to_come_back(self, error: Exception):
        with mock.patch("serai.web.guest.home.popular_destinations", side_effect=error):
            response = quiet().get("/")
        assert response.status_code == 503
        assert response["Retry-After"] == "10"
        assert b"<h1" in response.content

    def test_even_when_the_session_cannot_be_read(self, settings):
        """Nothing of the page needs the database: a refused connection ends as a page as well."""
        client = quiet()
        client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
        with mock.patch(
            "django.contrib.sessions.backends.cached_db.SessionStore.load",
            side_effect=OperationalError("gone"),
        ):
            response = client.get("/trips/")
        assert response.status_code == 503
        assert b"<h1" in response.content

    def test_readiness_turns_away_the_load_balancer(self):
        with mock.patch("serai.core.health.connection.cursor", side_effect=OperationalError("gone")):
            response = quiet().get("/health/ready")
        assert response.status_code == 503
        assert quiet().get("/health/live").status_code == 200


@pytest.mark.django_db
def test_a_fault_of_ours_has_a_page_that_tells_nothing_about_us():
    with mock.patch("serai.web.guest.home.popular_destinations", side_effect=RuntimeError("secret detail")):
        response = quiet().get("/")
    assert response.status_code == 500
    assert b"<h1" in response.content
    assert b"secret detail" not in response.content


@pytest.mark.django_db
def test_pages_open_while_valkey_is_away(client):
    hotel = make_hotel()
    client.force_login(UserFactory.create())
    with mock.patch.object(
        redis.connection.AbstractConnection, "connect", side_effect=redis.ConnectionError("away")
    ):
        for path in ("/", "/search/", f"/hotels/{hotel.property.slug}/", "/trips/"):
            assert client.get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_strict_with_browsers(client, path: str):
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    assert directives["default-src"] == "'self'"
    assert directives["object-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert "'unsafe" not in policy
    assert "http" not in directives["script-src"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])
    html = response.content.decode()
    assert not re.search(r"<script(?![^>]*(src=|nonce=|json))", html)
    assert not re.search(r"\son[a-z]+=", html)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "is_kept"), [("proxy-id.0001", True), ("<script>", False), ("x" * 99, False)]
)
def test_a_proxys_request_id_is_kept_if_harmless(client, given: str, is_kept: bool):
    response = client.get("/", headers={"x-request-id": given})
    assert (response["X-Request-ID"] == given) is is_kept


@pytest.mark.django_db
def test_a_stale_form_has_a_page_of_its_own():
    response = Client(enforce_csrf_checks=True).post("/holds/", {"token": "x"})
    assert response.status_code == 403
    assert b"<h1" in response.content
