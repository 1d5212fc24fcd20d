"""The page of the team as text: coverage that adds up, results beside what the same accounts would have brought, what
waits, and accounts that are given to somebody else."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from evenings import made_run, score
from heard_pages import Page, get
from web_clients import client_of, form_headers
from web_evenings import owned, standing

from serving.activities.errors import CannotUndo
from serving.activities.people import Actor
from serving.activities.recording import Asked
from serving.activities.said import Callback, Contact, Contest, Dispute, Escalation, Note, Promise, Undo
from serving.audit.audit_store import AuditLog
from serving.etags import etag
from serving.published.bodies import Bodies
from serving.team.ownership import assigned_to, team_with
from serving.team.team import Collector, Team

PAGE = {"accept": "text/html"}
TEAM = Team((Collector("ada", "Ada", 120, owns=frozenset({"C-4"})), Collector("bob", "Bob", 60)))
SPOKEN, SILENT = Contact("phone", "right_party", 6), Contact("phone", "no_answer")


@pytest.fixture
def published(store):
    """Six past due accounts: ada and bob call two each, C-4 is ada's and held, C-5 is below the cut; C-6 is not due."""
    items = [score(f"INV-{n}", f"C-{n}", open=9_000 - 1_000 * n, dpd=10 + n) for n in range(6)]
    run = made_run([*items, score("INV-6", "C-6", dpd=-3)])
    run = standing(run, {"C-4": "held", "C-5": "below_the_cut"})
    factors = [("callable_money", 1000.0, "money"), ("reach", 0.5, "share"), ("minutes", 8.0, "minutes")]
    told = [dict(zip(("name", "value", "unit", "role"), (*one, "times"), strict=True)) for one in factors]
    run = replace(run, lines=Bodies.of({**line, "factors": told} for line in run.lines))
    store.publish(owned(run, {"C-0": "ada", "C-1": "ada", "C-2": "bob", "C-3": "bob", "C-4": "", "C-5": ""}))


@pytest.fixture
def team(recorder):
    """The team of the file with what was recorded."""
    return lambda: team_with(TEAM, assigned_to(recorder.of_kinds(["assignment"])))


@pytest.fixture
def client(store, recorder, team):
    return client_of(store, recorder=recorder, team=team)


def record(recorder, customer, said, who="ada", role="collector"):
    asked = Asked(Actor(who, role), etag(recorder.version(customer)))
    done = recorder.undo if isinstance(said, Undo) else recorder.record
    return done(customer, said, asked).body["activity_id"]


def counts(page):
    """What the card of coverage says: words → number."""
    found = page.text.partition("Where they stand Accounts")[2].partition("The parts add up")[0]
    rows = re.findall(r"([a-zP][^\d]+?(?: \d+ days[^\d]+\d+ days past due)?) (\d+) ", found)
    return {words.strip(): int(count) for words, count in rows}


def row_of(page, name):
    return page.text.partition("Without next step Reassign")[2].partition(f" {name} ")[2].partition(" Reassign")[0]


def test_coverage_adds_up_and_moves_with_what_is_recorded(client, published, recorder):
    before = counts(get(client, "/team"))
    assert before == {
        "Past due accounts": 6, "on the list of the day": 4, "held until a day": 0, "held without an end": 1,
        "handed to somebody else": 0, "agreed on since, for a day to come": 0, "without a next step": 1,
        "not contacted for 45 days, over 60 days past due": 0, "without anybody who looks after them": 1,
    }  # fmt: skip
    assert "Coverage 83 % 1 account needs a next step" in get(client, "/team").text

    record(recorder, "C-5", Callback(recorder.day(), "14:00"))
    after = counts(get(client, "/team"))
    parts = [after[one] for one in list(after)[1:7]]
    assert after["agreed on since, for a day to come"] == 1
    assert sum(parts) == after["Past due accounts"] == 6
    assert after["without a next step"] == 0


def test_a_result_stands_beside_what_the_team_would_have_brought_on_these_accounts(client, published, recorder):
    record(recorder, "C-0", SPOKEN, "ada")
    record(recorder, "C-0", Promise(Decimal(900), "EUR", recorder.day()), "ada")
    record(recorder, "C-1", SILENT, "ada")
    record(recorder, "C-2", SILENT, "bob")

    page = get(client, "/team?period=week")
    # ada tried two of three equal accounts: two thirds of €900, and of the one who was spoken to
    ada, bob = row_of(page, "Ada"), row_of(page, "Bob")
    assert "2 of 2 16 of 120 min, 6 noted Promised €900 Expected €600 Right party 50 % 1 of 2, expected 0.7" in ada
    assert "1 of 2 8 of 60 min Promised – Expected €300 Right party 0 % 0 of 1, expected 0.3" in bob
    assert "Worked today 3 of 4 75 % of the day’s list" in page.text
    assert page.text.index(" Ada ") < page.text.index(" Bob "), "in the order of the team, whatever the results"


def test_what_waits_leaves_once_a_manager_records_or_the_dispute_ends(client, published, recorder):

    record(recorder, "C-0", Contest("paid_already", "by card on <b>Friday</b>"))
    record(recorder, "C-1", Escalation("no reply to four contacts"))
    late = record(recorder, "C-2", Dispute("INV-2", Decimal(5), "EUR", "price"))
    recorder._today = lambda: date(2026, 4, 20)

    text = get(client, "/team").text
    for told in (
        "Contested rank, C-0 €9,000 overdue. Ada: paid already: by card on <b>Friday</b>",
        "Escalation, C-1 €8,000 overdue. Ada: no reply to four contacts",
        "Dispute over its date, C-2 €7,000 overdue. Ada: €5.00 of INV-2: price, was due 11 April 2026",
    ):
        assert told in text, told
    record(recorder, "C-0", Note("seen"), "bob")
    assert "Contested rank, C-0" in get(client, "/team").text, "a colleague is no manager"
    record(recorder, "C-0", Note("seen"), "maria", "manager")
    record(recorder, "C-2", Undo(late))
    text = get(client, "/team").text
    assert "Contested rank, C-0" not in text
    assert "Dispute over its date" not in text
    assert "Escalation, C-1" in text


def give(client, **form):
    return client.post("/team/reassign", data={"reason": "", **form}, headers=PAGE | form_headers("maria"))


def test_an_account_is_given_to_somebody_else_with_version_audit_and_undo(client, published, recorder, team, store):
    answer = give(client, what="account", account="C-5", to="bob", reason="speaks Polish")

    assert "1 account goes to Bob from the next list on." in Page(answer.text).text
    assert {one.collector_id: sorted(one.owns) for one in team().collectors} == {"ada": ["C-4"], "bob": ["C-5"]}
    done = recorder.activities("C-5")["items"][0]
    assert (done["kind"], done["by"], done["account_version"]) == ("assignment", "maria", 1)
    log = AuditLog(f"sqlite:///{store.engine.url.database}")
    assert [entry.change.action for entry in log.entries()] == ["activity.assignment"]
    log.close()
    assert counts(get(client, "/team"))["without anybody who looks after them"] == 0
    assert "Done today 0" in get(client, "/queue").text, "who looks after an account is no work on it"

    with pytest.raises(CannotUndo, match="said by a manager"):
        record(recorder, "C-5", Undo(done["activity_id"]), "ada")
    record(recorder, "C-5", Undo(done["activity_id"]), "maria", "manager")
    assert team() == TEAM


def test_everything_of_somebody_is_given_on_what_they_own_and_what_they_call(client, published, team):
    answer = give(client, what="portfolio", whose="ada", to="bob")

    assert "3 accounts go to Bob" in Page(answer.text).text
    assert [sorted(one.owns) for one in team().collectors] == [[], ["C-0", "C-1", "C-4"]]
    again = give(client, what="portfolio", whose="ada", to="bob")
    assert "0 accounts go to Bob" in Page(again.text).text, "what bob owns is not given again"


def test_what_cannot_be_given_is_refused_where_it_stands(client, published, store, recorder):
    for form, status, told in (
        ({"what": "account", "account": "C-99", "to": "bob"}, 404, 'No account "C-99" has open items'),
        ({"what": "account", "account": "C-5", "to": "zoe"}, 422, 'Nobody in the team has the id "zoe"'),
        ({"what": "portfolio", "whose": "zoe", "to": "bob"}, 422, 'Nobody in the team has the id "zoe"'),
    ):
        answer = give(client, **form)
        assert (answer.status_code, told in Page(answer.text).text) == (status, True), form
    nameless = client_of(store, recorder=recorder)
    assert "The team is a number of calls a day." in get(nameless, "/team").text
    assert give(nameless, what="account", account="C-5", to="bob").status_code == 409
    ada = client_of(store, "ada", recorder=recorder)
    assert ada.get("/team", headers=PAGE).status_code == 404
