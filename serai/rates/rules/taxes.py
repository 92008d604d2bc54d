"""What taxes and fees add to a room's nights, and what of them is in the price already.

Percentages of a night are rounded on that night; those of a stay once, over all its nights. A
percentage per person is of the share of the price of those who count. A compound one is also of the
charges that stand above it: of those on top for one that comes on top, of those included for one
that is included; on top, one per night is of the charges per night only. Included charges are those that,
on top of a net price, would make the price; together they never come to more than it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from serai.rates.rules.arithmetic import FULL, divide_half_up
from serai.rates.rules.party import count_guests
from serai.rates.rules.terms import Party, ProductTerms, TaxTerm


class NightTaxes(NamedTuple):
    """One night's charges, in the order of the taxes; `on_top_minor` of them can be paid in advance.

    `bases` are what percentages per stay are of: a sum for one on top, its exact charge for one inside.
    """

    charges: tuple[int, ...]
    on_top_minor: int
    bases: tuple[tuple[int, Fraction | int], ...]


class Share(NamedTuple):
    """What a charge inside a price is: `max(price * times + plus, least) / over`, exactly."""

    times: int
    plus: int
    least: int
    over: int

    def of(self, price: int) -> int:
        """The numerator."""
        return max(price * self.times + self.plus, self.least)


Known = tuple[int, tuple[bool, ...] | None, bool]


@dataclass
class TaxMeter:
    """Adds up the taxes of one room night by night; `totals` ends the stay.

    Nights that cost the same under the same taxes are worked out once.
    """

    terms: ProductTerms
    party: Party
    nights: int
    exemptions: Collection[str] = ()
    _heads: list[int] = field(init=False)
    # Each percentage with the share of those who count, as numerator and denominator.
    _rates: list[tuple[int, int]] = field(init=False)
    _is_owed: tuple[bool, ...] = field(init=False)
    _is_steady: bool = field(init=False)
    _has_first_night: bool = field(init=False)
    _known: dict[Known, NightTaxes] = field(init=False, default_factory=dict)
    _counts: dict[Known, int] = field(init=False, default_factory=dict)
    _shares: dict[tuple[tuple[bool, ...], bool], dict[int, Share]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        taxes = self.terms.taxes
        adults, children, _infants = count_guests(self.terms, self.party)
        persons = max(adults + children, 1)
        self._heads = [heads(self.terms, tax, self.party) for tax in taxes]
        self._rates = [
            # Infants may count for a tax that names ages, so those who count may be more than the persons.
            (tax.value, FULL) if tax.basis == "room" else (tax.value * count, FULL * max(persons, count))
            for tax, count in zip(taxes, self._heads, strict=True)
        ]
        self._is_owed = tuple(
            bool(count)
            and not (tax.exempt_from_nights is not None and self.nights >= tax.exempt_from_nights)
            and not (tax.exemption and tax.exemption in self.exemptions)
            for tax, count in zip(taxes, self._heads, strict=True)
        )
        self._is_steady = not any(
            tax.max_nights is not None or tax.valid_from_date or tax.valid_until_date for tax in taxes
        )
        self._has_first_night = any(tax.kind == "amount" and tax.period == "stay" for tax in taxes)

    def add_night(self, index: int, date: dt.date, amount: int) -> NightTaxes:
        """The charges of the night with this `index` (0 is the first) and room price."""
        in_force = (
            None if self._is_steady else tuple([_in_force(tax, index, date) for tax in self.terms.taxes])
        )
        key = (amount, in_force, self._has_first_night and index == 0)
        night = self._known.get(key)
        if night is None:
            night = self._known[key] = self._charge(*key)
        self._counts[key] = self._counts.get(key, 0) + 1
        return night

    def totals(self) -> list[int]:
        """What each tax comes to over the stay."""
        taxes = self.terms.taxes
        sums = [0] * len(taxes)
        bases: dict[int, Fraction | int] = {}
        price = 0
        for key, count in self._counts.items():
            night = self._known[key]
            price += key[0] * count
            for position, charge in enumerate(night.charges):
                sums[position] += charge * count
            for position, base in night.bases:
                bases[position] = bases.get(position, 0) + base * count
        for position, base in sorted(bases.items()):
            tax = taxes[position]
            if tax.is_included:
                exact = Fraction(base)
                others = sum(
                    charge
                    for other, charge in enumerate(sums)
                    if other != position and taxes[other].is_included
                )
                charge = divide_half_up(exact.numerator, exact.denominator)
                sums[position] = min(charge, price - others)
                continue
            if tax.kind == "compound":
                base += sum(
                    sums[above]
                    for above in range(position)
                    if taxes[above].period == "stay" and not taxes[above].is_included
                )
            rate, full = self._rates[position]
            sums[position] = divide_half_up(int(base) * rate, full)
        return sums

    def _charge(self, amount: int, in_force: tuple[bool, ...] | None, is_first: bool) -> NightTaxes:
        """What a night of this price is charged."""
        taxes = self.terms.taxes
        in_force = self._is_owed if in_force is None else in_force
        applies = tuple(
            [
                owed
                and valid
                and amount >= tax.from_minor
                and (tax.below_minor is None or amount < tax.below_minor)
                for tax, owed, valid in zip(taxes, self._is_owed, in_force, strict=True)
            ]
        )
        inside = self._shares.get((applies, is_first))
        if inside is None:
            inside = self._shares[applies, is_first] = self._share_out(applies, is_first=is_first)
        charges = [0] * len(taxes)
        bases: list[tuple[int, Fraction | int]] = []
        on_top = prepayable = 0
        not_yet_tax = amount
        for position, tax in enumerate(taxes):
            if not applies[position]:
                continue
            is_nightly = tax.period == "night"
            if tax.is_included:
                share = inside[position]
                if not is_nightly and tax.kind != "amount":
                    bases.append((position, Fraction(share.of(amount), share.over)))
                    continue
                charge = min(divide_half_up(share.of(amount), share.over), not_yet_tax)
                not_yet_tax -= charge
            elif tax.kind == "amount":
                charge = tax.value * self._heads[position] if is_nightly or is_first else 0
            else:
                base = amount + on_top if tax.kind == "compound" else amount
                if not is_nightly:
                    bases.append((position, base))
                    continue
                rate, full = self._rates[position]
                charge = divide_half_up(base * rate, full)
            charges[position] = charge
            if is_nightly and not tax.is_included:
                on_top += charge
                prepayable += 0 if tax.is_paid_at_property else charge
        return NightTaxes(tuple(charges), prepayable, tuple(bases))

    def _share_out(self, applies: tuple[bool, ...], *, is_first: bool) -> dict[int, Share]:
        """What of a price each included charge is.

        On a net price `n` each is `slope * n + fixed`; with the net price itself they add up to the price.
        """
        parts: dict[int, tuple[Fraction, Fraction]] = {}
        slope, fixed = Fraction(1), Fraction(0)
        for position, tax in enumerate(self.terms.taxes):
            if not (applies[position] and tax.is_included):
                continue
            if tax.kind == "amount":
                is_due = tax.period == "night" or is_first
                part = (Fraction(0), Fraction(tax.value * self._heads[position] if is_due else 0))
            else:
                rate = Fraction(*self._rates[position])
                part = (rate * slope, rate * fixed) if tax.kind == "compound" else (rate, Fraction(0))
            parts[position] = part
            slope, fixed = slope + part[0], fixed + part[1]
        shares = {}
        for position, (own_slope, own_fixed) in parts.items():
            times = own_slope / slope
            plus = own_fixed - fixed * times
            over = lcm(times.denominator, plus.denominator, own_fixed.denominator)
            shares[position] = Share(int(times * over), int(plus * over), int(own_fixed * over), over)
        return shares


def heads(terms: ProductTerms, tax: TaxTerm, party: Party) -> int:
    """For how many a tax is charged: one room, the adults, or the persons of the ages that it names."""
    adults, children, _infants = count_guests(terms, party)
    if tax.basis == "room":
        return 1
    if tax.basis == "adult":
        return adults
    if tax.from_age is None and tax.below_age is None:
        return adults + children
    from_age = terms.infant_max_age + 1 if tax.from_age is None else tax.from_age
    counted = sum(
        age >= from_age and (tax.below_age is None or age < tax.below_age) for age in party.children_ages
    )
    return counted + (party.adults if tax.below_age is None else 0)


def _in_force(tax: TaxTerm, index: int, date: dt.date) -> bool:
    """Whether a tax is charged on the night with this index and date."""
    return (
        (tax.max_nights is None or index < tax.max_nights)
        and (tax.valid_from_date is None or tax.valid_from_date <= date)
        and (tax.valid_until_date is None or date <= tax.valid_until_date)
    )
