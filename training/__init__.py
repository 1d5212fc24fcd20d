"""How a better model is made and judged.

Read `monthly.py` first (the run, top to bottom), then `cutoffs.py`, `snapshot.py` and `labels.py` (what is learned
from), `fit.py` and `tuning.py`; `walk_forward.py`, `choice.py`, `backtest.py`, `judgement.py`, `measured.py` and
`metrics.py` (the judgement), `leak_guard.py` and `leak_checks.py` (features that know the future), `promotion.py` (the
gates), `champion.py` (the version in use beside the new one), `reason_stability.py` (do its reasons hold),
`learned_from.py`, `backtest_page.py` and `card.py` (what people read), `drift.py` (does it still fit), `recording.py`
and `tracking.py` (MLflow).
"""
