"""The price of a stay: nights, taxes, extras and promotions, added up once for everybody who asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from serai.rates.rules.nights import Step, count_sleepers, night_steps
from serai.rates.rules.party import count_guests
from serai.rates.rules.promotions import choose_promotions, counts_on
from serai.rates.rules.taxes import TaxMeter
from serai.rates.rules.terms import ExtraTerm, Party, ProductTerms, PromotionTerm


@dataclass(frozen=True)
class NightLine:
    """One night of one room: its stored price, what this party pays for it and by which steps, and that
    night's taxes on top that can be paid in advance."""

    date: dt.date
    amount_minor: int
    tax_minor: int
    base_minor: int = 0
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class TaxLine:
    """What one tax comes to. Included taxes are part of the room price and not added again."""

    name: str
    amount_minor: int
    is_included: bool
    is_paid_at_property: bool


@dataclass(frozen=True)
class ExtraLine:
    """What an extra comes to for the whole stay."""

    extra_id: int
    name: str
    quantity: int
    amount_minor: int


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

    @property
    def prepayable_minor(self) -> int:
        return self.total_minor - self.due_at_property_minor


@dataclass(frozen=True)
class StayPrice:
    """All rooms of a stay with its extras, and the totals that people see."""

    currency: str
    rooms: tuple[RoomPrice, ...]
    extras: tuple[ExtraLine, ...] = ()
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
    def extras_minor(self) -> int:
        return sum(extra.amount_minor for extra in self.extras)

    @property
    def total_minor(self) -> int:
        """Everything that must be paid, now or at the property."""
        return sum(room.total_minor for room in self.rooms) + self.extras_minor

    @property
    def due_at_property_minor(self) -> int:
        """The part of the total that only the property can take, such as a city tax."""
        return sum(room.due_at_property_minor for room in self.rooms)

    @property
    def prepayable_minor(self) -> int:
        """The part of the total that can be paid at booking."""
        return self.total_minor - self.due_at_property_minor

    @property
    def saved_minor(self) -> int:
        """What promotions took off the nights."""
        return sum(amount for _ref, _name, amount in self.promotions)

    @property
    def promotions(self) -> list[tuple[int, str, int]]:
        """Each promotion that took something off: id, name, how much over all nights and rooms."""
        sums: dict[tuple[int, str], int] = {}
        for room in self.rooms:
            for night in room.nights:
                for step in night.steps:
                    if step.code == "promotion":
                        key = (step.ref, step.label)
                        sums[key] = sums.get(key, 0) - step.minor
        return [(ref, name, amount) for (ref, name), amount in sums.items()]

    @property
    def nights(self) -> tuple[NightLine, ...]:
        """Night by night over all rooms."""
        return tuple(
            NightLine(
                date=lines[0].date,
                amount_minor=sum(line.amount_minor for line in lines),
                tax_minor=sum(line.tax_minor for line in lines),
                base_minor=sum(line.base_minor for line in lines),
            )
            for lines in zip(*(room.nights for room in self.rooms), strict=True)
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values for storing and for signing; `stay_price_from_json` reads them back."""
        return {
            "currency": self.currency,
            "rooms": [_room_as_json(room) for room in self.rooms],
            "extras": [
                [extra.extra_id, extra.name, extra.quantity, extra.amount_minor] for extra in self.extras
            ],
        }


def _room_as_json(room: RoomPrice) -> dict[str, Any]:
    """Nights name their steps by number: most nights of a stay cost the same for the same reasons."""
    numbers: dict[tuple[Step, ...], int] = {}
    nights = []
    for night in room.nights:
        number = numbers.setdefault(night.steps, len(numbers))
        nights.append([night.date.isoformat(), night.amount_minor, night.tax_minor, night.base_minor, number])
    return {
        "adults": room.party.adults,
        "children_ages": list(room.party.children_ages),
        "nights": nights,
        "steps": [
            [[step.code, step.minor, step.label, step.count, step.ref] for step in steps] for steps in numbers
        ],
        "taxes": [
            [tax.name, tax.amount_minor, tax.is_included, tax.is_paid_at_property] for tax in room.taxes
        ],
    }


def stay_price_from_json(data: dict[str, Any]) -> StayPrice:
    """The inverse of `StayPrice.as_json`; also reads what was stored before nights had steps."""
    return StayPrice(
        currency=data["currency"],
        rooms=tuple(_room_from_json(room) for room in data["rooms"]),
        extras=tuple(ExtraLine(*extra) for extra in data.get("extras", ())),
    )


def _room_from_json(room: dict[str, Any]) -> RoomPrice:
    steps = [tuple(Step(*step) for step in steps) for steps in room.get("steps", ())]
    nights = []
    for date, amount, tax, *rest in room["nights"]:
        base, number = rest or (amount, None)
        nights.append(
            NightLine(dt.date.fromisoformat(date), amount, tax, base, () if number is None else steps[number])
        )
    return RoomPrice(
        party=Party(room["adults"], tuple(room["children_ages"])),
        nights=tuple(nights),
        taxes=tuple(TaxLine(**tax) if isinstance(tax, dict) else TaxLine(*tax) for tax in room["taxes"]),
    )


def price_room(
    terms: ProductTerms,
    party: Party,
    nights: Sequence[tuple[dt.date, int]],
    *,
    promotions: Sequence[PromotionTerm] = (),
    exemptions: Collection[str] = (),
    agreed: Mapping[dt.date, NightLine] = MappingProxyType({}),
) -> RoomPrice:
    """One room for consecutive nights, given each night's stored price and the promotions in use.

    `agreed` nights cost what was agreed, by the steps of then; taxes are worked out for all alike.
    """
    meter = TaxMeter(terms, party, len(nights), exemptions)
    sleepers = count_sleepers(terms, party)
    # Nights that cost the same under the same promotions are worked out once.
    known: dict[tuple[int, tuple[int, ...]], tuple[tuple[Step, ...], int]] = {}
    always = tuple(promotions)
    is_dated = any(entry.stay_from_date or entry.stay_until_date for entry in always)
    lines = []
    for index, (date, base_minor) in enumerate(nights):
        kept = agreed.get(date)
        if kept is not None:
            taxes = meter.add_night(index, date, kept.amount_minor)
            lines.append(replace(kept, tax_minor=taxes.on_top_minor))
            continue
        used = tuple([entry for entry in always if counts_on(entry, date)]) if is_dated else always
        key = (base_minor, tuple([entry.id for entry in used]) if is_dated else ())
        priced = known.get(key)
        if priced is None:
            steps = night_steps(terms, party, base_minor, used, sleepers=sleepers)
            priced = known[key] = (steps, sum(step.minor for step in steps))
        steps, amount = priced
        taxes = meter.add_night(index, date, amount)
        lines.append(NightLine(date, amount, taxes.on_top_minor, base_minor, steps))
    return RoomPrice(
        party=party,
        nights=tuple(lines),
        taxes=tuple(
            TaxLine(tax.name, amount, tax.is_included, tax.is_paid_at_property)
            for tax, amount in zip(terms.taxes, meter.totals(), strict=True)
            if amount
        ),
    )


def price_stay(
    terms: ProductTerms,
    nights: Sequence[tuple[dt.date, int]],
    parties: Sequence[Party],
    *,
    exemptions: Collection[str] = (),
    extras: Sequence[ExtraTerm] = (),
    agreed: Mapping[Party, Mapping[dt.date, NightLine]] = MappingProxyType({}),
) -> StayPrice:
    """One room per party for the same nights. Raises `ValueError` without nights or rooms.

    `agreed` are nights that a party has booked already, at the price of then.
    """
    if not nights or not parties:
        raise ValueError("A stay has at least one night and one room.")
    promotions = choose_promotions(terms, nights, parties) if terms.promotions else ()
    priced: dict[Party, RoomPrice] = {}
    for party in parties:
        if party not in priced:
            priced[party] = price_room(
                terms,
                party,
                nights,
                promotions=promotions,
                exemptions=exemptions,
                agreed=agreed.get(party, {}),
            )
    return StayPrice(
        currency=terms.currency,
        rooms=tuple(priced[party] for party in parties),
        extras=tuple(price_extra(terms, extra, parties, len(nights)) for extra in extras),
    )


def price_extra(terms: ProductTerms, extra: ExtraTerm, parties: Sequence[Party], nights: int) -> ExtraLine:
    """What an extra costs: each or for every guest but infants, once or every night."""
    persons = sum(sum(count_guests(terms, party)[:2]) for party in parties) if extra.basis == "person" else 1
    times = persons * (nights if extra.period == "night" else 1)
    return ExtraLine(extra.id, extra.name, extra.quantity, extra.amount_minor * extra.quantity * times)
