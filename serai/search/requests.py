"""What a traveller asks for, read from a query string: the stay, the filters, the order.

Nothing here touches the database. What cannot be understood becomes a sentence beside its field, the
typed text is kept, and the rest of the request still counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.properties.models import Property
from serai.rates.models import RatePlan
from serai.rates.rules import Party, split_party

MAX_ADULTS = 30
MAX_CHILDREN = 6
MAX_CHILD_AGE = 17
MAX_ROOMS = 8
# How far ahead nights can be asked for; hosts open fewer.
MAX_DAYS_AHEAD = 730
MAX_QUERY_LENGTH = 120
MAX_CODES = 3
MAX_CODE_LENGTH = 40


class Query(Protocol):
    """The reading half of Django's `QueryDict`."""

    def get(self, key: str, /) -> str | None: ...

    def getlist(self, key: str) -> list[str]: ...


class Sort(StrEnum):
    """In which order results stand."""

    RECOMMENDED = "recommended"
    PRICE = "price"
    RATING = "rating"
    STARS = "stars"
    DISTANCE = "distance"


@dataclass(frozen=True)
class Guests:
    """Who travels and in how many rooms."""

    adults: int = 2
    children_ages: tuple[int, ...] = ()
    rooms: int = 1

    @property
    def party(self) -> Party:
        return Party(self.adults, self.children_ages)

    @property
    def parties(self) -> list[Party]:
        """One party per room."""
        return split_party(self.party, self.rooms)

    @property
    def total(self) -> int:
        return self.adults + len(self.children_ages)

    def query_items(self) -> list[tuple[str, str]]:
        """The query parameters that say the same."""
        ages = [("ages", str(age)) for age in self.children_ages]
        return [("adults", str(self.adults)), ("rooms", str(self.rooms)), *ages]


@dataclass(frozen=True)
class Stay:
    """The nights `[check_in, check_out)` for some guests; dates are the property's own.

    `codes` are what they typed to get a rate or a promotion, in capitals.
    """

    check_in: dt.date
    check_out: dt.date
    guests: Guests
    codes: tuple[str, ...] = ()
    # Whether one of the rooms should be accessible: a wish that the hotel sees.
    needs_accessible: bool = False

    @property
    def nights(self) -> int:
        return (self.check_out - self.check_in).days

    def query_items(self) -> list[tuple[str, str]]:
        """The query parameters that say the same, as every page of a stay takes them."""
        return [
            ("check_in", self.check_in.isoformat()),
            ("check_out", self.check_out.isoformat()),
            *self.guests.query_items(),
            *(("code", code) for code in self.codes),
            *([("accessible", "1")] if self.needs_accessible else []),
        ]


@dataclass(frozen=True)
class StayInput:
    """A stay as typed. `stay` is None without dates, and also when a date or a guest made no sense."""

    stay: Stay | None
    guests: Guests
    today: dt.date
    errors: dict[str, str]
    check_in_text: str
    check_out_text: str
    adults_text: str
    rooms_text: str
    ages_texts: tuple[str, ...]
    codes: tuple[str, ...] = ()
    codes_text: str = ""
    needs_accessible: bool = False

    @property
    def last_date(self) -> dt.date:
        """The last date on which a stay can begin."""
        return self.today + dt.timedelta(days=MAX_DAYS_AHEAD)

    @property
    def max_nights(self) -> int:
        return settings.MAX_STAY_NIGHTS

    @property
    def children(self) -> int:
        """How many age fields are shown."""
        return len(self.guests.children_ages)

    def query_items(self) -> list[tuple[str, str]]:
        """What links carry on: the stay, or the guests and codes while there are no good dates."""
        if self.stay:
            return self.stay.query_items()
        return [*self.guests.query_items(), *(("code", code) for code in self.codes)]


@dataclass(frozen=True)
class Filters:
    """What a result must have. Prices are in whole units of the results' currency, for the whole stay."""

    stars: frozenset[int] = frozenset()
    kinds: frozenset[str] = frozenset()
    amenities: frozenset[str] = frozenset()
    min_score: int | None = None
    is_free_to_cancel: bool = False
    meals: str = ""
    price_from: Decimal | None = None
    price_to: Decimal | None = None

    @property
    def count(self) -> int:
        """How many filters are set, as the badge of the filter button shows it."""
        return (
            len(self.stars)
            + len(self.kinds)
            + len(self.amenities)
            + (self.min_score is not None)
            + self.is_free_to_cancel
            + bool(self.meals)
            + (self.price_from is not None or self.price_to is not None)
        )


@dataclass(frozen=True)
class SearchRequest:
    """One search. `errors` maps a field's name to the sentence that stands beside it."""

    stay_input: StayInput
    text: str = ""
    destination_id: int | None = None
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RECOMMENDED
    page: int = 1
    errors: dict[str, str] = field(default_factory=dict)
    price_from_text: str = ""
    price_to_text: str = ""

    @property
    def stay(self) -> Stay | None:
        return self.stay_input.stay


# A stay with any of these meals satisfies the wish for the key.
MEALS_AT_LEAST: dict[str, frozenset[str]] = {
    RatePlan.Meals.BREAKFAST.value: frozenset({"breakfast", "half_board", "full_board"}),
    RatePlan.Meals.HALF_BOARD.value: frozenset({"half_board", "full_board"}),
    RatePlan.Meals.FULL_BOARD.value: frozenset({"full_board"}),
}
SCORES = (9, 8, 7, 6)


def empty_stay_input(*, today: dt.date) -> StayInput:
    """Nothing typed: two adults in one room, no dates."""
    return StayInput(
        stay=None,
        guests=Guests(),
        today=today,
        errors={},
        check_in_text="",
        check_out_text="",
        adults_text="2",
        rooms_text="1",
        ages_texts=(),
    )


def parse_place(query: Query) -> tuple[str, int | None]:
    """What was typed as the place, and the id of the destination that was chosen for it."""
    text = " ".join((query.get("q") or "").replace("\x00", "").split())
    return text[:MAX_QUERY_LENGTH], _positive_integer(query.get("destination"))


def parse_search(query: Query, *, today: dt.date) -> SearchRequest:
    """Read a whole search. `today` is the present date at the place (see `parse_place`)."""
    errors: dict[str, str] = {}
    stay_input = parse_stay(query, today=today)
    filters = _parse_filters(query, errors)
    sort = Sort.RECOMMENDED
    if wanted := (query.get("sort") or "").strip():
        try:
            sort = Sort(wanted)
        except ValueError:
            errors["sort"] = _("We cannot sort like that, so the recommended order is shown.")
    text, destination_id = parse_place(query)
    if len(query.get("q") or "") > MAX_QUERY_LENGTH:
        errors["q"] = _("That is a long name: we looked for its beginning.")
    return SearchRequest(
        text=text,
        destination_id=destination_id,
        stay_input=stay_input,
        filters=filters,
        sort=sort,
        page=_positive_integer(query.get("page")) or 1,
        errors={**errors, **stay_input.errors},
        price_from_text=(query.get("price_from") or "").strip()[:20],
        price_to_text=(query.get("price_to") or "").strip()[:20],
    )


def parse_stay(query: Query, *, today: dt.date) -> StayInput:
    """Read dates and guests. `today` is the present date at the place or the property."""
    errors: dict[str, str] = {}
    guests = _parse_guests(query, errors)
    texts = {
        name: (query.get(name) or "").strip()[:40] for name in ("check_in", "check_out", "adults", "rooms")
    }
    check_in = _parse_date(texts["check_in"], "check_in", errors)
    check_out = _parse_date(texts["check_out"], "check_out", errors)
    if check_in and check_in < today:
        errors["check_in"] = _("This day has passed at the place you are going to. Choose another.")
    elif check_in and check_in > today + dt.timedelta(days=MAX_DAYS_AHEAD):
        errors["check_in"] = _("That is too far ahead: choose a day within the next two years.")
    if check_in and check_out:
        if check_out <= check_in:
            errors["check_out"] = _("Check-out must be after check-in.")
        elif (check_out - check_in).days > settings.MAX_STAY_NIGHTS:
            errors["check_out"] = ngettext(
                "A stay can have at most %(nights)d night.",
                "A stay can have at most %(nights)d nights.",
                settings.MAX_STAY_NIGHTS,
            ) % {"nights": settings.MAX_STAY_NIGHTS}
    elif check_in and not texts["check_out"]:
        errors["check_out"] = _("When do you leave?")
    elif check_out and not texts["check_in"]:
        errors["check_in"] = _("When do you arrive?")
    codes = _parse_codes(query)
    needs_accessible = (query.get("accessible") or "") in {"1", "on", "true"}
    stay = (
        Stay(check_in, check_out, guests, codes, needs_accessible)
        if check_in and check_out and not errors
        else None
    )
    typed_codes = ", ".join(text.strip() for text in query.getlist("code") if text.strip())
    if any(len(text.strip()) > MAX_CODE_LENGTH for text in typed_codes.split(",")):
        # A word beside the field only: dates and guests count all the same.
        errors["code"] = _("A code has at most %(most)d letters and figures.") % {"most": MAX_CODE_LENGTH}
    return StayInput(
        stay=stay,
        guests=guests,
        today=today,
        errors=errors,
        check_in_text=texts["check_in"],
        check_out_text=texts["check_out"],
        adults_text=texts["adults"] or str(guests.adults),
        rooms_text=texts["rooms"] or str(guests.rooms),
        ages_texts=tuple(text.strip()[:10] for text in query.getlist("ages")[:MAX_CHILDREN] if text.strip()),
        codes=codes,
        codes_text=typed_codes[: MAX_CODES * (MAX_CODE_LENGTH + 2)],
        needs_accessible=needs_accessible,
    )


def _parse_guests(query: Query, errors: dict[str, str]) -> Guests:
    adults = _parse_count(
        query.get("adults"),
        default=2,
        most=MAX_ADULTS,
        name="adults",
        errors=errors,
        least_text=_("At least one adult has to travel."),
    )
    rooms = _parse_count(
        query.get("rooms"),
        default=1,
        most=MAX_ROOMS,
        name="rooms",
        errors=errors,
        least_text=_("You need at least one room."),
    )
    if adults < rooms and "adults" not in errors and "rooms" not in errors:
        errors["rooms"] = _("Each room needs an adult: ask for fewer rooms or more adults.")
        rooms = adults
    typed = [text.strip() for text in query.getlist("ages") if text.strip()]
    ages = [int(text) if text.isdecimal() and len(text) <= 3 else -1 for text in typed]
    if any(not 0 <= age <= MAX_CHILD_AGE for age in ages):
        errors["ages"] = _("A child's age is a whole number from 0 to %(most)d.") % {"most": MAX_CHILD_AGE}
    children = (query.get("children") or "").strip()
    if children.isdecimal() and len(children) <= 9 and int(children) > len(ages):
        errors["ages"] = _("Choose the age of each child.")
    if len(ages) > MAX_CHILDREN:
        errors["ages"] = _("At most %(most)d children can travel together.") % {"most": MAX_CHILDREN}
    good = tuple(age for age in ages if 0 <= age <= MAX_CHILD_AGE)[:MAX_CHILDREN]
    return Guests(adults=adults, children_ages=good, rooms=min(rooms, adults))


def _parse_codes(query: Query) -> tuple[str, ...]:
    """Codes as typed, with commas between several, in capitals; what is too long for one is none."""
    typed = [
        text.replace("\x00", "").strip().upper()
        for entry in query.getlist("code")
        for text in entry.split(",")
    ]
    return tuple(dict.fromkeys(code for code in typed if 0 < len(code) <= MAX_CODE_LENGTH))[:MAX_CODES]


def _parse_count(
    typed: str | None, *, default: int, most: int, name: str, errors: dict[str, str], least_text: str
) -> int:
    text = (typed or "").strip()
    if not text:
        return default
    if not (text.removeprefix("-").isdecimal() and len(text) <= 9):
        errors[name] = _("Enter a whole number.")
        return default
    count = int(text)
    if count < 1:
        errors[name] = least_text
        return default
    if count > most:
        errors[name] = _("At most %(most)d can be booked at once.") % {"most": most}
        return default
    return count


def _parse_date(text: str, name: str, errors: dict[str, str]) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        errors[name] = _("Enter a date such as 2026-12-24.")
        return None


def _parse_filters(query: Query, errors: dict[str, str]) -> Filters:
    unknown: list[str] = []
    stars = _known(query.getlist("stars"), lambda text: text in {"1", "2", "3", "4", "5"}, unknown)
    kinds = _known(query.getlist("kinds"), lambda text: text in Property.Kind.values, unknown)
    score = _known([query.get("min_score") or ""], lambda text: text in map(str, SCORES), unknown)
    meals = _known([query.get("meals") or ""], lambda text: text in MEALS_AT_LEAST, unknown)
    amenities = [text.strip()[:50] for text in query.getlist("amenities") if text.strip()]
    if unknown:
        errors["filters"] = _("We do not know this filter and left it out: %(names)s.") % {
            "names": ", ".join(unknown)[:200]
        }
    price_from = _parse_price(query.get("price_from"), "price_from", errors)
    price_to = _parse_price(query.get("price_to"), "price_to", errors)
    if price_from is not None and price_to is not None and price_to < price_from:
        errors["price_to"] = _("The highest price is below the lowest.")
        price_to = None
    return Filters(
        stars=frozenset(map(int, stars)),
        kinds=frozenset(kinds),
        amenities=frozenset(amenities),
        min_score=int(score[0]) if score else None,
        is_free_to_cancel=(query.get("free_cancellation") or "") in {"1", "on", "true"},
        meals=meals[0] if meals else "",
        price_from=price_from,
        price_to=price_to,
    )


def _known(texts: Iterable[str], is_known: Callable[[str], bool], unknown: list[str]) -> list[str]:
    """The texts that mean something; the others are added to `unknown`."""
    given = [text.strip() for text in texts if text.strip()]
    unknown += [text[:40] for text in given if not is_known(text)]
    return [text for text in given if is_known(text)]


def _parse_price(typed: str | None, name: str, errors: dict[str, str]) -> Decimal | None:
    text = (typed or "").strip().replace(" ", "").replace(",", "")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < Decimal(10) ** 12:
        errors[name] = _("Enter an amount such as 4500.")
        return None
    return amount


def _positive_integer(typed: str | None) -> int | None:
    text = (typed or "").strip()
    return int(text) if text.isdecimal() and len(text) <= 9 and int(text) > 0 else None
