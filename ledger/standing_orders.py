"""Standing orders of an evening: which customers are not to be called, and which appointments are still to be kept.

Holds and callbacks are told (`ledger.activity`); what they mean on a day follows from them, and from the contacts.
"""

from datetime import date

import numpy as np
import pandas as pd

from ledger.days import NEVER, to_day
from ledger.lookup import positions, whole
from ledger.ordering import Flags, Ints, codes_of, sorted_by
from ledger.view import LedgerView


def holds_in_force(view: LedgerView, on: date) -> pd.DataFrame:
    """What is known this evening to hold on the day `on`: `hold_id`, `customer_id`, `kind`, `reason`, `from_on`,
    `until_on`; ordered by customer, kind and id.

    A hold is in force on every day with `from_on <= day < until_on`: the day of its beginning counts, the day of its
    end does not. A customer may have several.

    Args:
        on: the day asked about; mostly the view's own, or the next, for which a list is made.
    """
    told, day = view.holds, to_day(on)
    stands = (whole(told["superseded_on"]) == NEVER) & (whole(told["from_on"]) <= day) & (day < whole(told["until_on"]))
    held = told.loc[stands, ["hold_id", "customer_id", "kind", "reason", "from_on", "until_on"]]
    return sorted_by(held, *(codes_of(held[name]) for name in ("customer_id", "kind", "hold_id")))[0]


def callbacks_to_keep(view: LedgerView) -> pd.DataFrame:
    """The appointments not kept and not withdrawn this evening, of days past, of this one and ahead: `callback_id`,
    `customer_id`, `due_on`, `at`; ordered by day, time (those without one last), customer and id.

    An appointment is kept by a contact with its customer on its day or later, even one that nobody answered: we called.
    Two do not keep it: a mail or letter (outcome `sent`), and, where it is for the day on which it was told, the
    contact of that day with the outcome `callback`, for that is where it was agreed. A contact before its day does not
    either; whoever settled it then withdraws it, or tells it again with another day.
    """
    told, day = view.callbacks, to_day(view.day)
    stands = (whole(told["superseded_on"]) == NEVER) & (whole(told["cancelled_on"]) > day)
    told = told.loc[stands]
    left = told.loc[~_kept(told, view.contacts), ["callback_id", "customer_id", "due_on", "at"]]
    time = left["at"].where(left["at"] != "", "~")
    keys = [whole(left["due_on"]), *(codes_of(texts) for texts in (time, left["customer_id"], left["callback_id"]))]
    return sorted_by(left, *keys)[0]


def _kept(told: pd.DataFrame, contacts: pd.DataFrame) -> Flags:
    """Which of the appointments were kept by a contact, shape (n,)."""
    calls = contacts[contacts["outcome"] != "sent"]
    due_on, agreed_on = whole(told["due_on"]), whole(told["known_on"])
    last, last_other = (_last_day(told, calls), _last_day(told, calls[calls["outcome"] != "callback"]))
    agreed_there = (due_on == agreed_on) & (last == due_on)
    return np.where(agreed_there, last_other >= due_on, last >= due_on)


def _last_day(told: pd.DataFrame, contacts: pd.DataFrame) -> Ints:
    """The day of the last of these contacts with the customer of each appointment, shape (n,); far back where none."""
    last = contacts.groupby("customer_id")["happened_on"].max()
    at = positions(told["customer_id"], last.index.to_series())
    return np.append(whole(last), -NEVER)[at]
