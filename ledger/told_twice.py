"""Money that two files tell, and payments that moved: refused before it counts twice."""

import numpy as np

from ledger.application_ids import payment_prefix
from ledger.errors import ChangedApplication
from ledger.hearing import Hearing
from ledger.ordering import are_in
from ledger.refusals import PaymentsToldTwice


def refuse_payments_of_paid_columns(hearing: Hearing, file: str) -> None:
    """That no payment is for an item whose money was told by the paid columns of its own row so far.

    A payment row cannot be told from the total that already holds it, so both would count. Raises `PaymentsToldTwice`.
    """
    items, payments = hearing.items, hearing.payments
    if payments.new.empty or items.told.empty:
        return
    known = items.known.iloc[items.standing]
    totals = known[known["tells_paid"] & (known["paid_minor"] != 0)]
    totals = totals[~are_in(totals["item_id"], payments.told["item_id"])]
    told = payments.new.loc[are_in(payments.new["item_id"], totals["item_id"]), "item_id"].drop_duplicates()
    if len(told):
        first = totals[totals["item_id"] == told.iloc[0]].iloc[0]
        raise PaymentsToldTwice(file, str(first["invoice_number"] or first["item_id"]), len(told))


def refuse_moved_payments(hearing: Hearing) -> None:
    """That no known payment now stands beside another item, and beside its own no more. Raises `ChangedApplication`."""
    payments = hearing.payments
    if payments.told.empty:
        return
    new = payments.new[~payments.is_known]
    named = hearing.payment_ids[~payments.is_known]
    prefixes = {payment_prefix(name): at for at, name in zip(new.index.tolist(), named.tolist(), strict=True) if name}
    if not prefixes:
        return
    told_now = set(payments.new["application_id"])
    known = payments.known.iloc[payments.standing]
    for row in known[np.isin(known["application_id"].str.split("/").str[0] + "/", list(prefixes))].to_dict("records"):
        prefix = row["application_id"].split("/")[0] + "/"
        if row["application_id"] != f"{prefix}{row['item_id']}/{row['kind']}":
            continue  # the id of a payment without one
        at = prefixes[prefix]
        beside = payments.new.loc[at]
        same = all(row[name] == beside[name] for name in ("kind", "amount_minor", "happened_on"))
        if row["application_id"] not in told_now and same:
            raise ChangedApplication(row["application_id"])
