"""Payment cards as the fake provider checks them, and the test cards it knows. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Outcome(Enum):
    """What becomes of a charge when a test card is used."""

    SUCCESS = "success"
    DECLINE = "card_declined"
    NO_FUNDS = "insufficient_funds"
    CHALLENGE = "challenge"
    LATE_SUCCESS = "late_success"


@dataclass(frozen=True)
class TestCard:
    """A number that no bank gives out, and what it does."""

    __test__ = False  # not a test, whatever pytest thinks of its name

    number: str
    outcome: Outcome
    hint: str | Promise

    @property
    def grouped(self) -> str:
        """The number in groups of four, as on a card."""
        return " ".join(re.findall(".{1,4}", self.number))


TEST_CARDS = (
    TestCard("4242424242424242", Outcome.SUCCESS, _("Pays at once")),
    TestCard("4000000000003220", Outcome.CHALLENGE, _("Asks for your approval first (3-D Secure)")),
    TestCard("4000000000000259", Outcome.LATE_SUCCESS, _("Pays, but the bank says so a few seconds later")),
    TestCard("4000000000000002", Outcome.DECLINE, _("Is declined")),
    TestCard("4000000000009995", Outcome.NO_FUNDS, _("Is declined: not enough money")),
)
_BY_NUMBER = {card.number: card for card in TEST_CARDS}

_AMEX = ("34", "37")
MAX_YEARS_AHEAD = 20


def digits_of(text: str) -> str:
    """A card number as typed, without the spaces and hyphens people put between its groups."""
    return re.sub(r"[\s-]", "", text)


def is_number_valid(number: str) -> bool:
    """Whether `number` has 13 to 19 digits and the right check digit (Luhn, ISO/IEC 7812-1 annex B)."""
    if not re.fullmatch(r"[0-9]{13,19}", number):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def parse_expiry(text: str) -> tuple[int, int]:
    """`(year, month)` of `12/28`, `12 / 2028`, `1228` or `12-28`; raises `ValueError` for anything else."""
    match = re.fullmatch(r"\s*(0?[1-9]|1[0-2])\s*[/-]\s*(20\d\d|\d\d)\s*|\s*(0[1-9]|1[0-2])(\d\d)\s*", text)
    if match is None:
        raise ValueError("not a month and a year")
    month, year = match[1] or match[3], match[2] or match[4]
    return int(year) % 100 + 2000, int(month)


def is_expired(year: int, month: int, *, today: dt.date) -> bool:
    """Whether a card is past its last month; it is good until that month's last day."""
    return (year, month) < (today.year, today.month)


def is_expiry_absurd(year: int, *, today: dt.date) -> bool:
    """Whether a year lies further ahead than any card is given out for."""
    return year > today.year + MAX_YEARS_AHEAD


def cvc_length(number: str) -> int:
    """How many digits the security code of such a card has."""
    return 4 if number.startswith(_AMEX) else 3


def is_cvc_valid(cvc: str, *, number: str) -> bool:
    """Whether a security code has the digits that such a card's code has."""
    return re.fullmatch(rf"[0-9]{{{cvc_length(number)}}}", cvc) is not None


def find_outcome(number: str) -> Outcome | None:
    """What a test card does; None for every other number, which may be somebody's real card."""
    card = _BY_NUMBER.get(number)
    return card.outcome if card else None
