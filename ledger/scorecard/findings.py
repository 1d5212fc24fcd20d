"""`Finding`: one thing that was noticed about the data of a ledger, and the table that says how bad it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["info", "warn", "hold"]


@dataclass(frozen=True)
class Finding:
    """What was noticed.

    Attributes:
        code: stable, a key of `LIMITS`.
        severity: `info` to know, `warn` to look at, `hold` to look at before anybody works with it.
        count: how many items, payments or days it is about.
        share: of those it could be about, from 0; a factor for what moved.
        sentence: what was found, for people; `way_out` what they can do.
    """

    code: str
    severity: Severity
    count: int
    share: float
    sentence: str
    way_out: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Limit:
    """From which share (or factor, or days) a finding warns or holds; None never. `least`: fewer are only told."""

    warn: float | None
    hold: float | None
    reason: str
    least: int = 1


LIMITS: Mapping[str, Limit] = {
    "possible_duplicates": Limit(0.02, 0.10, "equal amounts on one day happen; a tenth is a file loaded twice", 3),
    "due_dates_derived": Limit(0.50, None, "terms give the day as well, but half a file without days is a mapping"),
    "rows_set_aside": Limit(0.02, None, "what is missing makes sums wrong; half of a file is refused when imported", 3),
    "paid_before_issued": Limit(0.05, 0.50, "prepayments happen; half of all is a date of another kind", 5),
    "due_before_issued": Limit(0.02, 0.20, "a few typing errors; a fifth is two columns exchanged", 3),
    "due_a_year_later": Limit(0.02, 0.20, "retention money is rare; a fifth is a wrong century or column", 3),
    "future_dated": Limit(0.01, 0.05, "a few invoices are dated ahead; a twentieth is a shifted calendar", 2),
    "no_cash": Limit(5, 7, "business days without cash where cash came weekly; a missing bank file looks so"),
    "posting_lag": Limit(3, None, "days by which booking moved: features of habit move with it", 20),
    "overpaid": Limit(0.20, 0.40, "double payments are few; many are payments loaded twice", 5),
    "nameless_customers": Limit(0.20, None, "a collector needs a name; the ranking does not", 3),
    "no_rate": Limit(0.0, None, "money without a rate is ranked apart"),
    "dominant_item": Limit(0.50, None, "one amount above half the book is a typing error, or must be known to all"),
    "old_items": Limit(0.15, None, "open for two years: disputed, forgotten, or paid and never applied", 5),
    "zero_amounts": Limit(0.05, None, "nothing to collect", 3),
    "vanished": Limit(0.02, None, "items that left without payment; half of all is refused when imported", 5),
    "changed_amounts": Limit(0.05, 0.20, "corrections are few; a fifth at once is another unit or sign", 5),
    "changed_currencies": Limit(0.01, 0.05, "an invoice hardly ever changes its currency", 3),
    "changed_dates": Limit(0.05, 0.20, "extensions are few; a fifth at once is a shifted calendar", 5),
    "new_amounts": Limit(4, 10, "factor between new amounts and what the same customers were billed before", 8),
    "new_signs": Limit(0.30, 0.50, "credit memos are few; half is an exchanged sign", 5),
    "new_currencies": Limit(0.15, 0.40, "customers are billed in the currency they always were", 5),
    "new_dates": Limit(0.10, 0.40, "new items are issued after the export before; older ones are late or shifted", 5),
    "new_weekdays": Limit(0.05, 0.08, "invoices on days of the week that never had any: dates shifted by a day", 4),
    "open_items": Limit(1.5, 1.75, "factor against the export before; nearly half the book gone, or twice as much"),
    "open_amount": Limit(2.5, 4, "factor in one currency; single large invoices move it more than the count"),
    "currency_gone": Limit(0.5, 1, "twenty open items in a currency do not all settle between two exports", 20),
    "average_amount": Limit(2, 3, "factor of the median open amount"),
    "customers": Limit(1.5, 1.75, "factor of the number of customers with open items"),
    "overdue_share": Limit(0.20, 0.35, "points of the share of open items that are overdue", 20),
    "paid_share": Limit(0.10, 0.20, "points of the share of all items that are settled: payments lost, or doubled", 20),
}
"""Every finding with its limits. They were set so that sound weekly exports of a simulated company pass in silence."""


def judged(code: str, count: int, share: float, sentence: str, way_out: str) -> list[Finding]:
    """The finding with the severity of its limits; none where there is nothing to tell."""
    limit = LIMITS[code]
    if count <= 0:
        return []
    severity: Severity = "info"
    if count >= limit.least:
        if limit.hold is not None and share >= limit.hold:
            severity = "hold"
        elif limit.warn is not None and share >= limit.warn:
            severity = "warn"
    return [Finding(code, severity, int(count), round(float(share), 4), sentence, way_out)]
