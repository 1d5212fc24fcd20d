"""Where an account stands on one evening, in a word of ours."""

from typing import Literal

Standing = Literal[
    "listed", "below_the_cut", "held", "routed_to_dispute_owner", "routed_to_cash_application", "routed_to_email",
    "not_overdue",
]  # fmt: skip
"""Where an account stands on one evening. Every account with open items has exactly one standing."""
