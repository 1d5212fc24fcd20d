"""Checked facts, and the account of a table: every row is believed or set aside with one reason."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ledger.columns import Columns
from ledger.layout import CUSTOMERS, DISPUTES, INVOICES, PAYMENTS, RATES
from ledger.ordering import as_arrow
from ledger.parsing.bad_cell import BadCell
from ledger.report import QuarantinedRow

Mask = NDArray[np.bool_]

INVOICE_FACTS = (
    "row", "item_id", "customer_id", "entity", "invoice_number", "instalment", "kind", "issued_on", "due_on",
    "amount_minor", "currency", "terms", "stated_known_on", "paid_on", "paid_minor", "customer_name", "country",
)  # fmt: skip
"""Columns of the facts of invoices. `kind` is invoice, credit_memo or on_account; `instalment` 0 means the only one."""
PAYMENT_FACTS = ("row", "payment_id", "item_id", "kind", "amount_minor", "currency", "paid_on", "booked_on")
CUSTOMER_FACTS = (
    "row", "customer_id", "customer_name", "country", "debtor_class", "parent_id", "credit_limit_minor",
    "credit_limit_currency",
)  # fmt: skip
"""`credit_limit_minor` is -1, and its currency '', where no limit is stated."""
RATE_FACTS = ("row", "currency", "base", "rate", "rate_on")
DISPUTE_FACTS = (
    "row", "dispute_id", "item_id", "amount_minor", "currency", "reason", "opened_on", "resolved_on",
)  # fmt: skip

_WHOLE = frozenset(
    name
    for names in (INVOICE_FACTS, PAYMENT_FACTS, CUSTOMER_FACTS, RATE_FACTS, DISPUTE_FACTS)
    for name in names
    if name.endswith(("_on", "_minor")) or name in ("row", "instalment")
)
_KEYS = {
    INVOICES: ("item_id",),
    PAYMENTS: ("payment_id", "item_id", "kind"),
    CUSTOMERS: ("customer_id",),
    RATES: ("base", "currency", "rate_on"),
    DISPUTES: ("dispute_id",),
}
"""What a fact may be only once: one bank payment may serve several invoices, and in several kinds."""
_BETWEEN = "\x1f"
"""Stands in no cleaned text."""


@dataclass
class Checked:
    """What came of one table.

    Attributes:
        facts: the accepted rows, in row order. Texts are `str` and '' when not stated; days are whole, `NEVER` when not
            stated. Columns: `INVOICE_FACTS` and its like.
        bad: the rows set aside, by row.
        ignored: reason → count of rows that are no facts; warned: code → count of accepted rows.
        on_account: payments for no invoice, as facts of invoices (kind on_account, negative).
        told_elsewhere: accepted rows whose facts stand in another `Checked` of the same table (see `split_payments`).
    """

    columns: Columns
    facts: pd.DataFrame
    bad: list[QuarantinedRow] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    on_account: pd.DataFrame = field(default_factory=lambda: facts_frame(INVOICE_FACTS, {}, 0))
    told_elsewhere: int = 0

    @property
    def role(self) -> str:
        """invoices, payments, customers, rates or disputes."""
        return self.columns.table.role

    @property
    def accepted(self) -> int:
        """Rows accepted: with `bad` and `ignored` they add up to the rows read."""
        return len(self.facts) + len(self.on_account) + self.told_elsewhere

    def set_aside(self, at: Sequence[int] | NDArray[np.int64], why: Callable[[int], "BadRow"]) -> None:
        """Take facts out again: those at these positions of `facts`, each for the reason that `why` gives."""
        if not len(at):
            return
        numbers = self.facts.get("invoice_number")
        for place in at:
            row, number = self.facts["row"].iloc[int(place)], "" if numbers is None else numbers.iloc[int(place)]
            position = int(np.searchsorted(self.columns.table.rows, row))
            self.bad.append(set_aside(self.columns, position, why(int(place)), str(number)))
        self.bad.sort(key=lambda bad: bad.row)
        kept = np.ones(len(self.facts), dtype=np.bool_)
        kept[np.asarray(at)] = False
        self.facts = self.facts[kept].reset_index(drop=True)


class BadRow(NamedTuple):
    """Why a row is set aside: the column that is to blame, and what is wrong with its cell."""

    column: str
    cell: BadCell


def facts_frame(names: Sequence[str], columns: Mapping[str, object], count: int) -> pd.DataFrame:
    """Facts of these columns in this order. A text that is not given is '', a number 0.

    >>> facts_frame(("row", "country"), {"row": np.array([3])}, 1).to_dict("list")
    {'row': [3], 'country': ['']}
    """
    empty = pa.array([""], pa.large_string()).take(pa.array(np.zeros(count, dtype=np.int8)))
    frame: dict[str, object] = {}
    for name in names:
        values = columns.get(name)
        if name in _WHOLE:
            frame[name] = np.zeros(count, dtype=np.int64) if values is None else np.asarray(values, dtype=np.int64)
        else:
            silent = values is None or not pc.max(pc.binary_length(values)).as_py()
            frame[name] = pd.array(pa.chunked_array([empty if silent else values]), dtype="str")
    return pd.DataFrame(frame, columns=list(names), copy=False)


def set_aside(columns: Columns, at: int, bad: BadRow, invoice_id: str = "") -> QuarantinedRow:
    """The account of the row at position `at`."""
    table = columns.table
    cells = table.columns.get(bad.column)
    return QuarantinedRow(
        table.file, int(table.rows[at]), int(table.lines[at]), bad.column, str(cells[at])[:200] if cells else "",
        bad.cell.reason, bad.cell.sentence, invoice_id,
    )  # fmt: skip


def without_duplicates(tables: Sequence[Checked]) -> None:
    """Equal rows with one key count once; rows with one key that differ are all set aside, in whichever files.

    Keys: the item of an invoice; payment, item and kind of a payment that has an id (two equal rows without one may
    well be two payments); the customer; currencies and day of a rate; the dispute.
    """
    if not tables:
        return
    frames = [table.facts for table in tables]
    for table, kept in zip(tables, _told_once(tables, frames, _KEYS[tables[0].role]), strict=True):
        if kept is not None:
            table.facts = table.facts[kept].reset_index(drop=True)
    frames = [table.on_account for table in tables]
    if any(len(frame) for frame in frames):
        for table, kept in zip(tables, _told_once(tables, frames, ("item_id",)), strict=True):
            if kept is not None:
                table.on_account = table.on_account[kept].reset_index(drop=True)


def _told_once(tables: Sequence[Checked], frames: Sequence[pd.DataFrame], key: Sequence[str]) -> list[Mask | None]:
    """Which facts of each frame stay; None where all do. The accounts of the tables are brought up to date."""
    keys = pa.concat_arrays([chunk for frame in frames for chunk in _key(frame, key)])
    if not len(keys):
        return [None] * len(frames)
    codes = keys.dictionary_encode().indices
    groups = codes.fill_null(-1).to_numpy()
    counts = np.bincount(groups[groups >= 0], minlength=1)
    several = np.flatnonzero((groups >= 0) & (counts[groups] > 1))
    if not len(several):
        return [None] * len(frames)
    starts = np.cumsum([0, *map(len, frames)])
    of_table = np.searchsorted(starts, several, side="right") - 1
    versions = pd.concat(
        [frame.iloc[several[of_table == at] - starts[at]] for at, frame in enumerate(frames)], ignore_index=True
    ).assign(group=groups[several], table=of_table)  # fmt: skip
    told = [name for name in versions if name not in ("row", "table")]
    again = versions.duplicated(told).to_numpy()
    differing = set(versions["group"].to_numpy()[~again][pd.Series(versions["group"].to_numpy()[~again]).duplicated()])
    conflicting = versions["group"].isin(differing).to_numpy()
    for at, count in Counter(of_table[again & ~conflicting].tolist()).items():
        tables[at].ignored["exact_duplicate"] += count
    _set_all_aside(tables, versions[conflicting])

    kept = np.ones(int(starts[-1]), dtype=np.bool_)
    kept[several[again | conflicting]] = False
    stays = [kept[starts[at] : starts[at + 1]] for at in range(len(frames))]
    return [None if mask.all() else mask for mask in stays]


def _key(frame: pd.DataFrame, names: Sequence[str]) -> list[pa.Array]:
    """The key of each fact as one text, null where it has none."""
    parts = [as_arrow(frame[name].astype("str") if name in _WHOLE else frame[name]) for name in names]
    if len(parts) == 1:
        return [parts[0]]
    key = pc.binary_join_element_wise(*parts, _text(_BETWEEN))
    if names[0] == "payment_id":
        key = pc.if_else(pc.equal(parts[0], ""), pa.scalar(None, pa.large_string()), key)
    return [key]


def _set_all_aside(tables: Sequence[Checked], versions: pd.DataFrame) -> None:
    numbers = versions["invoice_number"].tolist() if "invoice_number" in versions else [""] * len(versions)
    groups: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for group, at, row, number in zip(
        versions["group"].tolist(), versions["table"].tolist(), versions["row"].tolist(), numbers, strict=True
    ):
        groups[group].append((at, row, number))
    for told in groups.values():
        places = [_place(tables[at], row) for at, row, _ in told]
        for (at, row, number), (file, line) in zip(told, places, strict=True):
            tables[at].bad.append(
                QuarantinedRow(
                    file, row, line, "", "", "conflicting_duplicate",
                    f"The same id stands with other values in {_others(places, (file, line))}; which one is true is "
                    "not guessed.",
                    number,
                )
            )  # fmt: skip
    for table in tables:
        table.bad.sort(key=lambda bad: bad.row)


def _others(places: Sequence[tuple[str, int]], own: tuple[str, int]) -> str:
    """Up to three of the other places; they are among the first four."""
    others = [f"{file} line {line}" for file, line in places[:4] if (file, line) != own][:3]
    more = len(places) - 1 - len(others)
    return ", ".join(others) + (f" and {more} more" if more > 0 else "")


def _place(table: Checked, row: int) -> tuple[str, int]:
    source = table.columns.table
    return source.file, int(source.lines[np.searchsorted(source.rows, row)])


def _text(value: str) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
