"""Random companies for the laws of the features: every kind of fact, and a good part of them taken back.

Companies of `builders.random_facts` with corrections that also move an invoice to another customer or currency, short
payments, bounced payments, disputes, contacts, promises, credit limits, holds and callbacks; and what may be done to
them.
"""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
from builders import FIRST_DAY, RANDOM_DAYS, derived_from, random_activity, random_facts, random_orders

from features.questions import open_questions
from features.table import FeatureTable
from ledger.days import NEVER, to_day
from ledger.facts import Facts
from ledger.schema import FACT_TABLES
from ledger.view import LedgerView

LAST_DAY = FIRST_DAY + timedelta(days=RANDOM_DAYS + 60)
Mutation = Callable[[Facts, int, np.random.Generator], Facts]


def random_company(seed: int, customers: int = 3, items: int = 24) -> Facts:
    """A company drawn from the seed; a fifth of its facts or more are taken back or corrected later."""
    facts, rng = random_facts(seed, customers, items), np.random.default_rng([seed, 7])
    moved = facts.items.drop_duplicates("item_id", keep="last").sample(frac=0.15, random_state=seed % 2**31)
    moved = moved.assign(
        known_on=moved["known_on"] + rng.integers(1, 90, len(moved)),
        customer_id=[f"C-{number}" for number in rng.integers(0, customers, len(moved))],
        currency=rng.choice(["EUR", "USD"], len(moved)),
    )
    # One moved invoice in two goes back to where it was.
    back = facts.items[facts.items["item_id"].isin(moved["item_id"].iloc[::2])].drop_duplicates("item_id", keep="last")
    back = back.assign(known_on=moved.set_index("item_id")["known_on"].reindex(back["item_id"]).to_numpy() + 20)
    paid = facts.applications
    residue = np.where((paid["kind"] == "cash") & (rng.random(len(paid)) < 0.2), 3, 0)
    facts = Facts.of(
        items=pd.concat([facts.items, moved, back]),
        applications=paid.assign(amount_minor=paid["amount_minor"] - residue),
        customers=facts.customers,
        rates=facts.rates,
        disputes=_disputes(facts.items, rng),
    )
    return facts + random_activity(seed, facts) + random_orders(seed, facts)


def view_of(facts: Facts, day: date) -> LedgerView:
    """The view of an evening, with validity derived as the ledger derives it."""
    return views_of(facts, day)[0]


def views_of(facts: Facts, *days: date) -> list[LedgerView]:
    """The views of these evenings, with validity derived once."""
    stored = derived_from(facts)
    items = stored.items.assign(source_row=np.arange(1, len(stored.items) + 1))
    return [
        LedgerView.of_facts(
            day, items, stored.applications, stored.customers, stored.rates, disputes=stored.disputes,
            absences=stored.absences, contacts=stored.contacts, promises=stored.promises, holds=stored.holds,
            callbacks=stored.callbacks,
        )
        for day in days
    ]  # fmt: skip


def bits(table: FeatureTable) -> list[tuple[str, bytes]]:
    """Every cell of a table, to the bit; `source_row` names a file and is left out."""
    frame = pd.concat([table.keys.drop(columns="source_row"), table.values], axis=1)
    return [
        (str(name), column.to_numpy().tobytes() if column.dtype.kind in "if" else "|".join(column).encode())
        for name, column in frame.items()
    ]


def every_question(view: LedgerView, step: int = 6) -> pd.DataFrame:
    """All open items on every so many evenings up to the view's."""
    return open_questions(view, range(to_day(view.day), to_day(FIRST_DAY) - 1, -step))


def _disputes(items: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One invoice in four is disputed, some twice told, some never resolved."""
    rows = []
    for number, item in enumerate(items.drop_duplicates("item_id").to_dict("records")):
        if item["amount_minor"] > 0 and rng.random() < 0.25:
            opened = int(item["known_on"] + rng.integers(-15, 40))
            row = {
                "dispute_id": f"D-{number}", "item_id": item["item_id"], "reason": "price", "opened_on": opened,
                "amount_minor": max(1, int(item["amount_minor"]) // int(rng.integers(1, 4))), "resolved_on": NEVER,
                "known_on": opened + int(rng.choice([0, 0, 4])),
            }  # fmt: skip
            rows.append(row)
            if rng.random() < 0.6:
                known = int(row["known_on"]) + int(rng.integers(1, 60))
                rows.append(row | {"resolved_on": known - int(rng.choice([0, 1])), "known_on": known})
    return pd.DataFrame(rows) if rows else pd.DataFrame()


# ------------------------------------------------------------------ what may happen to facts learned after an evening


def _changed(facts: Facts, **frames: pd.DataFrame) -> Facts:
    return Facts.of(**(facts.frames() | frames))


def _later(frame: pd.DataFrame, last: int) -> "pd.Series[bool]":
    return frame["known_on"] > last


def torn_out(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Every fact learned later is gone."""
    return Facts.of(**{kind: frame[~_later(frame, last)] for kind, frame in facts.frames().items()})


def other_amounts(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Later invoices and payments over a hundred times the amount."""
    frames = {
        kind: frame.assign(amount_minor=frame["amount_minor"].where(~_later(frame, last), frame["amount_minor"] * 100))
        for kind, frame in facts.frames().items()
        if "amount_minor" in frame
    }
    return _changed(facts, **frames)


def other_days(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Later invoices due, and later payments made, at any other time: before the evening too."""
    shift = rng.integers(-300, 300, len(facts.items)), rng.integers(-300, 300, len(facts.applications))
    items, paid = facts.items, facts.applications
    return _changed(
        facts,
        items=items.assign(due_on=items["due_on"] + np.where(_later(items, last), shift[0], 0)),
        applications=paid.assign(happened_on=paid["happened_on"] + np.where(_later(paid, last), shift[1], 0)),
    )


def learned_at_other_times(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """What is learned later is learned on any later evening."""
    frames = {}
    for kind, frame in facts.frames().items():
        known = np.where(_later(frame, last), last + rng.permutation(len(frame)) + 1, frame["known_on"])
        frames[kind] = frame.assign(known_on=known)
    return Facts.of(**frames)


def other_customers(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Later invoices, and later corrections, name another customer."""
    names = rng.choice(["C-0", "C-1", "C-2", "C-NEW"], len(facts.items))
    items = facts.items
    return _changed(facts, items=items.assign(customer_id=items["customer_id"].where(~_later(items, last), names)))


def other_currencies(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Later invoices and corrections in another currency, one that sorts before all others."""
    items = facts.items
    return _changed(facts, items=items.assign(currency=items["currency"].where(~_later(items, last), "AED")))


def new_invoices(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Later invoices under ids that sort before, among and after the known ones, for old and new customers."""
    rows = facts.items.drop_duplicates("item_id").head(6)
    marks = ["A-", "INV-00", "INV-01", "ZZ-", "0", "INV-"][: len(rows)]
    ids = [f"{mark}x{number}" for number, mark in enumerate(marks)]
    more = rows.assign(item_id=ids, known_on=last + 1, customer_id=rng.choice(["C-0", "A-NEW", "Z-NEW"], len(rows)))
    return _changed(facts, items=pd.concat([facts.items, more]))


def new_payments(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Every known invoice is paid in full tomorrow, with a value day long past."""
    known = facts.items[~_later(facts.items, last) & (facts.items["amount_minor"] > 0)].drop_duplicates("item_id")
    paid = pd.DataFrame(
        {
            "application_id": "NEW-" + known["item_id"], "item_id": known["item_id"], "kind": "cash",
            "amount_minor": known["amount_minor"], "happened_on": last - 60, "known_on": last + 1,
            "known_assumed": False,
        }
    )  # fmt: skip
    return _changed(facts, applications=pd.concat([facts.applications, paid]))


def all_taken_back(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Every known payment bounces tomorrow."""
    paid = facts.applications[~_later(facts.applications, last)]
    back = paid.assign(
        application_id="BACK-" + paid["application_id"], kind="reversal", amount_minor=-paid["amount_minor"],
        known_on=last + 1,
    )  # fmt: skip
    return _changed(facts, applications=pd.concat([facts.applications, back]))


def all_corrected(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Every known invoice is corrected tomorrow: amount, due day and issue day."""
    known = facts.items[~_later(facts.items, last)].drop_duplicates("item_id", keep="last")
    rows = known.assign(
        known_on=last + 1, due_on=known["due_on"] - 50, issued_on=known["issued_on"] - 400,
        amount_minor=known["amount_minor"] * 2,
    )  # fmt: skip
    items = facts.items[~((facts.items["known_on"] == last + 1) & facts.items["item_id"].isin(rows["item_id"]))]
    return _changed(facts, items=pd.concat([items, rows]))


def ids_used_again(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Later facts are those of another company, under the same ids."""
    other = random_company(int(rng.integers(1 << 30)))
    frames = {}
    for kind, frame in facts.frames().items():
        known, news = frame[~_later(frame, last)], other.frames()[kind]
        news = news[_later(news, last)]
        if kind == "applications":
            news = news[news["item_id"].isin(facts.items["item_id"])]
        frames[kind] = pd.concat([known, news]).drop_duplicates(list(_KEYS[kind]))
    return Facts.of(**frames)


def other_words(facts: Facts, last: int, rng: np.random.Generator) -> Facts:
    """Every customer moves abroad and gets no credit tomorrow, disputes everything, promises much, answers nothing,
    is held for good and to be called back."""
    known = facts.items[~_later(facts.items, last) & (facts.items["amount_minor"] > 0)].drop_duplicates("item_id")
    who = sorted(set(known["customer_id"]))
    tomorrow = last + 1
    customers = pd.DataFrame(
        {
            "customer_id": who,
            "country": "JP",
            "credit_limit_minor": 1,
            "credit_limit_currency": "EUR",
            "known_on": tomorrow,
        }
    )
    disputes = pd.DataFrame(
        {
            "dispute_id": "NEW-" + known["item_id"], "item_id": known["item_id"], "amount_minor": known["amount_minor"],
            "opened_on": last - 100, "known_on": tomorrow,
        }
    )  # fmt: skip
    contacts = pd.DataFrame(
        {
            "contact_id": [f"NEW-{name}" for name in who], "customer_id": who, "channel": "phone",
            "outcome": "no_answer", "happened_on": last - 10, "known_on": tomorrow,
        }
    )  # fmt: skip
    promises = pd.DataFrame(
        {
            "promise_id": [f"NEW-{name}" for name in who], "customer_id": who, "currency": "EUR", "amount_minor": 9_999,
            "made_on": last - 100, "promised_on": last - 50, "known_on": tomorrow,
        }
    )  # fmt: skip
    held = {"customer_id": who, "known_on": tomorrow}
    holds = pd.DataFrame(
        held | {"hold_id": [f"NEW-{name}" for name in who], "kind": "insolvency", "from_on": last - 90}
    )
    callbacks = pd.DataFrame(held | {"callback_id": [f"NEW-{name}" for name in who], "due_on": last - 5})
    before = facts.customers[facts.customers["known_on"] != tomorrow]
    return _changed(
        facts,
        customers=pd.concat([before, customers]),
        disputes=pd.concat([facts.disputes, disputes]),
        contacts=pd.concat([facts.contacts, contacts]),
        promises=pd.concat([facts.promises, promises]),
        holds=pd.concat([facts.holds, holds]),
        callbacks=pd.concat([facts.callbacks, callbacks]),
    )


_KEYS = {table.name: table.key for table in FACT_TABLES}

MUTATIONS: tuple[Mutation, ...] = (
    torn_out, other_amounts, other_days, learned_at_other_times, other_customers, other_currencies, new_invoices,
    new_payments, all_taken_back, all_corrected, ids_used_again, other_words,
)  # fmt: skip
"""Twelve ways to tamper with what is learned after an evening."""
