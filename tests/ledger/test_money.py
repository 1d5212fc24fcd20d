"""Money: exact at the edge, whole minor units inside, dated rates between currencies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import AmountPrecision, AmountTooLarge, MissingRate, UnknownCurrency
from ledger.money import EXPONENT, LARGEST_MINOR, Rates, exponent_of, money_text, to_decimal, to_minor

minor_units = st.integers(-LARGEST_MINOR, LARGEST_MINOR)


@given(minor_units, st.sampled_from(["JPY", "EUR", "KWD"]))
def test_an_amount_comes_back_as_it_went_in_whatever_decimals_its_currency_has(minor, currency):
    assert to_minor(to_decimal(minor, currency), currency) == minor


@given(minor_units, st.sampled_from(["JPY", "EUR", "KWD"]))
def test_an_amount_written_as_text_comes_back_too(minor, currency):
    assert to_minor(Decimal(str(to_decimal(minor, currency))), currency) == minor


@pytest.mark.parametrize(("currency", "text"), [("JPY", "1234"), ("EUR", "12.34"), ("KWD", "1.234")])
def test_the_same_minor_units_are_different_money_in_each_currency(currency, text):
    assert str(to_decimal(1234, currency)) == text


def test_every_currency_has_none_two_or_three_decimals():
    assert set(EXPONENT.values()) == {0, 2, 3}


@pytest.mark.parametrize(
    ("text", "currency"), [("0.5", "JPY"), ("1.005", "EUR"), ("0.0001", "KWD"), ("5." + "0" * 34 + "1", "EUR")]
)
def test_more_decimals_than_the_currency_has_are_refused_not_rounded(text, currency):
    with pytest.raises(AmountPrecision, match="nothing is rounded"):
        to_minor(Decimal(text), currency)


def test_zeros_behind_the_last_decimal_are_no_precision():
    assert to_minor(Decimal("12.3400"), "EUR") == 1234


@pytest.mark.parametrize("text", ["10000000000000.01", "1e30", "NaN", "Infinity"])
def test_an_absurd_amount_is_refused(text):
    with pytest.raises(AmountTooLarge):
        to_minor(Decimal(text), "EUR")


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "DEM"])
def test_what_is_no_active_currency_is_refused(currency):
    with pytest.raises(UnknownCurrency, match="ISO 4217"):
        exponent_of(currency)


RATES = Rates.of("EUR", [("USD", 10, Decimal("0.90")), ("USD", 20, Decimal("0.80")), ("JPY", 10, Decimal("0.006"))])


def test_the_rate_of_a_day_is_the_newest_one_on_or_before_it():
    assert [RATES.convert(100_00, "USD", day) for day in (10, 19, 20, 99)] == [90_00, 90_00, 80_00, 80_00]


def test_minor_units_are_converted_between_currencies_of_different_decimals():
    assert RATES.convert(10_000, "JPY", 10) == 60_00


def test_half_a_minor_unit_is_rounded_to_the_even_one():
    half = Rates.of("EUR", [("USD", 0, Decimal("0.5"))])

    assert [half.convert(minor, "USD", 0) for minor in (1, 3, -1)] == [0, 2, 0]


def test_the_base_needs_no_rate():
    assert RATES.convert(5, "EUR", -400) == 5
    assert RATES.knows("EUR", -400)


def test_a_day_before_the_first_rate_is_refused_never_guessed():
    assert not RATES.knows("USD", 9)
    with pytest.raises(MissingRate, match="Import a rates file"):
        RATES.convert(1, "USD", 9)


def test_of_two_rates_for_one_day_the_one_given_last_counts():
    corrected = Rates.of("EUR", [("USD", 1, Decimal("0.9")), ("USD", 1, Decimal("0.7"))])

    assert corrected.rate("USD", 1) == Decimal("0.7")


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (41_200_00, "EUR", "41,200.00 EUR"),
        (-5, "KWD", "-0.005 KWD"),
        (1_200, "JPY", "1,200 JPY"),
        (0, "USD", "0.00 USD"),
    ],
)
def test_money_is_told_with_its_decimals_its_thousands_and_its_currency(minor, currency, text):
    assert money_text(minor, currency) == text
