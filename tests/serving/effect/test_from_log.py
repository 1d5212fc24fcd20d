"""From the decision log to what may be said."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from builders import invoice, ledger_of, payment, together
from simulated_logs import World, simulated

from serving.effect.from_log import Judged, curves_of, evidence_of, figures_of, judged
from serving.effect.sentences import NO_DIFFERENCE, permitted

EVENING = date(2026, 3, 31)


def decision(account="C-1", *, pi=0.5, listed=True, design="explore", as_of=EVENING, callable_minor=10_000, **also):
    row = {"account_id": account, "as_of": as_of, "item_ids": [f"INV-{account}"], "pi": pi, "listed": listed,
           "design": design, "callable_minor": callable_minor, "currency": "EUR", "eligible": True, "score": 1.0,
           "gain_now": 45.0, "stratum": ""}  # fmt: skip
    return row | also


def asked(*rows, days=60):
    facts = [invoice(f"INV-C-{n}", customer=f"C-{n}", due_on="2026-03-01", amount=100) for n in (1, 2, 3)]
    facts.append(payment("INV-C-1", paid_on=EVENING + timedelta(days=15), amount=100))
    view = ledger_of(together(*facts)).as_of(EVENING + timedelta(days=days))
    return judged(pd.DataFrame(list(rows)), view, "EUR")


def test_a_decision_is_judged_with_its_money_and_what_came():
    found = asked(decision(), decision("C-2", listed=False, pi=0.25))

    log = found.logged
    assert log.outcome == pytest.approx([30 / 45, 0.0])
    assert log.balance.tolist() == [100.0, 100.0]
    assert log.gain == pytest.approx([45 / (45 * 100)] * 2)
    assert (log.listed.tolist(), log.pi.tolist()) == ([1.0, 0.0], [0.5, 0.25])
    assert (found.first, found.last) == (EVENING, EVENING)


def test_what_could_not_be_listed_or_has_no_callable_money_is_not_asked():
    without_money = decision("C-3", callable_minor=None)

    found = asked(decision(), decision("C-2", eligible=False, pi=0.0, listed=False), without_money)

    assert len(found.logged) == 1


def test_before_its_45_days_nothing_is_judged():
    assert asked(decision(), days=44) is None


def test_where_the_best_were_listed_for_sure_the_list_is_not_wholly_drawn():
    drawn, sure = decision(), decision("C-2", pi=1.0, design="core")

    assert asked(drawn).whole_list
    assert asked(drawn, decision("C-2", pi=1.0, design="quota")).whole_list
    assert not asked(drawn, sure).whole_list
    assert asked(drawn, sure).logged.by_rule == 1


def found_in(world, seed=1):
    log = simulated(world, seed)
    log = type(log)(**{**vars(log), "orders": {"engine": log.orders["engine"], "largest_first": log.orders["largest"]}})
    whole = world.design == "smooth"
    return Judged(log, whole, 0.6, 0.1, 3, EVENING, EVENING + timedelta(days=7 * world.evenings))


def test_a_whole_list_says_what_its_top_brought_forward():
    told = permitted(evidence_of(found_in(World(effect=0.2)), "EUR", draws=99))

    assert told.findings[0].startswith("Calling an account from the top fifth of the list brought forward ")
    assert any("chance to be listed was above 97%" in line for line in told.beside)


def test_a_slice_says_what_it_brought_below_the_cut():
    told = permitted(evidence_of(found_in(World(design="slice", places=40, evenings=26)), "EUR", draws=99))

    assert len(told.findings) == 1
    assert "below the cut" in told.findings[0]
    assert any("made by rule" in line for line in told.beside)


def test_a_log_without_an_effect_claims_none():
    claims = 0
    for seed in range(6):
        slice_of_nothing = World(design="slice", places=40, evenings=26, effect=0.0)
        told = permitted(evidence_of(found_in(slice_of_nothing, seed), "EUR", draws=99))
        claims += not told.findings[0].startswith(NO_DIFFERENCE)

    assert claims <= 2


def test_figures_are_told_only_of_a_log_that_passed_its_checks():
    found = found_in(World(evenings=12))
    checks = evidence_of(found, "EUR", draws=20).checks

    assert set(figures_of(found, checks, draws=20)) == {
        "effect", "autoc", "autoc_ahead_of_largest_first", "qini", "qini_ahead_of_largest_first",
        "policy_value_engine", "policy_value_largest_first", "came_in_engine", "came_in_largest_first",
    }  # fmt: skip
    assert set(figures_of(found_in(World(design="slice", places=40, evenings=4)), (), draws=20)) == {"effect"}
    failed = [type(check)(check.name, False, check.text) for check in checks]
    assert figures_of(found, tuple(failed), draws=20) == {}


def test_an_order_that_finds_whom_a_call_moves_shows_in_what_came_in_and_at_the_head_of_its_curve():
    found = found_in(World(effect=0.2))

    came, curves = figures_of(found, (), draws=20), curves_of(found, ())

    assert came["came_in_engine"].value > came["came_in_largest_first"].value
    assert curves["engine"][0] > max(0.0, curves["largest_first"][0])
    assert (curves["share"][-1], curves["engine"][-1]) == (1.0, pytest.approx(0.0, abs=1e-12))
    assert curves_of(found_in(World(design="slice", places=40, evenings=4)), ()) == {}


def test_no_row_by_lot_at_all_is_nothing_found():
    assert asked(decision(pi=1.0, design="core")) is None
    assert np.isfinite(asked(decision()).logged.money).all()
