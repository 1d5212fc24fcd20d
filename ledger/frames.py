"""The frames of a view: their columns, what is not stated in them, and how whole facts are cut down to one evening."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ledger.days import NEVER
from ledger.lookup import whole

ITEM_COLUMNS = (
    "item_id", "customer_id", "entity", "invoice_number", "issued_on", "due_on", "amount_minor", "currency",
    "terms", "kind", "instalment", "known_on", "superseded_on", "source_row",
)  # fmt: skip
"""One row per *revision* of an item. A corrected item has several; the one that counts on an evening `t` is the one
with `known_on <= t < superseded_on`. `amount_minor` is negative for a credit memo and for money on account; `terms` is
'' when not stated. `instalment` counts the parts of one invoice from 1; 0 is the only one."""

ITEM_KINDS = ("invoice", "credit_memo", "on_account")

APPLICATION_COLUMNS = (
    "application_id", "item_id", "kind", "amount_minor", "happened_on", "known_on", "known_assumed",
)  # fmt: skip
"""Payments as applications to items. `kind` is cash, credit, discount, write_off or reversal; a positive
`amount_minor` lowers the open amount, a reversal is negative. `known_assumed`: the file had no booking day."""

CUSTOMER_COLUMNS = (
    "customer_id", "customer_name", "country", "debtor_class", "parent_id", "credit_limit_minor",
    "credit_limit_currency", "known_on", "superseded_on",
)  # fmt: skip
"""One row per revision. `debtor_class` is legal_person, natural_person or '' (not stated); `parent_id` is the customer
that this one belongs to, '' for none. `credit_limit_minor` is in minor units of `credit_limit_currency`: 0 is a limit
of nothing; -1, with '' for the currency, is a limit that was not stated."""

RATE_COLUMNS = ("currency", "base", "rate", "rate_on", "known_on")

DISPUTE_COLUMNS = (
    "dispute_id", "item_id", "amount_minor", "reason", "opened_on", "resolved_on", "known_on", "superseded_on",
)  # fmt: skip
"""One row per revision of a dispute about a part of an item, `amount_minor` above zero. `resolved_on` is `NEVER` while
it is open, and for as long as its end is not known."""

CONTACT_COLUMNS = ("contact_id", "customer_id", "channel", "outcome", "happened_on", "known_on")
"""Attempts to reach a customer; `channel` and `outcome` are codes of `ledger.activity`."""

PROMISE_COLUMNS = (
    "promise_id", "customer_id", "currency", "amount_minor", "made_on", "promised_on", "cancelled_on", "item_ids",
    "known_on", "superseded_on",
)  # fmt: skip
"""One row per revision of a promise, `amount_minor` above zero. `cancelled_on` is `NEVER` while it was not withdrawn.
`item_ids` names the items that it covers, one per line; '' covers all of the customer in that currency."""

HOLD_COLUMNS = ("hold_id", "customer_id", "kind", "reason", "from_on", "until_on", "known_on", "superseded_on")
"""One row per revision of a hold; `kind` is a code of `ledger.activity.HOLDS`. It holds from the day `from_on` until
the day before `until_on`, `NEVER` while no end is told. An end that lies ahead was told with the rest, and is shown."""

CALLBACK_COLUMNS = ("callback_id", "customer_id", "due_on", "at", "cancelled_on", "known_on", "superseded_on")
"""One row per revision of an appointment to call. `at` is HH:MM where the customer is, '' where no time was agreed;
`cancelled_on` is `NEVER` while it was not withdrawn."""

ABSENCE_COLUMNS = ("item_id", "known_on", "ended_on")
"""Spans in which an item was missing from the snapshots of its source: from the evening `known_on` until the evening
before `ended_on`, `NEVER` while it is missing."""

APPLICATION_KINDS = ("cash", "credit", "discount", "write_off", "reversal")

_WHOLE_DEFAULTS = {"instalment": 0, "credit_limit_minor": -1, "cancelled_on": NEVER, "until_on": NEVER}
_TEXT_DEFAULTS = frozenset({"debtor_class", "parent_id", "reason", "credit_limit_currency", "item_ids", "at"})


def known_by_evening(facts: pd.DataFrame, by: int, columns: Sequence[str], order: Sequence[str] | None) -> pd.DataFrame:
    """The facts learned by the evening `by`, in an order that does not depend on how they came in."""
    frame = where(facts[list(columns)], whole(facts["known_on"]) <= by)
    for name in ("superseded_on", "resolved_on", "cancelled_on", "ended_on"):
        if name in columns:
            end = whole(frame[name])
            # That a fact will end is itself knowledge: before that day it is simply valid.
            if (not_yet := (end > by) & (end != NEVER)).any() or frame[name].dtype != np.int64:
                frame = frame.assign(**{name: np.where(not_yet, NEVER, end)})
    if order is not None:
        frame = frame.sort_values(list(order), kind="stable")
    return frame.reset_index(drop=True)


def where(frame: pd.DataFrame, counts: NDArray[np.bool_]) -> pd.DataFrame:
    """The rows that count; the frame itself, not copied, when all do."""
    return frame if counts.all() else frame.loc[counts]


def completed(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The frame with the defaults of the optional columns that it does not have."""
    absent = [name for name in columns if name not in frame.columns]
    if not absent:
        return frame
    defaults: dict[str, Any] = {}
    for name in absent:
        if name == "kind":
            credit = whole(frame["amount_minor"]) < 0
            kinds = np.array(["invoice", "credit_memo"], dtype=object)[credit.astype(np.int64)]
            defaults[name] = pd.Series(kinds, index=frame.index, dtype="str")
        elif name in _WHOLE_DEFAULTS:
            defaults[name] = np.full(len(frame), _WHOLE_DEFAULTS[name], dtype=np.int64)
        elif name in _TEXT_DEFAULTS:
            defaults[name] = pd.Series("", index=frame.index, dtype="str")
    return frame.assign(**defaults)


def none_of(columns: Sequence[str]) -> pd.DataFrame:
    """An empty frame of these columns."""
    return pd.DataFrame(
        {name: pd.Series(dtype=np.int64 if name.endswith(("_on", "_minor")) else "str") for name in columns}
    )
