"""Payments that may be believed: each to an item that is known, in its currency; or on account, to none."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ledger.check_invoices import ON_ACCOUNT, check_amounts
from ledger.checked import INVOICE_FACTS, PAYMENT_FACTS, Checked, Mask, facts_frame
from ledger.column_values import TextColumn
from ledger.columns import Columns, in_default_currency
from ledger.days import NEVER
from ledger.item_ids import joined_ids
from ledger.options import ImportOptions
from ledger.parsing.bad_cell import BadCell, missing
from ledger.sieve import Sieve, checked
from ledger.view import APPLICATION_KINDS
from ledger.words import shown

_REVERSAL = APPLICATION_KINDS.index("reversal")
_CASH = APPLICATION_KINDS.index("cash")


@dataclass(frozen=True, eq=False)
class ItemsFound:
    """The items that rows name.

    Attributes:
        at: position in the payable items, -1 for none, shape (rows,).
        ids, currencies: of the payable items; minor: their amounts.
        named: how many items have the number of a row that names none of them exactly.
    """

    at: NDArray[np.int64]
    ids: pa.Array
    currencies: pa.Array
    minor: NDArray[np.int64]
    named: NDArray[np.int64]
    wanted: pa.Array

    @property
    def is_found(self) -> Mask:
        """Which rows have an item."""
        return self.at >= 0

    def orphan(self, at: int, number: str) -> BadCell:
        """The sentence for a row whose item is not known, or not one."""
        count = int(self.named[at])
        return BadCell(
            "orphan_payment",
            f'"{shown(number)}" is the number of {count} items (legal entities or instalments); the row does not say '
            "which."
            if count
            else f'No accepted invoice "{shown(str(self.wanted[at]))}" is known, in this import or before it.',
        )

    def amounts_of(self) -> NDArray[np.int64]:
        """The amount of each row's item, 0 where there is none."""
        if not len(self.minor):
            return np.zeros(len(self.at), dtype=np.int64)
        return np.where(self.is_found, self.minor[self.at], 0)

    def currency_column(self) -> TextColumn:
        """The currency of each row's item, '' where there is none."""
        values = self.currencies.dictionary_encode()
        names = [*values.dictionary.to_pylist(), ""]
        of_item = np.append(values.indices.to_numpy(), len(names) - 1).astype(np.int32)
        return TextColumn(of_item[self.at], pa.array(names, pa.large_string()), {})


def items_named(columns: Columns, payable: pd.DataFrame) -> ItemsFound:
    """The item of each row: of its entity, number and instalment, or of its number alone where only one item has it.

    Args:
        payable: item_id, number, currency and amount_minor of what may be paid; of two with one id the later counts.
    """
    payable = payable.drop_duplicates("item_id", keep="last")
    number, entity, part = (columns.texts[name].texts() for name in ("invoice_id", "entity", "instalment"))
    wanted = joined_ids(entity, number, part)
    ids = _texts(payable["item_id"])
    at = pc.index_in(wanted, value_set=ids).fill_null(-1).to_numpy().astype(np.int64)

    numbers = _texts(payable["number"]).dictionary_encode()
    known, codes = numbers.dictionary, numbers.indices.to_numpy()
    uses = np.append(np.bincount(codes, minlength=len(known)), 0)
    one = np.zeros(len(known) + 1, dtype=np.int64)
    one[codes] = np.arange(len(codes))
    by_number = pc.index_in(number, value_set=known).fill_null(len(known)).to_numpy().astype(np.int64)
    alone = pc.and_(pc.equal(entity, ""), pc.equal(part, "")).to_numpy(zero_copy_only=False)
    named = np.where(alone & (at < 0), uses[by_number], 0)
    at = np.where((at < 0) & (named == 1), one[by_number], at)
    return ItemsFound(
        at, ids, _texts(payable["currency"]), payable["amount_minor"].to_numpy(dtype=np.int64), named, wanted
    )  # fmt: skip


def check_payments(
    columns: Columns, as_of: int, payable: pd.DataFrame, options: ImportOptions | None = None
) -> Checked:
    """The payments of a table, each to an item of `payable`, in its currency; negative for a reversal.

    A row without an invoice but with a customer is cash on account: it comes out in `on_account`, as an open credit of
    that customer with the id `on-account/<payment_id>`, issued and due on the day it was paid.

    Args:
        as_of: the day of the export, whole days.
        payable: item_id, number, currency, amount_minor of the items known before and those of this import.
    """
    sieve, texts = Sieve(columns), columns.texts
    days, booked = columns.dates["paid_date"].days, columns.dates["booked_date"].days
    loose = ~texts["invoice_id"].says & ~texts["invoice_id"].is_bad & texts["customer_id"].says
    items = items_named(columns, payable)
    sieve.text("invoice_id", needed=True, among=~loose)
    sieve.text("entity")
    sieve.text("instalment")
    sieve.refuse(
        ~items.is_found & ~loose, "invoice_id", lambda at: items.orphan(at, texts["invoice_id"][at])
    )  # fmt: skip
    currency = _currencies(sieve, items, loose, options or ImportOptions())
    sieve.text("payment_id", needed=True, among=loose)
    kinds = _kinds(sieve)
    column = "paid_amount" if "paid_amount" in columns.has else "amount"
    amounts = columns.amounts[column].read(currency)
    check_amounts(sieve, column, amounts)
    sieve.day("paid_date", needed=True)
    sieve.day_not_after("paid_date", as_of, "paid_in_future")
    sieve.day("booked_date")
    sieve.day_not_after("booked_date", as_of, "paid_in_future")
    kinds = _taken_back(kinds, ~texts["kind"].says & ~loose, amounts.minor, days, items)
    minor = _fitting(sieve, column, amounts.minor, kinds, items.amounts_of(), loose)

    good = sieve.good
    rows, credits = np.flatnonzero(good & ~loose), np.flatnonzero(good & loose)
    table = checked(
        sieve, PAYMENT_FACTS, {}, warned={"amounts_rounded": int((amounts.rounded & good).sum())},
        invoice_ids=texts["invoice_id"],
    )  # fmt: skip
    kind_names = pa.array(APPLICATION_KINDS, pa.large_string())
    table.facts = facts_frame(
        PAYMENT_FACTS,
        {
            "row": columns.table.rows[rows],
            "payment_id": texts["payment_id"].texts(rows),
            "item_id": items.ids.take(pa.array(items.at[rows])),
            "kind": kind_names.take(pa.array(kinds[rows])),
            "amount_minor": minor[rows],
            "currency": currency.texts(rows),
            "paid_on": days[rows],
            "booked_on": booked[rows],
        },
        len(rows),
    )
    table.on_account = _on_account(columns, credits, minor, currency)
    return table


def _currencies(sieve: Sieve, items: ItemsFound, loose: Mask, options: ImportOptions) -> TextColumn:
    """The currency of each row: that of its item, where the row does not gainsay it; on account, its own."""
    stated = sieve.columns.texts["currency"]
    sieve.text("currency")
    of_item = items.currency_column()
    if loose.any():
        stated = in_default_currency(stated, options.default_currency)
        sieve.refuse(
            loose & ~stated.says, "currency", lambda at: missing("currency")._replace(reason="missing_currency")
        )
    both = pa.concat_arrays([of_item.values, stated.values]).dictionary_encode()
    names, codes = both.dictionary, both.indices.to_numpy()
    own = codes[len(of_item.values) :][stated.codes]
    theirs = codes[: len(of_item.values)][of_item.codes]
    sieve.refuse(
        stated.says & ~loose & (own != theirs), "currency",
        lambda at: BadCell(
            "payment_currency_mismatch",
            f"The payment is in {stated[at]}, its invoice in {of_item[at]}; nothing is converted.",
        ),
    )  # fmt: skip
    return TextColumn(np.where(loose, own, theirs).astype(np.int32), names, {})


def _kinds(sieve: Sieve) -> NDArray[np.int64]:
    """The kind of each row, as a place in `APPLICATION_KINDS`."""
    column = sieve.columns.texts["kind"]
    sieve.text("kind")
    said = [text.lower().replace("-", "_").replace(" ", "_") or "cash" for text in column.values.to_pylist()]
    places = {kind: at for at, kind in enumerate(APPLICATION_KINDS)}
    kinds = np.array([places.get(text, -1) for text in said], dtype=np.int64)[column.codes]
    expected = ", ".join(APPLICATION_KINDS)
    sieve.refuse(
        kinds < 0, "kind",
        lambda at: BadCell(
            "malformed_row",
            f'"{shown(said[int(column.codes[at])])}" is not a kind of payment. Expected one of {expected}.',
        ),
    )  # fmt: skip
    return kinds


def _taken_back(
    kinds: NDArray[np.int64], unnamed: Mask, minor: NDArray[np.int64], days: NDArray[np.int64], items: ItemsFound
) -> NDArray[np.int64]:
    """A row of no stated kind is a reversal where it takes back, to the cent, a payment of its invoice in the table."""
    sign = np.where(items.amounts_of() < 0, -1, 1)
    cash = items.is_found & (kinds == _CASH)
    back = np.flatnonzero(cash & unnamed & (minor * sign < 0))
    if not len(back):
        return kinds
    came = np.flatnonzero(cash & (minor * sign > 0) & np.isin(items.at, items.at[back]))
    standing = Counter(zip(items.at[came].tolist(), minor[came].tolist(), strict=True))
    first: dict[tuple[int, int], int] = {}
    for item, amount, day in zip(items.at[came].tolist(), minor[came].tolist(), days[came].tolist(), strict=True):
        first[item, amount] = min(day, first.get((item, amount), day))
    kinds = kinds.copy()
    for at in back.tolist():
        payment = int(items.at[at]), -int(minor[at])
        if standing[payment] and first[payment] <= days[at]:
            standing[payment] -= 1
            kinds[at] = _REVERSAL
    return kinds


def _fitting(
    sieve: Sieve, column: str, minor: NDArray[np.int64], kinds: NDArray[np.int64], owed: NDArray[np.int64], loose: Mask
) -> NDArray[np.int64]:
    """A payment lowers what is open; a reversal raises it, with whichever sign the file writes it."""
    sign = np.where(owed < 0, -1, 1)
    reversal = kinds == _REVERSAL
    sieve.refuse(
        ~loose & ~reversal & (minor * sign < 0), column,
        lambda at: BadCell(
            "payment_sign_mismatch",
            "The payment has the other sign than its invoice. Money that was taken back is a row of kind reversal.",
        ),
    )  # fmt: skip
    sieve.refuse(
        loose & ((minor <= 0) | (kinds != _CASH)), column,
        lambda at: BadCell(
            "payment_sign_mismatch", "A payment on account is cash that came in: kind cash, an amount above zero."
        ),
    )  # fmt: skip
    return np.where(reversal, -sign * np.abs(minor), minor)


def _on_account(
    columns: Columns, rows: NDArray[np.int64], minor: NDArray[np.int64], currency: TextColumn
) -> pd.DataFrame:
    texts = columns.texts
    number = texts["payment_id"].texts(rows)
    days = columns.dates["paid_date"].days[rows]
    return facts_frame(
        INVOICE_FACTS,
        {
            "row": columns.table.rows[rows],
            "item_id": pc.binary_join_element_wise(
                pa.scalar("on-account", pa.large_string()), number, pa.scalar("/", pa.large_string())
            ),
            "customer_id": texts["customer_id"].texts(rows),
            "entity": texts["entity"].texts(rows),
            "invoice_number": number,
            "kind": pa.array([ON_ACCOUNT], pa.large_string()).take(pa.array(np.zeros(len(rows), dtype=np.int8))),
            "issued_on": days,
            "due_on": days,
            "amount_minor": -minor[rows],
            "currency": currency.texts(rows),
            "stated_known_on": columns.dates["booked_date"].days[rows],
            "paid_on": np.full(len(rows), NEVER, dtype=np.int64),
        },
        len(rows),
    )


def _texts(column: "pd.Series[str]") -> pa.Array:
    texts = pa.array(column.astype("str"), pa.large_string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
