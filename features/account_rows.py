"""The rows of one account on one evening, as it is supposed to be: without a walk over everybody.

An account's features are made of its own facts and of everyone's rates. So a view of its own facts and the rates of
the whole evening, made once, give the rows that the whole ledger would, to the last bit.
"""

import numpy as np
import pandas as pd

from features.compute import feature_rows
from features.everyone import Everyone, EveryoneSupposed
from features.from_view import facts_of
from features.table import FeatureTable
from ledger.days import to_day
from ledger.view import LedgerView


class AccountRows:
    """Feature rows of single accounts on one evening; everyone's rates are made once and kept."""

    def __init__(self, view: LedgerView) -> None:
        self._evening = np.array([to_day(view.day)])
        self._facts = facts_of(view)
        self._everyone = Everyone(self._facts, self._evening)

    def rows(self, customer_id: str, supposed: LedgerView) -> FeatureTable:
        """The open items of a customer, by `item_id`.

        Args:
            supposed: its part of the view (`ledger.one_customer`), as it is or is supposed to be.
        """
        facts = facts_of(supposed)
        items = self._facts.items_of(pd.Series(facts.item_ids))
        items = items[items >= 0]  # of the others the evening knows nothing that could be taken away
        known = Everyone(self._facts, self._evening, items)
        everyone = EveryoneSupposed(self._everyone, known, Everyone(facts, self._evening))
        table = feature_rows(supposed, everyone=everyone)
        return table.take(np.flatnonzero(table.keys["customer_id"] == customer_id).tolist())
