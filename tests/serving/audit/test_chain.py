"""The chain of the audit log: whoever tampers with it is found, and the first bad entry is named."""

import os
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from serving.audit.audit_store import first_untrue
from serving.audit.chain import BEGINNING, Anchor, Change, Entry, first_fault, hash_of, next_entry

TAMPERINGS = 1_000 if int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1 else 140
"""Drawn in all; `make test-all` draws a thousand."""

Chain = list[Entry]
Tampered = tuple[Chain, int]
"""A chain after tampering, and the number of the first entry that is not as it was written."""


def change(n: int, **said: str) -> Change:
    told = {"actor": f"person-{n % 3}", "role": "collector", "at": f"2026-04-01T09:{n % 60:02}:00+00:00",
            "action": "activity.note", "object": f"activities/{n}", "before": "", "after": f"{n:064}",
            "request_id": ""}  # fmt: skip
    return Change(**(told | said))


def chain_of(length: int) -> Chain:
    made: Chain = []
    for n in range(length):
        made.append(next_entry(made[-1] if made else None, change(n)))
    return made


def hashed_anew(chain: Chain, since: int) -> Chain:
    """The chain with every hash from the entry number `since` on reckoned anew, as one who rewrites it all would."""
    made = chain[: since - 1]
    for entry in chain[since - 1 :]:
        made.append(next_entry(made[-1] if made else None, entry.change))
    return made


def numbered_anew(chain: Chain) -> Chain:
    return [replace(entry, seq=at) for at, entry in enumerate(chain, start=1)]


def changed(chain: Chain, luck: random.Random) -> Tampered:
    """One field of one entry."""
    at, name = luck.randrange(len(chain)), luck.choice(["actor", "role", "at", "action", "object", "before", "after"])
    entry = chain[at]
    chain[at] = replace(entry, change=replace(entry.change, **{name: getattr(entry.change, name) + "x"}))
    return chain, at + 1


def rehashed(chain: Chain, luck: random.Random) -> Tampered:
    """A hash itself, or the hash of the one before."""
    at, name = luck.randrange(len(chain)), luck.choice(["hash", "prev_hash"])
    chain[at] = replace(chain[at], **{name: "f" * 64})
    return chain, at + 1


def removed(chain: Chain, luck: random.Random) -> Tampered:
    at = luck.randrange(len(chain) - 1)
    return chain[:at] + chain[at + 1 :], at + 1


def removed_and_numbered(chain: Chain, luck: random.Random) -> Tampered:
    at = luck.randrange(len(chain) - 1)
    return numbered_anew(chain[:at] + chain[at + 1 :]), at + 1


def inserted(chain: Chain, luck: random.Random) -> Tampered:
    """A forged entry, well hashed, the later ones numbered on."""
    at = luck.randrange(len(chain) - 1)
    forged = next_entry(chain[at], change(999))
    return numbered_anew([*chain[: at + 1], forged, *chain[at + 1 :]]), at + 2


def reordered(chain: Chain, luck: random.Random) -> Tampered:
    """Two entries in each other's place."""
    one, other = sorted(luck.sample(range(len(chain)), 2))
    chain[one], chain[other] = chain[other], chain[one]
    return numbered_anew(chain), one + 1


def cut(chain: Chain, luck: random.Random) -> Tampered:
    """The tail is gone, without a trace in the chain itself."""
    at = luck.randrange(1, len(chain))
    return chain[:at], at + 1


def rewritten(chain: Chain, luck: random.Random) -> Tampered:
    """An entry is another one, and everything after it was hashed anew."""
    at = luck.randrange(len(chain))
    chain[at] = replace(chain[at], change=change(999))
    return hashed_anew(chain, at + 1), at + 1


def rewritten_in_part(chain: Chain, luck: random.Random) -> Tampered:
    """The same, but some of the later ones were not hashed anew."""
    at = luck.randrange(len(chain) - 1)
    chain[at] = replace(chain[at], change=change(999))
    until = luck.randrange(at + 1, len(chain))
    return hashed_anew(chain, at + 1)[:until] + chain[until:], at + 1


NAMED_EXACTLY = (changed, rehashed, removed, removed_and_numbered, inserted, reordered, cut)
FOUND_BETWEEN = (rewritten, rewritten_in_part)


def tampered(how: Callable[[Chain, random.Random], Tampered], seed: int) -> tuple[Chain, list[Anchor], int]:
    luck = random.Random(f"{how.__name__} {seed}")
    chain = chain_of(luck.randrange(3, 40))
    days = sorted({*luck.sample(range(1, len(chain) + 1), 2), len(chain)})
    anchors = [Anchor(f"2026-04-{n + 1:02}", seq, chain[seq - 1].hash) for n, seq in enumerate(days)]
    assert first_fault(chain, anchors) is None
    bad, first = how(chain, luck)
    return bad, anchors, first


@pytest.mark.parametrize("how", NAMED_EXACTLY)
def test_who_tampers_is_found_and_the_first_bad_entry_is_named(how):
    for seed in range(TAMPERINGS // len(NAMED_EXACTLY + FOUND_BETWEEN) + 1):
        chain, anchors, first = tampered(how, seed)

        fault = first_fault(chain, anchors)

        assert fault is not None, (how.__name__, seed)
        assert (fault.seq, fault.since) == (first, first), (how.__name__, seed, fault)


@pytest.mark.parametrize("how", FOUND_BETWEEN)
def test_who_hashes_anew_is_found_between_the_last_anchor_that_agrees_and_the_entry_named(
    how,
):
    for seed in range(TAMPERINGS // len(NAMED_EXACTLY + FOUND_BETWEEN) + 1):
        chain, anchors, first = tampered(how, seed)

        fault = first_fault(chain, anchors)

        assert fault is not None, (how.__name__, seed)
        agreeing = max((one.seq for one in anchors if one.seq < first), default=0)
        assert agreeing < fault.since <= first <= fault.seq, (how.__name__, seed, fault)


def test_without_an_anchor_a_cut_tail_does_not_show():
    assert first_fault(chain_of(9)[:5]) is None


def test_an_empty_chain_is_sound_until_an_anchor_knew_an_entry():
    assert first_fault([], [Anchor("2026-04-01", 0, BEGINNING)]) is None
    assert first_fault([], [Anchor("2026-04-01", 1, "a" * 64)]).seq == 1


def test_the_hash_of_an_entry_is_the_one_that_was_told():
    told = Change(
        "maria", "collector", "2026-04-01T09:41:07+00:00", "activity.note", "activities/1", "", "0" * 64, "r1"
    )

    # Written down once: another one would make every log of before look tampered with.
    assert hash_of(1, told, BEGINNING) == "071a29b5d4b17a97d95c480f9482f49230c1b4bbc76b5ef161c975fadcc1dea1"


def test_a_second_entry_about_an_activity_makes_no_forgery_true():
    chain = chain_of(4)
    stored = {entry.change.object: entry.change.after for entry in chain}
    assert first_untrue(chain, stored) is None

    forged = stored | {"activities/1": "f" * 64}
    chain.append(next_entry(chain[-1], change(1, after="f" * 64)))

    assert first_fault(chain) is None
    assert first_untrue(chain, forged).seq == 2
    assert first_untrue(chain, stored).seq == 5
