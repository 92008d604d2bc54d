"""Guessing codes: tries are counted before they are looked at, however many come at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account import forms as allauth_forms
from django.db import connections
from django.test import Client

from serai.accounts.models import CodeAttempts, User
from serai.accounts.services import forget_attempts
from serai.accounts.throttle import ATTEMPTS_KEPT, take_attempt
from tests.web.account.test_sign_in import CONFIRM, ask_for_code, code_sent_to

GUESSERS = 16
ALLOWED = 3


def in_thread(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_are_counted_exactly(now: Any) -> None:
    with ThreadPoolExecutor(GUESSERS) as pool:
        answers = list(
            pool.map(
                lambda _n: in_thread(lambda: take_attempt(subject="one code", limit=ALLOWED, now=now)),
                range(GUESSERS),
            )
        )
    assert answers.count(True) == ALLOWED
    assert CodeAttempts.objects.get().count == GUESSERS


@pytest.mark.django_db
def test_each_code_has_tries_of_its_own_and_counts_are_forgotten(now: Any) -> None:
    assert take_attempt(subject="first", limit=1, now=now)
    assert not take_attempt(subject="first", limit=1, now=now)
    assert take_attempt(subject="second", limit=1, now=now)
    forget_attempts(now=now + ATTEMPTS_KEPT)
    assert CodeAttempts.objects.count() == 2
    forget_attempts(now=now + ATTEMPTS_KEPT * 2)
    assert CodeAttempts.objects.count() == 0


def guess_in_parallel(client: Client, monkeypatch: pytest.MonkeyPatch, *, code: str) -> tuple[int, list[Any]]:
    """Let sixteen browsers with one cookie guess at the same moment; how many codes were compared."""
    compared: list[str] = []
    lock = threading.Lock()
    everybody_has_read_the_session = threading.Barrier(GUESSERS)
    compare = allauth_forms.compare_user_code

    def counting(*, actual: str, expected: str) -> bool:
        with lock:
            compared.append(actual)
        return compare(actual=actual, expected=expected)

    monkeypatch.setattr(allauth_forms, "compare_user_code", counting)
    full_clean = allauth_forms.BaseConfirmCodeForm.full_clean

    def waiting(form: Any) -> None:
        everybody_has_read_the_session.wait(timeout=30)
        full_clean(form)

    monkeypatch.setattr(allauth_forms.BaseConfirmCodeForm, "full_clean", waiting)

    def guess(_number: int) -> Any:
        browser = Client()
        browser.cookies["sessionid"] = client.cookies["sessionid"].value
        return in_thread(lambda: browser.post(CONFIRM, {"code": code}))

    with ThreadPoolExecutor(GUESSERS) as pool:
        responses = list(pool.map(guess, range(GUESSERS)))
    return len(compared), responses


@pytest.mark.django_db(transaction=True)
def test_sixteen_parallel_guesses_get_three_tries(
    client: Client, run_outbox: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_code(client, "guest@example.com")
    compared, responses = guess_in_parallel(client, monkeypatch, code="BBBB-BBBB")
    assert compared == ALLOWED
    refused = [page for page in responses if page.status_code == 200 and "Ask for a new code." in page.text]
    assert len(refused) == GUESSERS - ALLOWED
    # After that the right code does not help either.
    monkeypatch.undo()
    run_outbox()
    client.post(CONFIRM, {"code": code_sent_to("guest@example.com")})
    assert "_auth_user_id" not in client.session
    assert User.objects.get().last_login is None


@pytest.mark.django_db(transaction=True)
def test_the_count_in_the_session_alone_lets_all_sixteen_through(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The negative control: without our form every parallel guess is compared."""
    settings.ACCOUNT_FORMS = settings.ACCOUNT_FORMS | {
        "confirm_login_code": "allauth.account.forms.ConfirmLoginCodeForm"
    }
    ask_for_code(client, "guest@example.com")
    compared, _responses = guess_in_parallel(client, monkeypatch, code="BBBB-BBBB")
    assert compared == GUESSERS
