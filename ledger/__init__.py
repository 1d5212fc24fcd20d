"""What the company knows about what it is owed: the only door to data.

Read `view.py` first (what was known on one evening), then `book.py` (the door), `store.py` (where the facts lie),
`importing.py` (how they come in) and `outcomes.py` (the one door forward, for training alone).
"""
