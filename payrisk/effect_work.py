"""What `payrisk effect` does: the decision log and the ledger, and what may be said from them, as one JSON value."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ledger.words import count_text
from payrisk.errors import EndsBefore
from serving.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

    from payrisk.gate import Gate

NOTHING_YET = "Nothing about the effect of calling can be said yet"

SWITCH_ON = (
    "Switch exploration on in your strategy: under [exploration] set on = true and share = 0.10. The design "
    '"slice" draws below the cut and measures accounts there; "smooth" leaves the whole list to chance and measures '
    "its top as well. Until then every list is decided by rule, and nobody can know what would have come without a "
    "call."
)


def effect(gate: "Gate", first: date | None, until: date | None, progress: Progress) -> dict[str, Any]:
    """What may be said of the effect of calling, from the decisions of the evenings `first` to `until`.

    Args:
        first, until: both included; without them from the beginning, up to the newest evening of the ledger.

    Raises `EndsBefore`.
    """
    from serving.effect.conduct import conduct_of
    from serving.effect.outcomes import HORIZON_DAYS
    from serving.trials.decision_log import DecisionLog

    newest = gate.evening(None)
    start, end = first or date(1970, 1, 1), until or newest
    if end < start:
        raise EndsBefore(start, end)
    progress("reading the decision log")
    log = DecisionLog(gate.settings.url)
    try:
        decisions = log.decisions(start, end)
    finally:
        log.close()
    body: dict[str, Any] = {
        "from": first and first.isoformat(),
        "until": end.isoformat(),
        "known_by": newest.isoformat(),
        "horizon_days": HORIZON_DAYS,
        "decisions": len(decisions),
    }
    body["conduct"] = [one.to_json() for one in conduct_of(decisions, gate.ledger.as_of(newest))]
    return body | _said(gate, decisions, newest, progress)


def _said(gate: "Gate", decisions: "pd.DataFrame", newest: date, progress: Progress) -> dict[str, Any]:
    from serving.effect.from_log import by_lot, curves_of, evidence_of, figures_of, judged
    from serving.effect.outcomes import HORIZON_DAYS
    from serving.effect.sentences import permitted

    lots = by_lot(decisions)
    if decisions.empty:
        return _nothing("no list was published whose decisions were written down", 0, [SWITCH_ON])
    if not lots.any():
        why = f"each of the {count_text(len(decisions), 'decision')} in the log was made by rule, none by lot"
        return _nothing(why, 0, [SWITCH_ON])
    base = str(decisions.loc[lots, "currency"].iloc[-1])
    found = judged(decisions, gate.ledger.as_of(newest), base)
    if found is None:
        ready = decisions.loc[lots, "as_of"].min() + timedelta(days=HORIZON_DAYS)
        why = f"a decision is judged {HORIZON_DAYS} days after its evening, the first on {ready.isoformat()}"
        return _nothing(why, int(lots.sum()), ["Keep drawing, and keep the ledger up to date."])
    evidence = evidence_of(found, base, progress=progress)
    return {
        "by_lot": int(lots.sum()),
        "judged": len(found.logged),
        "said": permitted(evidence).to_json(),
        "way_out": [],
        "checks": [check.to_json() for check in evidence.checks],
        "figures": {name: answer.to_json() for name, answer in figures_of(found, evidence.checks).items()},
        "curves": curves_of(found, evidence.checks),
    }


def _nothing(why: str, by_lot: int, way_out: list[str]) -> dict[str, Any]:
    said = {"findings": [f"{NOTHING_YET}: {why}."], "beside": []}
    return {"by_lot": by_lot, "judged": 0, "said": said, "way_out": way_out, "checks": [], "figures": {}, "curves": {}}
