"""Codes that a strategy is written in: segments, next steps, kinds of holds. Each is a fixed word of ours.

What a step is called and what the collector reads of it are the strategy's own words.
"""

from typing import Literal

Segment = Literal["new", "reliable", "drifter", "habitual", "erratic", "deteriorating", "disputer", "mixed"]
"""How a customer has paid so far; `serving.strategy.segments` says who is which."""

Step = Literal[
    "call", "email", "statement", "portal_check", "dispute_owner", "controller", "credit_hold", "legal_review",
    "agency_decision", "cash_application", "wait", "none",
]  # fmt: skip
"""What can be done next about an account; `wait` where money is overdue, `none` where it is not."""

TAKES_MINUTES: tuple[Step, ...] = ("call", "controller", "credit_hold", "legal_review", "agency_decision")
"""The steps that take somebody's minutes."""

PRE_DUE_STEPS: tuple[Step, ...] = ("none", "email", "portal_check")
"""What may be done before anything is due: calls before the due day bring nothing."""

Hold = Literal[
    "insolvency", "legal", "agency", "closed", "write_off_proposed", "do_not_contact", "statutory", "snooze"
]  # fmt: skip
"""Why nobody may call: the kinds of `ledger.activity.HOLDS`, in the order in which they decide. `closed` is an account
without anybody to call, the dead among them; `snooze` one that a colleague put off."""

HOLD_WORDS: dict[Hold, str] = {
    "insolvency": "insolvency proceedings",
    "legal": "with the lawyers",
    "agency": "with a collection agency",
    "closed": "closed, there is nobody to call",
    "write_off_proposed": "proposed for write-off",
    "do_not_contact": "asked not to be contacted",
    "statutory": "a law forbids to contact them now",
    "snooze": "put off by a colleague",
}
