"""The day: the ranked list, the API and the pages.

Read `priority.py` first (what to rank by), then `queue.py` (the list), `daily.py` (one evening's run) and `web/`.
"""
