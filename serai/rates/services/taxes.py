"""Taxes and fees as hosts write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from serai.core.db import require_transaction, write_transaction
from serai.rates.models import TaxRule
from serai.rates.services.errors import TaxInvalid
from serai.rates.services.products import lock_property, tell_change

PERCENTAGES = frozenset({TaxRule.Kind.PERCENT, TaxRule.Kind.COMPOUND})


@dataclass(frozen=True)
class TaxTerms:
    """Whom a tax spares and when it is in force; see `rates.models.TaxRule` for each."""

    from_age: int | None = None
    below_age: int | None = None
    max_nights: int | None = None
    exempt_from_nights: int | None = None
    exemption: str = TaxRule.Exemption.NONE
    valid_from_date: dt.date | None = None
    valid_until_date: dt.date | None = None


@dataclass(frozen=True)
class TaxDraft:
    """A tax or fee; `value` is basis points for percentages, minor units for an amount.

    `tax_id` names the stored tax that this one changes; None adds one. With `terms` None a stored tax
    keeps its terms, a new one has none.
    """

    name: str
    kind: str
    value: int
    basis: str = TaxRule.Basis.ROOM
    period: str = TaxRule.Period.NIGHT
    is_included: bool = False
    is_paid_at_property: bool = False
    from_minor: int = 0
    below_minor: int | None = None
    terms: TaxTerms | None = None
    tax_id: int | None = None


def save_taxes(
    *,
    property_id: int,
    taxes: Sequence[TaxDraft],
    now: dt.datetime,
    shown_ids: Collection[int] | None = None,
) -> None:
    """Make the property's taxes and fees exactly `taxes`, in this order.

    Give `shown_ids` when somebody edited a list that was read earlier: only taxes in it are removed,
    so one that a colleague added meanwhile stays, behind the others. None removes whatever is not in
    `taxes`. Raises `TaxInvalid` and then changes nothing. Locks the property.
    """
    with write_transaction():
        lock_property(property_id)
        write_taxes(property_id, taxes=taxes, shown_ids=shown_ids)
        tell_change(property_id, now=now)


def write_taxes(
    property_id: int, *, taxes: Sequence[TaxDraft], shown_ids: Collection[int] | None = None
) -> None:
    """The inner part of `save_taxes`. Needs the property locked."""
    require_transaction()
    stored = {tax.pk: tax for tax in TaxRule.objects.filter(property_id=property_id)}
    rules = []
    for position, draft in enumerate(taxes):
        rule = _fill_rule(stored, draft, row=position)
        rule.property_id = property_id
        rule.position = position
        _check_rule(rule, row=position)
        rules.append(rule)
    kept = {rule.pk for rule in rules}
    gone = [pk for pk in stored if pk not in kept and (shown_ids is None or pk in shown_ids)]
    TaxRule.objects.filter(pk__in=gone).delete()
    for position, pk in enumerate((pk for pk in stored if pk not in kept and pk not in gone), len(taxes)):
        stored[pk].position = position
        rules.append(stored[pk])
    fields = [field.name for field in TaxRule._meta.fields if not field.primary_key]
    TaxRule.objects.bulk_update([rule for rule in rules if rule.pk is not None], fields)
    TaxRule.objects.bulk_create(rule for rule in rules if rule.pk is None)


def _fill_rule(stored: dict[int, TaxRule], draft: TaxDraft, *, row: int) -> TaxRule:
    """The stored rule that `draft` changes, or a new one, with the draft's values."""
    if draft.tax_id is None:
        rule = TaxRule()
    elif draft.tax_id in stored:
        rule = stored[draft.tax_id]
    else:
        raise TaxInvalid(
            _("“%(tax)s” was removed by somebody else. Remove the row, or add it anew.")
            % {"tax": draft.name},
            field="name",
            row=row,
        )
    values = asdict(draft)
    del values["terms"], values["tax_id"]
    for field, value in (*values.items(), *(asdict(draft.terms).items() if draft.terms else ())):
        setattr(rule, field, value)
    return rule


def _check_rule(rule: TaxRule, *, row: int) -> None:
    """Raise `TaxInvalid` for what would never apply or could not be stored."""

    def refuse(message: str, field: str) -> TaxInvalid:
        return TaxInvalid(message, field=field, row=row)

    if rule.kind in PERCENTAGES and not 0 < rule.value <= 10_000:
        raise refuse(_("A tax is more than 0 and at most 100 percent."), "value")
    if rule.below_minor is not None and rule.below_minor <= rule.from_minor:
        raise refuse(_("This must be higher than the price from which it applies."), "below_minor")
    if rule.from_age is not None or rule.below_age is not None:
        if rule.basis != TaxRule.Basis.PERSON:
            raise refuse(_("Only a charge per person can depend on age."), "basis")
        if rule.below_age is not None and rule.below_age <= (rule.from_age or 0):
            raise refuse(_("This must be higher than the age from which it applies."), "below_age")
    if rule.max_nights == 0:
        raise refuse(_("Give at least one night, or leave it empty."), "max_nights")
    if rule.exempt_from_nights == 0:
        raise refuse(_("Give at least one night, or leave it empty."), "exempt_from_nights")
    start, end = rule.valid_from_date, rule.valid_until_date
    if start is not None and end is not None and end < start:
        raise refuse(_("The last night cannot come before the first."), "valid_until_date")
