"""The codes of what collectors tell us: how a customer was contacted, what came of it, why it is not to be called."""

import re

CHANNELS = ("phone", "email", "letter", "visit", "other")
"""How a customer was contacted."""

OUTCOMES = (
    "no_answer", "message_left", "sent", "wrong_party", "right_party", "promise", "dispute", "refusal", "paid_already",
    "callback",
)  # fmt: skip
"""What came of a contact. Nobody was spoken to: no_answer, message_left (on a machine or with others), sent (an e-mail
or a letter, unanswered). Somebody was: wrong_party (who cannot speak about paying), right_party (who can, without a
result), and of a right party with a result: promise, dispute, refusal, paid_already, callback (to be called again)."""

RIGHT_PARTY_OUTCOMES = ("right_party", "promise", "dispute", "refusal", "paid_already", "callback")
"""Somebody who may speak about paying was reached."""

LIVE_OUTCOMES = ("wrong_party", *RIGHT_PARTY_OUTCOMES)
"""Somebody was reached."""

HOLDS = (
    "insolvency", "legal", "agency", "closed", "write_off_proposed", "do_not_contact", "statutory", "snooze",
)  # fmt: skip
"""Why a customer is not to be called: insolvent, with the lawyers, with an agency, closed (a firm dissolved, a person
who died), about to be written off, asked never to be called, protected by law for a time, or put off by a collector."""

TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
"""A time of day as it is told, 00:00 to 23:59."""
