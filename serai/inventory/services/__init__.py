"""The only code that writes `held`, `sold`, `allotment`, `allowance` and `is_closed`.

Lock order: hold rows first (in the order of their ids when there are several), then nights in
(room type, date) order, once per transaction. A taker that meets a shortage also takes back expired
holds on those nights; it is late in the order then, so it never waits for their locks: what somebody
else has is left alone. All functions need the caller's `write_transaction()`, whose short lock time-out
turns a queue into a `BusyError`.
"""

from serai.inventory.counters import Claim, Shortage, merge_claims
from serai.inventory.services.blocks import grow_hold, move_expiry, pick_up, shrink_hold
from serai.inventory.services.errors import (
    AllotmentTooSmall,
    AllowanceTooSmall,
    HoldExpired,
    HoldTooSmall,
    SoldOut,
)
from serai.inventory.services.holds import (
    confirm_hold,
    hold_nights,
    release_expired_holds,
    release_hold,
)
from serai.inventory.services.nights import open_dates, open_nights, set_nights, unopen_nights
from serai.inventory.services.sales import return_nights, sell_nights, swap_nights

__all__ = [
    "AllotmentTooSmall",
    "AllowanceTooSmall",
    "Claim",
    "HoldExpired",
    "HoldTooSmall",
    "Shortage",
    "SoldOut",
    "confirm_hold",
    "grow_hold",
    "hold_nights",
    "merge_claims",
    "move_expiry",
    "open_dates",
    "open_nights",
    "pick_up",
    "release_expired_holds",
    "release_hold",
    "return_nights",
    "sell_nights",
    "set_nights",
    "shrink_hold",
    "swap_nights",
    "unopen_nights",
]
