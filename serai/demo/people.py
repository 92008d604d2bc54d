"""The demo's people: three accounts to sign in with, hosts who run several houses, and guests."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from allauth.account.models import EmailAddress
from django.utils.text import slugify

from serai.accounts.models import User
from serai.demo.names import WORLD_PEOPLE, make_indian_person

GUEST_EMAIL = "guest@serai.example"
HOST_EMAIL = "host@serai.example"
STAFF_EMAIL = "staff@serai.example"

# (role, e-mail): printed when the demo starts. Everybody signs in with a code sent by mail.
ACCOUNTS: tuple[tuple[str, str], ...] = (
    ("Guest", GUEST_EMAIL),
    ("Host", HOST_EMAIL),
    ("Staff", STAFF_EMAIL),
)
HOTELS_PER_HOST = 7
GUESTS = 40


@dataclass(frozen=True)
class People:
    """Everybody, written to the database."""

    guest: User
    host: User
    staff: User
    hosts: list[User]
    guests: list[User]


def write_people(rng: Random, *, hotels: int) -> People:
    """Make the accounts, one host for every few hotels, and the guests; all addresses are verified."""
    named = [
        User(email=GUEST_EMAIL, name="Meera Iyer", phone="+919800000001", phone_verified=True),
        User(email=HOST_EMAIL, name="Arjun Rathore"),
        User(email=STAFF_EMAIL, name="Nandini Menon", is_staff=True),
    ]
    hosts = [_person(rng, "host", number) for number in range(1, max(2, hotels // HOTELS_PER_HOST))]
    guests = [_person(rng, "guest", number) for number in range(1, GUESTS + 1)]
    everybody = [*named, *hosts, *guests]
    for user in everybody:
        user.set_unusable_password()
    User.objects.bulk_create(everybody)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in everybody
    )
    return People(guest=named[0], host=named[1], staff=named[2], hosts=hosts, guests=guests)


def _person(rng: Random, role: str, number: int) -> User:
    if rng.random() < 0.7:
        name, language, currency, timezone = make_indian_person(rng), "en", "INR", "Asia/Kolkata"
    else:
        name, country = rng.choice(WORLD_PEOPLE)
        language = "fr" if country == "FR" else "en"
        currency, timezone = ("GBP", "Europe/London") if country == "GB" else ("EUR", "Europe/Paris")
    email = f"{slugify(name).replace('-', '.')}.{role}{number}@serai.example"
    return User(email=email, name=name, language=language, currency=currency, timezone=timezone)
