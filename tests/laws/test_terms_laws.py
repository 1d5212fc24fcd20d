"""Laws of terms of payment: whatever they say, nothing is lost and nothing is due before it is issued."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

from builders import law
from hypothesis import given
from hypothesis import strategies as st

from ledger.bank_days import BankDays
from ledger.due_rules import Discount, DueRule, Terms
from ledger.terms import UnparseableTerms, due_on, parse_terms

DAYS = st.integers(0, 999)
DATES = st.dates(date(1990, 1, 1), date(2040, 12, 31))
AMOUNTS = st.integers(-(10**15), 10**15)
RULES = st.one_of(
    st.builds(DueRule, st.sampled_from(["net", "then_days", "then_eom"]), DAYS),
    st.just(DueRule("eom")),
    st.builds(DueRule, st.just("following_month"), st.integers(1, 31), st.none() | st.integers(1, 31)),
)
WINTER = st.dates(date(2026, 1, 1), date(2026, 3, 31))
# at most five days of a weekend and six holidays: every month keeps a bank day
BANK_DAYS = st.builds(BankDays, st.frozensets(st.integers(0, 6), max_size=5), st.frozensets(WINTER, max_size=6))
BUSINESS_DAY_RULES = st.sampled_from(["none", "following", "modified_following", "preceding"])


@st.composite
def plain_terms(draw) -> Terms:
    rule = draw(RULES)
    if rule.id != "net" or draw(st.booleans()):
        return Terms.of(rule)
    rate = Decimal(draw(st.integers(1, 9999))).scaleb(-2)
    return Terms.of(rule, Discount(rate, draw(st.integers(0, rule.days))))


@st.composite
def instalments(draw) -> Terms:
    """Up to eight parts; shares in hundredths of a percent."""
    cuts = sorted(draw(st.sets(st.integers(1, 9999), min_size=1, max_size=7)))
    shares = [Decimal(high - low).scaleb(-2) for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return Terms(tuple((share, draw(RULES)) for share in shares))


@law(60)
@given(plain_terms(), WINTER | DATES, BANK_DAYS, BUSINESS_DAY_RULES)
def test_nothing_is_due_before_it_is_issued(terms, issued, bank_days, rule):
    assert terms.due_on(issued, bank_days=bank_days, business_day_rule=rule) >= issued


@law(60)
@given(instalments(), AMOUNTS, DATES)
def test_instalments_add_up_to_the_amount_and_none_has_the_other_sign(terms, amount, issued):
    parts = [minor for _, minor in terms.instalments(amount, issued)]

    assert sum(parts) == amount
    assert all(minor * amount >= 0 for minor in parts)


@law(60)
@given(st.one_of(plain_terms(), instalments()))
def test_printed_terms_are_read_back_as_the_same(terms):
    assert parse_terms(str(terms)) == terms


@law(60)
@given(WINTER, BANK_DAYS)
def test_modified_following_never_leaves_the_month_and_ends_on_a_bank_day(on, bank_days):
    moved = bank_days.moved(on, "modified_following")

    assert (moved.year, moved.month) == (on.year, on.month)
    assert bank_days.works_on(moved)


@law(60)
@given(WINTER, BANK_DAYS)
def test_the_bank_days_around_a_day_enclose_it_with_nothing_between(on, bank_days):
    before, after = bank_days.moved(on, "preceding"), bank_days.moved(on, "following")

    assert before <= on <= after
    assert (before == on == after) == bank_days.works_on(on)
    assert bank_days.after(before, 1) == (after if after > on else bank_days.moved(bank_days.after(on, 1), "following"))


@law(60)
@given(st.text(max_size=60) | st.text("NETO/%0123,. EMDAYSPRXFIUGZ", max_size=30), DATES)
def test_any_text_is_either_read_or_refused_by_name(text, issued):
    with suppress(UnparseableTerms):
        assert due_on(text, issued) >= issued
