"""What is known of the accounts of an evening.

`account.py` (an account and its items), `adding_up.py` (how they are added up, with `account_reasons.py`),
`customers.py` (what the ledger says of a customer beside the scored items), `history.py` (see `history_reading.py`),
`dealings.py` (see `dealings_reading.py`), `covered.py` (money that nobody is called about), `reporting.py` (sums in the
currency of the list).
"""
