"""An activity in a line: when, what, the words of it, by whom, and whether it was undone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from serving.web.words import money, short_day

Json = dict[str, Any]


def told_activities(activities: Sequence[Json], name_of: Callable[[str], str]) -> list[Json]:
    """What a page shows of activities; an undo has no line of its own where what it undid has one."""
    shown = {one["activity_id"] for one in activities}
    return [told_activity(one, name_of) for one in activities if not (one["kind"] == "undo" and one["of"] in shown)]


def told_activity(activity: Json, name_of: Callable[[str], str]) -> Json:
    """What a page shows of an activity of the API: `when`, `what`, `told`, `by`, `undone` ('' where it stands), and
    `undo`, the id to take it back by ('' of what cannot be)."""
    undone = activity["undone"]
    return {
        "when": short_day(activity["known_on"]),
        "what": _WHAT.get(activity["kind"], activity["kind"].capitalize()),
        "told": _TOLD[activity["kind"]](activity["said"]),
        "by": f"{name_of(activity['by'])}, {activity['recorded_at'][11:16]} UTC",
        "undone": f"undone by {name_of(undone['by'])}" if undone else "",
        "undo": "" if undone or activity["kind"] == "undo" else activity["activity_id"],
    }


def recorded_words(activity: Json) -> str:
    """What was recorded, as the line after it says it: `Promise of €1,200.00 by 12 Mar 2026`."""
    said, kind = activity["said"], activity["kind"]
    match kind:
        case "promise" | "dispute":
            until = f" by {short_day(said['promised_on'])}" if kind == "promise" else f" of {said['item_id']}"
            return f"{kind.capitalize()} of {_amount(said)}{until}"
        case "callback":
            return f"Callback on {_callback(said)}"
        case "snooze":
            return f"Snooze until {short_day(said['until_on'])}"
        case "hold":
            return f"Hold, {_words(said['why'])}"
        case "assignment":
            return f"Given to {said['collector']}"
        case "contest":
            return f"The list is wrong, {_words(said['because'])}"
        case "resolution":
            return f"Dispute ended, {_words(said['outcome'])}"
    return short_words(kind, said)


def short_words(kind: str, said: Json) -> str:
    """What was recorded, in a word or two: `Promise`, `No answer`."""
    if kind == "contact":
        return CONTACTS.get(said["outcome"], _words(said["outcome"]).capitalize())
    return {"contest": "Wrong", "resolution": "Dispute ended", "assignment": "Given on"}.get(kind, kind.capitalize())


def conflict_words(kind: str, who: str, at: datetime) -> str:
    """That somebody was first: `maria recorded a promise on this account at 09:41 UTC.`"""
    did = {
        "contest": "said that the list is wrong about",
        "resolution": "ended a dispute of",
        "undo": "took something back on",
        "escalation": "asked a manager about",
        "assignment": "gave somebody else",
    }.get(kind, f"recorded a {kind} on")
    return f"{who} {did} this account at {at:%H:%M} UTC."


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
    return f"{said['channel']}, {_words(said['outcome'])}{minutes}"


def _promise(said: Json) -> str:
    return f"{_amount(said)} by {short_day(said['promised_on'])}{_items(said.get('item_ids', []))}"


def _dispute(said: Json) -> str:
    waits = f", for {said['owner']}" if "owner" in said else ""
    until = f" until {short_day(said['due_on'])}" if "due_on" in said else ""
    return f"{_amount(said)} of {said['item_id']}: {said['reason']}{waits}{until}"


def _callback(said: Json) -> str:
    return f"{short_day(said['due_on'])}{' at ' + said['at'] if 'at' in said else ''}"


def _hold(said: Json) -> str:
    until = f" until {short_day(said['until_on'])}" if "until_on" in said else ""
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
    "snooze": lambda said: f"until {short_day(said['until_on'])}: {said['reason']}",
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
    return f" for {item_ids[0]}" + (f" and {len(item_ids) - 1} more" if len(item_ids) > 1 else "")


def _words(code: str) -> str:
    return code.replace("_", " ")
