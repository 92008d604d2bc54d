"""What rooms cost and how they are taxed, by country. Levels and rates are believable, not advice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from serai.core.money import to_minor


@dataclass(frozen=True)
class Tax:
    """A row of `rates.TaxRule`; `value` is basis points, or an amount in whole units as text."""

    name: str
    kind: str = "percent"
    value: str = "0"
    basis: str = "room"
    period: str = "night"
    from_age: int | None = None
    max_nights: int | None = None
    is_included: bool = False
    is_paid_at_property: bool = False
    from_major: str = "0"
    below_major: str | None = None


@dataclass(frozen=True)
class Economy:
    """A country's currency, a three-star double room's price in it, and the step prices are rounded to."""

    currency: str
    base: Decimal
    step: Decimal
    culture: str
    taxes: tuple[Tax, ...]
    phone: str


# A night of up to 7,500 rupees carries 12 %, a dearer one 18 %.
_GST = (
    Tax("GST 12%", value="1200", below_major="7500.01"),
    Tax("GST 18%", value="1800", from_major="7500.01"),
)


def _vat(percent: str, name: str = "VAT") -> tuple[Tax, ...]:
    points = str(int(Decimal(percent) * 100))
    return (Tax(f"{name} {percent}%", value=points, is_included=True),)


# country | currency | three-star double | step | culture | taxes | telephone code
ECONOMIES: dict[str, Economy] = {
    country: Economy(currency, Decimal(base), Decimal(step), culture, taxes, phone)
    for country, currency, base, step, culture, taxes, phone in (
        ("IN", "INR", "4200", "50", "india", _GST, "+91"),
        ("GB", "GBP", "98", "1", "british", _vat("20"), "+44"),
        ("FR", "EUR", "104", "1", "french", _vat("10", "TVA"), "+33"),
        ("IT", "EUR", "102", "1", "italian", _vat("10", "IVA"), "+39"),
        ("ES", "EUR", "96", "1", "spanish", _vat("10", "IVA"), "+34"),
        ("PT", "EUR", "92", "1", "portuguese", _vat("6", "IVA"), "+351"),
        ("DE", "EUR", "99", "1", "german", _vat("7", "MwSt."), "+49"),
        ("NL", "EUR", "112", "1", "dutch", _vat("9", "Btw"), "+31"),
        ("AT", "EUR", "104", "1", "german", _vat("10", "USt."), "+43"),
        ("CZ", "CZK", "2450", "50", "czech", _vat("12", "DPH"), "+420"),
        ("GR", "EUR", "88", "1", "greek", _vat("13", "ΦΠΑ"), "+30"),
        ("CH", "CHF", "158", "1", "german", _vat("3.8", "MwSt."), "+41"),
        ("TR", "TRY", "3600", "50", "turkish", _vat("10", "KDV"), "+90"),
        ("JP", "JPY", "13800", "100", "japanese", _vat("10", "Consumption tax"), "+81"),
        ("SG", "SGD", "188", "1", "straits", _vat("9", "GST"), "+65"),
        ("TH", "THB", "1850", "50", "siamese", _vat("7"), "+66"),
        ("ID", "IDR", "780000", "10000", "javanese", _vat("11", "PPN"), "+62"),
        ("VN", "VND", "1050000", "10000", "viet", _vat("8"), "+84"),
        ("MY", "MYR", "245", "5", "straits", _vat("8", "SST"), "+60"),
        ("LK", "LKR", "24500", "500", "lanka", _vat("18"), "+94"),
        ("NP", "NPR", "5600", "100", "himal", _vat("13"), "+977"),
        ("AE", "AED", "395", "5", "gulf", _vat("5"), "+971"),
        ("KW", "KWD", "29", "0.5", "gulf", (), "+965"),
        ("BH", "BHD", "32", "0.5", "gulf", _vat("10"), "+973"),
        ("OM", "OMR", "30", "0.5", "gulf", _vat("5"), "+968"),
        ("EG", "EGP", "2900", "50", "nile", _vat("14"), "+20"),
        ("MA", "MAD", "890", "10", "maghreb", _vat("10", "TVA"), "+212"),
        ("KE", "KES", "12500", "100", "savanna", _vat("16"), "+254"),
        ("ZA", "ZAR", "1650", "10", "cape", _vat("15"), "+27"),
        ("US", "USD", "159", "1", "american", (Tax("Sales and occupancy tax 14.75%", value="1475"),), "+1"),
        ("CA", "CAD", "185", "1", "french", (Tax("GST and QST 14.975%", value="1498"),), "+1"),
        ("MX", "MXN", "1750", "10", "spanish", _vat("16", "IVA"), "+52"),
        ("PE", "PEN", "265", "5", "spanish", _vat("18", "IGV"), "+51"),
        ("BR", "BRL", "410", "5", "portuguese", _vat("5", "ISS"), "+55"),
        ("AU", "AUD", "205", "1", "british", _vat("10", "GST"), "+61"),
        ("NZ", "NZD", "198", "1", "british", _vat("15", "GST"), "+64"),
        ("IS", "ISK", "24500", "500", "nordic", _vat("11", "VSK"), "+354"),
    )
}

# Charges of single cities that the guest settles at the desk: an amount per adult, person or room and night.
_CITY_AMOUNTS: dict[str, Tax] = {
    city: Tax(name, kind="amount", value=value, basis=basis, is_paid_at_property=True)
    for city, name, value, basis in (
        ("Paris", "Taxe de séjour", "5.20", "adult"),
        ("Nice", "Taxe de séjour", "2.53", "adult"),
        ("Annecy", "Taxe de séjour", "1.65", "adult"),
        ("Rome", "Contributo di soggiorno", "6.00", "adult"),
        ("Florence", "Imposta di soggiorno", "5.50", "adult"),
        ("Venice", "Imposta di soggiorno", "4.50", "adult"),
        ("Barcelona", "Tourist tax", "6.75", "adult"),
        ("Lisbon", "Tourist tax", "4.00", "adult"),
        ("Porto", "Tourist tax", "3.00", "adult"),
        ("Prague", "Pobyt", "50", "adult"),
        ("Kyoto", "Accommodation tax", "500", "person"),
        ("Tokyo", "Accommodation tax", "100", "person"),
        ("Dubai", "Tourism Dirham", "15", "room"),
        ("Kuala Lumpur", "Tourism tax", "10", "room"),
        ("George Town", "Tourism tax", "10", "room"),
        ("Lucerne", "Kurtaxe", "4.20", "adult"),
    )
}

# Where a city asks for a share of the price, or spares the young and those who stay long.
CITY_TAXES: dict[str, Tax] = {
    **_CITY_AMOUNTS,
    "Berlin": Tax("City-Tax 7.5%", value="750", is_paid_at_property=True, max_nights=21),
    "Amsterdam": Tax("Toeristenbelasting 12.5%", value="1250", is_paid_at_property=True),
    "Vienna": Tax("Ortstaxe 3.2%", value="320", is_included=True, basis="person", from_age=15),
    "Salzburg": Tax(
        "Ortstaxe", kind="amount", value="3.55", basis="person", from_age=15, is_paid_at_property=True
    ),
    "Rome": replace(_CITY_AMOUNTS["Rome"], basis="person", from_age=10, max_nights=10),
    "Florence": replace(_CITY_AMOUNTS["Florence"], basis="person", from_age=12, max_nights=7),
    "Venice": replace(_CITY_AMOUNTS["Venice"], basis="person", from_age=10, max_nights=5),
    "Barcelona": replace(_CITY_AMOUNTS["Barcelona"], basis="person", from_age=17, max_nights=7),
    "Lisbon": replace(_CITY_AMOUNTS["Lisbon"], basis="person", from_age=13, max_nights=7),
    "Porto": replace(_CITY_AMOUNTS["Porto"], basis="person", from_age=13, max_nights=7),
}

STARS_PERCENT = {1: 45, 2: 64, 3: 100, 4: 168, 5: 315}


def round_to_step(amount: Decimal, economy: Economy) -> int:
    """The amount in minor units, rounded to the step that prices in this currency come in."""
    steps = max((amount / economy.step).quantize(Decimal(1)), Decimal(1))
    return to_minor(steps * economy.step, economy.currency)
