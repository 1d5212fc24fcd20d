"""Customers never seen, as the pages of the models tell them: what training measured of customers that it left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from serving.versions.version_shelf import HEADLINE
from serving.web.languages import counted, tr
from serving.web.models.words import figure, said
from serving.web.words import count, day

Json = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A figure of each question: itself, and beside it its interval, its name or whose rows; '' for none."""

    label: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class NeverSeenTold:
    """What a version is worth for customers that it learned nothing from.

    Attributes:
        verdict: the answer in a sentence, or why there is none.
        days: of each question, the headline's first; none where nothing was measured.
        rows: the figures of the questions.
        how: who was left out, '' where nobody was.
    """

    verdict: str
    days: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    how: str = ""


def never_seen_told(backtest: Json | None) -> NeverSeenTold:
    """What a backtest found about customers left out of learning."""
    if backtest is None:
        return NeverSeenTold(tr("Not measured: no backtest judged this version."))
    if "never_seen" not in backtest["measured"]:
        return NeverSeenTold(tr("Not measured: an earlier payrisk made the backtest of this version."))
    found = backtest["measured"]["never_seen"]
    if found is None:
        none = tr("Not measured: there was no time for it, or too little to learn from or to judge.")
        return NeverSeenTold(none)
    if not found["horizons"]:
        few = tr("Not measured: too few of their items were paid, or too few stayed unpaid.")
        return NeverSeenTold(few, how=_how(found))
    asked = sorted(found["horizons"].items(), key=lambda one: one[0] != HEADLINE)
    return NeverSeenTold(
        verdict=_verdict(*asked[0]),
        days=tuple(days for days, _ in asked),
        rows=tuple(_rows([at for _, at in asked])),
        how=_how(found),
    )


def _verdict(days: str, at: Json) -> str:
    """What the interval of the difference permits to say."""
    low, high = at["gain"]["low"], at["gain"]["high"]
    if low is None:
        told = tr("too few customers to tell whether it matters if it had learned from them")
    elif high < 0:
        told = tr("customers never seen are ranked less well than if it had learned from them")
    elif low > 0:
        told = tr("customers never seen are ranked better than if it had learned from them")
    else:
        told = tr("no detectable difference whether it had learned from a customer or never seen it")
    return tr("Asked who stays unpaid {days} days: {told}.", days=days, told=told)


def _rows(asked: Sequence[Json]) -> Iterator[Row]:
    yield Row(tr("AUC, customers never seen"), tuple(_bounded(at["auc"], "decimal") for at in asked))
    yield Row(tr("AUC, the same learned from"), tuple(_bounded(at["seen"], "decimal") for at in asked))
    yield Row(tr("Difference"), tuple(_bounded(at["gain"], "signed") for at in asked))
    yield Row(tr("AUC, best simple order"), tuple(_best(at) for at in asked))
    yield Row(tr("Rows"), tuple(_judged(at) for at in asked))


def _bounded(value: Json, how: str) -> tuple[str, str]:
    if value["low"] is None:
        return figure(value["value"], how), tr("no interval")
    first, last = figure(value["low"], how), figure(value["high"], how)
    return figure(value["value"], how), tr("95 %: {first} to {last}", first=first, last=last)


def _best(at: Json) -> tuple[str, str]:
    return (figure(at["best_auc"], "decimal"), said(at["best"])) if at["best"] else ("–", "")


def _judged(at: Json) -> tuple[str, str]:
    return count(at["rows"]), counted(at["customers"], "of {count} customer", "of {count} customers")


def _how(found: Json) -> str:
    return tr(
        "By a hash of their id {left_out} were left out of learning at the cutoff of {day}, and {learned_from} learned "
        "from. Their own payments were known to the features all the same.",
        left_out=counted(found["left_out"], "{count} customer", "{count} customers"),
        day=day(found["cutoff"]),
        learned_from=counted(found["learned_from"], "{count} customer", "{count} customers"),
    )
