"""Whether the data of an evening can be believed, judged after the import; it changes nothing.

Read `card.py` first (the scorecard, and when it holds the daily run), then `findings.py` (what can be found, and every
limit with its reason), `shifts.py` (what moved since the export before) and `soundness.py` (what is odd by itself).
"""
