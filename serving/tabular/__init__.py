"""Lists as tables, and tables as files: one way from the body of a list to CSV, a workbook or Parquet.

Read `table.py` (columns with their kinds), `lists.py`, `account_lists.py`, `team_lists.py` and `shelf_lists.py` (the
lists of the API as tables; those of the reports are in `serving/reports/tables.py`), then the writers: `csv_file.py`,
`workbook_file.py`, `parquet_file.py`, and `parquet_apart.py`, by which the serving process has Parquet written without
pyarrow in it.
"""
