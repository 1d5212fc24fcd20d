"""The payment history as geometry: when each invoice was due, and how late it came.

A dot for each settled invoice at its due day, above the due line late, on it on time, below it early; hollow ones are
open, as late as they are by now. Promises and contacts stand in lanes beneath. Days are percent of the picture's width,
heights are pixels, so that the text keeps its size on a telephone and on paper. What is drawn is told in `words` and
listed in `rows`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from serving.web.desk.past import PROMISES, Invoice, InvoiceKind, Past, on
from serving.web.desk.pictures import MUCH_LATE
from serving.web.desk.timeline_axes import PLOT, TOP, Days, Height
from serving.web.languages import tr
from serving.web.plots import Ticks, polyline
from serving.web.words import day, day_short, money

Json = dict[str, Any]

LANE = 20.0
"""Pixels of a lane with its gap."""

APART = 10.0
"""Percent of the width between two numbers at dots beyond the axis, so that they can be read."""

MEDIAN_OF = 6

LEGEND: dict[InvoiceKind, str] = {
    "early": "Early",
    "on_time": "On time",
    "slight": f"1–{MUCH_LATE} days late",
    "late": f"Over {MUCH_LATE} days late",
    "open_late": "Open, past due",
    "open": "Open, not past due",
}

LANE_LEGEND = {
    **{state: f"Promise {words}" for state, words in PROMISES.items()},
    "reached": "Somebody reached",
    "tried": "Nobody reached",
}


@dataclass(frozen=True)
class Dot:
    """One invoice: its head at (`x` percent, `y` pixels); `beyond` tells its days where the axis ends before them."""

    kind: InvoiceKind
    x: float
    y: float
    title: str
    cut: bool = False
    beyond: str = ""


@dataclass(frozen=True)
class LaneMark:
    """A promise (`kind` its state) or a contact (`reached` or `tried`)."""

    kind: str
    x: float
    title: str


@dataclass(frozen=True)
class Lane:
    """A strip of marks beneath the plot; `y` is its middle in pixels."""

    name: str
    y: float
    marks: tuple[LaneMark, ...]


@dataclass(frozen=True)
class Timeline:
    """The picture with its words.

    Attributes:
        months, levels: grid lines as (percent of the width, label) and (pixels, label).
        due_y, bottom, height: pixels of the due line, of the plot's end, of the whole picture.
        today, today_label: percent of the width of the evening looked at, and its day.
        median: the median of the last six settled, as points of a polyline in a width of 1,000; '' for too few.
        legend, lane_legend: the kinds of dots, and of marks in lanes, that occur.
        words: sentences that say what is drawn.
        rows: the invoices drawn, the newest due day first.
    """

    dots: tuple[Dot, ...]
    months: Ticks
    levels: Ticks
    due_y: float
    bottom: float
    height: float
    today: float
    today_label: str
    median: str
    lanes: tuple[Lane, ...]
    legend: tuple[tuple[str, str], ...]
    lane_legend: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    rows: tuple[Invoice, ...]


def timeline(body: Json) -> Timeline | None:
    """The payment history of an account's body; None when there is nothing to draw."""
    past = Past.of(body)
    if not past:
        return None
    days = Days.around(past.as_of, past.days, whole=not past.cut)
    invoices = past.invoices
    height = Height.over([one.days for one in invoices if one.kind != "open"])
    lanes = _lanes(past, days)
    kinds = {one.kind for one in invoices}
    marks = {mark.kind for lane in lanes for mark in lane.marks}
    return Timeline(
        dots=tuple(_dots(invoices, days, height)),
        months=days.months(),
        levels=height.levels(),
        due_y=height.due_y,
        bottom=TOP + PLOT,
        height=TOP + PLOT + 28 + LANE * len(lanes),
        today=days.at(past.as_of),
        today_label=day_short(past.as_of),
        median=_median(past.settled, days, height),
        lanes=lanes,
        legend=tuple((kind, told) for kind, told in LEGEND.items() if kind in kinds),
        lane_legend=tuple((kind, told) for kind, told in LANE_LEGEND.items() if kind in marks),
        words=tuple(past.sentences()),
        rows=tuple(reversed(invoices)),
    )


def _dots(invoices: list[Invoice], days: Days, height: Height) -> Iterator[Dot]:
    """The dots; the days of those beyond the axis are written where they do not cover each other."""
    written = -APART
    for one in invoices:
        x, lateness = days.at(one.due_on), 0 if one.kind == "open" else one.days
        cut, beyond = not height.holds(lateness), ""
        if cut and x - written >= APART:
            beyond, written = f"+{lateness}" if lateness > 0 else f"−{-lateness}", x
        told = {"item": one.item_id, "day": day(one.due_on), "how": one.words, "money": money(one.amount, exact=True)}
        title = tr("{item}: due {day}, {how}, {money}", **told)
        yield Dot(one.kind, x, height.at(lateness), title, cut, beyond)


def _lanes(past: Past, days: Days) -> tuple[Lane, ...]:
    """The lanes that hold anything."""
    promises = tuple(
        LaneMark(one["state"], days.at(on(one["promised_on"])), _promise_title(one)) for one in past.promises
    )
    contacts = tuple(
        LaneMark("reached" if one["reached"] else "tried", days.at(on(one["happened_on"])), _contact_title(one))
        for one in past.contacts
    )
    used = [(name, marks) for name, marks in (("Promises", promises), ("Contacts", contacts)) if marks]
    return tuple(Lane(name, TOP + PLOT + 18 + LANE * at, marks) for at, (name, marks) in enumerate(used))


def _promise_title(one: Json) -> str:
    told = {
        "money": money(one["amount"], exact=True),
        "day": day(one["promised_on"]),
        "state": tr(PROMISES[one["state"]]),
    }
    return tr("{money} promised by {day}: {state}", **told)


def _contact_title(one: Json) -> str:
    return f"{day(one['happened_on'])}: {tr(one['channel'])}, {tr(one['outcome'].replace('_', ' '))}"


def _median(settled: tuple[Invoice, ...], days: Days, height: Height) -> str:
    """The running median of the last six by due day, from the sixth on; nothing where it would be a dot or two."""
    if len(settled) < MEDIAN_OF + 2:
        return ""
    last_six = ((settled[at - 1], settled[at - MEDIAN_OF : at]) for at in range(MEDIAN_OF, len(settled) + 1))
    points = {days.at(end.due_on): height.at(median(one.days for one in six)) for end, six in last_six}
    return polyline(points.items())  # one for each due day: with all due by then
