"""What published runs promise on every database: whole or not at all, in one order, as they were made."""

import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from all_tables import make_tables
from evenings import EVENING, NOW, made_run, score
from web_evenings import evening_with_reports, owned, standing

from serving.accounts.account import CustomerFacts
from serving.accounts.history import History, Settled
from serving.morning.plan import Plan
from serving.morning.run_log import RunLog
from serving.people.access import Sight
from serving.published.bodies import Bodies
from serving.published.desk import Desk
from serving.published.store import ServingStore
from serving.published.which import Which
from serving.reports.reading import ReportRoom
from serving.reports.stored import ReportStore
from serving.team.coverage_store import Brief, past_due


@pytest.fixture
def store(database_url):
    fresh = ServingStore(database_url)
    make_tables(fresh)
    yield fresh
    fresh.close()


def run_of(count, name="I"):
    return made_run([score(f"{name}-{n}", f"C-{n}", open=1000 - n) for n in range(count)])


def test_a_run_is_read_back_as_it_was_made_with_any_name_in_it(store):
    from serving.accounts.account import CustomerFacts

    hostile = {"C-1": CustomerFacts("=cmd|'<script>”; DROP TABLE queue_runs; -- \u202e 企業", "DE")}
    run = made_run([score("Ω/1", "C-1")], hostile)
    store.publish(run)

    assert Desk(store).queue() == run.body()
    assert Desk(store).account("C-1")["items"] == list(run.accounts[0]["items"])
    assert json.loads(Desk(store).queue_json()) == run.body()
    assert json.loads(Desk(store).account_json("C-1")) == Desk(store).account("C-1")


def test_the_customer_of_an_open_item_is_found_by_its_number_and_by_no_part_of_it(store):
    numbers = ("Ω/1", 'quote"d', "5%_off", "back\\slash", "INV-7")
    run = made_run([score(number, f"C-{at}") for at, number in enumerate(numbers)])
    store.publish(run)

    assert [store.customer_of_item(run.run_id, number) for number in numbers] == [f"C-{at}" for at in range(5)]
    assert store.customer_of_item(run.run_id, "inv-7") == "C-4"
    for nobodys in ("INV", "INV-77", "INV_7", "%", "", "Ω/%", "\x00"):
        assert store.customer_of_item(run.run_id, nobodys) is None
    assert store.customer_of_item("another", "INV-7") is None


def test_a_settled_invoice_is_nobody_s_open_item_and_capitals_tell_two_apart(store):
    settled = Settled("INV-9", date(2026, 1, 1), date(2026, 1, 6), 5, 12_00, "EUR")
    past = CustomerFacts(history=History((settled,), 1))
    run = made_run([score("INV-7", "C-0"), score("inv-7", "C-1")], {"C-0": past})
    store.publish(run)

    assert store.customer_of_item(run.run_id, "INV-9") is None
    assert [store.customer_of_item(run.run_id, number) for number in ("INV-7", "inv-7", "Inv-7")] == [
        "C-0", "C-1", "C-0",
    ]  # fmt: skip


def test_a_page_is_the_same_as_objects_and_as_json_whatever_is_asked(store):
    run = run_of(5)
    store.publish(owned(run, {"C-1": "ada", "C-3": "bob"}))
    desk, cursor = Desk(store), Desk(store).queue(Which(limit=1))["next_cursor"]

    for which in (
        Which(), Which(limit=2), Which(limit=2, cursor=cursor), Which(min_amount=Decimal(998)),
        Which(sight=Sight("own", "ada")),
        Which(sight=Sight("own", "ada"), min_amount=Decimal(997), limit=1),
    ):  # fmt: skip
        assert json.loads(desk.queue_json(which)) == desk.queue(which)


def test_the_newest_list_says_that_the_daily_run_failed_since(store):
    store.publish(run_of(2))
    log, plan = RunLog(store), Plan.of(EVENING, "made-of-this", 1, NOW)

    log.fail(plan.key, log.begin(plan), "The data are held.")
    failed = Desk(store).queue()
    store.publish(run_of(3))

    assert (failed["mode"], failed["notices"][0].endswith("The data are held.")) == ("last_queue", True)
    assert Desk(store).queue()["mode"] == "model"
    assert [run.state for run in log.newest(2)] == ["failed"]


def test_whom_a_rule_holds_is_found_among_the_accounts_of_the_newest_list(store):
    run = run_of(4)
    store.publish(standing(run, {"C-1": "held", "C-3": "held"}))

    assert [one["customer_id"] for one in Desk(store).standing("held")] == ["C-1", "C-3"]
    store.publish(replace(run, head={**run.head, "run_id": "later"}))
    assert Desk(store).standing("held", EVENING) == []


def test_the_reports_of_a_run_come_and_go_with_it(store):
    run = evening_with_reports()
    store.publish(run)
    store.publish(run)

    assert ReportStore(store).of_run(run.run_id) == run.reports
    assert ReportRoom(Desk(store)).report("dso") == {**run.reports["dso"], "run": Desk(store).account("C-0")["run"]}

    store.publish(replace(run, reports={}))
    assert ReportStore(store).of_run(run.run_id) == {}


def test_a_publication_that_fails_leaves_the_old_reports(store):
    run = evening_with_reports()
    store.publish(run)

    def fails(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.publish(replace(run, reports={}), also=fails)

    assert ReportStore(store).of_run(run.run_id) == run.reports


def test_a_forecast_is_held_against_the_runs_published_last_on_their_evenings(store):
    run = evening_with_reports()
    week_before = EVENING - timedelta(days=7)
    for low in ("2000.00", "900.00"):  # the second one is the newest of its evening
        forecast = {**run.reports["cash-forecast"]}
        forecast["weeks"] = [{**forecast["weeks"][0], "low": {"amount": low, "currency": "EUR"}}]
        older = made_run([score(f"OLD-{low}", as_of=week_before)], as_of=week_before)
        store.publish(replace(older, reports={"cash-forecast": forecast}))
    store.publish(run)

    found = ReportRoom(Desk(store)).report("cash-forecast")

    assert (found["weeks_checked"], found["weeks_inside"]) == (1, 1)


def test_the_newest_run_of_an_evening_is_the_one_published_last(store):
    first, second = run_of(2), run_of(3)
    for run in (first, second, first):
        store.publish(run)

    assert store.newest_run(EVENING).run_id == first.run_id
    assert store.run(second.run_id) is not None


def test_a_publication_that_fails_in_the_middle_leaves_the_old_list(store):
    store.publish(run_of(2))
    sound = run_of(3)
    twice = replace(sound.accounts, customer_ids=("C-0", "C-1", "C-1"))  # the last statement will be refused
    broken = replace(sound, accounts=twice)

    with pytest.raises(sa.exc.IntegrityError):
        store.publish(broken)

    assert len(Desk(store).queue()["items"]) == 2
    assert store.run(broken.run_id) is None


def test_readers_see_a_run_whole_while_others_are_published(store):
    store.publish(run_of(3))
    done, torn = threading.Event(), []

    def read():
        desk = Desk(store)
        while not done.is_set():
            body = desk.queue()
            if len(body["items"]) != body["summary"]["listed"]:
                torn.append(body)

    reader = threading.Thread(target=read)
    reader.start()
    for count in (5, 2, 7, 3, 6):
        store.publish(run_of(count, name=f"R{count}"))
    done.set()
    reader.join()

    assert torn == []


def test_past_due_accounts_in_brief_and_promises_are_read_from_the_bodies(store):
    told = [
        {"promise_id": "P", "promised_on": "2026-03-20", "amount": {"amount": "5.00", "currency": "EUR"}, "state": one}
        for one in ("broken", "pending")
    ]
    called = {"happened_on": "2026-02-01", "channel": "phone", "outcome": "no_answer", "reached": False}
    run = standing(made_run([score(f"I-{n}", f"C-{n}", open=900 - n, dpd=n) for n in range(3)]), {"C-2": "held"})
    more = {"C-1": {"promises": told}, "C-2": {"contacts": [called], "rule_until": "2026-04-07", "customer_name": "Öz"}}
    bodies = Bodies.of({**body, **more.get(body["customer_id"], {})} for body in run.accounts)
    store.publish(replace(run, accounts=bodies))

    assert past_due(store, run.run_id) == [  # C-0 is due on that very day
        Brief("C-1", "C-1", "listed", "value", None, "team", "899.00", "EUR", 1, None),
        Brief("C-2", "Öz", "held", "value", date(2026, 4, 7), "team", "898.00", "EUR", 2, date(2026, 2, 1)),
    ]
    assert [(customer, owner, len(of)) for customer, owner, of in store.promises(run.run_id, listed=True)] == [
        ("C-1", "team", 2)
    ]
    assert Desk(store).promised_for(date(2026, 3, 20)) == 1
    assert Desk(store).promised_for(date(2026, 3, 20), sight=Sight("own", "ada")) == 1, "those of a nameless team too"
