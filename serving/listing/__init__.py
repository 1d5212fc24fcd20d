"""How accounts get their places.

`placing.py` makes the evening's places, over `considering.py` (what speaks for each account), `queue.py` (the standing
and the order of all of them, pure; `standing.py`), `choosing.py` (who is on the list: rules, minutes and the lot),
`listed_before.py` (what the next list remembers) and `deciding.py` (what the decision log is told).
"""
