"""The sentences that a kind of evidence permits, and no others.

A simulation says nothing of a firm; what a backtest may say is told with it (`training.backtest_text`). A measured
effect is always told with its interval, how many and when, what the arms are, who is left out and what was not
measured; and where none was found that is the finding, told as large as one, with what would have been seen.
"""

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from ledger.words import count_text, percent
from serving.effect.answer import Estimate, NotEnough
from serving.effect.evidence import Evidence, SimulatorEvidence, SliceEvidence, Study

NO_DIFFERENCE = "No detectable difference"
NOT_MEASURED = "Not measured: bad debt, and what calling does to the relationship."


@dataclass(frozen=True)
class Told:
    """What may be said.

    Attributes:
        findings: each a sentence of the same rank, whether something was found or not.
        beside: what is always told with them.
    """

    findings: tuple[str, ...]
    beside: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Both as lists."""
        return {"findings": list(self.findings), "beside": list(self.beside)}


def permitted(evidence: Evidence) -> Told:
    """All that may be said from this evidence."""
    return _told(evidence)


@singledispatch
def _told(evidence: object) -> Told:
    raise TypeError(f"{type(evidence).__name__} is no kind of evidence.")


@_told.register
def _(evidence: SimulatorEvidence) -> Told:
    share = evidence.share
    finding = (
        f"In a simulated ledger with assumed customer responses, this order captured {percent(share.value)} of the "
        f"best possible gain (95 % interval {percent(share.low)} to {percent(share.high)}, "
        f"{count_text(evidence.seeds, 'seed')} of the world {evidence.world}). It is not a forecast for your firm."
    )
    return Told((finding,))


@_told.register
def _(evidence: SliceEvidence) -> Told:
    failed = [check for check in evidence.checks if not check.passed]
    if failed:
        return Told(
            ("Nothing may be said of the effect of calling: the log itself is odd.",),
            tuple(check.text for check in failed),
        )
    anyone = evidence.anyone
    if isinstance(anyone, NotEnough):
        return Told((f"Nothing can be said of the effect of calling yet: {anyone.reason}.",), _beside(evidence.study))
    findings = _below_the_cut(evidence, anyone) if evidence.top is None else _top_and_anyone(evidence, anyone)
    contacts = (
        f"Listed accounts were called in {percent(evidence.called_listed)} of cases, the others in "
        f"{percent(evidence.called_unlisted)}: the figures are of being listed, called or not."
    )
    return Told(findings, (contacts, *_beside(evidence.study)))


def _top_and_anyone(evidence: SliceEvidence, anyone: Estimate) -> tuple[str, ...]:
    top, ahead, unit = evidence.top, evidence.ahead, f"{evidence.currency}-days"
    random = f"for a random overdue account {_with_interval(anyone, unit)}"
    if not isinstance(top, Estimate) or not isinstance(ahead, Estimate):
        short = top if isinstance(top, NotEnough) else ahead
        why = short.reason if isinstance(short, NotEnough) else "it was not asked"
        return (f"Nothing can be said of the top fifth of the list yet: {why}.", *_anyone(anyone, unit))
    if not top.detected:
        first = (
            f"{NO_DIFFERENCE}: calling an account from the top fifth of the list changed "
            f"{_with_interval(top, unit)} per call, {random}. {_would_show(f'{top.detectable:,.0f} {unit} per call')}"
        )
    else:
        first = (
            f"Calling an account from the top fifth of the list {_moved(top, unit)} per call, against "
            f"{_with_interval(anyone, unit)} for a random overdue account."
        )
    return first, _against(ahead, unit)


def _against(ahead: Estimate, unit: str) -> str:
    if ahead.detected:
        more = "more" if ahead.value > 0 else "less"
        told = ahead if ahead.value > 0 else _negated(ahead)
        return f"That is {_with_interval(told, unit)} {more} per call than for a random overdue account."
    return (
        f"{NO_DIFFERENCE} between the top fifth and a random overdue account: {_with_interval(ahead, unit)} per call. "
        f"{_would_show(f'{ahead.detectable:,.0f} {unit} per call')}"
    )


def _below_the_cut(evidence: SliceEvidence, anyone: Estimate) -> tuple[str, ...]:
    unit = f"{evidence.currency}-days"
    about = "Of the accounts that are listed for sure this says nothing; the design `smooth` would."
    return (f"{_anyone(anyone, unit, 'an overdue account from below the cut, drawn by lot,')[0]} {about}",)


def _anyone(anyone: Estimate, unit: str, whom: str = "a random overdue account") -> tuple[str, ...]:
    if anyone.detected:
        return (f"Calling {whom} {_moved(anyone, unit)} per call.",)
    return (
        f"{NO_DIFFERENCE}: calling {whom} changed {_with_interval(anyone, unit)} per call. "
        f"{_would_show(f'{anyone.detectable:,.0f} {unit} per call')}",
    )


def _beside(study: Study) -> tuple[str, ...]:
    return (
        f"{count_text(study.decisions, 'decision')} about {count_text(study.accounts, 'account')}, evenings from "
        f"{study.first.isoformat()} to {study.last.isoformat()}, each looked at for {study.horizon_days} days.",
        study.arms,
        *study.excluded,
        NOT_MEASURED,
    )


def _moved(told: Estimate, unit: str) -> str:
    if told.value < 0:
        return f"put back {_with_interval(_negated(told), unit)}"
    return f"brought forward {_with_interval(told, unit)}"


def _with_interval(told: Estimate, unit: str) -> str:
    return f"{told.value:,.0f} {unit} (95 % interval {told.low:,.0f} to {told.high:,.0f})"


def _would_show(what: str) -> str:
    return f"An effect of {what} would have been seen in four of five such trials; a smaller one may well be there."


def _negated(told: Estimate) -> Estimate:
    return Estimate(-told.value, -told.high, -told.low, told.error, told.decisions, told.accounts, told.ess, told.level)
