"""What the page of the team says: its figures, one row per collector, the sum of coverage, what waits."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from serving.activities.effort import Effort
from serving.errors import UnknownAccount
from serving.published.desk import Desk
from serving.team.coverage import OLD_DPD, PLACES, QUIET_DAYS
from serving.team.room import MOST_SHOWN, Period, TeamDay
from serving.team.team import ANONYMOUS, Collector
from serving.team.waiting import Waiting
from serving.team.workload import Load
from serving.web.activities.words import NameOf, told_activity
from serving.web.languages import counted, retold, tr
from serving.web.portfolio.words import Scale, scale_of
from serving.web.words import count, plain, tenths, whole_share
from serving.web.words import day as day_words

Json = dict[str, Any]

PERIODS: dict[Period, str] = {"today": "Today", "week": "Week", "month": "Month"}
_IN: dict[Period, str] = {"today": "today", "week": "this week", "month": "this month"}
_PROMISED: dict[Period, str] = {
    "today": "Promised today", "week": "Promised this week", "month": "Promised this month",
}  # fmt: skip

WAITS = {"contest": "Contested rank", "escalation": "Escalation", "dispute": "Dispute over its date"}


def team_page(day: TeamDay, desk: Desk, name_of: NameOf) -> Json:
    """Everything that the page shows."""
    scale = scale_of(*({"amount": str(round(load.promised)), "currency": day.currency} for load in day.loads))
    return {
        "run": day.run,
        "day": day,
        "in_period": tr(_IN[day.period]),
        "promised_in": tr(_PROMISED[day.period]),
        "figures": _figures(day, scale),
        "rows": [_row(one, load, day, scale) for one, load in zip(day.collectors, day.loads, strict=True)],
        "timed": timed_words(day),
        "compared": any(load.expected_promised is not None for load in day.loads),
        "coverage": _coverage(day),
        "without": day.coverage.without[:MOST_SHOWN],
        "waiting": [_waiting(one, desk, name_of) for one in day.waiting[:MOST_SHOWN]],
        "waiting_count": len(day.waiting),
        "named": [one for one in day.collectors if one.minutes_a_day > 0],
    }


def _figures(day: TeamDay, scale: Scale) -> list[Json]:
    """The six figures: name, value, what is below it, whether that warns, and what it means."""
    listed, worked = sum(one.listed for one in day.loads), sum(one.worked for one in day.loads)
    efforts = [one.effort for one in day.loads]
    tried, spoken = sum(one.tried for one in efforts), sum(one.spoken for one in efforts)
    without, coverage = day.coverage.places["without"], day.coverage
    return [
        _figure(tr("Worked today"), tr("{part} of {count}", part=count(worked), count=count(listed)),
                tr("{share} of the day’s list", share=whole_share(worked, listed)),
                tr("Accounts of the list about which somebody recorded anything since its evening.")),
        _figure(tr("Spoken to the right party"), count(spoken),
                tr("{share} of {count} accounts tried", share=whole_share(spoken, tried), count=count(tried)),
                tr("Accounts tried where somebody who may speak about paying answered.")),
        _figure(tr(_PROMISED[day.period]), scale.money(_money(sum(one.promised for one in day.loads), day)),
                _promises(sum(one.promises for one in efforts)) + _others(efforts, day.currency),
                tr("Recorded and not taken back, in the currency of the list.")),
        _figure(tr("Promises due today"), *_promised(day.promised_today, day),
                tr("Promises known on the evening that fall due today.")),
        _figure(tr("Broken lately"), *_promised(day.broken, day),
                tr("Promises that were not kept, as the evening knew them."), warns=bool(day.broken)),
        _figure(tr("Coverage"), whole_share(coverage.with_step, coverage.past_due),
                counted(without, "{count} account needs a next step", "{count} accounts need a next step"),
                tr("Past due accounts with a next step, by now."), warns=without > 0),
    ]  # fmt: skip


def _figure(name: str, value: str, below: str, means: str, *, warns: bool = False) -> Json:
    return {"name": name, "value": value, "below": below, "means": means, "warns": warns}


def _row(one: Collector, load: Load, day: TeamDay, scale: Scale) -> Json:
    capacity = one.minutes_on(day.today)
    away = next((span.last for span in one.absent if span.first <= day.today <= span.last), None)
    return {
        "id": one.collector_id,
        "name": retold(one.name) if one.collector_id == ANONYMOUS else one.name,
        "listed": load.listed,
        "worked": load.worked,
        "minutes": round(load.planned_minutes),
        "noted": load.effort.minutes,
        "capacity": round(capacity),
        "bar": min(1.0, load.planned_minutes / capacity) if capacity else 0.0,
        "away": tr("away until {day}", day=day_words(away)) if away else _not_today(capacity, one),
        "promised": scale.money(_money(load.promised, day)) if load.effort.promises else "–",
        "expected": "–" if load.expected_promised is None else scale.money(_money(load.expected_promised, day)),
        "tried": load.effort.tried,
        "spoken": load.effort.spoken,
        "right_party": whole_share(load.effort.spoken, load.effort.tried),
        "expected_spoken": None if load.expected_spoken is None else tenths(load.expected_spoken),
        "without": day.coverage.idle_of.get(one.collector_id, 0),
    }


def timed_words(day: TeamDay) -> str:
    """What calls took by the minutes that people noted, beside what the list plans; '' where nobody noted any."""
    if not day.call_minutes:
        return ""
    told = counted(
        len(day.call_minutes),
        "Noted for {count} call {period}: half took {minutes} minutes or less.",
        "Noted for {count} calls {period}: half took {minutes} minutes or less.",
        period=tr(_IN[day.period]),
        minutes=plain(median(day.call_minutes)),
    )
    plans = day.planned_minutes
    return told if plans is None else f"{told} {tr('The list plans {minutes} a call.', minutes=plain(plans))}"


def _coverage(day: TeamDay) -> list[Json]:
    """The parts that add up to the past due accounts, and what else a manager should know of them."""
    coverage = day.coverage
    parts = [
        {
            "words": tr(words),
            "count": coverage.places[place],
            "warns": place == "without" and coverage.places[place] > 0,
        }
        for place, words in PLACES.items()
    ]
    besides = [
        {"words": tr("not contacted for {quiet} days, over {days} days past due", quiet=QUIET_DAYS, days=OLD_DPD),
         "count": coverage.starving, "warns": coverage.starving > 0},
        {"words": tr("without anybody who looks after them"), "count": coverage.unowned,
         "warns": coverage.unowned > 0},
    ]  # fmt: skip
    return [
        {"words": tr("Past due accounts"), "count": coverage.past_due, "kind": "total", "warns": False},
        *({**part, "kind": "part"} for part in parts),
        *({**one, "kind": "beside"} for one in besides),
    ]


def _waiting(one: Waiting, desk: Desk, name_of: NameOf) -> Json:
    row = one.row
    activity = {"kind": row.kind, "said": row.said, "undone": None, "known_on": row.known_on, "by": row.actor,
                "recorded_at": row.recorded_at.isoformat(), "activity_id": row.activity_id}  # fmt: skip
    told = told_activity(activity, name_of)["told"]
    since = f", {tr('was due {day}', day=day_words(one.late_since))}" if one.late_since else ""
    try:
        account = desk.account(row.customer_id)
        name, overdue = account["customer_name"] or row.customer_id, account["overdue"]
    except UnknownAccount:  # nothing is open of it any more
        name, overdue = row.customer_id, None
    return {"what": tr(WAITS[row.kind]), "customer_id": row.customer_id, "name": name, "overdue": overdue,
            "told": f"{name_of(row.actor)}: {told}{since}"}  # fmt: skip


def _promised(promises: Sequence[Json], day: TeamDay) -> tuple[str, str]:
    """The money of promises in the currency of the list, and how many there are."""
    mine = [Decimal(one["amount"]["amount"]) for one in promises if one["amount"]["currency"] == day.currency]
    scale = scale_of(_money(float(sum(mine)), day))
    others = len(promises) - len(mine)
    beside = f", {tr('{count} in another currency', count=others)}" if others else ""
    return scale.money(_money(float(sum(mine)), day)), _promises(len(promises)) + beside


def _promises(number: int) -> str:
    return counted(number, "{count} promise", "{count} promises")


def _not_today(capacity: float, one: Collector) -> str:
    return "" if capacity or not one.minutes_a_day else tr("not today")


def _others(efforts: Sequence[Effort], currency: str) -> str:
    elsewhere = any(set(one.promised) - {currency} for one in efforts)
    return f", {tr('others in another currency')}" if elsewhere else ""


def _money(amount: float, day: TeamDay) -> Json:
    return {"amount": f"{amount:.2f}", "currency": day.currency}
