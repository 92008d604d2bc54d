"""What taxes and fees add to a room's nights, and what of them is in the price already.

Percentages of a night are rounded on that night; those of a stay once, over all its nights. A
percentage per person is of the share of the price of those who count. A compound one is also of the
charges that stand above it: of those on top for one that comes on top, of those included for one
that is included. Included charges are taken out of the price and never come to more than it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from serai.rates.rules.arithmetic import FULL, divide_half_up
from serai.rates.rules.party import count_guests
from serai.rates.rules.terms import Party, ProductTerms, TaxTerm


@dataclass(frozen=True)
class NightTaxes:
    """One night's charges, in the order of the taxes; `on_top_minor` of them can be paid in advance."""

    charges: tuple[int, ...]
    on_top_minor: int


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
    _persons: int = field(init=False)
    _is_owed: list[bool] = field(init=False)
    _is_steady: bool = field(init=False)
    _sums: list[int] = field(init=False)
    _price: int = field(init=False, default=0)
    # What percentages per stay are of, exactly: amounts times the share of those who count.
    _bases: dict[int, Fraction] = field(init=False, default_factory=dict)
    _known: dict[tuple[int, tuple[bool, ...] | None, bool], NightTaxes] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        taxes = self.terms.taxes
        adults, children, _infants = count_guests(self.terms, self.party)
        self._persons = max(adults + children, 1)
        self._heads = [heads(self.terms, tax, self.party) for tax in taxes]
        self._is_owed = [
            not (
                (tax.exempt_from_nights is not None and self.nights >= tax.exempt_from_nights)
                or (tax.exemption and tax.exemption in self.exemptions)
                or not count
            )
            for tax, count in zip(taxes, self._heads, strict=True)
        ]
        self._is_steady = not any(
            tax.max_nights is not None or tax.valid_from_date or tax.valid_until_date for tax in taxes
        )
        self._sums = [0] * len(taxes)

    def add_night(self, index: int, date: dt.date, amount: int) -> NightTaxes:
        """The charges of the night with this `index` (0 is the first) and room price."""
        in_force = None if self._is_steady else tuple(_in_force(tax, index, date) for tax in self.terms.taxes)
        key = (amount, in_force, index == 0)
        night = self._known.get(key)
        if night is None:
            night = self._known[key] = self._charge(amount, in_force, is_first=index == 0)
        self._price += amount
        for position, charge in enumerate(night.charges):
            self._sums[position] += charge
        if any(tax.period == "stay" and tax.kind != "amount" for tax in self.terms.taxes):
            self._note_stay(amount, in_force, night)
        return night

    def totals(self) -> list[int]:
        """What each tax comes to over the stay."""
        sums = list(self._sums)
        for position, tax in enumerate(self.terms.taxes):
            base = self._bases.get(position)
            if base is None:
                continue
            if tax.kind == "compound" and not tax.is_included:
                base += sum(
                    sums[above]
                    for above in range(position)
                    if self.terms.taxes[above].period == "stay" and not self.terms.taxes[above].is_included
                )
            rate = base * tax.value / FULL if not tax.is_included else base
            sums[position] = divide_half_up(rate.numerator, rate.denominator)
            if tax.is_included:
                others = sum(
                    charge
                    for other, charge in enumerate(sums)
                    if other != position and self.terms.taxes[other].is_included
                )
                sums[position] = max(min(sums[position], self._price - others), 0)
        return sums

    def _applies(self, amount: int, in_force: tuple[bool, ...] | None) -> list[bool]:
        return [
            owed
            and (in_force is None or in_force[position])
            and amount >= tax.from_minor
            and (tax.below_minor is None or amount < tax.below_minor)
            for position, (tax, owed) in enumerate(zip(self.terms.taxes, self._is_owed, strict=True))
        ]

    def _charge(self, amount: int, in_force: tuple[bool, ...] | None, *, is_first: bool) -> NightTaxes:
        applies = self._applies(amount, in_force)
        shares = self._included_shares(applies)
        charges = [0] * len(applies)
        on_top = prepayable = 0
        not_yet_tax = amount
        for position, tax in enumerate(self.terms.taxes):
            if not applies[position] or (tax.period == "stay" and (tax.kind != "amount" or not is_first)):
                continue
            if tax.kind == "amount":
                charge = tax.value * self._heads[position]
            elif tax.is_included:
                share = shares[position]
                charge = divide_half_up(amount * share.numerator, share.denominator)
            else:
                base = amount + (on_top if tax.kind == "compound" else 0)
                charge = divide_half_up(
                    base * tax.value * self._counted(position), FULL * self._of_persons(position)
                )
            if tax.is_included:
                charge = min(charge, not_yet_tax)
                not_yet_tax -= charge
            elif tax.period == "night":
                on_top += charge
                prepayable += 0 if tax.is_paid_at_property else charge
            charges[position] = charge
        return NightTaxes(tuple(charges), prepayable)

    def _included_shares(self, applies: Sequence[bool]) -> dict[int, Fraction]:
        """Which part of the price each included percentage is: rates stand on the net price."""
        factor, parts = Fraction(1), {}
        for position, tax in enumerate(self.terms.taxes):
            if applies[position] and tax.is_included and tax.kind != "amount":
                rate = Fraction(tax.value * self._counted(position), FULL * self._of_persons(position))
                parts[position] = rate * (factor if tax.kind == "compound" else 1)
                factor += parts[position]
        return {position: part / factor for position, part in parts.items()}

    def _note_stay(self, amount: int, in_force: tuple[bool, ...] | None, night: NightTaxes) -> None:
        """Add this night to what percentages per stay are of."""
        applies = self._applies(amount, in_force)
        shares = self._included_shares(applies)
        on_top = 0
        for position, tax in enumerate(self.terms.taxes):
            if not applies[position]:
                continue
            if tax.period == "stay" and tax.kind != "amount":
                if tax.is_included:
                    part = amount * shares[position]
                else:
                    base = amount + (on_top if tax.kind == "compound" else 0)
                    part = Fraction(base * self._counted(position), self._of_persons(position))
                self._bases[position] = self._bases.get(position, Fraction(0)) + part
            elif tax.period == "night" and not tax.is_included:
                on_top += night.charges[position]

    def _counted(self, position: int) -> int:
        return 1 if self.terms.taxes[position].basis == "room" else self._heads[position]

    def _of_persons(self, position: int) -> int:
        """Among how many the price is shared out for a percentage per person."""
        if self.terms.taxes[position].basis == "room":
            return 1
        return max(self._persons, self._heads[position])


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
