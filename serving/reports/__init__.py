"""Reports: what a manager asks of an evening, made with its list and read with it.

Read `evening_reports.py` first (all of them for one evening), then one report a file: `aging.py` (with its proof),
`past_due.py` (the trend), `dso.py` and `effectiveness.py` (how we collect), `cash_forecast.py` over `band.py` and
`cash_received.py`, `account_lists.py` (at risk, over 90 days, without a next step) and `overview.py` (six figures).
`book_year.py` is the past year that most of them look back on; `definitions.py` says each figure in words.

`stored.py` keeps them beside the run, `reading.py` finds them again, `weeks_inside.py` holds old forecasts against what
came, `tables.py` and `workbook.py` give them as files.
"""
