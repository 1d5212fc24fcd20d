"""A run as JSON: complete, validated, named by what it says."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from evenings import NOW, made_run, score
from pydantic import ValidationError

from serving.accounts.account import CustomerFacts, Money
from serving.errors import NoSuchZone


def test_the_same_evening_made_again_is_the_same_run_whenever_it_is_made():
    scores = [score("A", "C-1"), score("B", "C-2")]

    assert made_run(scores).run_id == made_run(scores[::-1], now=NOW + timedelta(hours=9)).run_id


def test_a_run_that_says_anything_else_has_another_id():
    scores = [score("A", "C-1"), score("B", "C-2", open=500)]
    named = [score("A", "C-1"), score("B", "C-2", open=500)]

    runs = [
        made_run(scores),
        made_run(scores, capacity=1),
        made_run(scores, approved=False),
        made_run(scores, {"C-1": CustomerFacts(country="DE")}),
        made_run([*named[:1], named[1]._replace(source_row=2)]),
    ]

    assert len({run.run_id for run in runs}) == len(runs)


def test_a_name_is_no_part_of_the_id_so_that_it_can_be_erased():
    scores = [score("A", "C-1"), score("B", "C-2", open=5000), score("C", "C-3", open=200)]
    names = {"C-1": CustomerFacts('"customer_name":null'), "C-2": CustomerFacts("1"), "C-3": CustomerFacts("Ann")}

    named, nameless = (made_run(scores, customers, capacity=2) for customers in (names, {}))

    assert "then Ann, who waits" in named.lines[1]["rank_explanation"]["way_out"]["text"]
    assert named.run_id == nameless.run_id


def test_money_is_text_with_all_decimals_and_its_currency():
    customers = {"C-1": CustomerFacts(credits=(Money(5, "KWD"), Money(7, "EUR")))}
    line = made_run([score(open="1000000000000.10")], customers).lines[0]

    assert line["open"] == {"amount": "1000000000000.10", "currency": "EUR"}
    assert line["unapplied_credits"] == [
        {"amount": "0.07", "currency": "EUR"},
        {"amount": "0.005", "currency": "KWD"},
    ]


def test_the_figures_of_the_list_are_the_sums_of_its_lines():
    run = made_run(
        [score("A", "C-1", open=100), score("B", "C-2", open=50), score("C", "C-3", open=1), score("D", "C-9", dpd=-1)],
        capacity=1,
    )

    summary = run.head["summary"]
    assert summary["overdue"] == {"amount": "100.00", "currency": "EUR"}
    standings = ("listed", "below_the_cut", "routed_to_email", "not_overdue")
    assert [summary[standing] for standing in standings] == [1, 0, 2, 1]


def test_every_account_with_open_items_is_in_the_run_with_its_own_items():
    run = made_run([score("A", "C-1"), score("B", "C-2", dpd=-1), score("C", "C-1", dpd=3)])

    found = [(one["customer_id"], one["rank"], len(one["items"])) for one in run.accounts]
    assert found == [("C-1", 1, 2), ("C-2", None, 1)]


def test_the_instant_of_publishing_is_told_in_utc_and_needs_its_zone():
    there = datetime(2026, 4, 1, 7, 10, tzinfo=timezone(timedelta(hours=2)))

    assert made_run([score()], now=there).head["published_at"] == "2026-04-01T05:10:00+00:00"
    assert datetime.fromisoformat(made_run([score()]).head["published_at"]).tzinfo == UTC
    with pytest.raises(NoSuchZone, match="time zone"):
        made_run([score()], now=datetime(2026, 4, 1, 7, 10))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize("wrong", [1.01, -0.01, float("nan")])
def test_a_chance_outside_of_zero_and_one_is_not_published(wrong):
    with pytest.raises(ValidationError):
        made_run([score()._replace(p_unpaid_14=wrong)])


def test_a_first_version_says_on_the_list_that_nobody_approved_it():
    run = made_run([score()], approved=False)

    assert run.head["approved"] is False
    assert "not yet approved" in run.head["notices"][0]


def test_without_a_model_nothing_is_predicted_and_every_line_has_its_reasons():
    run = made_run([score(late_risk=None)])

    assert (run.head["mode"], run.head["model_version"]) == ("rule", None)
    assert run.head["notices"] == ["No current model: ordered by overdue amount and age."]
    assert (run.lines[0]["late_risk"], run.lines[0]["p_late"], run.lines[0]["expected_late"]) == (None, None, None)
    assert [reason["points"] for reason in run.lines[0]["reasons"]] == [None, None]
    assert run.head["summary"]["expected_late"] is None
