"""The sentences that a list must carry about where its numbers come from; API, pages and command line say the same."""

from models.score import Mode

MODE_NOTICES: dict[Mode, str] = {
    "model": "",
    "model_stale": "The model is past its best-before day: its numbers are used, and a new one should be trained.",
    "habit": "No model fits this ledger yet: estimated from each customer's own payment habit.",
    "rule": "No current model: ordered by overdue amount and age.",
    "last_queue": "Today's list could not be made: this is the last published one.",
}

NOT_APPROVED = "First version of the model, not yet approved by a person."

OLDER_VERSION = "Scored with an older version of the model, the newest one trained by that evening."


def mode_notices(mode: Mode, *, unapproved: bool = False, older: bool = False) -> tuple[str, ...]:
    """What is to be said of a mode.

    Args:
        unapproved: the version in use was approved by nobody.
        older: a version that is not in use scored a past evening.
    """
    said = (MODE_NOTICES[mode], NOT_APPROVED if unapproved else "", OLDER_VERSION if older else "")
    return tuple(sentence for sentence in said if sentence)
