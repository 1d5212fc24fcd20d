"""A `Sieve`: rule by rule, the rows to believe are told from those to set aside."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ledger.checked import BadRow, Checked, Mask, facts_frame, set_aside
from ledger.column_values import TextColumn
from ledger.columns import Columns
from ledger.days import NEVER, to_date
from ledger.parsing.bad_cell import BadCell, missing
from ledger.report import QuarantinedRow


class Sieve:
    """Tells the rows to believe from those to set aside: each with the first reason found, told only for bad rows."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._fault = np.zeros(len(columns.table), dtype=np.int16)
        self._reasons: list[tuple[str, Callable[[int], BadCell]]] = []

    @property
    def good(self) -> Mask:
        """The rows that nothing speaks against so far."""
        good: Mask = self._fault == 0
        return good

    def refuse(self, rows: Mask, column: str, why: Callable[[int], BadCell]) -> None:
        """Set these rows aside, but for those that are already; `why` is asked for the row at a position."""
        new = rows & (self._fault == 0)
        if new.any():
            self._reasons.append((column, why))
            self._fault[new] = len(self._reasons)

    def text(
        self, name: str, *, needed: bool = False, reason: str = "missing_required", among: Mask | None = None
    ) -> None:
        """A text that may be believed, and says something where it is `needed` (in all rows, or `among` these)."""
        column = self.columns.texts[name]
        if column.bad:
            self.refuse(column.is_bad, name, lambda at: column.bad[int(column.codes[at])])
        if needed:
            silent = ~column.says if among is None else ~column.says & among
            self.refuse(silent, name, lambda at: missing(name)._replace(reason=reason))

    def day(self, name: str, *, needed: bool = False, among: Mask | None = None) -> None:
        """A day that may be believed, and is stated where it is `needed`."""
        column = self.columns.dates[name]
        if column.bad:
            self.refuse(column.is_bad, name, lambda at: column.bad[int(column.codes[at])])
        if needed:
            silent = column.days == NEVER if among is None else (column.days == NEVER) & among
            self.refuse(silent, name, lambda at: missing(name))

    def day_not_after(self, name: str, last: int, reason: str, *, of: int | None = None) -> None:
        """No day after `last`; the sentence names `of`, the day of the export."""
        days = self.columns.dates[name].days
        self.refuse(
            (days > last) & (days != NEVER), name,
            lambda at: BadCell(reason, after_export(int(days[at]), last if of is None else of)),
        )  # fmt: skip

    def account(self, invoice_ids: TextColumn | None = None) -> list[QuarantinedRow]:
        """The rows set aside, the ragged ones among them, by row."""
        table = self.columns.table
        bad = [
            QuarantinedRow(
                table.file, row, line, "", "", "wrong_field_count",
                f"The row has {found} fields, the header {len(table.headers)}; which value is which is not guessed.",
            )
            for row, line, found in table.ragged
        ]  # fmt: skip
        for at in np.flatnonzero(self._fault).tolist():
            column, why = self._reasons[int(self._fault[at]) - 1]
            number = invoice_ids[at] if invoice_ids is not None else ""
            bad.append(set_aside(self.columns, at, BadRow(column, why(at)), number))
        bad.sort(key=lambda row: row.row)
        return bad


def checked(
    sieve: Sieve,
    names: Sequence[str],
    facts: Mapping[str, object],
    *,
    warned: Mapping[str, int] | None = None,
    invoice_ids: TextColumn | None = None,
) -> Checked:
    """What came of a table: facts of its good rows (given for all of them already), and the account of the others."""
    count = int(sieve.good.sum())
    columns = sieve.columns
    counts = Counter({code: count for code, count in columns.notes.items() if count})
    counts.update({code: int(number) for code, number in (warned or {}).items() if number})
    return Checked(
        columns, facts_frame(names, facts, count), sieve.account(invoice_ids), Counter(columns.table.ignored), counts
    )


def after_export(day: int, as_of: int) -> str:
    """The sentence for a day that no export could know."""
    return f"{to_date(day).isoformat()} is after the day of the export, {to_date(as_of).isoformat()}."
