"""The evening on which each item became known, as a question for `feature_rows`: what could be said at issue?"""

from datetime import date

import pandas as pd

from features.from_view import facts_of
from features.questions import require_own_evening
from ledger.days import to_day
from ledger.view import LedgerView


def issue_questions(view: LedgerView, first: date, last: date) -> pd.DataFrame:
    """Every item that became known on an evening from `first` to `last`, both included, and had money to come then.

    Each item at most once: what was settled, a credit memo, or a residue on the evening it became known is left out,
    also when it had money to come later.

    Args:
        view: one evening; items that it does not know yet are not asked about.

    Returns:
        Columns `item_id` and `day`, ordered by day, then item_id.

    Raises `FutureView`.
    """
    require_own_evening(view)
    facts = facts_of(view)
    held, spans = facts.revisions, facts.to_come
    known = pd.Series(held.known[facts.first], index=held.item[facts.first])
    asked = (spans.start >= to_day(first)) & (spans.start <= to_day(last))
    item, day = spans.item[asked], spans.start[asked]
    at_issue = known.reindex(item).to_numpy() == day
    found = pd.DataFrame({"item_id": facts.item_ids.take(item[at_issue]), "day": day[at_issue].astype("int64")})
    return found.sort_values(["day", "item_id"], kind="stable", ignore_index=True)
