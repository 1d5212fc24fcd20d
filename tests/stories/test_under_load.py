"""The desk as it is served, under load: reading while lists are published, fifty who edit the same accounts, and a
server that is killed while people write.

`make test` does a little of each, to see that it works; `make test-all` reads 100,000 pages, edits 5,000 times and
kills 30 times. Each ends by itself.
"""

import http.client
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from evenings import EVENING, made_run, score
from served_desk import ServedDesk, Told, person, served

from payrisk.audit_work import verify_audit
from payrisk.settings import Settings
from serving.published.queue_run import QueueRun
from serving.published.store import ServingStore

THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1
READS, PUBLISHED = (100_000, 60) if THOROUGH else (240, 4)
EDITS, ITEMS, EDITORS = (5_000, 20, 50) if THOROUGH else (100, 4, 10)
KILLS, BETWEEN = (30, 2.0) if THOROUGH else (1, 0.5)
READERS, WRITERS = 8, 8
EDITED, KILLED = [f"E-{n}" for n in range(ITEMS)], [f"K-{n}" for n in range(4)]
"""Accounts of every list: those that many edit, and those that are written about while the server is killed."""

OWN, PAGE = 16, 8
"""Accounts that a list alone has, and lines of a page of it."""

LINES = OWN + len(EDITED) + len(KILLED)
LONGEST = 1800.0 if THOROUGH else 120.0
"""Seconds after which a campaign gives up."""


def side_by_side(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What each of so many threads found; what one raises is raised."""
    found: list[Any] = [None] * count
    failed: list[BaseException] = []

    def one(number: int) -> None:
        try:
            found[number] = work(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + LONGEST
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    if failed:
        raise failed[0]
    assert not any(thread.is_alive() for thread in threads), "gave up"
    return found


def told(name: str, began: float, **figures: Any) -> None:
    print(f"{name}: {figures}, {time.monotonic() - began:.1f} s")


# ---- reading while lists are published


def made(number: int) -> QueueRun:
    """One of the lists that are published, three for each evening, each with accounts of its own."""
    evening = EVENING + timedelta(number // 3)
    customers = [*(f"L{number}-{n}" for n in range(OWN)), *EDITED, *KILLED]
    run = made_run([score(f"INV-{name}", name, as_of=evening) for name in customers], as_of=evening)
    run.head["run_id"] = f"list-{number}"
    return run


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDesk]:
    with served(tmp_path_factory.mktemp("served"), made(0)) as desk:
        yield desk


def test_no_chain_of_pages_is_of_two_lists_while_new_ones_are_published(desk: ServedDesk) -> None:
    reads, began, store = Counter(), time.monotonic(), ServingStore(desk.url)

    def publish(_: int) -> list[int]:
        for number in range(1, PUBLISHED):
            while reads.total() < READS * number / PUBLISHED:
                time.sleep(0.01)
            store.publish(made(number))
        return []

    def read(worker: int) -> list[int]:
        seen = []
        while reads.total() < READS:
            seen.append(chain(desk, worker * 1_000 + len(seen), reads))
        return seen

    found = side_by_side(READERS + 1, lambda n: publish(n) if n == READERS else read(n))
    store.close()

    for seen in found[:READERS]:
        assert seen == sorted(seen)  # nobody is shown an older list after a newer one
    of_lists = len({number for seen in found for number in seen})
    told("read", began, reads=reads.total(), chains=sum(map(len, found)), lists_seen=of_lists, answers=dict(reads))
    assert (set(reads), "Traceback" in desk.log()) == ({200}, False)
    assert of_lists > PUBLISHED / 2


def chain(desk: ServedDesk, seed: int, reads: Counter) -> int:
    """Follow the list of today from its first page to its last; the number of the list that all of them are of."""
    first, cursor, lines = "", "", []
    while True:
        path = f"/api/v1/queues/today?limit={PAGE}{f'&cursor={cursor}' if cursor else ''}"
        page = desk.ask(person(seed), "GET", path)
        reads[page.status] += 1
        assert page.status == 200, page.body
        first = first or page.body["run_id"]
        assert page.body["run_id"] == first
        lines += page.body["items"]
        cursor = page.body["next_cursor"]
        if cursor is None:
            break
    number = int(first.rpartition("-")[2])
    assert [line["rank"] for line in lines] == list(range(1, LINES + 1))
    assert {line["customer_id"] for line in lines} == {*(f"L{number}-{n}" for n in range(OWN)), *EDITED, *KILLED}
    assert page.body["summary"]["listed"] == LINES
    return number


# ---- many who edit the same accounts


def note(desk: ServedDesk, who: str, customer: str, etag: str, text: str, key: str = "") -> Told:
    headers = {"if-match": etag} | ({"idempotency-key": key} if key else {})
    path = f"/api/v1/accounts/{customer}/activities"
    return desk.ask(who, "POST", path, headers, {"kind": "note", "text": text})


def version(desk: ServedDesk, who: str, customer: str) -> str:
    return desk.ask(who, "GET", f"/api/v1/accounts/{customer}/activities?limit=1").etag


def kept(desk: ServedDesk, customers: list[str]) -> dict[str, list[dict]]:
    """Customer → everything that is recorded of it, oldest first."""
    found: dict[str, list[dict]] = {}
    for customer in customers:
        cursor, items = "", []
        while cursor is not None:
            path = f"/api/v1/accounts/{customer}/activities?limit=500{f'&cursor={cursor}' if cursor else ''}"
            page = desk.ask(person(0), "GET", path).body
            items, cursor = items + page["items"], page["next_cursor"]
        found[customer] = items[::-1]
    return found


def audited(desk: ServedDesk) -> int:
    """How many entries the audit log has; that it is sound."""
    found = verify_audit(Settings(home=desk.home))
    assert found["sound"], found
    return int(found["entries"])


def test_of_many_who_edit_the_same_accounts_no_edit_is_lost(desk: ServedDesk) -> None:
    began, before = time.monotonic(), audited(desk)

    def edit(worker: int) -> Counter:
        luck, answers, who = random.Random(worker), Counter(), person(worker)
        known = {customer: version(desk, who, customer) for customer in EDITED}
        for number in range(EDITS // EDITORS):
            customer = luck.choice(EDITED)
            answer = note(desk, who, customer, known[customer], f"{worker}: {number}")
            answers[answer.status, customer] += 1
            known[customer] = answer.etag if answer.status == 201 else version(desk, who, customer)
        return answers

    answers = sum(side_by_side(EDITORS, edit), Counter())
    found = kept(desk, EDITED)

    statuses = Counter({status: 0 for status, _ in answers})
    for (status, _), count in answers.items():
        statuses[status] += count
    told("edited", began, answers=dict(statuses))
    assert set(statuses) == {201, 412}
    assert statuses.total() == EDITS // EDITORS * EDITORS
    for customer in EDITED:
        versions = [one["account_version"] for one in found[customer]]
        assert versions == list(range(1, answers[201, customer] + 1))
    assert audited(desk) - before == statuses[201]
    assert "Traceback" not in desk.log()


# ---- a server that is killed


def test_what_was_acknowledged_is_there_however_often_the_server_is_killed(desk: ServedDesk) -> None:
    began, before, over, lost_sight = time.monotonic(), audited(desk), threading.Event(), Counter()

    def write(worker: int) -> dict[str, str]:
        """Text → id of what was acknowledged, sent with its key until it was."""
        luck, acknowledged, who = random.Random(worker), {}, person(worker)
        while not over.is_set():
            text = f"{worker}: {len(acknowledged)}"
            acknowledged[text] = sent(desk, who, luck.choice(KILLED), text, lost_sight)
        return acknowledged

    def kill(_: int) -> dict[str, str]:
        try:
            for _ in range(KILLS):
                time.sleep(BETWEEN)
                desk.kill()
                desk.start()
            time.sleep(BETWEEN)
        finally:
            over.set()
        return {}

    found = side_by_side(WRITERS + 1, lambda n: kill(n) if n == WRITERS else write(n))
    acknowledged = {text: one for each in found for text, one in each.items()}
    rows = [one for of_one in kept(desk, KILLED).values() for one in of_one]

    told("killed", began, kills=KILLS, acknowledged=len(acknowledged), sent_again=lost_sight["again"])
    assert {one["said"]["text"]: one["activity_id"] for one in rows} == acknowledged
    assert len(rows) == len(acknowledged) == audited(desk) - before


def sent(desk: ServedDesk, who: str, customer: str, text: str, lost_sight: Counter) -> str:
    """Write a note until it is acknowledged, with the same key whenever the server went away; its id."""
    until, etag = time.monotonic() + LONGEST, ""
    while time.monotonic() < until:
        try:
            etag = etag or version(desk, who, customer)
            answer = note(desk, who, customer, etag, text, key=f"{who} {text}")
        except (OSError, http.client.HTTPException):
            lost_sight["again"] += 1
            time.sleep(0.05)
            continue
        if answer.status == 201:
            return str(answer.body["activity_id"])
        assert answer.status in (409, 412, 429), answer
        etag = "" if answer.status == 412 else etag
        time.sleep(0.2 if answer.status == 429 else 0)
    raise TimeoutError(text)
