"""The list: who is on it, in which order, and where everybody else stands."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from evenings import rates, rules_of, score
from strategy_kit import changed

from serving.accounts.account import CustomerFacts, Money
from serving.accounts.adding_up import accounts_of
from serving.listing.queue import build_queue
from serving.value.item_call import Covered, ItemCall
from serving.value.priority import OverdueThenAge
from simulation.calls.rivals import OverdueTimesRisk


def queue_of(*scores, customers=None, capacity=10, priority=None, minimum=Decimal(0), **quotes):
    in_euro = rates(**quotes)
    accounts = accounts_of(scores, customers or {}, in_euro)
    rules = rules_of(capacity, in_euro, minimum_balance=minimum)
    return build_queue(accounts, priority or OverdueTimesRisk(), rules)


def listed(queue):
    return [(line.rank, line.placed.account.customer_id) for line in queue.lines]


def standing(queue, customer_id):
    everybody = [line.placed for line in queue.lines] + list(queue.others)
    return next(one.standing for one in everybody if one.account.customer_id == customer_id)


def test_the_list_is_ranked_by_overdue_money_times_late_risk_from_one():
    queue = queue_of(
        score("A", "C-1", open=1000, late_risk=0.1),
        score("B", "C-2", open=500, late_risk=0.9),
        score("C", "C-3", open=9000, late_risk=0.9, dpd=-3),
    )

    assert listed(queue) == [(1, "C-2"), (2, "C-1")]
    assert [line.placed.rank_value for line in queue.lines] == [500 * 0.9, 1000 * 0.1]
    assert [line.placed.account.expected_late_minor for line in queue.lines] == [450_00, 100_00]
    assert standing(queue, "C-3") == "not_overdue"


def test_the_list_is_cut_to_capacity_and_the_rest_is_not_forgotten():
    queue = queue_of(*(score(f"I-{n}", f"C-{n}", open=100 + n) for n in range(5)), capacity=2)

    assert listed(queue) == [(1, "C-4"), (2, "C-3")]
    assert queue.count("below_the_cut") == 3
    assert queue_of(score(), capacity=0).lines == ()


def test_on_a_holiday_of_their_country_customers_wait_and_others_are_called():
    in_euro, maundy_thursday = rates(), date(2026, 4, 2)
    scores = [score("A", "C-1"), score("B", "C-2"), score("C", "C-3")]
    countries = {"C-1": CustomerFacts(country="DE"), "C-2": CustomerFacts(country="US"), "C-3": CustomerFacts()}
    accounts = accounts_of(scores, countries, in_euro)
    queue = build_queue(accounts, OverdueTimesRisk(), rules_of(10, in_euro, as_of=maundy_thursday))

    assert [name for _, name in listed(queue)] == ["C-2", "C-3"]
    (closed,) = queue.others
    assert (closed.standing, closed.rule, closed.until) == ("held", "calls.day_off", date(2026, 4, 7))
    assert closed.reason == "DE does not work on 3 April 2026. Again from 7 April 2026."


def test_every_account_has_exactly_one_standing():
    scores = [score(f"I-{n}", f"C-{n}", open=50 * (n + 1), dpd=n - 2) for n in range(9)]
    covered = {"C-8": CustomerFacts(credits=(Money(10_000_00, "EUR"),))}
    queue = queue_of(*scores, customers=covered, capacity=3, minimum=Decimal(220))

    names = ("listed", "below_the_cut", "routed_to_email", "routed_to_cash_application", "not_overdue")
    assert sum(queue.count(name) for name in names) == len(queue.lines) + len(queue.others) == 9
    assert [queue.count(name) for name in names] == [3, 1, 1, 1, 3]


def test_little_open_money_gets_an_email_and_a_notice_and_no_place():
    queue = queue_of(score("A", "C-1", open="99.99"), score("B", "C-2", open=100), minimum=Decimal(100))

    assert listed(queue) == [(1, "C-2")]
    assert standing(queue, "C-1") == "routed_to_email"
    assert queue.notices == ("1 account owes less than 100.00 EUR in all: send an e-mail instead of calling.",)


def test_what_needs_no_call_is_counted_in_its_notice():
    few = [score(f"I-{n}", f"C-{n}", open=50) for n in range(4)]
    covered = {f"C-{n}": CustomerFacts(credits=(Money(50_00, "EUR"),)) for n in range(2)}

    assert queue_of(*few, customers=covered, minimum=Decimal(100)).notices == (
        "2 accounts owe less than 100.00 EUR in all: send an e-mail instead of calling.",
        "2 accounts are covered by unused credits: apply those first, no call needed.",
    )


def test_a_call_tells_the_money_as_the_invoices_do():
    def asked(*scores):
        return queue_of(*scores, GBP="1.25").lines[0].placed.next_action.text

    pounds = [score("A", open=100, currency="GBP"), score("B", open=60, currency="GBP", dpd=5)]
    assert "on 160.00 GBP (200.00 EUR), oldest" in asked(*pounds, score("C", open=9, dpd=-1))
    assert "on 201.00 EUR, oldest" in asked(*pounds, score("C", open=1))
    assert "on 100.00 EUR, oldest" in asked(score("A", open=100))


def test_credits_that_cover_the_overdue_money_go_to_cash_application():
    credits = {"C-1": CustomerFacts(credits=(Money(60_00, "EUR"), Money(100_00, "USD")))}

    assert standing(queue_of(score("A", "C-1", open=110), customers=credits, USD="0.5"), "C-1") == (
        "routed_to_cash_application"
    )
    assert standing(queue_of(score("A", "C-1", open="110.01"), customers=credits, USD="0.5"), "C-1") == "listed"


def test_accounts_without_a_rate_stand_after_the_others_by_age_and_a_notice_says_so():
    queue = queue_of(
        score("A", "C-1", open=1, dpd=1),
        score("B", "C-2", open=10**6, currency="CAD", dpd=5),
        score("C", "C-3", open=10, currency="CHF", dpd=50),
    )

    assert listed(queue) == [(1, "C-1"), (2, "C-3"), (3, "C-2")]
    assert [line.placed.rank_value for line in queue.lines[1:]] == [None, None]
    assert "2 accounts in CAD, CHF cannot be compared in EUR" in queue.notices[0]


def test_a_part_without_a_rate_is_said_once_with_its_currency():
    queue = queue_of(score("A", "C-1"), score("B", "C-1", currency="CAD"), score("C", "C-2"))

    assert len(queue.notices) == 1
    assert "Open money in CAD has no exchange rate to EUR" in queue.notices[0]


def test_an_account_overdue_only_in_a_currency_without_rate_is_still_listed():
    queue = queue_of(score("A", "C-1", dpd=-5), score("B", "C-1", open=70, currency="CAD", dpd=9), minimum=Decimal(100))

    assert listed(queue) == [(1, "C-1")]
    assert "70.00 CAD" in queue.lines[0].placed.next_action.text


def test_the_next_step_follows_the_habit_and_the_age():
    habitual = {"C-1": CustomerFacts(paid_days_late=(20, 22, 25))}

    assert queue_of(score("A", "C-1", dpd=9), customers=habitual).lines[0].placed.next_action.step == "statement"
    assert queue_of(score("A", "C-1", dpd=40), customers=habitual).lines[0].placed.next_action.step == "call"
    assert queue_of(score("A", "C-1", dpd=95)).lines[0].placed.next_action.step == "controller"


def test_without_a_model_the_list_goes_by_overdue_amount_and_age():
    queue = queue_of(
        score("A", "C-1", open=100, dpd=90, late_risk=None),
        score("B", "C-2", open=100, dpd=91, late_risk=None),
        score("C", "C-3", open=101, dpd=1, late_risk=None),
        priority=OverdueThenAge(),
    )

    assert listed(queue) == [(1, "C-3"), (2, "C-2"), (3, "C-1")]
    assert all(line.placed.account.reasons for line in queue.lines)


def test_an_evening_without_items_has_an_empty_list():
    queue = queue_of()

    assert (queue.lines, queue.others, queue.notices) == ((), (), ())


def test_who_is_likely_late_with_much_is_written_to_before_anything_is_due():
    queue = queue_of(
        score("A", "C-1", open=9000, dpd=-3, late_risk=0.9),
        score("B", "C-2", open=100, dpd=-3, late_risk=0.9),
        score("C", "C-3", open=9000, dpd=-9, late_risk=0.9),
    )

    steps = {one.account.customer_id: (one.rule, one.next_action.step) for one in queue.others}
    assert steps == {"C-1": ("pre_due", "email"), "C-2": ("not_overdue", "none"), "C-3": ("not_overdue", "none")}
    told = next(one.next_action.text for one in queue.others if one.account.customer_id == "C-1")
    assert told.startswith("E-mail before the due day: 9,000.00 EUR falls due within 3 days.")
    assert "1 account is to be written to before anything is due; each says why." in queue.notices


def test_what_credits_cover_is_not_asked_for_and_lowers_the_place():
    scores = [score("A", "C-1", open=1000, late_risk=0.5), score("B", "C-2", open=900, late_risk=0.5)]
    facts = {"C-1": CustomerFacts(credits=(Money(200_00, "EUR"),))}
    in_euro = rates()

    queue = build_queue(accounts_of(scores, facts, in_euro), OverdueTimesRisk(), rules_of(5, in_euro))

    assert [line.placed.account.customer_id for line in queue.lines] == ["C-2", "C-1"]
    asked = queue.lines[1].placed.next_action.text
    assert "800.00 EUR (beside 200.00 EUR promised, disputed or covered by credits)" in asked


def covered_item(promised=0, disputed=0):
    return ItemCall(None, Covered(disputed, promised))


def credited(call, *credits, **route):
    """An account that owes 1000 EUR, partly covered, with credits beside it."""
    in_euro = rates(USD="0.5")
    accounts = accounts_of(
        [score("A", "C-1", open=1000)], {"C-1": CustomerFacts(credits=credits)}, in_euro, {"A": call}
    )
    rules = replace(rules_of(5, in_euro), strategy=changed(route=route))
    return build_queue(accounts, OverdueTimesRisk(), rules).everybody()[0]


def test_what_is_disputed_and_else_covered_by_credits_is_a_matter_of_cash_application():
    placed = credited(covered_item(disputed=600_00), Money(400_00, "EUR"))

    assert (placed.standing, placed.rule) == ("routed_to_cash_application", "route.credits")
    assert placed.reason == "Unused credits cover what is overdue and not disputed: apply them first."
    assert credited(covered_item(disputed=600_00), Money(399_00, "EUR")).standing == "listed"


def test_credits_of_another_currency_leave_what_is_not_promised_to_be_called_about():
    placed = credited(covered_item(promised=200_00), Money(1900_00, "USD"))

    assert (placed.standing, placed.account.callable_minor) == ("listed", 800_00)
    assert "800.00 EUR (beside 200.00 EUR promised or disputed)" in placed.next_action.text


def test_without_the_routes_what_is_covered_is_asked_for():
    placed = credited(covered_item(disputed=600_00), Money(400_00, "EUR"), credits=False)

    assert placed.standing == "listed"
    assert " on 1,000.00 EUR," in placed.next_action.text


@pytest.mark.parametrize("currency", ["EUR", "CAD"])  # of the second no rate is known
def test_what_is_promised_or_disputed_is_not_asked_for_and_where_nothing_is_left_nobody_calls(currency):
    def placed(call):
        in_euro = rates()
        accounts = accounts_of([score("A", "C-1", open=1000, currency=currency)], {}, in_euro, {"A": call})
        queue = build_queue(accounts, OverdueTimesRisk(), rules_of(5, in_euro))
        return queue.everybody()[0]

    held, disputed = placed(covered_item(promised=1000_00)), placed(covered_item(disputed=1000_00))
    partly = placed(covered_item(promised=600_00))

    assert (held.standing, held.rule) == ("held", "promise.open")
    assert held.next_action.text == held.reason
    assert disputed.standing == "routed_to_dispute_owner"
    assert partly.standing == "listed"
    assert f"400.00 {currency} (beside 600.00 {currency} promised or disputed)" in partly.next_action.text


@pytest.mark.parametrize("sentence", ["{overdue}, {oldest}, {credits}", "{overdue:}, {oldest:}, {credits:}"])
def test_what_a_sentence_names_is_told_however_it_is_named(sentence):
    rules = rules_of(1, rates())
    words = {step: replace(one, sentence=sentence) for step, one in rules.strategy.steps.items()}
    rules = replace(rules, strategy=replace(rules.strategy, steps=words))
    accounts = accounts_of([score(open=700, dpd=12)], {"C-1": CustomerFacts(credits=(Money(20_00, "EUR"),))}, rates())

    (line,) = build_queue(accounts, OverdueThenAge(), rules).lines

    told = "680.00 EUR (beside 20.00 EUR promised, disputed or covered by credits), 12 days past due, 20.00 EUR"
    assert line.placed.next_action.text == told
