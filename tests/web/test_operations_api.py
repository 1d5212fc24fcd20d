"""GET /readyz and /metrics: what probes are told, and what nobody is."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from evenings import EVENING, NOW
from web_clients import NOW as ASKED
from web_clients import client_of
from web_evenings import evening_of

from ledger.errors import DatabaseNotMigrated
from payrisk.migrations.run import require_current, upgrade
from serving.morning.plan import Plan
from serving.morning.run_log import RunLog
from serving.published.store import ServingStore
from serving.web.traffic import BOUNDS, Traffic

PLAN = Plan.of(EVENING, "made-of-this", 1, NOW)


@pytest.fixture
def admin(store):
    return client_of(store, "root")


def samples(client):
    """Every sample of /metrics by its name and labels."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    told = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in told)}


def test_a_desk_with_a_list_is_ready_and_one_without_says_what_is_missing(client, store):
    empty = client.get("/readyz")
    store.publish(evening_of())

    assert (empty.status_code, empty.json()["code"]) == (503, "nothing_published")
    assert empty.json()["detail"] == "No list is published yet."
    assert empty.headers["content-type"] == "application/problem+json"
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_database_that_does_not_answer_is_not_ready_while_the_process_is_alive(store):
    client = client_of(store)
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE queue_runs"))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert store.url not in answer.text
    assert client.get("/healthz").status_code == 200


def test_a_database_of_an_older_payrisk_is_not_ready(tmp_path):
    upgrade(f"sqlite:///{tmp_path / 'queues.db'}")
    store = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    store.publish(evening_of())
    client = client_of(store, require_current=lambda: require_current(store.engine, store.url))
    assert client.get("/readyz").status_code == 200

    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0003'"))

    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, DatabaseNotMigrated.code)
    assert answer.json()["detail"] == "The database is of an older payrisk."
    store.close()


def test_requests_are_counted_by_route_and_never_by_path(admin, store):
    store.publish(evening_of())
    for path in ("/healthz", "/healthz", "/accounts/C-0", "/nowhere/C-0", "/api/v1/accounts/C-0?as_of=2026-03-31"):
        admin.get(path)
    admin.request("SECRET", "/C-0")
    admin.get("/healthz", headers={"host": "evil.example"})

    found = samples(admin)

    assert found['payrisk_requests_total{method="GET",route="/healthz",status="200"}'] == 2
    assert found['payrisk_requests_total{method="GET",route="/accounts/{customer_id:path}",status="404"}'] == 1
    assert found['payrisk_requests_total{method="other",route="other",status="400"}'] == 1
    text = admin.get("/metrics").text
    assert not re.search("C-0|SECRET|nowhere|evil|root", text)


def test_the_seconds_of_a_route_add_up(admin, store):
    for _ in range(3):
        admin.get("/healthz")

    found = samples(admin)

    def of(end, more=""):
        return found[f'payrisk_request_seconds_{end}{{method="GET",route="/healthz"{more}}}']

    counts = [of("bucket", f',le="{bound}"') for bound in (*BOUNDS, "+Inf")]
    assert counts == sorted(counts)
    assert counts[-1] == of("count") == 3
    assert of("sum") > 0


def test_an_answer_counts_up_to_its_bound():
    traffic = Traffic()
    for seconds in (0.01, 0.011, 9.0):
        traffic.count("GET", "/healthz", 200, seconds)

    counted = traffic.by_now()
    assert counted.within == {("GET", "/healthz"): [1, 1, 0, 0, 0, 0, 1]}
    assert counted.seconds["GET", "/healthz"] == pytest.approx(0.01 + 0.011 + 9.0)


def test_what_is_counted_is_of_one_moment_and_stays_as_it_was():
    traffic = Traffic()
    traffic.count("GET", "/healthz", 200, 0.001)
    before = traffic.by_now()

    traffic.count("GET", "/healthz", 200, 0.001)
    traffic.count("GET", "/metrics", 200, 0.001)

    assert before == (
        {("GET", "/healthz", 200): 1},
        {("GET", "/healthz"): [1, 0, 0, 0, 0, 0, 0]},
        {("GET", "/healthz"): 0.001},
    )
    assert traffic.by_now().answers == {("GET", "/healthz", 200): 2, ("GET", "/metrics", 200): 1}


def test_the_newest_list_and_run_are_told_with_their_age(admin, store):
    assert "payrisk_list_lines" not in samples(admin)
    store.publish(evening_of(3))
    RunLog(store).begin(PLAN)

    found = samples(admin)

    since = (ASKED - NOW) / timedelta(seconds=1)
    assert (found["payrisk_list_lines"], found["payrisk_list_age_seconds"]) == (3, since)
    assert found["payrisk_daily_run_age_seconds"] == since
    assert found['payrisk_daily_run_state{state="running"}'] == 1
    assert found['payrisk_list_mode{mode="model"}'] == 1


def test_a_failed_run_shows_in_mode_and_state(admin, store):
    store.publish(evening_of(3))
    log = RunLog(store)
    log.fail(PLAN.key, log.begin(PLAN), "The data are held.")

    found = samples(admin)

    assert found['payrisk_list_mode{mode="last_queue"}'] == 1
    assert found['payrisk_daily_run_state{state="failed"}'] == 1


def test_without_a_database_the_process_still_tells_what_it_knows(admin, store):
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE queue_runs"))
    admin.get("/healthz")

    found = samples(admin)

    assert found["payrisk_database_up"] == 0
    assert found['payrisk_requests_total{method="GET",route="/healthz",status="200"}'] == 1
