"""The list that people work, and the page of an account: whom to call next, why, and what came of it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any

from fastapi.responses import HTMLResponse

from features.languages import Language
from ledger.desk_journal import Recorded
from ledger.errors import PayriskError
from serving.activities.effort import effort_of, standing
from serving.activities.errors import AccountChanged
from serving.activities.people import Actor
from serving.activities.recording import Recorder
from serving.activities.worked import worked
from serving.errors import NothingPublished, NotListed, UnknownAccount
from serving.people.access import Sight
from serving.published.bodies import read_json
from serving.published.desk import MOST_LINES, Desk
from serving.published.which import Which
from serving.strategy.reading import shipped
from serving.strategy.rules import CALLBACK
from serving.strategy.strategy import Strategy
from serving.web.activities.words import NameOf, told_activities
from serving.web.desk.account_parts import ITEMS_IN_PANEL, ITEMS_ON_PAGE, account_parts
from serving.web.desk.account_words import why_sentences
from serving.web.desk.list_rows import ReadList
from serving.web.desk.list_tabs import OffList, Tabs, Worked, tabs_of
from serving.web.desk.list_view import ListView, neighbours, steps_of
from serving.web.desk.local_time import local_time, not_now
from serving.web.desk.row_facts import REASONS_IN_LIST, row_facts
from serving.web.desk.work import Forms, Place, Refused, done_words, forms_of, said_by, toast_of, told_first
from serving.web.languages import LANGUAGE
from serving.web.navigation import account_href
from serving.web.pages import Pages
from serving.web.parameters import day_of
from serving.web.problems import STATUS
from serving.wording import told_in, told_reasons

Json = dict[str, Any]

MOST_KEPT, LONGEST_KEPT = 8, 2**21
"""Of lists that stay read, and how many bytes of JSON they may have: some 400 accounts."""


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
        name_of: what colleagues call a person.
        strategy: gives the rules that are in force.
    """

    def __init__(
        self, desk: Desk, pages: Pages, recorder: Recorder | None, name_of: NameOf, strategy: Callable[[], Strategy]
    ) -> None:
        self.desk, self.pages, self.recorder, self.name_of, self.strategy = desk, pages, recorder, name_of, strategy
        self._read = lru_cache(MOST_KEPT)(self._read_list)

    def queue(self, visit: Visit, account: str | None, *, refused: Refused | None = None) -> HTMLResponse:
        """The list with one account beside it: the one that is asked for, else the first that is shown.

        Who sees nobody by name reads the list alone: there is nobody to call.
        """
        try:
            read = self._list(visit)
        except NothingPublished as nothing:
            return self.pages.show("nothing.html", as_of=nothing.as_of, evenings=self.desk.evenings())
        body = read.body
        if visit.sight.unnamed:
            return self.pages.show("unnamed_queue.html", queue=body, lines=_told(body["items"][:MOST_LINES]))
        evening, newest = date.fromisoformat(body["as_of"]), self._is_newest(body)
        since = self._since(evening, newest)
        tabs = self._tabs(visit, body, since)
        done = done_words(since, self.name_of)
        elsewhere = self._elsewhere(visit, evening) if visit.view.q and not tabs.any else None
        wanted = account if account is not None else next((line["customer_id"] for line in tabs.shown), None)
        return self.pages.show(
            "queue.html",
            _status(refused),
            queue=body,
            view=visit.view,
            counts=tabs.counts,
            tab_names=tabs.names,
            worked=sum(line["customer_id"] in done for line in body["items"]),
            effort=self._effort(since, body),
            due_tomorrow=self._due_tomorrow(visit, evening, since) if newest and not tabs.counts["todo"] else 0,
            steps=steps_of(body["items"]),
            rows=[read.row(line, done.get(line["customer_id"])) for line in tabs.shown[:MOST_LINES]],
            beyond=len(tabs.shown) - MOST_LINES,
            elsewhere=elsewhere,
            newest=newest,
            chosen=account is not None,
            toast=self._toast(visit, "queue"),
            **self._panel(visit, wanted, evening, newest, refused),
        )

    def shown(self, visit: Visit) -> Json:
        """The list's body with the lines alone that its page shows, all of them."""
        body = self._list(visit).body
        since = self._since(date.fromisoformat(body["as_of"]), self._is_newest(body))
        return {**body, "items": told_in(list(self._tabs(visit, body, since).shown), LANGUAGE.get())}

    def _list(self, visit: Visit, evening: date | None = None) -> ReadList:
        """The list as the visitor sees it, in the language of the page; of a long one every time anew."""
        told = self.desk.queue_json(Which(evening or day_of(visit.view.as_of), visit.sight))
        read = self._read if len(told) <= LONGEST_KEPT else self._read_list
        return read(told, LANGUAGE.get())

    def _read_list(self, told: bytes, language: Language) -> ReadList:
        """A list from its JSON, which the desk keeps as it was told: a list of which anything was erased is another
        one, with rows of its own. Its lines stay in English until they are shown."""
        body = read_json(told)
        lines = body.pop("items")
        return ReadList({**told_in(body, language), "items": lines}, partial(row_facts, icons=self.pages.icons))

    def _since(self, evening: date, newest: bool) -> list[Recorded]:
        """What was recorded since the evening of the newest list, newest first; nothing of an older one."""
        return self.recorder.known_after(evening) if self.recorder and newest else []

    def _tabs(self, visit: Visit, body: Json, since: Sequence[Recorded]) -> Tabs:
        evening = date.fromisoformat(body["as_of"])
        done = Worked(worked(since), self.recorder.day() if self.recorder else evening)
        off_list = OffList(lambda standing: self.desk.standing(standing, evening, visit.sight), body["summary"])
        return tabs_of(visit.view, body["items"], done, self.desk.broken(evening), off_list)

    def _effort(self, since: Sequence[Recorded], body: Json) -> Json | None:
        """How many accounts of this list were tried and spoken to, and what they promised; None before any was."""
        listed = {line["customer_id"] for line in body["items"]}
        found = effort_of([row for row in since if row.customer_id in listed])
        if not found.worked:
            return None
        promised = [{"amount": f"{amount:f}", "currency": currency} for currency, amount in found.promised.items()]
        return {"tried": found.tried, "spoken": found.spoken, "promised": promised}

    def _due_tomorrow(self, visit: Visit, evening: date, since: Sequence[Recorded]) -> int:
        """Promises that fall due tomorrow: those that the evening knew, and those made since."""
        if self.recorder is None:
            return 0
        day = self.recorder.day() + timedelta(1)
        mine = [row for row in standing(since) if visit.sight.extent == "all" or row.actor == visit.who.person_id]
        made = [row for row in mine if row.kind == "promise" and row.said["promised_on"] == day.isoformat()]
        return self.desk.promised_for(day, evening, visit.sight) + len(made)

    def _elsewhere(self, visit: Visit, evening: date) -> Json | None:
        """The account whose id, or whose open invoice, is searched for where no line fits; None where there is none."""
        for found in (self.desk.account, self.desk.account_of_item):
            with suppress(UnknownAccount):
                return found(visit.view.q, evening, visit.sight)
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
        body = told_in(left or self.desk.account(customer_id, asked, visit.sight), LANGUAGE.get())
        if visit.sight.unnamed:
            line = self._line(customer_id, visit) if body["rank"] is not None else None
            return self.pages.show(
                "unnamed_account.html", account=body, line=line, why=why_sentences(body), reasons=told_reasons(body)
            )
        newest = left is None and self._is_newest(body["run"])
        evening = date.fromisoformat(body["run"]["as_of"])
        before, after = neighbours(self.lines(visit, evening), customer_id, body["rank"])
        return self.pages.show(
            "account.html",
            _status(refused),
            newest=newest,
            view=visit.view,
            before=before,
            after=after,
            why=why_sentences(body),
            rank=None if left else told_in(self._rank_explanation(body), LANGUAGE.get()),
            work=self._forms(visit, body, newest, "account", refused),
            toast=self._toast(visit, "account"),
            left=left is not None,
            undo=self._undo_of(visit, customer_id) if left else None,
            there=local_time(body["country"], self.recorder.instant()) if self.recorder and newest else "",
            not_now=self._not_now(body, newest),
            earlier=() if left or not self.recorder else said_by(self.recorder, customer_id, evening, self.name_of),
            **(self._recorded(customer_id, date.min, True) if left else self._recorded(customer_id, evening, newest)),
            **account_parts(body, ITEMS_ON_PAGE),
        )

    def _left(self, visit: Visit, customer_id: str) -> Json | None:
        """An account that left the list after something was recorded of it, as it was then; None for all others."""
        if self.recorder is None or not self.recorder.version(customer_id):
            return None
        return self.desk.left(customer_id, visit.sight)

    def _undo_of(self, visit: Visit, customer_id: str) -> Json | None:
        """Where the forms post to that take back what was recorded, and what they send."""
        if self.recorder is None:
            return None
        fields = {"version": str(self.recorder.version(customer_id)), "from": "account"} | visit.view.fields()
        return {"action": account_href(customer_id), "fields": fields}

    def _line(self, customer_id: str, visit: Visit) -> Json:
        return self.desk.queue_item(customer_id, day_of(visit.view.as_of), visit.sight)

    def lines(self, visit: Visit, evening: date | None = None) -> Sequence[Json]:
        """What stands under the tab that is looked at, on an evening or the newest list."""
        body = self._list(visit, evening).body
        since = self._since(date.fromisoformat(body["as_of"]), self._is_newest(body))
        return self._tabs(visit, body, since).shown

    def next_after(self, visit: Visit, body: Json) -> str | None:
        """The account to work after one: the next under the tab, from the top again at the end. Where nobody works one
        after another, the same. To be asked before the one is recorded, and leaves the tab."""
        customer_id = str(body["customer_id"])
        if visit.view.tab in ("held", "done"):
            return customer_id
        lines = self.lines(visit)
        after = neighbours(lines, customer_id, body["rank"])[1]
        others = (str(line["customer_id"]) for line in lines if line["customer_id"] != customer_id)
        return after or next(others, None)

    def _panel(
        self, visit: Visit, customer_id: str | None, evening: date, newest: bool,
        refused: Refused | None,
    ) -> Json:  # fmt: skip
        nothing: Json = {"account": None, "missing": None, "work": None, "recorded": []}
        if customer_id is None:
            return nothing
        try:
            body = told_in(self.desk.account(customer_id, evening, visit.sight), LANGUAGE.get())
        except UnknownAccount as unknown:
            return nothing | {"missing": unknown}
        return {
            **nothing,
            "work": self._forms(visit, body, newest, "queue", refused),
            "not_now": self._not_now(body, newest),
            **self._recorded(customer_id, evening, newest),
            **account_parts(body, ITEMS_IN_PANEL, item_pictures=False),
        }

    def news(self, visit: Visit, customer_id: str, version: int) -> HTMLResponse | None:
        """That somebody recorded something about an account since a version of it; None where nobody did."""
        self.desk.require_shown(customer_id, visit.sight)
        newest = self.recorder.newest(customer_id) if self.recorder else None
        if newest is None or newest.account_version <= version:
            return None
        told = told_first(newest, visit.who, self.name_of)
        return self.pages.show("news.html", told=told, see=f"{account_href(customer_id)}#recorded")

    def _not_now(self, body: Json, newest: bool) -> str:
        """That nobody is called at this hour where the customer is; '' where one may, or an appointment is due."""
        if self.recorder is None or not newest or body["rule"] == CALLBACK:
            return ""
        try:
            rules = self.strategy()
        except PayriskError:  # a file that is wrong is told on /settings and by the next run; people still call
            rules = shipped()
        return not_now(body["country"], self.recorder.instant(), rules.calls)

    def _recorded(self, customer_id: str, evening: date, newest: bool) -> Json:
        since = self.recorder.since(customer_id, evening) if self.recorder and newest else []
        return {"recorded": told_activities(since, self.name_of)}

    def _forms(self, visit: Visit, body: Json, newest: bool, place: Place, refused: Refused | None) -> Forms | None:
        if self.recorder is None or not newest:
            return None
        return forms_of(self.recorder, visit.who, body, visit.view, place, self.name_of, refused)

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
    return [{**line, "told": told_in(told_reasons(line, REASONS_IN_LIST), LANGUAGE.get())} for line in lines]


def _status(refused: Refused | None) -> int:
    if refused is None:
        return 200
    return 412 if isinstance(refused.error, AccountChanged) else STATUS[refused.error.code]
