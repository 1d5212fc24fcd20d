"""Terms of payment give one due date, or none."""

from datetime import date
from decimal import Decimal

import pytest

from ledger.bank_days import BankDays, NoBankDay
from ledger.due_rules import (
    DueRule,
    PrepaidTerms,
    ReceiptDateNeeded,
    SeveralDueDates,
    SharesNotWhole,
    Terms,
    TwoReadings,
    UnknownReading,
)
from ledger.terms import UnparseableTerms, due_on, parse_terms

ISSUED = date(2026, 1, 31)


def drawn(table):
    """Rows of a drawn table: (text, issued, due)."""
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[2:]]
    return [
        pytest.param(text, date.fromisoformat(issued), date.fromisoformat(due), id=text) for text, issued, due in rows
    ]


@pytest.mark.parametrize(
    ("terms", "issued", "due"),
    drawn(
        """
        text                                              | issued     | due
        --------------------------------------------------+------------+-----------
        NET30                                             | 2026-01-31 | 2026-03-02
        net 30                                            | 2026-01-31 | 2026-03-02
        Net 30 days                                       | 2026-01-31 | 2026-03-02
        Net-30.                                           | 2026-01-31 | 2026-03-02
        n/30                                              | 2026-01-31 | 2026-03-02
        N30                                               | 2026-01-31 | 2026-03-02
        30 net                                            | 2026-01-31 | 2026-03-02
        30 days                                           | 2026-01-31 | 2026-03-02
        30  days   net                                    | 2026-01-31 | 2026-03-02
        Due within 30 days                                | 2026-01-31 | 2026-03-02
        payable in 30 days from invoice date              | 2026-01-31 | 2026-03-02
        Within 30 days Due net                            | 2026-01-31 | 2026-03-02
        30 Tage netto                                     | 2026-01-31 | 2026-03-02
        30 Tage, rein netto                               | 2026-01-31 | 2026-03-02
        zahlbar innerhalb von 30 Tagen                    | 2026-01-31 | 2026-03-02
        Zahlbar innerhalb 30 Tagen ohne Abzug             | 2026-01-31 | 2026-03-02
        fällig in 30 Tagen nach Rechnungsdatum            | 2026-01-31 | 2026-03-02
        Zahlungsziel: 30 Tage                             | 2026-01-31 | 2026-03-02
        net 1                                             | 2024-02-28 | 2024-02-29
        2/10 net 30                                       | 2026-01-31 | 2026-03-02
        2/10, n/30                                        | 2026-01-31 | 2026-03-02
        1.5%/10, NET 30                                   | 2026-01-31 | 2026-03-02
        2% 10 Net 30                                      | 2026-01-31 | 2026-03-02
        2% 10 days, net 30                                | 2026-01-31 | 2026-03-02
        10 Tage 2 % Skonto, 30 Tage netto                 | 2026-01-31 | 2026-03-02
        2,5% Skonto innerhalb 10 Tagen, 30 Tage netto     | 2026-01-31 | 2026-03-02
        0/0 net 30                                        | 2026-01-31 | 2026-03-02
        NET0                                              | 2026-01-31 | 2026-01-31
        COD                                               | 2026-01-31 | 2026-01-31
        C.O.D.                                            | 2026-01-31 | 2026-01-31
        Due on receipt                                    | 2026-01-31 | 2026-01-31
        sofort fällig                                     | 2026-01-31 | 2026-01-31
        EOM                                               | 2026-01-31 | 2026-01-31
        end of month                                      | 2024-02-05 | 2024-02-29
        zum Monatsende                                    | 2026-02-05 | 2026-02-28
        EOM + 30                                          | 2026-01-31 | 2026-03-02
        30 days after end of month                        | 2026-01-05 | 2026-03-02
        30 Tage nach Monatsende                           | 2026-01-05 | 2026-03-02
        30 days then EOM                                  | 2026-01-31 | 2026-03-31
        10th prox                                         | 2026-01-31 | 2026-02-10
        10 prox.                                          | 2026-12-01 | 2027-01-10
        prox 10                                           | 2026-01-01 | 2026-02-10
        31st prox                                         | 2026-01-15 | 2026-02-28
        net 10th proximo                                  | 2026-01-15 | 2026-02-10
        15th of month following invoice                   | 2026-01-31 | 2026-02-15
        10th of next month                                | 2026-01-15 | 2026-02-10
        zum 10. des Folgemonats                           | 2026-01-15 | 2026-02-10
        10th prox, cut-off 25                             | 2026-01-25 | 2026-02-10
        10th prox, cut-off 25th                           | 2026-01-26 | 2026-03-10
        10 prox cutoff 25                                 | 2026-11-26 | 2027-01-10
        15 MFI                                            | 2026-01-31 | 2026-02-15
        """
    ),
)
def test_terms_with_one_reading_give_the_due_date(terms, issued, due):
    assert due_on(terms, issued) == due


def test_net_30_eom_is_read_as_the_caller_states_and_refused_otherwise():
    assert due_on("net 30 EOM", ISSUED, net_eom="then_days") == date(2026, 3, 2)
    assert due_on("net 30 EOM", ISSUED, net_eom="then_eom") == date(2026, 3, 31)
    assert due_on("30 Tage Monatsende", ISSUED, net_eom="then_eom") == date(2026, 3, 31)
    with pytest.raises(TwoReadings, match=r"do not say one due date.*net_eom: then_days or then_eom"):
        due_on("net 30 EOM", ISSUED)


@pytest.mark.parametrize("text", ["net 30 EOM", "net 30"])
def test_a_reading_of_net_30_eom_that_is_none_is_refused_whatever_the_terms(text):
    with pytest.raises(UnknownReading, match=r'"end" is no reading.*Expected then_days or then_eom'):
        due_on(text, ISSUED, net_eom="end")


def test_the_reading_of_net_30_eom_is_kept_as_a_rule_id():
    assert parse_terms("net 30 EOM", net_eom="then_eom").parts[0][1].id == "then_eom"


def test_stating_the_reading_of_net_eom_changes_no_other_terms():
    for text in ("net 30", "EOM", "10th prox"):
        assert parse_terms(text, net_eom="then_eom") == parse_terms(text)


@pytest.mark.parametrize(
    "terms",
    [
        "",
        "NAA8",
        "NET",
        "30",
        "NET 9999",
        "NET -5",
        "NET ٣٠",
        "2/40 net 30",
        "200/10 net 30",
        "2/10",
        "2% 10",
        "Within 14 days 2 % cash discount",
        "2/10 EOM",
        "2/10 net 30 EOM",
        "3/10, 2/20, net 30",
        "2/10/30",
        "30/60/90 days",
        "30 business days",
        "30 EOM",
        "10 EOM",
        "net 30 prox",
        "net 30 MFI",
        "MFI",
        "0 prox",
        "32 prox",
        "10 prox cut-off 32",
        "CREDIT",
        "CASH",
        "net 30 " * 40,
    ],
)
def test_terms_with_no_reading_or_two_are_refused(terms):
    with pytest.raises(UnparseableTerms, match="do not say one due date"):
        due_on(terms, ISSUED)


@pytest.mark.parametrize(
    "terms",
    ["net 30 ROG", "2/10 ROG", "2/10 net 30 ROG", "30 days after receipt of goods", "30 Tage nach Wareneingang"],
)
def test_days_from_a_receipt_are_refused_because_that_day_is_unknown(terms):
    with pytest.raises(ReceiptDateNeeded, match="do not say one due date: they count from a day of receipt"):
        due_on(terms, ISSUED)


@pytest.mark.parametrize("terms", ["prepaid", "CIA", "Cash in advance", "Vorkasse", "30% prepaid, 70% net 30"])
def test_payment_in_advance_is_no_due_date(terms):
    with pytest.raises(PrepaidTerms, match="payment in advance"):
        parse_terms(terms)


# Discounts, measures section 5


def test_golden_5_a_discount_may_be_taken_until_its_last_day():
    terms = parse_terms("2/10 net 30")

    assert terms.discount_until(ISSUED) == date(2026, 2, 10)
    assert terms.discount_amount(100_000) == 2_000
    assert (parse_terms("net 30").discount_until(ISSUED), parse_terms("net 30").discount_amount(100_000)) == (None, 0)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2% 10 Net 30", "2/10 net 30"),
        ("2,5% Skonto innerhalb 10 Tagen, 30 Tage netto", "2.5/10 net 30"),
        ("innerhalb von 14 Tagen 2 % Skonto / innerhalb von 30 Tagen ohne Abzug", "2/14 net 30"),
        ("0/0 net 30", "net 30"),
        ("30 % 30 days / 70 % 60 days", "30% net 30, 70% net 60"),
        ("net 30 EOM", "EOM then 30 days"),
        ("10th prox., cut-off 25th", "10 prox cut-off 25"),
    ],
)
def test_one_meaning_is_printed_in_one_way(text, same):
    assert str(parse_terms(text, net_eom="then_days")) == same


def test_a_discount_is_rounded_half_to_even():
    assert [parse_terms("2/10 net 30").discount_amount(minor) for minor in (25, 75, 76, -25)] == [0, 2, 2, 0]


def test_golden_5_forgoing_two_percent_for_twenty_days_costs_37_24_simple_and_44_59_compounded():
    terms = parse_terms("2/10 net 30")
    simple, compounded = terms.forgone_discount_cost(), terms.forgone_discount_cost_compounded()

    assert round(simple * 100, 2) == Decimal("37.24")
    assert round(compounded * 100, 2) == Decimal("44.59")


@pytest.mark.parametrize("text", ["net 30", "2/30 net 30"])
def test_a_discount_that_buys_no_days_has_no_cost(text):
    assert parse_terms(text).forgone_discount_cost() is None
    assert parse_terms(text).forgone_discount_cost_compounded() is None


@pytest.mark.parametrize(
    ("paid_minor", "paid_on", "unearned"),
    [
        (98_000, date(2026, 2, 10), False),
        (98_000, date(2026, 2, 11), True),
        (97_999, date(2026, 2, 11), False),
        (99_999, date(2026, 3, 20), True),
        (100_000, date(2026, 2, 11), False),
        (0, date(2026, 2, 11), False),
    ],
)
def test_a_discount_taken_after_its_day_is_unearned(paid_minor, paid_on, unearned):
    assert parse_terms("2/10 net 30").is_unearned_discount(100_000, paid_minor, ISSUED, paid_on) is unearned


def test_without_a_discount_nothing_is_an_unearned_one():
    assert not parse_terms("net 30").is_unearned_discount(100_000, 98_000, ISSUED, date(2026, 2, 11))


def test_what_was_not_paid_at_all_is_no_discount_however_small():
    assert not parse_terms("60/10 net 30").is_unearned_discount(1, 0, ISSUED, date(2026, 2, 11))


# Instalments


def test_instalments_fall_due_each_on_its_day_and_the_last_takes_the_rest():
    terms = parse_terms("33,33% 30 days, 33.33% 60 days and 33.34% EOM")

    assert terms.instalments(10_001, ISSUED) == [
        (date(2026, 3, 2), 3_333),
        (date(2026, 4, 1), 3_333),
        (date(2026, 1, 31), 10_001 - 2 * 3_333),
    ]


def test_an_instalment_is_rounded_towards_zero_and_never_beyond_its_share():
    terms = parse_terms("50% 30 days, 50% 60 days")

    assert [minor for _, minor in terms.instalments(1_003, ISSUED)] == [501, 502]
    assert [minor for _, minor in terms.instalments(-1_003, ISSUED)] == [-501, -502]


def test_plain_terms_are_one_instalment():
    assert parse_terms("2/10 net 30").instalments(10_001, ISSUED) == [(date(2026, 3, 2), 10_001)]


def test_an_invoice_in_instalments_has_no_one_due_date():
    with pytest.raises(SeveralDueDates, match="one for each instalment"):
        due_on("50% 30 days, 50% 60 days", ISSUED)
    with pytest.raises(SeveralDueDates, match='"50% net 30, 50% net 60"'):
        parse_terms("50% 30 days; 50% 60 days").due_on(ISSUED)


@pytest.mark.parametrize("text", ["50% 30 days, 40% 60 days", "100% 30 days, 0% 60 days", "60% net 30, 60% net 60"])
def test_shares_that_are_not_the_whole_are_refused(text):
    with pytest.raises(SharesNotWhole, match="do not add up to 100 %"):
        parse_terms(text)


def test_terms_cannot_be_made_of_shares_that_are_not_the_whole():
    with pytest.raises(SharesNotWhole):
        Terms(((Decimal(99), DueRule("net", 30)),))


# Bank days

SATURDAY = date(2026, 1, 31)
CLOSED = BankDays(holidays=frozenset({date(2026, 2, 2)}))


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("none", SATURDAY),
        ("following", date(2026, 2, 3)),
        ("modified_following", date(2026, 1, 30)),
        ("preceding", date(2026, 1, 30)),
    ],
)
def test_a_due_day_without_banks_moves_as_the_rule_says(rule, due):
    terms = parse_terms("net 30")

    assert terms.due_on(date(2026, 1, 1), bank_days=CLOSED, business_day_rule=rule) == due


def test_a_due_day_stays_where_it_is_unless_a_rule_says_otherwise():
    assert parse_terms("EOM").due_on(SATURDAY) == SATURDAY


def test_a_due_day_never_moves_before_the_day_of_issue():
    assert parse_terms("COD").due_on(SATURDAY, business_day_rule="preceding") == SATURDAY


def test_other_weekends_than_ours_are_possible():
    assert BankDays(weekend=frozenset({4, 5})).moved(SATURDAY, "following") == date(2026, 2, 1)


def test_a_calendar_without_bank_days_is_refused():
    with pytest.raises(NoBankDay, match="No bank day within 60 days of 2026-01-31"):
        BankDays(weekend=frozenset(range(7))).moved(SATURDAY, "following")
