"""Cancellation policies as hosts write them: tiers, no-show, early departure, deposits, guarantee."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from serai.core.db import require_transaction, write_transaction
from serai.rates.models import CancellationPolicy, CancellationTier, ChargeKind, DepositStep, RatePlan
from serai.rates.services.errors import PolicyInUse, PolicyInvalid
from serai.rates.services.products import lock_property, tell_change

MOST_PERCENT = 100


@dataclass(frozen=True)
class TierDraft:
    """From so many hours or days before check-in on, cancelling costs `value`; with neither, from booking on.

    `value` is whole percent, a number of nights, or minor units, as `kind` says.
    """

    hours_before: int | None
    kind: str
    value: int
    days_before: int | None = None


@dataclass(frozen=True)
class DepositDraft:
    """`value` of `kind` is due so many days before arrival; None is at booking."""

    days_before: int | None
    kind: str
    value: int


@dataclass(frozen=True)
class PolicyDetails:
    """What a policy says beside its tiers. An empty `no_show_kind` is: as cancelling at check-in."""

    no_show_kind: str = ""
    no_show_value: int = 0
    early_departure_percent: int = 100
    change_rates: str = CancellationPolicy.ChangeRates.CURRENT
    guarantee: str = CancellationPolicy.Guarantee.NONE
    kept_until: dt.time | None = None


def save_policy(
    *,
    property_id: int,
    name: str,
    tiers: Sequence[TierDraft] | None,
    terms: PolicyDetails | None = None,
    deposits: Sequence[DepositDraft] | None = None,
    policy_id: int | None = None,
    now: dt.datetime,
) -> CancellationPolicy:
    """Write a policy whose tiers become exactly `tiers`, its deposit steps exactly `deposits`.

    None leaves tiers, deposits or terms as they are stored. Bookings made before keep their own copy.
    The hour until which a room is kept is stored only where nothing guarantees the booking.
    Raises `PolicyInvalid`; `CancellationPolicy.DoesNotExist` when `policy_id` is not this property's.
    Locks the property.
    """
    with write_transaction():
        lock_property(property_id)
        policy = write_policy(
            property_id, policy_id=policy_id, name=name, tiers=tiers, terms=terms, deposits=deposits
        )
        tell_change(property_id, now=now)
        return policy


def write_policy(
    property_id: int,
    *,
    name: str,
    tiers: Sequence[TierDraft] | None,
    terms: PolicyDetails | None = None,
    deposits: Sequence[DepositDraft] | None = None,
    policy_id: int | None = None,
) -> CancellationPolicy:
    """The inner part of `save_policy`. Needs the property locked."""
    require_transaction()
    _check_tiers(tiers or ())
    _check_deposits(deposits or ())
    if terms is not None:
        _check_terms(terms)
    policy = (
        CancellationPolicy(property_id=property_id)
        if policy_id is None
        else CancellationPolicy.objects.get(pk=policy_id, property_id=property_id)
    )
    policy.name = name
    if terms is not None:
        for field, value in asdict(terms).items():
            setattr(policy, field, value)
        if terms.guarantee != CancellationPolicy.Guarantee.NONE:
            policy.kept_until = None
    has_deposit = bool(deposits) if deposits is not None else policy_id and policy.deposits.exists()
    if policy.guarantee == CancellationPolicy.Guarantee.DEPOSIT and not has_deposit:
        raise PolicyInvalid(_("Say how much the deposit is: add a row for it."), field="deposits")
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as error:
        raise PolicyInvalid(_("Other terms of this property have that name."), field="name") from error
    if tiers is not None:
        policy.tiers.all().delete()
        CancellationTier.objects.bulk_create(
            CancellationTier(policy=policy, **asdict(tier)) for tier in tiers
        )
    if deposits is not None:
        policy.deposits.all().delete()
        DepositStep.objects.bulk_create(DepositStep(policy=policy, **asdict(step)) for step in deposits)
    return policy


def remove_policy(*, property_id: int, policy_id: int, now: dt.datetime) -> None:
    """Delete a policy that no rate plan has, archived ones included.

    Raises `PolicyInUse`; `CancellationPolicy.DoesNotExist` when it is not this property's. Locks the
    property.
    """
    with write_transaction():
        lock_property(property_id)
        policy = CancellationPolicy.objects.get(pk=policy_id, property_id=property_id)
        plans = list(RatePlan.objects.filter(policy=policy).values_list("name", flat=True))
        if plans:
            raise PolicyInUse(
                _("“%(policy)s” belongs to %(plans)s. Give those other terms first.")
                % {"policy": policy.name, "plans": ", ".join(f"“{name}”" for name in plans)}
            )
        policy.delete()
        tell_change(property_id, now=now)


def _check_charge(kind: str, value: int, *, field: str, row: int | None = None, part: str = "") -> None:
    where: dict[str, Any] = {"field": field, "row": row, "part": part}
    if kind not in ChargeKind.values:
        raise PolicyInvalid(_("Choose percent, nights or a fixed amount."), **where)
    if kind == ChargeKind.PERCENT and not 0 <= value <= MOST_PERCENT:
        raise PolicyInvalid(_("A percentage lies between 0 and 100."), **where)
    if kind == ChargeKind.NIGHTS and not 1 <= value <= 365:
        raise PolicyInvalid(_("Give at least one night."), **where)
    if kind == ChargeKind.FIXED and value < 0:
        raise PolicyInvalid(_("An amount is not below zero."), **where)


def _check_tiers(tiers: Sequence[TierDraft]) -> None:
    begins, part = set(), "tiers"
    for row, tier in enumerate(tiers):
        _check_charge(tier.kind, tier.value, field="value", row=row, part=part)
        if tier.hours_before is not None and tier.days_before is not None:
            raise PolicyInvalid(
                _("Count in hours or in days, not in both."), field="days_before", row=row, part=part
            )
        begin = (tier.hours_before, tier.days_before)
        if begin in begins:
            raise PolicyInvalid(
                _("Two rows begin at the same time. Change or remove one."),
                field="hours_before",
                row=row,
                part=part,
            )
        begins.add(begin)


def _check_deposits(deposits: Sequence[DepositDraft]) -> None:
    days, part = set(), "deposits"
    for row, step in enumerate(deposits):
        _check_charge(step.kind, step.value, field="value", row=row, part=part)
        if step.days_before in days:
            raise PolicyInvalid(
                _("Two parts are due on the same day. Add them up in one row."),
                field="days_before",
                row=row,
                part=part,
            )
        days.add(step.days_before)
    percent = sum(step.value for step in deposits if step.kind == ChargeKind.PERCENT)
    if percent > MOST_PERCENT:
        raise PolicyInvalid(
            _("The parts come to %(percent)s %% of the price. Together they are at most 100 %%.")
            % {"percent": percent},
            field="deposits",
        )


def _check_terms(terms: PolicyDetails) -> None:
    if terms.no_show_kind:
        _check_charge(terms.no_show_kind, terms.no_show_value, field="no_show_value")
    if not 0 <= terms.early_departure_percent <= MOST_PERCENT:
        raise PolicyInvalid(_("A percentage lies between 0 and 100."), field="early_departure_percent")
