"""What taking, keeping and setting nights may be refused for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from serai.core.errors import DomainError
from serai.inventory.counters import Shortage


class SoldOut(DomainError):
    """Not every night has enough units left. Nothing was taken."""

    code = "sold_out"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(_("Somebody just took the last room for these dates."))
        self.shortages = list(shortages)


class HoldExpired(DomainError):
    """The hold's nights have gone back; they must be taken again."""

    code = "hold_expired"

    def __init__(self) -> None:
        super().__init__(_("The time to complete this booking ran out."))


class HoldTooSmall(DomainError):
    """More was asked back than the hold still has: guests have picked the rest up."""

    code = "hold_too_small"

    def __init__(self, dates: Sequence[dt.date]) -> None:
        super().__init__(
            _("Fewer rooms than that are left in the block on some of these nights. Take fewer out.")
        )
        self.dates = list(dates)


class AllotmentTooSmall(DomainError):
    """An allotment below what guests already have."""

    code = "allotment_too_small"

    def __init__(self, dates: Sequence[dt.date]) -> None:
        super().__init__(_("Some of these nights have more rooms booked than that."))
        self.dates = list(dates)


class AllowanceTooSmall(AllotmentTooSmall):
    """An overbooking allowance below what guests have beyond the allotment."""

    code = "allowance_too_small"
