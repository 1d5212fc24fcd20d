"""`payrisk activity` and `payrisk verify-audit`: recorded, heard by the next list, undone, proved."""

import math
import shutil
import sqlite3
from datetime import date

import pytest
from web_clients import client_of, form_headers

from payrisk import evening_work
from payrisk.gate import Gate
from serving.people.person import Person


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the home of the first test stays as it was at first, for the others."""
    return tmp_path_factory.mktemp("kept") / "home"


@pytest.fixture
def listed(payrisk, invoices, home, kept):
    """The list of 31 March is published, and it is the first of April."""
    if kept.exists():
        shutil.copytree(kept, home)
        return
    payrisk("import", invoices, "--as-of", "2026-03-31")
    assert payrisk("daily").code == 0
    shutil.copytree(home, kept)


@pytest.fixture
def next_list(payrisk, invoices, monkeypatch):
    """The list of the evening of the first of April, made on the second."""

    def make():
        monkeypatch.setenv("PAYRISK_TODAY", "2026-04-02")
        assert payrisk("import", invoices, "--as-of", "2026-04-01").code == 0
        assert payrisk("daily").code == 0
        monkeypatch.setenv("PAYRISK_TODAY", "2026-04-01")

    return make


def test_a_promise_keeps_an_account_off_the_next_list_with_its_reason_and_undone_it_is_back(
    payrisk, listed, next_list, home
):
    gate = Gate.open()
    client = client_of(gate.store, recorder=gate.recorder)
    maria = form_headers("maria")
    at = "/api/v1/accounts/C-1"
    assert client.get(at).json()["standing"] == "listed"
    promise = {"kind": "promise", "amount": "1200.00", "currency": "EUR", "promised_on": "2026-04-10"}
    made = client.post(f"{at}/activities", json=promise, headers=maria | {"if-match": client.get(at).headers["etag"]})
    assert made.status_code == 201

    next_list()

    held = client.get(at).json()
    assert (held["run"]["as_of"], held["standing"], held["rule"]) == ("2026-04-01", "held", "promise.open")
    undo = f"{at}/activities/{made.json()['activity_id']}/undo"
    assert client.post(undo, headers=maria | {"if-match": client.get(at).headers["etag"]}).status_code == 201
    next_list()
    back = client.get(at).json()
    assert (back["run"]["as_of"], back["standing"]) == ("2026-04-01", "listed")
    gate.close()


def test_the_next_list_honours_who_was_given_an_account_and_todays_is_not_made_again(payrisk, listed, next_list, home):
    both = "".join(f'[[collector]]\nid = "{one}"\nminutes_a_day = 240\n' for one in ("ada", "bob"))
    (home / "team.toml").write_text(both.replace("240\n", '240\nowns = ["C-1"]\n', 1))
    payrisk("queue")  # the team of this evening is that of the file
    gate = Gate.open()
    client, today = client_of(gate.store, recorder=gate.recorder, team=gate.team), evening_work.queue(gate)
    caller = {line["customer_id"]: line["collector"] for line in today["items"]}
    assert caller["C-1"] == "ada"

    told = {"what": "account", "account": "C-1", "to": "bob", "reason": ""}
    assert client.post("/team/reassign", data=told, headers=form_headers("maria")).status_code == 200
    assert evening_work.queue(gate)["run_id"] == today["run_id"]
    gate.close()
    next_list()

    gate = Gate.open()
    after = gate.store.account(gate.store.newest_run().run_id, "C-1")
    assert after["collector"] == "bob"
    assert evening_work.replay(gate, date(2026, 4, 1))["same"]
    assert payrisk("verify-audit").code == 0
    gate.close()


def test_the_next_list_gives_an_account_to_who_reached_it_last_and_knows_how_long_its_calls_take(
    payrisk, listed, next_list, home
):
    team = "".join(f'[[collector]]\nid = "{one}"\nminutes_a_day = 240\n' for one in ("ada", "bob"))
    (home / "team.toml").write_text(team)
    payrisk("queue")
    gate = Gate.open()
    (before,) = [line for line in evening_work.queue(gate)["items"] if line["customer_id"] == "C-1"]
    caller = before["collector"]
    client, at = client_of(gate.store, caller, recorder=gate.recorder, team=gate.team), "/api/v1/accounts/C-1"
    spoke = {"kind": "contact", "channel": "phone", "outcome": "right_party", "happened_on": "2026-04-01",
             "minutes": 32}  # fmt: skip
    for said in (spoke, {"kind": "callback", "due_on": "2026-04-02", "at": "10:00"}):  # else the cap would hold it
        tag = {"if-match": client.get(at).headers["etag"]}
        made = client.post(f"{at}/activities", json=said, headers=form_headers(caller) | tag)
        assert made.status_code == 201, made.text
    assert evening_work.queue(gate)["run_id"] == gate.store.newest_run().run_id, "today's list is not made again"
    team_then = gate.evening_settings(date(2026, 3, 31)).team
    team_next = gate.evening_settings(date(2026, 4, 1)).team
    gate.close()
    next_list()

    gate = Gate.open()
    assert {one.collector_id: set(one.reached) for one in team_then.collectors} == {"ada": set(), "bob": set()}
    assert {one.collector_id: set(one.reached) for one in team_next.collectors}[caller] == {"C-1"}
    assert team_next.handling.minutes_with("C-1", 8.0) == (32 + 5 * 8) / 6
    assert team_next.handling.minutes_with("C-2", 8.0) == 8.0
    (after,) = [line for line in evening_work.queue(gate)["items"] if line["customer_id"] == "C-1"]
    assert after["collector"] == caller
    assert evening_work.replay(gate, date(2026, 4, 1))["same"]
    other = "bob" if caller == "ada" else "ada"
    gate.people.add(Person(caller, "Somebody", frozenset({"collector"}), other), gate.now)  # who signs in under that id
    team = gate.evening_settings(date(2026, 4, 1)).team
    assert {one.collector_id: set(one.reached) for one in team.collectors} == {caller: set(), other: {"C-1"}}
    assert not gate.evening_settings(date(1, 1, 2)).team.handling.own
    gate.close()


def test_the_next_list_is_made_for_the_hours_that_were_recorded_and_replay_knows_them(payrisk, listed, next_list, home):
    (home / "team.toml").write_text('[[collector]]\nid = "ada"\nminutes_a_day = 240\n')
    payrisk("queue")
    gate = Gate.open()
    client = client_of(gate.store, "root", recorder=gate.recorder, team=gate.team)
    assert [line["collector"] for line in evening_work.queue(gate)["items"]][:1] == ["ada"]

    away = {"collector": "ada", "version": "0", "minutes": "240", "first-0": "2026-04-01", "last-0": "2026-04-30"}
    assert client.post("/settings/team", data=away, headers=form_headers("root")).status_code == 200
    gate.close()
    next_list()

    gate = Gate.open()
    assert evening_work.queue(gate)["items"] == [], "the only one who calls is away"
    assert gate.team(date(2026, 3, 31)).minutes_on(date(2026, 4, 2)) == {"ada": 240}, "as the evening before knew it"
    assert evening_work.replay(gate, date(2026, 4, 1))["same"]
    assert payrisk("verify-audit").code == 0
    gate.close()


def test_the_features_of_the_next_evening_see_a_contact_and_those_of_the_evening_before_do_not(
    payrisk, listed, next_list
):
    from features.compute import feature_rows

    payrisk("activity", "contact", "C-1", "phone", "no_answer", "--minutes", "2", "--by", "maria")
    next_list()

    gate = Gate.open()
    unanswered = []
    for day in (date(2026, 3, 31), date(2026, 4, 1)):
        rows = feature_rows(gate.ledger.as_of(day))
        unanswered += rows.values.loc[(rows.keys["item_id"] == "INV-1").to_numpy(), "contacts_unanswered"].tolist()
    gate.close()
    assert (math.isnan(unanswered[0]), unanswered[1]) == (True, 1)  # nobody had called, then one call in vain


def test_every_kind_can_be_recorded_and_listed(payrisk, listed):
    by = ("--by", "maria")
    commands = [
        ("contact", "C-1", "phone", "right_party", *by),
        ("promise", "C-1", "100.50", "eur", "2026-04-10", "--item", "INV-1", *by),
        ("dispute", "C-1", "INV-1", "20", "EUR", "damaged", "--owner", "quality", "--due", "2026-04-20", *by),
        ("callback", "C-1", "2026-04-03", "--at", "09:15", *by),
        ("hold", "C-1", "legal", "--until", "2026-05-01", *by),
        ("snooze", "C-1", "2026-04-07", "their accountant is away", *by),
        ("note", "C-1", "Ask for Mrs Öz", *by),
        ("contest", "C-1", "pays_sooner", "--text", "transfer seen", *by),
    ]
    for command in commands:
        done = payrisk("activity", *command)
        assert (done.code, done.out.startswith("Recorded: 2026-04-01 ")) == (0, True), done

    items = payrisk("activity", "list", "C-1", "--json").json["items"]
    assert [one["kind"] for one in reversed(items)] == [command[0] for command in commands]
    dispute = next(one["activity_id"] for one in items if one["kind"] == "dispute")
    assert payrisk("activity", "resolve", "C-1", dispute, "accepted", *by).code == 0
    assert payrisk("activity", "undo", "C-1", items[0]["activity_id"], "--reason", "mistake", *by).code == 0
    assert "[undone by maria]" in payrisk("activity", "list", "C-1").out
    assert payrisk("verify-audit").out.startswith("11 entries, each as it was written; anchored until entry 1.")


def test_what_may_not_be_believed_is_a_sentence(payrisk, listed):
    refused = payrisk("activity", "promise", "C-1", "1200.01", "EUR", "2026-04-10", "--by", "maria")

    assert refused.code == 1
    assert "1200.01 EUR. Expected at most what is open, 1,200.00 EUR." in refused.err
    assert payrisk("activity", "list", "C-1").out == "Nothing was recorded yet.\n"
    assert payrisk("activity", "note", "C-9", "x", "--by", "maria").code == 1
    assert payrisk("activity", "promise", "C-1", "much", "EUR", "2026-04-10", "--by", "maria").code == 2


def tamper(home, *statements):
    """As one who may write the file of the database, and takes its refusals away."""
    database = sqlite3.connect(home / "payrisk.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


TAMPERINGS = [  # the first entry is that of the import
    ("UPDATE audit_log SET actor = 'jan' WHERE seq = 2", 2),
    ("DELETE FROM audit_log WHERE seq = 1", 1),
    ("DELETE FROM audit_log WHERE seq = 4", 4),  # the tail: the anchor had it
    ("UPDATE activities SET actor = 'jan' WHERE sequence = 2", 3),
    ("DELETE FROM activities WHERE sequence = 3", 4),
]


def test_the_first_bad_entry_is_named_whoever_tampers(payrisk, listed, home, tmp_path):
    for text in ("one", "two", "three"):
        payrisk("activity", "note", "C-1", text, "--by", "maria")
    assert payrisk("verify-audit", "--anchor").code == 0
    shutil.copytree(home, tmp_path / "sound")

    for statement, first_bad in TAMPERINGS:
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "sound", home)
        tamper(home, statement)

        found = payrisk("verify-audit", "--json")

        assert (found.code, found.json["sound"], found.json["first_bad"]) == (1, False, first_bad), statement
    assert "First bad entry: 4." in payrisk("verify-audit").out


def test_what_is_recorded_during_the_day_does_not_have_its_list_made_again(payrisk, listed):
    payrisk("activity", "contact", "C-1", "phone", "no_answer", "--by", "maria")

    again = payrisk("daily", "--json").json

    assert again["state"] == "stands"


def test_a_list_that_is_made_again_loses_nothing_of_what_was_recorded(payrisk, listed, monkeypatch):
    by = ("--by", "maria")
    for command in (
        ("promise", "C-1", "100.50", "eur", "2026-04-10", *by),
        ("dispute", "C-1", "INV-1", "20", "EUR", "damaged", *by),
        ("snooze", "C-1", "2026-04-07", "their accountant is away", *by),
        ("note", "C-1", "Ask for Mrs Öz", *by),
        ("contact", "C-1", "phone", "right_party", *by),
    ):
        assert payrisk("activity", *command).code == 0
    gate = Gate.open()
    client = client_of(gate.store, recorder=gate.recorder)

    def seen():
        page = client.get("/queue?tab=done", headers={"accept": "text/html"}).text
        told = payrisk("activity", "list", "C-1", "--json").json
        return told, client.get("/api/v1/accounts/C-1").headers["etag"], "Ask for Mrs Öz" in page or "Acme" in page

    before, run = seen(), payrisk("queue", "--json").json["run_id"]

    monkeypatch.setenv("PAYRISK_CALLS_PER_DAY", "7")  # another setting: the list of the evening is made anew
    again = payrisk("daily", "--json").json

    assert (again["state"], again["run_id"] == run) == ("published", False)
    assert seen() == before
    assert before[2]
    gate.close()


def test_the_daily_run_keeps_the_end_of_the_log_and_says_when_it_is_gone(payrisk, listed, next_list, home):
    payrisk("activity", "note", "C-1", "one", "--by", "maria")
    next_list()
    kept = (home / "audit.anchors").read_text().splitlines()
    assert [line.split()[:2] for line in kept] == [["2026-04-01", "1"], ["2026-04-02", "3"]]

    tamper(home, "DELETE FROM audit_log")

    assert "Entry 3 of the audit log is not the one of 2026-04-02" in payrisk("daily").err
    assert (home / "audit.anchors").read_text().splitlines() == kept


def test_a_damaged_file_of_anchors_is_named(payrisk, listed, home):
    (home / "audit.anchors").write_text("2026-04-01 seventeen abc\n")

    done = payrisk("verify-audit")

    assert (done.code, "line 1 is no anchor" in done.err) == (1, True)
    assert "line 1 is no anchor" in payrisk("daily").err


def test_a_log_of_days_without_an_anchor_is_warned_of_until_its_end_is_kept(payrisk, listed, home, monkeypatch):
    def warned():
        return ["of 2 days since 2026-04-01" in told for told in (payrisk("verify-audit").err, payrisk("doctor").out)]

    payrisk("activity", "note", "C-1", "one", "--by", "maria")
    (home / "audit.anchors").unlink()
    assert warned() == [False, False]  # the entries of one day wait for their anchor
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-02")
    payrisk("activity", "note", "C-1", "two", "--by", "maria")

    assert warned() == [True, True]
    assert payrisk("verify-audit").code == payrisk("doctor").code == 0
    payrisk("verify-audit", "--anchor")

    assert warned() == [False, False]


def test_contests_are_scored_by_what_an_evening_knows_and_one_that_was_undone_is_none(
    payrisk, listed, tmp_path, monkeypatch
):
    by = ("--by", "maria")
    assert payrisk("contests").out == "Nobody contested a list by 2026-03-31.\n"
    payrisk("activity", "contest", "C-1", "paid_already", *by)
    payrisk("activity", "contest", "C-1", "wrong_data", *by)
    mistaken = payrisk("activity", "contest", "C-1", "pays_later", "--json", *by).json["activity_id"]
    payrisk("activity", "undo", "C-1", mistaken, *by)
    paid = tmp_path / "paid.csv"
    paid.write_text(
        "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount\n"
        "INV-1,C-1,Acme Ltd,2026-01-05,2026-02-04,1200.00,EUR,2026-03-31,1200.00\n"
        "INV-2,C-1,Acme Ltd,2025-11-05,2025-12-05,800.00,EUR,2025-12-20,800.00\n"
        "INV-3,C-2,Bolt BV,2026-03-02,2026-04-01,90.50,EUR,,\n"
        "CRN-1,C-2,Bolt BV,2026-03-10,2026-03-10,-10.00,EUR,,\n"
    )
    monkeypatch.setenv("PAYRISK_TODAY", "2026-04-04")
    assert payrisk("import", paid, "--as-of", "2026-04-03").code == 0

    now = payrisk("contests", "--json").json
    assert [(one["because"], one["judged"], one["person_right"]) for one in now["by_code"]] == [
        ("paid_already", 1, 1), ("wrong_data", 0, 0),
    ]  # fmt: skip
    assert "people were right in 1" in payrisk("contests").out
    assert payrisk("contests", "--as-of", "2026-03-31", "--json").json["contests"] == 0


def test_a_dispute_claims_no_more_than_the_disputes_of_imports_leave_and_the_refusal_names_them(
    payrisk, listed, tmp_path, monkeypatch
):
    """1,200.00 EUR are open of INV-1."""

    def told(day, *rows):
        path = tmp_path / f"disputes-{day}.csv"
        path.write_text("dispute_id,invoice_id,opened_date,resolved_date,amount,currency,reason\n" + "\n".join(rows))
        monkeypatch.setenv("PAYRISK_TODAY", "2026-04-02")
        assert payrisk("import", path, "--as-of", day, "--mode", "append").code == 0
        monkeypatch.setenv("PAYRISK_TODAY", "2026-04-01")

    def dispute(amount):
        return payrisk("activity", "dispute", "C-1", "INV-1", amount, "EUR", "half is missing", "--by", "maria")

    told("2026-03-31", "D-7,INV-1,2026-03-20,,900.00,EUR,damaged", "D-8,INV-1,2026-03-02,2026-03-05,100.00,EUR,late")
    assert dispute("200.00").code == 0
    refused = dispute("100.01")
    assert refused.code == 1
    assert "at most what is open beside 1,100.00 EUR in dispute already, 100.00 EUR (900.00 EUR by dispute D-7 of an " \
           "import, 200.00 EUR by a dispute recorded here on 2026-04-01)" in refused.err  # fmt: skip
    told("2026-04-01", "D-7,INV-1,2026-03-20,2026-04-01,900.00,EUR,damaged")
    assert dispute("1000.00").code == 0
