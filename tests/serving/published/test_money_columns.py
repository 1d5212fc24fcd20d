"""Columns of money say of each amount what it says by itself."""

import json

from builders import law
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import LARGEST_MINOR, plain_amount
from serving.published.money_columns import moneys, moneys_or_null, plain_amounts
from serving.published.schemas import MoneyOut

MINOR = st.one_of(st.integers(-LARGEST_MINOR, LARGEST_MINOR), st.integers(-1200, 1200))


@given(minor=st.lists(MINOR, max_size=6), currencies=st.sampled_from([("EUR",), ("JPY",), ("KWD",), ("USD", "JPY")]))
@law(examples=200)
def test_amounts_told_together_are_those_told_alone(minor, currencies):
    of = [currencies[at % len(currencies)] for at in range(len(minor))]

    assert [text.decode() for text in plain_amounts(minor, of).to_pylist()] == list(map(plain_amount, minor, of))
    for told, amount, currency in zip(moneys(minor, of).json.to_pylist(), minor, of, strict=True):
        assert MoneyOut.model_validate_json(told).amount == plain_amount(amount, currency)


def test_an_amount_that_is_not_known_is_null():
    told = moneys_or_null([5, None, -120], ["EUR", "EUR", "JPY"]).json.to_pylist()

    assert [json.loads(text) for text in told] == [
        {"amount": "0.05", "currency": "EUR"}, None, {"amount": "-120", "currency": "JPY"},
    ]  # fmt: skip
