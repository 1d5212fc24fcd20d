"""A past day's list made again from what is stored, and held against the one that was published."""

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from builders import invoice
from model_builders import OPENED, company_ledger, paying_company, random_curve

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.errors import UnknownVersion
from models.shelf import Shelf
from serving.daily import EveningSettings, run_evening
from serving.published.replay import NotReplayable, replayed
from serving.published.store import accounts, reports, runs
from serving.reports.stored import ReportStore
from serving.strategy.reading import shipped
from serving.strategy.strategy import Calls, Strategy
from serving.team.team import Absence, Collector, Team
from serving.trials.decision_log import DecisionLog

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
EVENING = OPENED + timedelta(days=400)
SALT = "secret"

EXPLORING = replace(shipped(), exploration=replace(shipped().exploration, on=True, design="smooth", share=0.2))
TEAM = Team(
    (
        Collector("ada", "Ada", 60.0, absent=(Absence(date(2026, 1, 1), date(2026, 1, 5)),), owns=frozenset({"C-3"})),
        Collector("ben", "Ben", 40.0, languages=frozenset({"de", "en"})),
    ),
    {"FR": frozenset({"fr"})},
)
PLAIN = EveningSettings(6)
KINDS = {"plain": PLAIN, "team and lot": EveningSettings(6, strategy=EXPLORING, team=TEAM, salt=SALT)}


@pytest.fixture
def ledger():
    return company_ledger(paying_company())


@pytest.fixture
def shelf(tmp_path):
    shelf = Shelf(tmp_path / "shelf")
    made = Bundle(random_curve(), OPENED + timedelta(days=300), grace_days=5, fingerprint=fingerprint(), passed=True)
    shelf.install_first(shelf.put(made), NOW)
    return shelf


def published(ledger, shelf, store, settings, evening=EVENING):
    run_evening(ledger, shelf, evening, settings, now=NOW, store=store)
    return store.newest_run(evening)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_made_again_is_the_published_one_whatever_was_learned_since(kind, ledger, shelf, store):
    run = published(ledger, shelf, store, KINDS[kind])
    ledger.load(invoice("LATE-NEWS", due_on=EVENING - timedelta(days=40), amount=99_999), source="later")

    found = replayed(ledger, shelf, store, run, SALT)

    assert found.same
    assert found.features_same
    assert found.reports_same
    assert found.differing == ()


def test_a_list_that_an_older_payrisk_named_is_held_against_what_is_stored_of_it(ledger, shelf, store):
    run = published(ledger, shelf, store, PLAIN)
    told = store.inputs(run.run_id)
    strategy = {name: value for name, value in told["strategy"].items() if name != "scoring"}
    strategy["calls"] = {"on_their_days_off": False}
    older = {name: value for name, value in told.items() if name != "id_scheme"} | {"strategy": strategy}
    with store.engine.begin() as connection:
        connection.execute(sa.update(runs).values(inputs=older))

    found = replayed(ledger, shelf, store, run, "")
    assert (found.same, found.older_id) == (True, True)

    with store.engine.begin() as connection:
        connection.execute(sa.update(accounts).values(body=sa.func.replace(accounts.c.body, "EUR", "USD")))
    assert not replayed(ledger, shelf, store, run, "").same


def test_a_list_of_rules_that_had_no_hours_is_made_again_under_its_own_id(ledger, shelf, store, monkeypatch):
    def digest_of(told):
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    at_any_hour = replace(shipped(), calls=Calls(False, 0, 24))
    kept = at_any_hour.said() | {"calls": {"on_their_days_off": False}}
    del kept["worth"]
    with monkeypatch.context() as before:
        before.setattr(Strategy, "digest", property(lambda _: digest_of(kept)))
        run = published(ledger, shelf, store, replace(PLAIN, strategy=at_any_hour))
    with store.engine.begin() as connection:
        connection.execute(sa.update(runs).values(inputs=store.inputs(run.run_id) | {"strategy": kept}))

    found = replayed(ledger, shelf, store, run, "")

    assert (found.again, found.differing) == (run.run_id, ())


def test_the_list_before_is_an_input_of_the_next_one(ledger, shelf, store):
    first = published(ledger, shelf, store, PLAIN)
    before = store.listed_before(EVENING + timedelta(days=1))
    second = published(ledger, shelf, store, replace(PLAIN, before=before), EVENING + timedelta(days=1))

    assert before.run_id == first.run_id
    assert before.customers
    listed = {line["customer_id"]: line["factors"] for line in store.lines(second.run_id)}
    stayed = [
        factor["value"]
        for customer in listed.keys() & before.customers
        for factor in listed[customer]
        if factor["name"] == "on_the_list_before"
    ]
    assert stayed
    assert set(stayed) == {1.1}
    assert replayed(ledger, shelf, store, second, "").same


def test_another_secret_gives_another_list_and_who_differs_is_named(ledger, shelf, store):
    run = published(ledger, shelf, store, KINDS["team and lot"])

    found = replayed(ledger, shelf, store, run, "another secret")

    assert not found.same
    assert found.features_same
    assert found.differing_count == len(found.differing) > 0


def test_a_list_without_a_model_is_made_again_too(ledger, tmp_path, store):
    run = published(ledger, Shelf(tmp_path / "empty"), store, PLAIN)

    assert replayed(ledger, Shelf(tmp_path / "empty"), store, run, "").same


def test_what_cannot_be_made_again_says_why(ledger, shelf, store):
    run = published(ledger, shelf, store, PLAIN)
    shutil.rmtree(shelf.folder / "versions" / run.head["model_version"], ignore_errors=False)
    with pytest.raises(UnknownVersion):
        replayed(ledger, shelf, store, run, "")

    with store.engine.begin() as connection:
        connection.execute(sa.update(runs).values(inputs=None))
    with pytest.raises(NotReplayable, match="older payrisk"):
        replayed(ledger, shelf, store, run, "")


def test_every_account_has_one_decision_with_the_chance_it_had(ledger, shelf, store):
    run = published(ledger, shelf, store, KINDS["team and lot"])

    log = DecisionLog(str(store.engine.url))
    logged = log.decisions(EVENING, EVENING)
    log.close()

    bodies = {body["customer_id"]: body for body in store.accounts(run.run_id)}
    assert set(logged["account_id"]) == set(bodies)
    for row in logged.itertuples():
        body = bodies[row.account_id]
        assert (row.standing, row.rule, row.collector) == (body["standing"], body["rule"], body["collector"])
        assert sorted(row.item_ids) == sorted(item["item_id"] for item in body["items"])
    drawn = logged[(logged["pi"] > 0) & (logged["pi"] < 1)]
    assert len(drawn)
    assert (logged.loc[logged["listed"], "pi"] > 0).all()
    assert (logged.loc[~logged["eligible"], "exclusion_reason"] != "").all()


def test_a_list_with_a_draw_is_not_made_again_without_its_secret(ledger, shelf, store):
    drawn = published(ledger, shelf, store, KINDS["team and lot"])

    with pytest.raises(NotReplayable, match=r"draw\.salt"):
        replayed(ledger, shelf, store, drawn, None)
    plain = published(ledger, shelf, store, PLAIN)
    assert replayed(ledger, shelf, store, plain, None).same


def test_a_list_published_before_there_were_reports_is_the_same_without_them(ledger, shelf, store):
    run = published(ledger, shelf, store, PLAIN)
    with store.engine.begin() as connection:
        connection.execute(sa.delete(reports))

    found = replayed(ledger, shelf, store, run, SALT)

    assert found.same
    assert found.reports_same is None


@pytest.mark.parametrize(("altered", "same"), [({"definitions": {}}, True), ({"currency": "CHF"}, False)])
def test_a_figure_that_was_altered_is_told_and_other_words_for_it_are_not(altered, same, ledger, shelf, store):
    run = published(ledger, shelf, store, PLAIN)
    body = ReportStore(store).one(run.run_id, "dso") | altered
    with store.engine.begin() as connection:
        connection.execute(sa.update(reports).where(reports.c.report == "dso").values(body=body))

    found = replayed(ledger, shelf, store, run, SALT)

    assert found.same
    assert found.reports_same is same
