"""`payrisk explain`: a score with its reasons and its place, and what a payment would change."""

import time

import pytest

from payrisk.explaining import _alike


@pytest.fixture
def imported(payrisk, tmp_path):
    """Two customers on 31 March 2026; C-1 owes two invoices that are overdue and has paid two late."""
    path = tmp_path / "invoices.csv"
    path.write_text(
        "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"
        "INV-1,C-1,Acme Ltd,2026-01-05,2026-02-04,1200.00,EUR,,\n"
        "INV-2,C-1,Acme Ltd,2026-01-15,2026-02-14,300.00,EUR,,\n"
        "INV-3,C-1,Acme Ltd,2025-11-05,2025-12-05,800.00,EUR,2025-12-20,800.00\n"
        "INV-4,C-2,Bolt BV,2026-01-02,2026-02-01,900.50,EUR,,\n",
        encoding="utf-8",
    )
    assert payrisk("import", path, "--as-of", "2026-03-31").code == 0
    return payrisk


def test_an_account_is_told_with_its_money_and_why_it_has_its_place(imported):
    done = imported("explain", "C-1")

    assert done.code == 0, done.err
    for told in ("Acme Ltd C-1", "31 March 2026", "1,500.00 EUR overdue", "#1 Acme Ltd: 1,500.00 EUR to call about"):
        assert told in done.out
    assert "Leaves the list when 1,400.01 EUR of its 1,500.00 EUR overdue is paid" in " ".join(done.out.split())


def test_the_lines_of_a_score_add_up_as_they_are_shown(imported, untracked):
    imported("train")

    body = imported("explain", "INV-1", "--json").json
    out = imported("explain", "INV-1").out

    item = body["item"]
    assert item["base"] + sum(reason["points"] or 0 for reason in item["reasons"]) == pytest.approx(item["late_risk"])
    shown = [line.split() for line in out.splitlines()]
    start, end = (next(at for at, words in enumerate(shown) if words[-2:] == tail or words[:1] == tail) for tail in
                  (["typical", "one"], ["="]))  # fmt: skip
    whole = [int(word.replace("−", "-").replace("%", "").replace("<1", "0"))
             for words in shown[start:end] for word in words[:2] if word.strip("+−<%").isdigit()]  # fmt: skip
    assert sum(whole) == int(shown[end][1].strip("%"))


def test_the_body_is_that_of_the_published_queue(imported):
    line = imported("queue", "--json").json["items"][0]

    body = imported("explain", line["customer_id"], "--json").json

    assert body["rank_explanation"] == line["rank_explanation"]
    assert {name: body["account"][name] for name in ("rank", "overdue", "reasons")} == {
        name: line[name] for name in ("rank", "overdue", "reasons")
    }


def test_a_supposed_payment_changes_the_answer_and_not_the_ledger(imported):
    before = imported("explain", "C-1", "--json").json

    supposed = imported("explain", "C-1", "--if-paid", "INV-1", "--if-paid", "INV-2=100", "--json").json["what_if"]
    told = imported("explain", "INV-2", "--if-paid", "INV-1").out

    assert [(one["item_id"], one["amount"]) for one in supposed["if_paid"]] == [
        ("INV-1", "1200.00"),
        ("INV-2", "100.00"),
    ]
    assert (supposed["before"]["place"], supposed["after"]["place"]) == (1, 2)
    assert supposed["after"]["overdue"] == {"amount": "200.00", "currency": "EUR"}
    assert "overdue: 1,500.00 EUR → 300.00 EUR" in told
    assert imported("explain", "C-1", "--json").json == before


REFUSALS = [
    (["INV-9"], 1, "Did you mean INV-4"),
    (["C-11"], 1, "C-1"),
    (["zzzz"], 1, "known on the evening of 2026-03-31."),
    (["INV-3"], 1, "no money to come"),
    (["C-1", "--as-of", "2024-01-01"], 1, "begins on"),
    (["C-1", "--as-of", "31.03.2026"], 2, "YYYY-MM-DD"),
    (["C-1", "--if-paid", "INV-3"], 1, "no money to come"),
    (["C-1", "--if-paid", "INV-1=many"], 1, "INV-1=many"),
    (["C-1", "--if-paid", "INV-1=NaN"], 1, "NaN is no amount of money"),
    (["C-1", "--if-paid", "INV-1=1200.01"], 1, "1,200.00 EUR is open of it"),
    (["C-1", "--if-paid", "INV-4"], 1, "INV-4 is not an invoice of C-1"),
    ([], 2, "ITEM_OR_CUSTOMER"),
]


def test_ids_that_look_like_it_are_found_among_very_many_at_once():
    ids = dict.fromkeys(f"INV-2026-{n:07}" for n in range(200_000))
    began = time.process_time()

    assert _alike("INV-2026-0123456X", ids)[0] == "INV-2026-0123456"
    assert _alike("XNV-2026-0123456", ids)[0] == "INV-2026-0123456"
    assert time.process_time() - began < 3


@pytest.mark.parametrize(("words", "code", "sentence"), REFUSALS)
def test_what_cannot_be_explained_is_said_with_the_way_out(imported, words, code, sentence):
    done = imported("explain", *words)

    assert done.code == code
    assert sentence.lower() in " ".join(done.err.split()).lower()
    assert "Traceback" not in done.err
