"""What each role may do, how a listing moves from draft to published, and what completes it. Pure."""

from __future__ import annotations

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
