"""The drift report as a page: one file with its own style and pictures, without a script, to be read or printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Template

from features.catalogue import CATALOGUE_BY_NAME
from ledger.words import count_text, percent
from models.overruled import Overruled
from training import drift_verdict as limits
from training.drift import DriftReport
from training.drift_verdict import Matured, Moved, Verdict
from training.figures import NONE
from training.paper import paper

HEADLINES: dict[Verdict, str] = {
    "fine": "Fine: nothing moved beyond what is usual",
    "watch": "Watch: something moved that the scores hardly rest on, or lists were made without the model",
    "retrain": "Retrain: the version no longer fits what it sees",
    "stop": "Stop: its scores cannot be trusted",
}

WHAT_TO_DO: dict[Verdict, str] = {
    "fine": "Nothing is to be done.",
    "watch": "Look at what is named below; keep the version in use.",
    "retrain": "Check the newest exports, then train, compare and approve a new version.",
    "stop": "Lists are ordered by each customer's own habit until a newer report says otherwise or another version is "
    "in use. Mend the export and look again, or train, compare and approve a new version.",
}

FIFTHS = ("lowest", "second", "middle", "fourth", "highest")


@dataclass(frozen=True)
class Fifth:
    """A fifth of the rows by the chance said: what was said, what happened, as shares, and how many rows."""

    name: str
    said: float
    happened: float
    rows: int


@dataclass(frozen=True)
class Row:
    """One column of the open items as the page shows it; `filled`: its index against its limit, 0 to 100."""

    moved: Moved
    about: str
    index: str
    usual: str
    limit: str
    filled: float


def drift_page(report: DriftReport) -> str:
    """The whole page as HTML."""
    shown = [one for one in report.features if one.important or one.state != "fine"]
    return _template().render(
        report=report,
        headline=HEADLINES[report.verdict],
        what_to_do=WHAT_TO_DO[report.verdict],
        matured=report.matured,
        bars=_fifths(report.matured),
        limits=limits,
        shown=[_row(one) for one in ([report.score] if report.score else []) + shown],
        overruled=overruled_told(report.overrides),
        left_out=len(report.features) - len(shown),
    )


def overruled_told(overrides: Sequence[Overruled]) -> list[str]:
    """How often people overruled the list, a sentence for each time."""
    if not overrides:
        return ["How often people overruled the list: nobody recorded work on an account by then."]
    return [f"{one.period[:1].upper()}{one.period[1:]}: {_overruled(one)}." for one in overrides]


def _overruled(one: Overruled) -> str:
    if one.share is None:
        return "nobody recorded work on an account"
    return (
        f"{percent(one.share)} of {count_text(one.worked, 'account')} worked on were overruled "
        f"({one.contested:,} contested, {one.put_off:,} put off by hand)"
    )


def _fifths(matured: Matured | None) -> list[Fifth]:
    """A bar of what was said above one of what happened, for each fifth of the rows."""
    found = matured.fifths if matured else ()
    return [Fifth(FIFTHS[place], said, happened, rows) for place, (rows, said, happened) in enumerate(found)]


def _row(one: Moved) -> Row:
    feature = CATALOGUE_BY_NAME.get(one.name)
    usual, limit = (NONE, NONE) if one.usual is None or one.limit is None else (f"{one.usual:.2f}", f"{one.limit:.2f}")
    filled = 0.0 if one.psi is None or one.limit is None else min(1.0, one.psi / one.limit) * 100
    index = NONE if one.psi is None else f"{one.psi:.2f}"
    return Row(one, feature.concept.title if feature else "", index, usual, limit, filled)


@cache
def _template() -> Template:
    return paper("drift.html")
