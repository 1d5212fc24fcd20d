"""A shelf for the tests of evenings: its one bundle gives every item the same risk."""

from datetime import date

import numpy as np

from features.catalogue import fingerprint
from features.table import FeatureTable
from models.bundle import Bundle
from models.errors import BundleRefused
from models.readings import Curves
from models.score import Mode, Score
from models.shelf import Shelf
from models.shelf_entry import ShelfEntry


def fit_bundle(curve, trained: date, **also) -> Bundle:
    """A bundle of this curve that passed, of the catalogue as it is."""
    return Bundle(curve, trained, **{"grace_days": 5, "fingerprint": fingerprint(), "passed": True, **also})


class ShelfWith(Shelf):
    """A shelf whose bundle gives every item the same risk, or refuses."""

    reference = None

    def __init__(self, tmp_path, *, approved_by: str | None = "Maria", refuses: bool = False, in_use: bool = True):
        super().__init__(tmp_path)
        self.refuses, self.grace_days, self.fingerprint = refuses, 5, fingerprint()
        trained = date(2026, 3, 1)
        self.entry = ShelfEntry("2026-03-01-00000abc", trained, "model", True, in_use, approved_by, "")

    def choose(self, as_of: date):
        return self.entry

    def content_of(self, version: str) -> str:
        return version

    def pick(self, as_of: date):
        if self.refuses:
            raise BundleRefused("2026-03-01-00000abc", "trees.txt was altered")
        return self, self.entry

    @property
    def curve(self):
        return self

    def survival(self, table: FeatureTable, as_of: date | None = None) -> Curves:
        """Unpaid for 30 days with the risk that every item has."""
        return Curves(np.array([0, 30]), np.tile([0.0, -np.log(0.6)], (len(table), 1)))

    def score(self, table: FeatureTable, as_of: date, mode: Mode, survival: Curves | None = None) -> list[Score]:
        from evenings import score

        from ledger.days import to_date
        from ledger.money import to_decimal

        return [
            score(
                row.item_id,
                row.customer_id,
                open=str(to_decimal(row.open_minor, row.currency)),
                currency=row.currency,
                dpd=(as_of - to_date(row.due_on)).days,
                late_risk=0.6,
                as_of=as_of,
                mode=mode,
            )
            for row in table.keys.itertuples(index=False)
        ]
