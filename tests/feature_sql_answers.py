"""What was known on the evenings asked about, as SQL tables: a row for each evening and customer, account or all.

An event counts on an evening when `since <= evening < until`; with a window of W days, when it was also learned on a
day with `evening - W < day <= evening`.
"""

WINDOWS = {"": "true", "_90": "age < 90", "_180": "age < 180", "_365": "age < 365"}
"""By the end of a column's name: which events count, `age` being the days since they were learned."""

QUESTIONS = """
CREATE MACRO ratio(part, whole) AS CASE WHEN whole > 0 THEN part::DOUBLE / whole::DOUBLE END;
CREATE MACRO share(part, whole) AS CASE WHEN whole > 0 THEN least(greatest(part::DOUBLE / whole::DOUBLE, 0), 1) END;

-- Every receivable on every evening, as it was known.
CREATE TABLE standing AS
    SELECT evening, receivable.*, evening - due AS dpd, receivable.amount - coalesce(
               (SELECT sum(applied.amount) FROM applied
                WHERE applied.item_id = receivable.item_id AND applied.known <= evening), 0) AS open
    FROM evenings JOIN receivable ON known <= evening AND evening < until;

CREATE TABLE question AS
    SELECT * FROM standing WHERE open > tolerance;

CREATE TABLE account AS
    SELECT DISTINCT evening, customer_id, currency FROM question;

CREATE TABLE customer AS
    SELECT DISTINCT evening, customer_id FROM question;
"""


def _known(events: str, of: str = "customer", whose: str = "USING (customer_id)") -> str:
    """The events that count on each evening asked about."""
    return f"""
CREATE TABLE {events}_known AS
    SELECT {of}.evening, evening - day AS age, {events}.*
    FROM {of} JOIN {events} {whose}
    WHERE day <= evening AND since <= evening AND evening < until;
"""


_ACCOUNT = "USING (customer_id, currency)"

KNOWN = (
    "".join(
        _known(events) for events in ("settled", "billed", "paid", "first_paid", "disputed", "contacted", "promised")
    )
    + _known("billed_in_currency", "account", _ACCOUNT)
    + _known("credited_in_currency", "account", _ACCOUNT)
    + """
CREATE TABLE cleared_known AS
    SELECT customer.evening, evening - day AS age, settlement.* FROM customer JOIN settlement USING (customer_id)
    WHERE day <= evening AND evening < until;

CREATE TABLE settled_in_currency_known AS
    SELECT account.evening, evening - day AS age, settled.* FROM account JOIN settled USING (customer_id, currency)
    WHERE day <= evening AND evening < until;

CREATE TABLE anybody_settled_known AS
    SELECT evenings.evening, evening - day AS age, settled.* FROM evenings JOIN settled
    ON day <= evening AND evening < until;
"""
)


def _settled_sums(prefix: str = "") -> str:
    """Sums over settlements by cash, for each window."""
    return ", ".join(
        f"count(*) FILTER ({counts}) AS {prefix}settled{name},"
        f"coalesce(sum(days_late) FILTER ({counts}), 0) AS {prefix}days_late{name},"
        f"count(*) FILTER ({counts} AND days_late > 0) AS {prefix}late_0{name},"
        f"count(*) FILTER ({counts} AND days_late > 5) AS {prefix}late_5{name},"
        f"count(*) FILTER ({counts} AND days_late > 30) AS {prefix}late_30{name}"
        for name, counts in WINDOWS.items()
    )


SUMS = f"""
CREATE TABLE settled_sums AS
    SELECT evening, customer_id, {_settled_sums()},
           stddev_samp(days_late) FILTER (age < 365) AS std_365,
           max(least(greatest(days_late, -30), 365)) FILTER (age < 365) AS max_365,
           ratio(sum(days_to_pay) FILTER (age < 365), count(*) FILTER (age < 365)) AS days_to_pay_365
    FROM settled_known GROUP BY ALL;

CREATE TABLE everyones_sums AS
    SELECT evening, {_settled_sums("everyones_")} FROM anybody_settled_known GROUP BY ALL;

CREATE TABLE settled_money AS
    SELECT evening, customer_id, currency,
           ratio(sum(amount * least(greatest(days_late, -4096), 4096)), sum(amount)) AS days_late_by_amount_365
    FROM settled_in_currency_known WHERE age < 365 GROUP BY ALL;

CREATE TABLE billed_sums AS
    SELECT evening, customer_id, count(*) AS billed, min(issued) AS first_issued
    FROM billed_known GROUP BY ALL;

CREATE TABLE billed_money AS
    SELECT evening, customer_id, currency, coalesce(sum(amount) FILTER (age < 365), 0) AS billed_money_365,
           CASE WHEN count(*) >= 2 THEN ratio(sum(amount), count(*)) END AS usual_amount
    FROM billed_in_currency_known GROUP BY ALL;

CREATE TABLE credited_money AS
    SELECT evening, customer_id, currency, sum(amount) AS credited_money_365
    FROM credited_in_currency_known WHERE age < 365 GROUP BY ALL;

CREATE TABLE cleared_sums AS
    SELECT evening, customer_id, count(*) AS cleared_365 FROM cleared_known WHERE age < 365 GROUP BY ALL;

CREATE TABLE first_paid_sums AS
    SELECT evening, customer_id, count(*) AS first_paid_365, count(*) FILTER (in_part) AS in_part_365
    FROM first_paid_known WHERE age < 365 GROUP BY ALL;

CREATE TABLE disputed_sums AS
    SELECT evening, customer_id, count(*) AS disputed_365 FROM disputed_known WHERE age < 365 GROUP BY ALL;

CREATE TABLE promised_sums AS
    SELECT evening, customer_id, count(*) FILTER (pending) AS pending, count(*) FILTER (kept AND age < 365) AS kept_365,
           count(*) FILTER (broken AND age < 365) AS broken_365
    FROM promised_known GROUP BY ALL;
"""


def _overdue(what: str, name: str, days: tuple[int, ...]) -> str:
    """What is more than so many days past due, for each number of days."""
    return ", ".join(f"coalesce({what} FILTER (dpd > {one}), 0) AS {name}_{one}" for one in days)


BOOK = f"""
CREATE TABLE owed AS
    SELECT evening, customer_id, count(*) AS open_count, max(dpd) AS oldest_dpd,
           {_overdue("sum(dpd)", "days_over", (0,))}, {_overdue("count(*)", "over", (0, 5, 30, 60, 90))}
    FROM standing WHERE open > tolerance GROUP BY ALL;

CREATE TABLE owed_by_everyone AS
    SELECT evening, sum(over_5) AS everyones_over_5 FROM owed GROUP BY ALL;

-- Whatever is left of an invoice is owed, residues too; what was overpaid is not set off.
CREATE TABLE owed_money AS
    SELECT evening, customer_id, currency, sum(open) AS open_money,
           {_overdue("sum(open)", "money_over", (0, 30, 60, 90))}
    FROM standing WHERE open > 0 GROUP BY ALL;

CREATE TABLE in_dispute AS
    SELECT evening, item_id, sum(amount_minor) AS in_dispute
    FROM question JOIN disputes USING (item_id)
    WHERE known_on <= evening AND opened_on <= evening AND evening < superseded_on AND evening < resolved_on
    GROUP BY ALL;

CREATE TABLE about_customer AS
    SELECT evening, customer_id, country, credit_limit_minor, credit_limit_currency
    FROM customer JOIN customers USING (customer_id)
    WHERE known_on <= evening AND evening < superseded_on;
"""
