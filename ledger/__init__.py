"""What the company knows about what it is owed: the only door to data.

Read `view.py` first (what was known on one evening), then `book.py` (the door), then the way of a fact, in this order:

- **words of the house**: `days.py`, `money.py`, `words.py`, `item_ids.py`, `application_ids.py`, `errors.py`,
  `refusals.py`; `schema.py` has every table and column (`tables.py`, `file_layouts.py`, `frames.py`),
  `activity_codes.py` the codes of contacts and holds (`activity.py` says which may be believed); `lookup.py` and
  `ordering.py` do ids at speed; `kept_reads.py` keeps what was read until somebody commits,
  `disk.py` waits for the disk.
- **a file becomes cells**, in a process of its own: `reading/`.
- **cells become columns**: `options.py`, `mapping.py` and `mapping_file.py` (what a person said), `headers.py`,
  `records.py`, `notes.py` (with `neutral.py`), `layout.py` (which column is which), `conventions.py`,
  `column_values.py`, `columns.py`, with `parsing/` for one cell; `preview.py` shows how a file would be understood.
- **columns become facts to believe**: `sieve.py`, `checked.py`, `check_invoices.py`, `check_payments.py`,
  `check_masters.py`, `check_disputes.py`; `terms.py`, `due_rules.py`, `bank_days.py` say when an invoice is due.
- **an export is held beside what was told**: `export_day.py`, `exports.py`, `hearing.py`, `telling.py`;
  `check_known.py`, `told_twice.py` and `plausibility.py` refuse what cannot be. `importing.py` leads through all of it,
  `watch.py` is told how far it is, and `remarks.py` and `report.py` give the account.
- **what was told is kept**: `told.py`, `facts.py` (booked directly), `store.py`, `batches.py`, `database.py`,
  `cache.py` (with `mapped.py`); what people record at the desk waits in `desk_journal.py` until `desk_telling.py`
  tells it, and asks `told_disputes.py` first.
- **what can be erased** of a person stands apart in `personal.py`; `erasing.py` empties names, and `left_out.py` keeps
  imports from bringing them back.
- **what was told becomes facts of every evening**: `derivation.py`, `paid_totals.py`, `settlement.py`, `aging.py`;
  `promise_history.py` and `returned_cash.py` say what became of a promise, `standing_orders.py` whom not to call, and
  when to call.
- **what people ask of an evening**: `books/` (aging, proof, roll-forward), `scorecard/` (can it be believed?),
  `measures/` (the figures of the trade); `customer_index.py` finds the part of some customers, `blocks.py` shows an
  evening part by part, `supposed.py` is one with a payment that nobody made. `outcomes.py` is the one door forward,
  for training alone.
"""
