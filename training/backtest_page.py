"""The page of a backtest: what a manager reads before she believes a model. One file, pictures and all, no script.

First the sentence that the evidence permits; then the pictures, every month won or lost, the segments, the gates, and
how the figures were made.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Template

from training import backtest_pictures as pictures
from training.backtest_text import (
    HEADLINE,
    About,
    gate_mark,
    gate_name,
    headline,
    how_made,
    judged_on,
    left_out,
    losing_months,
    money_note,
    never_seen,
)
from training.figures import differs, month_names, name, short
from training.measured import MODEL, AtHorizon, Measured
from training.paper import paper
from training.promotion import HIGHEST_ECE, Gate

DEFINITIONS = (
    (
        "AUC",
        "Take one item that stayed unpaid and one that was paid: the chance that the unpaid one stood higher on the "
        "list. 0.5 is a coin.",
    ),
    ("PR-AUC", "How many of the items from the top of the list down stayed unpaid, averaged over all that did."),
    (
        "Late items, late money",
        "Of what stayed unpaid, the share in the first part of each evening's list. For money, a chance is multiplied "
        "by the open amount first; an order is taken as it is.",
    ),
    (
        "Log loss, Brier",
        "How far the chances lay from what happened; smaller is better. By money: an item counts by its open amount.",
    ),
    (
        "Calibration error",
        "Mean distance between the chance said and how often it came true, over 15 groups of equally many rows.",
    ),
    ("Slope", "1 when the chances are neither too bold (below 1) nor too timid (above 1)."),
    (
        "Payment date",
        "Days between the expected day and the day the item was paid in full, either way, over what was paid by now. "
        "Items still open are missing from it, which flatters everybody.",
    ),
    ("Aging", "The share of each aging bucket that stayed unpaid before the cutoff, as the rank of its items."),
    (
        "Your team's own order",
        "The items by how your team worked them, which may have had other aims than this question.",
    ),
)
"""Each figure in a line."""


def page(measured: Measured, about: About, gates: Sequence[Gate] = ()) -> str:
    """The whole page as HTML.

    Args:
        measured: the figures, see `training.judgement.measure`.
        about: the evening, the months and the model they are about.
        gates: each with its reason; none leaves the section out.
    """
    questions = sorted((found for found in measured.horizons.values() if found.rows), key=_headline_first)
    return _template().render(
        about=about,
        measured=measured,
        sentences=headline(measured, about),
        judged_on=judged_on(measured),
        left_out=left_out(measured),
        how_made=how_made(about),
        never_seen=never_seen(measured),
        definitions=DEFINITIONS,
        questions=[_question(found) for found in questions],
        gates=[(gate_mark(gate), gate_name(gate), gate) for gate in gates],
        highest_ece=HIGHEST_ECE,
        differs=differs,
        picture=pictures,
    )


def _headline_first(found: AtHorizon) -> tuple[bool, int]:
    return found.horizon != HEADLINE, found.horizon


def _question(found: AtHorizon) -> dict[str, Any]:
    """One question with its pictures."""
    names = month_names(found.months)
    return {
        "found": found,
        "model": found.score(MODEL),
        "months": list(zip(names, found.months, strict=True)),
        "losing": losing_months(found),
        "month_chart": pictures.month_chart(found, names),
        "calibration_chart": pictures.calibration_chart(found.calibration.bins),
        "found_items": pictures.found_chart(found.scores, "found20"),
        "found_money": pictures.found_chart(found.scores, "money_found20"),
        "money_note": money_note(found),
    }


@cache
def _template() -> Template:
    return paper("backtest.html", contender=name, short=short)
