"""A law of the desk on random days of work: when the ledger hears what was recorded does not matter."""

import random
import tempfile
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
from builders import invoice, law, new_database
from desk_recording import CONTACT, MARIA, DeskClock, published_desk, record, recorder_of
from hypothesis import given
from hypothesis import strategies as st

from ledger.book import Ledger
from serving.activities.errors import CannotUndo, NotADispute
from serving.activities.recording import Asked, Recorder
from serving.activities.said import Callback, Dispute, Hold, Promise, Resolution, Undo
from serving.etags import etag

FIRST = date(2026, 4, 1)
ACTS = 14
KINDS = ("contacts", "promises", "disputes", "holds", "callbacks")


def act(recorder: Recorder, clock: DeskClock, luck: random.Random) -> None:
    """One thing that a collector does, or a night that passes."""
    today, choice = clock.today(), luck.randrange(10)
    made = [one["activity_id"] for one in recorder.activities("C-1", limit=100)["items"]]
    if choice == 0:
        clock.pass_on(days=luck.randrange(1, 3))
    elif choice in (1, 2, 3) and made:
        with suppress(CannotUndo):
            recorder.undo("C-1", Undo(luck.choice(made)), Asked(MARIA, etag(recorder.version("C-1"))))
    elif choice == 4 and made:
        with suppress(NotADispute):
            record(recorder, Resolution(luck.choice(made), "accepted"))
    else:
        soon = today + timedelta(days=luck.randrange(1, 5))
        said = (
            CONTACT, Promise(Decimal(luck.randrange(1, 900)), "EUR", soon), Callback(soon), Hold("legal", "", soon),
            Dispute("INV-1", Decimal(luck.randrange(1, 40)), "EUR", "damaged"),
        )  # fmt: skip
        record(recorder, luck.choice(said))


def facts_of(seed: int, folder: Path, heard: float) -> tuple[dict[str, pd.DataFrame], int]:
    """The facts after these days of work, and how many imports they came in; heard after a share of the acts."""
    url = new_database(folder)
    ledger, clock = Ledger.open(url), DeskClock(FIRST)
    ledger.load(invoice("INV-1", due_on="2026-03-20", amount=1000))
    desk = published_desk(url)
    recorder, luck, when = recorder_of(desk, clock), random.Random(seed), random.Random(seed + 1)
    for _ in range(ACTS):
        act(recorder, clock, luck)
        if when.random() < heard:
            ledger.hear_desk()
    ledger.hear_desk()
    view = ledger.as_of(clock.today() + timedelta(days=30))
    found = {kind: getattr(view, kind) for kind in KINDS}, ledger.version
    desk.store.close()
    ledger.close()
    return found


@law(3)
@given(st.integers(min_value=0, max_value=2**32 - 1))
def test_when_the_ledger_hears_what_was_recorded_does_not_matter(seed):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        (often, imports), (once, fewer) = facts_of(seed, Path(one), 0.7), facts_of(seed, Path(other), 0)

    assert fewer <= imports
    for kind in KINDS:
        pd.testing.assert_frame_equal(often[kind], once[kind], obj=kind)
