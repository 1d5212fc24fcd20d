"""What the people whom the ledger knows may ask for: a copy, an erasure; and what must be kept in spite of it.

Read `keeping.py` (what keeps a person from being erased), `personal_store.py` (the erasure, one transaction, audited),
`copying.py` (the copy), `retention.py` (who has not been dealt with for long), then `pseudonyms.py` and `unnamed.py`:
how analysts see the list without anybody's name.
"""
