"""An activity in a line: when, what, the words of it, by whom, and whether it was undone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from serving.web.languages import tr
from serving.web.words import money, short_day

Json = dict[str, Any]
NameOf = Callable[[str], str]
"""What colleagues call a person, by the name that this person signs in with."""


def told_activities(activities: Sequence[Json], name_of: NameOf) -> list[Json]:
    """What a page shows of activities; an undo has no line of its own where what it undid has one."""
    shown = {one["activity_id"] for one in activities}
    return [told_activity(one, name_of) for one in activities if not (one["kind"] == "undo" and one["of"] in shown)]


def told_activity(activity: Json, name_of: NameOf) -> Json:
    """What a page shows of an activity of the API: `when`, `what`, `told`, `by`, `undone` ('' where it stands), and
    `undo`, the id to take it back by ('' of what cannot be)."""
    undone = activity["undone"]
    return {
        "when": short_day(activity["known_on"]),
        "what": tr(_WHAT.get(activity["kind"], activity["kind"].capitalize())),
        "told": _TOLD[activity["kind"]](activity["said"]),
        "by": f"{name_of(activity['by'])}, {activity['recorded_at'][11:16]} UTC",
        "undone": tr("undone by {name}", name=name_of(undone["by"])) if undone else "",
        "undo": "" if undone or activity["kind"] == "undo" else activity["activity_id"],
    }


def recorded_words(activity: Json) -> str:
    """What was recorded, as the line after it says it: `Promise of €1,200.00 by 12 Mar 2026`."""
    said, kind = activity["said"], activity["kind"]
    match kind:
        case "promise" | "dispute":
            if kind == "dispute":
                return tr("Dispute of {money} of {item}", money=_amount(said), item=said["item_id"])
            return tr("Promise of {money} by {day}", money=_amount(said), day=short_day(said["promised_on"]))
        case "callback":
            return tr("Callback on {day}", day=_callback(said))
        case "snooze":
            return tr("Snooze until {day}", day=short_day(said["until_on"]))
        case "hold":
            return tr("Hold, {why}", why=_words(said["why"]))
        case "assignment":
            return tr("Given to {name}", name=said["collector"])
        case "contest":
            return tr("The list is wrong, {because}", because=_words(said["because"]))
        case "resolution":
            return tr("Dispute ended, {outcome}", outcome=_words(said["outcome"]))
    return short_words(kind, said)


def short_words(kind: str, said: Json) -> str:
    """What was recorded, in a word or two: `Promise`, `No answer`."""
    if kind == "contact":
        return tr(CONTACTS.get(said["outcome"], _words(said["outcome"]).capitalize()))
    return tr(
        {"contest": "Wrong", "resolution": "Dispute ended", "assignment": "Given on"}.get(kind, kind.capitalize())
    )


SHORT = {"contest": "Wrong", "resolution": "Dispute ended", "assignment": "Given on"}


def conflict_words(kind: str, who: str, at: datetime) -> str:
    """That somebody was first: `maria recorded a promise on this account at 09:41 UTC.`"""
    return tr(
        FIRST.get(kind, f"{{who}} recorded a {kind} on this account at {{time}} UTC."), who=who, time=f"{at:%H:%M}"
    )


FIRST = {
    "contest": "{who} said that the list is wrong about this account at {time} UTC.",
    "resolution": "{who} ended a dispute of this account at {time} UTC.",
    "undo": "{who} took something back on this account at {time} UTC.",
    "escalation": "{who} asked a manager about this account at {time} UTC.",
    "assignment": "{who} gave this account to somebody else at {time} UTC.",
}
"""What somebody did first, of kinds that are not simply recorded."""


CONTACTS = {
    "no_answer": "No answer",
    "message_left": "Left a message",
    "paid_already": "Says paid",
    "sent": "E-mail sent",
    "right_party": "Spoke to them",
    "wrong_party": "Reached somebody else",
    "refusal": "They refuse to pay",
}
"""What came of a contact, where the channel goes without saying."""


def _contact(said: Json) -> str:
    minutes = f", {said['minutes']} min" if "minutes" in said else ""
    return f"{tr(said['channel'])}, {_words(said['outcome'])}{minutes}"


def _promise(said: Json) -> str:
    told = tr("{money} by {day}", money=_amount(said), day=short_day(said["promised_on"]))
    return told + _items(said.get("item_ids", []))


def _dispute(said: Json) -> str:
    waits = tr(", for {owner}", owner=tr(said["owner"])) if "owner" in said else ""
    until = f" {tr('until {day}', day=short_day(said['due_on']))}" if "due_on" in said else ""
    told = tr("{money} of {item}", money=_amount(said), item=said["item_id"])
    return f"{told}: {said['reason']}{waits}{until}"


def _callback(said: Json) -> str:
    at = f" {tr('at {time}', time=said['at'])}" if "at" in said else ""
    return short_day(said["due_on"]) + at


def _hold(said: Json) -> str:
    until = f" {tr('until {day}', day=short_day(said['until_on']))}" if "until_on" in said else ""
    return f"{_words(said['why'])}{until}{': ' + said['reason'] if 'reason' in said else ''}"


def _contest(said: Json) -> str:
    about = f" ({said['item_id']})" if "item_id" in said else ""
    return f"{_words(said['because'])}{about}{': ' + said['text'] if 'text' in said else ''}"


_WHAT = {
    "contest": "The list is wrong:", "resolution": "Dispute ended:", "undo": "Undone", "hold": "Hold:",
    "escalation": "A manager is asked:", "assignment": "Given to",
}  # fmt: skip

_TOLD: Mapping[str, Callable[[Json], str]] = {
    "contact": _contact,
    "promise": _promise,
    "dispute": _dispute,
    "resolution": lambda said: _words(said["outcome"]) + (f": {said['text']}" if "text" in said else ""),
    "callback": _callback,
    "hold": _hold,
    "snooze": lambda said: f"{tr('until {day}', day=short_day(said['until_on']))}: {said['reason']}",
    "note": lambda said: str(said["text"]),
    "contest": _contest,
    "escalation": lambda said: str(said["text"]),
    "assignment": lambda said: said["collector"] + (f": {said['reason']}" if "reason" in said else ""),
    "undo": lambda said: str(said.get("reason", "")),
}


def _amount(said: Json) -> str:
    return money({"amount": said["amount"], "currency": said["currency"]}, exact=True)


def _items(item_ids: list[str]) -> str:
    if not item_ids:
        return ""
    more = f" {tr('and {count} more', count=len(item_ids) - 1)}" if len(item_ids) > 1 else ""
    return f" {tr('for {item}', item=item_ids[0])}{more}"


def _words(code: str) -> str:
    return tr(code.replace("_", " "))
