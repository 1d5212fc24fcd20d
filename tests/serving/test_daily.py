"""One evening from the ledger to the published list."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from builders import customer, invoice, ledger_of, payment, rate, together
from evenings import NOW
from model_builders import random_habit_curve
from shelves import ShelfWith

from features.catalogue import fingerprint
from ledger.errors import BeforeFirstFact, EmptyLedger
from models.bundle import Bundle
from models.shelf import Shelf
from serving.daily import EveningSettings, made_of, run_evening, score_items
from serving.published.desk import queue_body
from serving.strategy.reading import shipped
from serving.team.handling import Handling
from serving.team.team import Collector, Team

EVENING = date(2026, 3, 31)


@pytest.fixture
def ledger():
    return ledger_of(
        together(
            customer("C-1", name="Acme", country="DE", known_on="2026-01-01"),
            rate("USD", "0.5", rate_on="2026-01-01"),
            invoice("INV-1", customer="C-1", due_on="2026-03-14", amount=1000),
            invoice("INV-2", customer="C-1", due_on="2026-04-14", amount=500),
            invoice("INV-3", customer="C-2", due_on="2026-03-01", amount=3000, currency="USD"),
            invoice("INV-4", customer="C-3", due_on="2026-03-01", amount=1200),
            invoice("CM-1", customer="C-3", due_on="2026-03-01", amount=-1500),
            payment("INV-1", paid_on="2026-04-02", amount=1000),
        )
    )


def test_without_a_model_the_evening_is_ordered_by_rule_and_says_so(ledger, tmp_path, store):
    run = run_evening(ledger, Shelf(tmp_path), EVENING, EveningSettings(10), now=NOW, store=store)

    body = queue_body(store)
    assert body == run.body()
    assert (body["mode"], body["model_version"]) == ("rule", None)
    assert body["notices"][0] == "No current model: ordered by overdue amount and age."
    assert [(line["customer_id"], line["overdue"]["amount"]) for line in body["items"]] == [
        ("C-2", "1500.00"),
        ("C-1", "1000.00"),
    ]


def test_a_payment_known_two_days_later_does_not_take_an_account_off_the_list(ledger, tmp_path):
    evening = run_evening(ledger, Shelf(tmp_path), EVENING, EveningSettings(10), now=NOW)
    later = run_evening(ledger, Shelf(tmp_path), date(2026, 4, 2), EveningSettings(10), now=NOW)

    assert "C-1" in {line["customer_id"] for line in evening.lines}
    assert "C-1" not in {line["customer_id"] for line in later.lines}


def test_credits_are_no_items_and_route_their_account(ledger, tmp_path):
    run = run_evening(ledger, Shelf(tmp_path), EVENING, EveningSettings(10), now=NOW)

    account = next(one for one in run.accounts if one["customer_id"] == "C-3")
    assert account["standing"] == "routed_to_cash_application"
    assert [item["item_id"] for item in account["items"]] == ["INV-4"]
    assert account["unapplied_credits"] == [{"amount": "1500.00", "currency": "EUR"}]


def test_with_a_bundle_the_list_is_ranked_by_what_a_call_brings_forward(ledger, tmp_path):
    run = run_evening(ledger, ShelfWith(tmp_path), EVENING, EveningSettings(10), now=NOW)

    assert (run.head["mode"], run.head["approved"], run.head["notices"][:1]) == (
        "model",
        True,
        ["1 account is covered by unused credits: apply those first, no call needed."],
    )
    assert run.head["summary"]["order"] == "expected_acceleration"
    assert [line["factors"][0]["value"] for line in run.lines] == [1500, 1000]
    first, second = (line["rank_value"] for line in run.lines)
    assert first == pytest.approx(1.5 * second, rel=0.2)
    assert second > 0
    assert [line["brought_forward"]["measured"] for line in run.lines] == [False, False]
    assert run.lines[1]["customer_name"] == "Acme"


def test_an_account_whose_calls_take_long_ranks_behind_one_whose_calls_are_short(ledger, tmp_path):
    noted = Handling(usual=4.0, own={"C-2": (5, 5 * 36)})
    team = Team((Collector("ada", "Ada", 240),), handling=noted)

    run = run_evening(ledger, ShelfWith(tmp_path), EVENING, EveningSettings(10, team=team), now=NOW)

    assert [line["customer_id"] for line in run.lines] == ["C-1", "C-2"], "C-2 comes first where calls take the same"
    minutes = {
        line["customer_id"]: one["value"] for line in run.lines for one in line["factors"] if one["name"] == "minutes"
    }
    assert minutes == {"C-1": 4.0, "C-2": 20.0}
    assert run.head["summary"]["capacity"] == 60, "calls of the usual length"


def test_on_a_day_without_a_model_how_long_calls_take_puts_nobody_before_who_owes_more(ledger, tmp_path):
    team = Team((Collector("ada", "Ada", 15),), handling=Handling(own={"C-1": (95, 95 * 15)}))

    run = run_evening(ledger, Shelf(tmp_path), EVENING, EveningSettings(10, team=team), now=NOW)

    assert [line["customer_id"] for line in run.lines] == ["C-2"], "owes 1500, C-1 1000: a call each would not fit"


def test_where_chance_has_a_share_every_call_takes_the_usual_minutes(ledger, tmp_path):
    noted = Handling(usual=4.0, own={"C-2": (5, 5 * 36)})
    team = Team((Collector("ada", "Ada", 240),), handling=noted)
    by_lot = replace(shipped(), exploration=replace(shipped().exploration, on=True))

    run = run_evening(
        ledger, ShelfWith(tmp_path), EVENING, EveningSettings(10, team=team, strategy=by_lot, salt="s"), now=NOW
    )

    assert len(run.lines) == 2
    assert {one["value"] for line in run.lines for one in line["factors"] if one["name"] == "minutes"} == {4.0}


def test_a_version_nobody_approved_says_so(ledger, tmp_path):
    evening = score_items(ledger, ShelfWith(tmp_path, approved_by=None), EVENING)

    assert evening.approved is False
    assert evening.notices == ("First version of the model, not yet approved by a person.",)


def habit_shelf(tmp_path, *, enough: bool, by: str | None = None) -> Shelf:
    gate = {"name": "enough_history", "passed": enough, "reason": "", "blocks": True}
    bundle = Bundle(random_habit_curve(), EVENING, grace_days=5, fingerprint=fingerprint(), passed=True, gates=(gate,))
    shelf = Shelf(tmp_path / "shelf")
    version = shelf.put(bundle)
    shelf.promote(version, by, NOW) if by else shelf.install_first(version, NOW)
    return shelf


def test_a_habit_says_what_its_estimates_follow_and_that_nobody_approved_them(ledger, tmp_path):
    fits_none = (
        "No model fits this ledger yet: estimated from each customer's own payment habit, "
        "and from similar customers' where there is none."
    )
    little = score_items(ledger, habit_shelf(tmp_path / "a", enough=False), EVENING)
    declined = score_items(ledger, habit_shelf(tmp_path / "b", enough=True, by="Maria"), EVENING)

    assert little.notices == (
        f"Too little history for a model. {fits_none}",
        "These estimates are not yet approved by a person.",
    )
    assert declined.notices == (fits_none,)


def test_an_evening_after_the_newest_export_says_so(ledger, tmp_path):
    newest = ledger.newest_day()

    assert not any("newest export" in notice for notice in score_items(ledger, Shelf(tmp_path), newest).notices)
    beyond = run_evening(ledger, Shelf(tmp_path), newest + timedelta(days=1), EveningSettings(10), now=NOW)
    assert f"The ledger's newest export is of {newest}: what was paid since is not known." in beyond.head["notices"]


def test_a_run_names_what_it_was_made_of_and_any_of_that_changes_the_name(ledger, tmp_path):
    settings, shelf = EveningSettings(10), habit_shelf(tmp_path, enough=True)
    run = run_evening(ledger, shelf, EVENING, settings, now=NOW, program="1.0")
    before = made_of(ledger, shelf, EVENING, settings, "1.0")
    assert run.head["made_of"] == before == made_of(ledger, shelf, EVENING, EveningSettings(10), "1.0")

    changed = [
        made_of(ledger, shelf, EVENING, other, "1.0")
        for other in (
            EveningSettings(11),
            EveningSettings(10, reporting_currency="EUR"),
            EveningSettings(10, grace_days=6),
            EveningSettings(10, best_before_days=9),
        )
    ]
    changed.append(made_of(ledger, shelf, EVENING, settings, "1.1"))
    changed.append(made_of(ledger, shelf, EVENING - timedelta(days=1), settings, "1.0"))
    version = shelf.champion().version
    shelf.promote(version, "Maria", NOW)
    changed.append(made_of(ledger, shelf, EVENING, settings, "1.0"))
    (shelf.folder_of(version) / "habit.json").write_text("{}")
    changed.append(made_of(ledger, shelf, EVENING, settings, "1.0"))
    (shelf.folder / "champion.json").write_text("{")
    changed.append(made_of(ledger, shelf, EVENING, settings, "1.0"))
    ledger.load(invoice("INV-9", due_on="2026-03-01", amount=1))
    changed.append(made_of(ledger, shelf, EVENING, settings, "1.0"))

    assert len({before, *changed}) == 1 + len(changed)


def test_what_a_run_was_made_of_is_no_part_of_its_name(ledger, tmp_path):
    runs = [run_evening(ledger, Shelf(tmp_path), EVENING, EveningSettings(n), now=NOW) for n in (2, 2)]
    other = run_evening(ledger, Shelf(tmp_path), EVENING, EveningSettings(2), now=NOW, program="2.0")

    assert runs[0].run_id == runs[1].run_id == other.run_id
    assert other.head["made_of"] != runs[0].head["made_of"]


def test_a_damaged_pointer_does_not_keep_the_team_from_its_list(ledger, tmp_path):
    shelf = habit_shelf(tmp_path, enough=True)
    (shelf.folder / "champion.json").write_text('{"versi')

    run = run_evening(ledger, shelf, EVENING, EveningSettings(10), now=NOW)

    assert run.head["mode"] == "habit"
    assert "payrisk promote VERSION --by NAME" in run.head["notices"][1]


def test_a_model_past_its_best_before_day_is_used_and_said_to_be_stale(ledger, tmp_path):
    evening = score_items(ledger, ShelfWith(tmp_path), EVENING, best_before_days=29)

    assert evening.mode == "model_stale"
    assert "best-before" in evening.notices[0]


def test_a_damaged_bundle_does_not_keep_the_team_from_its_list(ledger, tmp_path):
    run = run_evening(ledger, ShelfWith(tmp_path, refuses=True), EVENING, EveningSettings(10), now=NOW)

    assert run.head["mode"] == "rule"
    assert "trees.txt was altered" in run.head["notices"][1]
    assert len(run.lines) == 2


def test_every_step_is_told_as_it_begins(ledger, tmp_path, store):
    told: list[str] = []
    run_evening(ledger, Shelf(tmp_path), EVENING, EveningSettings(10), now=NOW, store=store, progress=told.append)

    assert told == [
        "reading the ledger", "computing features", "scoring 4 open items", "building the queue", "publishing",
    ]  # fmt: skip


def test_the_same_evening_made_twice_is_one_run(ledger, tmp_path, store):
    runs = [
        run_evening(ledger, Shelf(tmp_path), EVENING, EveningSettings(10), now=instant, store=store)
        for instant in (NOW, NOW + timedelta(hours=1))
    ]

    assert runs[0].run_id == runs[1].run_id
    assert datetime.fromisoformat(queue_body(store)["published_at"]) == NOW + timedelta(hours=1)


def test_an_evening_before_the_first_fact_and_an_empty_ledger_are_refused(ledger, tmp_path):
    with pytest.raises(BeforeFirstFact):
        run_evening(ledger, Shelf(tmp_path), date(2020, 1, 1), EveningSettings(10), now=NOW)
    with pytest.raises(EmptyLedger):
        score_items(ledger_of(), Shelf(tmp_path), EVENING)
