"""A quote: what was priced, on which terms, until when; signed, so that nobody has to store it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import signing

from serai.bookings.errors import QuoteExpired, QuoteInvalid
from serai.bookings.quotes.request import StayRequest, stay_request_from_json
from serai.bookings.rules import (
    CompiledTier,
    Terms,
    merge_terms,
    merge_tiers,
    terms_from_json,
    tiers_from_json,
)
from serai.rates.models import RatePlan
from serai.rates.rules import StayPrice, stay_price_from_json

SALT = "serai.bookings.quote"


@dataclass(frozen=True)
class QuotedRoom:
    """One room of a quote and its terms; its price stands at the same place in the quote's."""

    product_id: int
    room_type_id: int
    room_type_name: str
    rate_plan_id: int
    rate_plan_name: str
    meals: str
    payment: str
    policy_name: str
    tiers: tuple[CompiledTier, ...]
    terms: Terms

    def as_json(self) -> dict[str, Any]:
        return {
            "product_id": self.product_id,
            "room_type_id": self.room_type_id,
            "room_type_name": self.room_type_name,
            "rate_plan_id": self.rate_plan_id,
            "rate_plan_name": self.rate_plan_name,
            "meals": self.meals,
            "payment": self.payment,
            "policy_name": self.policy_name,
            "tiers": [tier.as_json() for tier in self.tiers],
            "terms": self.terms.as_json(),
        }


@dataclass(frozen=True)
class Quote:
    """A priced stay. Two quotes with equal `conditions` cost the same under the same terms.

    `versions` are fingerprints of what was priced from: the engine, and each product's nights, rules,
    taxes and policy.
    """

    request: StayRequest
    property_id: int
    rooms: tuple[QuotedRoom, ...]
    price: StayPrice
    issued_at: dt.datetime
    expires_at: dt.datetime
    company: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def conditions(self) -> tuple[object, ...]:
        """What must not differ between quoting and holding."""
        return (self.price, self.rooms)

    @property
    def tiers(self) -> list[CompiledTier]:
        """What cancelling everything costs when."""
        return merge_tiers([room.tiers for room in self.rooms])

    @property
    def terms(self) -> Terms:
        """The other terms of the whole booking."""
        return merge_terms([room.terms for room in self.rooms])

    @property
    def is_prepaid(self) -> bool:
        """Whether something must be paid by card at booking."""
        return self.terms.due_now_minor > 0

    @property
    def room_names(self) -> list[tuple[str, str, int]]:
        """Room type, rate plan and how many of it, in order."""
        counts = Counter((room.room_type_name, room.rate_plan_name) for room in self.rooms)
        return [(room_type, plan, count) for (room_type, plan), count in counts.items()]

    @property
    def title(self) -> str:
        """The rooms in a few words, such as "2 × Deluxe, Suite"."""
        counts = Counter(room.room_type_name for room in self.rooms)
        return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in counts.items())

    @property
    def plan_title(self) -> str:
        """The rate plans, each once."""
        return ", ".join(dict.fromkeys(room.rate_plan_name for room in self.rooms))

    @property
    def token(self) -> str:
        """The quote, signed and packed for a form field."""
        return signing.dumps(self.as_json(), salt=SALT, compress=True)

    def as_json(self) -> dict[str, Any]:
        """Plain values; `quote_from_json` reads them back."""
        return {
            "request": self.request.as_json(),
            "property_id": self.property_id,
            "rooms": [room.as_json() for room in self.rooms],
            "price": self.price.as_json(),
            "issued_at": self.issued_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "company": self.company,
            "versions": dict(self.versions),
        }


def quote_from_json(data: Mapping[str, Any]) -> Quote:
    """The inverse of `Quote.as_json`; also reads quotes of one product made before."""
    price = stay_price_from_json(data["price"])
    if "request" in data:
        request = stay_request_from_json(data["request"])
        rooms = tuple(
            QuotedRoom(
                **{
                    **room,
                    "tiers": tuple(tiers_from_json(room["tiers"])),
                    "terms": terms_from_json(room["terms"]),
                }
            )
            for room in data["rooms"]
        )
    else:
        request, rooms = stay_request_from_json(data), _rooms_of_old(data, price)
    return Quote(
        request=request,
        property_id=data["property_id"],
        rooms=rooms,
        price=price,
        issued_at=dt.datetime.fromisoformat(data["issued_at"]),
        expires_at=dt.datetime.fromisoformat(data["expires_at"]),
        company=data.get("company", ""),
        versions=data.get("versions", {}),
    )


def _rooms_of_old(data: Mapping[str, Any], price: StayPrice) -> tuple[QuotedRoom, ...]:
    """Quotes used to have one product and the tiers of all rooms together: the first room carries them."""
    tiers = tuple(tiers_from_json(data["tiers"]))
    names = ("product_id", "room_type_id", "room_type_name", "rate_plan_id", "rate_plan_name")
    terms = Terms(guarantee="prepaid" if data["payment"] == RatePlan.Payment.PREPAID else "none")
    return tuple(
        QuotedRoom(
            **{name: data[name] for name in names},
            meals=data["meals"],
            payment=data["payment"],
            policy_name=data["policy_name"],
            tiers=() if index else tiers,
            terms=terms,
        )
        for index, _room in enumerate(price.rooms)
    )


def read_quote(token: str, *, now: dt.datetime) -> Quote:
    """Open a signed token. Raises `QuoteInvalid`, or `QuoteExpired` after `expires_at`."""
    try:
        quote = quote_from_json(signing.loads(token, salt=SALT))
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise QuoteInvalid from error
    if quote.expires_at < now:
        raise QuoteExpired
    return quote
