"""The scorecard finds what was planted, says nothing of sound exports, and is quick."""

import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from ledger.days import NEVER, to_day
from ledger.report import Warned
from ledger.scorecard.card import Scorecard, scorecard
from ledger.scorecard.findings import LIMITS
from ledger.view import LedgerView
from simulation.company import generate

END = date(2026, 3, 29)  # a Sunday


@dataclass(frozen=True, eq=False)
class Book:
    """The fact frames of a company, to be changed and looked at."""

    items: pd.DataFrame
    applications: pd.DataFrame
    customers: pd.DataFrame
    rates: pd.DataFrame

    def on(self, day: date) -> LedgerView:
        return LedgerView.of_facts(day, self.items, self.applications, self.customers, self.rates)

    def with_items(self, items: pd.DataFrame) -> "Book":
        return replace(self, items=items)


@cache
def book(seed: int, customers: int = 150, invoices: int = 6_000) -> Book:
    company = generate(seed, END, customers, invoices)
    told, paid = company.invoices, company.payments
    items = pd.DataFrame(
        {
            "item_id": told["invoice_id"],
            "customer_id": told["customer_id"],
            "entity": "",
            "invoice_number": told["invoice_id"],
            "issued_on": told["issued_day"],
            "due_on": told["due_day"],
            "amount_minor": told["amount_minor"],
            "currency": told["currency"],
            "terms": told["terms"],
            "known_on": told["known_day"],
            "superseded_on": NEVER,
            "source_row": np.arange(1, len(told) + 1),
        }
    )
    applications = pd.DataFrame(
        {
            "application_id": paid["payment_id"],
            "item_id": paid["invoice_id"],
            "kind": paid["kind"],
            "amount_minor": paid["amount_minor"],
            "happened_on": paid["paid_day"],
            "known_on": paid["booked_day"],
            "known_assumed": False,
        }
    )
    known = int(items["known_on"].min())
    rates = company.rates.rename(columns={"base_currency": "base", "rate_day": "rate_on"})
    rates = rates.assign(known_on=rates["rate_on"], rate=[f"{rate:.6f}" for rate in rates["rate"]])
    return Book(items, applications, company.customers.assign(known_on=known, superseded_on=NEVER), rates)


def codes(card: Scorecard, *severities: str) -> set[str]:
    return {finding.code for finding in card.findings if finding.severity in (severities or ("warn", "hold"))}


def found(card: Scorecard, code: str) -> str:
    (finding,) = [finding for finding in card.findings if finding.code == code]
    return finding.severity


# ---- Sound exports


@pytest.mark.parametrize("seed", [3, 7, 11])
def test_sound_exports_are_not_held_and_not_warned_of(seed):
    """Ten evenings of each company, a day, a week or a month after the export before."""
    alarms = {}
    for number in range(10):
        day = END - timedelta(days=2 + number * 9)
        card = scorecard(book(seed).on(day), book(seed).on(day - timedelta(days=(1, 7, 30)[number % 3])))
        if codes(card):
            alarms[day] = card.text()
    assert alarms == {}


def test_the_first_export_of_a_sound_ledger_is_not_warned_of():
    card = scorecard(book(7).on(END))

    assert codes(card) == set()
    assert not card.holds


# ---- M14: units, currencies, signs, calendars


def times_100(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(amount_minor=rows["amount_minor"] * 100)


def a_hundredth(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(amount_minor=rows["amount_minor"] // 100)


def other_currency(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(currency=np.where(rows["currency"] == "EUR", "USD", "EUR"))


def other_sign(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(amount_minor=-rows["amount_minor"])


def days_later(days: int):
    def shift(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(issued_on=rows["issued_on"] + days, due_on=rows["due_on"] + days)

    shift.__name__ = f"{days:+d}_days"
    return shift


DRIFTS = [times_100, a_hundredth, other_currency, other_sign, *map(days_later, (1, -1, 1462, -1462))]


def drifted(whole: Book, drift, before: date, day: date, *, only_new: bool) -> Book:
    """The book whose export of `day` was told with a drift: all that was open or new, or only what was new."""
    items = whole.items[whole.items["known_on"] <= to_day(day)]
    new = items["known_on"] > to_day(before)
    exported = new if only_new else new | items["item_id"].isin(whole.on(before).open_items()["item_id"])
    # what was known before is told again, as a revision; what is new only as the file has it
    again = drift(items[exported & ~new]).assign(known_on=to_day(day))
    older = items[~new].assign(
        superseded_on=np.where(items.loc[~new, "item_id"].isin(again["item_id"]), to_day(day), NEVER)
    )
    return whole.with_items(pd.concat([older, again, drift(items[new])], ignore_index=True))


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.__name__)
@pytest.mark.parametrize("only_new", [False, True], ids=["whole export", "new items only"])
@pytest.mark.parametrize("seed", [3, 7])
def test_a_drift_of_the_next_export_is_held(drift, only_new, seed):
    whole, day = book(seed), END - timedelta(days=2)
    before = day - timedelta(days=7)

    card = scorecard(drifted(whole, drift, before, day, only_new=only_new).on(day), whole.on(before))

    assert card.holds, card.text()


def test_the_factor_and_the_shift_are_named():
    whole, day = book(7), END - timedelta(days=2)
    before = day - timedelta(days=7)

    larger = scorecard(drifted(whole, times_100, before, day, only_new=False).on(day), whole.on(before))
    later = scorecard(drifted(whole, days_later(1), before, day, only_new=False).on(day), whole.on(before))

    assert "mostly 100 times as much" in larger.text()
    assert "mostly +1 days" in later.text()


# ---- Each check, planted


DAY = END - timedelta(days=2)
BEFORE = DAY - timedelta(days=7)


def planted(seed: int = 7, *, items=lambda rows: rows, applications=lambda rows: rows, **frames) -> Scorecard:
    """The scorecard of an export in which the rows that are new since the export before were changed."""
    whole = book(seed)
    new_items = whole.items["known_on"].between(to_day(BEFORE) + 1, to_day(DAY))
    new_cash = whole.applications["known_on"].between(to_day(BEFORE) + 1, to_day(DAY))
    changed = Book(
        pd.concat([whole.items[~new_items], items(whole.items[new_items])], ignore_index=True),
        pd.concat([whole.applications[~new_cash], applications(whole.applications[new_cash])], ignore_index=True),
        frames.get("customers", whole.customers),
        frames.get("rates", whole.rates),
    )
    return scorecard(changed.on(DAY), whole.on(BEFORE))


def doubled(rows: pd.DataFrame) -> pd.DataFrame:
    again = rows.assign(item_id="D" + rows["item_id"], invoice_number="D" + rows["invoice_number"])
    return pd.concat([rows, again], ignore_index=True)


def test_a_file_loaded_twice_under_other_numbers_is_held():
    card = planted(items=doubled)

    assert found(card, "possible_duplicates") == "hold"
    assert "EUR" in card.text()


def test_old_doubles_are_not_told_again_with_every_export():
    whole = book(7)
    twice = whole.with_items(doubled(whole.items))

    card = scorecard(twice.on(BEFORE), twice.on(BEFORE))

    assert "possible_duplicates" not in codes(card, "info", "warn", "hold")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("due_before_issued", lambda rows: rows.assign(due_on=rows["issued_on"] - 3)),
        ("due_a_year_later", lambda rows: rows.assign(due_on=rows["issued_on"] + 36_525)),
        ("future_dated", lambda rows: rows.assign(issued_on=to_day(DAY) + 5, due_on=to_day(DAY) + 35)),
        ("new_signs", other_sign),
        ("new_amounts", times_100),
        ("new_currencies", other_currency),
        ("new_dates", days_later(-400)),
        ("new_weekdays", days_later(-1)),
    ],
)
def test_new_items_with_something_wrong_are_held(code, change):
    assert found(planted(items=change), code) == "hold"


def test_items_over_nothing_are_told():
    assert found(planted(items=lambda rows: rows.assign(amount_minor=0)), "zero_amounts") == "warn"


def test_one_item_above_half_the_book_is_told():
    def huge(rows):
        amounts = rows["amount_minor"].to_numpy(copy=True)
        amounts[np.flatnonzero((rows["currency"] == "EUR").to_numpy())[0]] = 10**12
        return rows.assign(amount_minor=amounts)

    assert found(planted(items=huge), "dominant_item") == "warn"


def test_payments_loaded_twice_are_told_as_overpaid():
    whole = book(7)
    cash = whole.applications
    twice = pd.concat([cash, cash.assign(application_id="D" + cash["application_id"])], ignore_index=True)

    card = scorecard(replace(whole, applications=twice).on(DAY), whole.on(BEFORE))

    assert found(card, "overpaid") == "hold"
    assert found(card, "open_items") == "hold"


def test_payments_before_their_invoice_are_told():
    whole = book(7)
    shifted = whole.applications.assign(happened_on=whole.applications["happened_on"] - 200)

    assert found(scorecard(replace(whole, applications=shifted).on(DAY)), "paid_before_issued") == "hold"


def without_cash_since(days: int) -> Scorecard:
    whole = book(7)
    cash = whole.applications[whole.applications["known_on"] <= to_day(DAY) - days]
    return scorecard(replace(whole, applications=cash).on(DAY))


def test_no_cash_for_longer_than_ever_is_held_with_the_day_of_the_last():
    card = without_cash_since(12)

    assert found(card, "no_cash") == "hold"
    assert "No cash since 2026-03-1" in card.text()


def test_a_long_weekend_without_cash_is_nothing():
    assert "no_cash" not in codes(without_cash_since(3), "info", "warn", "hold")


def test_booking_that_got_slower_is_told():
    whole = book(7)
    cash = whole.applications
    slow = cash.assign(happened_on=cash["happened_on"] - np.where(cash["known_on"] > to_day(DAY) - 30, 6, 0))

    assert found(scorecard(replace(whole, applications=slow).on(DAY)), "posting_lag") == "warn"


def test_half_an_export_is_held():
    whole = book(7)
    half = whole.with_items(whole.items[::2])

    card = scorecard(half.on(DAY), whole.on(BEFORE))

    assert {"open_items", "customers"} & codes(card, "hold")


def test_customers_without_names_and_currencies_without_rates_are_told():
    nameless = book(7).customers.assign(customer_name=np.where(np.arange(150) % 2, "", "Acme"))
    rates = book(7).rates

    card = planted(customers=nameless, rates=rates[rates["currency"] != "GBP"])

    assert found(card, "nameless_customers") == "warn"
    assert found(card, "no_rate") == "warn"
    assert "No exchange rate for GBP to EUR." in card.text()


def test_items_open_for_years_are_told():
    whole = book(7)
    unpaid = replace(whole, applications=whole.applications[:0])

    assert found(scorecard(unpaid.on(DAY)), "old_items") == "warn"


def test_a_currency_that_is_gone_is_held():
    whole = book(7)
    without = whole.with_items(whole.items[whole.items["currency"] != "SEK"])

    assert found(scorecard(without.on(DAY), whole.on(BEFORE)), "currency_gone") == "hold"


@dataclass(frozen=True)
class Counts:
    accepted: int
    quarantined: tuple[str, ...]
    warnings: tuple[Warned, ...]


def test_rows_set_aside_and_derived_days_come_from_the_report():
    counts = Counts(70, ("row",) * 30, (Warned("due_date_derived", 40, "…"),))

    card = scorecard(book(7).on(DAY), None, counts)

    assert found(card, "rows_set_aside") == "warn"
    assert found(card, "due_dates_derived") == "warn"


def test_what_moves_a_lot_with_every_export_may_move_again():
    whole = book(7)
    breathing = [{"open_items": 400.0 if n % 2 else 340.0} for n in range(8)]
    half = whole.with_items(whole.items[::2])

    first = scorecard(half.on(DAY), whole.on(BEFORE))
    used_to_it = scorecard(half.on(DAY), whole.on(BEFORE), history=breathing)

    assert "open_items" in codes(first)
    assert "open_items" not in codes(used_to_it)


# ---- What is told


def test_every_code_that_is_told_has_its_limit_and_its_reason():
    assert all(limit.reason for limit in LIMITS.values())


def test_machines_read_plain_values():
    import json

    card = planted(items=doubled)
    told = json.loads(json.dumps(card.as_dict()))

    assert told["holds"] is True
    assert told["findings"][0]["severity"] == "hold"
    assert told["measures"]["open_items"] > 0


def test_the_worst_stands_first():
    order = [finding.severity for finding in planted(items=doubled).findings]

    assert order == sorted(order, key=["hold", "warn", "info"].index)


def test_an_empty_book_has_nothing_to_tell():
    empty = book(7).with_items(book(7).items[:0])

    assert scorecard(replace(empty, applications=empty.applications[:0]).on(DAY)).findings == ()


def test_many_items_are_judged_in_linear_time():
    small, large = book(7), many(book(7), 10)
    seconds = []
    for one in (small, large):
        view, before = one.on(DAY), one.on(BEFORE)
        began = time.process_time()
        scorecard(view, before)
        seconds.append(time.process_time() - began)

    assert seconds[1] < 20 * max(seconds[0], 0.02)


def many(one: Book, times: int) -> Book:
    def named(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        copies = [frame.assign(**{c: f"{n}-" + frame[c] for c in columns}) for n in range(times)]
        return pd.concat(copies, ignore_index=True)

    return replace(
        one,
        items=named(one.items, "item_id", "customer_id", "invoice_number"),
        applications=named(one.applications, "item_id", "application_id"),
    )
