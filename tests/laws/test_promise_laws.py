"""Laws of what was known of a promise: on every evening it is what `promise_state` says of the facts known by then."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pandas as pd
import pytest
from builders import FIRST_DAY, any_day, any_facts, derived_from, law, random_activity, together
from hypothesis import given
from hypothesis import strategies as st

from ledger.days import NEVER, to_date, to_day
from ledger.derivation import StoredFacts
from ledger.measures.promises import Cash, Promise, promise_state
from ledger.promise_history import PROMISE_SPAN_COLUMNS, promise_spans
from ledger.returned_cash import standing_cash
from ledger.view import APPLICATION_COLUMNS, ITEM_COLUMNS, PROMISE_COLUMNS, LedgerView

BEGIN = to_day(FIRST_DAY)
DAYS = 45
"""The small ledgers begin on a Wednesday and are looked at for so many evenings."""

Row = dict[str, Any]
Frames = dict[str, pd.DataFrame]
SHOWN = ["customer_id", "currency", "amount_minor", "promised_on", "state"]
SEEDS = st.integers(0, 2**32 - 1)


def small_ledger(seed: int) -> Frames:
    """Few items, much money to and fro: amounts so small that parts of cash and reversals often fit, and often do not.

    Items change their customer, currency and sign; cash is dated back and ahead, reversed in whole, in part and more
    than there is, and reversals are undone; promises are revised, withdrawn, told late, and name items, twice and of
    others.
    """
    rng = Random(seed)
    items = [_item(rng, f"I-{number}") for number in range(4)]
    applications = [row for item in range(4) for row in _money(rng, f"I-{item}")]
    promises = [_promise(rng, f"M-{number}") for number in range(6)]
    return {
        "items": _revised(rng, items, ITEM_COLUMNS, _corrected_item),
        "applications": pd.DataFrame(applications, columns=list(APPLICATION_COLUMNS)).astype(
            {"amount_minor": "int64", "happened_on": "int64", "known_on": "int64"}
        ),
        "promises": _revised(rng, promises, PROMISE_COLUMNS, _corrected_promise),
    }


def _item(rng: Random, item_id: str) -> Row:
    return {
        "item_id": item_id, "customer_id": rng.choice(["A", "A", "B"]), "entity": "", "invoice_number": item_id,
        "issued_on": BEGIN, "due_on": BEGIN + 9, "amount_minor": rng.choice([9, 9, 9, -5]),
        "currency": rng.choice(["EUR", "EUR", "USD"]), "terms": "", "kind": "invoice", "instalment": 0,
        "known_on": BEGIN + rng.randrange(0, 8), "source_row": 0,
    }  # fmt: skip


def _corrected_item(rng: Random) -> Row:
    return rng.choice([{"customer_id": "B"}, {"customer_id": "A"}, {"currency": "USD"}, {"amount_minor": -3}, {}])


def _money(rng: Random, item_id: str, days: int = DAYS - 8) -> Iterator[Row]:
    for number in range(rng.randrange(0, 9)):
        known = BEGIN + rng.randrange(0, days)
        kind = rng.choice(["cash", "cash", "cash", "reversal", "reversal", "discount"])
        amount = rng.randrange(1, 6) if kind != "reversal" else rng.choice([-5, -4, -3, -2, -1, -3, -2, 2, 3])
        yield {
            "application_id": f"{item_id}/{number}", "item_id": item_id, "kind": kind, "amount_minor": amount,
            "happened_on": known + rng.choice([0, 0, 0, -1, -4, -9, 3]), "known_on": known, "known_assumed": False,
        }  # fmt: skip


def _promise(rng: Random, promise_id: str) -> Row:
    made = BEGIN + rng.randrange(0, 25)
    promised = made + rng.randrange(0, 9)
    names = rng.choice(["", "", "I-0", "I-1\nI-2", "I-2\n\nI-2\nI-9", "I-3\nI-0"])
    return {
        "promise_id": promise_id, "customer_id": rng.choice(["A", "A", "B"]), "currency": rng.choice(["EUR", "USD"]),
        "amount_minor": rng.choice([1, 3, 5, 8, 20, 21]), "made_on": made, "promised_on": promised,
        "cancelled_on": rng.choice([NEVER, NEVER, NEVER, promised - 2, promised + 1]), "item_ids": names,
        "known_on": made + rng.choice([-1, 0, 0, 0, 3, 12]),
    }  # fmt: skip


def _corrected_promise(rng: Random) -> Row:
    return rng.choice(
        [{"amount_minor": 2}, {"item_ids": ""}, {"item_ids": "I-1"}, {"cancelled_on": BEGIN + rng.randrange(5, 30)},
         {"customer_id": "B"}, {"currency": "EUR"}, {"promised_on": BEGIN + 30}, {"cancelled_on": NEVER}]
    )  # fmt: skip


def _revised(rng: Random, rows: list[Row], columns: tuple[str, ...], correction: Any) -> pd.DataFrame:
    told = []
    for row in rows:
        told.append(row | {"superseded_on": NEVER})
        while rng.random() < 0.4:
            known = told[-1]["known_on"] + rng.randrange(1, 12)
            told[-1]["superseded_on"] = known
            told.append(told[-1] | correction(rng) | {"known_on": known, "superseded_on": NEVER})
    return pd.DataFrame(told, columns=list(columns))


def by_hand(ledger: Frames, evening: int) -> dict[str, tuple[Any, ...]]:
    """What a clerk knows of each promise that evening, from the facts of that evening alone."""
    items, promises = (_in_force(ledger[name], evening) for name in ("items", "promises"))
    known = [row for row in ledger["applications"].to_dict("records") if row["known_on"] <= evening]
    found = {}
    for row in promises:
        names = set(row["item_ids"].split("\n")) - {""}
        covered = {
            item["item_id"] for item in items
            if item["amount_minor"] > 0 and item["currency"] == row["currency"]
            and (item["item_id"] in names if names else item["customer_id"] == row["customer_id"])
        }  # fmt: skip
        cash = [
            Cash(minor, happened)
            for item_id in covered
            for minor, happened in cash_there([each for each in known if each["item_id"] == item_id])
        ]
        promise = Promise(row["amount_minor"], row["made_on"], row["promised_on"], row["cancelled_on"])
        state = promise_state(promise, cash, evening)
        found[row["promise_id"]] = (*(row[name] for name in SHOWN[:-1]), state)
    return found


def _in_force(frame: pd.DataFrame, evening: int) -> list[Row]:
    return [row for row in frame.to_dict("records") if row["known_on"] <= evening < row["superseded_on"]]


def cash_there(known: list[Row]) -> list[tuple[int, int]]:
    """The cash of one item that no reversal took back, as (amount, day), from its applications that are known."""
    there: list[tuple[int, int, int]] = []
    gone: list[tuple[int, int, int]] = []
    ranks = {"cash": 0, "reversal": 2}
    rows = [row for row in known if row["kind"] in ranks]
    rows.sort(
        key=lambda row: (
            row["known_on"], ranks[row["kind"]] - (row["kind"] == "reversal" and row["amount_minor"] > 0),
            row["happened_on"], row["amount_minor"],
        )
    )  # fmt: skip
    for row in rows:
        minor, day, evening = row["amount_minor"], row["happened_on"], row["known_on"]
        if row["kind"] == "cash":
            there.append((day, evening, minor))
        elif minor < 0:
            gone += _moved(there, -minor, day)
        else:
            back = _moved(gone, minor, day)
            there += [(happened, evening, part) for happened, _, part in back]
            rest = minor - sum(part for _, _, part in back)
            there += [(day, evening, rest)] if rest else []
    return [(minor, day) for day, _, minor in there]


def _moved(pile: list[tuple[int, int, int]], minor: int, day: int) -> list[tuple[int, int, int]]:
    """Take that much from the pile: in one part if one is just as large, else from the newest on."""
    fits = sorted((part for part in pile if part[0] <= day), reverse=True)
    exact = [part for part in fits if part[2] == minor][:1]
    taken = []
    for part in exact or fits:
        share = min(minor, part[2])
        if not share:
            break
        pile.remove(part)
        if part[2] > share:
            pile.append((part[0], part[1], part[2] - share))
        taken.append((part[0], part[1], share))
        minor -= share
    return taken


def cut(spans: pd.DataFrame, evening: int) -> pd.DataFrame:
    """The spans as they were known that evening."""
    known = spans[spans["known_on"] <= evening]
    end = known["taken_back_on"]
    return known.assign(taken_back_on=end.where(end <= evening, NEVER)).reset_index(drop=True)


@law(60)
@given(SEEDS)
def test_the_state_of_every_evening_is_what_a_clerk_says_of_what_was_known_by_then(seed):
    ledger = small_ledger(seed)
    spans = promise_spans(ledger["promises"], ledger["items"], ledger["applications"]).to_dict("records")

    for evening in range(BEGIN - 2, BEGIN + DAYS):
        there = [row for row in spans if row["known_on"] <= evening < row["taken_back_on"]]
        said = {row["promise_id"]: tuple(row[name] for name in SHOWN) for row in there}
        assert len(there) == len(said)
        assert said == by_hand(ledger, evening), to_date(evening)


@law(60)
@given(SEEDS)
def test_spans_follow_each_other_and_each_says_something_else(seed):
    spans = promise_spans(**small_ledger(seed))

    assert (spans["known_on"] < spans["taken_back_on"]).all()
    for _, rows in spans.groupby("promise_id"):
        assert rows["taken_back_on"].tolist() == [*rows["known_on"].tolist()[1:], NEVER]
        shown = rows[SHOWN].apply(tuple, axis=1).tolist()
        assert all(one != other for one, other in pairwise(shown))


@law(25)
@given(SEEDS)
def test_the_spans_of_a_later_view_cut_to_an_evening_are_those_of_its_own_view(seed):
    ledger = small_ledger(seed)
    last = LedgerView.of_facts(to_date(BEGIN + DAYS), **ledger)
    for evening in Random(seed).sample(range(BEGIN, BEGIN + DAYS), 6):
        own = LedgerView.of_facts(to_date(evening), **ledger)

        pd.testing.assert_frame_equal(cut(last.promise_spans, evening), own.promise_spans)
        pd.testing.assert_frame_equal(last.earlier(to_date(evening)).promise_spans, own.promise_spans)
        pd.testing.assert_frame_equal(promise_spans(**ledger, known_by=evening), own.promise_spans)
        assert (own.promise_spans["known_on"] <= evening).all()
        assert own.promise_spans["taken_back_on"].isin([NEVER, *range(evening + 1)]).all()


@law(100)
@given(SEEDS)
def test_on_every_evening_the_cash_is_there_that_no_reversal_known_by_then_took_back(seed):
    rng = Random(seed)
    rows = [row for item in range(8) for row in _money(rng, f"I-{item}", days=5)]
    parts = standing_cash(pd.DataFrame(rows, columns=list(APPLICATION_COLUMNS)))

    for evening in range(BEGIN, BEGIN + 6):
        there = parts[(parts["known_on"] <= evening) & (parts["taken_back_on"] > evening)]
        told, by_hand = Counter[Any](), Counter[Any]()
        for part in there.itertuples(index=False):
            told[part.item_id, part.happened_on] += part.amount_minor
        for item_id in {row["item_id"] for row in rows}:
            for minor, day in cash_there([r for r in rows if r["item_id"] == item_id and r["known_on"] <= evening]):
                by_hand[item_id, day] += minor
        assert told == by_hand
    rng.shuffle(rows)
    again = standing_cash(pd.DataFrame(rows, columns=list(APPLICATION_COLUMNS)))
    assert Counter(again.itertuples(index=False, name=None)) == Counter(parts.itertuples(index=False, name=None))


@law(25)
@given(SEEDS)
def test_the_order_of_the_rows_does_not_matter(seed):
    ledger = small_ledger(seed)
    shuffled = {name: frame.sample(frac=1, random_state=seed % 2**32) for name, frame in ledger.items()}

    pd.testing.assert_frame_equal(promise_spans(**shuffled), promise_spans(**ledger))


def view_of(stored: StoredFacts, evening: date, *, ordered: bool = True) -> LedgerView:
    return LedgerView.of_facts(
        evening, stored.items, stored.applications, stored.customers, stored.rates, disputes=stored.disputes,
        absences=stored.absences, contacts=stored.contacts, promises=stored.promises, ordered=ordered,
    )  # fmt: skip


@law(25)
@given(any_facts(), SEEDS, any_day(), st.integers(0, 90))
def test_contacts_promises_and_limits_learned_later_do_not_change_an_evening(facts, seed, day, later):
    stored = derived_from(together(facts, random_activity(seed, facts)))
    own, after = view_of(stored, day), view_of(stored, day + timedelta(days=later))
    sorted_here = view_of(stored, day, ordered=False)

    for name in ("contacts", "promises", "customers", "promise_spans"):
        pd.testing.assert_frame_equal(getattr(sorted_here, name), getattr(own, name), obj=name)
        pd.testing.assert_frame_equal(getattr(after.earlier(day), name), getattr(own, name), obj=name)
    pd.testing.assert_frame_equal(cut(after.promise_spans, to_day(day)), own.promise_spans)


def test_the_small_ledgers_have_promises_of_every_state_and_reversals_that_matter():
    spans, unlike = set(), 0
    for seed in range(40):
        ledger = small_ledger(seed)
        whole = promise_spans(**ledger)
        spans |= set(whole["state"])
        without = ledger["applications"][ledger["applications"]["kind"] != "reversal"]
        unlike += not whole.equals(promise_spans(**ledger | {"applications": without}))
    assert spans == {"pending", "kept", "part_kept", "broken", "cancelled"}
    assert unlike > 10


@pytest.mark.parametrize("known_by", [NEVER, BEGIN])
def test_no_promise_has_no_span(known_by):
    ledger = small_ledger(1)
    none = promise_spans(ledger["promises"].iloc[:0], ledger["items"], ledger["applications"], known_by=known_by)
    empty = promise_spans(*(ledger[name].iloc[:0] for name in ("promises", "items", "applications")), known_by=known_by)

    for frame in (none, empty):
        assert tuple(frame.columns) == PROMISE_SPAN_COLUMNS
        assert [str(kind) for kind in frame.dtypes] == ["str"] * 3 + ["int64"] * 2 + ["str"] + ["int64"] * 2
