"""The administrator's page as text: people come in, get roles and go, with an entry in the audit log for each; rules,
team and holds are shown."""

import re
from dataclasses import replace
from datetime import date

import pytest
from english_words import english_of
from evenings import made_run, score
from heard_pages import Page, get
from web_clients import client_of, form_headers, front_of, url_of

from serving.activities.people import Actor
from serving.activities.recording import Asked
from serving.activities.said import Hold, Snooze
from serving.audit.audit_store import AuditLog, audit_metadata
from serving.audit.chain import first_fault
from serving.etags import etag
from serving.people.register import Register
from serving.strategy.reading import shipped
from serving.team.reading import parse_team
from serving.team.team import Absence, Collector, Team

PAGE = {"accept": "text/html"}
TEAM = Team((Collector("ada", "Ada", 240, ("monday", "friday"), (Absence(date(2026, 4, 6), date(2026, 4, 10)),)),))


@pytest.fixture
def front(store):
    found = front_of(url_of(store))
    audit_metadata.create_all(found.store.engine)
    return found


@pytest.fixture
def root(store, recorder, front):
    """An administrator's client."""
    return client_of(store, "root", recorder=recorder, front=front, team=lambda: TEAM)


@pytest.fixture
def audited(store):
    """What the audit log of people says, once its chain is sound."""

    def read():
        log = AuditLog(url_of(store))
        entries = list(log.entries())
        log.close()
        assert first_fault(entries) is None
        return [(one.change.actor, one.change.action, one.change.object) for one in entries]

    return read


def send(client, who="root", path="/settings/people", **form):
    return client.post(path, data=form, headers=PAGE | form_headers(who), follow_redirects=False)


def test_somebody_is_added_and_let_in_by_a_link_that_is_shown_once_and_each_change_is_audited(root, front, audited):
    added = send(root, do="add", person="zoe.lee", name="Zoë <b>Lee</b>", collector="ada", **{"role-collector": "1"})
    assert "Added: zoe.lee ." in Page(added.text).text
    assert "Zoë <b>Lee</b>" in Page(added.text).text

    made = send(root, do="link", person="zoe.lee")
    link = re.search(r"http://127\.0\.0\.1:8321(/sign-in/[\w-]+)", made.text).group(1)
    assert made.headers["cache-control"] == "no-store"
    assert link not in get(root, "/settings").text
    assert root.post(link, headers=PAGE, follow_redirects=False).status_code == 303
    assert front.store.person("zoe.lee").person.collector == "ada"
    assert audited() == [("root", "person.add", "people/zoe.lee"), ("root", "person.link", "people/zoe.lee")]


def test_roles_are_given_and_taken_and_somebody_is_let_go(root, front, audited):
    send(root, do="roles", person="bob", collector="", **{"role-manager": "1", "role-analyst": "1"})
    assert front.store.person("bob").person.roles == {"manager", "analyst"}
    assert front.store.person("bob").person.collector is None
    send(root, do="disable", person="bob")

    assert front.store.person("bob").disabled
    assert "bob · analyst, manager · left" in get(root, "/settings").text
    assert [action for _, action, _ in audited()] == ["person.roles", "person.disable"]


def test_a_machine_gets_a_token_that_is_shown_once_and_ended(root, front, audited):
    made = send(root, do="token", person="erp", **{"scope-read": "1"})
    key = re.search(r"payrisk_[\w-]+", made.text).group(0)
    assert front.by_token(key).person.scopes == {"read"}
    token = next(a["value"] for a in get(root, "/settings").all("input", name="token"))
    send(root, do="end-token", person="erp", token=token)

    assert front.by_token(key) is None
    assert [action for _, action, _ in audited()] == ["person.token", "person.end_token"]


def test_the_last_administrator_cannot_go_and_what_is_wrong_is_said_and_changes_nothing(root, front, audited):
    send(root, do="roles", person="all", collector="ada", **{"role-analyst": "1"})
    before = audited()
    for form, status, told in (
        ({"do": "disable", "person": "root"}, 409, "root is the last administrator."),
        ({"do": "roles", "person": "root", "role-manager": "1"}, 409, "root is the last administrator."),
        ({"do": "add", "person": "Zoë", "role-manager": "1"}, 422, "is no name to sign in with"),
        ({"do": "add", "person": "ada", "role-manager": "1"}, 409, '"ada" is there already.'),
        ({"do": "add", "person": "zoe"}, 422, "No role cannot be given."),
        ({"do": "add", "person": "zoe", "collector": "yan", "role-collector": "1"}, 422, 'has the id "yan"'),
        ({"do": "link", "person": "erp"}, 409, "never by password or link"),
        ({"do": "token", "person": "erp"}, 422, "No scope cannot be given."),
        ({"do": "link", "person": "nobody"}, 404, "Nobody is called"),
        ({"do": "crown", "person": "ada"}, 422, "This form is none of this page's."),
    ):
        answer = send(root, **form)
        assert (answer.status_code, told in Page(answer.text).text) == (status, True), form
    assert audited() == before
    assert not front.store.person("root").disabled


def test_a_change_that_cannot_be_audited_is_not_made(root, front):
    audit_metadata.drop_all(front.store.engine)

    assert send(root, do="disable", person="bob").status_code == 503
    assert not front.store.person("bob").disabled


def test_rules_and_team_are_shown_as_they_are_in_force(store, recorder, front):
    rules = shipped()
    own = replace(rules, version="2", sentence="Ours.", route=replace(rules.route, minimum_balance=50.0))
    client = client_of(store, "root", recorder=recorder, front=front, team=lambda: TEAM, strategy=lambda: own)

    text = get(client, "/settings").text
    for told in (
        "version 2, in force from 1 January 2000",
        "[route] minimum_balance: 100 → 50 (more small accounts are called)",
        "Ada ada 240 Mon Fri 6 Apr 2026 to 10 Apr 2026",
    ):
        assert told in text, told
    assert "These are the rules that payrisk ships." in get(client_of(store, "root", front=front), "/settings").text


def test_holds_are_named_and_released_by_who_sees_names_alone(store, recorder, root, front):
    store.publish(made_run([score("A", "C-1"), score("B", "C-2", open=900)]))
    for customer, said in (("C-1", Hold("legal", "court letter")), ("C-2", Snooze(date(2026, 4, 7), "on leave"))):
        recorder.record(customer, said, Asked(Actor("ada", "collector"), etag(0)))

    assert "2 accounts are held by somebody at the desk." in get(root, "/settings").text
    assert "C-1" not in get(root, "/settings").text
    Register(front.store, front.clock).set_roles("root", ["admin", "manager"])
    page = get(root, "/settings")
    assert "C-1 legal: court letter 1 Apr 2026, Ada, 05:10 UTC" in page.text
    of = page.all("input", name="of")[-1]["value"]
    released = send(root, path="/settings/holds/release", account="C-1", of=of)

    assert (released.status_code, released.headers["location"]) == (303, "/settings#holds")
    assert "C-1 legal" not in get(root, "/settings").text
    assert [one["kind"] for one in recorder.activities("C-1")["items"]] == ["undo", "hold"]


def test_nobody_but_an_administrator_sees_or_changes_people(store, recorder, front):
    for who in ("maria", "ada", "ann"):
        client = client_of(store, who, recorder=recorder, front=front)
        assert client.get("/settings", headers=PAGE).status_code == 404
        assert send(client, who, do="disable", person="bob").status_code == 404
    assert not front.store.person("bob").disabled


def test_a_broken_team_and_odd_rules_are_told_in_german(store, recorder, front):
    strange = replace(
        shipped(), version="2", exclude=replace(shipped().exclude, holds=("legal",)),
        route=replace(shipped().route, minimum_balance=20_000.0, disputed=False),
    )  # fmt: skip

    def broken():
        return parse_team("[[collector]]\nid = 7\nminutes_a_day = -1\nfoo = 1")

    client = client_of(store, "root", recorder=recorder, front=front, team=broken, strategy=lambda: strange)
    answer = client.get("/settings", headers=PAGE | {"accept-language": "de"})

    assert answer.status_code == 200
    assert "minimum_balance: 100 → 20,000 (mehr kleine Konten bekommen stattdessen eine E-Mail)" in answer.text
    assert "<p>  collector 1: foo gehört nicht dazu. Bekannt: id, name, " in answer.text
    assert english_of(answer.text, re.compile(r"payrisk [a-z]+.*$|Bekannt: .*|Fast at .*")) == []
