"""The one door forward: what happened after a cutoff. Training alone may open it, to learn from the past.

Everything else sees a `LedgerView`, which ends with its evening.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from ledger.book import Ledger
from ledger.days import to_day


def outcomes_after(
    ledger: Ledger, cutoff: date, horizon: int, item_ids: Iterable[str] | None = None, version: int | None = None
) -> pd.DataFrame:
    """The applications that became known after the evening of `cutoff`, by the evening of `cutoff + horizon`.

    Args:
        ledger: where to look.
        cutoff: the evening whose future is asked for.
        horizon: days, at least 0; both the cutoff's own evening (not in it) and the last evening (in it) count whole.
        item_ids: only of these items.
        version: of the ledger; default the newest.

    Returns:
        `APPLICATION_COLUMNS`, in the order of a view. `happened_on` may lie on or before the cutoff: paid before,
        booked after. Nothing else of the future: no item's later revision is in it. When `cutoff + horizon` lies
        beyond the newest day of the ledger the answer is cut short, and the caller has to treat it as censored.
    """
    applications = ledger.as_of(cutoff + timedelta(days=horizon), version=version).applications
    later = applications["known_on"] > to_day(cutoff)
    if item_ids is not None:
        later &= applications["item_id"].isin(set(item_ids))
    return applications[later].reset_index(drop=True)
