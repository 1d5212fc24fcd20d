"""What a page needs for recording what came of a call: the forms as they are filled, what was refused, and the line
that says what was recorded last, with its undo."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from ledger.errors import PayriskError
from serving.activities.errors import AccountChanged
from serving.activities.people import Actor
from serving.activities.recording import Recorder
from serving.web.activity_words import conflict_words, recorded_words, short_words
from serving.web.list_view import ListView
from serving.web.outcome_forms import Fields, first_values
from serving.web.waterfall import account_href

Json = dict[str, Any]
Place = Literal["queue", "account"]


@dataclass(frozen=True)
class Refused:
    """A form that was not recorded, and why; what was typed is kept."""

    form: Fields
    error: PayriskError

    def words(self, who: Actor) -> str:
        """Why not, as a sentence beside the field, or above the forms."""
        newest = self.error.newest if isinstance(self.error, AccountChanged) else None
        if newest is None:
            told, field_name = str(self.error), self.error.field
            return told.removeprefix(f"{field_name}: ") + (f" {self.error.remedy}" if self.error.remedy else "")
        by = "You" if newest.actor == who.person_id else newest.actor
        return conflict_words(newest.kind, by, newest.recorded_at)


@dataclass(frozen=True)
class Forms:
    """The forms of one account.

    Attributes:
        action: where they post to, without the last word; fields: what each of them sends beside its own.
        first: what stands in them at first; sent: what was typed into the one that was refused.
        kind: the form that is open; '' for none. problem: why it was refused; wrong: the field that it is about.
        conflict: whether somebody else was first.
    """

    action: str
    fields: Mapping[str, str]
    first: Json
    kind: str = ""
    sent: Fields = field(default_factory=dict)
    problem: str = ""
    wrong: str = ""
    conflict: bool = False

    def value(self, kind: str, name: str) -> str:
        """What stands in a field: what was typed, else what stands there at first."""
        if kind == self.kind:
            return self.sent.get(name, "")
        return str(self.first.get(name, ""))


def forms_of(
    recorder: Recorder, who: Actor, body: Json, view: ListView, place: Place, refused: Refused | None = None
) -> Forms:
    """The forms of an account of the API for somebody, on a page that shows this part of the list."""
    customer_id = body["customer_id"]
    fields = {"version": str(recorder.version(customer_id)), "from": place}
    plain = Forms(account_href(customer_id), fields | view.fields(), first_values(body, recorder.day()))
    if refused is None:
        return plain
    return Forms(
        plain.action,
        plain.fields,
        plain.first,
        refused.form.get("kind", ""),
        refused.form,
        refused.words(who),
        refused.error.field or "",
        isinstance(refused.error, AccountChanged),
    )


def toast_of(recorder: Recorder, body: Json, activity_id: str, view: ListView, place: Place) -> Json | None:
    """The line after something was recorded or undone about an account, with what undoes it; None where there is
    no such activity."""
    customer_id = body["customer_id"]
    one = recorder.activity(customer_id, activity_id)
    if one is None:
        return None
    name = body["customer_name"] or customer_id
    if one["kind"] == "undo" or one["undone"]:
        undone = recorder.activity(customer_id, one["of"]) if one["kind"] == "undo" else one
        return {"words": f"Undone: {recorded_words(undone)}" if undone else "Undone", "name": name, "undo": None}
    undo = undo_fields(recorder, customer_id, view, place, activity_id)
    return {"words": f"{recorded_words(one)} recorded", "name": name, "undo": undo}


def undo_fields(recorder: Recorder, customer_id: str, view: ListView, place: Place, of: str = "") -> Json:
    """The form that takes an activity back: where it posts to, and what it sends."""
    fields = {"version": str(recorder.version(customer_id)), "from": place} | view.fields() | {"of": of}
    return {"action": f"{account_href(customer_id)}/undo", "fields": fields}


def done_words(recorder: Recorder, evening: date) -> dict[str, Json]:
    """Customer → what was done about it since an evening, in words, the account worked last first."""
    return {
        customer_id: {
            "short": short_words(row.kind, row.said),
            "what": recorded_words({"kind": row.kind, "said": row.said}),
            "by": row.actor,
            "at": f"{row.recorded_at:%H:%M}",
        }
        for customer_id, row in recorder.worked(evening).items()
    }
