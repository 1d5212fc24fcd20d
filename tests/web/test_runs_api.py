"""GET /api/v1/runs and /api/v1/runs/{run_id}: does it work, whom does it refuse, what does it say to bad input."""

from datetime import date, timedelta

import pytest
from evenings import EVENING, NOW
from web_clients import client_of, form_headers

from serving.audit.audit_store import AuditLog
from serving.morning.asked_runs import AskedRuns
from serving.morning.plan import STEPS, Plan
from serving.morning.run_log import RunLog
from serving.side import Busy, Refused
from serving.web.operations.schemas import DailyRunOut, DailyRunsOut, RunStartedOut

PLANS = [Plan.of(EVENING + timedelta(day), f"of-{day}", day + 1, NOW + timedelta(day)) for day in range(3)]
RUNS = "/api/v1/runs"


@pytest.fixture
def log(store):
    """A run that is done, one that failed, and one under way that an attempt before began."""
    log = RunLog(store)
    attempt = log.begin(PLANS[0])
    for step in STEPS[1:-1]:
        log.record(PLANS[0].key, attempt, step, "hash")
    log.finish(PLANS[0].key, attempt, STEPS[-1], "hash")
    log.fail(PLANS[1].key, log.begin(PLANS[1]), "The data of 2026-04-01 are held.")
    log.record(PLANS[2].key, log.begin(PLANS[2]), "ingested", "hash")
    log.take_over(log.run(PLANS[2].key))
    return log


def test_the_runs_are_told_those_planned_last_first(client, log):
    body = client.get(RUNS).json()

    DailyRunsOut.model_validate(body)
    assert [(run["state"], run["attempt"], run["steps_done"]) for run in body["items"]] == [
        ("running", 2, ["planned", "ingested"]),
        ("failed", 1, ["planned"]),
        ("done", 1, list(STEPS)),
    ]
    assert [run["reason"] for run in body["items"]] == [None, "The data of 2026-04-01 are held.", None]
    assert body["next_cursor"] is None


def test_one_run_is_told_as_it_stands_among_the_others(client, log):
    for run in client.get(RUNS).json()["items"]:
        one = client.get(f"{RUNS}/{run['id']}").json()

        DailyRunOut.model_validate(one)
        assert one == run


def test_the_pages_of_the_runs_follow_each_other(client, log):
    first = client.get(RUNS, params={"limit": 2}).json()
    rest = client.get(RUNS, params={"limit": 2, "cursor": first["next_cursor"]}).json()

    assert [run["id"] for run in first["items"] + rest["items"]] == [plan.key for plan in reversed(PLANS)]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("path", "status", "code", "field"),
    [
        (f"{RUNS}/none", 404, "unknown_run", "run_id"),
        (f"{RUNS}/%00%ff", 404, "unknown_run", "run_id"),
        (f"{RUNS}?cursor=none", 422, "bad_cursor", "cursor"),
        (f"{RUNS}?limit=0", 422, "bad_request", "limit"),
        (f"{RUNS}?limit=501", 422, "bad_request", "limit"),
    ],
)
def test_bad_input_is_answered_with_the_way_out(client, log, path, status, code, field):
    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (status, code, field)
    assert answer.json()["remedy"]


def test_before_the_first_run_there_is_none(client):
    assert client.get(RUNS).json() == {"items": [], "next_cursor": None}


def test_a_collector_is_not_told(store, log):
    assert client_of(store, "ada").get(RUNS).status_code == 404


def started(store, who="root", answer=None, headers=None, **sent):
    """`POST /api/v1/runs` where starting one gives this answer, or raises it."""
    days = []

    def start(as_of, asked_by):
        assert asked_by == who
        days.append(as_of)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = client_of(store, who, asked_runs=AskedRuns(store, start, lambda: NOW))
    return client.post(RUNS, headers=form_headers(who) | (headers or {}), **sent), days


def entries(store):
    """What the audit log tells of runs."""
    found = (one.change for one in AuditLog(str(store.engine.url)).entries())
    return [(one.actor, one.role, one.action, one.object, one.request_id) for one in found]


def test_a_run_that_was_started_is_told_with_its_address(store, log):
    answer, days = started(store, answer={"state": "running", "id": PLANS[2].key}, json={"as_of": "2026-04-02"})

    RunStartedOut.model_validate(answer.json())
    assert answer.status_code == 202
    assert answer.headers["location"] == answer.json()["run"] == f"{RUNS}/{PLANS[2].key}"
    assert days == [date(2026, 4, 2)]


def test_who_asked_for_a_run_stands_in_the_audit_log_whatever_came_of_it(store, log):
    named = {"x-request-id": "r-1"}
    started(store, answer={"state": "running", "id": PLANS[2].key}, headers=named, json={"as_of": "2026-04-02"})
    started(store, answer=Busy("it took longer"), headers={"x-request-id": "r-2"})
    started(store, "maria", answer={}, headers=named)
    started(store, json={"when": 1})

    assert entries(store) == [
        ("root", "admin", "run.ask", "runs/2026-04-02", "r-1"), ("root", "admin", "run.ask", "runs/newest", "r-2"),
    ]  # fmt: skip


def test_a_run_names_who_asked_for_it(client, store):
    plan = Plan.of(EVENING, "made", 1, NOW, "root")
    log = RunLog(store)
    log.begin(plan)
    log.begin(PLANS[1])

    assert log.run(plan.key).plan == plan
    assert [run["asked_by"] for run in client.get(RUNS).json()["items"]] == [None, "root"]


def test_a_run_that_is_asked_for_again_with_the_same_key_is_not_started_again(store, log):
    key = {"idempotency-key": "k-1"}
    first, days = started(store, answer={"state": "running", "id": PLANS[2].key}, headers=key)
    again, none = started(store, answer=Busy("not asked"), headers=key)
    other, none_either = started(store, answer={}, headers=key, json={"as_of": "2026-04-02"})

    assert (again.status_code, again.json(), again.headers["location"]) == (202, first.json(), first.json()["run"])
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (days, none, none_either, len(entries(store))) == ([None], [], [], 1)


def test_a_start_that_was_refused_is_made_when_it_is_asked_for_again_with_the_same_key(store, log):
    key = {"idempotency-key": "k-1"}
    busy, _ = started(store, answer=Busy("it took longer"), headers=key)
    again, days = started(store, answer={"state": "running", "id": PLANS[2].key}, headers=key)

    assert (busy.status_code, again.status_code, days) == (503, 202, [None])


def test_a_list_that_stands_without_a_daily_run_has_no_address(store, log):
    answer, days = started(store, answer={"state": "stands", "id": "by-hand"})

    assert (answer.status_code, answer.json()) == (202, {"state": "stands", "id": "by-hand", "run": None})
    assert days == [None]


def test_while_another_runner_works_it_is_said_and_where_to_look(store, log):
    answer, _ = started(store, answer={"state": "under_way", "id": None})

    assert (answer.status_code, answer.json()["code"]) == (409, "run_under_way")
    assert answer.json()["remedy"] == f"Follow it: GET {RUNS}/{PLANS[2].key}"


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (Refused({"code": "as_of_beyond_knowledge", "detail": "Not yet."}), 422, "as_of_beyond_knowledge"),
        (Refused({"code": "empty_ledger", "detail": "Nothing."}), 409, "empty_ledger"),
        (Busy("it took longer"), 503, "busy"),
    ],
)
def test_what_keeps_a_run_from_being_planned_is_told(store, answer, status, code):
    answer, _ = started(store, answer=answer)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("sent", [{"json": {"as_of": "soon"}}, {"json": {"when": 1}}, {"content": b"{"}])
def test_a_start_that_is_not_understood_starts_nothing(store, sent):
    answer, days = started(store, answer={}, **sent)

    assert (answer.status_code, days) == (422, [])


@pytest.mark.parametrize("who", ["maria", "ann", "ada"])
def test_only_an_administrator_starts_a_run(store, who):
    answer, days = started(store, who, answer={})

    assert (answer.status_code, days) == (404, [])
