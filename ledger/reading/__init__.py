"""Files to text cells: nothing is interpreted here, and nothing is read beyond its limits.

Read `sheet.py` (what comes out), then `files.py` (which reader a file gets), then the readers.
"""
