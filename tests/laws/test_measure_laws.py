"""Laws of the measures: parts add up to their whole, and more cash never makes a promise worse."""

from fractions import Fraction

from builders import law
from hypothesis import given
from hypothesis import strategies as st

from ledger.days import NEVER
from ledger.measures.lateness import late
from ledger.measures.promises import DEFAULT_RULES, Cash, Promise, promise_state, tally
from ledger.measures.rolls import cure_rates, roll_rate
from ledger.measures.sales_days import SalesMonth, add_portfolio, delinquent_dso, dso, dso_countback

AMOUNTS = st.integers(0, 10**12)
SALES = st.integers(1, 10**12)
MONTHS = st.lists(st.builds(SalesMonth, st.integers(-100, 1000), st.integers(28, 31)), max_size=8)
ITEMS = st.dictionaries(st.sampled_from("ABCDEFGH"), st.tuples(st.integers(0, 5), st.integers(-100, 1000)))
CASH_BY_ITEM = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 2000))
PROMISES = st.builds(
    lambda amount, made, lead, cancelled: Promise(amount, made, made + lead, cancelled),
    st.integers(1, 2000),
    st.integers(20_000, 20_030),
    st.integers(0, 10),
    st.integers(20_000, 20_060) | st.just(NEVER),
)
CASH = st.builds(Cash, st.integers(1, 3000), st.integers(19_990, 20_060), st.integers(20_000, 20_090) | st.just(NEVER))
DAYS = st.integers(20_000, 20_090)
SOON = st.integers(0, 90)
WORSE_TO_BETTER = ("broken", "part_kept", "kept")


@law(50)
@given(st.lists(AMOUNTS, min_size=1, max_size=5), AMOUNTS, SALES, st.integers(1, 366))
def test_the_days_of_the_buckets_and_of_the_current_add_up_to_dso(past_due, current, sales, days):
    buckets = delinquent_dso({str(at): minor for at, minor in enumerate(past_due)}, sales, days)

    delinquent = sum(part for part in buckets.values() if part is not None)
    assert delinquent == add_portfolio(sum(past_due) + current, current, sales, days)
    assert delinquent + Fraction(current * days, sales) == dso(sum(past_due) + current, sales, days)


@law(50)
@given(st.integers(1, 1000), st.integers(1, 12), st.integers(28, 31), st.data())
def test_with_even_sales_countback_is_simple_dso(sales, count, days, data):
    closing = data.draw(st.integers(0, sales * count))

    assert dso_countback(closing, [SalesMonth(sales, days)] * count).days == dso(closing, sales, days)


@law(50)
@given(MONTHS, st.integers(0, 3000), st.integers(0, 500))
def test_more_receivables_never_count_fewer_days_back_and_none_count_more_than_the_history(months, closing, more):
    less, greater = dso_countback(closing, months), dso_countback(closing + more, months)

    assert less.history_days == sum(month.days for month in months)
    if greater.days is not None:
        assert less.days is not None
        assert less.days <= greater.days <= greater.history_days


@law(50)
@given(ITEMS, ITEMS, CASH_BY_ITEM, CASH_BY_ITEM, st.integers(0, 5))
def test_no_share_of_a_bucket_is_above_the_whole(before, after, cash, credit, bucket):
    rolled, cured = roll_rate(before, after, bucket), cure_rates(before, cash, credit, bucket)

    if rolled is None or cured.cash is None or cured.credit is None:
        assert not any(number == bucket and minor > 0 for number, minor in before.values())
    else:
        assert 0 <= rolled <= 1
        assert 0 <= cured.cash <= cured.cash + cured.credit <= 1


@law(50)
@given(PROMISES, st.lists(CASH, max_size=4), CASH, DAYS)
def test_more_cash_never_makes_a_promise_worse(promise, cash, another, as_of):
    before, after = promise_state(promise, cash, as_of), promise_state(promise, [*cash, another], as_of)

    if before in WORSE_TO_BETTER:
        assert WORSE_TO_BETTER.index(after) >= WORSE_TO_BETTER.index(before)
    else:
        assert after in (before, "kept")


@law(50)
@given(PROMISES, st.lists(CASH, max_size=4), DAYS)
def test_a_promise_is_pending_no_longer_once_its_last_day_has_passed(promise, cash, as_of):
    if as_of > DEFAULT_RULES.last_day(promise):
        assert promise_state(promise, cash, as_of) != "pending"


@law(50)
@given(st.lists(st.tuples(PROMISES, st.lists(CASH, max_size=3)), max_size=6), DAYS)
def test_every_promise_is_counted_once_and_no_rate_is_above_one(promises, as_of):
    counted = tally(promises, as_of)

    assert counted.counts.total() == len(promises)
    assert all(0 <= rate <= 1 for rate in (counted.kept_rate, counted.kept_rate_by_amount) if rate is not None)


@law(50)
@given(
    st.integers(0, 50),
    st.integers(0, 120) | st.just(NEVER),
    st.integers(0, 120),
    st.integers(0, 40),
    st.integers(0, 60),
)
def test_what_is_known_about_lateness_is_never_taken_back(due_on, cleared_on, as_of, grace_days, later):
    known = late(due_on, cleared_on, as_of, grace_days=grace_days).late

    if known is not None:
        assert late(due_on, cleared_on, as_of + later, grace_days=grace_days).late is known


@law(50)
@given(SOON, SOON, st.integers(1, 90), st.integers(1, 90), st.integers(0, 40))
def test_the_day_on_which_an_open_item_will_be_paid_does_not_show(due_on, as_of, soon, later, grace_days):
    label = late(due_on, as_of + soon, as_of, grace_days=grace_days)

    assert label == late(due_on, as_of + later, as_of, grace_days=grace_days)
