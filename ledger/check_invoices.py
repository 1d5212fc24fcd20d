"""Invoices that may be believed: the rows of an invoice table, all at once, rule by rule."""

from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ledger.checked import INVOICE_FACTS, PAYMENT_FACTS, Checked, Mask, facts_frame, without_duplicates
from ledger.column_values import ReadMoney, TextColumn
from ledger.columns import Columns
from ledger.days import NEVER, to_date, to_day
from ledger.item_ids import joined_ids
from ledger.options import ImportOptions
from ledger.parsing.bad_cell import BadCell, missing
from ledger.sieve import Sieve, checked
from ledger.terms import UnparseableTerms, due_on
from ledger.view import ITEM_KINDS
from ledger.words import shown

_ISSUE_DAYS_AHEAD = 1
"""An invoice may be dated one day after its export: night runs do that."""

INVOICE, CREDIT_MEMO, ON_ACCOUNT = ITEM_KINDS
_KINDS = {
    CREDIT_MEMO: "credit memo, credit note, credit, gutschrift, rechnungskorrektur, avoir, note de crédit, "
    "nota de crédito, nota de credito, nota di credito, abono, creditnota, creditfactuur",
    ON_ACCOUNT: "on account, payment on account, unapplied cash, unapplied payment, unapplied, prepayment, "
    "down payment, anzahlung, akonto, a conto, akontozahlung, acompte, anticipo, acconto, adiantamento",
}
_KIND_OF = {word.strip(): kind for kind, words in _KINDS.items() for word in words.split(",")}


def check_invoices(
    columns: Columns, as_of: int, *, read_payments: bool = True, options: ImportOptions | None = None
) -> Checked:
    """The invoices of a table.

    An item is an invoice or one instalment of it: its id is the invoice number, `entity/number` where a legal entity is
    stated, and `number#2` where the instalment is. Without a document type the sign tells a credit memo.

    Args:
        as_of: the day of the export, whole days.
        read_payments: whether paid_date and paid_amount of the rows count (not when payments have a file of their own).

    Returns:
        The facts as `INVOICE_FACTS`. A row that states no payment has `paid_on` NEVER and `paid_minor` 0.
    """
    options = options or ImportOptions()
    sieve = Sieve(columns)
    texts, dates = columns.texts, columns.dates
    amounts = columns.amounts["amount"].read(texts["currency"])
    _check_texts(sieve)
    sieve.day("issue_date", needed=True)
    sieve.day_not_after("issue_date", as_of + _ISSUE_DAYS_AHEAD, "issue_in_future", of=as_of)
    check_amounts(sieve, "amount", amounts)
    kind = _kinds(sieve, amounts.minor)
    sieve.text("terms")
    sieve.day("known_date")
    sieve.day_not_after("known_date", as_of, "issue_in_future")
    issued = dates["issue_date"].days
    due, derived = _due(sieve, issued, options)
    paid_on = np.full(len(issued), NEVER, dtype=np.int64)
    paid = np.zeros(len(issued), dtype=np.int64)
    rounded = [amounts.rounded]
    uses_amounts = True
    if read_payments:
        # An empty column is no statement about any row.
        uses_amounts = columns.amounts["paid_amount"].says_anything
        paid_on, paid, paid_rounded = _pay(sieve, amounts.minor, as_of, uses_amounts)
        rounded.append(paid_rounded)

    good = sieve.good
    # Mostly all rows are good: then nothing is copied.
    rows = None if good.all() else np.flatnonzero(good)
    some = slice(None) if rows is None else rows
    number, entity, instalment = (texts[name].texts(rows) for name in ("invoice_id", "entity", "instalment"))
    facts = {
        "row": columns.table.rows[some],
        "item_id": joined_ids(entity, number, instalment),
        "customer_id": texts["customer_id"].texts(rows),
        "entity": entity,
        "invoice_number": number,
        "instalment": pc.if_else(pc.equal(instalment, ""), "0", instalment).cast(pa.int64()).to_numpy(),
        "kind": kind if rows is None else kind.take(pa.array(rows)),
        "issued_on": issued[some],
        "due_on": due[some],
        "amount_minor": amounts.minor[some],
        "currency": texts["currency"].texts(rows),
        "terms": texts["terms"].texts(rows),
        "stated_known_on": dates["known_date"].days[some],
        "paid_on": paid_on[some],
        "paid_minor": paid[some],
        "customer_name": texts["customer_name"].texts(rows),
        "country": texts["country"].texts(rows),
    }
    states = good & (paid_on != NEVER)
    warned = {
        "amounts_rounded": sum(int((good & those).sum()) for those in rounded),
        "customer_name_missing": (good & ~texts["customer_name"].says).sum() if "customer_name" in columns.has else 0,
        "due_date_derived": (good & derived).sum(),
        "ids_differ_only_in_case": sum(in_another_case(texts[name]) for name in ("invoice_id", "customer_id")),
        "paid_amount_assumed_full": 0 if uses_amounts else states.sum(),
        "paid_before_issue": (states & (paid_on < issued)).sum(),
        "zero_amount": (good & (amounts.minor == 0)).sum(),
    }
    return checked(sieve, INVOICE_FACTS, facts, warned=warned, invoice_ids=texts["invoice_id"])


def split_payments(invoices: Checked) -> tuple[Checked, Checked]:
    """Of invoices whose rows are payments (layout one_row_per_payment): the invoices, and their payments.

    Rows that are equal but for payment id, paid day and paid amount are one invoice; each of them that states a payment
    is one. To be called before `without_duplicates`.

    Every row is counted once, all in the first `Checked`: accepted when it gave the invoice (its first row), a payment,
    or both; `exact_duplicate` when it says nothing that another row of the invoice has not said, which includes a
    second payment equal in id, day and amount; `conflicting_duplicate`, with all rows of its id, when invoice fields
    differ. The second `Checked` counts no rows: its `bad` and `ignored` stay empty.
    """
    table, facts = invoices.columns.table, invoices.facts
    at = np.searchsorted(table.rows, facts["row"].to_numpy())
    booked = invoices.columns.dates["booked_date"].days[at]
    payment = facts_frame(
        PAYMENT_FACTS,
        {
            "row": facts["row"].to_numpy(),
            "payment_id": invoices.columns.texts["payment_id"].texts(at),
            "item_id": pa.array(facts["item_id"], pa.large_string()),
            "kind": pa.array(["cash"], pa.large_string()).take(pa.array(np.zeros(len(facts), dtype=np.int8))),
            "amount_minor": facts["paid_minor"].to_numpy(),
            "currency": pa.array(facts["currency"], pa.large_string()),
            "paid_on": facts["paid_on"].to_numpy(),
            "booked_on": booked,
        },
        len(facts),
    )
    bare = facts.assign(paid_on=NEVER, paid_minor=0)
    whole = Checked(invoices.columns, bare, invoices.bad, invoices.ignored, invoices.warned)
    without_duplicates([whole])
    believed = facts["item_id"].isin(whole.facts["item_id"]).to_numpy()
    states = believed & (payment["paid_on"].to_numpy() != NEVER)
    again = payment.drop(columns="row").duplicated().to_numpy()
    payment = payment[states & ~again].reset_index(drop=True)

    gave = np.union1d(whole.facts["row"].to_numpy(), payment["row"].to_numpy())
    whole.told_elsewhere = len(gave) - len(whole.facts)
    repeated = int(believed.sum()) - len(gave)
    whole.ignored = Counter(invoices.columns.table.ignored) + Counter(exact_duplicate=repeated)
    return whole, Checked(invoices.columns, payment)


def check_amounts(sieve: Sieve, column: str, amounts: ReadMoney) -> None:
    """Each row has an amount that may be believed."""
    if amounts.bad:
        sieve.refuse(amounts.is_bad, column, lambda at: amounts.bad[int(amounts.reading[at])])
    sieve.refuse(amounts.is_none, column, lambda at: missing(column))


def in_another_case(ids: TextColumn) -> int:
    """How many ids there are that differ from another one in capital and small letters alone.

    >>> column = TextColumn(np.arange(3, dtype=np.int32), pa.array(["a-1", "A-1", "B"], pa.large_string()), {})
    >>> in_another_case(column)
    2
    """
    if not pc.any(pc.match_substring_regex(ids.values, "[^!-`{-~ ]")).as_py():
        return 0
    distinct = ids.values.unique()
    lower = pc.utf8_lower(distinct)
    if pc.count_distinct(lower).as_py() == len(distinct):
        return 0
    folded = pd.Series(lower.to_pylist())
    return int(folded[folded != ""].duplicated(keep=False).sum())


def _check_texts(sieve: Sieve) -> None:
    sieve.text("currency", needed=True, reason="missing_currency")
    sieve.text("invoice_id", needed=True)
    sieve.text("entity")
    sieve.text("instalment")
    sieve.text("customer_id", needed=True)
    sieve.text("customer_name")
    sieve.text("country")
    sieve.text("document_type")


def _kinds(sieve: Sieve, minor: NDArray[np.int64]) -> pa.Array:
    """What each document is, by its type or else by its sign; a credit that is written as a claim is not guessed at."""
    kinds = pa.array([INVOICE, CREDIT_MEMO, ON_ACCOUNT], pa.large_string())
    types = sieve.columns.texts["document_type"]
    stated = np.array([_stated_kind(text) for text in types.values.to_pylist()], dtype=np.int8)[types.codes]
    wrong = (stated > 0) & (minor > 0)
    sieve.refuse(
        wrong, "document_type",
        lambda at: BadCell(
            "malformed_row",
            f'A "{shown(types[at])}" lowers what is owed, and its amount is positive. Expected a negative amount.',
        ),
    )  # fmt: skip
    return kinds.take(pa.array(np.where(stated > 0, stated, minor < 0).astype(np.int8)))


def _stated_kind(text: str) -> int:
    words = " ".join(text.lower().replace("_", " ").replace("-", " ").split())
    return {CREDIT_MEMO: 1, ON_ACCOUNT: 2}.get(_KIND_OF.get(words, ""), 0)


def _due(sieve: Sieve, issued: NDArray[np.int64], options: ImportOptions) -> tuple[NDArray[np.int64], Mask]:
    """The due day of each row, and where it was derived from the terms."""
    sieve.day("due_date")
    stated = sieve.columns.dates["due_date"].days
    terms = sieve.columns.texts["terms"]
    silent = (stated == NEVER) & sieve.good
    sieve.refuse(silent & ~terms.says, "due_date", lambda at: missing("due_date"))
    sieve.refuse(stated < issued, "due_date", lambda at: _due_before_issue(int(stated[at]), int(issued[at])))
    derived = silent & terms.says
    rows = np.flatnonzero(derived)
    if not len(rows):
        return stated, derived
    # Terms and issue days repeat: each pair is worked out once.
    pairs, back = np.unique(terms.codes[rows].astype(np.int64) * NEVER + issued[rows], return_inverse=True)
    found = [_due_by(str(terms.values[int(pair) // NEVER]), int(pair) % NEVER, options) for pair in pairs]
    due = stated.copy()
    due[rows] = np.array([day if isinstance(day, int) else NEVER for day in found], dtype=np.int64)[back]
    place = np.zeros(len(due), dtype=np.int64)
    place[rows] = back
    unread = {at: why for at, why in enumerate(found) if isinstance(why, BadCell)}
    sieve.refuse(derived & (due == NEVER), "terms", lambda at: unread[int(place[at])])
    return due, derived


def _due_by(terms: str, issued: int, options: ImportOptions) -> int | BadCell:
    try:
        return to_day(due_on(terms, to_date(issued), net_eom=options.net_eom))
    except UnparseableTerms as error:
        return BadCell(error.code, str(error))


def _due_before_issue(due: int, issued: int) -> BadCell:
    days = f"{to_date(due).isoformat()}, before it was issued on {to_date(issued).isoformat()}"
    return BadCell("due_before_issue", f"Due on {days}.")


def _pay(
    sieve: Sieve, minor: NDArray[np.int64], as_of: int, uses_amounts: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], Mask]:
    """What the rows say about their payment: day and minor units, 0 and NEVER where nothing; and which were rounded."""
    columns = sieve.columns
    amounts = columns.amounts["paid_amount"].read(columns.texts["currency"])
    paid, days = amounts.minor, columns.dates["paid_date"].days
    if amounts.bad:
        sieve.refuse(amounts.is_bad, "paid_amount", lambda at: amounts.bad[int(amounts.reading[at])])
    sieve.day("paid_date")
    states = days != NEVER
    sieve.refuse(
        ~states & (paid != 0), "paid_date",
        lambda at: BadCell("paid_amount_without_date", "There is a paid amount, but no day on which it was paid."),
    )  # fmt: skip
    sieve.day_not_after("paid_date", as_of, "paid_in_future")
    if not uses_amounts:
        return days, np.where(states, minor, 0), amounts.rounded
    sieve.refuse(
        states & (paid == 0), "paid_amount",
        lambda at: BadCell("paid_date_without_amount", "There is a paid date, but no amount that was paid."),
    )  # fmt: skip
    sieve.refuse(
        states & ((paid < 0) != (minor < 0)), "paid_amount",
        lambda at: BadCell("payment_sign_mismatch", "The paid amount has the other sign than the invoice."),
    )  # fmt: skip
    return days, np.where(states, paid, 0), amounts.rounded
