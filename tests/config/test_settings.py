"""Production refuses to start until it is told what it needs, safely."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

GOOD = {
    "SERAI_MODE": "production",
    "SECRET_KEY": "k" * 64,
    "ALLOWED_HOSTS": "stay.example",
    "SITE_URL": "https://stay.example",
    "DATABASE_URL": "postgres://serai@db.example/serai",
    "VALKEY_URL": "redis://cache.example/0",
    "EMAIL_URL": "smtp://mail.example:25",
}
PROGRAM = """
from django.conf import settings
print(settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
      settings.SESSION_COOKIE_NAME, settings.SECURE_HSTS_SECONDS > 0, repr(settings.CARD_GATEWAY))
"""


def load(**changes: str | None) -> subprocess.CompletedProcess[str]:
    wanted = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**kept, **wanted, "DJANGO_SETTINGS_MODULE": "serai.config.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_good_settings_start_and_are_strict():
    result = load()
    assert result.stdout.split() == ["False", "True", "True", "__Host-session", "True", "''"], result.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY must be a random string"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be a random string"),
        ({"DEBUG": "on"}, "DEBUG must be off"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS must name"),
        ({"SITE_URL": "http://stay.example"}, "SITE_URL must be"),
        ({"DATABASE_URL": None}, "DATABASE_URL must name"),
        ({"VALKEY_URL": None}, "VALKEY_URL must name"),
        ({"EMAIL_URL": "mailbox://"}, "EMAIL_URL must name"),
        ({"CARD_GATEWAY": "fake"}, "CARD_GATEWAY must be a real provider"),
        ({"SERAI_MODE": "staging"}, "use demo, test or production"),
    ],
)
def test_unsafe_settings_do_not_start_and_say_why(changes: dict[str, str | None], sentence: str):
    result = load(**changes)
    assert result.returncode != 0
    assert sentence in result.stderr
