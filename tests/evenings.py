"""Scores and evenings for serving's tests: `score("INV-1", open=100, dpd=9, late_risk=0.5)`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ledger.days import to_day
from ledger.money import Rates, to_minor
from models.score import Fact, Mode, Reason, Score
from serving.accounts.account import CustomerFacts
from serving.accounts.adding_up import accounts_of
from serving.listing.queue import QueueRules, build_queue
from serving.published.publishing import Provenance, queue_run
from serving.published.queue_run import QueueRun
from serving.scoring.notices import mode_notices
from serving.strategy.reading import shipped
from serving.team.team import Team
from serving.value.priority import OverdueThenAge
from simulation.calls.rivals import OverdueTimesRisk

EVENING = date(2026, 3, 31)
NOW = datetime(2026, 4, 1, 5, 10, tzinfo=UTC)


def why(
    concept: str,
    text: str,
    points: float | None,
    code: str = "",
    value: float | str | None = None,
    typical: float | str | None = None,
    item_id: str = "",
    further: tuple[tuple[str, float], ...] = (),
) -> Reason:
    """A reason told by a fact of its own."""
    return Reason(concept, Fact(text, code, value, typical, further), points, item_id)


def score(
    item_id: str = "INV-1",
    customer: str = "C-1",
    *,
    open: int | str = 1000,
    currency: str = "EUR",
    dpd: int = 10,
    late_risk: float | None = 0.5,
    base: float = 0.3,
    reasons: Sequence[Reason] | None = None,
    expected_in: int | None = 20,
    thin_history: bool = False,
    mode: Mode = "model",
    as_of: date = EVENING,
) -> Score:
    """One scored item; its reasons add up to its risk. `late_risk=None` is an item of mode `rule`."""
    if reasons is None:
        moved = None if late_risk is None else late_risk - base
        reasons = (why("habit", f"habit of {item_id}", moved),)
    predicted = late_risk is not None
    return Score(
        item_id=item_id,
        customer_id=customer,
        as_of=as_of,
        due_on=as_of - timedelta(days=dpd),
        open_minor=to_minor(Decimal(str(open)), currency),
        currency=currency,
        dpd=dpd,
        p_late=(1.0 if dpd > 5 else late_risk) if predicted else None,
        known_late=predicted and dpd > 5,
        late_risk=late_risk,
        late_risk_on=as_of + timedelta(days=30) if predicted else None,
        p_unpaid_14=late_risk,
        p_unpaid_30=late_risk,
        p_unpaid_60=None if late_risk is None else late_risk / 2,
        p_30_dpd=late_risk,
        p_60_dpd=late_risk,
        p_90_dpd=late_risk,
        expected_from=as_of if predicted else None,
        expected_until=None,
        expected_on=None if expected_in is None or not predicted else as_of + timedelta(days=expected_in),
        base=base if predicted else None,
        reasons=tuple(reasons),
        thin_history=thin_history,
        model_version="2026-02-28-1a2b3c4d" if predicted else None,
        mode=mode if predicted else "rule",
        source_row=1,
    )


def rates(**quotes: str) -> Rates:
    """Euro rates of long ago, which still hold: `rates(USD="0.5")`."""
    return Rates.of("EUR", [(currency, to_day(date(2020, 1, 1)), Decimal(rate)) for currency, rate in quotes.items()])


def rules_of(
    capacity: int, to_base: Rates, *, minimum_balance: Decimal | None = None, as_of: date = EVENING
) -> QueueRules:
    """The shipped rules for a team that can make so many calls, of a minute each, on the day after an evening."""
    strategy = shipped()
    if minimum_balance is not None:
        strategy = replace(strategy, route=replace(strategy.route, minimum_balance=float(minimum_balance)))
    works_on = as_of + timedelta(days=1)
    return QueueRules(to_base.base, to_base, Team.of_capacity(capacity, 1.0), works_on, strategy)


def made_run(
    scores: Sequence[Score],
    customers: Mapping[str, CustomerFacts] | None = None,
    *,
    capacity: int = 40,
    as_of: date = EVENING,
    now: datetime = NOW,
    approved: bool = True,
    known_rates: Rates | None = None,
) -> QueueRun:
    """The run of these scores, as an evening makes it."""
    mode: Mode = scores[0].mode if scores else "model"
    in_euro = known_rates or rates()
    rules = rules_of(capacity, in_euro, as_of=as_of)
    priority = OverdueThenAge() if mode == "rule" else OverdueTimesRisk()
    queue = build_queue(accounts_of(scores, customers or {}, in_euro), priority, rules)
    version = scores[0].model_version if scores else None
    notices = mode_notices(mode, unapproved=version is not None and not approved)
    return queue_run(queue, rules, Provenance(as_of, mode, version, 7, approved, now, notices))
