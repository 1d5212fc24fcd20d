"""What depends on the order of events, as SQL: the newest, rows of ones, weights that fade; and days of payment.

Events are ordered by the evening on which they were learned, then by what happened last, then by item.
"""

_ORDER = "day, cleared, first_customer, first_known, item_id"
_NEWEST_FIRST = ", ".join(f"{name} DESC" for name in _ORDER.split(", "))


def _faded(half_life: int) -> str:
    """The mean of days late where an event weighs half as much for every so many days before the newest."""
    weight = f"CASE WHEN newest - day < 64 * {half_life} THEN pow(2.0, -(newest - day) / {half_life}.0) ELSE 0 END"
    return f"sum({weight} * days_late) / sum({weight})"


SETTLED = f"""
CREATE TABLE settled_in_order AS
    SELECT *, row_number() OVER (evening_of ORDER BY {_NEWEST_FIRST}) AS back,
           count(*) FILTER (NOT on_time) OVER (evening_of ORDER BY {_ORDER}) AS run, max(day) OVER evening_of AS newest,
           least(greatest(days_late, -30), 365) AS held_days_late,
           count(*) OVER evening_of AS events,
           count(*) OVER (evening_of ORDER BY least(greatest(days_late, -30), 365)) AS not_above
    FROM settled_known WINDOW evening_of AS (PARTITION BY evening, customer_id);

CREATE TABLE settled_orders AS
    SELECT evening, customer_id,
           sum(days_late) FILTER (back = 1) AS last_1,
           CASE WHEN count(*) >= 3 THEN sum(days_late) FILTER (back <= 3) END AS last_3,
           CASE WHEN count(*) >= 5 THEN sum(days_late) FILTER (back <= 5) END AS last_5,
           CASE WHEN count(*) >= 5 THEN count(*) FILTER (back <= 5 AND days_late > 5) END AS late_of_last_5,
           coalesce(min(back) FILTER (NOT on_time) - 1, count(*)) AS streak,
           {_faded(45)} AS recent, {_faded(270)} AS usual,
           CASE WHEN count(*) >= 5 THEN min(held_days_late) FILTER (100 * not_above >= 80 * events) END AS q80
    FROM settled_in_order GROUP BY ALL;

CREATE TABLE settled_runs AS
    SELECT evening, customer_id, max(on_time_in_run) AS longest_streak
    FROM (SELECT evening, customer_id, run, count(*) FILTER (on_time) AS on_time_in_run
          FROM settled_in_order GROUP BY ALL)
    GROUP BY ALL;
"""

PAID = """
CREATE TABLE paid_orders AS
    SELECT evening, customer_id, greatest(evening - max(happened), 0) AS since_newest,
           greatest(evening - min(happened), 0) AS since_oldest, count(DISTINCT happened) AS payment_days,
           count(*) FILTER (age < 365) AS paid_365
    FROM paid_known GROUP BY evening, customer_id;

CREATE TABLE paid_peaks AS
    WITH recent AS (FROM paid_known WHERE age < 365),
    weekdays AS (SELECT evening, customer_id, weekday, count(*) AS paid FROM recent GROUP BY ALL),
    month_parts AS (SELECT evening, customer_id, month_part, count(*) AS paid FROM recent GROUP BY ALL)
    SELECT evening, customer_id, max(weekdays.paid) AS weekday_365, max(month_parts.paid) AS month_part_365
    FROM weekdays JOIN month_parts USING (evening, customer_id) GROUP BY ALL;
"""

CONTACTED = """
CREATE TABLE contacted_orders AS
    SELECT evening, customer_id, coalesce(min(back) FILTER (NOT unanswered) - 1, count(*)) AS unanswered
    FROM (SELECT *, row_number() OVER (PARTITION BY evening, customer_id ORDER BY day DESC, happened DESC,
                                       unanswered DESC) AS back
          FROM contacted_known)
    GROUP BY ALL;
"""

ORDERS = SETTLED + PAID + CONTACTED
