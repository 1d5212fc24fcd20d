"""The engine answers as plain SQL does, on random companies whose facts are corrected, taken back and told late."""

import numpy as np
import pandas as pd
from builders import law
from feature_sql import FEATURES, rows_by_sql
from feature_sql_company import evenings_of, random_company
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from features.compute import feature_rows
from features.questions import open_questions
from ledger.days import NEVER

seeds = st.integers(min_value=0, max_value=2**32 - 1)

NUMBERS = [feature.name for feature in CATALOGUE if not feature.is_category]

WEIGHED = {
    "days_late_recent", "days_late_usual", "days_late_drift", "habit_gap", "days_late_std_365d", "amount_log10",
    "open_amount_log10", "overdue_amount_log10", "days_late_last_3", "days_late_last_5",
}  # fmt: skip
"""Features of roots, logarithms and weights, which two programs round differently; all others agree to the last bit."""

ULP = 2.0**-23
"""How far apart two neighbours of single precision are, relative to themselves."""

NEVER_MISSING = {
    # What is counted is 0 where there is nothing; an item that is asked about was billed, is open and has a due day.
    "promises_kept_count_365d", "dispute_count_365d", "promises_open_count", "disputed_share", "settled_count",
    "invoice_count", "customer_days", "open_count", "open_amount_log10", "item_share", "overdue_count",
    "overdue_amount_log10", "overdue_share", "overdue_1_30_count", "overdue_1_30_share", "overdue_31_60_count",
    "overdue_31_60_share", "overdue_61_90_count", "overdue_61_90_share", "overdue_over_90_count",
    "overdue_over_90_share", "oldest_open_dpd", "dpd", "amount_log10", "paid_share", "terms_days", "due_weekday",
    "due_days_to_month_end", "due_days_to_quarter_end", "days_to_month_end", "month",
}  # fmt: skip


def test_the_sql_answers_every_number_of_the_catalogue():
    assert set(FEATURES) == set(NUMBERS)


@law(30)
@given(seed=seeds)
def test_the_engine_answers_as_plain_sql_does(seed):
    view = random_company(seed)
    by_sql = rows_by_sql(view, evenings_of(seed))
    questions = open_questions(view, evenings_of(seed))
    assert questions.values.tolist() == by_sql[["item_id", "day"]].values.tolist()
    for by_oracle in (False, True):
        assert differences(feature_rows(view, questions, by_oracle=by_oracle).values, by_sql) == []


def test_the_random_companies_tell_the_features_apart():
    rows = pd.concat([rows_by_sql(random_company(seed), evenings_of(seed)) for seed in range(12)])
    assert [name for name in NUMBERS if rows[name].nunique() < 2] == []
    assert {name for name in NUMBERS if not rows[name].isna().any()} == NEVER_MISSING


def test_some_facts_of_the_random_companies_are_taken_back():
    views = [random_company(seed) for seed in range(12)]
    settled = pd.concat([view.settlements for view in views])
    promises = pd.concat([view.promise_spans for view in views])
    items = pd.concat([view.items for view in views])
    assert (settled["taken_back_on"] < NEVER).mean() > 0.05
    assert (promises["taken_back_on"] < NEVER).mean() > 0.05
    assert (items["superseded_on"] < NEVER).mean() > 0.05


def differences(answered: pd.DataFrame, by_sql: pd.DataFrame) -> list[tuple[str, str, int, float, float]]:
    """The first row of each feature on which both do not agree: name, item, day, and the two values."""
    found = []
    for name in NUMBERS:
        ours, theirs = answered[name].to_numpy(), by_sql[name].to_numpy().astype(np.float32)
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        if name in WEIGHED:
            same |= np.isclose(ours, theirs, rtol=ULP, atol=1e-9)
        for row in np.flatnonzero(~same)[:1]:
            item_id, day = str(by_sql["item_id"].iloc[row]), int(by_sql["day"].iloc[row])
            found.append((name, item_id, day, float(ours[row]), float(theirs[row])))
    return found
