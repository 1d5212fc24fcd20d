"""The sentences that a list must carry about where its numbers come from; API, pages and command line say the same."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from ledger.words import count_text
from models.score import Mode

if TYPE_CHECKING:
    from ledger.view import LedgerView

MODE_NOTICES: dict[Mode, str] = {
    "model": "",
    "model_stale": "The model is past its best-before day: its numbers are used, and a new one should be trained.",
    "habit": (
        "No model fits this ledger yet: estimated from each customer's own payment habit, and from similar customers' "
        "where there is none."
    ),
    "rule": "No current model: ordered by overdue amount and age.",
    "last_queue": "Today's list could not be made: this is the last published one.",
}

LITTLE_HISTORY = "Too little history for a model. "

NOT_APPROVED = "First version of the model, not yet approved by a person."

HABIT_NOT_APPROVED = "These estimates are not yet approved by a person."

OLDER_VERSION = "Scored with an older version of the model, the newest one trained by that evening."


def mode_notices(
    mode: Mode, *, unapproved: bool = False, older: bool = False, little_history: bool = False
) -> tuple[str, ...]:
    """What is to be said of a mode.

    Args:
        unapproved: the version in use was approved by nobody.
        older: a version that is not in use scored a past evening.
        little_history: the reason why there is only a habit: too little to learn a model from.
    """
    said = (
        (LITTLE_HISTORY if little_history else "") + MODE_NOTICES[mode],
        (HABIT_NOT_APPROVED if mode == "habit" else NOT_APPROVED) if unapproved else "",
        OLDER_VERSION if older else "",
    )
    return tuple(sentence for sentence in said if sentence)


def vanished_features(names: Sequence[str]) -> str:
    """Why a version whose scores rest on these features is not used."""
    told = ", ".join(names)
    return f"Nearly no open item has a value of what the estimates rest on ({told}): look at the newest import."


def vanished_notices(view: "LedgerView") -> tuple[str, ...]:
    """What is to be said of open invoices that are missing from their system's newest snapshot."""
    if not view.vanished:
        return ()
    opened = view.open_items()
    count = int(opened["item_id"].isin(list(view.vanished)).sum())
    if not count:
        return ()
    invoices = count_text(count, "open invoice")
    return (
        f"{invoices} {'is' if count == 1 else 'are'} missing from the newest export without being settled: check "
        f"before you call.",
    )


def beyond_notices(as_of: date, newest: date) -> tuple[str, ...]:
    """What is to be said of an evening after the newest day that the ledger knows."""
    if as_of <= newest:
        return ()
    return (f"The ledger's newest export is of {newest.isoformat()}: what was paid since is not known.",)
