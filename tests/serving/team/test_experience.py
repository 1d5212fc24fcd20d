"""What the team's own calls tell the next list: who reached whom last, and how long calls take."""

from datetime import UTC, date, datetime, timedelta

import pytest
from evenings import rates, rules_of, score

from ledger.desk_journal import Recorded
from serving.accounts.account import CustomerFacts
from serving.accounts.adding_up import accounts_of
from serving.listing.queue import build_queue
from serving.published.plain import plain
from serving.team.experience import FEWEST_TIMED, LONGEST_MINUTES, experienced
from serving.team.handling import Handling
from serving.team.team import Callee, Collector, Team
from serving.value.call_value import CallValue
from serving.value.item_call import ItemCall
from serving.value.priority import Answers, Gain
from serving.value.response import prior

ADA, BOB = Collector("ada", "Ada", 240, group="north"), Collector("bob", "Bob", 240)
CEM = Collector("cem", "Cem", 240, group="north", owns=frozenset({"C-9"}))
TEAM = Team((ADA, BOB, CEM))


def row(number, customer, actor="ada", kind="contact", refers_to="", **said):
    told = {"channel": "phone", "outcome": "right_party"} | said if kind == "contact" else said
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Recorded(
        number, f"A-{number}", customer, number, kind, told, refers_to, actor, "collector", at, date(2026, 3, 1),
        "", "", {},
    )  # fmt: skip


def after(*rows):
    """The team after these records, told oldest first. Bob signs in as `b.baker`, and Maria, who manages, as `cem`."""
    return experienced(TEAM, reversed(rows), {"ada": "ada", "b.baker": "bob", "cem": None})


def fits(team, customer):
    return team.fits(Callee(customer))


def test_who_reached_an_account_last_fits_best_then_their_group():
    team = after(row(1, "C-1", "bob"), row(2, "C-1", "ada"), row(3, "C-2", "bob", "promise"))

    assert fits(team, "C-1") == {"ada": 1.0, "bob": 0.8, "cem": 0.9}
    assert fits(team, "C-2") == {"ada": 0.8, "bob": 1.0, "cem": 0.8}
    assert fits(team, "C-3") == {"ada": 1.0, "bob": 1.0, "cem": 1.0}


def test_who_reached_an_account_is_told_by_their_id_in_the_team_and_not_by_the_name_they_sign_in_with():
    team = after(row(1, "C-1", "b.baker"), row(2, "C-2", "cem"), row(3, "C-3", "bob"))

    assert [sorted(one.reached) for one in team.collectors] == [[], ["C-1", "C-3"], []]


def test_who_owns_an_account_comes_before_who_reached_it_last():
    assert fits(after(row(1, "C-9", "bob")), "C-9") == {"ada": 0.9, "bob": 0.8, "cem": 1.0}


@pytest.mark.parametrize(
    "rows",
    [
        [row(1, "C-1", "ada", outcome="no_answer")],
        [row(1, "C-1", "ada", "note", text="x")],
        [row(1, "C-1", "gone")],  # of nobody in the team any more
        [row(1, "C-1", "ada", "promise"), row(2, "C-1", "ada", "undo", "A-1")],
    ],
)
def test_tries_notes_people_who_left_and_what_was_taken_back_reached_nobody(rows):
    assert fits(after(*rows), "C-1") == {"ada": 1.0, "bob": 1.0, "cem": 1.0}


def test_an_account_whose_calls_were_long_is_taken_to_need_longer_ones():
    team = after(*(row(n, "C-1", minutes=20) for n in range(5)), row(9, "C-2", minutes=600), row(10, "C-3"))

    assert team.handling.usual is None, "too few to say what is usual"
    assert team.handling.minutes_with("C-1", 8.0) == (5 * 20 + 5 * 8) / 10
    assert team.handling.minutes_with("C-2", 8.0) == (LONGEST_MINUTES + 5 * 8) / 6
    assert team.handling.minutes_with("C-3", 8.0) == 8.0


def test_what_is_usual_is_the_median_of_enough_calls_by_telephone():
    calls = [row(n, f"C-{n}", minutes=4 if n % 3 else 30) for n in range(FEWEST_TIMED)]
    letters = [row(100 + n, "C-1", channel="letter", minutes=50) for n in range(50)]

    assert after(*calls, *letters).handling.usual == 4.0
    assert after(*calls[1:], *letters).handling.usual is None
    assert after(*calls).handling.minutes_with("C-99", 8.0) == 4.0


def test_calls_noted_without_a_minute_took_one():
    calls = [row(n, f"C-{n}", outcome="no_answer", minutes=0) for n in range(FEWEST_TIMED)]

    assert after(*calls).handling.minutes_with("C-99", 8.0) == 1.0, "and neither none nor the eight of the prior"


def test_a_team_kept_with_a_list_is_the_same_team_and_one_kept_before_knew_nothing_of_its_calls():
    team = after(row(1, "C-1", minutes=20), row(2, "C-2", "bob"))
    kept = plain(team)
    before = {**kept, "collectors": [{**one, "reached": []} for one in kept["collectors"]]}
    del before["handling"]

    assert Team.from_plain(kept) == team
    assert Team.from_plain(before).handling == Handling()


def test_of_two_accounts_alike_the_one_whose_calls_are_short_comes_first():
    scores = [score("INV-1", "C-1", open=1000), score("INV-2", "C-2", open=1000)]
    calls = {item.item_id: ItemCall(Gain(20.0, 4.0)) for item in scores}

    def listed(*minutes):
        facts = {f"C-{n}": CustomerFacts(answers=Answers(0.6, minutes=took)) for n, took in enumerate(minutes, 1)}
        queue = build_queue(accounts_of(scores, facts, rates(), calls), CallValue(prior()), rules_of(40, rates()))
        return [line.placed.account.customer_id for line in queue.lines]

    assert listed(8.0, 4.0) == ["C-2", "C-1"]
    assert listed(4.0, 8.0) == ["C-1", "C-2"]
