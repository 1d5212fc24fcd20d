"""The pages of the models: what is in use and what asks to replace it, one version's card, and the two changes."""

import secrets
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from models.errors import BundleRefused, ShelfChanged
from models.shelf import same_name
from serving.etags import etag
from serving.people.person import Person
from serving.side import Busy, Refused
from serving.versions.version_changes import VersionChanges, Wanted
from serving.versions.version_shelf import HEADLINE, VersionShelf
from serving.web.forms import form_of
from serving.web.languages import tr
from serving.web.models import words
from serving.web.models.never_seen import never_seen_told
from serving.web.models.overruled import overruled_told
from serving.web.models.pictures import Kind, capture_picture, reliability_picture
from serving.web.models.schemas import PromotionIn, RollbackIn
from serving.web.navigation import may
from serving.web.pages import Pages
from serving.web.problems import of_error
from serving.web.writes import request_id_of

Json = dict[str, Any]

APPROVAL, ROLLBACK = "/models/{version}/approval", "/models/rollback"

SHORT_REASON = "Say why, in a few words: it stands in the history."


def models_pages(shelf: VersionShelf, changes: VersionChanges, pages: Pages) -> APIRouter:
    """The routes below `/models`."""
    router = APIRouter(include_in_schema=False)
    pages.templates.globals.update(
        model_states=words.STATES,
        segment_words=words.segment_words,
        model_changes=words.CHANGES,
        model_papers=words.PAPERS,
        gate_marks=words.MARKS,
        two_or_one=words.RULES,
    )

    @router.get("/models")
    def models(request: Request) -> HTMLResponse:
        """What is in use, what asks to replace it, and how good both are."""
        if may(ROLLBACK):
            changes.get_ready()  # who looks may be in a hurry to go back
        try:
            return pages.show("models.html", **models_page(shelf, request.state.person))
        except BundleRefused as damaged:  # which is in use cannot be told; what is there can
            return pages.show("models_unknown.html", 409, error=damaged, damaged=list(shelf.shelf.damaged()))

    @router.get(ROLLBACK)
    def before_rollback(request: Request) -> HTMLResponse:
        """What going back would do, to be confirmed."""
        changes.get_ready()
        return _rollback(request)

    @router.post(ROLLBACK)
    async def roll_back(request: Request) -> Response:
        """Go back."""
        sent = await form_of(request)
        return await run_in_threadpool(_changed, request, "rollback", None, sent)

    @router.get(APPROVAL)
    def before_approval(request: Request, version: str) -> HTMLResponse:
        """What approving would do, to be confirmed; the trainer is told that another person has to."""
        changes.get_ready()
        return _approval(request, version)

    @router.post(APPROVAL)
    async def approve(request: Request, version: str) -> Response:
        """Approve."""
        sent = await form_of(request)
        return await run_in_threadpool(_changed, request, "promote", version, sent)

    @router.get("/models/{version}")
    def model(version: str, request: Request) -> HTMLResponse:
        """The card of one version."""
        return pages.show("model_version.html", **version_page(shelf, version, request.state.person))

    @router.get("/models/{version}/{paper}")
    def paper(version: str, paper: str) -> Response:
        """A paper of a version as a file of its own: it has its own style, which no page of ours may have."""
        content = shelf.paper(version, paper)
        name = f"{paper.partition('.')[0]}-{version}.{paper.rpartition('.')[2]}"
        kind = "text/html; charset=utf-8" if paper.endswith(".html") else "application/json"
        return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})

    def _approval(request: Request, version: str, status: int = 200, **also: Any) -> HTMLResponse:
        form = _blank("promote", shelf)
        found = version_page(shelf, version, request.state.person)
        return pages.show("model_change.html", status, **form | found | also)

    def _rollback(request: Request, status: int = 200, **also: Any) -> HTMLResponse:
        form, champion = _blank("rollback", shelf), shelf.shelf.champion()
        found = {"champion": champion.version if champion else None, "before": _before(shelf)}
        return pages.show("model_change.html", status, **form | found | also)

    def _changed(request: Request, what: str, version: str | None, sent: Json) -> Response:
        reason, key, made_on = sent.get("reason", ""), sent.get("once") or None, etag(sent.get("state", ""))

        def refused(status: int, error: object) -> HTMLResponse:
            told = {"reason": reason[:400], "error": error}
            if version is None:
                return _rollback(request, status, **told)
            return _approval(request, version, status, **told)

        try:
            why = (PromotionIn if what == "promote" else RollbackIn)(reason=reason).reason
        except ValidationError:
            return refused(422, tr(SHORT_REASON))
        try:
            changes.make(Wanted(what, version, why, request.state.person, made_on, key, request_id_of(request)))
        except (Refused, Busy, ShelfChanged) as refusal:
            return refused(503 if isinstance(refusal, Busy) else of_error(refusal)["status"], refusal)
        return RedirectResponse("/models", status_code=303)

    return router


def models_page(shelf: VersionShelf, person: Person) -> Json:
    """What the page shows: the version that asks to replace the one in use, else that one, beside the one in use."""
    overview = shelf.overview()
    named = overview["challenger"] or overview["champion"]
    found: Json = {
        "overview": overview,
        "since": next((one["at"] for one in overview["history"] if one["version"] == overview["champion"]), None),
        "shown": None,
        "can_go_back": may(ROLLBACK) and _before(shelf) is not None,
        "person": person,
    }
    if named is None:
        return found
    champion = shelf.version(overview["champion"]) if overview["champion"] else None
    looked_at = champion or shelf.version(named)
    return {
        **found,
        **version_page(shelf, named, person),
        **_pictures(shelf, named, overview["champion"]),
        "drift_of": looked_at,
        "drift": words.drift_rows(looked_at["drift"]) if looked_at["drift"] else None,
        "drift_verdict": _verdict(looked_at["drift"]),
        "matured": words.matured_words(looked_at["drift"]) if looked_at["drift"] else "",
    }


def version_page(shelf: VersionShelf, version: str, person: Person) -> Json:
    """What the card of a version shows, and whether this person may approve it."""
    model = shelf.version(version)
    in_use = shelf.shelf.champion()
    champion = shelf.version(in_use.version) if in_use is not None else None
    backtest = shelf.backtest(version)
    gates = list(words.gate_rows(model, champion))
    found, report = _asked(backtest), shelf.newest_drift()  # what people did is of no version
    return {
        "model": model,
        "shown": model,
        "champion": champion,
        "gates": gates,
        "gates_passed": words.gates_passed(gates),
        "told": words.permitted(backtest) if backtest else None,
        "backtest": backtest,
        "found": found,
        "losing": words.losing_months(found) if found else "",
        "never_seen": never_seen_told(backtest),
        "overruled": overruled_told(report) if report else None,
        "not_approved_by": tr(_why_not(model, person)),
    }


def _blank(what: str, shelf: VersionShelf) -> Json:
    """A form of a change that nobody sent yet, made on the state of now: ask before you look at the shelf. A second
    press of its button is the same request."""
    return {"what": what, "reason": "", "error": None, "once": secrets.token_hex(12), "state": shelf.shelf.state()}


def _verdict(drift: Json | None) -> str:
    told = words.VERDICTS.get(drift["verdict"]) if drift else None
    return tr(told) if told else ""


def _why_not(model: Json, person: Person) -> str:
    """Why this person cannot approve a version now; '' where they can."""
    if model["state"] == "declined":
        return "A gate declined it: it cannot be put to use."
    if model["state"] == "damaged":
        return "Its files are not what was saved."
    if model["state"] == "champion" and model["approved_by"]:
        return "It is in use and approved already."
    if same_name(model["trained_by"], (person.person_id, person.name)):
        return "You trained it: another person has to approve it."
    if "manager" not in person.roles:
        return "A manager approves versions."
    return ""


def _pictures(shelf: VersionShelf, version: str, champion: str | None) -> Json:
    """The two pictures of a version, the champion's line and two rules beside its own."""
    found = _asked(shelf.backtest(version))
    if found is None:
        return {"capture": None, "reliability": None, "champion_apart": False}
    beside = None if champion in (None, version) else _capture(found, "champion")
    apart = beside is None and champion not in (None, version)
    if apart:
        beside = _capture(_asked(shelf.backtest(str(champion))), "model")
    curves: list[tuple[Kind, str, Sequence[float]]] = [("shown", "model", _capture(found, "model") or ())]
    curves += [("champion", "champion", beside)] if beside else []
    kinds: tuple[Kind, ...] = ("rule", "other_rule")
    curves += [(kind, name, _capture(found, name) or ()) for kind, name in zip(kinds, _rules(found), strict=False)]
    return {
        "capture": capture_picture(curves, found.get("reach")) if curves[0][2] else None,
        "reach_words": _reach_words(found),
        "rules": [words.said(name) for name in _rules(found)],
        "champion_apart": apart and beside is not None,
        "reliability": reliability_picture(found["calibration"]["bins"]),
        "calibration": found["calibration"],
    }


def _asked(backtest: Json | None) -> Json | None:
    """What a backtest found about the question of the headline; None where it was not asked, or nothing was judged."""
    found: Json | None = (backtest or {}).get("measured", {}).get("horizons", {}).get(HEADLINE)
    return found if found and found["rows"] else None


def _capture(found: Json | None, name: str) -> Sequence[float] | None:
    """A capture curve by its name; None where it is not known, as in backtests of before they were kept."""
    captures = (found or {}).get("captures", ())
    return next((tuple(one["found"]) for one in captures if one["name"] == name and one["found"]), None)


def _rules(found: Json) -> list[str]:
    """Two rules to stand beside: the one that finds most late money, and aging (or, where that is it, the oldest)."""
    best = words.best_money_finder(found)
    other = "oldest" if best == "bucket" else "bucket"
    return [best, other] if best else []


def _reach_words(found: Json) -> str:
    model = next(score for score in found["scores"] if score["name"] == "model")
    calls, reach = model["money_found_calls"], found.get("reach")
    if calls is None or reach is None:
        return ""
    what = "What the team can work in an evening is {reach} of the list: {share} of that money."
    return tr(what, reach=words.percent(reach), share=words.percent(calls))


def _before(shelf: VersionShelf) -> str | None:
    """The version that a rollback would look at first; None without any."""
    found = shelf.shelf.in_use_before()
    return found[-1] if found else None
