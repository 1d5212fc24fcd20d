"""What came of a call, as a form says it: the fields of each kind, what stands in them at first, and what they mean."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ledger.activity_codes import HOLDS
from serving.activities import said
from serving.activities.errors import BadActivity
from serving.web.forms import Fields

Json = dict[str, Any]

STEPS: Mapping[str, tuple[str, str]] = {
    "no_answer": ("phone", "no_answer"),
    "message_left": ("phone", "message_left"),
    "paid_already": ("phone", "paid_already"),
    "sent": ("email", "sent"),
    "right_party": ("phone", "right_party"),
    "wrong_party": ("phone", "wrong_party"),
    "refusal": ("phone", "refusal"),
}
"""Outcomes of one step: the channel and the outcome of the contact that they are."""

MORE = {
    "right_party": "Spoke to them, no result",
    "refusal": "They refuse to pay",
    "wrong_party": "Reached somebody else",
}
CONTESTS = {
    "paid_already": "They have paid already",
    "pays_sooner": "They will pay sooner",
    "pays_later": "They will pay later",
    "wrong_data": "The figures are wrong",
    "wrong_reason": "A reason is wrong",
    "wrong_contact": "The contact is wrong",
    "other": "Something else",
}
DISPUTES = ("price", "quantity", "damaged goods", "not delivered", "billed twice", "paid already", "no order")
RESOLUTIONS = {
    "accepted": "The customer was right",
    "partly_accepted": "The customer was right in part",
    "rejected": "The customer was not right",
    "withdrawn": "The customer gave it up",
}
NOTES = {"": "Whoever is next", "manager": "A manager, who is asked to look"}
SNOOZES = ("waits for their payment run", "waits for their reply", "waits for an answer of ours", "contact is away")
HOLD_NAMES = {code: code.replace("_", " ").capitalize() for code in HOLDS if code != "snooze"}
CHOICES = {
    "contest": CONTESTS,
    "dispute": DISPUTES,
    "snooze": SNOOZES,
    "hold": HOLD_NAMES,
    "more": MORE,
    "note": NOTES,
    "owner": said.OWNERS,
    "resolution": RESOLUTIONS,
}
"""What can be chosen in a form, by the name that `outcomes.html` has for it."""

MOST_ITEMS = 100
"""Of an account, those due first: what a dispute can be about in the form; about others over the API."""

AGREED_IN, SNOOZED_FOR = timedelta(7), timedelta(7)
_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")


def said_of(form: Fields, body: Json) -> said.Said:
    """What a form says about an account of the API. Raises `BadActivity`, with the field, for what cannot be read."""
    reader = _READERS.get(form.get("kind", ""))
    if reader is None:
        raise BadActivity("bad_kind", "kind", "This form is none of ours. Expected one of the account's page.")
    currencies = {item["item_id"]: item["open"]["currency"] for item in body["items"]}
    return reader({**form, "currency": currencies.get(form.get("item_id", ""), form.get("currency", ""))})


def first_values(body: Json, today: date) -> Json:
    """What stands in the forms of an account at first: money to call about, days ahead, its items.

    Args:
        body: an account of the API; today: the day on which it is worked.
    """
    items = [item for item in body["items"] if Decimal(item["open"]["amount"]) > 0]
    totals = _owed(items)
    currency = max(totals, key=lambda one: (totals[one], one), default=body["open"]["currency"])
    return {
        "currencies": sorted(totals),
        "currency": currency,
        "amount": str(_called_about(body, items, currency)),
        "promised_on": _on_weekday(today + AGREED_IN).isoformat(),
        "due_on": _on_weekday(today + timedelta(1)).isoformat(),
        "until_on": _on_weekday(today + SNOOZED_FOR).isoformat(),
        "today": today.isoformat(),
        "last": (today + timedelta(said.FARTHEST_DAYS)).isoformat(),
        "items": [{"item_id": item["item_id"], **item["open"]} for item in items[:MOST_ITEMS]],
    }


def _owed(items: Sequence[Json]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for item in items:
        totals[item["open"]["currency"]] = totals.get(item["open"]["currency"], Decimal(0)) + Decimal(
            item["open"]["amount"]
        )
    return totals


def _called_about(body: Json, items: Sequence[Json], currency: str) -> Decimal:
    """Overdue money in a currency, less what is promised, disputed or covered by credits of it; all that is open where
    none is left."""
    overdue = _owed([item for item in items if item["dpd"] > 0]).get(currency, Decimal(0))
    for known in (body.get("promised"), body.get("disputed"), *body.get("unapplied_credits", ())):
        if known and known["currency"] == currency:
            overdue -= Decimal(known["amount"])
    return overdue if overdue > 0 else _owed(items).get(currency, Decimal(0))


def _on_weekday(day: date) -> date:
    """The day, or the Monday after it."""
    return day + timedelta(max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _contact(form: Fields) -> said.Said:
    outcome = form.get("outcome", "")
    channel, outcome = STEPS.get(outcome, ("phone", outcome))
    minutes = form.get("minutes", "").strip()
    if minutes and not re.fullmatch(r"[0-9]{1,4}", minutes):
        raise BadActivity("bad_minutes", "minutes", f'"{minutes[:20]}" is no number. Expected whole minutes.')
    return said.Contact(channel, outcome, int(minutes) if minutes else None)


def _promise(form: Fields) -> said.Said:
    return said.Promise(_amount(form), form.get("currency", ""), _day(form, "promised_on"))


def _dispute(form: Fields) -> said.Said:
    return said.Dispute(
        form.get("item_id", ""),
        _amount(form),
        form.get("currency", ""),
        _reason(form),
        form.get("owner", ""),
    )


def _callback(form: Fields) -> said.Said:
    return said.Callback(_day(form, "due_on"), form.get("at", "").strip())


def _snooze(form: Fields) -> said.Said:
    return said.Snooze(_day(form, "until_on"), _reason(form))


def _hold(form: Fields) -> said.Said:
    until = _day(form, "until_on") if form.get("until_on", "").strip() else None
    return said.Hold(form.get("why", ""), form.get("reason", "").strip(), until)


def _note(form: Fields) -> said.Said:
    return (said.Escalation if form.get("to") == "manager" else said.Note)(_text(form, "text"))


def _resolution(form: Fields) -> said.Said:
    return said.Resolution(form.get("of", ""), form.get("outcome", ""), _text(form, "text"))


def _contest(form: Fields) -> said.Said:
    return said.Contest(form.get("because", ""), _text(form, "text"))


_READERS: Mapping[str, Callable[[Fields], said.Said]] = {
    "contact": _contact,
    "promise": _promise,
    "dispute": _dispute,
    "callback": _callback,
    "snooze": _snooze,
    "hold": _hold,
    "note": _note,
    "contest": _contest,
    "resolution": _resolution,
}


def _amount(form: Fields) -> Decimal:
    text = form.get("amount", "").strip()
    if not _AMOUNT.fullmatch(text):
        told = f'"{text[:30]}" is not an amount' if text else "It is empty"
        raise BadActivity("bad_amount", "amount", f"{told}. Expected digits with a decimal dot, as in 1200.50.")
    return Decimal(text)


def _day(form: Fields, name: str) -> date:
    text = form.get(name, "").strip()
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        told = f'"{text[:20]}" is not a day' if text else "It is empty"
        raise BadActivity("bad_day", name, f"{told}. Expected YYYY-MM-DD, as in 2026-03-31.") from None


def _reason(form: Fields) -> str:
    """A reason of the list, words of one's own, or both."""
    return ": ".join(part for part in (form.get("reason", "").strip(), _text(form, "text")) if part)


def _text(form: Fields, name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n").strip()  # browsers send lines with both
