"""What the benchmark over the public ledgers makes of the answers of several models, on answers of our own."""

import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ledger.days import to_day
from training.metrics import Draws, auc

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from public_data import month_ends
from public_figures import figures_of, within_draws
from public_judging import BASELINES


def answers(ours: list[float], happened: list[int], cutoff: list[int]) -> pd.DataFrame:
    """One row per question, each of a customer of its own; every simple order says the same of all."""
    rows = pd.DataFrame({"ours": ours, "happened": np.array(happened) > 0, "cutoff": cutoff})
    return rows.assign(customer=[f"C-{at}" for at in range(len(rows))], **dict.fromkeys(BASELINES, 0.5))


TWO_CUTOFFS = answers(
    ours=[0.9, 0.8, 0.7, 0.6, 0.3, 0.2, 0.1],
    happened=[1, 0, 1, 0, 1, 0, 0],
    cutoff=[0, 0, 0, 0, 1, 1, 1],
)
"""Three of four pairs are in order behind the first cutoff, both of two behind the second, nine of twelve pooled."""


def test_within_cutoffs_only_answers_of_one_model_are_compared_and_each_cutoff_counts_by_its_pairs():
    found = figures_of(TWO_CUTOFFS)

    assert found.within.auc.value == pytest.approx((3 + 2) / (4 + 2))
    assert found.pooled.auc.value == pytest.approx(auc(TWO_CUTOFFS["ours"], TWO_CUTOFFS["happened"]))
    assert found.pooled.auc.value == pytest.approx((4 + 3 + 2) / (3 * 4))


def test_what_a_model_says_of_everybody_alike_moves_the_pooled_figure_and_not_the_one_within():
    lower = TWO_CUTOFFS.assign(ours=TWO_CUTOFFS["ours"].where(TWO_CUTOFFS["cutoff"] == 0, TWO_CUTOFFS["ours"] + 5.0))

    before, after = figures_of(TWO_CUTOFFS), figures_of(lower)

    assert after.within == before.within
    assert after.pooled != before.pooled


def test_the_simple_orders_are_judged_in_the_same_way_and_the_differences_are_paired():
    rows = TWO_CUTOFFS.assign(logistic=TWO_CUTOFFS["ours"])

    found = figures_of(rows)

    for ranked in found.ways.values():
        assert ranked.simple["logistic"] == ranked.auc.value
        assert ranked.gains["logistic"].value == 0
        assert ranked.simple["amount"] == 0.5


def test_a_cutoff_without_both_outcomes_has_no_pair_and_leaves_the_others_alone():
    alone = TWO_CUTOFFS.assign(happened=TWO_CUTOFFS["happened"] & (TWO_CUTOFFS["cutoff"] == 0))

    assert figures_of(alone).within.auc.value == pytest.approx(3 / 4)
    nobody = alone.assign(happened=False)
    assert np.isnan(figures_of(nobody).within.auc.value)


def test_every_draw_of_customers_is_judged_within_cutoffs():
    """Forty customers asked twice: of each draw the figure is the one of its own rows."""
    rng = np.random.default_rng(3)
    score, happened = rng.random(80), (rng.random(80) < 0.4).astype(float)
    cutoff, customer = np.repeat([0, 1], 40), np.tile(np.arange(40), 2)
    draws = Draws.of(customer, draws=5)

    drawn = within_draws(score, happened, cutoff, draws)

    for draw, counts in zip(drawn, draws.counts, strict=True):
        times = counts[draws.member]
        right = pairs = 0.0
        for number in (0, 1):
            s, y, w = (values[cutoff == number] for values in (score, happened, times))
            counted = (w * y).sum() * (w * (1 - y)).sum()
            right, pairs = right + counted * auc(s, y, w), pairs + counted
        assert draw == pytest.approx(right / pairs)


def ledger_of(known: list[str], newest: str) -> SimpleNamespace:
    """A ledger as far as its month ends ask for it: one invoice known on each of these days, rising."""
    days = list(map(date.fromisoformat, known))
    items = pd.DataFrame({"item_id": known, "known_on": list(map(to_day, days))})
    return SimpleNamespace(
        first_day=lambda: days[0],
        newest_day=lambda: date.fromisoformat(newest),
        as_of=lambda day: SimpleNamespace(day=day, items=items),
    )


A_YEAR_LATER = ledger_of(["2024-01-11", "2024-02-01", "2025-03-01"], newest="2025-06-30")
"""Half of its invoices are known before a year has passed, on 10 January."""

HALF_LATER = ledger_of(["2024-01-11", "2025-03-03", "2025-03-09"], newest="2025-06-29")
"""Half of them are known on 3 March of the next year; 31 May leaves 29 days."""


@pytest.mark.parametrize(
    ("ledger", "first", "last"),
    [(A_YEAR_LATER, "2025-01-31", "2025-05-31"), (HALF_LATER, "2025-03-31", "2025-04-30")],
)
def test_models_are_made_at_month_ends_from_a_year_and_half_of_the_invoices_to_thirty_days_before_the_end(
    ledger, first, last
):
    assert month_ends(ledger) == tuple(end.date() for end in pd.date_range(first, last, freq="ME"))
