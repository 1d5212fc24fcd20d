"""An account in sentences: why its late risk is what it is, and when each of its invoices is expected."""

from typing import Any

from ledger.words import percent
from serving.web.words import day, money, short_day
from serving.wording import told_reasons

Json = dict[str, Any]

NO_FACT = "idea_"
"""Beginning of the codes of ideas that moved a risk without a fact that points that way: nothing for a sentence."""

RAISING, LOWERING = 2, 1
"""How many reasons a sentence tells of each direction."""


def why_sentences(body: Json) -> tuple[str, ...]:
    """The chance and its money, what raises it most, and what lowers it; nothing without a prediction."""
    if body["late_risk"] is None:
        return ()
    kind = "overdue" if body["overdue_items"] else "open"
    risk, late_on = percent(body["late_risk"]), body["late_risk_on"]
    of = f"Of {money(body[kind])} {kind}, {risk} or {money(body['expected_late'])}"
    told = [f"{of} is expected to be still unpaid{f' on {day(late_on)}' if late_on else ''}."]
    reasons = [reason for reason in told_reasons(body) if not reason.get("code", "").startswith(NO_FACT)]
    raising = [reason["text"] for reason in reasons if (reason["whole"] or 0) > 0][:RAISING]
    lowering = [reason["text"] for reason in reasons if (reason["whole"] or 0) < 0][:LOWERING]
    if raising:
        told.append(f"What raises it most: {'; '.join(raising)}.")
    if lowering:
        told.append(f"{'In its favour' if raising else 'What lowers it most'}: {'; '.join(lowering)}.")
    return tuple(told)


def range_words(item: Json) -> str:
    """The days between which an open invoice is paid in eight cases of ten; '' where nothing was predicted."""
    begins, ends = item.get("expected_from"), item.get("expected_until")
    if not begins:
        return ""
    if not ends:
        return f"80%: from {short_day(begins)}, its end not in sight"
    same_year = begins[:4] == ends[:4]
    first = short_day(begins)[: -len(" 2026")] if same_year else short_day(begins)
    return f"80%: {first} to {short_day(ends)}"


def chances_words(item: Json) -> str:
    """The chances that an open invoice becomes 30, 60 and 90 days past due; those that it is already are left out."""
    ahead = [(days, item.get(f"p_{days}_dpd")) for days in (30, 60, 90) if item["dpd"] < days]
    told = [f"{days}+ {percent(chance)}" for days, chance in ahead if chance is not None]
    return f"chance of days past due: {', '.join(told)}" if told else ""
