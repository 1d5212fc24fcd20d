"""Money that two files tell: refused before it counts twice."""

from collections import defaultdict
from collections.abc import Sequence

from ledger.application_ids import payment_name, payment_prefix, told_by_total
from ledger.checked import Payment
from ledger.errors import ChangedApplication
from ledger.learning import Application, Known
from ledger.refusals import PaymentsToldTwice


def refuse_payments_of_paid_columns(file: str, payments: Sequence[Payment], known: Known) -> None:
    """That no payment is for an item whose money was told by the paid columns of its own row so far.

    A payment row cannot be told from the total that already holds it, so both would count. Raises `PaymentsToldTwice`.
    """
    told = [item_id for item_id in dict.fromkeys(p.item_id for p in payments) if _told_by_totals(item_id, known)]
    if told:
        raise PaymentsToldTwice(file, known.items[told[0]]["invoice_number"] or told[0], len(told))


def refuse_moved_payments(payments: Sequence[Payment], known: Known) -> None:
    """That no known payment now stands beside another item, and beside its own no more. Raises `ChangedApplication`."""
    told = {payment_name(p.payment_id, p.item_id, p.kind) for p in payments if p.payment_id}
    by_payment = _by_payment(known)
    for payment in payments:
        others = by_payment.get(payment_prefix(payment.payment_id), {}) if payment.payment_id else {}
        if payment_name(payment.payment_id, payment.item_id, payment.kind) in others:
            continue
        for name, before in others.items():
            same = (before.kind, before.amount_minor, before.happened_on)
            if name not in told and same == (payment.kind, payment.amount_minor, payment.paid_on):
                raise ChangedApplication(name)


def _told_by_totals(item_id: str, known: Known) -> bool:
    before = known.applications.get(item_id, [])
    by_totals = all(told_by_total(a.application_id, item_id) for a in before)
    return by_totals and sum(a.amount_minor for a in before) != 0


def _by_payment(known: Known) -> defaultdict[str, dict[str, Application]]:
    """The applications of each payment that has an id of its own, by the beginning of theirs."""
    found: defaultdict[str, dict[str, Application]] = defaultdict(dict)
    for item_id, applications in known.applications.items():
        for a in applications:
            prefix = a.application_id.removesuffix(f"{item_id}/{a.kind}")
            if prefix != a.application_id and prefix.count("/") == 1:
                found[prefix][a.application_id] = a
    return found
