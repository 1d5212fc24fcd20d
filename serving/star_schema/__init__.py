"""The star schema: the ledger and the desk of one evening as facts and dimensions, for Power BI and other tools.

Read `tables.py` (every table and column, declared), `ledger_tables.py`, `measure_tables.py` and `desk_tables.py` (what
fills them, with `arrow_columns.py`), `export.py` (all of them), then `writing.py` (a folder, whole or not at all). Keys
are the ledger's own; there are no surrogates. `reference.py` writes docs/star-schema.md. The tables of the ledger
import again (`payrisk import`).
"""
