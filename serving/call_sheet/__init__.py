"""The call sheet: the list as a workbook with columns to fill in, and what was filled in, recorded as activities.

Read `layout.py` (the columns, and the key that each row carries), `columns.py` (how they stand in the workbook that
`serving/published/workbook.py` writes), `reading.py` (a file that came back, as `rows.py`; for the serving process by
`reading_apart.py`), `saying.py` (what a filled row says) and `recording.py` (each row recorded once, accounted for).
"""
