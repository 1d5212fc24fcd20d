"""The day: the ranked list, the API and the pages.

Read `priority.py` first (what to rank by), then `queue.py` (the list) and `daily.py` (one evening's run): `ladder.py`
says what scores it and gives a `scored_evening.py`, `placing.py` makes `accounts.py` of it with what `customers.py` and
`history_reading.py` know of them (`history.py`), and `publishing.py` the JSON that `store.py` keeps.

Who reads it: `desk.py`, then `web/`, `workbook.py` and `exports.py`; `wording.py` says amounts and reasons. Why
somebody has a place: `decomposition.py`, `way_out.py`, `rank_explanation.py`; what a payment would change:
`what_if.py`; which documents stand behind a reason: `evidence.py`.
"""
