"""The versions of the model in words and rows, as their pages show them: one sentence, gates, drift, months."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from features.catalogue import CATALOGUE_BY_NAME
from features.wording import title_of
from ledger.words import percent as close_percent
from models.contender_names import NAMES, SEGMENTS
from serving.web.languages import LANGUAGE, counted, retold, tr
from serving.web.words import day, decimals, month_name, with_unit
from serving.wording import MINUS

Json = dict[str, Any]

NO_EFFECT = "This does not measure the effect of calling."

GATES: Mapping[str, tuple[str, str, str]] = {
    "enough_history": ("Enough history to learn from", "", ""),
    "knows_no_future": ("Leak screen of every feature", "", ""),
    "catches_a_planted_leak": ("A planted leak is caught", "", ""),
    "learns_nothing_from_shuffled": ("Shuffled outcomes teach nothing", "", ""),
    "forgets_within_customers": ("Outcomes shuffled within customers, too", "", ""),
    "no_better_backwards": ("A split turned round in time is no better", "", ""),
    "random_split_flatters_little": ("A random split flatters little", "", ""),
    "enough_of_each": ("Enough judged items of each kind", "", ""),
    "ranks_better_than_chance": ("AUC of who stays unpaid, 30 days", "auc_30", "decimal"),
    "beats_simple_orders": ("Gain in AUC over the best simple order", "auc_gain_30", "signed"),
    "no_worse_than_simpler": ("AUC of the better of two simpler curves", "", "simpler"),
    "calibrated": ("Calibration error", "ece_30", "decimal"),
    "deciles_near_the_diagonal": ("Deciles near the diagonal", "", ""),
    "no_segment_collapses": ("No kind of customer falls behind", "", ""),
    "no_worse_than_champion": ("Late money in the first fifth", "money_found20_30", "percent"),
    "light_enough": ("Light enough for every morning", "", ""),
    "scores_stay_near_the_champion": ("Scores spread as the champion's", "", ""),
    "can_be_judged": ("Past evenings to be judged on", "", ""),
}
"""Of each gate: its name for people, and the figure of the backtest that stands beside it, with how it is told."""

STATES: Mapping[str, tuple[str, str]] = {
    "champion": ("champion", "ok"), "challenger": ("challenger", "accent"), "retired": ("retired", ""),
    "declined": ("declined", "warn"), "waiting": ("waiting", ""), "damaged": ("damaged", "warn"),
}  # fmt: skip
"""What a state is called, and the colour of its mark."""

VERDICTS: Mapping[str, str] = {
    "fine": "Fine: nothing moved beyond what is usual.",
    "watch": "Watch: something moved; keep the version in use.",
    "retrain": "Retrain: the version no longer fits what it sees.",
    "stop": "Stop: its scores cannot be trusted.",
}

CHANGES: Mapping[str, str] = {
    "promote": "Approved", "rollback": "Rolled back to", "install_first": "First version, put to use by its training:",
}  # fmt: skip
"""What happened to the version in use."""

PAPERS: Mapping[str, str] = {"card.html": "Model card as a file", "backtest.html": "Backtest as a file"}
MARKS: Mapping[str, str] = {"ok": "passed", "no": "not passed", "warn": "to watch", "wait": "waiting"}
RULES: Mapping[int, str] = {1: "one rule", 2: "two rules"}

DRIFT_ROWS = 8
FULL_BAR = 0.3
"""The population stability index that fills a bar."""


MOST_CHARACTERS = 62
"""Of a reason that stands in a gate's own line; longer ones of gates that passed stand in the list of reasons."""


@dataclass(frozen=True)
class GateRow:
    """A gate as a row: `mark` is ok, warn, no or wait; `figure` and the champion's beside it, '' where it has none."""

    mark: str
    sign: str
    label: str
    figure: str
    champion: str
    reason: str

    @property
    def short(self) -> str:
        """What stands in its line where no figure does."""
        return "" if self.figure or len(self.reason) > MOST_CHARACTERS else self.reason

    @property
    def long(self) -> str:
        """What stands below its line: why a gate did not pass."""
        return self.reason if self.mark != "ok" and self.reason != self.short else ""


@dataclass(frozen=True)
class DriftRow:
    """A feature as a row; `filled`: of its bar, in percent."""

    label: str
    concept: str
    index: str
    filled: float
    state: str
    beyond: str


def percent(share: float | None) -> str:
    """A share as these pages write it: `74 %`."""
    return close_percent(share).replace("%", "\N{NO-BREAK SPACE}%")


def said(name: str) -> str:
    """A contender or an order in a sentence."""
    return tr(NAMES[name]) if name in NAMES else name


@dataclass(frozen=True)
class Told:
    """The permitted sentences, in parts of which every second one is a figure to be seen; and what they rest on."""

    sentences: tuple[tuple[str, ...], ...]
    rests_on: str


def permitted(backtest: Json) -> Told | None:
    """What the evidence of a backtest permits to say (interval, n and period with it); None where it has no answer."""
    measured = backtest["measured"]
    found = measured["horizons"].get("30")
    model = _score(found, "model") if found else None
    if found is None or model is None or model["auc"]["value"] is None:
        return None
    months, aging = backtest["months"], _score(found, "bucket")
    beside = aging["auc"]["value"] if aging else None
    aging_told = "" if beside is None else "; " + tr("aging {auc}", auc=decimals(beside, 2))
    one = "On your last month this version ranked which open money would still be unpaid in 30 days with AUC "
    many = "On your last {count} months this version ranked which open money would still be unpaid in 30 days with AUC "
    ranked = (
        counted(months, one, many),
        decimals(model["auc"]["value"], 2),
        f" ({_between(model['auc'])}{aging_told}).",
    )
    finder = best_money_finder(found)
    sentences: list[tuple[str, ...]] = [ranked]
    if finder is not None and model["money_found20"]["value"] is not None:
        other = _score(found, finder)
        assert other is not None, "it was found among the scores"
        own, interval = percent(model["money_found20"]["value"]), _shares_between(model["money_found20"])
        others = percent(other["money_found20"]["value"])
        before = tr(" In the first fifth of each evening’s list it found ")
        after = tr(
            " of the money that stayed unpaid ({interval}); {other} found {share}.",
            interval=interval, other=said(finder), share=others,
        )  # fmt: skip
        sentences.append((before, own, after))
    sentences.append((f" {tr(NO_EFFECT)}",))
    rests_on = tr(
        "Judged on {rows} (one open item on one evening, due within 30 days) of {customers} on {evenings} from {first} "
        "to {last}, each with what was known then alone. 95 % intervals draw whole customers. The past was worked by "
        "your team: these are chances under its calls.",
        rows=counted(found["rows"], "{count} row", "{count} rows"),
        customers=counted(found["customers"], "{count} customer", "{count} customers"),
        evenings=counted(found["evenings"], "{count} evening", "{count} evenings"),
        first=day(measured["first_day"]),
        last=day(measured["last_day"]),
    )
    return Told(tuple(sentences), rests_on)


def best_money_finder(found: Json) -> str | None:
    """The simple order that finds most late money in the first fifth; None where none has an answer."""
    orders = {
        score["name"]: score["money_found20"]["value"]
        for score in found["scores"]
        if not score["is_probability"] and score["name"] != "worked" and score["money_found20"]["value"] is not None
    }
    return max(orders, key=lambda name: orders[name]) if orders else None


def losing_months(found: Json) -> str:
    """The months in which something simpler, or the version in use, ranked better; or that there is none."""
    judged = [month for month in found["months"] if month["rows"]]
    simple = [
        tr("{month} (to {other})", month=_month(month), other=said(month["lost_to"][0]))
        for month in judged if month["lost_to"]
    ]  # fmt: skip
    none = tr("none of {count}", count=len(judged))
    told = tr("Losing months: {months}", months=", ".join(simple) or none)
    against = [month for month in judged if _auc(month, "champion") is not None]
    if not against:
        return f"{told}."
    lost = [_month(month) for month in against if _auc(month, "champion") > (_auc(month, "model") or 0.0)]
    months = ", ".join(lost) or tr("none of {count}", count=len(against))
    return f"{told}; {tr('against the version in use {months}', months=months)}."


def gate_rows(model: Json, champion: Json | None) -> Iterator[GateRow]:
    """Every gate of a version with its figure and, where another is in use, that one's; and the approval."""
    beside = champion["metrics"] if champion is not None and champion["version"] != model["version"] else {}
    for gate in model["gates"]:
        label, metric, how = GATES.get(gate["name"], (gate["name"].replace("_", " ").capitalize(), "", ""))
        mark = "ok" if gate["passed"] else "no" if gate["blocks"] else "warn"
        yield GateRow(
            mark=mark,
            sign={"ok": "✓", "no": "✗", "warn": "!"}[mark],
            label=tr(label),
            figure=_simpler(model["metrics"]) if how == "simpler" else figure(model["metrics"].get(metric), how),
            champion=figure(beside.get(metric), how),
            reason=_sentence(retold(gate["reason"])),
        )
    if model["approved_by"]:
        on = f" {tr('on {day}', day=day(model['approved_at'][:10]))}" if model["approved_at"] else ""
        because = f": {model['approved_because']}" if model["approved_because"] else "."
        approved = tr("Trained by {name}, approved{on}", name=_trainer(model), on=on) + because
        yield GateRow("ok", "✓", tr("Approval by another person"), model["approved_by"], "", approved)
    elif model["state"] != "declined":
        nobody = tr("Trained by {name}; nobody approved it yet.", name=_trainer(model))
        yield GateRow("wait", "–", tr("Approval by another person"), tr("waiting"), "", nobody)


def gates_passed(rows: Sequence[GateRow]) -> str:
    """How many: `12 of 13 passed`."""
    return tr("{part} of {count} passed", part=sum(row.mark == "ok" for row in rows), count=len(rows))


def _trainer(model: Json) -> str:
    return model["trained_by"] or tr("somebody who was not kept")


def drift_rows(report: Json) -> list[DriftRow]:
    """The features that move the score most, and before them those that moved beyond what is usual."""
    grave = {"broken": 0, "act": 1, "watch": 2, "fine": 3}
    important = [one for one in report["features"] if one["important"] or one["state"] in ("act", "broken")]
    shown = sorted(important, key=lambda one: grave[one["state"]])[:DRIFT_ROWS]
    score = [report["score"]] if report["score"] else []
    return [_drift_row(one) for one in [*score, *shown]]


def matured_words(report: Json) -> str:
    """Whether what was said came true, where that is known by now."""
    told = report["matured"]
    if told is None:
        return tr("Outcomes since training are known from {day} on.", day=day(report["matured_from"]))
    difference, low, high = (_points(round(told[name] * 100, 1)) for name in ("difference", "low", "high"))
    return tr(
        "Outcomes since training: said {said}, happened {happened} of {rows} of {customers} ({difference} points, 95 % "
        "{low} to {high}).",
        said=percent(told["said"]),
        happened=percent(told["happened"]),
        rows=counted(told["rows"], "{count} item row", "{count} item rows"),
        customers=counted(told["customers"], "{count} customer", "{count} customers"),
        difference=difference, low=low, high=high,
    )  # fmt: skip


def segment_words(one: Json) -> str:
    """A kind of rows in words."""
    name = SEGMENTS.get((one["kind"], one["name"]))
    if name is None and one["kind"] == "currency":
        told = tr("currency {code}", code=one["name"])
    else:
        told = tr(name) if name else f"{one['kind']} {one['name']}"
    return told[:1].upper() + told[1:]


def feature_words(name: str) -> tuple[str, str]:
    """A feature's name as words, and the idea it belongs to.

    >>> feature_words("days_late_mean_180d"), feature_words("late_risk")
    (('days late mean, 180 days', 'How this customer usually pays'), ('the score itself', ''))
    """
    if name == "late_risk":
        return tr("the score itself"), ""
    feature = CATALOGUE_BY_NAME.get(name)
    stem, days = stem_of(name)
    words = tr(plain_words(stem))
    told = tr("{feature}, {days} days", feature=words, days=days) if days else words
    return told, title_of(feature.concept, LANGUAGE.get()) if feature else ""


def stem_of(feature: str) -> tuple[str, str]:
    """A feature's name without its window, and the window's days; '' for none."""
    stem, _, last = feature.rpartition("_")
    return (stem, last[:-1]) if stem and last.endswith("d") and last[:-1].isdigit() else (feature, "")


def plain_words(stem: str) -> str:
    """A feature's name without its window as words."""
    return "days past due" if stem == "dpd" else stem.replace("_", " ")


def _drift_row(one: Json) -> DriftRow:
    label, concept = feature_words(one["name"])
    state = one["state"]
    return DriftRow(
        label=label,
        concept=concept,
        index="–" if one["psi"] is None else decimals(one["psi"], 2),
        filled=0.0 if one["psi"] is None else round(min(1.0, one["psi"] / FULL_BAR) * 100, 1),
        state=state,
        beyond="" if one["limit"] is None else tr("act above {limit}", limit=decimals(one["limit"], 2)),
    )


def figure(value: float | None, how: str) -> str:
    """A figure told as `percent`, `decimal` or `signed`; '' for none.

    >>> figure(0.8014, "decimal"), figure(-0.02, "signed"), figure(0.02, "signed"), figure(None, "decimal")
    ('0.801', '−0.020', '+0.020', '')
    """
    if value is None or not how:
        return ""
    if how == "percent":
        return with_unit(decimals(value * 100, 1), "%")
    seen = round(abs(value), 3)
    sign = MINUS if value < 0 and seen else "+" if how == "signed" and seen else ""
    return f"{sign}{decimals(seen, 3)}"


def _simpler(metrics: Json) -> str:
    """The better of logistic regression and own habit, with its AUC."""
    rivals = {said(name): metrics.get(f"{name}_auc_30") for name in ("logistic", "habit")}
    known = {name: value for name, value in rivals.items() if value is not None}
    best = max(known, key=lambda name: known[name], default=None)
    return "" if best is None else f"{decimals(known[best], 3)}, {best}"


def _points(value: float) -> str:
    return f"{MINUS if value < 0 else '+'}{decimals(abs(value), 1)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _between(value: Json) -> str:
    if value["low"] is None:
        return tr("no interval")
    return tr("95 %: {first} to {last}", first=decimals(value["low"], 2), last=decimals(value["high"], 2))


def _shares_between(value: Json) -> str:
    if value["low"] is None:
        return tr("no interval")
    return tr("95 %: {first} to {last}", first=percent(value["low"]), last=percent(value["high"]))


def _month(month: Json) -> str:
    first, last = date.fromisoformat(month["first_day"]), date.fromisoformat(month["last_day"])
    middle = first + (last - first) / 2
    return f"{month_name(middle)} {middle.year}"


def _score(found: Json, name: str) -> Json | None:
    return next((score for score in found["scores"] if score["name"] == name), None)


def _auc(month: Json, name: str) -> Any:
    score = next((one for one in month["scores"] if one["name"] == name), None)
    return None if score is None else score["auc"]["value"]
