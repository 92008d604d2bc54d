"""The one price engine: pure arithmetic on integers, no database, no clock.

Search, hotel page, quote, booking, folio and mail all show what `price_stay` returns. Amounts are minor
units of the property's currency. Each division is rounded half up, once, at the step that names it.
"""

from serai.rates.rules.arithmetic import FULL, divide_half_up, percent_of, round_to_multiple
from serai.rates.rules.nights import (
    Step,
    night_steps,
    price_night,
    season_price,
    weekday_price,
    weekend_prices,
)
from serai.rates.rules.party import child_price, count_guests, fits, split_party
from serai.rates.rules.policies import Deposit, PolicyTerms, PolicyTier
from serai.rates.rules.promotions import choose_promotions, may_use
from serai.rates.rules.restrictions import (
    RESTRICTION_FIELDS,
    UNRESTRICTED,
    Reason,
    RestrictionCalendar,
    Restrictions,
    find_violations,
    merge,
)
from serai.rates.rules.stay import (
    ExtraLine,
    NightLine,
    RoomPrice,
    StayPrice,
    TaxLine,
    price_extra,
    price_room,
    price_stay,
    stay_price_from_json,
)
from serai.rates.rules.taxes import heads
from serai.rates.rules.terms import (
    Adjustment,
    ExtraTerm,
    Party,
    ProductTerms,
    PromotionTerm,
    TaxTerm,
)

__all__ = [
    "FULL",
    "RESTRICTION_FIELDS",
    "UNRESTRICTED",
    "Adjustment",
    "Deposit",
    "ExtraLine",
    "ExtraTerm",
    "NightLine",
    "Party",
    "PolicyTerms",
    "PolicyTier",
    "ProductTerms",
    "PromotionTerm",
    "Reason",
    "RestrictionCalendar",
    "Restrictions",
    "RoomPrice",
    "StayPrice",
    "Step",
    "TaxLine",
    "TaxTerm",
    "child_price",
    "choose_promotions",
    "count_guests",
    "divide_half_up",
    "find_violations",
    "fits",
    "heads",
    "may_use",
    "merge",
    "night_steps",
    "percent_of",
    "price_extra",
    "price_night",
    "price_room",
    "price_stay",
    "round_to_multiple",
    "season_price",
    "split_party",
    "stay_price_from_json",
    "weekday_price",
    "weekend_prices",
]
