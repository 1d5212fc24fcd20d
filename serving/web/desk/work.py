"""What a page needs for recording what came of a call: the forms as they are filled, what was refused, and the line
that says what was recorded last, with its undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from ledger.desk_journal import Recorded
from ledger.errors import PayriskError
from serving.activities.errors import AccountChanged
from serving.activities.people import Actor
from serving.activities.recording import Recorder
from serving.activities.worked import versions, worked
from serving.web.activities.words import NameOf, conflict_words, recorded_words, short_words, told_activities
from serving.web.desk.list_view import ListView
from serving.web.desk.outcome_forms import first_values
from serving.web.forms import Fields
from serving.web.languages import retold, tr
from serving.web.navigation import account_href

Json = dict[str, Any]
Place = Literal["queue", "account"]


@dataclass(frozen=True)
class Refused:
    """A form that was not recorded, and why; what was typed is kept."""

    form: Fields
    error: PayriskError

    def words(self, who: Actor, name_of: NameOf) -> str:
        """Why not, as a sentence beside the field, or above the forms."""
        newest = self.error.newest if isinstance(self.error, AccountChanged) else None
        if newest is None:
            told = str(self.error).removeprefix(f"{self.error.field}: ")
            return retold(told) + (f" {retold(self.error.remedy)}" if self.error.remedy else "")
        return told_first(newest, who, name_of)


SAID = frozenset({"note", "dispute", "resolution", "contest", "escalation", "callback", "assignment"})
"""What no card of an account's page shows once its list knows of it; promises, contacts and holds have their own."""


def said_by(recorder: Recorder, customer_id: str, evening: date, name_of: NameOf) -> list[Json]:
    """Notes, disputes and the like that were recorded of an account by an evening, newest first."""
    known = recorder.recorded(customer_id, until=evening)["items"]
    return told_activities([one for one in known if one["kind"] in SAID], name_of)


def told_first(newest: Recorded, who: Actor, name_of: NameOf) -> str:
    """That somebody recorded something first, or oneself elsewhere."""
    by = tr("You") if newest.actor == who.person_id else name_of(newest.actor)
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
    recorder: Recorder, who: Actor, body: Json, view: ListView, place: Place, name_of: NameOf,
    refused: Refused | None = None,
) -> Forms:  # fmt: skip
    """The forms of an account of the API for somebody, on a page that shows this part of the list."""
    customer_id = body["customer_id"]
    fields = {"version": str(recorder.version(customer_id)), "from": place}
    disputes = {one["activity_id"]: recorded_words(one) for one in recorder.open_disputes(customer_id)}
    first = first_values(body, recorder.day()) | {"disputes": disputes}
    plain = Forms(account_href(customer_id), fields | view.fields(), first)
    if refused is None:
        return plain
    return Forms(
        plain.action,
        plain.fields,
        plain.first,
        refused.form.get("kind", ""),
        refused.form,
        refused.words(who, name_of),
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
        return {
            "words": tr("Undone: {what}", what=recorded_words(undone)) if undone else tr("Undone"),
            "name": name,
            "undo": None,
        }
    fields = {"version": str(recorder.version(customer_id)), "from": place}
    undo = {"action": f"{account_href(customer_id)}/undo", "fields": fields | view.fields() | {"of": activity_id}}
    return {"words": tr("{what} recorded", what=recorded_words(one)), "name": name, "undo": undo}


class Done(NamedTuple):
    """What was done about an account last, in words.

    Attributes:
        at: the time, in UTC; activity_id, version: what takes it back.
    """

    short: str
    what: str
    by: str
    at: str
    activity_id: str
    version: int

    @property
    def undo(self) -> dict[str, str]:
        """The fields of the form that takes it back."""
        return {"of": self.activity_id, "version": str(self.version), "from": "queue"}


def done_words(since: Sequence[Recorded], name_of: NameOf) -> dict[str, Done]:
    """Customer → what was done about it last; the account worked last first.

    Args:
        since: the rows that the list does not know, newest first.
    """
    version = versions(since)
    return {
        customer_id: Done(
            short_words(row.kind, row.said),
            recorded_words({"kind": row.kind, "said": row.said}),
            name_of(row.actor),
            f"{row.recorded_at:%H:%M}",
            row.activity_id,
            version[customer_id],
        )
        for customer_id, row in worked(since).items()
    }
