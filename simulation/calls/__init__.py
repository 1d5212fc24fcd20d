"""A company whose customers answer calls, to judge orders of calling by what they change.

Read `world.py` first (who they are, what a call does to each type), then `course.py` (the days pass), `policy.py` (an
order works), `orders.py` and `engine_orders.py` (the orders), `oracle.py` (what perfect knowledge would gain) and
`decision_value.py` with `value.py` (the table). `books.py` makes a ledger of a course, `callable_book.py` says whom
anybody may call, `counters.py` is its chance.
"""
