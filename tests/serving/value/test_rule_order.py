"""Who is left to the rule order: no score of theirs decides their place, and the list says so."""

from dataclasses import replace
from random import Random

import pytest
from evenings import EVENING, rates, rules_of, score

from serving.accounts.account import CustomerFacts
from serving.accounts.adding_up import accounts_of
from serving.accounts.dealings import Dealings
from serving.listing.queue import build_queue
from serving.strategy.strategy import Scoring
from serving.team.handling import Handling
from serving.value.call_value import CallValue
from serving.value.item_call import ItemCall
from serving.value.priority import Answers, Gain, OverdueThenAge
from serving.value.response import prior
from serving.value.rule_order import typical_days

VALUE = CallValue(prior())


def facts(debtor_class: str, **answers: float) -> CustomerFacts:
    return CustomerFacts(dealings=Dealings(debtor_class), answers=Answers(**{"reach": 0.6, "minutes": 8.0, **answers}))


def queue_of(accounts, *left_to_rule: str, capacity: int = 40, priority=VALUE, minutes=None, usual=None):
    """The queue of accounts given as (customer, class, open money, days past due, days that a call gains).

    Args:
        minutes: customer → that a call to them takes, 8 of others; usual: that calls take, None where nobody noted it.
    """
    scores = [score(f"INV-{who}", who, open=money, dpd=dpd) for who, _, money, dpd, _ in accounts]
    customers = {who: facts(kind, minutes=(minutes or {}).get(who, 8.0)) for who, kind, *_ in accounts}
    calls = {f"INV-{who}": ItemCall(Gain(days, 0.0)) for who, *_, days in accounts}
    built = accounts_of(scores, customers, rates(), calls)
    rules = rules_of(capacity, rates(), as_of=EVENING)
    strategy = replace(rules.strategy, scoring=Scoring(left_to_rule))
    team = replace(rules.team, handling=Handling(usual))
    rules = replace(rules, strategy=strategy, team=team, typical_days=typical_days(built, priority, strategy))
    return build_queue(built, priority, rules)


def order(queue):
    return [placed.account.customer_id for placed in queue.in_order()]


def lines(queue):
    return {line.placed.account.customer_id: line.placed for line in queue.lines}


COMPANIES = [("C-1", "legal_person", 1000, 20, 10.0), ("C-2", "legal_person", 1000, 20, 2.0)]


def test_a_score_places_everybody_where_the_strategy_leaves_nobody_to_the_rule():
    queue = queue_of([*COMPANIES, ("P-1", "natural_person", 1000, 20, 30.0)])

    assert order(queue) == ["P-1", "C-1", "C-2"]
    assert {placed.rule for placed in lines(queue).values()} == {"value"}


def test_a_natural_person_is_placed_by_money_and_age_among_those_who_are_scored():
    persons = [("P-1", "natural_person", 1000, 20, 30.0), ("P-2", "natural_person", 2000, 9, 0.0)]
    queue = queue_of([*COMPANIES, *persons], "natural_person")

    # A unit of theirs counts (10 + 2) / 2 days: P-2 2000 x 6, C-1 1000 x 10, P-1 1000 x 6, C-2 1000 x 2.
    assert order(queue) == ["P-2", "C-1", "P-1", "C-2"]
    assert lines(queue)["P-1"].expects is None
    assert lines(queue)["C-1"].expects is not None


def test_how_long_calls_to_a_natural_person_take_moves_nobody():
    persons = [("P-1", "natural_person", 1000, 20, 1.0), ("P-2", "natural_person", 900, 20, 1.0)]
    took = {"P-1": 32.0, "C-1": 4.0, "C-2": 4.0}
    queue = queue_of([*persons, *COMPANIES], "natural_person", capacity=16, minutes=took, usual=4.0)

    # A unit of theirs counts 6 days, in the 4 minutes that calls take: 6000, 5400, C-1 10,000 and C-2 2000.
    assert order(queue) == ["C-1", "P-1", "P-2", "C-2"]
    assert len(queue.lines) == 4, "they take the time that calls usually take"
    assert {factor.value for factor in lines(queue)["P-1"].factors if factor.name == "minutes"} == {4.0}


def test_the_line_says_that_no_score_decided_its_place_and_why():
    queue = queue_of([*COMPANIES, ("P-1", "natural_person", 900, 20, 1.0), ("U-1", "", 900, 20, 1.0)],
                     "natural_person", "unknown")  # fmt: skip
    told = lines(queue)

    assert told["P-1"].rule == "order.natural_person"
    assert "A natural person: placed by overdue money and age, and no model score decides its place." in (
        told["P-1"].reason
    )
    assert told["U-1"].rule == "order.unknown_debtor"
    assert told["C-1"].rule == "value"
    assert any("2 accounts stand by overdue money and age" in notice for notice in queue.notices)


def test_those_below_the_cut_say_so_too():
    persons = [(f"P-{n}", "natural_person", 100 * n + 100, 20, 1.0) for n in range(1, 5)]
    queue = queue_of(persons, "natural_person", capacity=2)

    assert order(queue) == ["P-4", "P-3", "P-2", "P-1"]
    assert {one.rule for one in queue.in_order() if one.standing == "below_the_cut"} == {"order.natural_person"}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_scores_of_natural_persons_are_nobody_stands_elsewhere(seed):
    drawn = Random(seed)

    def account(n: int):
        kind = drawn.choice(["legal_person", "natural_person", ""])
        return f"C-{n:02}", kind, drawn.randint(200, 900) * 10, drawn.randint(1, 90), drawn.uniform(0.0, 40.0)

    accounts = [account(n) for n in range(12)]
    other = [
        (who, kind, money, dpd, days if kind == "legal_person" else drawn.uniform(0.0, 40.0))
        for who, kind, money, dpd, days in accounts
    ]

    first, second = (queue_of(some, "natural_person", "unknown", capacity=6) for some in (accounts, other))

    assert order(first) == order(second)
    assert [line.placed.rank_value for line in first.lines] == [line.placed.rank_value for line in second.lines]
    persons = [one for one in first.in_order() if one.considered.debtor_class != "legal_person"]
    by_rule = [(-one.account.overdue_minor, -one.account.oldest_dpd, one.account.customer_id) for one in persons]
    assert by_rule == sorted(by_rule)


def test_on_a_day_without_a_model_everybody_stands_by_the_rule_and_no_line_is_set_apart():
    queue = queue_of([*COMPANIES, ("P-1", "natural_person", 1500, 20, 1.0)], "natural_person",
                     priority=OverdueThenAge())  # fmt: skip

    assert order(queue) == ["P-1", "C-1", "C-2"]
    assert {placed.rule for placed in lines(queue).values()} == {"value"}
