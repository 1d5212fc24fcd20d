"""`payrisk aging` and `payrisk reconcile` as a controller runs them."""

import csv

import pytest
from python_calamine import load_workbook


@pytest.fixture
def loaded(payrisk, invoices):
    payrisk("import", invoices, "--as-of", "2026-03-31")
    return payrisk


def test_an_aging_shows_gross_buckets_and_unapplied_credits(loaded):
    body = loaded("aging", "--json").json

    assert body["rows"] == [
        {
            "entity": "", "currency": "EUR", "items": 3, "current": "90.50", "1-30": "0.00", "31-60": "1200.00",
            "61-90": "0.00", "91-120": "0.00", ">120": "0.00", "unapplied": "-10.00", "total": "1280.50",
            "disputed": "0.00", "past_due": "1200.00", "past_due_disputed": "0.00", "vanished": "0.00",
        }
    ]  # fmt: skip
    assert (body["as_of"], body["known_by"], body["report"]) == ("2026-03-31", "2026-03-31", "Aging by due date")


def test_an_aging_for_people_has_thousands_and_says_its_evening(loaded):
    done = loaded("aging", "--by", "customer", "--in", "eur")

    assert done.code == 0
    assert "as of 2026-03-31" in done.out
    assert "1,200.00" in done.out
    assert "collectible" in done.out


def test_a_past_evening_with_later_knowledge_is_labelled(loaded):
    done = loaded("aging", "--as-of", "2026-02-28", "--known-by", "2026-03-31")

    assert "as of 2026-02-28, with what was known on 2026-03-31" in done.out


def test_knowledge_from_before_the_evening_is_refused(loaded):
    done = loaded("aging", "--as-of", "2026-03-31", "--known-by", "2026-02-28")

    assert done.code == 2
    assert "--as-of 2026-02-28" in done.err


def test_an_aging_by_customer_is_written_as_csv_and_workbook_without_formulas(payrisk, tmp_path):
    path = tmp_path / "invoices.csv"
    path.write_text("invoice_id,customer_id,issue_date,due_date,amount,currency\n"
                    "INV-1,=1+1,2026-01-05,2026-02-04,1200.00,EUR\n", encoding="utf-8")  # fmt: skip
    payrisk("import", path, "--as-of", "2026-03-31")
    for name in ("aging.csv", "aging.xlsx"):
        assert payrisk("aging", "--by", "customer", "--out", tmp_path / name).code == 0

    (row,) = csv.DictReader((tmp_path / "aging.csv").read_text(encoding="utf-8").splitlines())
    head, cells = load_workbook(str(tmp_path / "aging.xlsx")).get_sheet_by_index(0).to_python()

    assert (row["customer_id"], row["31-60"], row["as_of"]) == ("'=1+1", "1200.00", "2026-03-31")
    sheet = dict(zip(head, cells, strict=True))
    assert (sheet["customer_id"], sheet["31-60"]) == ("'=1+1", 1200.0)


def test_another_kind_of_file_is_refused_and_not_written(loaded, tmp_path):
    done = loaded("aging", "--out", tmp_path / "aging.pdf")

    assert done.code == 2
    assert ".csv or .xlsx" in done.err
    assert not (tmp_path / "aging.pdf").exists()


def test_a_ledger_that_ties_says_so_and_rolls_the_month_forward(loaded):
    done = loaded("reconcile", "--in", "EUR")
    body = loaded("reconcile", "--json").json

    assert done.code == 0, done.err
    assert "Ties to the cent." in done.out
    assert body["ties"]
    assert (body["roll_forward"]["from"], body["roll_forward"]["to"]) == ("2026-02-28", "2026-03-31")
    (row,) = body["roll_forward"]["rows"]
    assert (row["opening"], row["invoices"], row["credits"], row["closing"]) == (
        "1200.00",
        "90.50",
        "-10.00",
        "1280.50",
    )


def test_a_control_file_that_differs_ends_with_1_and_names_the_item(loaded, tmp_path):
    control = tmp_path / "control.csv"
    control.write_text(
        "currency,amount,item_id\nEUR,1200.00,INV-1\nEUR,80.50,INV-3\nEUR,-10.00,CRN-1\n", encoding="utf-8"
    )

    done = loaded("reconcile", "--control", control)
    body = loaded("reconcile", "--control", control, "--json").json

    assert done.code == 1
    assert "INV-3" in done.out
    assert "Does not tie." in done.out
    (variance,) = body["variances"]
    assert (variance["code"], variance["item_id"], variance["difference"]) == ("different", "INV-3", "10.00")


def test_a_control_file_that_is_not_there_is_wrong_use(loaded, tmp_path):
    assert loaded("reconcile", "--control", tmp_path / "none.csv").code == 2


def test_a_currency_that_is_none_is_wrong_use(loaded):
    assert loaded("aging", "--in", "EURO").code == 2
