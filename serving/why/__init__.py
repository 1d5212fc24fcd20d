"""Why somebody has a place, and what would change it.

`decomposition.py` (the factors of a place), `rank_explanation.py` (them as one honest sentence), `way_out.py` (what
takes an account off the list), `what_if.py` (what a payment would change), `evidence.py` (which documents stand behind
a reason).
"""
