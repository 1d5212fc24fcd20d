"""Laws of the simulated company: its facts tie, nobody sees tomorrow, and a collections manager would believe it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ledger.days import NEVER, to_date, to_day
from ledger.money import Rates, to_decimal
from ledger.terms import due_on
from ledger.view import LedgerView
from simulation.bank_days import is_bank_day
from simulation.chance import stream
from simulation.company import Company, generate
from simulation.errors import ImpossibleCompany
from simulation.names import company_names
from simulation.payments import LONGEST_BOOKING
from simulation.rates import PAR

END = date(2026, 3, 29)


def payments_with_invoices(company: Company) -> pd.DataFrame:
    return company.payments.merge(company.invoices, on="invoice_id", suffixes=("", "_of_invoice"), validate="m:1")


def view_of(company: Company) -> LedgerView:
    """The company as the ledger sees it on its last evening."""
    bills, paid = company.invoices, company.payments
    items = pd.DataFrame(
        {
            "item_id": bills["invoice_id"],
            "customer_id": bills["customer_id"],
            "entity": "",
            "invoice_number": bills["invoice_id"],
            "issued_on": bills["issued_day"],
            "due_on": bills["due_day"],
            "amount_minor": bills["amount_minor"],
            "currency": bills["currency"],
            "terms": bills["terms"],
            "known_on": bills["known_day"],
            "superseded_on": NEVER,
            "source_row": np.arange(len(bills)) + 1,
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
    return LedgerView.of_facts(company.ends_on, items, applications)


def test_the_same_arguments_build_the_same_company_and_another_seed_another(small: Company) -> None:
    again = generate(seed=3, ends_on=END, customers=60, invoices=1_500, years=2.0)
    other = generate(seed=4, ends_on=END, customers=60, invoices=1_500, years=2.0)

    for name in ("customers", "invoices", "payments", "rates", "truth", "item_truth"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(small, name))
    assert not other.payments.equals(small.payments)
    assert set(other.customers["customer_name"]) != set(small.customers["customer_name"])


def test_the_company_has_the_size_and_span_asked_for(small: Company) -> None:
    assert (len(small.customers), len(small.invoices)) == (60, 1_500)
    assert (small.ends_on - small.first_day).days == round(2 * 365.25)
    assert small.invoices["customer_id"].nunique() == 60
    assert to_day(small.first_day) <= small.invoices["issued_day"].min() < to_day(small.first_day) + 7


def test_nothing_happens_after_the_last_day(small: Company, demo: Company) -> None:
    for company in (small, demo):
        last = to_day(company.ends_on)

        assert company.invoices[["issued_day", "known_day"]].to_numpy().max() <= last
        assert company.payments[["paid_day", "booked_day"]].to_numpy().max() <= last
        assert company.rates["rate_day"].max() <= last


def test_every_payment_follows_its_invoice_and_is_booked_within_four_days(small: Company, demo: Company) -> None:
    for company in (small, demo):
        paid = payments_with_invoices(company)

        assert len(paid) == len(company.payments)
        assert company.invoices["invoice_id"].is_unique
        assert company.payments["payment_id"].is_unique
        assert (paid["currency"] == paid["currency_of_invoice"]).all()
        assert (paid["paid_day"] >= paid["issued_day"]).all()
        assert (paid["booked_day"] >= paid["known_day"]).all()
        assert (paid["booked_day"] - paid["paid_day"]).between(0, LONGEST_BOOKING).all()


def test_no_evening_sees_more_applied_than_was_billed_except_what_was_paid_twice(demo: Company) -> None:
    paid = payments_with_invoices(demo).sort_values("booked_day", kind="stable")
    billed = paid["amount_minor_of_invoice"]
    evening = paid["amount_minor"].groupby([paid["invoice_id"], paid["booked_day"]]).sum()
    applied = evening.groupby(level=0).cumsum()
    of = applied.index.get_level_values(0)
    whole = pd.Series(billed.to_numpy(), index=paid["invoice_id"]).groupby(level=0).first().reindex(of).to_numpy()
    twice = demo.item_truth.set_index("invoice_id")["paid_twice"].reindex(of).to_numpy()

    over = np.sign(whole) * (applied.to_numpy() - whole) > 0

    assert over.any()
    assert not (over & ~twice).any()


def test_only_reversals_and_credit_memos_take_a_negative_amount(demo: Company) -> None:
    paid = payments_with_invoices(demo)
    is_memo = paid["amount_minor_of_invoice"] < 0

    assert (demo.payments["amount_minor"] != 0).all()
    assert ((paid["amount_minor"] < 0) == ((paid["kind"] == "reversal") | is_memo)).all()
    assert set(paid.loc[is_memo, "kind"]) == {"credit"}


def test_what_is_set_off_on_credit_memos_is_set_off_on_invoices_of_the_same_customer_and_day(demo: Company) -> None:
    paid = payments_with_invoices(demo)
    memos = paid[paid["amount_minor_of_invoice"] < 0]
    others = paid[(paid["kind"] == "credit") & (paid["amount_minor"] > 0)]

    pairs = memos.assign(amount_minor=-memos["amount_minor"]).merge(
        others, on=["customer_id", "paid_day", "booked_day", "amount_minor", "currency"]
    )

    assert len(memos) > 100
    assert len(pairs) == len(memos)


def test_a_returned_payment_takes_back_exactly_one_payment_booked_before(demo: Company) -> None:
    returned = demo.payments[demo.payments["kind"] == "reversal"]
    cash = demo.payments[demo.payments["kind"] == "cash"]

    pairs = returned.merge(cash, on="invoice_id", suffixes=("", "_before"))
    match = pairs[
        (pairs["amount_minor_before"] == -pairs["amount_minor"]) & (pairs["booked_day_before"] < pairs["paid_day"])
    ]

    assert len(returned) > 50
    assert set(match["payment_id"]) == set(returned["payment_id"])


def test_invoices_and_money_keep_to_bank_days(small: Company, demo: Company) -> None:
    for company in (small, demo):
        for days in (company.invoices["issued_day"], company.payments["paid_day"], company.payments["booked_day"]):
            assert is_bank_day(days.to_numpy()).all()
    christmas = to_day(date(2025, 12, 25))
    assert not (demo.payments["paid_day"] == christmas).any()


def test_a_payment_run_pays_on_its_weekday_and_another_customer_need_not(demo: Company) -> None:
    runs = demo.truth.loc[demo.truth["type"] == "payment_run", ["customer_id", "run_phase"]]
    paid = payments_with_invoices(demo).merge(runs, on="customer_id")
    cash = paid[(paid["kind"] == "cash") & (paid["terms"] != "2/10 net 30")]

    on_its_day = (cash["paid_day"] + 3) % 7 == cash["run_phase"] % 7

    assert on_its_day.mean() > 0.95  # the rest moved past a holiday


def test_the_two_days_before_a_month_ends_carry_more_invoices_than_any_other_two(demo: Company) -> None:
    february = demo.invoices.loc[
        demo.invoices["issued_day"].between(to_day(date(2026, 2, 1)), to_day(date(2026, 2, 28))), "issued_day"
    ].value_counts()

    assert {to_date(day) for day in february.index[:2]} == {date(2026, 2, 26), date(2026, 2, 27)}


def test_due_days_are_those_of_the_printed_terms(small: Company) -> None:
    bills = small.invoices[small.invoices["amount_minor"] > 0]

    for bill in bills.itertuples():
        assert to_date(bill.due_day) == due_on(bill.terms, to_date(bill.issued_day))


def test_a_discount_is_two_percent_of_an_invoice_paid_within_ten_days(demo: Company) -> None:
    taken = payments_with_invoices(demo).query("kind == 'discount'")

    assert set(taken["terms"]) == {"2/10 net 30"}
    assert (taken["paid_day"] - taken["issued_day"]).max() <= 10
    assert (taken["amount_minor"] - taken["amount_minor_of_invoice"] * 0.02).abs().max() <= 0.5


def test_every_invoice_has_a_rate_on_its_day(small: Company) -> None:
    rows = small.rates[["currency", "rate_day", "rate"]].itertuples(index=False)
    rates = Rates.of("EUR", [(code, day, to_decimal(round(rate * 1_000_000), "KWD")) for code, day, rate in rows])

    assert set(small.rates["currency"]) == {"GBP", "SEK", "USD"}
    for code, day in set(zip(small.invoices["currency"], small.invoices["issued_day"], strict=True)):
        assert rates.knows(code, day)


def test_customer_names_are_unique_and_ids_do_not_tell_the_type(demo: Company) -> None:
    assert demo.customers["customer_name"].is_unique
    assert demo.customers["customer_id"].is_unique
    place = demo.truth.groupby("type").apply(lambda rows: rows.index.to_numpy().mean(), include_groups=False)
    assert place.between(200, 400).all()  # 300 if a type says nothing about the place in the list


def test_five_thousand_customers_of_one_country_have_five_thousand_names() -> None:
    names = company_names(np.array(["NL"] * 5_000), stream(seed=1, purpose="names"))

    assert len(set(names)) == 5_000


def test_types_have_their_shares(demo: Company) -> None:
    counts = demo.truth["type"].value_counts()

    assert counts["prompt"] == round(600 * 0.30)
    assert counts["sliding"] == round(600 * 0.05)
    assert counts.sum() == 600


def test_types_pay_in_the_planted_order(demo: Company) -> None:
    settled = view_of(demo).settlements.merge(demo.truth[["customer_id", "type"]], on="customer_id")
    late = settled.groupby("type")["days_late"].mean()
    typical = settled.groupby("type")["days_late"].median()

    assert late["prompt"] + 2 < late["payment_run"] < late["cash_strapped"] < late["strategic"]
    assert late["prompt"] + 8 < late["forgetful"]
    assert late["prompt"] + 8 < late["disputing"]
    assert typical["disputing"] <= 0 < typical["seasonal"] < typical["cash_strapped"]
    assert 24 <= typical["strategic"] <= 40


def test_an_insolvent_customer_pays_no_more_and_is_written_off(demo: Company) -> None:
    gone = demo.truth[demo.truth["defaults_on"] < to_day(demo.ends_on) - 190]
    paid = payments_with_invoices(demo).merge(gone[["customer_id", "defaults_on"]], on="customer_id")
    after = paid[paid["paid_day"] > paid["defaults_on"]]

    lost, quota = (after.loc[after["kind"] == kind, "amount_minor"].sum() for kind in ("write_off", "cash"))
    still_open = view_of(demo).open_items()

    assert len(gone) > 5
    assert 0 < quota < 0.06 * lost
    assert not still_open.loc[still_open["open_minor"] > 0, "customer_id"].isin(gone["customer_id"]).any()


def test_a_collections_manager_would_believe_the_demo(demo: Company) -> None:
    view = view_of(demo)
    open_items = view.open_items()
    settled = view.settlements[view.settlements["taken_back_on"] == NEVER].set_index("item_id")["days_late"]
    bills = demo.invoices[demo.invoices["amount_minor"] > 0]
    days = bills["invoice_id"].map(settled)
    decided = days.notna() | (to_day(demo.ends_on) > bills["due_day"] + 5)
    late_share = ((days > 5) | days.isna())[decided].mean()
    euros = bills["amount_minor"] * bills["currency"].map(PAR).fillna(1)
    by_customer = euros.groupby(bills["customer_id"]).sum().sort_values(ascending=False)

    assert 2_000 <= len(open_items) <= 3_000
    assert 0.25 <= (open_items["dpd"] > 0).mean() <= 0.45
    assert 0.20 <= late_share <= 0.35
    assert by_customer.head(60).sum() > by_customer.sum() / 2
    assert (open_items["open_minor"] < 0).any()
    assert (open_items["open_within_tolerance"] & (open_items["open_minor"] > 0)).any()
    assert set(demo.payments["kind"]) == {"cash", "credit", "discount", "write_off", "reversal"}


def test_past_conduct_tells_the_late_from_the_punctual_but_not_surely(demo: Company) -> None:
    view = view_of(demo)
    settled = view.settlements.sort_values(["customer_id", "issued_on", "item_id"], kind="stable")
    late = (settled["days_late"] > 5).astype(int)
    of = settled["customer_id"]
    before = (late.groupby(of).cumsum() - late) / late.groupby(of).cumcount().clip(lower=1)

    ranks = before.rank().to_numpy()
    was_late = late.to_numpy() == 1
    late_count, other_count = was_late.sum(), (~was_late).sum()
    auc = (ranks[was_late].sum() - late_count * (late_count + 1) / 2) / (late_count * other_count)

    assert 0.70 < auc < 0.90


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"seed": -1}, "seed"),
        ({"customers": 0}, "customers"),
        ({"customers": 10, "invoices": 9}, "invoices"),
        ({"years": float("nan")}, "years"),
        ({"ends_on": date(2150, 1, 1)}, "ends_on"),
    ],
)
def test_an_impossible_company_is_refused_by_name(wrong: dict[str, object], field: str) -> None:
    asked = {"seed": 1, "ends_on": END, "customers": 2, "invoices": 10, **wrong}

    with pytest.raises(ImpossibleCompany) as refusal:
        generate(**asked)  # type: ignore[arg-type]

    assert refusal.value.field == field
    assert "Expected" in str(refusal.value)


def test_the_smallest_company_has_one_customer_and_one_invoice() -> None:
    for seed in range(8):
        company = generate(seed=seed, ends_on=END, customers=1, invoices=1, years=0.25)

        assert len(company.invoices) == 1
        assert len(company.payments) <= 3
