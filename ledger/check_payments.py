"""Payments that may be believed: each to an invoice that is known, in its currency."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from ledger.checked import (
    BadRow,
    Checked,
    KnownItem,
    Payment,
    after_export,
    amount_of,
    day_of,
    item_id_of,
    optional,
    paid_day_of,
    required,
    set_aside,
    started,
)
from ledger.columns import Columns, Day, Text
from ledger.parsing.bad_cell import BadCell
from ledger.view import APPLICATION_KINDS
from ledger.words import shown


def check_payments(columns: Columns, as_of: int, items: Mapping[str, KnownItem]) -> Checked[Payment]:
    """The payments of a table, each to an item of `items`."""
    checked: Checked[Payment] = started(columns)
    texts, dates = columns.texts, columns.dates
    by_number = _by_number(items)
    amount_column = "paid_amount" if "paid_amount" in columns.has else "amount"
    amounts = columns.amounts[amount_column]
    for at, row in enumerate(columns.table.rows):
        try:
            warned: Counter[str] = Counter()
            item_id = _item_of(
                required("invoice_id", texts["invoice_id"][at]),
                optional("entity", texts["entity"][at]),
                items,
                by_number,
            )
            item = items[item_id]
            _same_currency(texts["currency"][at], item)
            payment = Payment(
                row=row,
                payment_id=optional("payment_id", texts["payment_id"][at]),
                item_id=item_id,
                kind=_kind(texts["kind"][at]),
                amount_minor=amount_of(amount_column, amounts.read(at, item.currency), warned),
                currency=item.currency,
                paid_on=paid_day_of(dates["paid_date"][at], as_of),
                booked_on=_booked(dates["booked_date"][at], as_of),
            )
            _fit(payment, item)
        except BadRow as bad:
            checked.bad.append(set_aside(columns, at, bad, texts["invoice_id"][at]))
            continue
        checked.warned.update(warned)
        checked.facts.append(payment)
    return checked


def _booked(value: Day, as_of: int) -> int | None:
    if value is None:
        return None
    day = day_of("booked_date", value)
    if day > as_of:
        raise BadRow("booked_date", BadCell("paid_in_future", after_export(day, as_of)))
    return day


def _kind(value: Text) -> str:
    said = optional("kind", value).lower().replace("-", "_").replace(" ", "_") or "cash"
    if said not in APPLICATION_KINDS:
        kinds = ", ".join(APPLICATION_KINDS)
        sentence = f'"{shown(said)}" is not a kind of payment. Expected one of {kinds}.'
        raise BadRow("kind", BadCell("malformed_row", sentence))
    return said


def _same_currency(currency: Text, item: KnownItem) -> None:
    """A payment is in the currency of its item; where it names none, it is."""
    if isinstance(currency, BadCell):
        raise BadRow("currency", currency)
    if currency is not None and currency != item.currency:
        sentence = f"The payment is in {currency}, its invoice in {item.currency}; nothing is converted."
        raise BadRow("currency", BadCell("payment_currency_mismatch", sentence))


def _fit(payment: Payment, item: KnownItem) -> None:
    """A payment lowers what is open; a reversal raises it, with whichever sign the file writes it."""
    sign = -1 if item.amount_minor < 0 else 1
    if payment.kind == "reversal":
        payment.amount_minor = -sign * abs(payment.amount_minor)
    elif payment.amount_minor * sign < 0:
        sentence = (
            "The payment has the other sign than its invoice. Money that was taken back is a row of kind reversal."
        )
        raise BadRow("amount", BadCell("payment_sign_mismatch", sentence))


def _by_number(items: Mapping[str, KnownItem]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for item_id, item in items.items():
        found[item.number].append(item_id)
    return found


def _item_of(number: str, entity: str, items: Mapping[str, KnownItem], by_number: Mapping[str, list[str]]) -> str:
    item_id = item_id_of(entity, number)
    if item_id in items:
        return item_id
    candidates = by_number.get(number, []) if not entity else []
    if len(candidates) == 1:
        return candidates[0]
    sentence = (
        f'"{shown(number)}" is an invoice of {len(candidates)} legal entities; the payment does not say which.'
        if candidates
        else f'No accepted invoice "{shown(item_id)}" is known, in this import or before it.'
    )
    raise BadRow("invoice_id", BadCell("orphan_payment", sentence))
