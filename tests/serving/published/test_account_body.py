"""What is told of accounts is what their schema says, and what it does not allow is refused."""

import json
import math

import pytest
from evenings import EVENING, rates, rules_of, score, why
from pydantic import ValidationError

from serving.accounts.account import CustomerFacts, Money
from serving.accounts.adding_up import accounts_of
from serving.accounts.history import Contacted, History, Promised, Settled
from serving.listing.queue import ranked_alone
from serving.published.account_body import account_json, account_texts
from serving.published.item_columns import items_json
from serving.published.schemas import AccountBody, ItemOut
from serving.value.priority import OverdueThenAge

PAID = Settled("S-1", EVENING, EVENING, 0, 100, "EUR")


def placed(*scores, **customers):
    accounts = accounts_of(scores, customers, rates(USD="0.5"))
    return [ranked_alone(account, OverdueThenAge(), rules_of(1, rates())) for account in accounts]


def told_together():
    facts = CustomerFacts(
        "Ümit", "DE", (Money(7, "USD"), Money(5, "EUR")), (3, -1),
        History((PAID, PAID), 9, (Promised("P-1", EVENING, 100, "EUR", "kept"),),
                (Contacted(EVENING, "phone", "promise", True),)),
    )  # fmt: skip
    known = why("habit", "usually pays late (5 items)", 0.2, "usual_payment_day", 12.0, None, "I-1", (("count", 5.0),))
    return placed(
        score("I-1", "A", reasons=[known, why("age", "old", 0.0, "age", 9.0, "x")]),
        score("I-2", "A", open=7, currency="CAD"), score("I-3", "B", dpd=-4), score("I-4", "C", late_risk=None),
        A=facts,
    )  # fmt: skip


def test_accounts_told_together_say_what_each_says_by_itself_and_what_the_schema_says():
    accounts = told_together()

    texts = account_texts(accounts).to_pylist()

    assert texts == [account_texts([one])[0].as_py() for one in accounts]
    for text, one in zip(texts, accounts, strict=True):
        assert AccountBody.model_validate(json.loads(text)).model_dump(exclude_unset=True) == account_json(one)
    first = json.loads(texts[0])
    assert first["unapplied_credits"] == [{"amount": "0.05", "currency": "EUR"}, {"amount": "0.07", "currency": "USD"}]
    assert [reason.get("further") for reason in first["reasons"]] == [{"count": 5.0}, None]
    assert [len(first[name]) for name in ("items", "history", "promises", "contacts", "other_money")] == [2, 2, 1, 1, 1]


def test_items_are_told_as_their_schema_says():
    told = items_json([score("I-1"), score("I-2", late_risk=None)])

    assert [ItemOut.model_validate(one).item_id for one in told] == ["I-1", "I-2"]


BROKEN = [
    {"late_risk": 1.5}, {"p_unpaid_14": math.nan}, {"p_late": -0.1}, {"known_late": 1}, {"dpd": 2.5}, {"item_id": None},
    {"source_row": None}, {"reasons": (why("habit", "late", math.nan),)}, {"reasons": (why("habit", None, 0.1),)},
    {"reasons": (why("habit", "late", 0.1, "code", math.inf),)},
    {"reasons": (why("habit", "late", 0.1, further=(("count", math.nan),)),)},
    {"reasons": (why("habit", "late", 0.1, code=None),)},
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_one_item_that_the_schema_does_not_allow_refuses_all_of_its_column(broken):
    with pytest.raises(ValidationError):
        items_json([score("I-1"), score("I-2")._replace(**broken), score("I-3")])


def test_a_history_longer_than_its_schema_allows_is_refused():
    with pytest.raises(ValidationError, match="history"):
        account_texts(placed(score("I-1", "A"), A=CustomerFacts("A", history=History((PAID,) * 61, 61))))
