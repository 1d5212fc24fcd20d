"""How a better model is made and judged.

Read `monthly.py` first (the run, top to bottom), then `snapshot.py` and `labels.py` (what is learned from),
`fit.py`, `promotion.py` (the gates) and `tracking.py` (MLflow).
"""
