"""The database's history: one file per change in `versions/`, run by `run.py`.

Every store's tables are in it, the ledger's and serving's, in one line of revisions.
"""
