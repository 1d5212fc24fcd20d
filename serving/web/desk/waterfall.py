"""The waterfall of reasons as geometry: from the typical account, or invoice, over the reasons to this one.

Plain numbers for SVG attributes; the template draws a row for each step beside its words. Positions are percent of the
picture's width, so that one picture serves a panel, a page, a telephone and paper.
"""

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlencode

from models.score import arrow_of
from serving.web.languages import counted, tr
from serving.web.navigation import account_href
from serving.web.plots import Ticks
from serving.web.words import share
from serving.why.evidence import feature_behind
from serving.wording import is_notice, whole_points

Json = dict[str, Any]

REASONS_SHOWN = 6
THINNEST = 0.8
"""Percent of the width that a bar has at least, so that the smallest reason is seen."""

ENDS = {"account": ("Typical account", "This account"), "invoice": ("Typical invoice", "This invoice")}
"""The words of the first and the last row."""

Kind = Literal["typical", "up", "down", "none", "total"]


@dataclass(frozen=True)
class Step:
    """One row of a waterfall.

    Attributes:
        whole: points as shown, whole numbers that add up; of the first and the last row their percent.
        x, width: the bar, in percent of the picture; both ends lie within it.
        before, after: where the level stood and stands then, in percent; None above the first row and below the last.
        href: where the evidence of the reason is shown; '' where there is none.
    """

    text: str
    arrow: str
    whole: int | None
    kind: Kind
    x: float = 0.0
    width: float = 0.0
    before: float | None = None
    after: float | None = None
    href: str = ""


@dataclass(frozen=True)
class Waterfall:
    """The steps, and the lines of the grid as (percent of the width, what it stands for)."""

    steps: tuple[Step, ...]
    grid: Ticks = ()


@dataclass(frozen=True)
class _Axis:
    """The scale: from 0 to 1, and further where the reasons on the way lead beyond."""

    low: float
    high: float

    def at(self, level: float) -> float:
        return round((level - self.low) / (self.high - self.low) * 100, 2)

    def bar(self, one: float, other: float) -> tuple[float, float]:
        """The left end and the width of a bar between two levels; a thin one keeps within the picture."""
        left, right = sorted((self.at(one), self.at(other)))
        width = max(right - left, THINNEST)
        return round(min(left, 100 - width), 2), round(width, 2)


class _Move(NamedTuple):
    """A reason as a row shows it: its points as a whole number and as a share, and where its evidence is."""

    text: str
    arrow: str
    whole: int
    points: float
    href: str


def waterfall(
    body: Json,
    shown: int = REASONS_SHOWN,
    *,
    of: Literal["account", "invoice"] = "account",
    customer_id: str = "",
    as_of: str = "",
) -> Waterfall:
    """The reasons of an account's or an item's body; what is too small to show stands together in one step.

    Without a prediction (mode `rule`) the steps are the bare facts.

    Args:
        shown: reasons with a row of their own, the largest first.
        customer_id, as_of: whose evidence the reasons are linked to; without them there are no links.
    """
    reasons = [reason for reason in body["reasons"] if not is_notice(reason)]  # a note stands beside the picture
    base, risk = body["base"], body["late_risk"]
    links = [evidence_href(customer_id, reason, body.get("item_id", ""), as_of) for reason in reasons]
    if base is None or risk is None:
        facts = zip(reasons, links, strict=True)
        return Waterfall(tuple(Step(reason["text"], "", None, "none", href=href) for reason, href in facts))
    wholes = whole_points(base, [reason["points"] for reason in reasons], risk)
    moves = _moves(reasons, [whole or 0 for whole in wholes], links, shown)
    levels = list(accumulate((move.points for move in moves), initial=base))
    axis = _Axis(min(0.0, *levels), max(1.0, *levels))
    steps = [
        Step(
            tr(ENDS[of][0]),
            "",
            round(base * 100),
            "typical",
            *axis.bar(0, base),
            None,
            axis.at(base),
        )
    ]
    for move, (before, after) in zip(moves, pairwise(levels), strict=True):
        ends = axis.at(before), axis.at(after)
        steps.append(
            Step(move.text, move.arrow, move.whole, _kind(move.arrow), *axis.bar(before, after), *ends, move.href)
        )
    steps.append(
        Step(
            tr(ENDS[of][1]),
            "",
            round(risk * 100),
            "total",
            *axis.bar(0, risk),
            axis.at(levels[-1]),
            None,
        )
    )
    grid = tuple((axis.at(quarter / 4), share(quarter / 4)) for quarter in range(5))
    return Waterfall(tuple(steps), grid)


def _moves(reasons: list[Json], wholes: list[int], links: list[str], shown: int) -> list[_Move]:
    """The first `shown` reasons, and the others as one."""
    moves = [
        _Move(reason["text"], reason["arrow"], whole, reason["points"], href)
        for reason, whole, href in zip(reasons[:shown], wholes[:shown], links[:shown], strict=True)
    ]
    if rest := reasons[shown:]:
        points = sum(reason["points"] for reason in rest)
        text = counted(len(rest), "{count} smaller reason", "{count} smaller reasons")
        moves.append(_Move(text, arrow_of(points), sum(wholes[shown:]), points, ""))
    return moves


def evidence_href(customer_id: str, reason: Json, item_id: str, as_of: str) -> str:
    """The page with the invoices and payments behind a reason; '' where there are none, or nobody is named."""
    code, item = reason.get("code", ""), reason.get("item_id") or item_id
    if not (item and customer_id) or feature_behind(code) is None:
        return ""
    asked = urlencode({"item": item, "as_of": as_of}, quote_via=quote, errors="replace")
    return f"{account_href(customer_id)}/evidence/{quote(code, safe='')}?{asked}"


def _kind(arrow: str) -> Kind:
    return "up" if arrow == "▲" else "down" if arrow == "▼" else "none"
