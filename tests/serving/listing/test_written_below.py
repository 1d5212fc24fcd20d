"""Who is below the cut and written to: the list, its order and its chances stay, and everybody reads why."""

from dataclasses import replace
from random import Random

import pytest
from builders import law
from evenings import EVENING, rates, rules_of, score
from hypothesis import given
from hypothesis import strategies as st
from strategy_kit import SEEDS

from ledger.days import to_day
from serving.accounts.account import CustomerFacts
from serving.accounts.adding_up import accounts_of
from serving.accounts.dealings import Dealings
from serving.listing.queue import build_queue
from serving.strategy.codes import TAKES_MINUTES
from serving.strategy.floor import FLOOR
from serving.strategy.reading import shipped
from serving.strategy.strategy import NO_FLOOR, Exploration, Floor, Scoring
from serving.value.call_value import CallValue
from serving.value.response import prior
from simulation.calls.rivals import OverdueTimesRisk

AFTER_14 = Floor(14)


def silent(overdue_for=20, debtor_class="legal_person", **told):
    """A customer overdue for so many days without a break whom nobody contacted."""
    since = to_day(EVENING) - overdue_for + 1
    return CustomerFacts(dealings=Dealings(debtor_class, overdue_since=since, **told))


def queue_of(scores, customers, floor=AFTER_14, capacity=1, priority=None, **told):
    in_euro = rates()
    rules = rules_of(capacity, in_euro)
    strategy = replace(rules.strategy, floor=floor, **told)
    rules = replace(rules, strategy=strategy, salt="salt")
    return build_queue(accounts_of(scores, customers, in_euro), priority or OverdueTimesRisk(), rules)


def of(queue, customer_id):
    return next(one for one in queue.everybody() if one.account.customer_id == customer_id)


def test_below_the_cut_an_account_nobody_was_in_touch_with_has_an_e_mail_as_its_next_step():
    scores = [score(f"I-{at}", f"C-{at}", open=1000 * at, dpd=20) for at in (1, 2, 3)]
    customers = {"C-1": silent(), "C-2": silent(tries=(3,)), "C-3": silent()}

    queue, without = queue_of(scores, customers), queue_of(scores, customers, NO_FLOOR)

    written, touched, called = (of(queue, f"C-{at}") for at in (1, 2, 3))
    assert (written.standing, written.place, written.rule) == ("below_the_cut", 3, "floor.email")
    assert written.reason == (
        "Nobody has time to call today, and nobody was in touch for 20 days: send an e-mail instead."
    )
    assert (written.next_action.step, written.next_action.label) == ("email", "E-mail")
    assert written.next_action.text.startswith("Send an e-mail with the overdue invoices (1,000.00 EUR);")
    assert (touched.next_action.step, touched.rule) == ("call", "value")
    assert (called.standing, called.next_action.step) == ("listed", "call")
    notice = "1 account below the cut gets an e-mail today, after 14 days or more without a contact; each says why."
    assert [one for one in queue.notices if one not in without.notices] == [notice]


def test_an_account_in_a_currency_without_a_rate_is_written_to_about_its_own_money():
    scores = [score("I-1", "C-1", open=70, currency="CAD", dpd=20), score("I-2", "C-2", open=900, dpd=20)]

    queue = queue_of(scores, {"C-1": silent(), "C-2": silent()})

    assert (of(queue, "C-1").rule, of(queue, "C-1").rank_value) == ("floor.email", None)
    assert "(70.00 CAD)" in of(queue, "C-1").next_action.text


def test_who_stands_by_money_and_age_is_written_to_too_and_still_told_so():
    scores = [score("I-1", "C-1", open=700, dpd=20), score("I-2", "C-2", open=900, dpd=20)]
    customers = {"C-1": silent(debtor_class="natural_person"), "C-2": silent()}

    queue = queue_of(scores, customers, priority=CallValue(prior()), scoring=Scoring(("natural_person",)), capacity=0)

    assert (of(queue, "C-1").rule, of(queue, "C-1").left_to_rule) == ("floor.email", "order.natural_person")
    assert of(queue, "C-1").reason.startswith("Nobody has time to call today,")
    assert "no model score decides its place" in of(queue, "C-1").reason


def any_company(seed):
    """Up to ten customers, overdue, with contacts, holds and classes of any kind."""
    rng = Random(seed)
    scores, customers = [], {}
    for at in range(rng.randrange(1, 11)):
        name, dpd = f"C-{at}", rng.choice([-3, 1, 9, 20, 45, 100])
        scores.append(
            score(f"I-{at}", name, open=rng.choice([50, 300, 9000]), dpd=dpd, late_risk=rng.choice([0.2, 0.9]),
                  currency=rng.choice(["EUR", "EUR", "CAD"]))
        )  # fmt: skip
        customers[name] = silent(
            max(dpd, 1), rng.choice(["", "legal_person", "natural_person"]),
            tries=tuple(sorted(rng.randrange(90) for _ in range(rng.choice([0, 0, 1, 2])))),
            holds=rng.choice([(), (), ("legal",)]),
        )  # fmt: skip
    return scores, customers


CHANCES = [None, "slice", "smooth"]


@law(100)
@given(SEEDS, st.integers(0, 6), st.integers(1, 90), st.sampled_from(CHANCES))
def test_whom_the_floor_writes_to_keeps_place_rank_and_chance_and_all_others_are_as_without_it(
    seed, capacity, days, design
):
    scores, customers = any_company(seed)
    told = {} if design is None else {"exploration": Exploration(True, 0.3, design, 50_000.0)}

    without = queue_of(scores, customers, NO_FLOOR, capacity, **told)
    queue = queue_of(scores, customers, Floor(days), capacity, **told)

    assert queue.lines == without.lines
    for one, before in zip(queue.others, without.others, strict=True):
        if one.rule != FLOOR:
            assert one == before
            continue
        assert one._replace(rule=before.rule, reason=before.reason, next_action=before.next_action) == before
        assert (one.standing, before.next_action.step in TAKES_MINUTES) == ("below_the_cut", True)
        assert not any(ago < days for ago in one.considered.tries)
    assert {one.rule for one in without.everybody()}.isdisjoint({FLOOR})


@pytest.mark.parametrize("design", CHANCES)
def test_whoever_is_called_is_not_written_to_and_who_is_not_is_where_nobody_was_in_touch(design):
    scores = [score(f"I-{at}", f"C-{at}", open=1000 + at, dpd=20) for at in range(8)]
    told = {} if design is None else {"exploration": Exploration(True, 0.5, design, 50_000.0)}

    queue = queue_of(scores, {f"C-{at}": silent() for at in range(8)}, capacity=4, **told)

    listed = {line.placed.account.customer_id for line in queue.lines}
    written = {one.account.customer_id for one in queue.everybody() if one.rule == FLOOR}
    assert (listed & written, len(listed | written)) == (set(), 8)
    assert {line.placed.next_action.step for line in queue.lines} == {"call"}


def test_the_shipped_strategy_has_no_floor():
    assert shipped().floor == NO_FLOOR
