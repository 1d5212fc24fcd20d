"""Reading what was published."""

import base64
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from evenings import EVENING, made_run, score

from ledger.errors import NotOurDatabase
from serving.errors import BadCursor, NothingPublished, UnknownAccount
from serving.published.desk import Desk, queue_body
from serving.published.which import Which


def scores(count, as_of=EVENING):
    return [score(f"I-{n}", f"C-{n}", open=1000 - n, as_of=as_of) for n in range(count)]


@pytest.fixture
def desk(store):
    return Desk(store)


def pages(desk, **asked):
    page = desk.queue(Which(**asked))
    yield page["items"]
    while page["next_cursor"]:
        page = desk.queue(Which(**asked, cursor=page["next_cursor"]))
        yield page["items"]


def test_the_published_body_is_read_back_as_it_was_made(desk, store):
    run = made_run(scores(3))
    store.publish(run)

    assert queue_body(store, EVENING) == run.body() == queue_body(store)
    assert list(queue_body(store))[:3] == ["as_of", "mode", "run_id"]


def test_today_is_the_newest_evening_and_its_newest_run(desk, store):
    earlier, later = EVENING - timedelta(days=1), EVENING
    store.publish(made_run(scores(3, later), as_of=later))
    newest = made_run(scores(2, later), as_of=later)
    store.publish(newest)
    store.publish(made_run(scores(4, earlier), as_of=earlier))

    assert desk.queue()["run_id"] == newest.run_id
    assert len(desk.queue(Which(earlier))["items"]) == 4
    assert desk.evenings() == [later, earlier]


def test_a_run_published_again_becomes_the_newest_and_is_there_once(desk, store):
    first, second = made_run(scores(2)), made_run(scores(3))
    for run in (first, second, first):
        store.publish(run)

    assert desk.queue() == first.body()


def test_what_a_driver_finds_out_only_at_a_later_line_is_told_like_any_other_damage(store):
    run = made_run(scores(3))
    store.publish(run)
    with store.writing() as connection:
        connection.execute(sa.text("UPDATE queue_lines SET body = '{' WHERE rank = 3"))

    with pytest.raises(NotOurDatabase):
        store.stored_lines(run.run_id, segment=run.lines[0]["segment"])
    assert len(store.stored_lines(run.run_id)) == 3


def test_pages_put_together_are_the_whole_list(desk, store):
    store.publish(made_run(scores(7)))

    found = list(pages(desk, limit=3))

    assert [len(page) for page in found] == [3, 3, 1]
    assert [line for page in found for line in page] == desk.queue()["items"]


def test_a_list_published_meanwhile_does_not_shift_the_pages(desk, store):
    store.publish(made_run(scores(4)))
    first = desk.queue(Which(limit=2))
    store.publish(made_run(scores(1)))

    second = desk.queue(Which(limit=2, cursor=first["next_cursor"]))

    assert second["run_id"] == first["run_id"]
    assert [line["rank"] for line in first["items"] + second["items"]] == [1, 2, 3, 4]


def test_a_list_of_a_later_evening_published_meanwhile_does_not_end_the_pages(desk, store):
    store.publish(made_run(scores(4)))
    first = desk.queue(Which(limit=2))
    store.publish(made_run(scores(1, EVENING + timedelta(days=1)), as_of=EVENING + timedelta(days=1)))

    second = desk.queue(Which(limit=2, cursor=first["next_cursor"]))

    assert (second["run_id"], [line["rank"] for line in second["items"]]) == (first["run_id"], [3, 4])


def test_a_filter_keeps_the_ranks_and_its_pages(desk, store):
    store.publish(made_run([score("A", "C-1", open=900), score("B", "C-2", open=901, dpd=-1), *scores(5)[2:]]))

    found = list(pages(desk, limit=1, min_amount=Decimal(997)))

    assert [[line["rank"] for line in page] for page in found] == [[1], [2]]
    assert list(pages(desk, min_amount=Decimal("998.01"))) == [[]]


def test_the_smallest_amount_is_met_exactly_and_absurd_ones_find_nothing(desk, store):
    store.publish(made_run([score(open="500.01")]))

    assert len(desk.queue(Which(min_amount=Decimal("500.01")))["items"]) == 1
    assert len(desk.queue(Which(min_amount=Decimal("500.0101")))["items"]) == 0
    assert len(desk.queue(Which(min_amount=Decimal("1e400")))["items"]) == 0
    assert len(desk.queue(Which(min_amount=Decimal("-1e400")))["items"]) == 1
    assert len(desk.queue(Which(min_amount=Decimal("1e-400")))["items"]) == 1


def wrapped(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


NOT_OURS = (["run", 1], [1, 1], {}, ["r", 10**30], 5, None, ["run", True], ["\ud800", 1])
FOREIGN = ["", "x", "§", "A" * 300, "W10", *map(wrapped, NOT_OURS)]


@pytest.mark.parametrize("cursor", FOREIGN)
def test_a_cursor_of_another_list_is_refused(desk, store, cursor):
    store.publish(made_run(scores(2)))

    with pytest.raises(BadCursor):
        desk.queue(Which(cursor=cursor))


def test_a_cursor_of_another_evening_is_refused(desk, store):
    yesterday = EVENING - timedelta(days=1)
    store.publish(made_run(scores(2, yesterday), as_of=yesterday))
    cursor = desk.queue(Which(limit=1))["next_cursor"]
    store.publish(made_run(scores(2)))

    with pytest.raises(BadCursor):
        desk.queue(Which(EVENING, cursor=cursor))


def test_an_account_below_the_cut_can_be_looked_up_with_its_items(desk, store):
    store.publish(made_run(scores(3), capacity=1))

    account = desk.account("C-2")

    assert (account["rank"], account["standing"]) == (None, "below_the_cut")
    assert [item["item_id"] for item in account["items"]] == ["I-2"]
    assert account["run"]["run_id"] == desk.queue()["run_id"]


def test_what_is_not_there_is_said_with_the_way_out(desk, store):
    with pytest.raises(NothingPublished, match="No queue was published yet"):
        desk.queue()
    with pytest.raises(NothingPublished, match="2020-01-01"):
        desk.account("C-1", date(2020, 1, 1))
    store.publish(made_run(scores(1)))
    for unknown in ("C-9", "", "C-0\0", "\ud800", "C-0' OR 1=1 --"):
        with pytest.raises(UnknownAccount):
            desk.account(unknown)
