"""Effectiveness: how much of what could be collected was, and what it took.

Names ending in `_pct` are percent, `_rate` are shares from 0 to 1. All are None where nothing stands below the line.
"""

from fractions import Fraction

from ledger.measures.ratios import pct, ratio


def cei_pct(
    opening_ar_minor: int, credit_sales_minor: int, closing_ar_minor: int, closing_current_minor: int, months: int = 1
) -> Fraction | None:
    """Collection effectiveness index, percent: what was collected of what could have been.

    (opening AR + credit sales / months - closing AR) / (opening AR + credit sales / months - closing current AR).
    Undefined, not 0, when there was nothing to collect. Sensitive to sales: show it beside `past_due_pct`.

    Args:
        months: months in the period, at least 1.

    Source: measures, section 3; (500k + 300k - 450k) / (500k + 300k - 280k) is 67.31 %.
    """
    could = opening_ar_minor + Fraction(credit_sales_minor, months)
    return pct(could - closing_ar_minor, could - closing_current_minor)


def collection_pct_collectible(
    cash_applied_minor: int, opening_past_due_minor: int, fell_due_minor: int, disputed_minor: int
) -> Fraction | None:
    """Cash applied to what was collectible, percent of it.

    Args:
        cash_applied_minor: cash applied in the period to items past due at its opening or that fell due in it.
        disputed_minor: part of those opened as disputed and not resolved by the end.
    """
    return pct(cash_applied_minor, opening_past_due_minor + fell_due_minor - disputed_minor)


def collection_pct_target(cash_received_minor: int, cash_target_minor: int) -> Fraction | None:
    """Cash received, percent of the cash target. Another measure than `collection_pct_collectible`."""
    return pct(cash_received_minor, cash_target_minor)


def past_due_pct(past_due_minor: int, total_ar_minor: int) -> Fraction | None:
    """Past-due receivables, percent of all."""
    return pct(past_due_minor, total_ar_minor)


def current_pct(past_due_minor: int, total_ar_minor: int) -> Fraction | None:
    """What is not past due, percent of all receivables: 100 - `past_due_pct`."""
    return pct(total_ar_minor - past_due_minor, total_ar_minor)


def over_90_pct(over_90_minor: int, total_ar_minor: int) -> Fraction | None:
    """Receivables more than 90 days past due, percent of all."""
    return pct(over_90_minor, total_ar_minor)


def contact_rate(live_contacts: int, attempts: int) -> Fraction | None:
    """Any live contact, share of attempts."""
    return ratio(live_contacts, attempts)


def right_party_contact_rate(right_party_contacts: int, attempts: int) -> Fraction | None:
    """Contacts with someone authorised to pay, share of attempts."""
    return ratio(right_party_contacts, attempts)


def promise_rate(promises: int, right_party_contacts: int) -> Fraction | None:
    """Promises per contact with someone authorised to pay."""
    return ratio(promises, right_party_contacts)


def cost_to_collect(cost_minor: int, cash_collected_minor: int) -> Fraction | None:
    """Cost of collecting per unit of cash collected, both in one currency."""
    return ratio(cost_minor, cash_collected_minor)
