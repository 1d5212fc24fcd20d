"""What the journal of the desk tells the ledger: of each thing and day the last word, as rows of the told tables."""

from collections.abc import Sequence

import pandas as pd

from ledger.desk_journal import TELLABLE, Json, Recorded
from ledger.told import Told


def told_by_desk(rows: Sequence[Recorded]) -> Told:
    """The rows to tell, of journal rows in their order; empty where none of them changes a fact."""
    last: dict[tuple[str, str, int], Json] = {}
    for row in rows:
        if row.told_table:
            last[row.told_table, row.told_key, row.told["said_on"]] = row.told
    found = {name: [told for (table, *_), told in last.items() if table == name] for name in TELLABLE}
    return Told.of(**{name.removeprefix("told_"): pd.DataFrame(rows) for name, rows in found.items() if rows})
