"""How often people overruled the list: which days count, which do not, and what was taken back."""

from datetime import UTC, date, datetime

import pytest

from ledger.desk_journal import Recorded
from models.overruled import Overruled
from serving.activities.overruled import LONGEST_DAYS, overruled
from serving.activities.said import CONTESTS

AS_OF = date(2026, 3, 31)


def row(kind: str, day: date = AS_OF, customer: str = "C-1", name: str = "", refers_to: str = "", **said) -> Recorded:
    return Recorded(
        sequence=1, activity_id=name or f"{kind}-{customer}-{day}", customer_id=customer, account_version=1, kind=kind,
        said=said, refers_to=refers_to, actor="ada", role="collector", recorded_at=datetime(2026, 4, 1, tzinfo=UTC),
        known_on=day, told_table="", told_key="", told={},
    )  # fmt: skip


def contest(because: str = "pays_sooner", **also) -> Recorded:
    return row("contest", because=because, **also)


def recent(*rows: Recorded) -> Overruled:
    return overruled(rows, AS_OF)[0]


def test_an_account_counts_once_a_day_however_much_was_done_about_it():
    rows = [
        row("contact"), row("note"), contest(), contest(name="again"), row("snooze"),
        row("contact", customer="C-2"), row("contact", day=date(2026, 3, 30)),
    ]  # fmt: skip

    assert recent(*rows) == Overruled("last 30 days", worked=3, contested=1, put_off=1, overruled=1)


@pytest.mark.parametrize("because", CONTESTS)
def test_a_wrong_contact_says_nothing_against_the_list_every_other_contest_does(because):
    assert recent(contest(because)).overruled == (because != "wrong_contact")


def test_what_was_taken_back_or_recorded_later_does_not_count():
    taken_back = row("undo", refers_to="a contest")
    later = contest(day=date(2026, 4, 1))

    assert recent(row("note", customer="C-2"), contest(name="a contest"), taken_back, later).overruled == 0
    assert recent(row("note", customer="C-2"), contest(name="a contest"), taken_back, later).worked == 1


def test_an_undo_of_a_later_day_is_not_known_yet():
    taken_back = row("undo", day=date(2026, 4, 2), refers_to="a contest")

    assert recent(contest(name="a contest"), taken_back).contested == 1


def test_who_looks_after_an_account_is_no_work_on_it():
    assert overruled([row("assignment", collector="ada")], AS_OF) == []


def test_the_last_thirty_days_come_first_and_then_each_month_with_work_of_a_year():
    rows = [
        contest(day=date(2026, 3, 1)), row("note", day=date(2026, 3, 2)), row("snooze", day=date(2026, 1, 5)),
        row("note", day=date(2025, 4, 1)), contest(day=date(2025, 3, 31)),
    ]  # fmt: skip

    found = overruled(rows, AS_OF)

    assert [(one.period, one.worked, one.overruled) for one in found] == [
        ("last 30 days", 1, 0), ("2025-04", 1, 0), ("2026-01", 1, 1), ("2026-03", 2, 1),
    ]  # fmt: skip
    assert (AS_OF - date(2025, 4, 1)).days <= LONGEST_DAYS


def test_where_nobody_worked_there_is_nothing_to_tell():
    assert overruled([], AS_OF) == []
