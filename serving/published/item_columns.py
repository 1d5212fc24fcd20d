"""Columns of open items as the API says them (`ItemOut`)."""

import json
from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from models.score import Score
from serving.published.bodies import Json
from serving.published.columns import Rows, Texts, Written
from serving.published.money_columns import days, moneys
from serving.published.reason_columns import item_reasons, said_by
from serving.published.schemas import ItemOut

_ITEM = Rows(ItemOut)


def items_json(scores: Sequence[Score]) -> list[Json]:
    """Open items, each as the API says it, validated."""
    reasons = list(chain.from_iterable(score.reasons for score in scores))
    return [json.loads(text) for text in items(scores, said_by(reasons).of_items).json.to_pylist()]


def items(scores: Sequence[Score], said: Texts) -> Written:
    """The same as a column; `said`: what each of their reasons says, one item behind the other."""

    def column(name: str) -> list[Any]:
        return list(map(attrgetter(name), scores))

    return _ITEM.written(
        item_id=column("item_id"),
        due_on=days(column("due_on")),
        dpd=column("dpd"),
        open=moneys(column("open_minor"), column("currency")),
        p_late=column("p_late"),
        known_late=column("known_late"),
        late_risk=column("late_risk"),
        late_risk_on=days(column("late_risk_on")),
        p_unpaid_14=column("p_unpaid_14"),
        p_unpaid_30=column("p_unpaid_30"),
        p_unpaid_60=column("p_unpaid_60"),
        p_30_dpd=column("p_30_dpd"),
        p_60_dpd=column("p_60_dpd"),
        p_90_dpd=column("p_90_dpd"),
        expected_on=days(column("expected_on")),
        expected_from=days(column("expected_from")),
        expected_until=days(column("expected_until")),
        base=column("base"),
        reasons=item_reasons(column("reasons"), said),
        thin_history=column("thin_history"),
        source_row=column("source_row"),
    )
