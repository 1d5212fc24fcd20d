"""Reasons add up at every step: log-odds, intensity, horizon, recalibration, points, concepts, accounts, money."""

import math
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from curve_builders import FAMILIES, fitted
from evenings import made_run, rates
from model_builders import EVENING, random_habit_curve, random_table

from features.reason_catalogue import reasons_version, tell_reason
from features.wording import naming
from models.explanation import slopes, to_points
from models.payment_curve import PaymentCurve
from models.recalibration import Recalibration
from models.scoring import scores_of
from serving.accounts.account import CustomerFacts
from serving.accounts.adding_up import accounts_of
from serving.published.schemas import AccountBody, QueueHead
from serving.wording import told_in

CLOSE = 1e-9
CURVES = (*FAMILIES, "habit")


def curve_of(family):
    return random_habit_curve() if family == "habit" else fitted(family)


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def hazard(x):
    return 1 / (1 + math.exp(-x))


def told_step_by_step(phi, base, share, move):
    """The chain of one row, one step after the other, each of which must add up; the points of each column.

    phi: log-odds by (interval, column); base: typical log-odds by interval; share: how often each interval counts.
    """
    raw = base + phi.sum(axis=1)
    by_interval = np.empty_like(phi)
    for k in range(len(phi)):
        rise, run = softplus(raw[k]) - softplus(base[k]), raw[k] - base[k]
        by_interval[k] = phi[k] * (rise / run if abs(run) > 1e-12 else hazard(base[k]))
        assert by_interval[k].sum() == pytest.approx(rise, abs=CLOSE)

    a = share @ by_interval
    total = sum(s * softplus(x) for s, x in zip(share, raw, strict=True))
    typical = sum(s * softplus(x) for s, x in zip(share, base, strict=True))
    assert a.sum() == pytest.approx(total - typical, abs=CLOSE)

    after, before = move.alpha * total**move.beta, move.alpha * typical**move.beta
    flat = abs(total - typical) <= 1e-12 * typical
    a = a * (move.alpha * move.beta * typical ** (move.beta - 1) if flat else (after - before) / (total - typical))
    assert a.sum() == pytest.approx(after - before, abs=CLOSE)

    unpaid, usual = math.exp(-after), math.exp(-before)
    points = a * (-usual if abs(after - before) <= 1e-12 else (unpaid - usual) / (after - before))
    assert points.sum() == pytest.approx(unpaid - usual, abs=CLOSE)
    return points


def drawn_chain(seed):
    """Log-odds of a few columns over a few intervals of two rows, with a recalibration.

    In some intervals they are next to nothing, in some they cancel, so that there is no run to divide by.
    """
    rng = np.random.default_rng(seed)
    intervals, columns = rng.integers(1, 6), rng.integers(1, 5)
    phi = rng.uniform(-4, 4, (2, intervals, columns)) * rng.choice([0.0, 1e-13, 1e-7, 1.0, 1.0], (2, intervals, 1))
    phi[..., 0] -= phi.sum(axis=-1) * (rng.random((2, intervals)) < 0.3)
    move = Recalibration(*((1.0, 1.0), (0.7, 1.6), (1.4, 0.6))[seed % 3])
    return phi, rng.uniform(-6, 3, intervals), rng.uniform(0.05, 3, intervals), move


@pytest.mark.parametrize("seed", range(60))
def test_the_chain_from_log_odds_to_points_adds_up_at_every_step(seed):
    phi, base, share, move = drawn_chain(seed)
    n, _, columns = phi.shape
    raw = base + phi.sum(axis=2)
    moved = (phi * (slopes(raw, np.tile(base, (n, 1))) * share)[..., None]).sum(axis=1)
    total, typical = (np.broadcast_to(np.logaddexp(0.0, x) @ share, (n,)) for x in (raw, base))

    found = to_points(moved, total, typical, tuple("abcd"[:columns]), move)

    for at in range(n):
        points = told_step_by_step(phi[at], base, share, move)
        assert found.points[at].sum() == pytest.approx(points.sum(), abs=CLOSE)
        assert found.points[at] == pytest.approx(points, abs=1e-6)  # a secant over nearly no run is a noisy slope


@pytest.mark.parametrize("family", CURVES)
def test_points_of_items_add_up_to_accounts_and_to_their_expected_money(family):
    scores = scores_of(curve_of(family), random_table(40, seed=11), EVENING, 45, "v", "model")

    for score in scores:
        assert abs(score.base + math.fsum(reason.points for reason in score.reasons) - score.late_risk) < CLOSE
    for account in accounts_of(scores, {}, rates(USD="0.8731")):
        moved = [reason.points for reason in account.reasons]
        assert abs(account.base + math.fsum(moved) - account.late_risk) < CLOSE
        about = [item for item in account.items if item.score.dpd > 0] or account.items
        late = math.fsum(item.minor * item.score.late_risk for item in about)
        parts = [account.money_of(account.base), *map(account.money_of, moved)]
        assert math.fsum(parts) == pytest.approx(late, rel=CLOSE)
        for concept in {reason.concept for reason in account.reasons}:
            items = math.fsum(
                item.minor * reason.points
                for item in about
                for reason in item.score.reasons
                if reason.concept == concept
            )
            own = math.fsum(reason.points for reason in account.reasons if reason.concept == concept)
            assert account.money_of(own) == pytest.approx(items, abs=CLOSE * max(1.0, late))


@pytest.mark.parametrize("family", CURVES)
def test_what_the_trees_told_once_is_not_asked_again_and_says_the_same(family, monkeypatch):
    curve, table = curve_of(family), random_table(40, seed=11)
    kept = curve.survival(table)
    alone = scores_of(curve, table, EVENING, 5, "v", "model", replace(kept, raw=None))
    asked, ask = [], PaymentCurve.raw_curves
    monkeypatch.setattr(PaymentCurve, "raw_curves", lambda self, rows: asked.append(rows is table) or ask(self, rows))

    assert scores_of(curve, table, EVENING, 5, "v", "model", kept) == alone
    assert not any(asked)
    assert kept.take(np.arange(3)).raw is None


def a_run(family):
    scores = scores_of(curve_of(family), random_table(40, seed=11), EVENING, 5, "v", "model")
    return made_run(scores, {"C-1": CustomerFacts("Öz")}, known_rates=rates(USD="0.8731"))


@pytest.mark.parametrize("family", ["hazard", "habit"])
def test_the_money_of_reasons_is_what_is_expected_late_to_the_cent(family):
    for body in a_run(family).accounts:
        AccountBody.model_validate(body)
        amounts = [body["base_money"], *(reason["money"] for reason in body["reasons"])]
        assert sum(Decimal(money["amount"]) for money in amounts) == Decimal(body["expected_late"]["amount"])
        assert {money["currency"] for money in amounts} == {body["expected_late"]["currency"]}


@pytest.mark.parametrize("family", ["hazard", "habit"])
def test_what_is_published_can_be_told_in_another_language_without_scoring(family):
    run = a_run(family)
    QueueHead.model_validate(run.head)
    assert run.head["reasons_version"] == reasons_version()

    for body in (run.body(), *run.accounts):
        german, english = list(reasons_in(told_in(body, "de"))), list(reasons_in(body))
        assert told_in(body, "en") == body
        assert len(german) == len(english) > 0
        for told, stored in zip(german, english, strict=True):
            plain = tell_reason(stored["code"], stored["value"], stored.get("further"))
            assert stored["text"] in {plain, naming(plain, stored.get("item_id", ""))}
            assert told["text"] != stored["text"] or stored["code"] == "currency"
            assert {**told, "text": stored["text"]} == stored


def reasons_in(body):
    if isinstance(body, dict):
        if {"concept", "text"} <= body.keys():
            yield body
        else:
            for part in body.values():
                yield from reasons_in(part)
    elif isinstance(body, list):
        for part in body:
            yield from reasons_in(part)


def test_a_reason_without_a_code_keeps_its_text_in_every_language():
    stored = {"reasons": [{"concept": "habit", "text": "told long ago", "points": 0.1, "arrow": "▲", "code": ""}]}

    assert told_in(stored, "de") == stored
