"""The walk forward on a small company: what a fold knows, whom it is asked about, and what is noted beside it."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from builders import contact, invoice, known_by, ledger_of, payment, together
from model_builders import COMPANY_EVENING, company_ledger, paying_company

from ledger.days import to_date, to_day
from ledger.facts import Facts
from models.errors import NothingToFit
from models.readings import Curves
from training.choice import choose
from training.fit import Recipe
from training.walk_forward import WORKED_DAYS, _orders, folds_of, said_by, walk

FOLDS = 2
CONTENDERS = ["hazard", "logistic", "blend_25", "blend_50", "stacked", "until_due", "habit"]


def small(learned) -> Recipe:
    return Recipe(num_leaves=4, rounds=6)


def walked(facts: Facts, **also):
    ledger = company_ledger(facts)
    view = ledger.as_of(COMPANY_EVENING)
    return walk(ledger, view, folds_of(view, FOLDS), small, **also)


@pytest.fixture(scope="module")
def found():
    return walked(paying_company())


def said(one, rows=slice(None)) -> dict[str, bytes]:
    """What every contender says of some of the rows, to the bit."""
    return {
        name: values[rows].tobytes()
        for family, curves in one.curves.items()
        for name, values in said_by(family, curves).items()
    }


def another_future(facts: Facts, day: int) -> Facts:
    """The same up to the evening; of what was paid after it, everything is paid twenty days later."""
    later = facts.applications[facts.applications["known_on"] > day]
    moved = later.assign(
        happened_on=later["happened_on"] + 20, known_on=later["known_on"] + 20,
        application_id="X-" + later["application_id"],
    )  # fmt: skip
    items = facts.items[facts.items["known_on"] > day]
    return together(known_by(facts, to_date(day)), Facts.of(items=items, applications=moved))


def test_one_frame_has_a_row_per_open_item_and_judged_evening_with_what_everybody_said(found):
    judged = found.judged
    days = [day for fold in found.folds for day in fold.evenings]

    assert list(found.curves) == CONTENDERS
    assert [len(curves) for curves in found.curves["hazard"]] == judged.groupby("fold").size().tolist()
    assert sorted(judged["day"].unique()) == days
    assert not judged.duplicated(["day", "item_id"]).any()
    assert judged["item_id"].tolist() == found.table.keys["item_id"].tolist()
    assert (judged["day"] > judged["cutoff"] + 6).all()
    for name, values in said_by("habit", found.curves["habit"]).items():
        assert len(values) == len(judged), name


def test_rows_that_are_not_yet_due_are_there_too(found):
    assert (found.judged["dpd"] < 0).any()
    assert (found.judged["dpd"] > 0).any()


def test_what_happened_is_told_as_the_ledger_knows_it(found):
    paid = dict(
        zip(paying_company().applications["item_id"], paying_company().applications["happened_on"], strict=True)
    )
    for row in found.judged[found.judged["known_30"]].itertuples():
        assert row.unpaid_30 == (paid.get(row.item_id, 10**9) > row.day + 30)
        assert row.unpaid_14 >= row.unpaid_30


def test_new_items_are_asked_about_once_each_on_the_evening_they_became_known(found):
    facts, new = paying_company(), found.at_issue
    paid = dict(zip(facts.applications["item_id"], facts.applications["happened_on"], strict=True))
    told = facts.items.drop_duplicates("item_id")
    weeks = [told[told["known_on"].between(fold.evenings[0], fold.evenings[-1])] for fold in found.folds]
    asked = pd.concat([rows.sort_values(["known_on", "item_id"]) for rows in weeks])
    in_time = asked["due_on"].to_numpy() + 5
    late = asked["item_id"].map(paid).fillna(10**9).to_numpy() > in_time

    over = in_time <= found.found.last_observed
    assert not new.known[~over].any()
    assert new.known[over].mean() > 0.9  # the others left by a credit memo
    assert new.unpaid[new.known].tolist() == late[new.known].tolist()
    assert 0 < new.unpaid[new.known].mean() < 1
    assert new.fold.tolist() == np.repeat(np.arange(FOLDS), [len(rows) for rows in weeks]).tolist()
    assert list(new.curves) == CONTENDERS
    sizes = [len(rows) for rows in weeks]
    assert all([len(one) for one in folds] == sizes for folds in new.curves.values())


def known_in_the_judged_weeks(items: pd.DataFrame, found) -> np.ndarray:
    weeks = [items["known_on"].between(fold.evenings[0], fold.evenings[-1]) for fold in found.folds]
    return np.any(weeks, axis=0)


def test_where_no_item_came_in_the_judged_weeks_the_open_book_alone_is_judged(found):
    facts = paying_company()
    new = facts.items.loc[known_in_the_judged_weeks(facts.items, found), "item_id"]
    items, paid = (frame[~frame["item_id"].isin(new)] for frame in (facts.items, facts.applications))

    other = walked(Facts.of(items=items, applications=paid))

    assert len(other.judged)
    assert len(other.at_issue.money) == len(other.at_issue.known) == 0
    assert choose(other).family in CONTENDERS


def test_the_money_of_new_items_is_told_in_the_currency_of_the_open_book(found):
    """Without rates that is the most frequent one there, whatever the new invoices are in."""
    facts = paying_company()
    new = known_in_the_judged_weeks(facts.items, found)
    items = facts.items.assign(currency=np.where(new, "USD", "EUR"))

    other = walked(Facts.of(items=items, applications=facts.applications))

    assert other.currency == "EUR"
    assert len(other.at_issue.money)
    assert not other.at_issue.money.any()


def test_what_a_fold_says_of_its_first_evening_knows_nothing_after_it(found):
    """With other payments after the first judged evening of the oldest fold, it says the same and other comes."""
    first = found.folds[0].evenings[0]

    other = walked(another_future(paying_company(), first))

    here, there = (np.flatnonzero(one.judged["day"] == first) for one in (found, other))
    assert found.judged["item_id"][here].tolist() == other.judged["item_id"][there].tolist()
    assert said(found, here) == said(other, there)
    assert not found.judged["unpaid_14"][here].equals(other.judged["unpaid_14"][there])
    newest = [one.judged["fold"] == 1 for one in (found, other)]
    assert said(found, newest[0]) != said(other, newest[1])


def test_what_is_learned_after_the_judging_evening_changes_nothing_at_all(found):
    later = together(
        paying_company(),
        invoice("NEW", due_on=COMPANY_EVENING, amount=9, known_on=COMPANY_EVENING + timedelta(days=1)),
        payment(
            "INV-0890",
            paid_on=COMPANY_EVENING - timedelta(days=40),
            known_on=COMPANY_EVENING + timedelta(days=2),
            amount=1,
        ),
    )

    other = walked(later)

    pd.testing.assert_frame_equal(other.judged, found.judged)
    assert said(other) == said(found)
    assert np.array_equal(other.at_issue.unpaid, found.at_issue.unpaid)
    for name, folds in found.at_issue.curves.items():
        here, there = (Curves.together(one).intensity for one in (folds, other.at_issue.curves[name]))
        assert here.tobytes() == there.tobytes()


@pytest.fixture(scope="module")
def eventful(found):
    """The company with an invoice of long ago, a new customer right before the newest fold's evenings, and calls."""
    newest, first, who = found.folds[-1], found.folds[0].evenings[0], called(found)
    calls = [to_date(first + days) for days in (1, WORKED_DAYS, WORKED_DAYS + 1)]
    fresh_on, fresh_due = to_date(newest.evenings[0] - 1), to_date(newest.evenings[2])
    return walked(
        together(
            paying_company(),
            invoice("OLD", due_on=to_date(newest.evenings[1] - 365), amount=100, customer="C-00"),
            invoice("FRESH", issued_on=fresh_on, due_on=fresh_due, amount=100, customer="C-NEW"),
            *(contact(f"K-{number}", customer=who, happened_on=day) for number, day in enumerate(calls)),
        )
    )


def called(found) -> str:
    """A customer with an item open on the first judged evening."""
    return str(found.judged["customer_id"].iloc[0])


def test_an_item_is_judged_however_long_it_is_past_due(eventful):
    old = eventful.judged[eventful.judged["item_id"] == "OLD"]

    assert old["day"].max() == eventful.folds[-1].evenings[-1]
    assert old["dpd"].max() > 365


def test_a_customer_of_whom_the_fold_had_no_row_is_marked_as_unseen(eventful):
    fresh = eventful.judged[eventful.judged["customer_id"] == "C-NEW"]

    assert len(fresh) == len(eventful.folds[-1].evenings)
    assert fresh["unseen"].all()
    assert not eventful.judged[eventful.judged["customer_id"] == "C-00"]["unseen"].any()


def test_the_teams_own_order_counts_the_calls_of_the_week_after_each_evening(eventful, found):
    first = eventful.judged[eventful.judged["day"] == found.folds[0].evenings[0]]
    of_called = first["customer_id"] == called(found)

    assert eventful.orders[-1] == "worked"
    assert set(first["worked_14"][of_called]) == {2.0}  # the call eight days later came after the week
    assert set(first["worked_30"][~of_called]) == {0.0}


def test_without_a_contact_on_the_judged_evenings_there_is_no_worked_order(found):
    first, last = found.judged["day"].min(), found.judged["day"].max()

    def orders(day: int) -> tuple[str, ...]:
        facts = together(paying_company(), contact("K-1", happened_on=to_date(day), known_on=COMPANY_EVENING))
        return _orders(company_ledger(facts).as_of(COMPANY_EVENING), found.table)

    assert "worked" not in found.orders
    assert "worked" not in orders(first - 1)
    assert "worked" not in orders(last + WORKED_DAYS + 1)
    assert "worked" in orders(last + WORKED_DAYS)


def test_money_is_told_in_the_most_frequent_currency_and_0_where_no_rate_is_known(found):
    euro = found.judged["currency"] == "EUR"

    assert found.currency == "EUR"
    assert (found.judged["money"][euro] == found.judged["open_minor"][euro]).all()
    assert not found.judged["money"][~euro].any()


def test_the_newest_fold_is_asked_first_whether_there_is_time_and_one_without_is_left_out():
    asked: list[int] = []
    lines: list[str] = []

    found = walked(paying_company(), may_fit=lambda number: asked.append(number) or number == 1, say=lines.append)

    assert asked == [1, 0]
    assert found.judged["fold"].unique().tolist() == [1]
    assert len(found.folds) == len(found.curves["hazard"]) == 1
    assert found.learned.outcomes.last_observed <= found.folds[0].cutoff
    assert [line.split(":")[0] for line in lines] == ["fold 2 of 2"]
    assert found.seconds_each > 0


def test_folds_are_told_oldest_first_though_the_newest_is_judged_first(found):
    assert found.judged["fold"].is_monotonic_increasing
    assert [fold.cutoff for fold in found.folds] == sorted(fold.cutoff for fold in found.folds)
    assert found.learned.outcomes.last_observed <= found.folds[-1].cutoff
    assert found.learned.outcomes.last_observed > found.folds[0].cutoff


def test_the_recipe_is_chosen_once_from_what_the_oldest_cutoff_knew():
    seen = []
    ledger = company_ledger(paying_company())
    view = ledger.as_of(COMPANY_EVENING)
    folds = folds_of(view, FOLDS)

    def choose(learned):
        seen.append(learned.outcomes.last_observed)
        raise NothingToFit("interval")

    with pytest.raises(NothingToFit):
        walk(ledger, view, folds, choose)
    assert len(seen) == 1
    assert seen[0] <= folds[0].cutoff < folds[0].evenings[0]


def test_where_nothing_stayed_open_overnight_there_is_nothing_to_learn_from_and_no_walk():
    days = [COMPANY_EVENING - timedelta(days=days) for days in (300, 50)]
    ledger = ledger_of(
        *(invoice(f"INV-{day}", due_on=day, issued_on=day, amount=10) for day in days),
        *(payment(f"INV-{day}", paid_on=day, amount=10) for day in days),
    )
    view = ledger.as_of(COMPANY_EVENING)

    assert folds_of(view, 5)
    assert walk(ledger, view, folds_of(view, 5), small) is None


def test_folds_end_before_the_last_days_cash_is_booked():
    view = company_ledger(paying_company()).as_of(COMPANY_EVENING)

    assert to_day(COMPANY_EVENING) - folds_of(view, 1)[0].evenings[-1] > 30
