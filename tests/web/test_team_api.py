"""The API of the team and of the settings: does it work, whom does it refuse, what does it say to bad input, and does
it say what the pages say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from evenings import made_run, score
from heard_pages import get
from web_clients import client_of, form_headers
from web_evenings import owned, standing

from serving.activities.people import Actor
from serving.activities.recording import Asked
from serving.activities.said import Contact, Contest, Dispute, Hold, Promise, Snooze
from serving.etags import etag
from serving.published.bodies import Bodies
from serving.strategy.reading import shipped
from serving.team.ownership import assigned_to, team_with
from serving.team.team import Absence, Collector, Team
from serving.web.file_kinds import CSV, PARQUET, XLSX
from serving.web.team.schemas import (
    CoverageOut,
    HoldsOut,
    PeopleOut,
    PortfolioOut,
    StrategyOut,
    TeamOut,
    WaitingOut,
    WorkloadOut,
)

AWAY = (Absence(date(2026, 4, 7), date(2026, 4, 10)),)
TEAM = Team((Collector("ada", "Ada", 120, owns=frozenset({"C-4"})), Collector("bob", "Bob", 60, absent=AWAY)))
SPOKEN, SILENT = Contact("phone", "right_party", 6), Contact("phone", "no_answer", 2)
TEAM_AT, HOLDS = "/api/v1/team", "/api/v1/holds"


@pytest.fixture
def published(store):
    """Six past due accounts: ada and bob call two each, C-4 is ada's and held, C-5 and C-6 are below the cut."""
    items = [score(f"INV-{n}", f"C-{n}", open=9_000 - 1_000 * n, dpd=10 + n) for n in range(7)]
    run = standing(made_run(items), {"C-4": "held", "C-5": "below_the_cut", "C-6": "below_the_cut"})
    factors = [("callable_money", 1000.0, "money"), ("reach", 0.5, "share"), ("minutes", 8.0, "minutes")]
    told = [dict(zip(("name", "value", "unit", "role"), (*one, "times"), strict=True)) for one in factors]
    run = replace(run, lines=Bodies.of({**line, "factors": told} for line in run.lines))
    owners = {"C-0": "ada", "C-1": "ada", "C-2": "bob", "C-3": "bob", "C-4": "", "C-5": "", "C-6": ""}
    store.publish(owned(run, owners))


@pytest.fixture
def client(store, recorder):
    return client_of(store, recorder=recorder, team=team_of(recorder))


def team_of(recorder):
    return lambda: team_with(TEAM, assigned_to(recorder.of_kinds(["assignment"])))


def record(recorder, customer, said, who="ada", role="collector"):
    return recorder.record(customer, said, Asked(Actor(who, role), etag(recorder.version(customer)))).body


def told(client, path, model):
    body = client.get(path).json()
    model.model_validate(body)
    return body


def test_who_calls_is_told_with_minutes_and_absences(client, published):
    ada, bob = told(client, TEAM_AT, TeamOut)["items"]

    assert (ada["collector_id"], ada["minutes_a_day"], ada["owns"], ada["absent"]) == ("ada", 120, 1, [])
    assert bob["absent"] == [{"first": "2026-04-07", "last": "2026-04-10"}]


def test_a_team_of_nobody_by_name_is_an_empty_list(store, recorder, published):
    assert told(client_of(store, recorder=recorder), TEAM_AT, TeamOut)["items"] == []


def test_the_workload_is_that_of_the_page(client, published, recorder):
    record(recorder, "C-0", SPOKEN, "ada")
    record(recorder, "C-0", Promise(Decimal(900), "EUR", recorder.day()), "ada")
    record(recorder, "C-1", SILENT, "ada")
    record(recorder, "C-2", SILENT, "bob")

    body = told(client, f"{TEAM_AT}/workload?period=week", WorkloadOut)

    ada, bob = body["items"]
    assert (ada["worked"], ada["listed"], ada["planned_minutes"], ada["noted_minutes"]) == (2, 2, 16.0, 6 + 2)
    assert (ada["tried"], ada["spoken"], ada["promised"]["amount"]) == (2, 1, "900.00")
    assert (ada["expected_promised"]["amount"], bob["expected_promised"]["amount"]) == ("600.00", "300.00")
    assert ada["expected_spoken"] == pytest.approx(2 / 3)
    assert body["call_minutes"] == {"noted": 3, "median": 2, "planned": 8.0}
    page = get(client, "/team?period=week").text
    assert "16 of 120 min, 8 noted Promised €900 Expected €600" in page
    assert "Noted for 3 calls this week: half took 2 minutes or less. The list plans 8 a call." in page


def test_minutes_that_nobody_noted_and_those_of_letters_are_no_minutes_of_calls(client, published, recorder):
    record(recorder, "C-0", Contact("letter", "sent", 30))
    record(recorder, "C-1", Contact("phone", "no_answer"))

    body = told(client, f"{TEAM_AT}/workload", WorkloadOut)

    assert body["call_minutes"] == {"noted": 0, "median": None, "planned": 8.0}
    assert [one["noted_minutes"] for one in body["items"]] == [30, 0]
    assert "Noted for" not in get(client, "/team").text


def test_coverage_adds_up_and_its_pages_follow_each_other_whatever_left_meanwhile(client, published, recorder):
    first = told(client, f"{TEAM_AT}/coverage?limit=1", CoverageOut)
    assert (first["past_due"], first["with_next_step"], sum(first["places"].values())) == (7, 5, 7)
    assert [one["customer_id"] for one in first["items"]] == ["C-5"]

    then = told(client, f"{TEAM_AT}/coverage?limit=1&cursor={first['next_cursor']}", CoverageOut)
    assert ([one["customer_id"] for one in then["items"]], then["next_cursor"]) == (["C-6"], None)

    record(recorder, "C-5", Promise(Decimal(900), "EUR", recorder.day()))
    rest = told(client, f"{TEAM_AT}/coverage?limit=1&cursor={first['next_cursor']}", CoverageOut)

    assert [one["customer_id"] for one in rest["items"]] == ["C-6"]
    assert (rest["next_cursor"], rest["with_next_step"]) == (None, 6)


def test_what_is_past_due_in_a_currency_without_a_rate_is_told_in_that_currency(client, store):
    run = standing(
        made_run([score("INV-1", "C-1"), score("INV-2", "C-2", currency="JPY", open=70_000)]),
        {"C-1": "below_the_cut", "C-2": "below_the_cut"},
    )
    store.publish(owned(run, {"C-1": "", "C-2": ""}))

    items = told(client, f"{TEAM_AT}/coverage", CoverageOut)["items"]

    assert [one["overdue"] for one in items] == [
        {"amount": "70000", "currency": "JPY"}, {"amount": "1000.00", "currency": "EUR"},
    ]  # fmt: skip
    assert "¥70,000" in get(client, "/team").text


def test_what_waits_is_told_late_disputes_first_in_pages(client, published, recorder):
    record(recorder, "C-0", Contest("paid_already", "by card"))
    record(recorder, "C-1", Contest("other", "=1+1"))
    record(recorder, "C-2", Dispute("INV-2", Decimal(5), "EUR", "price"))
    recorder._today = lambda: date(2026, 4, 20)

    pages, cursor = [], ""
    while cursor is not None:
        body = told(client, f"{TEAM_AT}/waiting?limit=1{cursor and f'&cursor={cursor}'}", WaitingOut)
        pages += [(one["customer_id"], one["kind"], one["late_since"]) for one in body["items"]]
        cursor = body["next_cursor"]

    assert pages == [("C-2", "dispute", "2026-04-11"), ("C-1", "contest", None), ("C-0", "contest", None)]
    csv = client.get(f"{TEAM_AT}/waiting", headers={"accept": "text/csv"}).text
    assert "'=1+1" in csv


def test_an_account_is_given_to_somebody_on_its_version_and_the_answer_is_its_activity(client, published, recorder):
    at, sent = "/api/v1/accounts/C-0/assignments", {"to": "bob", "reason": "speaks Dutch"}

    def give(version=None, key=None, **body):
        headers = form_headers("maria") | ({"if-match": etag(version)} if version is not None else {})
        headers |= {"idempotency-key": key} if key else {}
        return client.post(at, json=sent | body, headers=headers)

    missing, given = give(), give(0, "k-1")
    again, other, stale = give(0, "k-1"), give(0, "k-1", to="ada"), give(0)
    nobody = give(1, to="zoe")

    assert (given.status_code, given.headers["etag"], given.json()["kind"]) == (201, '"1"', "assignment")
    assert given.json()["said"] == {"collector": "bob", "reason": "speaks Dutch"}
    assert (missing.status_code, stale.status_code) == (428, 412)
    assert (again.json(), other.json()["code"]) == (given.json(), "idempotency_key_reused")
    assert (nobody.status_code, nobody.json()["code"], nobody.json()["field"]) == (422, "nobody_called", "to")
    assert assigned_to(recorder.of_kinds(["assignment"])) == {"C-0": "bob"}
    csv = client.get("/api/v1/accounts/C-0/activities", headers={"accept": "text/csv"}).text.splitlines()
    assert "collector" in csv[0]
    assert ",bob," in csv[1]


def test_a_portfolio_is_given_on_once_for_one_key(client, published, recorder):
    def give(key="k-1", **body):
        sent = {"whose": "ada", "to": "bob", "reason": "leave"} | body
        return client.post(
            f"{TEAM_AT}/assignments", json=sent, headers=form_headers("maria") | {"idempotency-key": key}
        )

    given, again, other = give(), give(), give(to="ada")

    PortfolioOut.model_validate(given.json())
    assert (given.status_code, given.json()) == (201, {"whose": "ada", "to": "bob", "given": 3, "more": False})
    assert (again.json(), other.json()["code"]) == (given.json(), "idempotency_key_reused")
    assert [recorder.version(f"C-{n}") for n in range(6)] == [1, 1, 0, 0, 1, 0]
    assert give("k-2", whose="zoe").json()["code"] == "nobody_called"
    assert give("k-3").json()["given"] == 0


def test_what_is_left_of_a_large_portfolio_is_asked_for_with_another_key(client, published, recorder, monkeypatch):
    monkeypatch.setattr("serving.team.room.MOST_AT_ONCE", 2)

    def give(key):
        headers = form_headers("maria") | {"idempotency-key": key}
        sent = {"whose": "ada", "to": "bob", "reason": "leave"}
        return client.post(f"{TEAM_AT}/assignments", json=sent, headers=headers).json()

    assert [(answer["given"], answer["more"]) for answer in map(give, ("k-1", "k-1", "k-2"))] == [
        (2, True), (2, True), (1, False)
    ]  # fmt: skip
    assert [recorder.version(f"C-{n}") for n in range(6)] == [1, 1, 0, 0, 1, 0]


def test_without_a_team_nothing_is_given(store, recorder, published):
    client = client_of(store, recorder=recorder)
    sent = {"to": "bob"}

    one = client.post(
        "/api/v1/accounts/C-0/assignments", json=sent, headers=form_headers("maria") | {"if-match": '"0"'}
    )
    all_ = client.post(f"{TEAM_AT}/assignments", json=sent | {"whose": "ada"}, headers=form_headers("maria"))

    assert [(a.status_code, a.json()["code"]) for a in (one, all_)] == [(409, "no_team")] * 2


def test_holds_in_force_are_told_and_released_by_undoing_them(client, published, recorder):
    hold = record(recorder, "C-0", Hold("legal", "lawsuit"))
    snooze = record(recorder, "C-1", Snooze(date(2026, 4, 9), "on holiday"))

    first = told(client, f"{HOLDS}?limit=1", HoldsOut)
    rest = told(client, f"{HOLDS}?cursor={first['next_cursor']}", HoldsOut)
    assert [one["activity_id"] for one in first["items"] + rest["items"]] == [
        snooze["activity_id"], hold["activity_id"],
    ]  # fmt: skip
    assert (rest["items"][0]["why"], rest["items"][0]["until_on"], rest["items"][0]["customer_name"]) == (
        "legal", None, "C-0",
    )  # fmt: skip
    undo = f"/api/v1/accounts/C-0/activities/{hold['activity_id']}/undo"
    client.post(undo, headers=form_headers("maria") | {"if-match": '"1"'})
    assert [one["customer_id"] for one in told(client, HOLDS, HoldsOut)["items"]] == ["C-1"]
    recorder._today = lambda: date(2026, 4, 9)
    assert told(client, HOLDS, HoldsOut)["items"] == []


def test_people_are_told_with_their_roles_and_no_secret(store, recorder, published):
    client = client_of(store, "root", recorder=recorder)
    front = client.app.state.door.front
    front.store.set_password("ada", "a-hash-that-nobody-sees")
    body = told(client, "/api/v1/people", PeopleOut)

    people = {one["person_id"]: one for one in body["items"]}
    assert (people["ada"]["roles"], people["ada"]["collector"], people["ada"]["disabled"]) == (
        ["collector"],
        "ada",
        False,
    )
    assert people["all"]["roles"] == ["admin", "analyst", "collector"]
    assert people["erp"]["has_password"] is False
    assert "a-hash" not in client.get("/api/v1/people").text


def test_the_rules_are_told_with_what_differs_from_the_shipped_ones(store, recorder, published):
    rules = replace(shipped(), version="ours", route=replace(shipped().route, minimum_balance=1.0))
    client = client_of(store, "root", recorder=recorder, strategy=lambda: rules)

    body = told(client, "/api/v1/strategy", StrategyOut)

    assert (body["version"], body["sentence"]) == ("ours", rules.sentence)
    assert any(one["section"] == "route" and one["line"].startswith("minimum_balance:") for one in body["changes"])
    assert told(client_of(store, "root", recorder=recorder), "/api/v1/strategy", StrategyOut)["changes"] == []


@pytest.mark.parametrize(
    "path",
    ["workload?period=year", "coverage?cursor=none", "coverage?cursor=NaN:C-1", "coverage?limit=0",
     "waiting?cursor=:", "waiting?cursor=1e5"],
)  # fmt: skip
def test_bad_input_is_answered_with_the_way_out(client, published, path):
    answer = client.get(f"{TEAM_AT}/{path}")

    assert (answer.status_code, answer.json()["code"]) in {(422, "bad_request"), (422, "bad_cursor")}
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    ("path", "first", "who"),
    [("team", "collector_id", "maria"), ("team/workload", "collector_id", "maria"),
     ("team/coverage", "customer_id", "maria"), ("team/waiting", "customer_id", "maria"),
     ("holds", "activity_id", "maria"), ("people", "person_id", "root")],
)  # fmt: skip
def test_each_list_is_given_as_a_file(store, recorder, published, path, first, who):
    record(recorder, "C-0", Hold("legal", "=1+1"))
    record(recorder, "C-1", Contest("other", "why"))
    client = client_of(store, who, recorder=recorder, team=team_of(recorder))
    for kind in (CSV, XLSX, PARQUET):
        answer = client.get(f"/api/v1/{path}", headers={"accept": kind})
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)
        assert "attachment" in answer.headers["content-disposition"]
        if kind == CSV:
            lines = answer.text.lstrip("\ufeff").splitlines()
            assert lines[0].startswith(first)
            assert len(lines) > 1
