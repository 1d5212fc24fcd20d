"""An account in sentences: why its late risk is what it is, and when each of its invoices is expected."""

from typing import Any

from serving.web.languages import tr
from serving.web.words import day, money, share, short_day
from serving.wording import told_reasons

Json = dict[str, Any]

NO_FACT = "idea_"
"""Beginning of the codes of ideas that moved a risk without a fact that points that way: nothing for a sentence."""

UNPAID = {
    (True, True): "Of {money} overdue, {risk} or {late} is expected to be still unpaid on {day}.",
    (True, False): "Of {money} overdue, {risk} or {late} is expected to be still unpaid.",
    (False, True): "Of {money} open, {risk} or {late} is expected to be still unpaid on {day}.",
    (False, False): "Of {money} open, {risk} or {late} is expected to be still unpaid.",
}
"""Whether the money is overdue, and whether a day is told → the sentence."""

RAISING, LOWERING = 2, 1
"""How many reasons a sentence tells of each direction."""


def why_sentences(body: Json) -> tuple[str, ...]:
    """The chance and its money, what raises it most, and what lowers it; nothing without a prediction."""
    if body["late_risk"] is None:
        return ()
    overdue, late_on = bool(body["overdue_items"]), body["late_risk_on"]
    figures = {
        "money": money(body["overdue" if overdue else "open"]), "risk": share(body["late_risk"]),
        "late": money(body["expected_late"]), "day": day(late_on),
    }  # fmt: skip
    told = [tr(UNPAID[overdue, bool(late_on)], **figures)]
    reasons = [reason for reason in told_reasons(body) if not reason.get("code", "").startswith(NO_FACT)]
    raising = [reason["text"] for reason in reasons if (reason["whole"] or 0) > 0][:RAISING]
    lowering = [reason["text"] for reason in reasons if (reason["whole"] or 0) < 0][:LOWERING]
    if raising:
        told.append(tr("What raises it most: {reasons}.", reasons="; ".join(raising)))
    if lowering:
        what = "In its favour: {reasons}." if raising else "What lowers it most: {reasons}."
        told.append(tr(what, reasons="; ".join(lowering)))
    return tuple(told)


def range_words(item: Json) -> str:
    """The days between which an open invoice is paid in eight cases of ten; '' where nothing was predicted."""
    begins, ends = item.get("expected_from"), item.get("expected_until")
    if not begins:
        return ""
    if not ends:
        return tr("80%: from {day}, its end not in sight", day=short_day(begins))
    first = short_day(begins)
    if begins[:4] == ends[:4]:
        first = first.removesuffix(begins[:4]).rstrip()
    return tr("80%: {first} to {last}", first=first, last=short_day(ends))


def chances_words(item: Json) -> str:
    """The chances that an open invoice becomes 30, 60 and 90 days past due; those that it is already are left out."""
    ahead = [(days, item.get(f"p_{days}_dpd")) for days in (30, 60, 90) if item["dpd"] < days]
    told = [f"{days}+ {share(chance)}" for days, chance in ahead if chance is not None]
    return tr("chance of days past due: {chances}", chances=", ".join(told)) if told else ""
