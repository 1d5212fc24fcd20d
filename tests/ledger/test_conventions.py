"""What dots, commas, days and months mean: settled by the file, or refused with the first line that leaves it open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from checks_kit import HEADER, columns_of, drawn, invoices_of

from ledger.mapping import ColumnMapping
from ledger.refusals import FileRefused

ROOT = Path(__file__).parents[2]


def row(number, *, issued="2026-02-01", amount="10.00", paid=","):
    return f'INV-{number},C-1,{issued},2026-03-03,"{amount}",EUR,{paid}\n'


def refused(*rows, mapping=None):
    with pytest.raises(FileRefused) as refusal:
        columns_of(HEADER + "".join(rows), mapping)
    return refusal.value


def test_the_one_amount_in_another_format_is_named_with_its_line():
    rows = [row(n) for n in range(29)]
    rows.insert(3, row("X", amount="1.234,56"))
    refusal = refused(*rows)

    assert (refusal.code, refusal.line, refusal.field) == ("mixed_number_formats", 5, "amount")
    assert str(refusal) == (
        'file1.csv, line 5, amount: "1.234,56" has a decimal comma; the 29 other amounts have a dot. '
        'Correct it, or say --decimal "," or "." (decimal in a mapping).'
    )


def test_of_two_formats_the_rarer_is_named_where_it_first_stands_in_any_amount_column():
    rows = [
        row(1, amount="1,5"),
        row(2, amount="2,5"),
        row(3, amount="9,5", paid="2026-03-01,7.25"),
        row(4, amount="8.25"),
    ]
    assert str(refused(*rows)).startswith(
        'file1.csv, line 4, paid_amount: "7.25" and 1 more have a decimal dot; the 3 other amounts have a comma. '
    )


def test_of_two_formats_equally_common_the_later_one_is_named():
    refusal = refused(row(1, amount="1.5"), row(2, amount="2,5"))
    assert str(refusal).startswith(
        'file1.csv, line 3, amount: "2,5" has a decimal comma; the other amount has a dot. Correct it'
    )


def test_amounts_that_read_both_ways_are_named_with_the_first_line_and_their_number():
    refusal = refused(row(1, amount="7"), row(2, amount="1.234"), row(3, amount="2.500"))

    assert (refusal.code, refusal.line) == ("ambiguous_number_format", 3)
    assert str(refusal) == (
        'file1.csv, line 3, amount: "1.234" could be thousands or decimals. 2 amounts can be read both ways, and no '
        'other shows which. Import it with --decimal "." or "," (decimal in a mapping).'
    )


def test_dates_that_read_both_ways_are_named_with_the_first_line_and_their_number():
    rows = [row(1), row(2, issued="02/03/2026"), row(3, issued="01/02/2026"), row(4, issued="05/05/2025")]
    refusal = refused(*rows)

    assert (refusal.code, refusal.line, refusal.field) == ("ambiguous_date_order", 3, "issue_date")
    assert str(refusal) == (
        'file1.csv, line 3, issue_date: "02/03/2026" could have the day or the month first. 2 dates can be read both '
        'ways, and no other shows which. Import it with --date-order "dmy" or "mdy" (date_order in a mapping).'
    )


def test_the_one_date_in_another_order_is_named_with_its_line():
    rows = [row(1, issued="13/01/2026"), row(2, issued="14/01/2026"), row(3, issued="01/15/2026")]
    refusal = refused(*rows)

    assert (refusal.code, refusal.line) == ("mixed_date_orders", 4)
    assert str(refusal) == (
        'file1.csv, line 4, issue_date: "01/15/2026" has the month first; the 2 other dates have the day first. '
        'Correct it, or say --date-order "mdy" or "dmy" (date_order in a mapping).'
    )


def test_a_mapping_settles_what_the_file_leaves_open():
    mapping = ColumnMapping.parse({"decimal": ",", "date_order": "mdy"}, "ours")
    checked = invoices_of(HEADER + row(1, issued="02/03/2026", amount="1.234"), mapping)

    assert drawn(checked.facts, "issued_on", "amount_minor") == [("2026-02-03", 1234_00)]


def test_a_refusal_names_the_same_line_whatever_the_seed_of_hashing(tmp_path):
    rows = [row(n, amount=f"{n}.{n + 100}", issued=f"0{n}/0{n + 1}/2026") for n in range(1, 8)]
    (tmp_path / "open.csv").write_text(HEADER + "".join(rows))
    script = (
        "import sys; from pathlib import Path; from checks_kit import columns_of\n"
        "try: columns_of(Path(sys.argv[1]).read_text())\n"
        "except Exception as error: print(error)"
    )
    folders = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    said = {
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "open.csv")],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": folders, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert [text.split(":")[0] for text in said] == ["file1.csv, line 2, issue_date"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            {"columns": {"invoice_id": "Beleg-Nr", "customer_id": "customer_id", "amount": "Betrag"}},
            'file1.csv: Mapping "ours" names "Beleg-Nr" and "Betrag"; the file has "invoice_id", "customer_id", ',
        ),
        ({"columns": {"invoice_id": "invoice_id"}}, '"ours" does not say which column is customer_id, issue_date'),
        (
            {"keys": {"invoice_id": {"join": ["Vendor", "customer_id"]}}, "columns": {"amount": "amount"}},
            'Mapping "ours" names "Vendor" and does not say which column is customer_id, issue_date, ',
        ),
        (
            {"columns": {name: name for name in HEADER.strip().split(",")} | {"terms": "Terms"}},
            'Mapping "ours" names "Terms"; the file has "invoice_id", "customer_id", ',
        ),
    ],
)  # fmt: skip
def test_a_named_mapping_that_does_not_fit_is_not_answered_with_save_a_mapping(content, says):
    refusal = refused(row(1), mapping=ColumnMapping.parse(content, "ours"))

    assert refusal.code == "missing_columns"
    assert says in str(refusal)
    assert "save a mapping" not in str(refusal)
    assert "Correct the mapping, or" in str(refusal)
