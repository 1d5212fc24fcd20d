"""What a model card says of the stability of its reasons: for a manager in sentences, for an analyst in two tables."""

from collections.abc import Sequence

from features.spec import CONCEPT_BY_KEY
from ledger.words import count_text, percent
from training.card_figures import Cell, Row
from training.figures import NONE, day, decimal
from training.fit import FOLD_ROW_CAP
from training.reason_stability import FIRST, LOW, Stability

BEFORE = ("in_use", "newest_month")
"""What came before this version; the first that was compared is the headline."""

COLUMNS = {"in_use": "version in use", "newest_month": "newest judged month", "redrawn": "customers drawn anew"}

NOTE = (
    "Reasons are ideas, the largest first, each version's against its own typical item. A sign counts from half a "
    f"point on. The curves of judged months, and of customers drawn anew, read {FOLD_ROW_CAP:,} intervals at most."
)
NO_EARLIER = "No learned version was in use to compare with."
NO_CHANCE = "How much reasons move by chance alone was not measured."


def told(found: Sequence[Stability]) -> list[str]:
    """The headline against what came before, what the chances did meanwhile, and what chance alone does."""
    by_name = {one.against: one for one in found}
    earlier = [by_name[name] for name in BEFORE if name in by_name]
    sentences = [] if "in_use" in by_name else [NO_EARLIER]
    for one in earlier:
        sentences += [f"{_between(one)}, {_kept(one)} kept their first reason.", _meanwhile(one)]
    chance = by_name.get("redrawn")
    if chance is None:
        return [*sentences, NO_CHANCE]
    sentences.append(
        "When the same recipe learns from customers drawn anew out of the same ones, "
        f"{_kept(chance)} keep it: so much is chance (one draw)."
    )
    return [*sentences, _against_chance(earlier[0], chance)] if earlier else sentences


def warnings(found: Sequence[Stability]) -> list[str]:
    """Where so few items keep their first reason that people should know; a card warns, nothing is declined by it."""
    few = f"fewer than {LOW * 100:.0f} of 100"
    return [
        f"Reasons move much by chance alone: {few} items keep their first one. Read the first {FIRST} together."
        if one.against == "redrawn"
        else f"{_between(one)}, {few} items kept their first reason. Tell the team before they see other reasons than "
        "yesterday, and look at which ideas moved."
        for one in found
        if one.is_low
    ]


def progress(found: Sequence[Stability]) -> list[str]:
    """One line for each comparison and each warning, for whoever watches the run."""
    lines = [f"reasons held against the {COLUMNS[one.against]}: {_kept(one)} keep their first" for one in found]
    return [*lines, *(f"warning: {line}" for line in warnings(found))]


def heads(found: Sequence[Stability]) -> list[str]:
    """The head of each column of `rows`, the first of which has none."""
    return ["", *(COLUMNS[one.against].replace(" ", "\n", 1) for one in found)]


def first(found: Sequence[Stability]) -> str:
    """What the ideas are held against, in words."""
    return COLUMNS[found[0].against]


def rows(found: Sequence[Stability]) -> list[Row]:
    """Every measure, with a cell for each comparison."""
    return [
        Row("Same first reason", tuple(_first(one) for one in found)),
        Row(f"Of the first {FIRST} reasons, in both", tuple(Cell(percent(one.first_three)) for one in found)),
        Row(f"A reason among the first {FIRST} turned its sign", tuple(Cell(percent(one.turned)) for one in found)),
        Row("An idea's points moved by, on average", tuple(Cell(decimal(one.points_moved, 2)) for one in found)),
        Row("Correlation of the ideas' points", tuple(_known(one.points_correlation) for one in found)),
        Row("The chance itself moved by, points", tuple(Cell(decimal(one.risk_moved, 2)) for one in found)),
        Row("Rank correlation of the chances", tuple(_known(one.risk_correlation) for one in found)),
        Row("Items looked at", tuple(Cell(f"{one.items:,}") for one in found)),
    ]


def ideas(found: Sequence[Stability]) -> list[Row]:
    """Each idea against what came first: its points, by how many they moved, and their correlation."""
    return [
        Row(
            CONCEPT_BY_KEY[one.key].title,
            (Cell(decimal(one.points, 2)), Cell(decimal(one.moved, 2)), _known(one.correlation)),
        )
        for one in (found[0].ideas if found else ())
    ]


def _between(one: Stability) -> str:
    if one.against == "in_use":
        return f"Between the version in use, trained on {day(one.trained_as_of)}, and this one"
    return f"Between the curve of the newest judged month, which learned until {day(one.trained_as_of)}, and this one"


def _kept(one: Stability) -> str:
    """`91 of 100 open items`; of fewer than a hundred, as they were counted."""
    if one.items < 100:
        return f"{round(one.first_same.value * one.items)} of {count_text(one.items, 'open item')}"
    return f"{_whole(one.first_same.value)} of 100 open items"


def _whole(share: float) -> int:
    """Hundredths, never told as all or as none where it is not so."""
    return round(share * 100) if share in (0.0, 1.0) else min(99, max(1, round(share * 100)))


def _meanwhile(one: Stability) -> str:
    ranks = "" if one.risk_correlation is None else f" (rank correlation {decimal(one.risk_correlation, 2)})"
    return f"Meanwhile their chances moved by {decimal(one.risk_moved, 1)} points on average{ranks}."


def _against_chance(before: Stability, chance: Stability) -> str:
    if before.first_same.value >= chance.first_same.value:
        return "Against what came before, reasons moved no more than that."
    if chance.first_same.low > before.first_same.high:
        return "Against what came before, reasons moved more than that: it learned something else."
    return "Against what came before, reasons moved no more than that can explain."


def _first(one: Stability) -> Cell:
    value = one.first_same
    known = value.low == value.low
    return Cell(percent(value.value), f"{percent(value.low)} to {percent(value.high)}" if known else "")


def _known(value: float | None) -> Cell:
    return Cell(NONE if value is None else decimal(value, 2))
