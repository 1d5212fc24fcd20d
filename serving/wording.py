"""How amounts, counts, chances and reasons are said, wherever they leave the house: API, pages, workbook, commands."""

import math
from collections.abc import Sequence
from itertools import cycle, islice
from operator import sub
from typing import Any

import numpy as np
import numpy.typing as npt

from features.languages import ENGLISH
from features.reason_catalogue import TOO_LITTLE_HISTORY, tell_reason
from features.wording import naming
from ledger.money import plain_amount
from serving import sentences

Json = dict[str, Any]

MINUS = "−"

QUIET_CONCEPTS = frozenset({"newness", "terms", "season"})
"""Ideas that say why a risk is what it is, but give a collector nothing to call about."""


def money_json(minor: int, currency: str) -> Json:
    """An amount as the API says it (`MoneyOut`), exact.

    >>> money_json(41200_00, "EUR")
    {'amount': '41200.00', 'currency': 'EUR'}
    """
    return {"amount": plain_amount(minor, currency), "currency": currency}


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
    return list(whole_parts([(share or 0.0) * 100 for share in shares], round(total * 100) - round(base * 100)))


def whole_parts(parts: Sequence[float], total: int) -> list[int]:
    """The parts as whole numbers that add up to `total`: each rounded down or up, the largest remainders up.

    What is exactly 0 stays 0 where anything else is there. Of no parts none.

    >>> whole_parts([25.4, 12.4, 0.0, -4.8], 33)
    [25, 13, 0, -5]
    """
    whole = list(map(math.floor, parts))
    moving = [at for at, part in enumerate(parts) if part] or list(range(len(parts)))
    short = list(map(sub, whole, parts))
    by_remainder = sorted(moving, key=short.__getitem__)  # equal ones in their order
    missing = total - sum(whole)
    # Base and total are rounded too, each its own way, so that a part may have to give more than its fraction.
    for at in islice(cycle(by_remainder if missing > 0 else by_remainder[::-1]), abs(missing)):
        whole[at] += 1 if missing > 0 else -1
    return whole


def whole_parts_of(parts: npt.NDArray[np.float64], totals: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The same of many rows, each with its own total: `whole_parts` of each.

    Args:
        parts: shape (n, k); totals: shape (n,), 0 where k is 0.

    >>> whole_parts_of(np.array([[25.4, 12.4, 0.0, -4.8], [0.5, 0.5, 0.5, 0.5]]), np.array([33, 3])).tolist()
    [[25, 13, 0, -5], [1, 1, 1, 0]]
    """
    floor = np.floor(parts)
    moving = (parts != 0) | ~(parts != 0).any(axis=1, keepdims=True)
    place = np.argsort(np.argsort(np.where(moving, floor - parts, np.inf), axis=1, kind="stable"), axis=1)
    whole = floor.astype(np.int64)  # sums of floats would lose units of large money
    missing = (totals - whole.sum(axis=1))[:, None]
    count = moving.sum(axis=1, keepdims=True)
    place = np.where(missing > 0, place, count - 1 - place)
    rounds, rest = np.divmod(np.abs(missing), np.maximum(count, 1))
    given = np.where(moving, rounds + (place < rest), 0)
    found: npt.NDArray[np.int64] = whole + np.sign(missing) * given
    return found


def told_reasons(line: Json, count: int | None = None) -> list[Json]:
    """The first `count` reasons of a queue line or account body as a list tells them, each with its `whole` points.

    Why it is here stands first: what raises the risk most as shown, `QUIET_CONCEPTS` only when nothing else raises it;
    then the others by size, and in the third place that there is too little history, where it is so, without points.
    None of them all: every reason.
    """
    wholes = whole_points(line["base"], [reason["points"] for reason in line["reasons"]], line["late_risk"])
    reasons = [
        {**reason, "whole": None if is_notice(reason) else whole}
        for reason, whole in zip(line["reasons"], wholes, strict=True)
    ]
    raising = [reason for reason in reasons if (reason["whole"] or 0) > 0]
    raising.sort(key=lambda reason: reason["concept"] in QUIET_CONCEPTS)
    first = raising[:1]
    told = [*first, *(reason for reason in reasons if reason not in first and not is_notice(reason))]
    return [*told[:2], *filter(is_notice, reasons), *told[2:]][:count]


def is_notice(reason: Json) -> bool:
    """Whether a reason only says how much the estimate knows, and moves nothing."""
    return reason.get("code") == TOO_LITTLE_HISTORY


SENTENCES = frozenset({
    "notices", "order_sentence", "staffing", "next_action", "next_step_label", "rule_reason", "sentence", "because",
    "assumed", "not_counted",
})  # fmt: skip
"""Fields of a body that are sentences of ours, or lists of them."""

TEXTS = (frozenset({"text", "times"}), frozenset({"text", "moved_by"}), frozenset({"text", "label", "short"}))
"""The fields by which a part is known whose `text` (and `label`, `short`) is ours: what stands above an account,
its way off the list, what a figure means."""


def told_in(body: Any, language: str) -> Any:
    """A body of the API, or any part of it, with its reasons and sentences in a language; English as it was stored.

    A reason that the catalogue cannot tell again, such as one that was stored before there were codes, keeps its text,
    and so does a sentence that `serving.sentences` does not know.
    """
    if language == ENGLISH:
        return body
    if isinstance(body, list):
        return [told_in(part, language) for part in body]
    if not isinstance(body, dict):
        return body
    if {"concept", "text", "code"} <= body.keys():
        return {**body, "text": _text_in(body, language)}
    ours = SENTENCES.union(*(fields for fields in TEXTS if fields <= body.keys()))
    return {
        name: _sentences_in(part, language) if name in ours else told_in(part, language) for name, part in body.items()
    }


def _sentences_in(part: Any, language: str) -> Any:
    if isinstance(part, str):
        return sentences.told(part, language)
    if isinstance(part, list):
        return [_sentences_in(one, language) for one in part]
    return told_in(part, language)


def _text_in(reason: Json, language: str) -> str:
    told = tell_reason(reason["code"], reason.get("value"), reason.get("further"), language)
    if told is None:
        return str(reason["text"])
    item_id = reason.get("item_id")
    return naming(told, item_id) if item_id and item_id in reason["text"] else told
