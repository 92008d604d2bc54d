"""What each role may do, how a listing moves from draft to published, and what completes it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import get_territory_currencies

OWNER, MANAGER, RECEPTION = "owner", "manager", "reception"

PERMISSIONS_BY_ROLE: dict[str, frozenset[str]] = {
    OWNER: frozenset({"edit_listing", "edit_prices", "view_bookings", "manage_bookings", "manage_team"}),
    MANAGER: frozenset({"edit_listing", "edit_prices", "view_bookings", "manage_bookings"}),
    RECEPTION: frozenset({"view_bookings", "manage_bookings"}),
}

# Which status a listing may be in before each step on its way.
MAY_BE_SUBMITTED = frozenset({"draft", "returned"})
MAY_BE_DECIDED = frozenset({"submitted"})

STEPS = ("details", "place", "photos", "amenities", "rooms", "rates", "policies")
DESCRIPTION_MIN_CHARACTERS = 80

FALLBACK_CURRENCY = "USD"

ROOM_NUMBER_MAX_CHARACTERS = 20
MOST_NEW_ROOMS = 500
_RUN = re.compile(r"(?P<stem>.*?)(?P<first>\d{1,6})\s*[-–—]\s*(?P<other>.*?)(?P<last>\d{1,6})")


def role_allows(role: str | None, permission: str) -> bool:
    """Whether a member with `role` may do `permission` (`edit_listing`, …); None is not a member."""
    return role is not None and permission in PERMISSIONS_BY_ROLE.get(role, frozenset())


def roles_with(permission: str) -> list[str]:
    """The roles that may do `permission`."""
    return [role for role, permissions in PERMISSIONS_BY_ROLE.items() if permission in permissions]


def currency_of_country(country_code: str) -> str:
    """The currency people pay with in a country (ISO 3166 alpha-2), by Unicode CLDR."""
    currencies = get_territory_currencies(country_code)
    return currencies[0] if currencies else FALLBACK_CURRENCY


def read_room_numbers(text: str) -> list[str]:
    """The numbers on doors that a host typed: `101–112`, `A1-A5`, `1, 2, 7`, one a line; each once.

    A run counts up from its first number, with as many digits. Raises `ValueError` with the part that
    cannot be read: a run that counts down or has another name at its end, a number that is too long,
    more than `MOST_NEW_ROOMS` in all.
    """
    numbers: dict[str, None] = {}
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        run = _RUN.fullmatch(part)
        if run is None:
            found = [part]
        else:
            stem, first, last = run["stem"], run["first"], run["last"]
            if run["other"] not in {"", stem} or not int(first) < int(last) < int(first) + MOST_NEW_ROOMS:
                raise ValueError(part)
            found = [f"{stem}{number:0{len(first)}}" for number in range(int(first), int(last) + 1)]
        if any(len(number) > ROOM_NUMBER_MAX_CHARACTERS for number in found):
            raise ValueError(part)
        numbers.update(dict.fromkeys(found))
        if len(numbers) > MOST_NEW_ROOMS:
            raise ValueError(part)
    return list(numbers)


@dataclass(frozen=True)
class Progress:
    """What each step of a listing still lacks, as sentences for the host."""

    missing: dict[str, list[str]]

    @property
    def is_complete(self) -> bool:
        return not any(self.missing.values())

    @property
    def all_missing(self) -> list[str]:
        return [sentence for sentences in self.missing.values() for sentence in sentences]

    def first_incomplete(self, steps: Sequence[str] = STEPS) -> str | None:
        """The first step that lacks something, or None when all are done."""
        return next((step for step in steps if self.missing.get(step)), None)

    @property
    def done_count(self) -> int:
        """How many steps lack nothing."""
        return sum(not self.missing.get(step) for step in STEPS)
