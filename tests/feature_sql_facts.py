"""What became known, as SQL tables made of the frames of a view: revisions, payments, settlements and events.

An event of a customer has the evening `day` on which it was learned and holds on the evenings from `since` until the
one before `until`. Days are whole numbers, money is minor units; 1000000 is the day that does not come.
"""

NEVER = 1_000_000

REVISIONS = """
CREATE TABLE revision AS
    SELECT item_id, customer_id, currency, issued_on AS issued, due_on AS due, amount_minor AS amount, unit,
           least(greatest(amount_minor // 200, unit), amount_minor // 10) AS tolerance,
           known_on AS known, superseded_on AS until
    FROM items JOIN currencies USING (currency);

CREATE TABLE receivable AS
    SELECT * FROM revision WHERE amount > 0;

-- Where an item stands among others that an order does not tell apart: with its first customer, by its first evening.
CREATE TABLE item AS
    SELECT item_id, min(known) AS first_known, arg_min(customer_id, known) AS first_customer
    FROM revision GROUP BY item_id;

-- Nothing is paid on an item before its first evening.
CREATE TABLE applied AS
    SELECT item_id, kind, amount_minor AS amount, happened_on AS happened, greatest(known_on, first_known) AS known,
           kind IN ('cash', 'reversal') AS moves_cash,
           kind IN ('credit', 'discount', 'write_off') AS is_credit
    FROM applications JOIN item USING (item_id);

-- What came for one item, of one day, told on one evening; it stands until all of it has bounced.
CREATE TABLE payment AS
    SELECT item_id, happened_on AS happened, greatest(known_on, first_known) AS known, max(taken_back_on) AS taken_back
    FROM standing_cash JOIN item USING (item_id)
    WHERE amount_minor > 0 AND taken_back_on > greatest(known_on, first_known)
    GROUP BY ALL;
"""


def _runs(table: str, owner: str) -> str:
    """Receivable revisions with the span of evenings, without a gap, on which the item had the same owner; and those
    spans, each once."""
    same = " AND ".join(f"lag({name}) OVER item = {name}" for name in owner.split(", "))
    return f"""
CREATE TABLE {table} AS
    WITH begun AS (
        SELECT *, NOT coalesce(lag(until) OVER item = known AND {same}, false) AS begins
        FROM receivable WINDOW item AS (PARTITION BY item_id ORDER BY known)
    ), numbered AS (
        SELECT *, count(*) FILTER (begins) OVER (PARTITION BY item_id ORDER BY known) AS run FROM begun
    )
    SELECT *, min(known) OVER run AS run_from, max(until) OVER run AS run_until
    FROM numbered WINDOW run AS (PARTITION BY item_id, run);

CREATE TABLE {table}_run AS
    SELECT DISTINCT item_id, {owner}, run_from, run_until FROM {table};
"""


RUNS = _runs("held", "customer_id") + _runs("held_in_currency", "customer_id, currency")

SETTLEMENTS = f"""
-- Each item on each evening on which something about it became known.
CREATE TABLE evening_of_item AS
    WITH changed AS (
        SELECT item_id, known AS day FROM receivable UNION SELECT item_id, known FROM applied
    ), billed AS (
        SELECT *, lead(known, 1, {NEVER}) OVER (PARTITION BY item_id ORDER BY known) AS next_known FROM receivable
    )
    SELECT item_id, changed.day, billed.customer_id, billed.currency, billed.amount, billed.tolerance, billed.issued,
           billed.due, coalesce(sum(applied.amount), 0) AS paid,
           coalesce(sum(applied.amount) FILTER (applied.moves_cash), 0) AS cash, max(applied.happened) AS newest
    FROM changed
    JOIN billed USING (item_id)
    LEFT JOIN applied ON applied.item_id = changed.item_id AND applied.known <= changed.day
    WHERE billed.known <= changed.day AND changed.day < billed.next_known
    GROUP BY ALL;

CREATE TABLE settled_or_not AS
    SELECT *, amount - paid <= tolerance AND paid > 0 AS settled FROM evening_of_item;

CREATE TABLE settlement AS
    WITH turn AS (
        SELECT *, settled AND NOT coalesce(lag(settled) OVER (PARTITION BY item_id ORDER BY day), false) AS begins
        FROM settled_or_not
    )
    SELECT customer_id, currency, day, day AS since, item_id, amount, due, issued, newest AS cleared,
           newest - due AS days_late, newest - issued AS days_to_pay, newest - due <= 5 AS on_time,
           2 * cash >= paid AS by_cash, first_customer, first_known,
           coalesce((SELECT min(later.day) FROM settled_or_not AS later
                     WHERE later.item_id = turn.item_id AND later.day > turn.day AND NOT later.settled), {NEVER})
               AS until
    FROM turn JOIN item USING (item_id)
    WHERE begins;
"""

EVENTS = f"""
CREATE TABLE settled AS
    SELECT * FROM settlement WHERE by_cash;

CREATE TABLE billed AS
    SELECT customer_id, run_from AS day, known AS since, until, issued, amount FROM held;

CREATE TABLE billed_in_currency AS
    SELECT customer_id, currency, run_from AS day, known AS since, until, amount FROM held_in_currency;

CREATE TABLE paid AS
    SELECT customer_id, greatest(known, run_from) AS day, day AS since, least(taken_back, run_until) AS until, happened,
           (happened + 3) % 7 AS weekday,
           least((extract(day FROM DATE '1970-01-01' + happened::INTEGER) - 1) // 5, 5) AS month_part
    FROM held_run JOIN payment USING (item_id)
    WHERE greatest(known, run_from) < least(taken_back, run_until);

-- In part: the item was not settled on the evening on which its first payment was known.
CREATE TABLE first_paid AS
    WITH first_payment AS (
        FROM payment QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY known, happened) = 1
    )
    SELECT customer_id, greatest(known, run_from) AS day, day AS since, least(taken_back, run_until) AS until,
           NOT EXISTS (FROM settlement WHERE settlement.item_id = first_payment.item_id
                       AND settlement.day <= first_payment.known AND first_payment.known < settlement.until) AS in_part
    FROM held_run JOIN first_payment USING (item_id)
    WHERE greatest(known, run_from) < least(taken_back, run_until);

CREATE TABLE credited_in_currency AS
    SELECT customer_id, currency, greatest(known, run_from) AS day, day AS since, run_until AS until, amount
    FROM held_in_currency_run JOIN applied USING (item_id)
    WHERE is_credit AND known < run_until;

-- A dispute counts once, as it was told first, and not before its item; with the customer that had the item then.
CREATE TABLE disputed AS
    WITH first_told AS (
        SELECT dispute_id, arg_min(item_id, known_on) AS item_id, min(known_on) AS known,
               arg_min(opened_on, known_on) AS opened
        FROM disputes GROUP BY dispute_id
    ), raised AS (
        SELECT item_id, first_customer, greatest(known, opened, first_known) AS day
        FROM first_told JOIN item USING (item_id)
    )
    SELECT coalesce((SELECT max(revision.customer_id) FROM revision WHERE revision.item_id = raised.item_id
                     AND revision.known <= raised.day AND raised.day < revision.until), first_customer) AS customer_id,
           day, day AS since, {NEVER} AS until
    FROM raised;

CREATE TABLE contacted AS
    SELECT customer_id, known_on AS day, known_on AS since, {NEVER} AS until, happened_on AS happened,
           outcome IN ('no_answer', 'message_left', 'wrong_party') AS unanswered
    FROM contacts WHERE outcome <> 'sent';

-- A state is learned on the first of the evenings on which it was known without a break.
CREATE TABLE promised AS
    WITH begun AS (
        SELECT *, NOT coalesce(lag(taken_back_on) OVER promise = known_on AND lag(state) OVER promise = state
                               AND lag(customer_id) OVER promise = customer_id, false) AS begins
        FROM promise_spans WINDOW promise AS (PARTITION BY promise_id ORDER BY known_on)
    ), numbered AS (
        SELECT *, count(*) FILTER (begins) OVER (PARTITION BY promise_id ORDER BY known_on) AS run FROM begun
    )
    SELECT customer_id, min(known_on) OVER (PARTITION BY promise_id, run) AS day, known_on AS since,
           taken_back_on AS until, state = 'pending' AS pending, state = 'kept' AS kept,
           state IN ('broken', 'part_kept') AS broken
    FROM numbered;
"""

FACTS = REVISIONS + RUNS + SETTLEMENTS + EVENTS
