"""What scores each evening of a file: the version, or what the list of that evening would have been made with.

Each evening's open items are looked at as the daily run looks at them: do the features that the estimates rest on have
values, and had a drift report said stop? A version that was asked for by name scores all the same, and it is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from features.table import FeatureTable
from ledger.days import to_date
from ledger.words import count_text
from models.shelf import Shelf
from serving.scoring.drift_stop import stopped
from serving.scoring.ladder import ByRule, Scorer, fit_for, without_values

if TYPE_CHECKING:
    import pandas as pd

Step = Scorer | ByRule


@dataclass
class FileSteps:
    """The steps of one file.

    Attributes:
        shelf: where stand-ins come from.
        scorer: what scores where nothing speaks against it.
        is_named: whether a person asked for this very version.
        each_evening: whether the rows are the open items of whole evenings, each to be looked at.
        spoke_against: why an evening was, or would have been, scored by something else: the evenings of each sentence.
    """

    shelf: Shelf
    scorer: Step
    is_named: bool
    each_evening: bool
    spoke_against: dict[str, list[date]] = field(default_factory=dict)

    def of(self, table: FeatureTable) -> Iterator[tuple[int, int, Step]]:
        """Runs of rows, first and behind the last, with what scores them; `table` holds whole evenings, by day."""
        if not self.each_evening or isinstance(self.scorer, ByRule) or len(table) == 0:
            yield 0, len(table), self.scorer
            return
        day = table.keys["day"].to_numpy()
        borders = [0, *(np.flatnonzero(day[1:] != day[:-1]) + 1).tolist(), len(day)]
        run, first = None, 0
        for start, stop in pairwise(borders):
            step = self.looked_at(to_date(int(day[start])), table.values.iloc[start:stop])
            if run is not None and step is not run:
                yield first, start, run
                first = start
            run = step
        assert run is not None, "there is a row"
        yield first, len(day), run

    def looked_at(self, evening: date, values: "pd.DataFrame") -> Step:
        """What scores an evening, by the features of its open items."""
        if isinstance(self.scorer, ByRule):
            return self.scorer
        if self.is_named:
            why = without_values(self.scorer, values) or stopped(self.shelf, self.scorer.entry.version, evening)
            step: Step = self.scorer
        else:
            step = fit_for(self.shelf, self.scorer, evening, values)
            why = "" if step is self.scorer else step.refusal
        if why:
            self.spoke_against.setdefault(why, []).append(evening)
        return step

    @property
    def notices(self) -> tuple[str, ...]:
        """Of which evenings what is to be said."""
        told = []
        for why, days in self.spoke_against.items():
            when = f"{count_text(len(days), 'evening')} ({days[0].isoformat()} to {days[-1].isoformat()})"
            did = (
                "the version that was asked for would not have made a list"
                if self.is_named
                else "the version was not used, and what a list is made with instead stood in"
            )
            told.append(f"On {when} {did}. {why}")
        return tuple(told)
