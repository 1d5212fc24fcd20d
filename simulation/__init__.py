"""A company with planted truth: demo data, and the value of an order of calling.

Read `company.py` first (what is built), then `customers.py` (the types and how they pay), `invoicing.py`,
`intentions.py` and `payments.py` (the days of one invoice, in order), and `export.py` (the files of the ERP).
`bank_days.py`, `chance.py`, `names.py` and `rates.py` serve them. `calls/` is another company, which lives day by day
and answers calls.
"""
