"""The list that people work, and the page of an account: whom to call next, why, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi.responses import HTMLResponse

from serving.activities.errors import AccountChanged
from serving.activities.people import Actor
from serving.activities.recording import Recorder
from serving.desk import MOST_LINES, Desk
from serving.errors import NothingPublished, NotListed, UnknownAccount
from serving.people.access import Sight
from serving.web.account_words import why_sentences
from serving.web.activity_words import told_activities
from serving.web.api import day_of
from serving.web.list_view import ListView, neighbours, steps_of
from serving.web.pages import ITEMS_IN_PANEL, ITEMS_ON_PAGE, Pages, account_parts
from serving.web.problems import STATUS
from serving.web.work import Forms, Place, Refused, done_words, forms_of, toast_of, undo_fields
from serving.wording import told_reasons

Json = dict[str, Any]

REASONS_IN_LIST = 2
NOT_ASKED: Sequence[Json] = ()


@dataclass(frozen=True)
class Visit:
    """Who looks at which part of the list.

    Attributes:
        sight: whose accounts they see.
        last: the account and the activity that were recorded last, for the line that says so; None for none.
    """

    who: Actor
    sight: Sight
    view: ListView
    last: tuple[str, str] | None = None


class DeskPages:
    """The two pages, drawn for whoever asks.

    Args:
        recorder: writes what came of a call; without one there are no forms.
    """

    def __init__(self, desk: Desk, pages: Pages, recorder: Recorder | None) -> None:
        self.desk, self.pages, self.recorder = desk, pages, recorder

    def queue(self, visit: Visit, account: str | None, *, refused: Refused | None = None) -> HTMLResponse:
        """The list with one account beside it: the one that is asked for, else the first that is shown.

        Who sees nobody by name reads the list alone: there is nobody to call.
        """
        try:
            body = self.desk.queue(day_of(visit.view.as_of), sight=visit.sight)
        except NothingPublished as nothing:
            return self.pages.show("nothing.html", as_of=nothing.as_of, evenings=self.desk.evenings())
        if visit.sight.unnamed:
            return self.pages.show("unnamed_queue.html", queue=body, lines=_told(body["items"][:MOST_LINES]))
        evening, newest = date.fromisoformat(body["as_of"]), self._is_newest(body)
        done = done_words(self.recorder, evening) if self.recorder and newest else {}
        tabs = self._tabs(visit, body["items"], done, evening)
        counts = {name: len(lines) for name, lines in tabs.items()}
        if tabs["held"] is NOT_ASKED:
            counts["held"] = body["summary"].get("held", 0)
        shown = tabs[visit.view.tab]
        elsewhere = self._elsewhere(visit, evening) if visit.view.q and not any(tabs.values()) else None
        wanted = account if account is not None else next((line["customer_id"] for line in shown), None)
        return self.pages.show(
            "queue.html",
            _status(refused),
            queue=body,
            view=visit.view,
            counts=counts,
            worked=sum(line["customer_id"] in done for line in body["items"]),
            steps=steps_of(body["items"]),
            lines=[
                {**line, "told": told_reasons(line, REASONS_IN_LIST), "done": done.get(line["customer_id"])}
                for line in shown[:MOST_LINES]
            ],
            beyond=len(shown) - MOST_LINES,
            elsewhere=elsewhere,
            newest=newest,
            chosen=account is not None,
            toast=self._toast(visit, "queue"),
            **self._panel(visit, wanted, evening, newest, refused),
        )

    def _tabs(
        self, visit: Visit, lines: Sequence[Json], done: Mapping[str, Json], evening: date
    ) -> dict[str, Sequence[Json]]:
        """What filters and search leave of each tab; whom a rule holds is read only where it is shown or counted."""
        view = visit.view
        of = {line["customer_id"]: line for line in lines if view.shows(line)}
        held = self.desk.held(evening, visit.sight) if view.tab == "held" or view.narrowed else None
        return {
            "todo": [line for customer_id, line in of.items() if customer_id not in done],
            "done": [of[customer_id] for customer_id in done if customer_id in of],
            "held": NOT_ASKED if held is None else [{**one, "rank": None} for one in held if view.shows(one)],
        }

    def _elsewhere(self, visit: Visit, evening: date) -> Json | None:
        """The account whose id is searched for, though neither list nor hold has it; None where there is none."""
        try:
            return self.desk.account(visit.view.q, evening, visit.sight)
        except UnknownAccount:
            return None

    def panel(self, visit: Visit, account: str) -> HTMLResponse:
        """One account's panel alone."""
        run = self.desk.run(day_of(visit.view.as_of))
        newest = run.as_of == next(iter(self.desk.evenings()), None)
        parts = self._panel(visit, account, run.as_of, newest, None)
        return self.pages.show("panel.html", view=visit.view, chosen=True, **parts)

    def account(self, visit: Visit, customer_id: str, *, refused: Refused | None = None) -> HTMLResponse:
        """Everything for the call with one account; of one that left the list, as it was then."""
        asked = day_of(visit.view.as_of)
        left = self._left(visit, customer_id) if asked is None else None
        body = left or self.desk.account(customer_id, asked, visit.sight)
        if visit.sight.unnamed:
            line = self._line(customer_id, visit) if body["rank"] is not None else None
            return self.pages.show(
                "unnamed_account.html", account=body, line=line, why=why_sentences(body), reasons=told_reasons(body)
            )
        newest = left is None and self._is_newest(body["run"])
        evening = date.fromisoformat(body["run"]["as_of"])
        before, after = neighbours(self._todo(visit, evening, newest), body["rank"])
        return self.pages.show(
            "account.html",
            _status(refused),
            newest=newest,
            view=visit.view,
            before=before,
            after=after,
            why=why_sentences(body),
            rank=None if left else self._rank_explanation(body),
            work=self._forms(visit, body, newest, "account", refused),
            toast=self._toast(visit, "account"),
            left=left is not None,
            undo=self._undo_of(visit, customer_id) if left else None,
            **(self._recorded(customer_id, date.min, True) if left else self._recorded(customer_id, evening, newest)),
            **account_parts(body, ITEMS_ON_PAGE),
        )

    def _left(self, visit: Visit, customer_id: str) -> Json | None:
        """An account that left the list after something was recorded of it, as it was then; None for all others."""
        if self.recorder is None or not self.recorder.version(customer_id):
            return None
        return self.desk.left(customer_id, visit.sight)

    def _undo_of(self, visit: Visit, customer_id: str) -> Json | None:
        """What the forms send that take back what was recorded."""
        return undo_fields(self.recorder, customer_id, visit.view, "account") if self.recorder else None

    def _line(self, customer_id: str, visit: Visit) -> Json:
        return self.desk.queue_item(customer_id, day_of(visit.view.as_of), visit.sight)

    def next_after(self, visit: Visit, body: Json) -> str | None:
        """The account to work after one: the next of what is to do, from the top again at the end; of the other tabs
        the same one."""
        if visit.view.tab != "todo":
            return str(body["customer_id"])
        todo = self._todo(visit, date.fromisoformat(body["run"]["as_of"]), self._is_newest(body["run"]))
        after = neighbours(todo, body["rank"])[1]
        return after or next((str(line["customer_id"]) for line in todo), None)

    def _todo(self, visit: Visit, evening: date, newest: bool) -> list[Json]:
        """The lines of a view that were not worked yet."""
        done = self.recorder.worked(evening) if self.recorder and newest else {}
        lines = self.desk.queue(evening, sight=visit.sight)["items"]
        return [line for line in lines if visit.view.shows(line) and line["customer_id"] not in done]

    def _panel(
        self, visit: Visit, customer_id: str | None, evening: date, newest: bool,
        refused: Refused | None,
    ) -> Json:  # fmt: skip
        nothing: Json = {"account": None, "missing": None, "work": None, "recorded": []}
        if customer_id is None:
            return nothing
        try:
            body = self.desk.account(customer_id, evening, visit.sight)
        except UnknownAccount as unknown:
            return nothing | {"missing": unknown}
        return {
            **nothing,
            "work": self._forms(visit, body, newest, "queue", refused),
            **self._recorded(customer_id, evening, newest),
            **account_parts(body, ITEMS_IN_PANEL),
        }

    def _recorded(self, customer_id: str, evening: date, newest: bool) -> Json:
        since = self.recorder.since(customer_id, evening) if self.recorder and newest else []
        return {"recorded": told_activities(since)}

    def _forms(self, visit: Visit, body: Json, newest: bool, place: Place, refused: Refused | None) -> Forms | None:
        if self.recorder is None or not newest:
            return None
        return forms_of(self.recorder, visit.who, body, visit.view, place, refused)

    def _toast(self, visit: Visit, place: Place) -> Json | None:
        if self.recorder is None or visit.last is None:
            return None
        customer_id, activity_id = visit.last
        try:
            body = self.desk.account(customer_id, sight=visit.sight)
        except UnknownAccount:
            return None
        return toast_of(self.recorder, body, activity_id, visit.view, place)

    def _rank_explanation(self, body: Json) -> Json | None:
        """Why a listed account has its rank; None off the list, and on lists of before ranks were explained."""
        try:
            line = self.desk.queue_item(body["customer_id"], date.fromisoformat(body["run"]["as_of"]))
        except NotListed:
            return None
        explanation: Json | None = line.get("rank_explanation")
        return explanation

    def _is_newest(self, run: Json) -> bool:
        return bool(run["as_of"] == next((day.isoformat() for day in self.desk.evenings()), None))


def _told(lines: Sequence[Json]) -> list[Json]:
    return [{**line, "told": told_reasons(line, REASONS_IN_LIST)} for line in lines]


def _status(refused: Refused | None) -> int:
    if refused is None:
        return 200
    return 412 if isinstance(refused.error, AccountChanged) else STATUS[refused.error.code]
