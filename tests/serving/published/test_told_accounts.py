"""Accounts told before they have a place, and put in it later, say what they would say told at once."""

import json
import os
import resource
import signal
import tempfile

import pyarrow as pa
import pytest
from evenings import rates, rules_of, score

from serving.accounts.account import CustomerFacts
from serving.accounts.adding_up import accounts_of
from serving.errors import NoRoomToWork
from serving.listing.queue import build_queue, queue_in_places, ranked_alone
from serving.published.account_body import account_json
from serving.published.bodies import json_bytes
from serving.published.spool import Spool
from serving.published.told_accounts import ToldAccounts, told_at_once
from serving.value.priority import OverdueThenAge


@pytest.mark.parametrize("name", ["Ümit & Söhne", 'of a "next_action": and ,"segment":', "broken \udc80 file"])
def test_a_text_put_in_its_place_is_the_body_told_at_once(name):
    scores = [score(f"I-{n}", f"C-{n}", open=100 + n) for n in range(4)] + [score("I-9", "C-9", dpd=-3)]
    accounts = accounts_of(scores, {one.customer_id: CustomerFacts(name) for one in scores}, rates())
    rules, told = rules_of(2, rates()), ToldAccounts()
    alone = [ranked_alone(account, OverdueThenAge(), rules) for account in accounts]
    told.tell(alone[:3])
    told.tell(alone[3:])

    placed = queue_in_places(alone, OverdueThenAge(), rules).everybody()
    at_once = build_queue(accounts, OverdueThenAge(), rules).everybody()

    assert list(told.texts(placed)) == [json_bytes(account_json(one)) for one in at_once]
    assert {json.loads(text)["standing"] for text in told.texts(placed)} == {"listed", "below_the_cut", "not_overdue"}


@pytest.mark.parametrize("country", ["FR", "\udc80"])
def test_what_names_a_list_is_all_of_each_account_but_its_name_whenever_it_was_told(country):
    scores = [score(f"I-{n}", f"C-{n}", open=100 + n) for n in range(4)] + [score("I-9", "C-9", dpd=-3)]
    rules = rules_of(2, rates())

    def fingerprints(name="Ümit", scores=scores, rules=rules, place=lambda one: one):
        facts = {one.customer_id: CustomerFacts(name, country) for one in scores}
        alone = [ranked_alone(one, OverdueThenAge(), rules) for one in accounts_of(scores, facts, rates())]
        placed = list(map(place, queue_in_places(alone, OverdueThenAge(), rules).everybody()))
        told = ToldAccounts()
        told.tell(alone[:1])
        told.tell(alone[1:])
        before, at_once = (list(some.fingerprints(placed)) for some in (told, ToldAccounts.of(placed)))
        assert before == at_once
        return before

    usual = fingerprints()
    assert len(set(usual)) == 5
    for name in (None, 'a "next_action": and ,"segment":', "broken \udc80 file"):
        assert fingerprints(name) == usual
    other_score = [one._replace(p_30_dpd=0.1234) if one.item_id == "I-3" else one for one in scores]
    assert len(set(fingerprints(scores=other_score)) - set(usual)) == 1
    assert len(set(fingerprints(place=lambda one: one._replace(collector="anna"))) & set(usual)) == 0
    assert len(set(fingerprints(place=lambda one: one._replace(place=(one.place or 0) + 1))) - set(usual)) == 2


def test_what_a_bare_account_left_out_stands_in_its_body():
    account = accounts_of([score("I-1"), score("I-2", open=7)], {}, rates())[0]
    placed = ranked_alone(account, OverdueThenAge(), rules_of(1, rates()))
    told = ToldAccounts.of([placed])

    assert account.bare().items == account.bare().reasons == ()
    assert account.bare().callable_minor == account.callable_minor == 1007_00
    assert [reason["concept"] for reason in told.reasons(placed)] == [reason.concept for reason in account.reasons]


def texts(*cells):
    return pa.array(cells, pa.binary())


def test_a_spool_gives_back_each_text_whatever_was_read_between():
    spool, long = Spool(), b"three" * 10_000
    for some in ([b"one", b""], [], [long]):
        spool.add(texts(*some))

    assert (spool.read(2), spool.read(0), spool.read(1)) == (long, b"one", b"")
    spool.add(texts(b"not this", b"four", b"five")[1:])
    assert (len(spool), spool.read(3)) == (5, b"four")
    for numbers in ([0, 1, 2, 3], [3, 4, 0, 1], [2, 2, 1, 0], []):
        assert list(spool.read_all(numbers)) == [[b"one", b"", long, b"four", b"five"][at] for at in numbers]


def test_a_spool_may_hold_more_than_two_gigabytes():
    spool = Spool()
    spool._ends[0] = os.lseek(spool._file.fileno(), 2**31 - 3, os.SEEK_SET)  # nothing is written that far
    spool.add(texts(b"one", b"two"))
    spool.add(texts(b"three"))

    assert list(spool.read_all([0, 1, 2])) == [b"one", b"two", b"three"]


def test_what_lies_together_is_read_some_at_a_time_and_whole_however_little_the_system_gives(monkeypatch):
    pread = os.pread
    monkeypatch.setattr("serving.published.spool._TOGETHER", 10)
    monkeypatch.setattr(os, "pread", lambda file, count, at: pread(file, min(count, 7), at))
    own = [b"one", b"", b"three", b"a longer one than that", b"five"]
    spool = Spool()
    spool.add(texts(*own))

    assert list(spool.read_all(range(5))) == own


def test_what_was_laid_aside_and_is_gone_is_said_and_not_waited_for():
    spool = Spool()
    spool.add(texts(b"one", b"two"))
    os.ftruncate(spool._file.fileno(), 4)

    with pytest.raises(NoRoomToWork, match="gone"):
        list(spool.read_all([0, 1]))


def test_accounts_are_told_together_by_their_number_and_by_their_items(monkeypatch):
    monkeypatch.setattr("serving.published.told_accounts.AT_ONCE", 3)
    monkeypatch.setattr("serving.published.told_accounts.ITEMS_AT_ONCE", 4)
    counts = (1, 1, 1, 1, 3, 1, 9, 2)
    scores = [score(f"I-{n}-{at}", f"C-{n}") for n, count in enumerate(counts) for at in range(count)]
    accounts = accounts_of(scores, {}, rates())
    alone = [ranked_alone(account, OverdueThenAge(), rules_of(2, rates())) for account in accounts]

    together = [[len(one.account.items) for one in some] for some in told_at_once(alone)]

    assert together == [[1, 1, 1], [1, 3], [1], [9], [2]]


def test_a_disk_without_room_for_the_accounts_is_told_in_a_sentence(monkeypatch):
    spool = Spool()
    spool.add(texts(b"one"))

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        for _ in range(3):
            spool.add(texts(b"x" * 60_000))

    assert "laid aside on the disk: File too large. Make room, or name a folder" in refusal_of(full)
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    assert "laid aside on the disk: No such file or directory. Make room" in refusal_of(Spool)


def refusal_of(work):
    """What a process of its own says of work without room."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            work()
        except NoRoomToWork as refusal:
            os.write(theirs, str(refusal).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    with os.fdopen(ours) as told:
        return told.read()
