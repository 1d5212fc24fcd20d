"""How customers are taken to answer a call: the response prior. Assumed, not measured.

Its numbers lie in versioned files (`responses/`), so that every rank can name the assumption it was made with.
"""

import tomllib
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class ResponsePrior:
    """One assumption.

    Attributes:
        version: its name; `sentence`: what is said wherever its money is shown.
        speed_up: factor by which money that was coming comes faster after a call.
        push_per_day: daily intensity that a call adds to an invoice that drifted far past its customer's habit.
        lasts_days: how long both last.
        drift_slope, drift_from, spread_floor_days: how the push wakes with (days past due - slow day) / (spread +
            floor).
        less_for_late_payers: share of the push lost on a customer who is always late.
        push_of_unknown: share of the push for a customer without any settled invoice.
        lost_on_runs, run_from, run_over: share of all gains lost on a perfectly regular payment run, the share of
            payment days on one weekday from which an account counts as regular, and over how much of it that grows to
            the whole.
        run_pseudo_payments: payments spread over the five weekdays that an account's own are drawn towards.
        patience: share of what the call would still bring after `wait_days` that is taken off.
        horizon_days, horizon_lost_by_waiting_days: days within which money counts as brought forward.
        tail_days, tail_weight: what a unit kept from staying unpaid so long counts, in days; 0 for a pure cash goal.
        reach, reach_strength: share of tries that reach the right party, and for how many tries that counts as known.
        fatigue, fatigue_days: each further try within so many days works exp(-fatigue) as much.
        minutes: a call takes, where nobody measured it.
        kept_on_list: factor for an account that stood on the list before, so that lists do not flicker.
    """

    version: str
    sentence: str
    speed_up: float
    push_per_day: float
    lasts_days: int
    drift_slope: float
    drift_from: float
    spread_floor_days: float
    less_for_late_payers: float
    push_of_unknown: float
    lost_on_runs: float
    run_from: float
    run_over: float
    run_pseudo_payments: float
    patience: float
    wait_days: int
    horizon_days: int
    horizon_lost_by_waiting_days: int
    tail_days: int
    tail_weight: float
    reach: float
    reach_strength: float
    fatigue: float
    fatigue_days: int
    minutes: float
    kept_on_list: float


def prior(version: str = "1") -> ResponsePrior:
    """The prior of a version."""
    text = (resources.files("serving") / "value" / "responses" / f"{version}.toml").read_text("utf-8")
    return ResponsePrior(**tomllib.loads(text))
