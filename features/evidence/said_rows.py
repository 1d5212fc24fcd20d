"""The rows of evidence about what was said: contacts, promises with the items they are judged by, the customer's own
data."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from features.evidence.kinds import EventKind, Part
from features.evidence.looked_at import LookedAt
from features.evidence.row import EvidenceRow, records_by
from features.facts import IntArray
from features.from_view import contact_order, promise_order, tries
from ledger.days import NEVER, to_date, to_day
from ledger.measures.promises import DEFAULT_RULES, Promise
from ledger.ordering import are_in
from ledger.view import LedgerView

CUSTOMER_FACTS = frozenset({"credit_limit", "due_days_to_working_day"})
"""What an item shows that rests on its customer's own data."""


def contact_rows(own: LedgerView, looked: LookedAt) -> Iterator[EvidenceRow]:
    """The tries to reach the customer that the value looks at."""
    parts = _parts(looked, "contact")
    if not parts:
        return
    told = tries(own.contacts)  # in the order of the facts, so that the numbers of the events are theirs
    told = told.iloc[contact_order(told, _of_one(told))]
    for row, contact in enumerate(told.to_dict("records")):
        if row in parts:
            yield EvidenceRow(
                "contact", parts[row], "", contact["contact_id"], to_date(contact["happened_on"]),
                to_date(contact["known_on"]), state=contact["outcome"],
            )  # fmt: skip


def promise_rows(own: LedgerView, looked: LookedAt, customer_id: str) -> list[list[EvidenceRow]]:
    """Each promise that the value looks at, as it is known this evening, followed by its earlier statements."""
    parts = _parts(looked, "promise")
    if not parts:
        return []
    spans = own.promise_spans
    spans = spans[spans["customer_id"] == customer_id]
    spans = spans.iloc[promise_order(spans, _of_one(spans))]
    told = records_by(own.promises, "promise_id")
    return [
        [
            EvidenceRow(
                "promise",
                parts[row] if one["superseded_on"] == NEVER else "supports",
                "",
                one["promise_id"],
                to_date(one["made_on"]),
                to_date(one["known_on"]),
                to_date(one["promised_on"]),
                one["amount_minor"],
                one["currency"],
                state=span["state"] if one["superseded_on"] == NEVER else "corrected",
            )
            for one in reversed(told[span["promise_id"]])
        ]
        for row, span in enumerate(spans.to_dict("records"))
        if row in parts
    ]


def items_paid_towards(own: LedgerView, promise: list[EvidenceRow], customer_id: str) -> set[str]:
    """The customer's items with cash of the days on which it keeps a promise, under any statement of the promise."""
    ids = own.promises.set_index(["promise_id", "known_on"])["item_ids"]
    ours = own.items[own.items["customer_id"] == customer_id]
    cash = own.applications[own.applications["kind"] == "cash"]
    found: set[str] = set()
    for row in promise:
        assert row.due_on is not None
        made_on, promised_on = to_day(row.happened_on), to_day(row.due_on)
        last_day = DEFAULT_RULES.last_day(Promise(1, promised_on, promised_on))
        in_time = cash.loc[cash["happened_on"].between(made_on, last_day), "item_id"]
        covered = ours.loc[(ours["currency"] == row.currency) & are_in(ours["item_id"], in_time), "item_id"]
        named = set(str(ids[row.document_id, to_day(row.known_on)]).split("\n")) - {""}
        found |= set(covered) & named if named else set(covered)
    return found


def customer_rows(own: LedgerView, looked: LookedAt, customer_id: str) -> list[EvidenceRow]:
    """The customer's own data, the newest first, where the value looks at them."""
    if not looked.of_item & CUSTOMER_FACTS:
        return []
    return [
        EvidenceRow(
            "customer",
            "itself" if told["superseded_on"] == NEVER else "supports",
            "",
            customer_id,
            to_date(told["known_on"]),
            to_date(told["known_on"]),
            amount_minor=None if told["credit_limit_minor"] < 0 else told["credit_limit_minor"],
            currency=told["credit_limit_currency"],
            state=told["country"],
        )
        for told in reversed(records_by(own.customers, "customer_id")[customer_id])
    ]


def _of_one(frame: pd.DataFrame) -> IntArray:
    """The codes of customers where there is but one."""
    return np.zeros(len(frame), dtype=np.int64)


def _parts(looked: LookedAt, kind: EventKind) -> dict[int, Part]:
    """What the events of a kind do, by their number."""
    return {event.owner: part for event, part in looked.parts.items() if event.kind == kind}
