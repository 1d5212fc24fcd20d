"""What a model is, how it explains itself, how it is kept.

Read `score.py` first (what a model says), then `payment_curve.py`, `explanation.py`, and `bundle.py` with `shelf.py`
(how a fitted model is kept: text and JSON under a manifest of hashes; fitted bundles live in the data directory).
"""
