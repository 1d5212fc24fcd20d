"""Payments that paid columns tell: made by whole columns, named as if one by one."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from ledger.application_ids import told_by_total, total_name
from ledger.exports import Exports, ImportRecord
from ledger.paid_totals import applications_of_totals

EXPORTS = Exports(
    [
        ImportRecord(
            1, "csv", (), (), date(2026, 3, 31), 1, datetime(2026, 4, 1, tzinfo=UTC), 1, "append", ("invoices",), 0
        )
    ]
)


@pytest.mark.parametrize(("amount", "paid"), [(4_000, 4_000), (4_000, 1), (-500, -500), (10**15, 10**15)])
@pytest.mark.parametrize("item_id", ["INV-1", "A/B", "Ü 7", "x%2Fy"])
def test_a_payment_of_a_total_has_the_name_of_its_item_day_and_amount(item_id, amount, paid):
    said = pd.DataFrame(
        {
            "item_id": pd.Series([item_id], dtype="str"), "tells_paid": True, "paid_minor": paid, "paid_on": 20_000,
            "amount_minor": amount, "said_on": 20_500, "version": 1,
        }
    )  # fmt: skip

    (found,) = applications_of_totals(said, pd.Series(dtype="int64"), EXPORTS).to_dict("records")

    assert found["application_id"] == total_name(item_id, "cash", 20_000, paid, ())
    assert told_by_total(found["application_id"], item_id)
    assert found["amount_minor"] == paid
