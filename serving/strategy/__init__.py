"""Strategy: the rules that a manager reads and decides, as data.

`considered.py` (what the rules see of an account), `steps.py` (which next step fits it).
"""
