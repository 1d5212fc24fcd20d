"""The ledger: loading, the evening of a day, and what it says when it knows nothing."""

from datetime import date

import pytest
from builders import any_facts, customer, invoice, known_by, law, ledger_of, payment, random_facts, rate, together
from hypothesis import given

from ledger.days import to_day
from ledger.errors import (
    AmountTooLarge,
    BeforeFirstFact,
    ChangedApplication,
    DuplicateFact,
    EmptyLedger,
    IncompleteFacts,
    OrphanApplication,
    UnknownCurrency,
    UnknownKind,
    UnknownRate,
)
from ledger.facts import Facts
from ledger.told import Told

MARCH = date(2026, 3, 31)
INV = invoice("INV-1", issued_on="2026-02-12", due_on="2026-03-14", amount=100)


def test_an_empty_ledger_says_how_to_fill_it(ledger):
    for question in (ledger.first_day, ledger.newest_day, lambda: ledger.as_of(MARCH)):
        with pytest.raises(EmptyLedger, match="payrisk import FILE"):
            question()
    assert ledger.version == 0
    assert ledger.imports() == []


def test_a_ledger_of_customers_alone_is_still_empty(ledger):
    ledger.load(customer("C-1", name="Meier"))

    with pytest.raises(EmptyLedger):
        ledger.as_of(MARCH)


def test_a_day_before_the_first_fact_is_refused_with_the_day_on_which_the_ledger_begins(ledger):
    ledger.load(INV)

    with pytest.raises(BeforeFirstFact, match="begins on 2026-02-12; ask for that day or later"):
        ledger.as_of(date(2026, 2, 11))
    assert len(ledger.as_of(date(2026, 2, 12)).items) == 1


def test_loading_nothing_changes_nothing(ledger):
    assert ledger.load(Facts.empty()) == 0
    assert ledger.imports() == []


def test_an_export_without_news_is_still_an_export(ledger):
    ledger.load(INV)

    assert ledger.load(Facts.empty(), source="sap", as_of=MARCH) == 2
    assert ledger.newest_export("sap") == MARCH
    assert len(ledger.as_of(MARCH).items) == 1


def test_the_newest_day_is_that_of_the_newest_export(ledger):
    ledger.load(INV, as_of=MARCH)
    ledger.load(invoice("INV-2", due_on="2026-01-31", amount=1), as_of=date(2026, 1, 31))

    assert ledger.newest_day() == MARCH


def test_the_newest_day_of_direct_loads_is_that_of_the_newest_knowledge(ledger):
    ledger.load(INV)
    ledger.load(payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=1))
    ledger.load(together(rate("USD", "0.9", rate_on="2026-05-01"), customer("C-1", known_on="2026-05-01")))

    assert ledger.newest_day() == date(2026, 4, 3)
    assert ledger.first_day() == date(2026, 2, 12)


def test_a_load_of_files_sweeps_what_a_dead_import_left_behind(ledger):
    dead = ledger.store.begin_import("sap", ["dead.csv"], ["00ff"], MARCH, None)
    ledger.store.write(dead, Told.of_facts(INV))

    said = Told.of_facts(invoice("INV-2", due_on="2026-03-14", amount=1))
    ledger.tell(said, source="sap", as_of=MARCH, roles=["invoices"], files=[("a.csv", "ff00")])

    assert ledger.store.sweep() == 0
    assert ledger.as_of(MARCH).items["item_id"].tolist() == ["INV-2"]


def test_exports_are_told_by_source(ledger):
    for day in (31, 28, 31):
        ledger.load(INV, source="sap", as_of=date(2026, 3, day))
    ledger.load(INV, source="other", as_of=date(2026, 4, 1))

    assert ledger.previous_exports("sap") == (date(2026, 3, 28), MARCH)
    assert ledger.newest_export("sap") == MARCH
    assert ledger.newest_export("nobody") is None


def test_of_two_revisions_of_one_evening_the_later_import_counts(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=90))

    assert ledger.as_of(MARCH).invoice("INV-1").amount_minor == 90_00
    assert len(ledger.as_of(MARCH).items) == 1


def test_an_older_export_that_comes_late_fills_in_older_knowledge_only(ledger):
    newer = invoice("INV-1", issued_on="2026-02-12", known_on="2026-03-20", due_on="2026-03-14", amount=90)
    older = invoice("INV-1", issued_on="2026-02-12", known_on="2026-03-01", due_on="2026-03-14", amount=100)
    ledger.load(newer)
    ledger.load(older)

    amounts = [ledger.as_of(date(2026, 3, day)).invoice("INV-1").amount_minor for day in (1, 19, 20)]

    assert amounts == [100_00, 100_00, 90_00]


def test_the_same_fact_seen_again_is_not_a_second_revision(ledger):
    for known_on in ("2026-03-20", "2026-03-01", "2026-03-25"):
        ledger.load(
            invoice("INV-1", issued_on="2026-02-12", due_on="2026-03-14", amount=100, known_on=known_on),
            as_of=date.fromisoformat(known_on),
        )

    assert ledger.as_of(MARCH).items["known_on"].tolist() == [to_day(date(2026, 3, 1))]


def test_the_same_payment_seen_again_is_known_since_the_earliest_export(ledger):
    ledger.load(INV)
    for known_on in ("2026-03-20", "2026-03-10", "2026-03-25"):
        ledger.load(payment("INV-1", paid_on="2026-03-01", amount=40, known_on=known_on, payment_id="P-1"))

    view = ledger.as_of(MARCH)

    assert view.invoice("INV-1").open_minor == 60_00
    assert view.applications["known_on"].tolist() == [to_day(date(2026, 3, 10))]


def test_the_source_row_is_that_of_the_file_that_told_it_last(ledger):
    two = invoice("INV-2", due_on="2026-03-14", amount=1, source_row=2)
    ledger.load(together(invoice("INV-1", due_on="2026-03-14", amount=1, source_row=1), two))
    ledger.load(invoice("INV-1", due_on="2026-03-20", amount=1, source_row=7, known_on="2026-03-18"))
    ledger.load(invoice("INV-3", due_on="2026-03-14", amount=1))

    def rows(version: int | None = None) -> list[int]:
        items = ledger.as_of(MARCH, version=version).items
        return items.drop_duplicates("item_id", keep="last")["source_row"].tolist()

    assert rows() == [7, 2, 0]
    assert rows(version=1) == [1, 2]


def test_a_payment_of_an_unknown_item_is_refused_and_nothing_is_loaded(ledger):
    with pytest.raises(OrphanApplication, match="Load the invoice first"):
        ledger.load(together(INV, payment("INV-2", paid_on="2026-03-01", amount=1)))

    assert ledger.version == 0


def test_an_id_cannot_be_used_for_a_second_payment(ledger):
    ledger.load(INV)
    ledger.load(payment("INV-1", paid_on="2026-03-01", amount=40, payment_id="P-1"))

    with pytest.raises(ChangedApplication, match="take it back with a reversal"):
        ledger.load(payment("INV-1", paid_on="2026-03-01", amount=41, payment_id="P-1"))


@pytest.mark.parametrize(
    ("table", "values", "refusal"),
    [
        ("items", {"currency": "DEM"}, UnknownCurrency),
        ("items", {"amount_minor": 10**15 + 1}, AmountTooLarge),
        ("items", {"item_id": ""}, IncompleteFacts),
        ("items", {"customer_id": None}, IncompleteFacts),
        ("applications", {"kind": "gift"}, UnknownKind),
        ("applications", {"amount_minor": -(10**15) - 1}, AmountTooLarge),
        ("rates", {"rate": "0"}, UnknownRate),
        ("rates", {"rate": "NaN"}, UnknownRate),
        ("rates", {"rate": "1,08"}, UnknownRate),
        ("rates", {"base": "EURO"}, UnknownCurrency),
    ],
)
def test_a_value_that_no_ledger_has_is_refused(table, values, refusal):
    sane = together(INV, payment("INV-1", paid_on="2026-03-01", amount=1), rate("USD", "0.9", rate_on="2026-03-01"))
    row = sane.frames()[table].iloc[0].to_dict() | values

    with pytest.raises(refusal):
        Facts.of(**{table: [row]})


def test_a_missing_column_is_named():
    with pytest.raises(IncompleteFacts, match="items has no due_on"):
        Facts.of(items=INV.items.drop(columns="due_on"))


def test_one_import_says_each_fact_once():
    with pytest.raises(DuplicateFact, match="INV-1"):
        together(INV, INV)


@law(6)
@given(any_facts())
def test_every_random_ledger_reconciles_on_every_evening(facts):
    ledger = ledger_of(facts)
    for day in (ledger.first_day(), date(2025, 5, 1), ledger.newest_day()):
        if day >= ledger.first_day():
            assert not ledger.reconcile(day)["difference_minor"].any()


def test_reconciling_shows_what_is_open_and_why_by_currency(ledger):
    ledger.load(
        together(
            INV,
            invoice("INV-2", due_on="2026-03-14", amount=50),
            invoice("INV-3", due_on="2026-03-14", amount=700, currency="JPY"),
            payment("INV-1", paid_on="2026-03-01", amount=40),
            payment("INV-2", paid_on="2026-03-01", amount=50),
        )
    )

    assert ledger.reconcile(MARCH).to_dict("records") == [
        {
            "currency": "EUR", "open_items": 1, "open_minor": 60_00,
            "billed_minor": 150_00, "applied_minor": 90_00, "difference_minor": 0,
        },
        {
            "currency": "JPY", "open_items": 1, "open_minor": 700,
            "billed_minor": 700, "applied_minor": 0, "difference_minor": 0,
        },
    ]  # fmt: skip


def test_random_facts_hold_what_they_promise():
    facts = together(*(_renamed(random_facts(seed), seed) for seed in range(8)))

    assert set(facts.items["currency"]) == {"EUR", "USD", "JPY"}
    assert (facts.items["amount_minor"] < 0).any()
    assert facts.items["item_id"].duplicated().any()
    assert facts.customers["customer_id"].duplicated().any()
    assert {"cash", "reversal", "credit", "discount", "write_off"} == set(facts.applications["kind"])
    assert (facts.applications["known_on"] > facts.applications["happened_on"]).any()
    assert facts.applications["item_id"].duplicated().any()
    assert len(known_by(facts, "2025-05-01")) < len(facts)


def _renamed(facts: Facts, seed: int) -> Facts:
    frames = facts.frames()
    for name, column in [("items", "item_id"), ("applications", "item_id"), ("customers", "customer_id")]:
        frames[name] = frames[name].assign(**{column: f"{seed}/" + frames[name][column]})
    frames["applications"] = frames["applications"].assign(
        application_id=f"{seed}/" + frames["applications"]["application_id"]
    )
    return Facts.of(items=frames["items"], applications=frames["applications"], customers=frames["customers"])
