"""What a backtest permits to say, in sentences: the head of its page, and the summary of the terminal.

Every sentence has its interval, its number of rows and its period, and says what was not measured. "No detectable
difference" stands where a win would stand.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.words import count_text, percent
from training.cutoffs import EMBARGO
from training.figures import (
    between,
    day,
    decimal,
    detectable,
    differs,
    month_names,
    name,
    short,
    signed,
    signed_between,
)
from training.judgement import WORKED
from training.measured import MODEL, AtHorizon, Measured, NeverSeenAt
from training.metrics import DRAWS, Interval
from training.promotion import Gate

HEADLINE = 30
"""The question that people see first: still unpaid in 30 days."""

NO_EFFECT = "This does not measure the effect of calling."
CHOSEN_ON_THEM = (
    "Which family serves, and how the final curve is recalibrated, was chosen on the very months it is judged on: "
    "expect the next month to be a little less kind. The curves of each month, and their recalibration, knew only what "
    "came before it."
)


@dataclass(frozen=True)
class About:
    """What a backtest is about.

    Attributes:
        as_of: the evening whose knowledge judged.
        months: how many months back the folds reach.
        grace_days: days after due within which a payment is not late.
        currency: of the money.
        version: of the model, as text; empty while it has none.
        trained: by whom and from when, as text; may be empty.
    """

    as_of: date
    months: int
    grace_days: int
    currency: str
    version: str = ""
    trained: str = ""


def headline(measured: Measured, about: About) -> list[str]:
    """The sentences that stand first: how it ranked, against the best simple order and the team's, the lost months."""
    found = measured.horizons.get(HEADLINE)
    past = _past(about.months)
    if found is None or math.isnan(found.score(MODEL).auc.value):
        why = "no open item has an outcome yet" if not found or not found.rows else "every item ended the same way"
        return [f"Nothing can be said about {past}: {why}."]
    told = [
        _ranked(found, past),
        _against(found, found.best, f"the best simple order ({name(found.best)})") if found.best else "",
        _first_fifth(found),
        _worked(measured, found),
        losing_months(found),
        NO_EFFECT,
    ]
    return [sentence for sentence in told if sentence]


def _past(months: int) -> str:
    return "your last month" if months == 1 else f"your last {months} months"


def _ranked(found: AtHorizon, past: str) -> str:
    model, rival = found.score(MODEL), next((score for score in found.scores if score.name == "bucket"), None)
    aging = f"; aging: {decimal(rival.auc.value, 2)}" if rival else ""
    return (
        f"On {past} the model ranked which open money would still be unpaid in {found.horizon} days with AUC "
        f"{decimal(model.auc.value, 2)} (95% {between(model.auc, 2)}{aging})."
    )


def _against(found: AtHorizon, other: str, told: str) -> str:
    """A win, a loss, or that none can be seen, and then what could have been."""
    difference = found.difference(other)
    if difference is None or math.isnan(difference.auc.low):
        return f"It could not be compared with {told}."
    gain = difference.auc
    if differs(gain):
        word, by = ("better", gain) if gain.value > 0 else ("worse", Interval(-gain.value, -gain.high, -gain.low))
        return f"It ranked {word} than {told} by {decimal(by.value)} in AUC (95% {between(by)})."
    return (
        f"No detectable difference to {told}: {signed(gain.value)} (95% {signed_between(gain)}); "
        f"one of {decimal(detectable(gain))} would have been found four times in five."
    )


def _first_fifth(found: AtHorizon) -> str:
    model = found.score(MODEL)
    simple = [score for score in found.scores if not score.is_probability and score.name != WORKED]
    items = max(simple, key=lambda score: _low(score.found20), default=None)
    money = max(simple, key=lambda score: _low(score.money_found20), default=None)
    if items is None or money is None:
        return ""
    return (
        f"In the first fifth of each evening's list it found {percent(model.found20.value)} of the items that stayed "
        f"unpaid (95% {_share_between(model.found20)}) and {percent(model.money_found20.value)} of their money "
        f"({_share_between(model.money_found20)}); the best simple orders found {percent(items.found20.value)} "
        f"of the items ({name(items.name)}) and {percent(money.money_found20.value)} of the money ({name(money.name)})."
    )


def money_note(found: AtHorizon) -> str:
    """Where few invoices hold most of the money, sorting by amount finds nearly as much: said where it is so."""
    difference = found.difference("amount")
    if difference is None or math.isnan(difference.money_found.low) or difference.money_found.low > 0.05:
        return ""
    gain = _times(difference.money_found, 100)
    return (
        "Sorting by amount alone finds nearly as much money on this ledger: the model's gain is "
        f"{signed(gain.value, 0)} points (95% {signed_between(gain, 0)}). Look at the items too."
    )


def _worked(measured: Measured, found: AtHorizon) -> str:
    if not measured.knows_work:
        return "No activity of your team is known for this time, so nothing is said about the order that it worked."
    return _against(found, WORKED, f"{name(WORKED)} (AUC {decimal(found.score(WORKED).auc.value, 2)})")


def judged_on(measured: Measured) -> str:
    """Rows, items, customers, evenings and period."""
    if measured.first_day is None or measured.last_day is None:
        return "No open item stood on a judged evening."
    return (
        f"Judged on {count_text(measured.evenings, 'evening')} from {day(measured.first_day)} to "
        f"{day(measured.last_day)}, in {count_text(measured.folds, 'month')}: {count_text(measured.rows, 'row')} "
        f"(one open item on one evening), {count_text(measured.items, 'item')} of "
        f"{count_text(measured.customers, 'customer')}."
    )


def left_out(measured: Measured) -> list[str]:
    """What each question leaves out, and what has no exchange rate."""
    told = [
        f"In {found.horizon} days: {found.rows:,} of {count_text(measured.rows, 'row')} are asked about. "
        f"{found.not_due:,} are left out because they are due later than that, {found.undecided:,} because their "
        "outcome is not known yet or they left otherwise than by payment."
        for found in measured.horizons.values()
    ]
    if measured.without_rate:
        told.append(
            f"{count_text(measured.without_rate, 'row')} had no exchange rate into {measured.currency}: "
            "they count as items, and not as money."
        )
    return told


def losing_months(found: AtHorizon) -> str:
    """The months that something simpler won, by name; or that there is none."""
    names = dict(zip((month.fold for month in found.months), month_names(found.months), strict=True))
    lost = [f"{names[month.fold]} (to {name(month.lost_to[0])})" for month in found.losing_months]
    judged = sum(month.rows > 0 for month in found.months)
    silent = len(found.months) - judged
    told = f"Losing months: {', '.join(lost)}." if lost else f"Losing months: none of {judged}."
    return told + (f" {count_text(silent, 'month')} without outcomes." if silent else "")


def never_seen(measured: Measured) -> list[str]:
    """What a curve said of customers that were left out of learning, a sentence for each question and one on how."""
    found = measured.never_seen
    if found is None or not found.horizons:
        return []
    asked = sorted(found.horizons.items(), key=lambda one: one[0] != HEADLINE)
    return [
        *(_never_seen(horizon, at) for horizon, at in asked),
        f"By a hash of their id {count_text(found.left_out, 'customer')} were left out of learning at the cutoff of "
        f"{day(found.cutoff)}, and {count_text(found.learned_from, 'customer')} learned from. Their own payments were "
        "known to the features all the same.",
    ]


def _never_seen(horizon: int, at: NeverSeenAt) -> str:
    best = f"; the best simple order ({name(at.best)}): {decimal(at.best_auc)}" if at.best else ""
    return (
        f"Customers never seen, in {horizon} days: AUC {decimal(at.auc.value)} (95% {between(at.auc)}), learned from "
        f"them too {decimal(at.seen.value)}, a difference of {signed(at.gain.value)} (95% {signed_between(at.gain)})"
        f"{best}. {count_text(at.rows, 'row')} of {count_text(at.customers, 'customer')}."
    )


def how_made(about: About) -> str:
    """The protocol, in a paragraph."""
    return (
        f"Walk forward: for each month the models were fitted anew on what was known on the evening of its cutoff, and "
        f"asked about evenings at least {EMBARGO} days later. What happened is what was known on the evening of "
        f"{day(about.as_of)}. Intervals (95%) draw whole customers with replacement, {DRAWS} times, the same draws for "
        f"all, because a customer pays several items in one run. The past was worked by your team: these are chances "
        f"under its calls of that time. {CHOSEN_ON_THEM}"
    )


def backtest_text(measured: Measured, about: About, gates: Sequence[Gate] = ()) -> str:
    """The summary for the terminal: the sentences, a table, the losing months, the gates."""
    lines = [*headline(measured, about), "", judged_on(measured), *left_out(measured)]
    for found in measured.horizons.values():
        if found.rows:
            lines += ["", f"Still unpaid in {found.horizon} days ({percent(found.unpaid_share)} were)", *_table(found)]
            lines += [losing_months(found)] if found.horizon != HEADLINE else []
    lines += ["", *seen] if (seen := never_seen(measured)) else []
    dated = next((one for one in measured.dates if one.name == MODEL and one.rows), None)
    if dated:
        lines += [
            "",
            f"Payment date: off by {decimal(dated.mean.value, 1)} days on average (95% {between(dated.mean, 1)}), "
            f"{decimal(dated.median, 1)} at the median, over {count_text(dated.rows, 'row')} paid by now; "
            f"{dated.no_date:,} had no date in sight.",
        ]
    if gates:
        lines += ["", "Gates", *(f"  {gate_mark(gate)} {gate_name(gate)}: {gate.reason}" for gate in gates)]
    return "\n".join(lines) + "\n"


def gate_mark(gate: Gate) -> str:
    """✓ passed, ✗ a no that keeps something from happening, ! a warning."""
    return "✓" if gate.passed else "✗" if gate.blocks else "!"


def gate_name(gate: Gate) -> str:
    """A gate's name in words."""
    return gate.name.replace("_", " ")


def _table(found: AtHorizon) -> list[str]:
    head = f"  {'':20} {'AUC':>6} {'95%':>16} {'late items':>11} {'late money':>11} {'Brier':>7} {'calibration':>12}"
    return [
        head,
        *(
            f"  {short(score.name):20} {decimal(score.auc.value):>6} {between(score.auc):>16} "
            f"{percent(score.found20.value):>11} {percent(score.money_found20.value):>11} "
            f"{decimal(score.brier.value):>7} {decimal(score.ece):>12}"
            for score in found.scores
        ),
        "  (late items, late money: found in the first fifth of each evening's list)",
    ]


def _share_between(value: Interval) -> str:
    return f"{percent(value.low)} to {percent(value.high)}"


def _times(value: Interval, factor: float) -> Interval:
    return Interval(value.value * factor, value.low * factor, value.high * factor)


def _low(value: Interval) -> float:
    return -math.inf if math.isnan(value.value) else value.value
