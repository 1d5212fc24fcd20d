"""Every gate has a name for people, and its reason is told in German with the same figures."""

import math
import re

import pytest

from serving.web.languages import LANGUAGE, retold, tr
from serving.web.models.words import GATES
from training.leak_gates import forgets_within_customers, no_better_backwards, random_split_flatters_little
from training.metrics import Interval
from training.promotion import deciles_near_the_diagonal
from training.split_checks import Splits
from training.within_customers import WithinCustomers

NAN = math.nan
APART = Splits(0.75, 0.81, Interval(0.06, 0.031, 0.09), 0.741, 0.902, Interval(0.161, 0.12, 0.2), 900)
GATES_OF_LEAKS = (
    forgets_within_customers(WithinCustomers(0.68, 0.513, 0.016, 6)),
    forgets_within_customers(WithinCustomers()),
    no_better_backwards(APART),
    no_better_backwards(Splits()),
    no_better_backwards(None),
    random_split_flatters_little(APART),
    random_split_flatters_little(Splits()),
    random_split_flatters_little(None),
    deciles_near_the_diagonal({"deciles_14": 10, "deciles_near_14": 7, "deciles_30": 9, "deciles_near_30": 9}),
    deciles_near_the_diagonal({}),
)


@pytest.fixture
def german():
    token = LANGUAGE.set("de")
    yield
    LANGUAGE.reset(token)


@pytest.mark.parametrize("gate", GATES_OF_LEAKS, ids=lambda gate: f"{gate.name}: {gate.reason[:30]}")
def test_a_gate_of_leaks_and_its_reason_have_their_german(german, gate):
    told = retold(gate.reason)

    assert told != gate.reason
    assert not re.search(r"\b(the|of|and|asked|measurable|review|days)\b", told)
    digits = re.compile(r"\d+")
    assert sorted(digits.findall(told)) == sorted(digits.findall(gate.reason))
    assert tr(GATES[gate.name][0]) != GATES[gate.name][0]
