"""A strategy tried on a real evening: what its rules would do with the list, beside those that rule today."""

from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from ledger.days import to_day
from serving.daily import score_items
from serving.listing.placing import placed_evening
from serving.progress import Progress
from serving.strategy.comparison import compare
from serving.strategy.reading import named

if TYPE_CHECKING:
    from payrisk.gate import Gate


def simulate(gate: "Gate", file: str, as_of: date | None, progress: Progress) -> dict[str, Any]:
    """One evening under the strategy that rules on it and under another one; nothing is published or stored.

    What a call changes is in the values of both; whether customers would answer otherwise is not asked here.
    """
    new, day = named(file), gate.evening(as_of)
    settled = gate.evening_settings(day)
    evening = score_items(
        gate.ledger, gate.shelf, day, grace_days=settled.grace_days, best_before_days=settled.best_before_days,
        progress=progress,
    )  # fmt: skip
    placed = placed_evening(evening, settled)
    anew = placed_evening(evening, replace(settled, strategy=new))
    found = compare(
        [one.considered for one in placed.queue.everybody()],
        settled.strategy,
        new,
        under_new=[one.considered for one in anew.queue.everybody()],
        as_of=to_day(day),
        works_on=to_day(placed.rules.works_on),
        minutes=placed.rules.minutes,
    )
    return {
        "as_of": day.isoformat(),
        "currency": placed.rules.currency,
        "old": settled.strategy.version,
        "new": new.version,
        **asdict(found),
    }
