"""The call sheet: the list as a workbook with columns to fill in, and what was filled in, recorded as activities.

Read `layout.py` (the columns, and the key that each row carries), `reading.py` (a file that came back, in a process of
its own), `saying.py` (what a filled row says) and `recording.py` (each row recorded once, and accounted for).
`serving/workbook.py` writes the sheet.
"""
