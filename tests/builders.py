"""Small facts for tests: `invoice(...)`, `payment(...)` and random ledgers of them.

Days are text (`"2026-03-14"`) or dates, amounts are whole currency units or decimals as text (`100`, `"12.50"`).
"""

import os
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import Phase, settings
from hypothesis import strategies as st

from ledger.activity import CHANNELS, HOLDS, OUTCOMES
from ledger.book import Ledger
from ledger.days import NEVER, to_day
from ledger.derivation import StoredFacts, derive
from ledger.exports import DIRECT, Exports, ImportRecord
from ledger.facts import Facts
from ledger.money import to_minor
from ledger.told import Told
from payrisk.migrations.run import upgrade

Day = date | str
Amount = int | str | Decimal

FIRST_DAY = date(2025, 1, 1)
"""The random ledgers begin here and last `RANDOM_DAYS`."""
RANDOM_DAYS = 240


def invoice(
    item_id: str,
    *,
    due_on: Day,
    amount: Amount,
    customer: str = "C-1",
    issued_on: Day | None = None,
    known_on: Day | None = None,
    currency: str = "EUR",
    terms: str = "",
    entity: str = "",
    invoice_number: str | None = None,
    source_row: int | None = None,
) -> Facts:
    """One item, or one more revision of it. Issued 30 days before it is due, known on the day it was issued."""
    due = _date(due_on)
    issued = _date(issued_on) if issued_on is not None else due - timedelta(days=30)
    return Facts.of(
        items=[
            {
                "item_id": item_id,
                "customer_id": customer,
                "entity": entity,
                "invoice_number": item_id if invoice_number is None else invoice_number,
                "issued_on": to_day(issued),
                "due_on": to_day(due),
                "amount_minor": to_minor(Decimal(str(amount)), currency),
                "currency": currency,
                "terms": terms,
                "known_on": to_day(_date(known_on) if known_on is not None else issued),
                "source_row": source_row or 0,
            }
        ],
    )


def payment(
    item_id: str,
    *,
    paid_on: Day,
    amount: Amount,
    known_on: Day | None = None,
    kind: str = "cash",
    currency: str = "EUR",
    payment_id: str | None = None,
    known_assumed: bool = False,
) -> Facts:
    """One application to an item, known on its value day. Its id is made of its values unless it is given."""
    paid, known = _date(paid_on), _date(known_on if known_on is not None else paid_on)
    return Facts.of(
        applications=[
            {
                "application_id": payment_id or f"{item_id}/{kind}/{paid}/{known}/{amount}",
                "item_id": item_id,
                "kind": kind,
                "amount_minor": to_minor(Decimal(str(amount)), currency),
                "happened_on": to_day(paid),
                "known_on": to_day(known),
                "known_assumed": known_assumed,
            }
        ]
    )


def reversal(item_id: str, *, taken_back_on: Day, amount: Amount, known_on: Day | None = None, **also: str) -> Facts:
    """A payment of `amount` (above zero) that bounced."""
    taken = -Decimal(str(amount))
    return payment(item_id, paid_on=taken_back_on, amount=taken, known_on=known_on, kind="reversal", **also)  # type: ignore[arg-type]


def customer(
    customer_id: str,
    *,
    name: str = "",
    country: str = "",
    credit_limit: Amount | None = None,
    limit_currency: str = "EUR",
    known_on: Day = FIRST_DAY,
) -> Facts:
    """One customer, or one more revision of it; without a credit limit none is stated."""
    row = {"customer_id": customer_id, "customer_name": name, "country": country, "known_on": to_day(_date(known_on))}
    if credit_limit is not None:
        limit = to_minor(Decimal(str(credit_limit)), limit_currency)
        row |= {"credit_limit_minor": limit, "credit_limit_currency": limit_currency}
    return Facts.of(customers=[row])


def contact(
    contact_id: str,
    *,
    happened_on: Day,
    customer: str = "C-1",
    channel: str = "phone",
    outcome: str = "no_answer",
    known_on: Day | None = None,
) -> Facts:
    """One contact, known on its day."""
    happened = to_day(_date(happened_on))
    row = {
        "contact_id": contact_id,
        "customer_id": customer,
        "channel": channel,
        "outcome": outcome,
        "happened_on": happened,
        "known_on": happened if known_on is None else to_day(_date(known_on)),
    }
    return Facts.of(contacts=[row])


def promise(
    promise_id: str,
    *,
    made_on: Day,
    promised_on: Day,
    amount: Amount,
    customer: str = "C-1",
    currency: str = "EUR",
    cancelled_on: Day | None = None,
    items: Sequence[str] = (),
    known_on: Day | None = None,
) -> Facts:
    """One promise, or one more revision of it, known on the day it was made; without `items` it covers all of them."""
    made = to_day(_date(made_on))
    row = {
        "promise_id": promise_id,
        "customer_id": customer,
        "currency": currency,
        "amount_minor": to_minor(Decimal(str(amount)), currency),
        "made_on": made,
        "promised_on": to_day(_date(promised_on)),
        "cancelled_on": NEVER if cancelled_on is None else to_day(_date(cancelled_on)),
        "item_ids": "\n".join(items),
        "known_on": made if known_on is None else to_day(_date(known_on)),
    }
    return Facts.of(promises=[row])


def hold(
    hold_id: str,
    kind: str,
    *,
    from_on: Day,
    until_on: Day | None = None,
    customer: str = "C-1",
    reason: str = "",
    known_on: Day | None = None,
) -> Facts:
    """One hold, or one more revision of it, known on the day it begins; without `until_on` its end is open."""
    begins = to_day(_date(from_on))
    row = {
        "hold_id": hold_id,
        "customer_id": customer,
        "kind": kind,
        "reason": reason,
        "from_on": begins,
        "until_on": NEVER if until_on is None else to_day(_date(until_on)),
        "known_on": begins if known_on is None else to_day(_date(known_on)),
    }
    return Facts.of(holds=[row])


def callback(
    callback_id: str,
    *,
    due_on: Day,
    known_on: Day,
    at: str = "",
    customer: str = "C-1",
    cancelled_on: Day | None = None,
) -> Facts:
    """One appointment to call, or one more revision of it."""
    row = {
        "callback_id": callback_id,
        "customer_id": customer,
        "due_on": to_day(_date(due_on)),
        "at": at,
        "cancelled_on": NEVER if cancelled_on is None else to_day(_date(cancelled_on)),
        "known_on": to_day(_date(known_on)),
    }
    return Facts.of(callbacks=[row])


def rate(currency: str, value: str, *, rate_on: Day, base: str = "EUR", known_on: Day | None = None) -> Facts:
    """One exchange rate: 1 `currency` = `value` `base`, known on its day."""
    known = to_day(_date(known_on if known_on is not None else rate_on))
    row = {"currency": currency, "base": base, "rate": value, "rate_on": to_day(_date(rate_on)), "known_on": known}
    return Facts.of(rates=[row])


def together(*facts: Facts) -> Facts:
    """All of them as one."""
    all_frames = [fact.frames() for fact in facts]
    return Facts.of(
        **{
            name: [row for frames in all_frames for row in frames[name].to_dict("records")]
            for name in Facts.empty().frames()
        }
    )


def known_by(facts: Facts, day: Day) -> Facts:
    """The facts known on that evening."""
    return _where(facts, lambda known: known <= to_day(_date(day)))


def known_after(facts: Facts, day: Day) -> Facts:
    """The facts learned after that evening."""
    return _where(facts, lambda known: known > to_day(_date(day)))


def new_database(folder: Path) -> str:
    """The URL of a fresh, migrated SQLite database in the folder."""
    path = folder / "ledger.db"
    shutil.copyfile(_migrated_template(), path)
    return f"sqlite:///{path}"


def derived_from(facts: Facts) -> StoredFacts:
    """What a ledger derives of these facts, loaded at once, without a database."""
    told = Told.of_facts(facts)
    told = Told(**{kind: frame.assign(version=np.int64(1)) for kind, frame in told.frames().items()})
    record = ImportRecord(1, DIRECT, (), (), FIRST_DAY, 1, None, len(told), "append", ("invoices",), 0)
    return derive(told, Exports([record]), 1)


def ledger_of(*facts: Facts) -> Ledger:
    """A ledger that holds these facts, loaded one after the other, in a database that goes when the ledger does."""
    folder = Path(tempfile.mkdtemp(prefix="payrisk-test-"))
    ledger = Ledger.open(new_database(folder))
    weakref.finalize(ledger, shutil.rmtree, folder, ignore_errors=True)
    for fact in facts:
        ledger.load(fact)
    return ledger


def random_facts(seed: int, customers: int = 4, items: int = 14) -> Facts:
    """A small company drawn from the seed, within `FIRST_DAY` and the `RANDOM_DAYS` after it.

    It has customers whose names and countries change, three currencies with dated rates, credit memos, partial
    payments, discounts, write-offs, payments booked late or before the due day, reversals, and corrected invoices.
    """
    rng = np.random.default_rng(seed)
    begin, end = to_day(FIRST_DAY), to_day(FIRST_DAY) + RANDOM_DAYS
    currencies = ("EUR", "EUR", "USD", "JPY")
    rows: dict[str, list[dict[str, object]]] = {"items": [], "applications": [], "customers": [], "rates": []}

    for number in range(customers):
        changes = [begin, *(rng.integers(begin + 1, end, size=rng.integers(0, 2)))]
        for change, known in enumerate(changes):
            name = f"Customer {number}" + " & Co" * change
            country = str(rng.choice(["DE", "FR", "US"]))
            rows["customers"].append(
                {"customer_id": f"C-{number}", "customer_name": name, "country": country, "known_on": int(known)}
            )
    for currency in ("USD", "JPY"):
        for day in sorted({begin, *rng.integers(begin, end, size=3).tolist()}):
            value = f"{rng.uniform(0.8, 1.1):.4f}" if currency == "USD" else f"0.00{rng.integers(55, 70)}"
            rows["rates"].append({"currency": currency, "base": "EUR", "rate": value, "rate_on": day, "known_on": day})

    for number in range(items):
        currency = str(rng.choice(currencies))
        credit = rng.random() < 0.12
        issued = int(rng.integers(begin, end - 30))
        item: dict[str, object] = {
            "item_id": f"INV-{number:03d}",
            "customer_id": f"C-{rng.integers(customers)}",
            "entity": str(rng.choice(["", "DE01"])),
            "invoice_number": f"{number:03d}",
            "issued_on": issued,
            "due_on": issued + int(rng.choice([0, 14, 30, 60])),
            "amount_minor": int(rng.integers(1_000, 900_000)) * (-1 if credit else 1),
            "currency": currency,
            "terms": str(rng.choice(["", "NET30"])),
            "known_on": issued + int(rng.choice([0, 0, 0, 1, 5])),
        }
        rows["items"].append(item)
        if rng.random() < 0.25:
            correction: dict[str, object] = {
                "known_on": _whole(item["known_on"]) + int(rng.integers(1, 40)),
                "due_on": _whole(item["due_on"]) + int(rng.choice([0, 7, 30])),
            }
            if rng.random() < 0.5:
                correction["amount_minor"] = _whole(item["amount_minor"]) * 9 // 10
            rows["items"].append(item | correction)
        if credit:
            continue
        rows["applications"] += _random_applications(rng, item)
    return Facts.of(**rows)  # type: ignore[arg-type]


def random_activity(seed: int, facts: Facts) -> Facts:
    """Contacts, promises and credit limits for the customers of a random ledger, beside its own facts.

    Promises of all kinds: for some items or all, of little or too much, made and told late, revised, withdrawn before
    and after their day.
    """
    rng = np.random.default_rng([seed, 1])
    begin, end = to_day(FIRST_DAY), to_day(FIRST_DAY) + RANDOM_DAYS
    rows: dict[str, list[dict[str, object]]] = {"contacts": [], "promises": [], "customers": []}
    for customer_id, owed in facts.items.groupby("customer_id"):
        for _ in range(int(rng.integers(0, 4))):
            happened = int(rng.integers(begin, end))
            rows["contacts"].append(
                {
                    "contact_id": f"K-{len(rows['contacts'])}", "customer_id": customer_id,
                    "channel": str(rng.choice(CHANNELS)), "outcome": str(rng.choice(OUTCOMES)),
                    "happened_on": happened, "known_on": happened + int(rng.choice([0, 0, 1, 7])),
                }
            )  # fmt: skip
        for _ in range(int(rng.integers(0, 4))):
            item = owed.iloc[int(rng.integers(len(owed)))]
            rows["promises"] += _random_promise(rng, f"M-{len(rows['promises']):03d}", item.to_dict(), owed)
        if rng.random() < 0.5:
            rows["customers"].append(
                {
                    "customer_id": customer_id, "credit_limit_minor": int(rng.integers(0, 3)) * 500_000,
                    "credit_limit_currency": str(rng.choice(["EUR", "USD"])),
                    "known_on": int(rng.integers(begin + 1, end)),
                }
            )  # fmt: skip
    known = facts.customers[["customer_id", "known_on"]].apply(tuple, axis=1).tolist()
    rows["customers"] = [row for row in rows["customers"] if (row["customer_id"], row["known_on"]) not in known]
    return Facts.of(**rows)  # type: ignore[arg-type]


def random_orders(seed: int, facts: Facts) -> Facts:
    """Holds and callbacks for the customers of a random ledger: open and ended, lifted, moved, withdrawn, told late."""
    rng = np.random.default_rng([seed, 2])
    begin, end = to_day(FIRST_DAY), to_day(FIRST_DAY) + RANDOM_DAYS
    rows: dict[str, list[dict[str, object]]] = {"holds": [], "callbacks": []}
    for number, customer_id in enumerate(sorted(set(facts.items["customer_id"]))):
        for part in range(int(rng.integers(0, 3))):
            first = int(rng.integers(begin, end))
            held: dict[str, object] = {
                "hold_id": f"H-{number}-{part}", "customer_id": customer_id, "kind": str(rng.choice(HOLDS)),
                "from_on": first, "until_on": int(rng.choice([NEVER, first + 5, first + 60])),
                "known_on": first + int(rng.choice([-3, 0, 0, 9])),
            }  # fmt: skip
            rows["holds"].append(held)
            if rng.random() < 0.5:
                lifted_on = first + int(rng.integers(10, 50))
                rows["holds"].append(held | {"until_on": lifted_on, "known_on": lifted_on})
        for part in range(int(rng.integers(0, 3))):
            told = int(rng.integers(begin, end))
            due: dict[str, object] = {
                "callback_id": f"B-{number}-{part}", "customer_id": customer_id, "at": str(rng.choice(["", "14:30"])),
                "due_on": told + int(rng.integers(0, 20)), "known_on": told,
            }  # fmt: skip
            rows["callbacks"].append(due)
            if rng.random() < 0.5:
                change = {"due_on": told + 25} if rng.random() < 0.5 else {"cancelled_on": told + int(rng.integers(9))}
                rows["callbacks"].append(due | change | {"known_on": told + int(rng.integers(1, 9))})
    return Facts.of(**rows)  # type: ignore[arg-type]


def law(examples: int) -> settings:
    """Settings of a law over random ledgers; a seed that breaks it is as good as any smaller one.

    `make test-all` asks for many times the examples (PAYRISK_TEST_EXAMPLES).
    """
    times = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1"))
    return settings(max_examples=examples * times, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))


def any_facts() -> st.SearchStrategy[Facts]:
    """Random small ledgers for hypothesis."""
    return st.integers(min_value=0, max_value=2**32 - 1).map(random_facts)


def any_day() -> st.SearchStrategy[date]:
    """An evening on which a random ledger knows something, up to a while after its end."""
    return st.integers(min_value=45, max_value=RANDOM_DAYS + 60).map(lambda days: FIRST_DAY + timedelta(days=days))


def _random_applications(rng: np.random.Generator, item: dict[str, object]) -> list[dict[str, object]]:
    left, number, made = _whole(item["amount_minor"]), 0, []
    paid = _whole(item["known_on"]) + int(rng.integers(0, 50))
    while left > 0 and rng.random() < 0.8 and number < 4:
        amount = left if rng.random() < 0.6 else left // 2
        kind = str(rng.choice(["cash", "cash", "cash", "cash", "credit", "discount", "write_off"]))
        row = {
            "application_id": f"P-{item['item_id']}-{number}",
            "item_id": item["item_id"],
            "kind": kind,
            "amount_minor": amount,
            "happened_on": paid,
            "known_on": paid + int(rng.choice([0, 0, 1, 3, 12])),
            "known_assumed": bool(rng.random() < 0.2),
        }
        made.append(row)
        left, number = left - amount, number + 1
        if kind == "cash" and rng.random() < 0.15:
            back = _whole(row["known_on"]) + int(rng.integers(0, 10))
            made.append(
                row
                | {"application_id": f"R-{item['item_id']}-{number}", "kind": "reversal", "amount_minor": -amount}
                | {"happened_on": back, "known_on": back + int(rng.choice([0, 1]))}
            )
            left += amount
        paid += int(rng.integers(1, 30))
    return made


def _random_promise(
    rng: np.random.Generator, promise_id: str, item: dict[str, object], owed: pd.DataFrame
) -> list[dict[str, object]]:
    made = _whole(item["known_on"]) + int(rng.integers(-5, 45))
    promised = made + int(rng.integers(0, 15))
    names = rng.choice(owed["item_id"].unique(), size=int(rng.integers(0, 3))).tolist()
    row: dict[str, object] = {
        "promise_id": promise_id,
        "customer_id": item["customer_id"],
        "currency": item["currency"],
        "amount_minor": max(1, abs(_whole(item["amount_minor"])) * int(rng.choice([20, 50, 100, 105, 200])) // 100),
        "made_on": made,
        "promised_on": promised,
        "cancelled_on": promised + int(rng.integers(-6, 4)) if rng.random() < 0.2 else NEVER,
        "item_ids": "\n".join(names),
        "known_on": made + int(rng.choice([0, 0, 1, 4, 20])),
    }
    made_rows = [row]
    while rng.random() < 0.4 and len(made_rows) < 4:
        row = row | {"known_on": _whole(row["known_on"]) + int(rng.integers(1, 12))}
        change = int(rng.integers(0, 4))
        if change == 0:
            row |= {"promised_on": _whole(row["promised_on"]) + int(rng.integers(0, 9))}
        elif change == 1:
            row |= {"amount_minor": _whole(row["amount_minor"]) // 2 + 1}
        elif change == 2:
            row |= {"item_ids": ""}
        else:
            row |= {"cancelled_on": _whole(row["known_on"]) + int(rng.choice([-1, 0, 0, 3]))}
        made_rows.append(row)
    return made_rows


def _where(facts: Facts, counts: object) -> Facts:
    frames = facts.frames()
    cut = {name: frame[counts(frame["known_on"])] for name, frame in frames.items()}  # type: ignore[operator]
    return Facts.of(**cut)


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _date(day: Day) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


@cache
def _migrated_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="payrisk-template-"))
    weakref.finalize(_migrated_template, shutil.rmtree, folder, ignore_errors=True)
    upgrade(f"sqlite:///{folder / 'ledger.db'}")
    return folder / "ledger.db"
