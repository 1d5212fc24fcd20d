"""What we say about an invoice, one definition each.

What is said, in this order: `spec.py` (what a feature is), `primitives.py` (the questions it is made of), the themes
`invoice.py`, `payment_history.py`, `exposure.py`, `conduct.py`, `calendar.py` and their `examples/`, `catalogue.py`
(all of them), `wording.py` (a value in the collector's words), `languages.py` with `translations/` (the same in other
languages), `reason_catalogue.py` (every code of a reason and what it says), `drawn.py`, `reference.py` and
`reason_reference.py` (the pages docs/features.md and docs/reasons.md).

How it is answered: `compute.py` (`feature_rows`, the only maker of rows) asks `questions.py` (which rows there are),
`from_view.py` with `clusters.py` and `cash.py`, and `facts.py` (a view in numbers, customer by customer), `streams.py`
and `open_book.py` (events with a span of knowledge), `point_in_time.py` (the engine) with `kernels/` (its compiled
loops), `everyone.py` (the portfolio's rates), `evaluate.py` and `working_days.py` (arithmetic between answers), and
gives a `table.py`. `oracle.py` is the clear version of the engine, and its judge; `errors.py` holds what can be wrong
with a question. `portfolio.py` makes the rows of a whole evening with a part of the ledger laid out at a time;
`account_rows.py` answers about one account alone, as it is or is supposed to be.

What stands behind a value: `evidence/`.
"""
