"""How a better model is made and judged.

Read `monthly.py` first (the run, top to bottom), then `cutoffs.py`, `snapshot.py` and `labels.py` (what is learned
from), `fit.py`, `backtest.py` and `metrics.py` (the judgement), `leak_guard.py` (features that know the future),
`promotion.py` (the gates) and `tracking.py` (MLflow).
"""
