"""Tables as CSV: UTF-8, commas, lines ending in CR LF. No text can run as a formula; numbers stay numbers."""

import csv
import io

from ledger.neutral import neutral_in_csv
from serving.tabular.table import Table


def csv_bytes(table: Table) -> bytes:
    """The table; amounts with the decimals that they have, nothing for None, `true` and `false`."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(map(neutral_in_csv, table.names))
    for row in table.rows:
        write([_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8", "replace")


def _cell(cell: object) -> object:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return neutral_in_csv(cell) if isinstance(cell, str) else cell
