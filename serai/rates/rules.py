"""The one price engine: pure arithmetic on integers, no database, no clock.

Search, hotel page, quote, booking and mail all show what `price_stay` returns. Amounts are minor
units of the property's currency. Each division is rounded half up, once, at the step that names it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

FULL = 10_000  # basis points in a whole


@dataclass(frozen=True)
class Party:
    """Who sleeps in one room (or in all of them): adults, and each child's age on the check-in date."""

    adults: int
    children_ages: tuple[int, ...] = ()

    @property
    def guests(self) -> int:
        return self.adults + len(self.children_ages)


@dataclass(frozen=True)
class TaxTerm:
    """One tax or fee. `value` is basis points for `percent`, minor units for `amount`.

    A percentage is always of one room's night. The bracket `[from_minor, below_minor)` is tested
    on that night's room price; for charges per stay, on the first night's.
    """

    name: str
    kind: str
    basis: str
    period: str
    value: int
    is_included: bool = False
    is_paid_at_property: bool = False
    from_minor: int = 0
    below_minor: int | None = None


@dataclass(frozen=True)
class ProductTerms:
    """All that pricing needs to know of a product except its nightly prices.

    `adjustments` lead from the root rate plan to the product's own, each `(kind, value)` with basis
    points for `percent` and minor units a night for `amount`.
    """

    currency: str
    base_guests: int
    max_adults: int
    max_children: int
    max_guests: int
    extra_adult_minor: int = 0
    extra_child_minor: int = 0
    infant_max_age: int = 2
    child_max_age: int = 12
    adjustments: tuple[tuple[str, int], ...] = ()
    taxes: tuple[TaxTerm, ...] = ()


@dataclass(frozen=True)
class NightLine:
    """One night of one room: the room price, and that night's taxes on top that can be paid in advance."""

    date: dt.date
    amount_minor: int
    tax_minor: int


@dataclass(frozen=True)
class TaxLine:
    """What one tax comes to. Included taxes are part of the room price and not added again."""

    name: str
    amount_minor: int
    is_included: bool
    is_paid_at_property: bool


@dataclass(frozen=True)
class RoomPrice:
    """One room for the whole stay."""

    party: Party
    nights: tuple[NightLine, ...]
    taxes: tuple[TaxLine, ...]

    @property
    def room_minor(self) -> int:
        return sum(night.amount_minor for night in self.nights)

    @property
    def total_minor(self) -> int:
        return self.room_minor + sum(tax.amount_minor for tax in self.taxes if not tax.is_included)

    @property
    def due_at_property_minor(self) -> int:
        return sum(tax.amount_minor for tax in self.taxes if tax.is_paid_at_property and not tax.is_included)


@dataclass(frozen=True)
class StayPrice:
    """All rooms of a stay, with the totals that people see."""

    currency: str
    rooms: tuple[RoomPrice, ...]
    taxes: tuple[TaxLine, ...] = field(init=False)

    def __post_init__(self) -> None:
        sums: dict[tuple[str, bool, bool], int] = {}
        for room in self.rooms:
            for tax in room.taxes:
                key = (tax.name, tax.is_included, tax.is_paid_at_property)
                sums[key] = sums.get(key, 0) + tax.amount_minor
        lines = tuple(TaxLine(name, amount, *flags) for (name, *flags), amount in sums.items())
        object.__setattr__(self, "taxes", lines)

    @property
    def room_minor(self) -> int:
        """The rooms' nights, without taxes that come on top."""
        return sum(room.room_minor for room in self.rooms)

    @property
    def total_minor(self) -> int:
        """Everything that must be paid, now or at the property."""
        return sum(room.total_minor for room in self.rooms)

    @property
    def due_at_property_minor(self) -> int:
        """The part of the total that only the property can take, such as a city tax."""
        return sum(room.due_at_property_minor for room in self.rooms)

    @property
    def prepayable_minor(self) -> int:
        """The part of the total that can be paid at booking."""
        return self.total_minor - self.due_at_property_minor

    @property
    def nights(self) -> tuple[NightLine, ...]:
        """Night by night over all rooms."""
        return tuple(
            NightLine(
                date=lines[0].date,
                amount_minor=sum(line.amount_minor for line in lines),
                tax_minor=sum(line.tax_minor for line in lines),
            )
            for lines in zip(*(room.nights for room in self.rooms), strict=True)
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values for storing and for signing; `stay_price_from_json` reads them back."""
        return {
            "currency": self.currency,
            "rooms": [
                {
                    "adults": room.party.adults,
                    "children_ages": list(room.party.children_ages),
                    "nights": [
                        [night.date.isoformat(), night.amount_minor, night.tax_minor] for night in room.nights
                    ],
                    "taxes": [asdict(tax) for tax in room.taxes],
                }
                for room in self.rooms
            ],
        }


def stay_price_from_json(data: dict[str, Any]) -> StayPrice:
    """The inverse of `StayPrice.as_json`."""
    return StayPrice(
        currency=data["currency"],
        rooms=tuple(
            RoomPrice(
                party=Party(room["adults"], tuple(room["children_ages"])),
                nights=tuple(
                    NightLine(dt.date.fromisoformat(date), amount, tax)
                    for date, amount, tax in room["nights"]
                ),
                taxes=tuple(TaxLine(**tax) for tax in room["taxes"]),
            )
            for room in data["rooms"]
        ),
    )


def divide_half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` for a positive denominator, halves away from zero."""
    quotient, rest = divmod(abs(numerator), denominator)
    quotient += 2 * rest >= denominator
    return quotient if numerator >= 0 else -quotient


def split_party(party: Party, rooms: int) -> list[Party]:
    """Share guests out over rooms as evenly as can be, each room with an adult.

    The first rooms get the odd adults; children go, oldest first, to the rooms with fewest guests
    (the last such room). Raises `ValueError` when there are fewer adults than rooms.
    """
    if rooms < 1 or party.adults < rooms:
        raise ValueError("Every room needs an adult.")
    each, more = divmod(party.adults, rooms)
    adults = [each + (index < more) for index in range(rooms)]
    children: list[list[int]] = [[] for _ in range(rooms)]
    for age in sorted(party.children_ages, reverse=True):
        fewest = min(range(rooms), key=lambda index: (adults[index] + len(children[index]), -index))
        children[fewest].append(age)
    return [Party(adults[index], tuple(children[index])) for index in range(rooms)]


def count_guests(terms: ProductTerms, party: Party) -> tuple[int, int, int]:
    """Adults, children and infants as the property counts them: by age, not by what they are called."""
    infants = sum(age <= terms.infant_max_age for age in party.children_ages)
    grown = sum(age > terms.child_max_age for age in party.children_ages)
    return party.adults + grown, len(party.children_ages) - infants - grown, infants


def fits(terms: ProductTerms, party: Party) -> bool:
    """Whether the party may sleep in one such room. Infants count as guests and as children."""
    adults, children, infants = count_guests(terms, party)
    return (
        adults <= terms.max_adults
        and children + infants <= terms.max_children
        and adults + children + infants <= terms.max_guests
    )


def price_night(terms: ProductTerms, party: Party, base_minor: int) -> int:
    """One room's price for one night: base, extra guests, then each rate plan's adjustment in turn.

    Adults fill the places that the base price includes first, then children; infants are free.
    Never below zero.
    """
    adults, children, _infants = count_guests(terms, party)
    extra_adults = max(adults - terms.base_guests, 0)
    extra_children = max(children - max(terms.base_guests - adults, 0), 0)
    amount = base_minor + extra_adults * terms.extra_adult_minor + extra_children * terms.extra_child_minor
    for kind, value in terms.adjustments:
        amount += divide_half_up(amount * value, FULL) if kind == "percent" else value
        amount = max(amount, 0)
    return amount


def _applies(tax: TaxTerm, night_minor: int) -> bool:
    return night_minor >= tax.from_minor and (tax.below_minor is None or night_minor < tax.below_minor)


def _heads(terms: ProductTerms, tax: TaxTerm, party: Party) -> int:
    adults, children, _infants = count_guests(terms, party)
    return {"room": 1, "adult": adults, "person": adults + children}[tax.basis]


def price_room(terms: ProductTerms, party: Party, nights: Sequence[tuple[dt.date, int]]) -> RoomPrice:
    """One room for consecutive nights, given each night's base price. Taxes are rounded per night."""
    sums = [0] * len(terms.taxes)
    lines = []
    for index, (date, base_minor) in enumerate(nights):
        amount = price_night(terms, party, base_minor)
        included_rates = sum(
            tax.value
            for tax in terms.taxes
            if tax.kind == "percent" and tax.is_included and _applies(tax, amount)
        )
        on_top = 0
        not_yet_tax = amount
        for position, tax in enumerate(terms.taxes):
            if not _applies(tax, amount) or (tax.period == "stay" and index > 0):
                continue
            if tax.kind == "amount":
                charge = tax.value * _heads(terms, tax, party)
            elif tax.is_included:
                charge = divide_half_up(amount * tax.value, FULL + included_rates)
            else:
                charge = divide_half_up(amount * tax.value, FULL)
            if tax.is_included:
                # What is in the price can never be more than the price, whatever a fixed fee says.
                charge = min(charge, not_yet_tax)
                not_yet_tax -= charge
            elif tax.period == "night" and not tax.is_paid_at_property:
                on_top += charge
            sums[position] += charge
        lines.append(NightLine(date=date, amount_minor=amount, tax_minor=on_top))
    taxes = tuple(
        TaxLine(tax.name, amount, tax.is_included, tax.is_paid_at_property)
        for tax, amount in zip(terms.taxes, sums, strict=True)
        if amount
    )
    return RoomPrice(party=party, nights=tuple(lines), taxes=taxes)


def price_stay(
    terms: ProductTerms, nights: Sequence[tuple[dt.date, int]], parties: Sequence[Party]
) -> StayPrice:
    """One room per party for the same nights. Raises `ValueError` without nights or rooms."""
    if not nights or not parties:
        raise ValueError("A stay has at least one night and one room.")
    priced: dict[Party, RoomPrice] = {}
    for party in parties:
        if party not in priced:
            priced[party] = price_room(terms, party, nights)
    return StayPrice(currency=terms.currency, rooms=tuple(priced[party] for party in parties))


def weekend_prices(weekend_minor: int | None) -> tuple[int | None, ...] | None:
    """A price for Friday and Saturday nights as prices by weekday, Monday first; None without one."""
    return None if weekend_minor is None else (None, None, None, None, weekend_minor, weekend_minor, None)


def weekday_price(base_minor: int, weekday_minor: Sequence[int | None] | None, date: dt.date) -> int:
    """What a night costs by its weekday: `weekday_minor` (Monday first) where it says so, else the base."""
    own = weekday_minor[date.weekday()] if weekday_minor is not None else None
    return base_minor if own is None else own


def season_price(base_minor: int, percent: int) -> int:
    """A base price raised or lowered by whole percent, rounded half up, never below zero."""
    return max(base_minor + divide_half_up(base_minor * percent, 100), 0)
