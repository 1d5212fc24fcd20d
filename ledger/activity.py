"""What collectors tell us: contacts, promises, holds and callbacks, and which of them may be believed.

A contact is one attempt to reach a customer and what came of it; a promise is a dated amount. What became of a promise
is never told: cash alone says it (`ledger.promise_history`). A hold says that a customer is not to be called, a
callback that it is, on a day: what both mean for an evening is in `ledger.standing_orders`. The codes are those of
`ledger.activity_codes`.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from ledger.activity_codes import CHANNELS, HOLDS, LIVE_OUTCOMES, OUTCOMES, RIGHT_PARTY_OUTCOMES, TIME
from ledger.days import to_date
from ledger.errors import AmountTooLarge, PayriskError
from ledger.lookup import whole
from ledger.money import LARGEST_MINOR, exponent_of, money_text, to_decimal

__all__ = [
    "CHANNELS", "HOLDS", "LIVE_OUTCOMES", "OUTCOMES", "RIGHT_PARTY_OUTCOMES", "TIME", "BadCallback", "BadHold",
    "BadPromise", "ChangedContact", "UnknownCode", "require_believable", "require_known_codes", "require_sound_holds",
    "require_times", "require_unchanged",
]  # fmt: skip


class UnknownCode(PayriskError):
    """A channel or an outcome of a contact, or a kind of a hold, that is none of ours."""

    def __init__(self, field: str, said: str, known: Collection[str], of: str = "contact") -> None:
        self.code, self.field, self.said = f"bad_{field}", field, said
        super().__init__(f'"{said}" is no {field} of a {of}. Expected one of {", ".join(known)}.')


class BadPromise(PayriskError):
    """A promise of nothing, or for a day before it was made."""

    code = "bad_promise"

    def __init__(self, promise_id: str, field: str, sentence: str) -> None:
        self.promise_id, self.field = promise_id, field
        super().__init__(f'Promise "{promise_id}": {sentence}')


class BadHold(PayriskError):
    """A hold that ends before it begins."""

    code = "bad_hold"
    field = "until_on"

    def __init__(self, hold_id: str, from_on: int, until_on: int) -> None:
        self.hold_id = hold_id
        super().__init__(
            f'Hold "{hold_id}": it ends on {to_date(until_on)}, and begins on {to_date(from_on)}. Expected that day or '
            f"later; told with that very day it holds nobody."
        )


class BadCallback(PayriskError):
    """A callback at a time that no clock shows."""

    code = "bad_callback"
    field = "at"

    def __init__(self, callback_id: str, said: str) -> None:
        self.callback_id, self.said = callback_id, said
        super().__init__(
            f'Callback "{callback_id}": "{said}" is no time of day. Expected HH:MM, as in 14:30, or nothing where none '
            f"was agreed."
        )


class ChangedContact(PayriskError):
    """One id for two different contacts."""

    code = "conflicting_duplicate"
    field = "contact_id"

    def __init__(self, contact_id: str) -> None:
        self.contact_id = contact_id
        super().__init__(
            f'Contact "{contact_id}" is in the ledger with other values. A contact that was told never changes: '
            f"give another one its own id."
        )


def require_known_codes(contacts: pd.DataFrame) -> None:
    """That channels and outcomes are ours. Raises `UnknownCode`."""
    for field, known in (("channel", CHANNELS), ("outcome", OUTCOMES)):
        unknown = set(contacts[field].unique()) - set(known)
        if unknown:
            raise UnknownCode(field, str(min(unknown)), known)


def require_believable(promises: pd.DataFrame) -> None:
    """That each promise is of an amount above zero, in a currency, for a day not before the one on which it was made.

    Raises `UnknownCurrency`, `AmountTooLarge` or `BadPromise`.
    """
    for currency in promises["currency"].unique():
        exponent_of(str(currency))
    ids, currencies = (promises[name].tolist() for name in ("promise_id", "currency"))
    amount, made, promised = (whole(promises[name]) for name in ("amount_minor", "made_on", "promised_on"))
    for at in np.flatnonzero(amount <= 0)[:1]:
        said = money_text(amount[at], currencies[at])
        raise BadPromise(ids[at], "amount_minor", f"the amount is {said}. Expected one above zero.")
    for at in np.flatnonzero(amount > LARGEST_MINOR)[:1]:
        raise AmountTooLarge(to_decimal(amount[at], currencies[at]), currencies[at])
    for at in np.flatnonzero(promised < made)[:1]:
        sentence = (
            f"it is for {to_date(promised[at])}, and was made on {to_date(made[at])}. Expected that day or later."
        )
        raise BadPromise(ids[at], "promised_on", sentence)


def require_sound_holds(holds: pd.DataFrame) -> None:
    """That each hold is of a kind of ours and does not end before it begins. Raises `UnknownCode` or `BadHold`."""
    unknown = set(holds["kind"].unique()) - set(HOLDS)
    if unknown:
        raise UnknownCode("kind", str(min(unknown)), HOLDS, of="hold")
    begins, ends = whole(holds["from_on"]), whole(holds["until_on"])
    for at in np.flatnonzero(ends < begins)[:1]:
        raise BadHold(str(holds["hold_id"].iloc[at]), int(begins[at]), int(ends[at]))


def require_times(callbacks: pd.DataFrame) -> None:
    """That each callback has a time of day, or none. Raises `BadCallback`."""
    for callback_id, said in zip(callbacks["callback_id"], callbacks["at"], strict=True):
        if said and not TIME.fullmatch(said):
            raise BadCallback(str(callback_id), str(said))


def require_unchanged(contacts: pd.DataFrame, known: pd.DataFrame) -> None:
    """That no contact is told otherwise than it is known. Raises `ChangedContact`."""
    both = contacts.merge(known, on="contact_id", suffixes=("", "_known"))
    for name in ("customer_id", "channel", "outcome", "happened_on"):
        changed = both[both[name] != both[f"{name}_known"]]
        if len(changed):
            raise ChangedContact(str(changed.iloc[0]["contact_id"]))
