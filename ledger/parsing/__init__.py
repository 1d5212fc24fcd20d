"""From the text of one cell to a fact: texts, amounts, dates. Pure, exact, and never a guess.

Read `bad_cell.py` (what a refused cell says), then `texts.py`, `amounts.py` and `dates.py`; `plain.py` takes the many
cells that are written plainly all at once.
"""
