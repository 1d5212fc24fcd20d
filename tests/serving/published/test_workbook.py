"""The list as a workbook, read back cell by cell."""

import zipfile

import pytest
from evenings import made_run, score, why
from python_calamine import CalamineWorkbook

from serving.accounts.account import CustomerFacts
from serving.published.workbook import write_queue


def sheets(path):
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_holds_the_list_with_numbers_as_numbers(tmp_path):
    run = made_run([score("A", "C-1", open="1200.50", dpd=9, late_risk=0.5)], {"C-1": CustomerFacts("Acme", "DE")})
    write_queue(run.body(), tmp_path / "queue.xlsx")

    head, line = sheets(tmp_path / "queue.xlsx")["Queue"]

    told = dict(zip(head, line, strict=True))
    assert [told[name] for name in ("Rank", "Account", "Name", "Country", "Overdue", "Currency", "Late risk")] == [
        1, "C-1", "Acme", "DE", 1200.5, "EUR", 0.5,
    ]  # fmt: skip
    assert told["Expected late"] == 600.25
    assert str(told["Half expected by"]) == "2026-04-20"


def test_every_reason_has_its_row_with_its_direction(tmp_path):
    reasons = [why("habit", "late", 0.25), why("amount", "new", -0.05), why("terms", "usual", 0.0)]
    write_queue(made_run([score(reasons=reasons)]).body(), tmp_path / "queue.xlsx")

    rows = sheets(tmp_path / "queue.xlsx")["Reasons"][1:]

    assert [(row[3], row[4], row[5]) for row in rows] == [
        ("late", 25.0, "raises the risk"),
        ("new", -5.0, "lowers the risk"),
        ("usual", 0.0, ""),
    ]


@pytest.mark.parametrize(
    "name", ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", " =1+1", "＝1", '=HYPERLINK("http://x")', "{=1}"]
)
def test_no_name_becomes_a_formula_or_a_link(tmp_path, name):
    customers = {"C-1": CustomerFacts(name), "C-2": CustomerFacts("http://example.test/x")}
    write_queue(made_run([score("A", "C-1"), score("B", "C-2")], customers).body(), tmp_path / "queue.xlsx")

    with zipfile.ZipFile(tmp_path / "queue.xlsx") as parts:
        content = b"".join(parts.read(part) for part in parts.namelist() if "worksheets" in part)
    names = {row[2] for row in sheets(tmp_path / "queue.xlsx")["Queue"][1:]}

    assert b"<f>" not in content
    assert b"hyperlink" not in content
    assert names & {name, f"'{name}"}
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in names)


def test_the_workbook_says_where_it_comes_from(tmp_path):
    write_queue(made_run([score()], approved=False).body(), tmp_path / "queue.xlsx")
    write_queue(made_run([score(late_risk=None)]).body(), tmp_path / "rule.xlsx")

    rows = [(what, str(told)) for what, told in sheets(tmp_path / "queue.xlsx")["About"][1:]]

    assert rows == [
        ("Evening", "2026-03-31"),
        ("Published at", "2026-04-01 05:10 UTC"),
        ("Mode", "model"),
        ("Model version", "2026-02-28-1a2b3c4d"),
        ("Approved by a person", "no"),
        ("Order", "Ordered by overdue money × late risk."),
        ("Rules of the list", "1"),
        ("Staffing", "1 of 1 accounts have a caller."),
        ("Notice", "First version of the model, not yet approved by a person."),
    ]
    by_rule = dict(sheets(tmp_path / "rule.xlsx")["About"][1:])
    assert (by_rule["Model version"], by_rule["Approved by a person"]) == ("", "")


def test_the_main_reason_is_the_one_that_the_page_tells_first(tmp_path):
    reasons = [
        why("age", "young", -0.2),
        why("newness", "new here", 0.15),
        why("habit", "often late", 0.05),
    ]
    write_queue(made_run([score(reasons=reasons, base=0.5, late_risk=0.5)]).body(), tmp_path / "queue.xlsx")

    head, line = sheets(tmp_path / "queue.xlsx")["Queue"]

    assert dict(zip(head, line, strict=True))["Main reason"] == "often late"
    assert dict(zip(head, line, strict=True))["Late risk on"] is not None


def test_a_list_without_a_model_or_without_lines_is_a_workbook_too(tmp_path):
    for number, run in enumerate([made_run([score(late_risk=None)]), made_run([])]):
        write_queue(run.body(), tmp_path / f"{number}.xlsx")

    row = dict(zip(*sheets(tmp_path / "0.xlsx")["Queue"][:2], strict=True))
    assert row["Late risk"] == row["Money-days brought forward (assumed)"] == ""
    assert len(sheets(tmp_path / "1.xlsx")["Queue"]) == 1


def test_the_same_list_gives_the_same_bytes(tmp_path):
    from serving.published.workbook import queue_workbook

    body = made_run([score()]).body()

    assert queue_workbook(body) == queue_workbook(body)
