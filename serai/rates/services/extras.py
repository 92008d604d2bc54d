"""What guests may add to a stay, as hosts offer it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from serai.core.db import write_transaction
from serai.rates.models import Extra
from serai.rates.services.errors import ExtraInvalid
from serai.rates.services.products import lock_property, tell_change


@dataclass(frozen=True)
class ExtraDraft:
    """Something to add to a stay; `amount_minor` is for one, each time `period` says."""

    name: str
    amount_minor: int
    description: str = ""
    basis: str = Extra.Basis.ITEM
    period: str = Extra.Period.STAY
    max_quantity: int = 1


def save_extra(
    *, property_id: int, draft: ExtraDraft, now: dt.datetime, extra_id: int | None = None
) -> Extra:
    """Add an extra or change one; a new one of a removed one's name takes its place.

    Raises `ExtraInvalid`; `Extra.DoesNotExist` when it is not this property's or was removed. Locks the
    property.
    """
    if draft.amount_minor < 0:
        raise ExtraInvalid(_("A price is not below zero."), field="amount_minor")
    if not 1 <= draft.max_quantity <= 50:
        raise ExtraInvalid(_("Guests may take between 1 and 50 of it."), field="max_quantity")
    with write_transaction():
        lock_property(property_id)
        ours = Extra.objects.filter(property_id=property_id)
        if extra_id is not None:
            extra = ours.get(pk=extra_id, is_active=True)
        else:
            extra = ours.filter(name=draft.name, is_active=False).first() or Extra(property_id=property_id)
            extra.is_active = True
            last = ours.aggregate(last=Max("position"))["last"]
            extra.position = 0 if last is None else last + 1
        for field, value in asdict(draft).items():
            setattr(extra, field, value)
        try:
            with transaction.atomic():
                extra.save()
        except IntegrityError as error:
            raise ExtraInvalid(_("Another extra of this property has that name."), field="name") from error
        tell_change(property_id, now=now)
        return extra


def remove_extra(*, property_id: int, extra_id: int, now: dt.datetime) -> Extra:
    """Offer it no longer. Bookings that have it keep it.

    Raises `Extra.DoesNotExist` when it is not this property's or was removed. Locks the property.
    """
    with write_transaction():
        lock_property(property_id)
        extra = Extra.objects.get(pk=extra_id, property_id=property_id, is_active=True)
        extra.is_active = False
        extra.save(update_fields=["is_active"])
        tell_change(property_id, now=now)
        return extra
