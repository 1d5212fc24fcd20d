"""Minutes and absences over the page of settings: recorded, told in the audit log, refused, in conflict, let go."""

from datetime import date

import pytest
from heard_pages import Page, get
from web_clients import client_of, form_headers, front_of, url_of

from serving.audit.audit_store import AuditLog
from serving.audit.chain import first_fault
from serving.team.hours import Hours, team_at_hours
from serving.team.hours_store import HoursStore
from serving.team.team import Absence, Collector, Team

PAGE = {"accept": "text/html"}
FILE = Team((Collector("ada", "Ada", 240, absent=(Absence(date(2026, 4, 6), date(2026, 4, 10)),)),
             Collector("bob", "Bob", 300)))  # fmt: skip
SPRING = {"minutes": "120", "first-0": "2026-05-04", "last-0": "2026-05-08", "first-1": "", "last-1": ""}


@pytest.fixture
def hours(store):
    return HoursStore(store.engine)


@pytest.fixture
def root(store, recorder, hours):
    team = lambda: team_at_hours(FILE, hours.hours())  # noqa: E731 (as the gate gives it)
    return client_of(store, "root", recorder=recorder, front=front_of(url_of(store)), team=team)


def send(client, who="root", **form):
    told = {"collector": "ada", "version": "0", **SPRING} | form
    return client.post("/settings/team", data=told, headers=PAGE | form_headers(who), follow_redirects=False)


def test_hours_are_recorded_over_the_file_and_let_go_again_each_with_an_entry(root, store, hours):
    assert send(root).headers["location"] == "/settings#team"
    text = get(root, "/settings").text
    assert "Ada ada 120 every day 4 May 2026 to 8 May 2026" in text
    assert "Recorded by Root, 1 Apr 2026" in text
    assert hours.hours() == {"ada": Hours(120.0, (Absence(date(2026, 5, 4), date(2026, 5, 8)),))}
    assert hours.hours(until=date(2026, 3, 31)) == {}, "the evening before knows nothing of it"

    send(root, version="1", **{"as": "file", "minutes": "never mind"})
    assert "Ada ada 240 every day 6 Apr 2026 to 10 Apr 2026" in get(root, "/settings").text
    log = AuditLog(str(store.engine.url))
    entries = list(log.entries())
    log.close()
    assert first_fault(entries) is None
    assert [(one.change.actor, one.change.action, one.change.object) for one in entries] == [
        ("root", "team.hours", "team/ada/hours/1"), ("root", "team.hours", "team/ada/hours/2"),
    ]  # fmt: skip
    assert entries[1].change.before == entries[0].change.after


def test_of_two_the_second_is_told_who_was_first_and_keeps_what_was_typed(root, store, recorder, hours):
    send(root)
    other = client_of(store, "all", recorder=recorder, front=front_of(url_of(store)), team=lambda: FILE)
    late = send(other, "all", minutes="90", **{"first-0": "2026-06-01", "last-0": ""})

    assert late.status_code == 412
    assert "Root recorded these hours at 05:10 UTC. See them, then save yours." in Page(late.text).text
    assert 'value="90"' in late.text
    assert 'value="2026-06-01"' in late.text
    assert 'name="version" value="1"' in late.text
    assert hours.hours()["ada"].minutes_a_day == 120
    assert send(other, "all", version="1", minutes="90").status_code == 303
    assert hours.hours()["ada"].minutes_a_day == 90


def test_what_nobody_can_have_is_refused_with_the_way_out_and_changes_nothing(root, hours):
    for form, status, told in (
        ({"minutes": "2000"}, 422, "Expected minutes from 0 to 1440."),
        ({"minutes": "nan"}, 422, "Expected minutes from 0 to 1440."),
        ({"first-0": "2026-05-09"}, 422, "ends before it begins"),
        ({"last-0": "soon"}, 422, "Expected YYYY-MM-DD"),
        ({"collector": "zoe"}, 422, 'Nobody in the team has the id "zoe"'),
        ({"version": "1"}, 412, "No such version of these hours"),
        ({"version": "-1"}, 422, "none of this page's"),
    ):
        answer = send(root, **form)
        assert (answer.status_code, told in Page(answer.text).text) == (status, True), form
    assert hours.newest() == {}


def test_nobody_but_an_administrator_and_no_foreign_form_changes_hours(root, store, recorder, hours):
    for who in ("maria", "ada", "ann"):
        client = client_of(store, who, recorder=recorder, front=front_of(url_of(store)), team=lambda: FILE)
        assert send(client, who).status_code == 404
    assert root.post("/settings/team", data=SPRING, headers=PAGE).status_code == 403
    assert hours.newest() == {}


def test_without_a_team_file_there_is_nobody_whose_hours_they_are(store, recorder, hours):
    nobody = client_of(store, "root", recorder=recorder, front=front_of(url_of(store)))

    assert send(nobody).status_code == 409
    assert hours.newest() == {}
