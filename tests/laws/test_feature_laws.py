"""The laws of the feature rows, on random ledgers: the future does not matter, a past day is replayed bit for bit, the
fast engine and the slow sweep agree, and the order of questions is nobody's business."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from builders import FIRST_DAY, RANDOM_DAYS, derived_from, invoice, law, ledger_of, payment, random_facts, together
from hypothesis import given
from hypothesis import strategies as st

from features.catalogue import CATALOGUE
from features.compute import feature_rows, open_balance, open_questions
from features.facts import facts_of
from features.table import FeatureTable
from ledger.days import to_date, to_day
from ledger.facts import Facts
from ledger.view import LedgerView

LAST_DAY = FIRST_DAY + timedelta(days=RANDOM_DAYS + 60)

seeds = st.integers(min_value=0, max_value=2**32 - 1)
evenings = st.integers(min_value=20, max_value=RANDOM_DAYS + 60).map(lambda days: FIRST_DAY + timedelta(days=days))


def random_company(seed: int) -> Facts:
    """A small company of `builders`, in which some corrections also move an invoice to another customer or currency."""
    facts, rng = random_facts(seed, customers=3, items=24), np.random.default_rng(seed)
    moved = facts.items.drop_duplicates("item_id", keep="last").sample(frac=0.15, random_state=seed % 2**31)
    moved = moved.assign(
        known_on=moved["known_on"] + rng.integers(1, 90, len(moved)),
        customer_id=[f"C-{number}" for number in rng.integers(0, 3, len(moved))],
        currency=rng.choice(["EUR", "USD"], len(moved)),
    )
    paid = facts.applications
    residue = np.where((paid["kind"] == "cash") & (rng.random(len(paid)) < 0.2), 3, 0)
    return Facts.of(
        items=pd.concat([facts.items, moved]), applications=paid.assign(amount_minor=paid["amount_minor"] - residue)
    )


def view_of(facts: Facts, day: date) -> LedgerView:
    """The view of an evening, with validity derived as the ledger derives it."""
    derived = derived_from(facts)
    items = derived.items.assign(source_row=np.arange(1, len(derived.items) + 1))
    return LedgerView.of_facts(day, items, derived.applications)


def bits(table: FeatureTable) -> list[tuple[str, bytes]]:
    """Every cell of a table, to the bit; `source_row` names a file and is left out."""
    frame = pd.concat([table.keys.drop(columns="source_row"), table.values], axis=1)
    return [
        (name, column.to_numpy().tobytes() if column.dtype.kind in "if" else "|".join(column).encode())
        for name, column in frame.items()
    ]


def every_question(view: LedgerView) -> pd.DataFrame:
    """All open items on every sixth evening up to the view's."""
    return open_questions(view, range(to_day(view.day), to_day(FIRST_DAY) - 1, -6))


@law(10)
@given(seed=seeds, day=evenings)
def test_the_future_does_not_matter(seed, day):
    facts, other = random_company(seed), random_company(seed + 1)
    last = to_day(day)
    known = Facts.of(
        items=facts.items[facts.items["known_on"] <= last],
        applications=facts.applications[facts.applications["known_on"] <= last],
    )
    # Everything learned later is torn out and replaced by somebody else's later facts, under the same item ids.
    later = other.items[(other.items["known_on"] > last)]
    paid_later = other.applications[
        (other.applications["known_on"] > last) & other.applications["item_id"].isin(facts.items["item_id"])
    ].assign(application_id=lambda rows: "other-" + rows["application_id"])
    changed = Facts.of(
        items=pd.concat([known.items, later]).drop_duplicates(["item_id", "known_on"]),
        applications=pd.concat([known.applications, paid_later]),
    )
    assert bits(feature_rows(view_of(facts, day))) == bits(feature_rows(view_of(changed, day)))
    # And from the last evening, with all that came later in the view, the same question has the same answer.
    then = open_questions(view_of(facts, day), [last])
    from_last = [feature_rows(view_of(each, LAST_DAY), then) for each in (facts, changed)]
    assert bits(from_last[0]) == bits(from_last[1]) == bits(feature_rows(view_of(known, day)))


def test_what_was_known_does_matter():
    day, rng, changes = FIRST_DAY + timedelta(days=RANDOM_DAYS), np.random.default_rng(3), 40
    facts = plain_company(rng)
    before = bits(feature_rows(view_of(facts, day)))[-len(CATALOGUE) :]
    after = [bits(feature_rows(view_of(one_fact_changed(facts, rng), day)))[-len(CATALOGUE) :] for _ in range(changes)]
    assert sum(values != before for values in after) >= 0.95 * changes


def plain_company(rng: np.random.Generator) -> Facts:
    """Two customers whose invoices are paid in full or still open, all known by the end: every fact of them counts."""
    company = [
        invoice(f"OPEN-{k}", customer=f"C-{k}", due_on=FIRST_DAY + timedelta(days=RANDOM_DAYS + 9), amount=500)
        for k in (0, 1)
    ]
    for number in range(30):
        due_on, who = FIRST_DAY + timedelta(days=int(rng.integers(30, RANDOM_DAYS))), f"C-{number % 2}"
        company.append(invoice(f"INV-{number:02d}", customer=who, due_on=due_on, amount=int(rng.integers(100, 999))))
        paid_on = due_on + timedelta(days=int(rng.integers(-5, 40)))
        if paid_on < FIRST_DAY + timedelta(days=RANDOM_DAYS):
            amount = int(company[-1].items["amount_minor"].iloc[0]) // 100
            company.append(payment(f"INV-{number:02d}", paid_on=paid_on, amount=amount))
    return together(*company)


def one_fact_changed(facts: Facts, rng: np.random.Generator) -> Facts:
    """One fact with another amount, day, customer or currency, known later, or gone."""
    items, applications = facts.items.copy(), facts.applications.copy()
    if rng.random() < 0.5:
        at = rng.integers(len(items))
        column = str(rng.choice(["amount_minor", "due_on", "customer_id", "currency"]))
        old = items.loc[at, column]
        items.loc[at, column] = {
            "amount_minor": lambda: old * 3,
            "due_on": lambda: old - 2,
            "customer_id": lambda: "C-0" if old == "C-1" else "C-1",
            "currency": lambda: "GBP",
        }[column]()
    else:
        at = rng.integers(len(applications))
        column = str(rng.choice(["amount_minor", "happened_on", "known_on", "gone"]))
        if column == "gone":
            applications = applications.drop(index=at)
        elif column == "known_on":
            applications.loc[at, "known_on"] += 400
        else:
            applications.loc[at, column] -= 4 if column == "happened_on" else 2_000
    return Facts.of(items=items, applications=applications)


@law(10)
@given(seed=seeds)
def test_a_past_day_asked_later_equals_that_days_own_view(seed):
    facts = random_company(seed)
    later, rng = view_of(facts, LAST_DAY), np.random.default_rng(seed)
    # The evenings on which something became known, and those before, are where a slip of one day would show.
    learned = np.concatenate([facts.items["known_on"], facts.applications["known_on"]])
    for day in rng.choice(learned, 4, replace=False) - [0, 1, 1, 1]:
        own = view_of(facts, to_date(day))
        replayed = feature_rows(later, open_questions(later, [day]))
        assert bits(replayed) == bits(feature_rows(own))


def test_a_past_day_is_replayed_through_the_ledger_too():
    ledger = ledger_of(random_facts(5, items=40))
    day = FIRST_DAY + timedelta(days=120)
    later = ledger.as_of(LAST_DAY)
    assert bits(feature_rows(later, open_questions(later, [to_day(day)]))) == bits(feature_rows(ledger.as_of(day)))
    ledger.close()


@law(10)
@given(seed=seeds)
def test_the_fast_engine_and_the_sweep_give_the_same_answers(seed):
    view = view_of(random_company(seed), LAST_DAY)
    questions = every_question(view)
    assert bits(feature_rows(view, questions)) == bits(feature_rows(view, questions, every_row_swept=True))


def test_random_ledgers_exercise_both_paths_and_every_feature():
    views = [view_of(random_company(seed), LAST_DAY) for seed in range(4)]
    tables = [(view, feature_rows(view, every_question(view))) for view in views]
    unsteady = np.concatenate(
        [
            table.keys["day"].to_numpy()
            >= facts_of(view).unsteady_from[facts_of(view).customer_ids.get_indexer(table.keys["customer_id"])]
            for view, table in tables
        ]
    )
    assert 0.1 < unsteady.mean() < 0.95
    values = pd.concat([table.values for _, table in tables])
    assert [feature.name for feature in CATALOGUE if values[feature.name].nunique() < 2] == []


@law(8)
@given(seed=seeds)
def test_the_order_of_questions_does_not_matter(seed):
    view = view_of(random_company(seed), LAST_DAY)
    questions = every_question(view)
    order = np.random.default_rng(seed).permutation(len(questions))
    shuffled = feature_rows(view, questions.iloc[order])
    assert bits(shuffled) == bits(feature_rows(view, questions).take(list(order)))


@law(10)
@given(seed=seeds, day=evenings)
def test_the_open_questions_of_a_day_are_the_open_items_with_money_to_come(seed, day):
    facts = random_company(seed)
    own, later = view_of(facts, day), view_of(facts, LAST_DAY)
    items = own.open_items()
    items = items[(items["amount_minor"] > 0) & (items["open_minor"] > 0) & ~items["open_within_tolerance"]]
    questions = open_questions(later, [to_day(day)])
    assert questions["item_id"].tolist() == items["item_id"].tolist()
    assert open_balance(later, questions).tolist() == items["open_minor"].tolist()
    assert feature_rows(own).keys["dpd"].tolist() == items["dpd"].tolist()


@law(10)
@given(seed=seeds, day=evenings)
def test_settlements_known_on_a_day_are_those_of_its_own_view(seed, day):
    """What the engine leans on: an episode of a later view, cut to an evening, is the episode of that evening."""
    facts, last = random_company(seed), to_day(day)
    own, later = view_of(facts, day).settlements, view_of(facts, LAST_DAY).settlements
    cut = later[later["known_on"] <= last]
    assert cut.drop(columns="taken_back_on").values.tolist() == own.drop(columns="taken_back_on").values.tolist()
    assert (cut["taken_back_on"] > last).tolist() == (own["taken_back_on"] > last).tolist()
