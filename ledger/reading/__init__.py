"""Files to text cells: nothing is interpreted here, and nothing is read beyond its limits.

Read `sheet.py` (what comes out), `apart.py` (how a file is read by another process, with `zygote.py`, `lockdown.py`,
`network.py`, `messages.py` and `handover.py`), then `files.py` (which reader a file gets) and the readers:
`delimited.py` with `encoding.py`, `workbook.py` with `archive.py`, `ole.py` and `unread_cells.py`, and `parquet.py`.
`gathering.py` collects the cells of all of them.
"""
