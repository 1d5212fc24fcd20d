"""The one door forward: what happened after a cutoff. Training alone may open it, to learn from the past.

Everything else sees a `LedgerView`, which ends with its evening.
"""

from datetime import date, timedelta

import pandas as pd

from ledger.days import to_day
from ledger.view import Evenings


def outcomes_after(ledger: Evenings, cutoff: date, horizon: int) -> pd.DataFrame:
    """The applications that became known after the evening of `cutoff`, by the evening of `cutoff + horizon`.

    Args:
        ledger: where to look.
        cutoff: the evening whose future is asked for.
        horizon: days, at least 0; both the cutoff's own evening (not in it) and the last evening (in it) count whole.

    Returns:
        `APPLICATION_COLUMNS`, in the order of a view. `happened_on` may lie on or before the cutoff: paid before,
        booked after. Nothing else of the future: no item's later revision is in it. When `cutoff + horizon` lies
        beyond the newest day of the ledger the answer is cut short, and the caller has to treat it as censored.
    """
    applications = ledger.as_of(cutoff + timedelta(days=horizon)).applications
    return applications[applications["known_on"] > to_day(cutoff)].reset_index(drop=True)
