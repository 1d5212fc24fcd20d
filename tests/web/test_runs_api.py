"""GET /api/v1/runs and /api/v1/runs/{run_id}: does it work, whom does it refuse, what does it say to bad input."""

from datetime import timedelta

import pytest
from evenings import EVENING, NOW
from web_clients import client_of

from serving.morning.plan import STEPS, Plan
from serving.morning.run_log import RunLog
from serving.web.operation_schemas import DailyRunOut, DailyRunsOut

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
