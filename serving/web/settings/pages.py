"""The administrator's page: who may sign in and as what, the hours of the team, the rules that are in force, and who is
held."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from ledger.desk_journal import Recorded
from ledger.errors import PayriskError
from serving.activities.effort import standing
from serving.activities.people import Actor
from serving.activities.recording import Asked, Recorder
from serving.activities.said import Hold, Snooze, Undo
from serving.errors import NothingPublished, UnknownAccount
from serving.etags import etag
from serving.people.errors import UnknownCollector
from serving.people.front_door import FrontDoor
from serving.people.person import ROLES, SCOPES
from serving.people.register import Register
from serving.published.desk import Desk
from serving.strategy.difference import difference
from serving.strategy.reading import shipped
from serving.strategy.soundness import remarks
from serving.strategy.strategy import Strategy
from serving.team.errors import BadTeam, NobodyCalled, NoTeam
from serving.team.hours import MOST_ABSENCES, HoursChanged, read_hours
from serving.team.hours_store import HoursStore
from serving.team.team import Team
from serving.web.activities.words import told_activity
from serving.web.forms import Fields, form_of
from serving.web.navigation import may
from serving.web.pages import Pages
from serving.web.problems import STATUS
from serving.web.writes import Who, request_id_of

Json = dict[str, Any]

NAMED = "/portfolio/{name}"
"""A route of lists of accounts by name: who may see those may see who is held."""

ROLE_WORDS = {
    "collector": "works the list: own accounts and those of nobody",
    "manager": "sees every account, the team and the figures",
    "analyst": "sees figures and models, no account by name",
    "admin": "adds people and says what they may",
    "service": "a machine, by token alone",
}


DID = {
    "add": "Added: {name}.", "roles": "Roles changed: {name}.", "disable": "Cannot sign in any more: {name}.",
    "end-token": "A token opens nothing any more: {name}.",
}  # fmt: skip
"""What a form did that gave no secret."""


class BadForm(PayriskError):
    """A form that is none of ours."""

    code = "bad_form"

    def __init__(self) -> None:
        super().__init__("This form is none of this page's. Nothing was changed.")


@dataclass(frozen=True)
class SettingsRoom:
    """What the page reads, and through what it changes.

    Attributes:
        team: gives the team with what was recorded of it; None where no file names anybody.
        hours: where the hours of collectors are recorded.
        strategy: gives the rules that are in force.
    """

    desk: Desk
    front: FrontDoor
    recorder: Recorder | None
    team: Callable[[], Team | None]
    hours: HoursStore
    strategy: Callable[[], Strategy]

    def page(self, *, named: bool) -> Json:
        """Everything that the page shows; accounts only for who may see them by name."""
        team, bad_team = self._team()
        rules = self.rules()
        holds = self.holds()
        return {
            "people": self.people(),
            "role_words": ROLE_WORDS,
            "did_words": DID,
            "scopes": SCOPES,
            "team": team,
            "bad_team": bad_team,
            "recorded_hours": self.hours.newest(),
            "name_of": self.front.name_of,
            "keeps_hours": self.recorder is not None,
            **rules,
            "holds": [self._told(row) for row in holds] if named else [],
            "holds_count": len(holds),
            "named": named,
        }

    def people(self) -> list[Json]:
        """Everybody, by their name to sign in with, with the tokens of machines."""
        register = Register(self.front.store, self.front.clock)
        return [
            {
                "person": kept.person,
                "gone": kept.disabled,
                "has_password": kept.password_hash is not None,
                "tokens": register.tokens_of(kept.person.person_id) if kept.person.is_service else [],
            }
            for kept in register.everybody()
        ]

    def rules(self) -> Json:
        """The rules that are in force, how they differ from those that payrisk ships, and what is odd about them."""
        rules = self.strategy()
        return {"strategy": rules, "changes": difference(shipped(), rules), "remarks": list(remarks(rules))}

    def change(self, form: Fields, by: Actor, request_id: str) -> Json:
        """What a form asks for; the key of a new link or token is in the answer, for it is shown once.

        Raises what `Register` raises, `UnknownCollector`, `BadForm`.
        """
        register = Register(self.front.store, self.front.clock, by, request_id)
        person_id, roles = form.get("person", "").strip(), [one for one in ROLES if form.get(f"role-{one}")]
        collector = form.get("collector", "")
        match form.get("do", ""):
            case "add":
                self._require_in_team(collector)
                person = register.add(person_id, roles, name=form.get("name", "").strip(), collector=collector or None)
                return {"done": "add", "person": person.person_id}
            case "roles":
                self._require_in_team(collector)
                register.set_roles(person_id, roles, collector)
            case "link":
                return {"done": "link", "person": person_id, "secret": f"/sign-in/{register.link(person_id)}"}
            case "disable":
                register.disable(person_id)
            case "token":
                scopes = [one for one in SCOPES if form.get(f"scope-{one}")]
                return {"done": "token", "person": person_id, "secret": register.token(person_id, scopes)[0]}
            case "end-token":
                register.end_token(person_id, form.get("token", ""))
            case _:
                raise BadForm
        return {"done": form["do"], "person": person_id}

    def keep_hours(self, recorder: Recorder, form: Fields, by: Actor, request_id: str) -> None:
        """Record the hours of a collector as a form says them; they count from the next list on.

        Raises `NoTeam`, `NobodyCalled`, `BadHours`, `HoursChanged` and what the team file is refused for.
        """
        team, collector_id, version = self.team(), form.get("collector", ""), form.get("version", "")
        if team is None:
            raise NoTeam
        if collector_id not in (known := [one.collector_id for one in team.collectors]):
            raise NobodyCalled(collector_id, known)
        if not (version.isascii() and version.isdigit() and len(version) < 10):
            raise BadForm
        spans = [(form.get(f"first-{at}", ""), form.get(f"last-{at}", "")) for at in range(MOST_ABSENCES + 1)]
        hours = None if form.get("as") == "file" else read_hours(form.get("minutes", ""), spans)
        at, today = recorder.instant(), recorder.day()
        try:
            self.hours.keep(collector_id, hours, int(version), by, at, today, request_id)
        except HoursChanged as changed:
            raise changed.by(self.front.name_of) from None

    def _team(self) -> tuple[Team | None, str]:
        try:
            return self.team(), ""
        except BadTeam as bad:
            return None, str(bad)

    def _require_in_team(self, collector: str) -> None:
        team = self.team()
        known = [one.collector_id for one in team.collectors] if team else []
        if collector and team and collector not in known:
            raise UnknownCollector(collector, known)

    def holds(self) -> list[Recorded]:
        """The holds that were recorded at the desk and are in force, the newest first."""
        if self.recorder is None:
            return []
        rows, today = self.recorder.of_kinds([Hold.kind, Snooze.kind]), self.recorder.day().isoformat()
        return [row for row in standing(rows) if row.said.get("until_on", "9999") > today]

    def _told(self, row: Recorded) -> Json:
        told = told_activity(
            {"kind": row.kind, "said": row.said, "by": row.actor, "known_on": row.known_on, "undone": None,
             "recorded_at": row.recorded_at.isoformat(), "activity_id": row.activity_id},
            self.front.name_of,
        )  # fmt: skip
        return {**told, "customer_id": row.customer_id, "name": self.name_of(row.customer_id)}

    def name_of(self, customer_id: str) -> str:
        """An account's name as the newest list has it; its id where it has none."""
        try:
            return str(self.desk.account(customer_id)["customer_name"] or customer_id)
        except (UnknownAccount, NothingPublished):
            return customer_id


def settings_router(room: SettingsRoom, pages: Pages) -> APIRouter:
    """The routes below `/settings`."""
    router = APIRouter(include_in_schema=False)

    def page(request: Request, status: int = 200, **told: Any) -> HTMLResponse:
        asked: Json = {"refused": None, "form": {}, "did": None} | told
        address = f"{request.url.scheme}://{request.headers.get('host', '')}"
        return pages.show("settings.html", status, address=address, **asked, **room.page(named=may(NAMED)))

    @router.get("/settings")
    def settings(request: Request) -> HTMLResponse:
        """Who may sign in, and what rules."""
        return page(request)

    @router.post("/settings/people")
    async def people(request: Request, who: Who) -> Response:
        """Add somebody, give roles, let in by link or token, let go."""
        form = await form_of(request)
        return await run_in_threadpool(_changed, request, form, who)

    def _changed(request: Request, form: Fields, who: Actor) -> Response:
        try:
            did = room.change(form, who, request_id_of(request))
        except PayriskError as error:
            return refused(request, error, form)
        return page(request, did=did)  # answered, not led on: a secret stands in no address

    def refused(request: Request, error: PayriskError, form: Fields) -> Response:
        if STATUS.get(error.code, 503) >= 500:
            raise error
        return page(request, STATUS[error.code], refused=error, form=form)

    if (recorder := room.recorder) is not None:

        @router.post("/settings/team")
        async def team(request: Request, who: Who) -> Response:
            """Record the minutes and absences of a collector."""
            form = await form_of(request)
            return await run_in_threadpool(_kept, request, form, who)

        def _kept(request: Request, form: Fields, who: Actor) -> Response:
            try:
                room.keep_hours(recorder, form, who, request_id_of(request))
            except PayriskError as error:
                return refused(request, error, form)
            return RedirectResponse("/settings#team", status_code=303)

        _releasing(router, recorder)
    return router


def _releasing(router: APIRouter, recorder: Recorder) -> None:
    """The route that lets an account be called again."""

    @router.post("/settings/holds/release")
    async def release(request: Request, who: Who) -> Response:
        """End a hold that was recorded at the desk."""
        form = await form_of(request)
        return await run_in_threadpool(_released, request, form, who)

    def _released(request: Request, form: Fields, who: Actor) -> Response:
        customer_id = form.get("account", "")
        asked = Asked(who, etag(recorder.version(customer_id)), request_id=request_id_of(request))
        recorder.undo(customer_id, Undo(form.get("of", ""), form.get("reason", "").strip()), asked)
        to = "/settings#holds" if may("/settings") else "/queue?tab=held"
        return RedirectResponse(to, status_code=303)
