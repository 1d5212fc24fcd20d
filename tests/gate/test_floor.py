"""A strategy that leaves no account below the cut alone: from its file to the API and to the list of the next day."""

from datetime import date

import pytest
from web_clients import client_of, form_headers

from payrisk import evening_work
from payrisk.gate import Gate
from serving.strategy.reading import shipped_text
from serving.trials.decision_log import DecisionLog

AT = "/api/v1/accounts/C-1"


@pytest.fixture
def company(tmp_path):
    """Two customers who are overdue, of whom the first owes less."""
    path = tmp_path / "company.csv"
    path.write_text(
        "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"
        "INV-1,C-1,Acme Ltd,2026-02-01,2026-03-03,1200.00,EUR,,\n"
        "INV-2,C-2,Bolt BV,2026-02-01,2026-03-03,9000.00,EUR,,\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def one_call_a_day(home, monkeypatch):
    """Nobody has time for a second call, and a strategy of one's own rules."""
    monkeypatch.setenv("PAYRISK_CALLS_PER_DAY", "1")
    text = shipped_text().replace('version = "1"', 'version = "2"').replace("2000-01-01", "2026-01-01")
    (home / "strategies").mkdir(parents=True)
    floored = text.replace("# [floor]\n# email_after_days = 14", "[floor]\nemail_after_days = 14")
    (home / "strategies" / "mine.toml").write_text(floored, encoding="utf-8")


def test_whom_nobody_has_time_for_is_written_to_and_after_the_e_mail_not_again(
    payrisk, company, one_call_a_day, monkeypatch
):
    payrisk("import", company, "--as-of", "2026-03-31")
    assert payrisk("daily").code == 0
    gate = Gate.open()
    client = client_of(gate.store, recorder=gate.recorder)

    below = client.get(AT).json()
    assert (below["standing"], below["rule"], below["next_step"]) == ("below_the_cut", "floor.email", "email")
    assert below["next_action"].startswith("Send an e-mail with the overdue invoices (1,200.00 EUR)")
    assert below["rule_reason"].startswith("Nobody has time to call today, and nobody was in touch for 28 days:")
    german = client.get(f"{AT}?language=de").json()
    assert german["rule_reason"].startswith("Heute hat niemand Zeit für einen Anruf, und seit 28 Tagen gab es keinen")
    queue = evening_work.queue(gate)
    assert [line["customer_id"] for line in queue["items"]] == ["C-2"]
    assert any(notice.startswith("1 account below the cut gets an e-mail today") for notice in queue["notices"])
    page = client.get("/accounts/C-1", headers={"accept": "text/html"}).text
    assert "Overdue, and below what the team can work today. Nobody has time to call today" in page
    assert "E-mail sent" in page
    managers = client.get("/api/v1/reports/without-next-step").json()
    assert [(one["customer_id"], one["next_step_label"]) for one in managers["rows"]] == [("C-1", "E-mail")]

    said = {"kind": "contact", "channel": "email", "outcome": "sent", "happened_on": "2026-04-01"}
    tag = {"if-match": client.get(AT).headers["etag"]}
    assert client.post(f"{AT}/activities", json=said, headers=form_headers("maria") | tag).status_code == 201
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-02")
    assert payrisk("import", company, "--as-of", "2026-04-01").code == 0
    assert payrisk("daily").code == 0

    after = client.get(AT).json()
    assert (after["run"]["as_of"], after["standing"]) == ("2026-04-01", "below_the_cut")
    assert (after["rule"], after["next_step"]) == ("value", "call")
    assert [evening_work.replay(gate, date(2026, *day))["same"] for day in ((3, 31), (4, 1))] == [True, True]
    log = DecisionLog(gate.settings.url)
    (decided,) = (one for one in log.of_run(queue["run_id"]) if one.account_id == "C-1")
    log.close()
    assert (decided.rule, decided.action_planned, decided.eligible, decided.pi) == ("floor.email", "email", True, 0.0)
    gate.close()


def test_a_strategy_with_a_floor_is_tried_and_told_beside_the_shipped_one(payrisk, company, one_call_a_day, home):
    payrisk("import", company, "--as-of", "2026-03-31")
    mine = home / "strategies" / "mine.toml"

    simulated = payrisk("strategy", "simulate", "shipped", "--json").json
    diff = payrisk("strategy", "diff", "shipped", mine)

    rules = {one["rule"]: (one["old"]["accounts"], one["new"]["accounts"]) for one in simulated["rules"]}
    assert (rules["floor.email"], rules["below_the_cut"]) == ((1, 0), (0, 1))
    assert simulated["entering_count"] == simulated["leaving_count"] == 0
    assert "[floor]\n  email_after_days: nothing → 14 (accounts below the cut are written to" in diff.out
