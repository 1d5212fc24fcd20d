"""Dates: every spelling with one reading, and none with two."""

from collections.abc import Sequence
from datetime import date, timedelta

from nasty.case import Step, accepted, case, refused, set_aside, text_step
from nasty.clean import AS_OF, Invoice, Maker
from nasty.writing import day_month, iso, month_day, put, records, text

BAD = "bad_date|date_out_of_range"


def _spelt(make: Maker, spelling: object, *warnings: str) -> Sequence[Step]:
    bills = make.ledger()
    return [text_step(text(records(bills, date_text=spelling)), accepted(bills).warning(*warnings))]  # type: ignore[arg-type]


def _decisive(make: Maker) -> list[Invoice]:
    """Each date column holds a day above 12, and one that reads both ways."""
    bills = make.ledger(10)
    bills[0] = bills[0].but(issue_date=date(2024, 3, 25), due_date=date(2024, 5, 28)).paid(date(2024, 6, 13))
    bills[2] = bills[2].but(issue_date=date(2024, 4, 5), due_date=date(2024, 6, 4)).paid(date(2024, 7, 3))
    return bills


@case("date", "P03")
def compact(make: Maker) -> Sequence[Step]:
    return _spelt(make, lambda day: day.strftime("%Y%m%d"))


@case("date", "P03")
def year_first_with_slashes(make: Maker) -> Sequence[Step]:
    return _spelt(make, lambda day: day.strftime("%Y/%m/%d"))


@case("date", "P03")
def english_months_day_first(make: Maker) -> Sequence[Step]:
    return _spelt(make, lambda day: f"{day.day} {day:%b} {day.year}")


@case("date", "P03")
def english_months_month_first(make: Maker) -> Sequence[Step]:
    return _spelt(make, lambda day: f"{day:%B} {day.day}, {day.year}")


@case("date", "P03")
def english_months_with_short_years(make: Maker) -> Sequence[Step]:
    return _spelt(make, lambda day: f"{day:%d-%b-%y}", "two_digit_year")


@case("date", "P03")
def dots_mean_the_day_first(make: Maker) -> Sequence[Step]:
    bills = make.on_days(make.ledger(), [3, 5, 9], [2, 4, 11])
    return [text_step(text(records(bills, date_text=day_month("."))), accepted(bills))]


@case("date", "P03")
def dots_and_short_years(make: Maker) -> Sequence[Step]:
    return _spelt(make, day_month(".", short=True), "two_digit_year")


@case("date", "P03")
def day_first_by_evidence(make: Maker) -> Sequence[Step]:
    bills = _decisive(make)
    return [text_step(text(records(bills, date_text=day_month("/"))), accepted(bills))]


@case("date", "P03")
def month_first_by_evidence(make: Maker) -> Sequence[Step]:
    bills = _decisive(make)
    return [text_step(text(records(bills, date_text=month_day("/"))), accepted(bills))]


@case("date", "P03")
def month_first_without_zeros_and_with_times(make: Maker) -> Sequence[Step]:
    bills = _decisive(make)
    rows = records(bills, date_text=lambda day: f"{day.month}/{day.day}/{day.year} 11:59:00 PM")
    return [text_step(text(rows), accepted(bills))]


@case("date", "P03")
def every_column_by_its_own_evidence(make: Maker) -> Sequence[Step]:
    bills = _decisive(make)
    rows = records(bills, date_text=day_month("/"))
    for row, bill in enumerate(bills, 1):
        put(rows, row, due_date=month_day("/")(bill.due_date))
    return [text_step(text(rows), accepted(bills))]


@case("date", "P03")
def no_evidence(make: Maker) -> Sequence[Step]:
    bills = make.on_days(make.ledger(), [3, 5, 9], [2, 4, 11])
    rows = records(bills, date_text=day_month("/"))
    return [text_step(text(rows), refused("ambiguous_date_order|too_many_bad_rows"))]


@case("date", "P03")
def no_evidence_in_one_column_of_three(make: Maker) -> Sequence[Step]:
    bills = _decisive(make)
    bills = [bill.paid(date(2025, 5, 3)) if bill.paid_date else bill for bill in bills]
    rows = records(bills, date_text=day_month("/"))
    return [text_step(text(rows), refused("ambiguous_date_order"))]


@case("date", "P03")
def no_evidence_but_the_option_says_day_first(make: Maker) -> Sequence[Step]:
    bills = make.on_days(make.ledger(), [3, 5, 9], [2, 4, 11])
    return [text_step(text(records(bills, date_text=day_month("/"))), accepted(bills), date_order="dmy")]


@case("date", "P03")
def no_evidence_but_the_option_says_month_first(make: Maker) -> Sequence[Step]:
    bills = make.on_days(make.ledger(), [3, 5, 9], [2, 4, 11])
    return [text_step(text(records(bills, date_text=month_day("/"))), accepted(bills), date_order="mdy")]


@case("date", "P03")
def a_day_that_contradicts_the_option(make: Maker) -> Sequence[Step]:
    bills = make.on_days(make.ledger(), [3, 5, 9], [2, 4, 11])
    rows = put(records(bills, date_text=month_day("/")), 4, issue_date="25/03/2024")
    good = [*bills[:3], *bills[4:]]
    outcomes = (set_aside(good, {4: BAD}), refused("mixed_date_orders"))
    return [text_step(text(rows), *outcomes, date_order="mdy")]


@case("date", "P03")
def evidence_both_ways(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    rows = records(bills, date_text=day_month("/"))
    put(rows, 1, issue_date="25/03/2024")
    put(rows, 2, issue_date="03/25/2024")
    return [text_step(text(rows), refused("mixed_date_orders|ambiguous_date_order|too_many_bad_rows"))]


@case("date", "P03")
def short_years_of_which_nobody_knows_where_they_stand(make: Maker) -> Sequence[Step]:
    bills = make.on_days(make.ledger(), [3, 5, 9], [2, 4, 11])
    rows = records(bills, date_text=day_month("/", short=True))
    return [text_step(text(rows), refused("ambiguous_date_order|too_many_bad_rows|unrecognised_dates"))]


@case("date", "P03")
def short_years_that_can_only_stand_behind(make: Maker) -> Sequence[Step]:
    bills = make.on_days(make.ledger(), [3, 5, 9, 28], [2, 4, 11])
    bills[0] = bills[0].but(issue_date=date(2024, 2, 28), due_date=date(2025, 4, 28))
    rows = records(bills, date_text=day_month("/", short=True))
    return [text_step(text(rows), accepted(bills).warning("two_digit_year"))]


@case("date", "P03")
def short_years_in_front(make: Maker) -> Sequence[Step]:
    bills = make.on_days(make.ledger(), [3, 5, 9, 28], [2, 4, 11])
    rows = records(bills, date_text=lambda day: f"{day:%y/%m/%d}")
    said = text_step(text(rows), accepted(bills).warning("two_digit_year"), date_order="ymd")
    return [text_step(text(rows), refused("ambiguous_date_order|too_many_bad_rows|unrecognised_dates")), said]


@case("date", "P03")
def serials_in_every_row(make: Maker) -> Sequence[Step]:
    return _spelt(make, lambda day: str((day - date(1899, 12, 30)).days), "excel_serial_dates")


@case("date", "P03")
def one_serial_among_dates(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 2, issue_date="45658")
    return [text_step(text(rows), set_aside([bills[0], *bills[2:]], {2: BAD}))]


@case("date", "P03")
def nobodys_dates(make: Maker) -> Sequence[Step]:
    rows = records(make.ledger(), date_text=lambda day: f"Q{day.month // 4 + 1}-{day.year}")
    return [text_step(text(rows), refused("unrecognised_dates|too_many_bad_rows|bad_date"))]


@case("date", "P04")
def placeholders_for_not_paid(make: Maker) -> Sequence[Step]:
    said = ["0000-00-00", "9999-12-31", "1900-01-01", "1899-12-30", "00.00.0000", "00000000", "NULL", "(null)", "None",
            "NaT", "n/a", "-", "N/A", "null"]  # fmt: skip
    bills = [bill.paid(None) for bill in make.ledger(len(said) + 1)]
    bills[-1] = bills[-1].paid(AS_OF)
    rows = records(bills)
    for row, placeholder in enumerate(said, 1):
        put(rows, row, paid_date=placeholder, paid_amount=make.rng.choice(["", "-", "0.00"]))
    return [text_step(text(rows), accepted(bills))]


@case("date", "P04")
def placeholders_for_the_issue_day(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    for row, placeholder in ((2, "0000-00-00"), (3, "1900-01-01"), (4, "NULL")):
        put(rows, row, issue_date=placeholder)
    bad = dict.fromkeys((2, 3, 4), f"missing_required|{BAD}")
    return [text_step(text(rows), set_aside([bills[0], *bills[4:]], bad))]


@case("date", "P03")
def days_that_no_calendar_has(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    days = ("2025-02-29", "2024-02-30", "2024-13-01", "2024-00-10", "2024-04-31")
    for row, day in enumerate(days, 2):
        put(rows, row, issue_date=day)
    bills[0] = bills[0].but(issue_date=date(2024, 2, 29), due_date=date(2024, 3, 30)).paid(date(2024, 4, 1))
    rows[1] = records(bills[:1])[1]
    return [text_step(text(rows), set_aside([bills[0], *bills[6:]], dict.fromkeys(range(2, 7), BAD)))]


@case("date", "P03")
def days_out_of_range(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    put(rows, 2, issue_date="1989-12-31")
    put(rows, 3, due_date=iso(date(2036, 1, 1)))
    put(rows, 4, issue_date="0204-03-01")
    bills[4] = bills[4].but(issue_date=date(1990, 1, 1), due_date=date(1990, 1, 31)).paid(None)
    rows[5] = records(bills[4:5])[1]
    return [text_step(text(rows), set_aside([bills[0], *bills[4:]], dict.fromkeys((2, 3, 4), BAD)))]


@case("date", "P09")
def paid_and_issued_in_the_future(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    tomorrow = AS_OF + timedelta(days=1)
    bills[1] = bills[1].but(issue_date=tomorrow, due_date=tomorrow)
    rows = records(bills)
    put(rows, 1, paid_date=iso(tomorrow))
    put(rows, 3, issue_date=iso(AS_OF + timedelta(days=2)), due_date="2025-09-01", paid_date="", paid_amount="")
    return [text_step(text(rows), set_aside([bills[1], *bills[3:]], {1: "paid_in_future", 3: "issue_in_future"}))]


@case("date", "P10")
def due_before_it_was_issued(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 2, due_date=iso(bills[1].issue_date - timedelta(days=1)))
    bills[2] = bills[2].but(due_date=bills[2].issue_date)
    rows[3] = records(bills[2:3])[1]
    return [text_step(text(rows), set_aside([bills[0], *bills[2:]], {2: "due_before_issue"}))]


@case("date", "P09")
def paid_before_it_was_issued(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    bills[0] = bills[0].paid(bills[0].issue_date - timedelta(days=4))
    return [text_step(text(records(bills)), accepted(bills).warning("paid_before_issue"))]


@case("date", "P17")
def time_stamps_with_zones(make: Maker) -> Sequence[Step]:
    stamps = {
        "2025-01-31T23:30:00Z": date(2025, 2, 1),
        "2024-07-31 22:30:00+00:00": date(2024, 8, 1),
        "2024-07-31T21:30:00Z": date(2024, 7, 31),
        "2025-01-01T00:15:00+14:00": date(2024, 12, 31),
        "2024-12-31T12:00:00-11:00": date(2025, 1, 1),
        "2024-10-27T00:30:00Z": date(2024, 10, 27),
        "2025-03-01T23:59:59.999+01:00": date(2025, 3, 1),
    }
    bills = [
        bill.but(issue_date=day, due_date=date(2025, 5, 20)).paid(None)
        for bill, day in zip(make.ledger(len(stamps)), stamps.values(), strict=True)
    ]
    rows = records(bills)
    for row, stamp in enumerate(stamps, 1):
        put(rows, row, issue_date=stamp)
    return [text_step(text(rows), accepted(bills))]


@case("date", "P17")
def time_stamps_without_a_zone(make: Maker) -> Sequence[Step]:
    return _spelt(make, lambda day: f"{day.isoformat()}T23:59:59")


def _due_from(name: str, terms: str, due: object) -> None:
    def make_case(make: Maker) -> Sequence[Step]:
        bills = [bill.but(terms=terms, due_date=due(bill.issue_date)).paid(None) for bill in make.ledger()]  # type: ignore[operator]
        rows = records(bills)
        for row in range(1, len(rows)):
            put(rows, row, due_date="")
        return [text_step(text(rows), accepted(bills).warning("due_date_derived"))]

    make_case.__name__ = f"due_from_{name}"
    make_case.__code__ = make_case.__code__.replace(co_name=make_case.__name__)
    case("date", "P10")(make_case)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


_due_from("net_days", "Net 45 days", lambda day: day + timedelta(days=45))
_due_from("discount_terms", "2/10 net 30", lambda day: day + timedelta(days=30))
_due_from("month_end", "EOM", _month_end)
_due_from("cash_on_delivery", "COD", lambda day: day)
_due_from("net0", "NET0", lambda day: day)
_due_from("receipt", "due on receipt", lambda day: day)


@case("date", "P10")
def terms_that_say_no_day(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    for row, terms in ((2, "as agreed"), (3, ""), (4, "net 30 EOM")):
        put(rows, row, due_date="", terms=terms)
    bad = {2: "unparseable_terms", 3: "missing_required|unparseable_terms", 4: "unparseable_terms"}
    return [text_step(text(rows), set_aside([bills[0], *bills[4:]], bad))]


@case("date", "P03 P10")
def terms_that_say_a_day_nobody_believes(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 2, due_date="", terms="NET 99999")
    return [text_step(text(rows), set_aside([bills[0], *bills[2:]], {2: f"unparseable_terms|{BAD}"}))]
