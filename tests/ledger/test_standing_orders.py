"""Holds and callbacks booked directly: what is believed, when it was known, and what it means for an evening."""

from datetime import date

import pytest
from builders import callback, contact, hold, invoice, ledger_of, promise, together
from views import view_of

from ledger.activity import HOLDS, BadCallback, BadHold, UnknownCode
from ledger.days import NEVER, to_day
from ledger.errors import DuplicateFact, IncompleteFacts
from ledger.facts import Facts
from ledger.frames import CALLBACK_COLUMNS, HOLD_COLUMNS
from ledger.schema import HOLDS as HOLD_TABLE
from ledger.standing_orders import callbacks_to_keep, holds_in_force
from ledger.view import LedgerView

MARCH = date(2026, 3, 31)
INV = invoice("INV-1", due_on="2026-03-14", amount=100)


def march(day: int) -> date:
    return date(2026, 3, day)


def kinds(view: LedgerView, on: date | None = None) -> list[str]:
    return holds_in_force(view, on or view.day)["kind"].tolist()


def to_keep(*facts: Facts, day: date) -> list[str]:
    return callbacks_to_keep(view_of(INV, *facts, day=day))["callback_id"].tolist()


def test_every_kind_of_hold_is_told_in_the_data_contract():
    said = {column.name: column.meaning for column in HOLD_TABLE.columns}

    assert all(kind in said["kind"] for kind in HOLDS)


@pytest.mark.parametrize(
    ("values", "error", "sentence"),
    [
        ({"kind": "holiday"}, UnknownCode, '"holiday" is no kind of a hold. Expected one of insolvency, legal, agency'),
        ({"until_on": "2026-03-01"}, BadHold, 'Hold "H-1": it ends on 2026-03-01, and begins on 2026-03-02. Expected'),
    ],
)
def test_a_hold_that_cannot_be_is_refused(values, error, sentence):
    with pytest.raises(error, match=sentence) as refused:
        hold("H-1", **{"kind": "legal", "from_on": "2026-03-02"} | values)

    assert refused.value.field in ("kind", "until_on")


@pytest.mark.parametrize("at", ["24:00", "9:30", "14.30", "14:60", "2 pm", " 14:30", "14:30\n"])
def test_a_callback_at_a_time_that_no_clock_shows_is_refused(at):
    with pytest.raises(BadCallback, match=r'Callback "B-1": "[^"]+" is no time of day. Expected HH:MM') as refused:
        callback("B-1", due_on="2026-03-14", known_on="2026-03-01", at=at)

    assert (refused.value.code, refused.value.field) == ("bad_callback", "at")


@pytest.mark.parametrize("at", ["", "00:00", "09:05", "23:59"])
def test_a_callback_at_a_time_of_day_or_at_none_is_believed(at):
    assert callback("B-1", due_on="2026-03-14", known_on="2026-03-01", at=at).callbacks["at"].tolist() == [at]


def test_an_id_is_said_once_at_a_time_and_with_all_that_is_required():
    with pytest.raises(DuplicateFact, match="holds"):
        together(hold("H-1", "legal", from_on="2026-03-02"), hold("H-1", "agency", from_on="2026-03-02"))
    with pytest.raises(DuplicateFact, match="callbacks"):
        together(*(callback("B-1", due_on=day, known_on="2026-03-01") for day in ("2026-03-04", "2026-03-05")))
    with pytest.raises(IncompleteFacts, match="from_on"):
        Facts.of(holds=[{"hold_id": "H-1", "customer_id": "C-1", "kind": "legal", "known_on": 20_000}])
    with pytest.raises(IncompleteFacts, match="due_on"):
        Facts.of(callbacks=[{"callback_id": "B-1", "customer_id": "C-1", "known_on": 20_000}])


def test_holds_and_callbacks_show_from_the_evening_on_which_they_became_known(ledger):
    ledger.load(INV)
    ledger.load(hold("H-1", "insolvency", from_on="2026-03-01", known_on="2026-03-05"))
    ledger.load(callback("B-1", due_on="2026-03-09", known_on="2026-03-05", at="14:30"))

    before, after = ledger.as_of(march(4)), ledger.as_of(march(5))

    assert (len(before.holds), len(before.callbacks)) == (0, 0)
    assert after.holds[["hold_id", "customer_id", "kind", "reason", "until_on"]].values.tolist() == [
        ["H-1", "C-1", "insolvency", "", NEVER]
    ]
    assert callbacks_to_keep(after).values.tolist() == [["B-1", "C-1", to_day(march(9)), "14:30"]]
    assert [record.roles for record in ledger.imports()][1:] == [("holds",), ("callbacks",)]
    assert ledger.newest_day() == date(2026, 2, 12)


@pytest.mark.parametrize(("day", "held"), [(1, False), (2, True), (8, True), (9, False)])
def test_a_hold_is_in_force_from_its_first_day_until_the_day_before_its_end(day, held):
    view = view_of(INV, hold("H-1", "snooze", from_on="2026-03-02", until_on="2026-03-09", known_on="2026-03-01"))

    assert kinds(view, march(day)) == (["snooze"] if held else [])


def test_an_end_that_lies_ahead_is_known_as_soon_as_it_was_told():
    view = view_of(INV, hold("H-1", "snooze", from_on="2026-03-02", until_on="2026-03-09"), day=march(8))

    assert (kinds(view), kinds(view, march(9))) == (["snooze"], [])


def test_a_hold_is_lifted_by_telling_it_again_with_an_end(ledger):
    ledger.load(INV)
    ledger.load(hold("H-1", "legal", from_on="2026-03-02"))
    ledger.load(hold("H-1", "legal", from_on="2026-03-02", until_on="2026-03-10", known_on="2026-03-12"))

    assert [kinds(ledger.as_of(march(day))) for day in (1, 2, 11, 12)] == [[], ["legal"], ["legal"], []]
    assert kinds(ledger.as_of(march(12)), march(9)) == ["legal"]
    assert kinds(ledger.as_of(march(9), known_by=march(31)), march(9)) == ["legal"]


def test_a_hold_that_was_told_by_mistake_is_taken_back_with_the_day_it_began():
    wrong = hold("H-1", "closed", from_on="2026-03-02")
    taken_back = hold("H-1", "closed", from_on="2026-03-02", until_on="2026-03-02", known_on="2026-03-05")
    view = ledger_of(INV, wrong, taken_back).as_of(march(5))

    assert [kinds(view, march(day)) for day in (2, 3, 5)] == [[], [], []]


def test_holds_in_force_are_in_the_order_of_customers_and_kinds():
    day = {"from_on": "2026-03-02"}
    facts = [hold("H-2", "legal", **day), hold("H-1", "agency", **day), hold("H-0", "snooze", customer="B-1", **day)]

    held = holds_in_force(view_of(INV, *facts), MARCH)

    assert held[["customer_id", "kind"]].values.tolist() == [["B-1", "snooze"], ["C-1", "agency"], ["C-1", "legal"]]


ON_9TH = {"due_on": "2026-03-09", "known_on": "2026-03-05"}


@pytest.mark.parametrize(
    ("happened_on", "outcome", "left"),
    [
        ("2026-03-08", "right_party", ["B-1"]),  # before its day
        ("2026-03-09", "no_answer", []),  # we called
        ("2026-03-09", "callback", []),  # and are to call once more
        ("2026-03-12", "message_left", []),
        ("2026-03-12", "sent", ["B-1"]),  # a letter is no call
    ],
)
def test_an_appointment_is_kept_by_a_call_on_its_day_or_later(happened_on, outcome, left):
    called = contact("K-1", happened_on=happened_on, outcome=outcome)

    assert to_keep(callback("B-1", **ON_9TH), called, day=MARCH) == left


def test_a_call_to_somebody_else_keeps_no_appointment():
    others = contact("K-1", happened_on="2026-03-09", customer="C-2")

    assert to_keep(callback("B-1", **ON_9TH), others, day=MARCH) == ["B-1"]


def test_the_call_in_which_an_appointment_for_the_same_day_was_agreed_does_not_keep_it():
    agreed = callback("B-1", due_on="2026-03-09", known_on="2026-03-09", at="14:30")
    there = contact("K-1", happened_on="2026-03-09", outcome="callback")

    assert to_keep(agreed, there, day=march(9)) == ["B-1"]
    assert to_keep(agreed, there, contact("K-2", happened_on="2026-03-09", outcome="promise"), day=march(9)) == []
    assert to_keep(agreed, there, contact("K-2", happened_on="2026-03-10", outcome="callback"), day=march(10)) == []


def test_an_appointment_that_is_moved_in_the_call_on_its_day_is_to_be_kept_again(ledger):
    ledger.load(INV)
    ledger.load(callback("B-1", **ON_9TH))
    ledger.load(contact("K-1", happened_on="2026-03-09", outcome="callback"))
    ledger.load(callback("B-1", due_on="2026-03-11", known_on="2026-03-09", at="08:00"))

    left = [callbacks_to_keep(ledger.as_of(march(day)))[["due_on", "at"]].values.tolist() for day in (8, 9, 12)]

    assert left == [[[to_day(march(9)), ""]], [[to_day(march(11)), "08:00"]], [[to_day(march(11)), "08:00"]]]


def test_a_withdrawn_appointment_is_left_until_the_evening_of_its_withdrawal():
    withdrawn = callback("B-1", **ON_9TH, cancelled_on="2026-03-07")

    assert [to_keep(withdrawn, day=march(day)) for day in (5, 6, 7)] == [["B-1"], ["B-1"], []]


def test_appointments_are_in_the_order_of_their_time_and_those_without_one_come_last():
    facts = [
        callback("B-1", due_on="2026-03-09", known_on="2026-03-01"),
        callback("B-2", due_on="2026-03-09", known_on="2026-03-01", at="14:30"),
        callback("B-3", due_on="2026-03-09", known_on="2026-03-01", at="09:00"),
        callback("B-4", due_on="2026-03-08", known_on="2026-03-01"),
    ]

    assert to_keep(*facts, day=march(7)) == ["B-4", "B-3", "B-2", "B-1"]


def test_the_view_of_a_customer_keeps_its_own_holds_and_callbacks():
    theirs = [hold("H-2", "legal", from_on="2026-03-02", customer="C-2"), callback("B-2", **ON_9TH, customer="C-2")]
    ours = [hold("H-1", "legal", from_on="2026-03-02"), callback("B-1", **ON_9TH)]
    own = view_of(INV, *theirs, *ours).part_of(["C-1"])

    assert (own.holds["hold_id"].tolist(), own.callbacks["callback_id"].tolist()) == (["H-1"], ["B-1"])


def test_a_view_without_them_has_empty_frames_with_types():
    view = view_of(INV, promise("M-1", made_on="2026-03-01", promised_on="2026-03-09", amount=1))
    bare = LedgerView.of_facts(MARCH, view.items, view.applications)
    plain = LedgerView(MARCH, MARCH, 0, view.items, view.applications, view.customers, view.rates)

    for each in (view, bare, plain):
        assert tuple(each.holds.columns) == HOLD_COLUMNS
        assert tuple(each.callbacks.columns) == CALLBACK_COLUMNS
        assert each.holds["until_on"].dtype == each.callbacks["due_on"].dtype == "int64"
        assert holds_in_force(each, MARCH).empty
        assert callbacks_to_keep(each).empty
