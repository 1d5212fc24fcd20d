"""The credit limit of a customer: read from files, kept when a file leaves it out, known from its evening on."""

from datetime import date

import pandas as pd
import pytest
from builders import customer, invoice
from checks_kit import columns_of, reasons
from importing_kit import TODAY, take
from views import view_of

from ledger.check_masters import check_customers
from ledger.checked import Checked
from ledger.days import NEVER, to_day
from ledger.errors import IncompleteFacts, UnknownCurrency
from ledger.facts import BadCreditLimit, Facts
from ledger.headers import synonym_of
from ledger.mapping import ColumnMapping
from ledger.refusals import FileRefused
from ledger.view import LedgerView

HEADER = "customer_id,customer_name,credit_limit,credit_limit_currency\n"
BOOK = "invoice_id,customer_id,issue_date,due_date,amount,currency\nINV-1,C-1,2026-02-01,2026-03-03,10.00,EUR\n"
NAMES = ["customer_id", "credit_limit_minor", "credit_limit_currency"]


def customers_of(text: str, mapping: ColumnMapping | None = None, **options: object) -> Checked:
    return check_customers(columns_of(text, mapping, "customers", **options))


def limits_of(text: str, mapping: ColumnMapping | None = None, **options: object) -> list[tuple[str, int, str]]:
    return list(customers_of(text, mapping, **options).facts[NAMES].itertuples(index=False, name=None))


def limits_in(view: LedgerView) -> list[tuple[int, str]]:
    """What stands on the evening of the view."""
    rows = view.customers[view.customers["superseded_on"] == 1_000_000]
    return list(rows[NAMES[1:]].itertuples(index=False, name=None))


def test_a_limit_is_exact_in_its_currency_and_an_empty_cell_states_none():
    rows = "C-1,Elm,1500.50,EUR\nC-2,Ash,0,EUR\nC-3,Oak,,EUR\nC-4,Fir,1200,JPY\nC-5,Yew,1.234,KWD\nC-6,Bay,,\n"

    assert limits_of(HEADER + rows) == [
        ("C-1", 1500_50, "EUR"), ("C-2", 0, "EUR"), ("C-3", -1, ""), ("C-4", 1200, "JPY"), ("C-5", 1234, "KWD"),
        ("C-6", -1, ""),
    ]  # fmt: skip


def test_a_customers_file_without_limits_states_none():
    assert limits_of("customer_id,customer_name\nC-1,Elm\n") == [("C-1", -1, "")]
    assert limits_of("customer_id,credit_limit\nC-1,\nC-2,-\n") == [("C-1", -1, ""), ("C-2", -1, "")]


def test_a_limit_that_cannot_be_believed_sets_its_row_aside():
    limits = ["12.345,EUR", "-1,EUR", "many,EUR", "10,", "10,$", "10,DEM", "1.2E+05,EUR", "10,EUR"]
    checked = customers_of(HEADER + "".join(f"C-{row},,{limit}\n" for row, limit in enumerate(limits, 1)))

    assert reasons(checked) == {
        1: "amount_precision", 2: "amount_out_of_range", 3: "bad_amount", 4: "missing_currency",
        5: "ambiguous_currency", 6: "bad_currency", 7: "amount_scientific",
    }  # fmt: skip
    assert checked.facts["customer_id"].tolist() == ["C-8"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.234,50", "1.234"], [1234_50, 1234_00]),
        (["1,234.50", "1,234"], [1234_50, 1234_00]),
        (["10.000,00 €"], [10_000_00]),
        (["1'500.00"], [1500_00]),
    ],
)
def test_what_dots_and_commas_mean_is_found_as_for_other_amounts(cells, expected):
    rows = "".join(f'C-{at},,"{cell}",EUR\n' for at, cell in enumerate(cells))

    assert [minor for _, minor, _ in limits_of(HEADER + rows)] == expected


def test_limits_whose_decimals_nothing_shows_are_refused_until_an_option_says():
    text = HEADER + "C-1,,1.234,EUR\n"

    with pytest.raises(FileRefused) as refused:
        limits_of(text)

    assert refused.value.code == "ambiguous_number_format"
    assert limits_of(text, decimal=",") == [("C-1", 1234_00, "EUR")]
    assert limits_of(HEADER + "C-1,,12.34,EUR\n", amount_scale=1000) == [("C-1", 12340_00, "EUR")]


def test_the_currency_of_the_import_counts_where_a_row_states_none():
    absent = "customer_id,credit_limit\nC-1,100\nC-2,\n"

    assert limits_of(absent, default_currency="usd") == [("C-1", 100_00, "USD"), ("C-2", -1, "")]
    assert limits_of(HEADER + "C-1,,100,\nC-2,,100,GBP\n", default_currency="EUR") == [
        ("C-1", 100_00, "EUR"), ("C-2", 100_00, "GBP"),
    ]  # fmt: skip
    in_euro = ColumnMapping(constants={"currency": "EUR"})
    assert limits_of(absent, in_euro) == [("C-1", 100_00, "EUR"), ("C-2", -1, "")]


def test_limits_of_no_currency_at_all_refuse_the_file_with_the_way_out():
    with pytest.raises(FileRefused, match=r"file1\.csv: There are credit limits.*--currency EUR") as refused:
        limits_of("customer_id,credit_limit,currency\nC-1,100,EUR\n")

    assert (refused.value.code, refused.value.field) == ("missing_columns", "credit_limit_currency")


@pytest.mark.parametrize(
    "header",
    ["Kreditlimit", "KREDITLINIE", "Limite de crédit", "Plafond de crédit", "Límite de crédito", "Línea de crédito",
     "Limite di credito", "Fido", "Kredietlimiet", "Linha de crédito", "Credit line", "Credit Limit"],
)  # fmt: skip
def test_a_limit_is_found_in_its_own_language(header):
    assert limits_of(f"Kundennummer,{header},Währung Kreditlimit\nC-1,100,EUR\n") == [("C-1", 100_00, "EUR")]


@pytest.mark.parametrize("header", ["Credit used", "Kreditlimit ausgeschöpft", "Kredit", "Limit", "Encours"])
def test_what_could_be_something_else_is_no_limit(header):
    assert synonym_of(header) is None


def test_an_imported_limit_counts_from_the_day_of_its_export_and_a_file_without_it_does_not_take_it_back(
    ledger, tmp_path
):
    march = [date(2026, 3, day) for day in (1, 5, 10, 15, 20)]
    files = ["C-1,Elm,,\n", "C-1,Elm,100,EUR\n", "C-1,Elm Street,,\n", "C-1,,0,EUR\n", "C-1,,50,USD\n"]
    reports = [take(ledger, tmp_path, BOOK, HEADER + row, as_of=day) for day, row in zip(march, files, strict=True)]

    assert [limits_in(ledger.as_of(day)) for day in march] == [
        [(-1, "")], [(100_00, "EUR")], [(100_00, "EUR")], [(0, "EUR")], [(50_00, "USD")],
    ]  # fmt: skip
    assert ledger.as_of(TODAY).customers["customer_name"].tolist()[-1] == "Elm Street"
    assert [report.learned.get("changed_customers", 0) for report in reports] == [0, 1, 1, 1, 1]


def test_the_same_limit_again_tells_nothing(ledger, tmp_path):
    text = HEADER + "C-1,Elm,100,EUR\n"
    take(ledger, tmp_path, text)
    again = take(ledger, tmp_path, text)
    without = take(ledger, tmp_path, "customer_id\nC-1\n")

    assert (again.loaded, again.learned) == (False, {"same_customers": 1})
    assert (without.loaded, without.learned) == (False, {"same_customers": 1})


def test_a_late_export_fills_in_the_limit_that_was_known_on_its_day(ledger, tmp_path):
    for day, row in ((1, "C-1,Elm,100,EUR\n"), (20, "C-1,Elm,300,EUR\n"), (10, "C-1,Elm,200,EUR\n")):
        take(ledger, tmp_path, BOOK, HEADER + row, as_of=date(2026, 3, day))

    limits = [limits_in(ledger.as_of(date(2026, 3, day)))[0][0] for day in (9, 10, 19, 20)]

    assert limits == [100_00, 200_00, 200_00, 300_00]


def test_a_customer_that_stands_in_two_files_has_the_limit_that_one_of_them_states(ledger, tmp_path):
    take(ledger, tmp_path, BOOK, HEADER + "C-1,Elm,100,EUR\nC-2,Ash,,\n")
    view = ledger.as_of(TODAY)

    now = view.customers[view.customers["superseded_on"] == NEVER]
    assert now[NAMES].values.tolist() == [["C-1", 100_00, "EUR"], ["C-2", -1, ""]]


def test_a_limit_counts_from_the_export_that_stated_it_and_not_from_the_first_invoice(ledger, tmp_path):
    take(ledger, tmp_path, BOOK, HEADER + "C-1,Elm,100,EUR\nC-2,Ash,,\n")
    elm = ledger.as_of(TODAY).customers.query("customer_id == 'C-1'")

    assert elm["credit_limit_minor"].tolist() == [-1, 100_00]
    assert elm["customer_name"].tolist() == ["Elm", "Elm"]
    assert elm["known_on"].tolist()[1] == to_day(TODAY)
    assert elm["known_on"].tolist()[0] < to_day(TODAY)


def test_two_limits_of_one_customer_in_one_file_are_both_set_aside(ledger, tmp_path):
    rows = "C-1,Elm,100,EUR\nC-1,Elm,200,EUR\nC-2,Ash,5,EUR\nC-3,Oak,5,EUR\n"
    report = take(ledger, tmp_path, BOOK, HEADER + rows)

    assert {bad.reason for bad in report.quarantined} == {"conflicting_duplicate"}


def test_a_limit_booked_directly_is_stated_whole_or_not_at_all():
    row = {"customer_id": "C-1", "known_on": 20_000}

    assert Facts.of(customers=[row]).customers[NAMES[1:]].values.tolist() == [[-1, ""]]
    with pytest.raises(IncompleteFacts, match="credit_limit_currency"):
        Facts.of(customers=[row | {"credit_limit_minor": 0}])
    with pytest.raises(IncompleteFacts, match="credit_limit_minor"):
        Facts.of(customers=[row | {"credit_limit_currency": "EUR"}])
    with pytest.raises(UnknownCurrency):
        Facts.of(customers=[row | {"credit_limit_minor": 0, "credit_limit_currency": "DEM"}])
    with pytest.raises(BadCreditLimit, match="-2"):
        Facts.of(customers=[row | {"credit_limit_minor": -2, "credit_limit_currency": "EUR"}])


def test_limits_and_names_that_are_told_apart_add_up(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=1))
    ledger.load(customer("C-1", credit_limit=500, known_on="2026-02-01"))
    ledger.load(customer("C-1", name="Elm", country="GB", known_on="2026-02-10"))
    ledger.load(customer("C-1", credit_limit=0, limit_currency="USD", known_on="2026-02-20"))

    view = ledger.as_of(TODAY)

    assert view.customers[["customer_name", "credit_limit_minor", "credit_limit_currency"]].values.tolist() == [
        ["", 500_00, "EUR"], ["Elm", 500_00, "EUR"], ["Elm", 0, "USD"],
    ]  # fmt: skip


def test_frames_without_limits_have_none_stated():
    whole = view_of(invoice("INV-1", due_on="2026-03-14", amount=1), customer("C-1", name="Elm"))
    bare = whole.customers.drop(columns=NAMES[1:])

    view = LedgerView.of_facts(whole.day, whole.items, whole.applications, bare)

    pd.testing.assert_frame_equal(view.customers, whole.customers)
    assert view.customers[NAMES[1:]].values.tolist() == [[-1, ""]]
