"""Where the nights of a quote come from: out of a group's block, or from what is open to everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from serai.bookings.models import Block
from serai.core.db import require_transaction
from serai.inventory.models import Hold
from serai.inventory.services import Claim, SoldOut, confirm_hold, hold_nights, pick_up, sell_nights


def take_nights(
    *, claims: Sequence[Claim], block_id: int | None, expires_at: dt.datetime, now: dt.datetime
) -> Hold:
    """Hold the claimed nights until `expires_at` (UTC): a block's guests take them out of its rooms.

    Raises `SoldOut`; a guest of a block never gets what is open to everybody without choosing it.
    Needs a transaction; locks the block's hold or the nights.
    """
    require_transaction()
    if block_id is None:
        return hold_nights(claims=claims, expires_at=expires_at, now=now)
    return pick_up(
        from_hold_id=Block.objects.get(pk=block_id).hold_id, claims=claims, expires_at=expires_at, now=now
    )


def retake_nights(*, claims: Sequence[Claim], block_id: int | None, now: dt.datetime) -> None:
    """Sell nights whose hold ran out while their guest was paying: again out of the block if it has them,
    else from what is open to everybody. Raises `SoldOut`. Needs a transaction; locks as `take_nights`.
    """
    require_transaction()
    if block_id is not None:
        try:
            again = take_nights(claims=claims, block_id=block_id, expires_at=now + _AT_ONCE, now=now)
        except SoldOut:
            pass
        else:
            confirm_hold(hold_id=again.pk, now=now)
            return
    sell_nights(claims=claims, now=now)


# Such a hold is confirmed in the transaction that makes it.
_AT_ONCE = dt.timedelta(minutes=1)
