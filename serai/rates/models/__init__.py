"""What a night costs, and under which terms. The arithmetic is in `rates.rules`."""

from serai.rates.models.charges import Extra, Promotion, TaxRule
from serai.rates.models.nights import (
    NightPrice,
    NightPriceHistory,
    NightRestriction,
    NightRestrictionHistory,
    Season,
)
from serai.rates.models.plans import (
    ChildBand,
    ChildPrice,
    Product,
    RateCode,
    RatePlan,
    RestrictionTerms,
)
from serai.rates.models.policies import CancellationPolicy, CancellationTier, ChargeKind, DepositStep

__all__ = [
    "CancellationPolicy",
    "CancellationTier",
    "ChargeKind",
    "ChildBand",
    "ChildPrice",
    "DepositStep",
    "Extra",
    "NightPrice",
    "NightPriceHistory",
    "NightRestriction",
    "NightRestrictionHistory",
    "Product",
    "Promotion",
    "RateCode",
    "RatePlan",
    "RestrictionTerms",
    "Season",
    "TaxRule",
]
