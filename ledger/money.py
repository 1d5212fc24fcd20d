"""Money: exact decimals at the edge, whole minor units inside, dated exchange rates between currencies.

An amount in the store is an integer of the currency's minor units (cents for EUR, yen for JPY, fils for KWD).
Nothing here rounds silently: an amount with more decimals than its currency has is refused.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from ledger.errors import AmountPrecision, AmountTooLarge, MissingRate, UnknownCurrency

_EXPONENTS = {
    2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY "
    "COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
    "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD "
    "NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG",
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
EXPONENT: dict[str, int] = {code: exponent for exponent, codes in _EXPONENTS.items() for code in codes.split()}
"""Decimals of each active ISO 4217 currency."""

LARGEST_MINOR = 10**15
"""The largest amount of one fact, in minor units. The store refuses what sums beyond 64 bits."""


def exponent_of(currency: str) -> int:
    """Decimals of `currency`; raises `UnknownCurrency` for anything but an active ISO 4217 code."""
    try:
        return EXPONENT[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in whole minor units.

    Raises `AmountPrecision` when it has more non-zero decimals than the currency, `AmountTooLarge` beyond 10^15.

    >>> to_minor(Decimal("12.30"), "EUR"), to_minor(Decimal("1200"), "JPY")
    (1230, 1200)
    """
    exponent = exponent_of(currency)
    if not amount.is_finite() or amount.adjusted() + exponent > 15:
        raise AmountTooLarge(amount, currency)
    minor = amount.scaleb(exponent)
    # Moving the point rounds to 28 digits, so that what lies behind them is asked of the amount itself.
    if minor != minor.to_integral_value() or minor.scaleb(-exponent) != amount:
        raise AmountPrecision(amount, currency, exponent)
    if abs(minor) > LARGEST_MINOR:
        raise AmountTooLarge(amount, currency)
    return int(minor)


def to_decimal(minor: int, currency: str) -> Decimal:
    """The exact decimal of an amount in minor units, with all the decimals of its currency.

    >>> str(to_decimal(1230, "EUR")), str(to_decimal(-5, "KWD"))
    ('12.30', '-0.005')
    """
    return Decimal(int(minor)).scaleb(-exponent_of(currency))


def plain_amount(minor: int, currency: str) -> str:
    """An amount in minor units as machines read it: a point, all the decimals of its currency, no thousands.

    >>> plain_amount(1230, "EUR"), plain_amount(-5, "KWD"), plain_amount(1200, "JPY")
    ('12.30', '-0.005', '1200')
    """
    exponent, digits = exponent_of(currency), str(minor)
    if not exponent:
        return digits
    if minor < 10**exponent:
        digits = f"{minor:0{exponent + 1 + (minor < 0)}d}"
    return f"{digits[:-exponent]}.{digits[-exponent:]}"


def money_text(minor: int, currency: str) -> str:
    """An amount in minor units as people read it: with its thousands, all the decimals of its currency, and its code.

    >>> money_text(4120000, "EUR"), money_text(-5, "KWD")
    ('41,200.00 EUR', '-0.005 KWD')
    """
    exponent, sign = exponent_of(currency), "-" if minor < 0 else ""
    if not exponent:
        return f"{minor:,} {currency}"
    whole, part = divmod(abs(minor), 10**exponent)
    return f"{sign}{whole:,}.{part:0{exponent}d} {currency}"


@dataclass(frozen=True)
class Rates:
    """Dated exchange rates into one base currency: `1 unit of currency = rate base` from a day on, until the next.

    The rate of a day is the newest one quoted on or before it; a currency without one then is refused with
    `MissingRate`, never guessed.
    """

    base: str
    quotes: dict[str, tuple[tuple[int, ...], tuple[Decimal, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, base: str, rows: Iterable[tuple[str, int, Decimal]]) -> "Rates":
        """From rows of (currency, day, rate), in any order; for one currency and day the last row given counts."""
        by_currency: dict[str, dict[int, Decimal]] = {}
        for currency, day, rate in rows:
            by_currency.setdefault(currency, {})[int(day)] = rate
        return cls(
            base,
            {
                currency: (tuple(sorted(dated)), tuple(dated[day] for day in sorted(dated)))
                for currency, dated in by_currency.items()
            },
        )

    def rate(self, currency: str, day: int) -> Decimal:
        """Base units for one unit of `currency` on the evening of `day`; 1 for the base itself."""
        if currency == self.base:
            return Decimal(1)
        days, rates = self.quotes.get(currency, ((), ()))
        at = bisect_right(days, int(day)) - 1
        if at < 0:
            raise MissingRate(currency, self.base)
        return rates[at]

    def knows(self, currency: str, day: int) -> bool:
        """Whether an amount in `currency` can be told in the base currency on that day."""
        days, _ = self.quotes.get(currency, ((), ()))
        return currency == self.base or bisect_right(days, int(day)) > 0

    def convert(self, minor: int, currency: str, day: int) -> int:
        """Minor units of the base currency at the rate of the day, rounded half to even."""
        value = to_decimal(minor, currency) * self.rate(currency, day)
        return int(value.scaleb(exponent_of(self.base)).to_integral_value(ROUND_HALF_EVEN))
