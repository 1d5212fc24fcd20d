"""What the decision log promises on every database: added once with its run, never changed, read as it was written."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from evenings import EVENING, made_run, score
from logged import decided

from ledger.database import writing
from serving.published.store import ServingStore
from serving.trials.decision import Decision
from serving.trials.decision_log import DecisionLog, decision_log, insert_decisions
from serving.trials.errors import DecisionsChanged


@pytest.fixture
def log(database_url):
    fresh = DecisionLog(database_url)
    yield fresh
    fresh.close()


def decision(account_id="C-1", run_id="R-1", **said):
    return Decision(**{"run_id": run_id, "as_of": EVENING, "account_id": account_id, "standing": "below_the_cut",
                       "pi": 0.1, "design": "explore", "eligible": True} | said)  # fmt: skip


def write(log, *decisions):
    with writing(log.engine) as connection:
        return insert_decisions(connection, decided(decisions))


def count(log):
    with log.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(decision_log)).scalar_one()


WHOLE = decision(
    "企業 \U0001f600 '); DROP TABLE decision_log; --",
    standing="listed", team="north", item_ids=("I-1", "I-2"), callable_minor=2**53 + 1, currency="EUR",
    policy_name="default", policy_version="1-0123456789ab", model_version="2026-02-28-1a2b3c4d",
    feature_snapshot_hash="f00d", response_prior_version="1", score=0.1 + 0.2, rank=7, gain_now=1 / 3,
    gain_wait=-5e-324, components={"callable_money": 1e300, "reach": 0.6}, rule="explore",
    pi=1 / 7, stratum="below the cut", seed_id="1a2b", eps=0.1, k=4, action_planned="call", collector="ada",
)  # fmt: skip


def test_a_decision_is_read_back_to_the_last_bit(log):
    bare = decision("C-2")
    assert write(log, WHOLE, bare) == 2

    assert log.of_run("R-1") == tuple(sorted((WHOLE, bare), key=lambda one: one.account_id))
    assert log.of_run("R-2") == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision_log SET pi = 0.5",
        "UPDATE decision_log SET pi = pi WHERE account_id = 'C-1'",
        "DELETE FROM decision_log WHERE account_id = 'C-1'",
        "DELETE FROM decision_log",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_a_decision(log, statement):
    write(log, decision("C-1"), decision("C-2"))

    with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing(log.engine) as connection:
        connection.execute(sa.text(statement))

    assert count(log) == 2
    assert log.of_run("R-1")[0].pi == 0.1


def test_a_decision_cannot_be_replaced_or_emptied_away(log):
    write(log, decision())
    ways = {
        "sqlite": ["INSERT OR REPLACE INTO decision_log SELECT * FROM decision_log"],
        "postgresql": [
            "TRUNCATE decision_log",
            "INSERT INTO decision_log SELECT * FROM decision_log ON CONFLICT (decision_id) DO UPDATE SET pi = 0.9",
        ],
    }
    for statement in ways[log.engine.dialect.name]:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing(log.engine) as connection:
            connection.execute(sa.text(statement))
    assert count(log) == 1


def test_the_same_run_again_adds_nothing(log):
    write(log, decision("C-1"), decision("C-2"))

    assert write(log, decision("C-2"), decision("C-1")) == 0
    assert write(log, decision("C-1", "R-2")) == 1
    assert count(log) == 3


@pytest.mark.parametrize(
    "again",
    [
        [decision("C-1", pi=0.2), decision("C-2")],
        [decision("C-1")],
        [decision("C-1"), decision("C-2"), decision("C-3")],
        [decision("C-1"), decision("C-2", standing="listed", collector="bob")],
    ],
)
def test_other_decisions_under_the_same_run_are_refused_and_nothing_is_written(log, again):
    write(log, decision("C-1"), decision("C-2"))

    with pytest.raises(DecisionsChanged, match="R-1 are in the log"):
        write(log, decision("C-9", "R-9"), *again)

    assert count(log) == 2


def test_decisions_whose_run_could_not_be_published_are_not_there(log):
    def fails_after_the_decisions():
        with writing(log.engine) as connection:
            insert_decisions(connection, decided([decision()]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails_after_the_decisions()

    assert count(log) == 0


def test_of_an_evening_published_twice_the_decisions_of_the_last_run_count(log, database_url):
    first, second = made_run([score("A", "C-1")]), made_run([score("A", "C-1"), score("B", "C-2")])
    earlier = made_run([score("A", "C-1", as_of=EVENING - timedelta(days=1))], as_of=EVENING - timedelta(days=1))
    store = ServingStore(database_url)
    for run in (earlier, first, second):
        store.publish(run)
    store.close()
    write(
        log,
        decision("C-1", earlier.run_id, as_of=earlier.as_of),
        decision("C-1", first.run_id),
        decision("C-2", second.run_id, standing="listed", item_ids=("B",)),
        decision("C-1", second.run_id),
    )

    frame = log.decisions(EVENING - timedelta(days=1), EVENING)

    assert [*zip(frame.as_of, frame.run_id, frame.account_id, frame.listed, strict=True)] == [
        (earlier.as_of, earlier.run_id, "C-1", False),
        (EVENING, second.run_id, "C-1", False),
        (EVENING, second.run_id, "C-2", True),
    ]
    assert frame.item_ids.tolist() == [[], [], ["B"]]
    assert len(log.decisions(EVENING, EVENING)) == 2
    assert len(log.decisions(EVENING, EVENING, every_run=True)) == 3


def test_evenings_without_decisions_have_an_empty_table_with_all_its_columns(log):
    frame = log.decisions(date(2020, 1, 1), date(2020, 12, 31))

    assert len(frame) == 0
    assert {"decision_id", "pi", "design", "stratum", "listed"} <= set(frame.columns)


def test_a_run_of_many_accounts_is_logged_whole(log):
    many = [decision(f"C-{n:05}") for n in range(2_345)]

    assert write(log, *many) == 2_345
    assert log.of_run("R-1") == tuple(many)
    assert write(log, *(replace(one) for one in many)) == 0
