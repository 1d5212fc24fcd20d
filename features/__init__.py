"""What we say about an invoice, one definition each.

Read `spec.py` first (what a feature is), then `catalogue.py` (all of them), `compute.py` (the only maker of rows)
and `point_in_time.py` (the engine that keeps the future out).
"""
