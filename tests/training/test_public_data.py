"""What the benchmark over the public ledgers makes of their files and asks of their models, on rows of our own."""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ledger.book import Ledger
from ledger.days import to_day

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import public_data
from public_judging import Asked, Task, ask, customer_habits

LOG = """\
case_id,activity,timestamp,amount,totalPaymentAmount,paymentAmount,expense
A1,Create Fine,2006-07-24,35.0,0.0,,
A1,Payment,2006-08-01,,20.0,20.0,
A1,Send Fine,2006-12-05,,,,11.0
A1,Payment,2006-12-20,,46.0,26.0,
A2,Create Fine,2006-08-02,36.0,0.0,,
A2,Add penalty,2007-03-16,74.0,,,
A2,Payment,2007-05-01,,6.0,6.0,
A2,Send for Credit Collection,2008-03-30,74.0,,,
A2,Payment,2008-06-01,,80.0,74.0,
A3,Create Fine,2006-08-02,0.0,0.0,,
"""


def day(text: str) -> int:
    return to_day(date.fromisoformat(text))


@pytest.fixture
def fines(tmp_path: Path) -> dict[str, pd.DataFrame]:
    (tmp_path / "log.csv").write_text(LOG)
    made = public_data.fine_tables([tmp_path / "log.csv"], tmp_path / "tables")
    return {path.stem: pd.read_csv(path, dtype=str) for path in made}


@pytest.fixture
def public_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A public folder with a log of three fines alone."""
    (tmp_path / "public" / "traffic_fines").mkdir(parents=True)
    (tmp_path / "public" / "traffic_fines" / "log.csv").write_text(LOG)
    monkeypatch.setattr(public_data, "FOLDER", tmp_path / "public")
    return tmp_path / "public"


@pytest.fixture
def asked(tmp_path: Path, public_folder: Path) -> Asked:
    """Everything that is asked about the three fines."""
    ledger = Ledger.open(public_data.ledger_home("traffic_fines", tmp_path / "home"))
    found = ask(ledger, (date(2006, 7, 24),))
    ledger.close()
    return found


def test_a_fine_is_an_invoice_over_what_it_was_made_with_and_a_fine_over_nothing_is_none(fines):
    columns = ["invoice_id", "customer_id", "issue_date", "known_date", "due_date", "amount", "currency"]
    assert fines["invoices"][columns].to_numpy().tolist() == [
        ["A1", "A1", "2006-07-24", "2006-07-24", "2006-09-22", "35.00", "EUR"],
        # Neither the postage nor the penalty, which came months later.
        ["A2", "A2", "2006-08-02", "2006-08-02", "2006-10-01", "36.00", "EUR"],
    ]
    assert set(fines["customers"]["customer_id"]) == {"A1", "A2"}


def test_what_is_paid_beyond_a_fine_or_after_its_hand_over_is_left_out_and_the_rest_written_off(fines):
    assert fines["payments"][["invoice_id", "kind", "amount", "paid_date"]].to_numpy().tolist() == [
        ["A1", "cash", "20.00", "2006-08-01"],
        ["A1", "cash", "15.00", "2006-12-20"],  # 35 - 20 of the 26; the others are postage
        ["A2", "cash", "6.00", "2007-05-01"],
        ["A2", "write_off", "30.00", "2008-03-30"],  # 36 - 6
    ]


def test_a_public_ledger_is_imported_once_and_then_opened_without_its_files(tmp_path, public_folder):
    assert public_data.is_here("traffic_fines")
    assert not public_data.is_here("superlender")
    public_data.ledger_home("traffic_fines", tmp_path / "home")
    (public_folder / "traffic_fines" / "log.csv").unlink()

    ledger = Ledger.open(public_data.ledger_home("traffic_fines", tmp_path / "home"))
    assert (ledger.version, ledger.newest_day()) == (1, date(2008, 12, 31))
    assert ledger.as_of(date(2008, 12, 31)).open_items().empty
    ledger.close()


def test_a_public_ledger_that_is_not_there_is_refused_with_the_setting_that_names_its_folder(tmp_path, public_folder):
    with pytest.raises(FileNotFoundError, match="PAYRISK_PUBLIC_DATA"):
        public_data.ledger_home("ibm_ar", tmp_path / "home")


def test_an_invoice_is_asked_about_on_the_evening_it_became_known_and_late_when_unpaid_after_due_and_k(asked):
    keys = asked.table.keys
    answered = {
        k: {
            str(item): bool(late)
            for item, late, here in zip(
                keys["item_id"], asked.happened(Task(True, k)), asked.of(Task(True, k)), strict=True
            )
            if here
        }
        for k in (0, 88, 89, 600)
    }
    assert keys["day"][asked.at_issue].tolist() == [day("2006-07-24"), day("2006-08-02")]
    # A1 is cleared on 20 December, 89 days after 22 September; A2 was written off 546 days after 1 October.
    assert answered == {
        0: {"A1": True, "A2": True},
        88: {"A1": True, "A2": True},
        89: {"A1": False, "A2": True},
        600: {"A1": False},
    }


def test_an_open_item_is_asked_about_every_seventh_evening_from_h_days_before_its_due_day(asked):
    task = Task(False, 14)
    rows = asked.of(task) & (asked.table.keys["item_id"] == "A1").to_numpy()
    days, unpaid = asked.day[rows], asked.happened(task)[rows]
    assert set(np.diff(days)) == {7}
    # Due on 22 September, cleared on 20 December: from 14 days before the one to the evening before the other.
    assert day("2006-09-08") <= days[0] < day("2006-09-15")
    assert day("2006-12-13") <= days[-1] < day("2006-12-20")
    assert unpaid.tolist() == [bool(day("2006-12-20") > evening + 14) for evening in days]


def test_a_customers_habit_counts_what_is_overdue_as_it_stands_and_is_drawn_towards_everybody():
    items = pd.DataFrame(
        [
            # customer, due, known, settled, heard of
            ("C-1", 100, 70, 110, 110),  # 10 late
            ("C-1", 100, 70, 160, 160),  # open on evening 130, 30 days over
            ("C-2", 100, 70, 100, 100),  # on time
            ("C-2", 100, 140, 141, 141),  # not known yet
            ("C-new", 150, 120, 190, 190),  # not due yet
        ],
        columns=["customer_id", "due_on", "known_on", "settled_on", "settled_known_on"],
    )
    keys = pd.DataFrame({"customer_id": ["C-1", "C-2", "C-new"], "day": [130, 130, 130]})

    rate, mean = customer_habits(items, keys, late=5)
    everybody = (10 + 30 + 0) / 3
    assert rate.tolist() == pytest.approx([(2 + 3 * 2 / 3) / (2 + 3), (0 + 3 * 2 / 3) / (1 + 3), 2 / 3])
    assert mean.tolist() == pytest.approx([(40 + 3 * everybody) / (2 + 3), (0 + 3 * everybody) / (1 + 3), everybody])
