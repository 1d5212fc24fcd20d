"""The rows of one account on one evening, as it is supposed to be: without a walk over everybody.

An account's features are made of its own facts and of everyone's rates. So a view of its own facts and the rates of
the whole evening, made once, give the rows that the whole ledger would, to the last bit.
"""

import numpy as np

from features.compute import feature_rows
from features.portfolio import everyone_on
from features.table import FeatureTable
from ledger.view import LedgerView


class AccountRows:
    """Feature rows of single accounts on one evening; everyone's rates are made once and kept."""

    def __init__(self, view: LedgerView) -> None:
        self._everyone = everyone_on(view)

    def rows(self, customer_id: str, known: LedgerView, supposed: LedgerView) -> FeatureTable:
        """The open items of a customer, by `item_id`.

        Args:
            known: its part of the evening (`LedgerView.part_of`).
            supposed: the same part as it is or is supposed to be.
        """
        everyone = self._everyone - everyone_on(known) + everyone_on(supposed)
        table = feature_rows(supposed, everyone=everyone)
        return table.take(np.flatnonzero(table.keys["customer_id"] == customer_id).tolist())
