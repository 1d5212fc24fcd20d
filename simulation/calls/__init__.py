"""A company whose customers answer calls, to judge orders of calling by what they change.

Read `world.py` first (who they are, what a call does to each type), then `course.py` (the days pass), `policy.py` (an
order works), `orders.py`, `rivals.py` and `engine_orders.py` with `ledger_eyes.py` (the orders, and what the engine's
see), `oracle.py` and `ceiling.py` (what perfect knowledge would gain, and what a ledger can tell of it). An order ends
in an `outcome.py`, is told against nobody calling in `gain.py`, and stands in the table of `decision_value.py` and
`value.py`. `books.py` makes a ledger of a course, `callable_book.py` says whom anybody may call, `counters.py` is its
chance, `marginals.py` holds it beside real ledgers.
"""
