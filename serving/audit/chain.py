"""The chain of audit entries: each holds the hash of the one before, so that none can be changed, added or taken away
without a mark. Pure: no store, no clock.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BEGINNING = "0" * 64
"""What the first entry has for the hash of the one before."""

_FORMAT = "payrisk-audit-1"


@dataclass(frozen=True)
class Change:
    """What is to be entered.

    Attributes:
        actor, role: who did it, and as what.
        at: when, UTC, ISO 8601.
        action: what was done, such as `activity.promise`; object: to what.
        before, after: SHA-256 of what stood there and of what stands there now; '' for nothing.
        request_id: of the request that asked for it; '' outside of the API.
    """

    actor: str
    role: str
    at: str
    action: str
    object: str
    before: str
    after: str
    request_id: str


@dataclass(frozen=True)
class Entry:
    """One entry: its place in the chain from 1, the change, the hash of the entry before, and its own."""

    seq: int
    change: Change
    prev_hash: str
    hash: str


@dataclass(frozen=True)
class Anchor:
    """What the chain ended with, kept elsewhere: the last entry and its hash, on a day (ISO 8601)."""

    on: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Fault:
    """The first entry that is not as it was written.

    Attributes:
        seq: of the first entry that shows to be bad; of a missing one the number that it had.
        since: of the earliest entry that may be bad. It is `seq` but where hashes were reckoned anew to hide something:
            then all after the last anchor that agrees may have been rewritten.
        sentence: what is wrong with it.
    """

    seq: int
    since: int
    sentence: str


def next_entry(before: Entry | None, change: Change) -> Entry:
    """The entry of a change, after the last one (None: the first of all)."""
    seq, prev_hash = (1, BEGINNING) if before is None else (before.seq + 1, before.hash)
    return Entry(seq, change, prev_hash, hash_of(seq, change, prev_hash))


def hash_of(seq: int, change: Change, prev_hash: str) -> str:
    """SHA-256 over everything in an entry, in its order."""
    said = [
        _FORMAT, seq, change.actor, change.role, change.at, change.action, change.object, change.before, change.after,
        change.request_id, prev_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def first_fault(entries: Iterable[Entry], anchors: Sequence[Anchor] = ()) -> Fault | None:
    """The first entry that is not as it was written; None for a sound chain.

    Args:
        entries: all of them, by `seq`.
        anchors: what was kept elsewhere, in the order in which it was kept.

    A change, an insertion, a removal and a reordering show in the chain itself, and the entry is named exactly. A tail
    that was cut, or written anew with all its hashes, shows in the anchors: then the fault lies after the last anchor
    that agrees. What came after the last anchor of all is only as safe as the store.
    """
    chain = tuple(entries)
    faults = _against_anchors(chain, anchors), _broken_link(chain, anchors)
    return min((fault for fault in faults if fault), key=lambda fault: (fault.seq, -fault.since), default=None)


def _broken_link(chain: Sequence[Entry], anchors: Sequence[Anchor]) -> Fault | None:
    sound = None
    for entry in chain:
        expected, prev_hash = (1, BEGINNING) if sound is None else (sound.seq + 1, sound.hash)
        if entry.seq != expected:
            return _fault(expected, f"is missing: {entry.seq} stands in its place")
        genuine = hash_of(entry.seq, entry.change, entry.prev_hash) == entry.hash
        if not genuine:
            return _misplaced(chain, entry)
        if entry.prev_hash != prev_hash:
            return _after_another(chain, anchors, entry.seq)
        sound = entry
    return None


def _misplaced(chain: Sequence[Entry], entry: Entry) -> Fault:
    """Of an entry whose hash is not its own: it was changed, or was written for another place."""
    places = range(max(1, entry.seq - len(chain)), entry.seq + len(chain) + 1)
    place = next((at for at in places if hash_of(at, entry.change, entry.prev_hash) == entry.hash), None)
    if place is None:
        return _fault(entry.seq, "is not as it was written")
    return _fault(min(place, entry.seq), f"is not the one that was written there: entry {place} stands at {entry.seq}")


def _after_another(chain: Sequence[Entry], anchors: Sequence[Anchor], seq: int) -> Fault:
    """Of an entry sound in itself that was written after another one than stands before it now."""
    agreeing = [one.seq for one in anchors if 0 < one.seq < seq and chain[one.seq - 1].hash == one.hash]
    since = max(agreeing, default=0) + 1
    shows = max(seq - 1, since)
    return Fault(shows, since, f"Entry {seq} was written after another one than stands before it now.")


def _fault(seq: int, what: str) -> Fault:
    return Fault(seq, seq, f"Entry {seq} {what}.")


def _against_anchors(chain: Sequence[Entry], anchors: Sequence[Anchor]) -> Fault | None:
    since = 1
    for anchor in sorted(anchors, key=lambda one: one.seq):
        if anchor.seq > len(chain):
            missing = len(chain) + 1
            return _fault(missing, f"is missing: the chain ends before it, and had {anchor.seq} on {anchor.on}")
        if anchor.seq and chain[anchor.seq - 1].hash != anchor.hash:
            return Fault(anchor.seq, since, f"Entry {anchor.seq} is not the one that stood there on {anchor.on}.")
        since = anchor.seq + 1
    return None
