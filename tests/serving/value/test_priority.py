"""What the list is ranked by."""

from serving.value.priority import AccountToRank, ItemToRank, OverdueThenAge, call_order
from simulation.calls.rivals import OverdueTimesRisk


def account(customer_id, *items):
    return AccountToRank(customer_id, tuple(ItemToRank(*item) for item in items))


def ranked(accounts, priority):
    """The ids of the accounts, first call first."""

    def order(one):
        return call_order(priority.rank_value(one), one.oldest_dpd, one.customer_id)

    return [one.customer_id for one in sorted(accounts, key=order)]


def test_money_not_yet_due_does_not_raise_a_rank():
    overdue_only = account("C-1", (100, 3, 0.5))
    with_more_to_come = account("C-1", (100, 3, 0.5), (9000, 0, 0.9), (9000, -4, 0.9))

    assert OverdueTimesRisk().rank_value(overdue_only) == 100 * 0.5
    assert OverdueTimesRisk().rank_value(with_more_to_come) == 100 * 0.5


def test_the_factors_multiply_to_the_rank_value():
    one = account("C-1", (100, 3, 0.5), (300, 9, 0.9), (50, -1, 1.0))

    money, risk = OverdueTimesRisk().factors(one)

    assert (money.value, money.unit) == (400, "money")
    assert abs(money.value * risk.value - OverdueTimesRisk().rank_value(one)) < 1e-9


def test_an_account_without_overdue_money_has_no_point_in_a_call():
    assert OverdueTimesRisk().rank_value(account("C-1", (900, 0, 0.9))) == 0
    assert OverdueTimesRisk().factors(account("C-1"))[1].value == 0


def test_splitting_an_invoice_in_two_changes_no_rank():
    whole, halves = account("C-1", (100, 3, 0.5)), account("C-1", (50, 3, 0.5), (50, 3, 0.5))

    assert OverdueTimesRisk().rank_value(whole) == OverdueTimesRisk().rank_value(halves)


def test_the_order_of_the_items_changes_no_rank():
    items = [(0.1, 3, 0.7), (1e9, 3, 0.3), (0.2, 5, 0.9)]

    assert OverdueTimesRisk().rank_value(account("C-1", *items)) == OverdueTimesRisk().rank_value(
        account("C-1", *reversed(items))
    )


def test_equal_values_go_by_age_and_then_by_customer():
    accounts = [account("C-3", (100, 5, 0.5)), account("C-2", (100, 5, 0.5)), account("C-1", (100, 4, 0.5))]

    assert ranked(accounts, OverdueTimesRisk()) == ["C-2", "C-3", "C-1"]
    assert ranked(accounts, OverdueTimesRisk()) == ranked(accounts[::-1], OverdueTimesRisk())


def test_without_a_model_overdue_money_leads_and_age_breaks_ties():
    accounts = [account("C-1", (100, 90, None)), account("C-2", (200, 1, None)), account("C-3", (100, 91, None))]

    assert ranked(accounts, OverdueThenAge()) == ["C-2", "C-3", "C-1"]
    factors = OverdueThenAge().factors(accounts[0])
    assert [(factor.unit, factor.role) for factor in factors] == [("money", "times"), ("days", "tie_break")]


def test_an_unknown_value_stands_after_all_others():
    assert call_order(0.0, 1, "C-9") < call_order(None, 900, "C-1") < call_order(None, 1, "C-1")
