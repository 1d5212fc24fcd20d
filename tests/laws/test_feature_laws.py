"""The laws of the feature rows, on random ledgers: the future does not matter, what was known does, a past day is
replayed bit for bit, the compiled engine and the clear one agree, and nothing but the facts matters."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import (
    FIRST_DAY,
    RANDOM_DAYS,
    contact,
    customer,
    invoice,
    law,
    ledger_of,
    payment,
    promise,
    random_facts,
    together,
)
from hypothesis import given
from hypothesis import strategies as st
from random_companies import LAST_DAY, MUTATIONS, bits, every_question, random_company, view_of, views_of

from features import point_in_time
from features.catalogue import CATALOGUE
from features.compute import feature_rows
from features.everyone import Everyone
from features.facts import Facts as NumberFacts
from features.from_view import facts_of
from features.oracle import answered_plainly
from features.point_in_time import Asked, Plan, answered, blocks, distinct
from features.questions import open_balance, open_questions
from ledger.days import NEVER, to_date, to_day
from ledger.facts import Facts
from ledger.view import LedgerView

seeds = st.integers(min_value=0, max_value=2**32 - 1)
evenings = st.integers(min_value=20, max_value=RANDOM_DAYS + 60).map(lambda days: FIRST_DAY + timedelta(days=days))
NUMBERS = [feature for feature in CATALOGUE if not feature.is_category]


# ------------------------------------------------------------------ the future


@law(10)
@given(seed=seeds, day=evenings)
def test_the_future_does_not_matter(seed, day):
    """Whatever is done to the facts learned after an evening: its rows, from its own view and from a later one."""
    facts, last, rng = random_company(seed), to_day(day), np.random.default_rng(seed)
    own = view_of(facts, day)
    then, rows = open_questions(own, [last]), bits(feature_rows(own))
    for mutation in MUTATIONS:
        that_evening, later = views_of(mutation(facts, last, rng), day, LAST_DAY)
        assert bits(feature_rows(that_evening)) == rows, mutation.__name__
        assert bits(feature_rows(later, then)) == rows, mutation.__name__


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_each_way_of_tampering_shows_once_its_evenings_have_come(mutation):
    """What is done to the future shows once that future has come: the law above is not blind to it."""
    day = FIRST_DAY + timedelta(days=150)
    shown = 0
    for seed in range(3):
        facts, rng = random_company(seed), np.random.default_rng(seed)
        changed = mutation(facts, to_day(day), rng)
        both = [feature_rows(view_of(each, LAST_DAY)) for each in (facts, changed)]
        shown += not both[0].values.equals(both[1].values)
    assert shown == 3


def test_what_was_known_does_matter():
    day, rng, changes = FIRST_DAY + timedelta(days=RANDOM_DAYS), np.random.default_rng(3), 120
    facts = plain_company(rng)
    before = bits(feature_rows(view_of(facts, day)))[-len(CATALOGUE) :]
    after = [bits(feature_rows(view_of(one_fact_changed(facts, rng), day)))[-len(CATALOGUE) :] for _ in range(changes)]
    assert sum(values != before for values in after) >= 0.95 * changes


def plain_company(rng: np.random.Generator) -> Facts:
    """Two customers whose invoices are paid in full or still open, all known by the end: every fact of them counts."""
    end = FIRST_DAY + timedelta(days=RANDOM_DAYS)
    company = [invoice(f"OPEN-{k}", customer=f"C-{k}", due_on=end + timedelta(days=9), amount=500) for k in (0, 1)]
    for number in range(30):
        due_on, who = FIRST_DAY + timedelta(days=int(rng.integers(30, RANDOM_DAYS))), f"C-{number % 2}"
        company.append(invoice(f"INV-{number:02d}", customer=who, due_on=due_on, amount=int(rng.integers(100, 999))))
        paid_on = due_on + timedelta(days=int(rng.integers(-5, 40)))
        if paid_on < end:
            amount = int(company[-1].items["amount_minor"].iloc[0]) // 100
            company.append(payment(f"INV-{number:02d}", paid_on=paid_on, amount=amount))
    for k in (0, 1):
        who, ago = f"C-{k}", [end - timedelta(days=days) for days in (40, 25, 12)]
        company.append(customer(who, country="DE", credit_limit=9_000))
        company += [contact(f"K-{k}-{n}", customer=who, happened_on=on) for n, on in enumerate(ago)]
        company.append(promise(f"M-{k}", customer=who, made_on=ago[0], promised_on=ago[1], amount=8_000))
        company.append(
            Facts.of(disputes=[{"dispute_id": f"D-{k}", "item_id": f"OPEN-{k}", "amount_minor": 100_00,
                                "opened_on": to_day(ago[2]), "known_on": to_day(ago[2])}])
        )  # fmt: skip
    return together(*company)


def one_fact_changed(facts: Facts, rng: np.random.Generator) -> Facts:
    """One fact with another amount, day, customer, currency, outcome, …, known later, or gone."""
    frames = {kind: frame.copy() for kind, frame in facts.frames().items()}
    kind = str(rng.choice(["items", "applications", "disputes", "contacts", "promises", "customers"],
                          p=[0.35, 0.35, 0.08, 0.08, 0.07, 0.07]))  # fmt: skip
    frame = frames[kind]
    at = int(rng.integers(len(frame)))
    column = str(rng.choice({
        "items": ["amount_minor", "due_on", "customer_id", "currency"],
        "applications": ["amount_minor", "happened_on", "known_on", "gone"],
        "disputes": ["amount_minor", "known_on", "gone"],
        "contacts": ["known_on", "gone", "outcome"],
        "promises": ["known_on", "gone", "amount_minor"],
        "customers": ["credit_limit_minor", "credit_limit_currency"],
    }[kind]))  # fmt: skip
    if column == "gone":
        frames[kind] = frame.drop(index=at)
    elif column == "known_on":
        frame.loc[at, column] += 400
    else:
        old = frame.loc[at, column]
        frame.loc[at, column] = {
            "amount_minor": lambda: 100 if kind == "promises" else old - 2_000 if kind == "applications" else old * 3,
            "due_on": lambda: old - 2,
            "happened_on": lambda: old - 4,
            "customer_id": lambda: "C-0" if old == "C-1" else "C-1",
            "currency": lambda: "GBP",
            "outcome": lambda: "right_party",
            "credit_limit_minor": lambda: old * 2,
            "credit_limit_currency": lambda: "USD",
        }[column]()
    return Facts.of(**frames)


# ------------------------------------------------------------------ a past day, replayed


@law(10)
@given(seed=seeds)
def test_a_past_day_asked_later_equals_that_days_own_view(seed):
    facts = random_company(seed)
    later, rng = view_of(facts, LAST_DAY), np.random.default_rng(seed)
    # The evenings on which something became known, and those before, are where a slip of one day would show.
    learned = np.concatenate([frame["known_on"] for frame in facts.frames().values()])
    learned = learned[(learned > int(facts.items["known_on"].min())) & (learned <= to_day(LAST_DAY))]
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


# ------------------------------------------------------------------ the engine and the oracle


def both_answers(view: LedgerView, step: int = 6):
    """Every answer of the compiled engine and of the clear one, before anything is rounded."""
    facts, questions = facts_of(view), every_question(view, step)
    item = facts.items_of(questions["item_id"])
    day = questions["day"].to_numpy(dtype=np.int64).astype(np.int32)
    row = facts.revision_at(item, day)
    asked = Asked(facts.revisions.customer[row], facts.revisions.currency[row], day)
    asks = list(dict.fromkeys(ask for feature in NUMBERS for ask in feature.value.asks()))
    return asks, answers(asks, facts, asked, answered), answers(asks, facts, asked, answered_plainly)


def answers(asks, facts: NumberFacts, asked: Asked, answering):
    """The answers to each of the asked, NaN where there is none, each of shape (n,)."""
    each = distinct(facts, asked)
    plan, back = Plan(asks), np.empty(len(each.order), dtype=np.int64)
    back[each.order] = each.place
    everyone = Everyone.of(facts, each.asked.day, plan.everyone)
    found = {ask: np.empty(len(each.asked.day)) for ask in asks}
    for rows, block in blocks(facts, each.asked):
        for ask, values in answering(plan, block, each.asked.take(rows), everyone).items():
            found[ask][rows] = values
    return {ask: values[back] for ask, values in found.items()}


@law(12)
@given(seed=seeds)
def test_the_compiled_engine_and_the_clear_one_give_the_same_answers(seed):
    asks, fast, clear = both_answers(view_of(random_company(seed), LAST_DAY))
    assert [ask for ask in asks if fast[ask].tobytes() != clear[ask].tobytes()] == []


@law(4)
@given(seed=seeds)
def test_they_do_on_companies_of_which_nothing_is_taken_back_too(seed):
    facts = random_facts(seed, customers=2, items=60)
    items = facts.items.drop_duplicates("item_id", keep="first")
    paid = facts.applications[facts.applications["amount_minor"] > 0]
    steady = Facts.of(items=items, applications=paid, customers=facts.customers)
    asks, fast, clear = both_answers(view_of(steady, LAST_DAY), step=3)
    assert [ask for ask in asks if fast[ask].tobytes() != clear[ask].tobytes()] == []


def test_random_ledgers_take_much_back_and_exercise_every_feature():
    views = [view_of(random_company(seed), LAST_DAY) for seed in range(8)]
    back = [
        (view.items["superseded_on"].to_numpy() != NEVER).sum() + (view.applications["amount_minor"] < 0).sum()
        for view in views
    ]
    facts = sum(len(view.items) + len(view.applications) for view in views)
    assert sum(back) >= 0.05 * facts
    values = pd.concat([feature_rows(view, every_question(view)).values for view in views])
    assert [feature.name for feature in CATALOGUE if values[feature.name].nunique() < 2] == []


# ------------------------------------------------------------------ nothing but the facts


@law(8)
@given(seed=seeds)
def test_the_order_of_questions_does_not_matter(seed):
    view = view_of(random_company(seed), LAST_DAY)
    questions = every_question(view)
    order = np.random.default_rng(seed).permutation(len(questions))
    shuffled = feature_rows(view, questions.iloc[order])
    assert bits(shuffled) == bits(feature_rows(view, questions).take(list(order)))


def test_the_order_of_the_facts_does_not_matter():
    """Neither of the facts that are loaded nor of the frames that a view is made of."""
    facts, rng = random_company(11), np.random.default_rng(11)
    view = view_of(facts, LAST_DAY)
    questions = every_question(view, 12)
    expected = bits(feature_rows(view, questions))
    for _ in range(8):
        loaded = Facts.of(**{k: f.iloc[rng.permutation(len(f))] for k, f in facts.frames().items()})
        assert bits(feature_rows(view_of(loaded, LAST_DAY), questions)) == expected
    names = (
        "items", "applications", "customers", "rates", "disputes", "absences", "contacts", "promises", "holds",
        "callbacks",
    )  # fmt: skip
    for _ in range(64):
        frames = {name: getattr(view, name) for name in names}
        mixed = {name: frame.iloc[rng.permutation(len(frame))] for name, frame in frames.items()}
        assert bits(feature_rows(LedgerView.of_facts(LAST_DAY, **mixed), questions)) == expected


@pytest.mark.parametrize("size", [1, 20, 60])
def test_the_size_of_the_blocks_does_not_matter(monkeypatch, size):
    view = view_of(random_company(4, customers=9, items=60), LAST_DAY)
    questions = every_question(view)
    expected = bits(feature_rows(view, questions))
    monkeypatch.setattr(point_in_time, "BLOCK", size)
    assert bits(feature_rows(view, questions)) == expected


def test_other_threads_at_the_same_work_do_not_matter():
    """Four threads at one fresh view each, and all four at the same fresh view."""
    seeds_at_once = (0, 1, 2, 3)
    expected = [bits(feature_rows(view, every_question(view))) for view in map(fresh, seeds_at_once)]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            views = [fresh(seed) for seed in seeds_at_once]
            assert list(pool.map(lambda view: bits(feature_rows(view, every_question(view))), views)) == expected
            one = fresh(0)
            same = pool.map(lambda view: bits(feature_rows(view, every_question(view))), [one] * 4)
            assert list(same) == [expected[0]] * 4


def fresh(seed: int) -> LedgerView:
    return view_of(random_company(seed), LAST_DAY)


DIGEST = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from random_companies import LAST_DAY, bits, every_question, random_company, view_of
from features.compute import feature_rows
view = view_of(random_company(2), LAST_DAY)
print(hashlib.sha256(repr(bits(feature_rows(view, every_question(view)))).encode()).hexdigest())
"""

PLACES = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8"},
    {"PYTHONHASHSEED": "5", "TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "7", "TZ": "Pacific/Chatham", "LANG": "C"},
)


def test_time_zone_locale_and_hash_seed_do_not_matter():
    tests, root = str(Path(__file__).parent.parent), str(Path(point_in_time.__file__).parent.parent)

    def digest(place: dict[str, str]) -> str:
        environment = os.environ | {"PYTHONPATH": root} | place
        command = [sys.executable, "-c", DIGEST, tests]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120).stdout

    assert len({digest(place) for place in PLACES}) == 1


# ------------------------------------------------------------------ the questions


@law(10)
@given(seed=seeds, day=evenings)
def test_the_open_questions_of_a_day_are_the_open_items_with_money_to_come(seed, day):
    facts = random_company(seed)
    own, later = views_of(facts, day, LAST_DAY)
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
    own, later = views_of(facts, day, LAST_DAY)
    told = [view.settlements.drop(columns="taken_back_on") for view in (own, later)]
    cut = (later.settlements["known_on"] <= last).to_numpy()
    assert told[1][cut].values.tolist() == told[0].values.tolist()
    ended = [view.settlements["taken_back_on"] > last for view in (own, later)]
    assert ended[1][cut].tolist() == ended[0].tolist()
    # The numbers that the engine has are those of the frame.
    numbers, frame = facts_of(later).settled, later.settlements
    item_ids = facts_of(later).item_ids.take(numbers.item)
    theirs = frame.set_index("item_id").loc[list(dict.fromkeys(item_ids))]
    for ours, column in (
        (numbers.cleared, "cleared_on"),
        (numbers.known, "known_on"),
        (numbers.taken_back, "taken_back_on"),
    ):
        assert ours.tolist() == theirs[column].tolist()
