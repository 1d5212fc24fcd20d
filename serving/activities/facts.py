"""The fact that an activity makes true, as a row of a told table of the ledger; of a note or a contest there is none.

What is undone on the day on which it was recorded never counted, for no evening had passed. Later it is withdrawn from
that day on: the evenings in between knew it. A contact was made, and cannot be unmade once its evening has passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.days import NEVER, to_day
from ledger.desk_journal import Recorded
from ledger.money import to_minor
from serving.activities.errors import CannotUndo, NotADispute
from serving.activities.said import Callback, Contact, Dispute, Hold, Promise, Said, Snooze

Json = dict[str, Any]

_ENDS = {"told_promises": "cancelled_on", "told_callbacks": "cancelled_on", "told_holds": "until_on",
         "told_disputes": "resolved_on"}  # fmt: skip
"""The column that ends a thing of each table."""


@dataclass(frozen=True)
class Fact:
    """A row of a told table; `key` is the id in it."""

    table: str
    key: str
    row: Json


NO_FACT = Fact("", "", {})


def fact_of(said: Said, activity_id: str, customer_id: str, today: date) -> Fact:
    """The fact that something said makes true from this day on; `NO_FACT` for what stays at the desk."""
    day, key = to_day(today), f"desk-{activity_id}"
    match said:
        case Contact():
            happened_on = day if said.happened_on is None else to_day(said.happened_on)
            values = {"channel": said.channel, "outcome": said.outcome, "happened_on": happened_on}
            return _fact("told_contacts", "contact_id", key, {"customer_id": customer_id, **values}, day)
        case Promise():
            values = {
                "currency": said.currency, "amount_minor": to_minor(said.amount, said.currency), "made_on": day,
                "promised_on": to_day(said.promised_on), "cancelled_on": NEVER, "item_ids": "\n".join(said.item_ids),
            }  # fmt: skip
            return _fact("told_promises", "promise_id", key, {"customer_id": customer_id, **values}, day)
        case Dispute():
            values = {
                "item_id": said.item_id, "amount_minor": to_minor(said.amount, said.currency), "reason": said.reason,
                "opened_on": day, "resolved_on": NEVER,
            }  # fmt: skip
            return _fact("told_disputes", "dispute_id", key, values, day)
        case Callback():
            values = {"due_on": to_day(said.due_on), "at": said.at, "cancelled_on": NEVER}
            return _fact("told_callbacks", "callback_id", key, {"customer_id": customer_id, **values}, day)
        case Hold() | Snooze():
            until_on = NEVER if said.until_on is None else to_day(said.until_on)
            kind = said.why if isinstance(said, Hold) else "snooze"
            values = {"kind": kind, "reason": said.reason, "from_on": day, "until_on": until_on}
            return _fact("told_holds", "hold_id", key, {"customer_id": customer_id, **values}, day)
    return NO_FACT


def resolved(dispute: Sequence[Recorded], of: str, today: date) -> Fact:
    """A dispute that ended today; `dispute` are its rows so far, oldest first. Raises `NotADispute`."""
    last = dispute[-1] if dispute else None
    if last is None or last.told_table != "told_disputes" or not _stands(last.told):
        raise NotADispute(of)
    return _again(last, today, resolved_on=to_day(today))


def undone(wanted: Recorded, thing: Sequence[Recorded], today: date) -> Fact:
    """What is true once an activity is taken back. Raises `CannotUndo`.

    Args:
        wanted: the activity; thing: every row about the same thing (the promise, the dispute, …), oldest first.
    """
    if wanted.kind == "undo":
        raise CannotUndo("cannot_undo", "What was undone is not done again by undoing that.", "Record it once more.")
    if not wanted.told_table:
        return NO_FACT
    last, day = thing[-1], to_day(today)
    if wanted.kind == "resolution":
        if last.sequence != wanted.sequence:
            raise CannotUndo("cannot_undo", "Something else was recorded about the dispute since.")
        return _again(thing[-2], today)
    if wanted.known_on >= today:
        return _again(last, wanted.known_on, present=False)
    if wanted.told_table == "told_contacts":
        raise CannotUndo(
            "too_late_to_undo", f"The contact of {wanted.known_on} is history: lists were made on it.",
            "Record a note that says what was wrong with it.",
        )  # fmt: skip
    if wanted.told_table == "told_promises" and last.told["promised_on"] <= day:
        raise CannotUndo("too_late_to_undo", "The promised day has come: from now on cash says what became of it.")
    if not _stands(last.told) or last.told[_ENDS[wanted.told_table]] <= day:
        raise CannotUndo("cannot_undo", f"The {wanted.kind} is over already.")
    return _again(last, today, **{_ENDS[wanted.told_table]: day})


def _stands(told: Json) -> bool:
    """Whether a dispute, a promise or a callback was neither taken back nor ended by somebody."""
    ends = told.get("resolved_on", NEVER), told.get("cancelled_on", NEVER)
    return bool(told["present"]) and ends == (NEVER, NEVER)


def _fact(table: str, key_column: str, key: str, values: Json, day: int) -> Fact:
    return Fact(table, key, {key_column: key, "said_on": day, "present": True, **values, "stated_known_on": day})


def _again(row: Recorded, today: date, **changes: int | bool) -> Fact:
    return Fact(row.told_table, row.told_key, {**row.told, "said_on": to_day(today), **changes})
