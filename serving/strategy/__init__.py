"""Strategy: the rules that a manager reads and decides, as data.

The rules as a file: `codes.py` (its words), `strategy.py` (its sections as values), `strategies/` (the one we ship),
`shape.py`, `soundness.py` and `reading.py` (read, or refused with all that is wrong), `difference.py` (what one changes
of another). An evening under them: `considered.py` (what the rules see of an account), `rules.py` (who is held or
routed), `quotas.py` (who is called whatever its value), `pre_due.py` (who is written to before), `floor.py` (who below
the cut is written to), `segments.py` and `steps.py` (which next step fits), `clocks.py` (the time at the customer's),
`comparison.py` (an evening under two strategies).
"""
