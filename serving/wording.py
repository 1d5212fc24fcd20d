"""How amounts, counts, chances and reasons are said, wherever they leave the house: API, pages, workbook, commands."""

import math
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

MINUS = "−"

QUIET_CONCEPTS = frozenset({"newness", "terms", "season"})
"""Ideas that say why a risk is what it is, but give a collector nothing to call about."""


def points(whole: int | None) -> str:
    """Whole probability points with their sign, as typeset; what rounds to nothing is less than one.

    >>> points(26), points(-5), points(0)
    ('+26', '−5', '<1')
    """
    if whole is None:
        return ""
    if whole == 0:
        return "<1"
    return f"{'+' if whole > 0 else MINUS}{abs(whole)}"


def whole_points(base: float | None, shares: Sequence[float | None], total: float | None) -> list[int | None]:
    """The points of each reason as whole numbers that add up as they are shown: round(base) + sum = round(total).

    Each is its share × 100 rounded down or up; the largest remainders are rounded up. None without a prediction.

    >>> whole_points(0.31, [0.254, 0.124, -0.048], 0.64)
    [25, 13, -5]
    """
    if base is None or total is None or any(share is None for share in shares):
        return [None] * len(shares)
    exact = [(share or 0.0) * 100 for share in shares]
    down = [math.floor(value) for value in exact]
    missing = round(total * 100) - round(base * 100) - sum(down)
    by_remainder = sorted(range(len(exact)), key=lambda at: (down[at] - exact[at], at))
    for at in by_remainder[: max(0, missing)]:
        down[at] += 1
    for at in by_remainder[len(down) + min(0, missing) :]:  # both ends rounded towards each other
        down[at] -= 1
    return list(down)


def told_reasons(line: Json, count: int | None = None) -> list[Json]:
    """The first `count` reasons of a queue line or account body as a list tells them, each with its `whole` points.

    Why it is here stands first: what raises the risk most as shown, `QUIET_CONCEPTS` only when nothing else raises it;
    then the others by size. None of them all: every reason.
    """
    wholes = whole_points(line["base"], [reason["points"] for reason in line["reasons"]], line["late_risk"])
    reasons = [{**reason, "whole": whole} for reason, whole in zip(line["reasons"], wholes, strict=True)]
    raising = [reason for reason in reasons if (reason["whole"] or 0) > 0]
    raising.sort(key=lambda reason: reason["concept"] in QUIET_CONCEPTS)
    first = raising[:1]
    return [*first, *(reason for reason in reasons if reason not in first)][:count]
