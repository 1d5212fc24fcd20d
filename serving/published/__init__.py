"""The list as it was published, and who reads it.

`publishing.py` writes the JSON of a `queue_run.py` (`bodies.py`) of accounts that were told before they had a place
(`account_body.py`, `told_accounts.py`, `spool.py`); `store.py` keeps it with what it was made of
(`inputs.py`, `plain.py`), so that `replay.py` can make it again. `desk.py` is what pages and API ask, for the lines
that `which.py` names; `kept_pages.py` and `own_lines.py` spare it work. As a workbook: `workbook.py`.
`erased_lists.py` takes names out of it.
"""
