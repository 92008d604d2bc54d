"""Accounts that come to be by asking for a code, and those that go again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError
from zeal import zeal_context

from serai.accounts import services
from serai.accounts.fields import parse_phone
from serai.accounts.models import User
from serai.accounts.tasks import SCHEDULE, forget_never_verified
from serai.core.db import write_transaction
from serai.core.errors import NotInTransactionError
from serai.core.models import SentMail
from serai.properties.models import Membership
from tests.factories import PropertyFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=2)


# Each call stands for a request of its own, so calling twice is no repetition within one.
def ask(email: str) -> User:
    with zeal_context(), write_transaction():
        return services.find_or_create_by_email(email=email, language="en")


def ask_phone(phone: str) -> User:
    with zeal_context(), write_transaction():
        return services.find_or_create_by_phone(phone=phone, language="en")


def test_asking_twice_is_one_account_whatever_the_letters() -> None:
    first = ask("Asha@Example.com")
    assert ask("asha@example.COM") == first
    assert (first.email, EmailAddress.objects.get().verified) == ("asha@example.com", False)


def test_asking_needs_a_transaction(transactional_db: Any) -> None:
    with pytest.raises(NotInTransactionError):
        services.find_or_create_by_email(email="asha@example.com", language="en")
    assert User.objects.count() == 0


def test_what_was_never_verified_goes_after_a_day(now: dt.datetime) -> None:
    for person in (ask("stray@example.com"), ask_phone("+919876543210")):
        User.objects.filter(pk=person.pk).update(date_joined=now - dt.timedelta(hours=25))
    fresh = ask("fresh@example.com")
    User.objects.filter(pk=fresh.pk).update(date_joined=now - dt.timedelta(hours=23))
    assert services.forget_never_verified(now=now) == 2
    assert list(User.objects.all()) == [fresh]
    assert services.forget_never_verified(now=now) == 0


def test_people_who_proved_themselves_or_were_made_by_others_stay(now: dt.datetime) -> None:
    made_by_hand = UserFactory()
    verified = ask("verified@example.com")
    EmailAddress.objects.filter(user=verified).update(verified=True)
    by_phone = ask_phone("+919876543210")
    services.verify_phone(user=by_phone, phone="+919876543210", now=now)
    signed_in = ask("signed-in@example.com")
    User.objects.filter(pk=signed_in.pk).update(last_login=now)
    staff = ask("staff@example.com")
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    invited = ask("invited@example.com")
    Membership.objects.create(user=invited, property=PropertyFactory(), role="reception")
    User.objects.update(date_joined=now - LATER)
    assert services.forget_never_verified(now=now) == 0
    assert set(User.objects.all()) == {made_by_hand, verified, by_phone, signed_in, staff, invited}


def test_task_is_on_the_schedule_and_may_run_twice() -> None:
    stray = ask("stray@example.com")
    User.objects.filter(pk=stray.pk).update(date_joined=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert [entry["task"] for entry in SCHEDULE.values()] == [forget_never_verified.name]
    forget_never_verified()
    forget_never_verified()
    assert User.objects.count() == 0


def test_proving_a_number_tells_the_person_and_takes_it_from_who_only_wrote_it(
    now: dt.datetime, run_outbox: Callable[..., int]
) -> None:
    writer = UserFactory(phone="+919876543210", phone_verified=False)
    person = UserFactory(email="asha@example.com")
    for _time in range(2):
        with zeal_context():
            services.verify_phone(user=person, phone="+919876543210", now=now)
    run_outbox(now=now)
    writer.refresh_from_db()
    person.refresh_from_db()
    assert (writer.phone, person.phone, person.phone_verified) == (None, "+919876543210", True)
    mail = SentMail.objects.get()
    assert (mail.recipient, mail.subject) == ("asha@example.com", "Your mobile number was changed")
    assert "+919876543210" in mail.text


def test_a_number_that_somebody_proved_is_not_taken_from_them(now: dt.datetime) -> None:
    owner = UserFactory(phone="+919876543210", phone_verified=True)
    other = UserFactory()
    with pytest.raises(IntegrityError):
        services.verify_phone(user=other, phone="+919876543210", now=now)
    owner.refresh_from_db()
    other.refresh_from_db()
    assert (owner.phone, other.phone) == ("+919876543210", None)


def test_an_address_that_was_only_asked_for_is_released() -> None:
    squatter = ask("asha@example.com")
    services.release_unproved_email(email="Asha@example.com", winner=None)
    assert not User.objects.filter(pk=squatter.pk).exists()
    owner = ask("owned@example.com")
    EmailAddress.objects.filter(user=owner).update(verified=True)
    services.release_unproved_email(email="owned@example.com", winner=None)
    assert User.objects.get() == owner


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("98765 43210", "+919876543210"),
        ("+44 7400 123456", "+447400123456"),
        ("0 98765-43210", "+919876543210"),
        ("0033 6 12 34 56 78", "+33612345678"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    assert parse_phone(text) == number


def test_creation_with_one_address_in_two_cases_is_refused() -> None:
    UserFactory(email="asha@example.com")
    with pytest.raises(IntegrityError):
        User.objects.create(email="ASHA@example.com")
