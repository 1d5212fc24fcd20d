"""Evidence: the very invoices, payments, promises, disputes and contacts behind a value.

Read `behind.py` first (`evidence_of`): it asks `looked_at.py` (the events that an expression looks at, each with its
part) of one customer's part of the view and gives the rows of `invoice_rows.py` (invoices and their money) and
`said_rows.py` (promises, contacts, the customer's own data). `row.py` and `kinds.py` say what a row is.
"""
