"""What a model is, how it explains itself, how it is kept.

Read `score.py` first (what a model says), then `payment_curve.py` (with its parts `trees.py`, `linear.py`, `rhythm.py`,
`recalibration.py`, `typical_item.py`, and its challengers `stacked_curve.py` and `until_due_curve.py`),
`habit_curve.py`, `readings.py`, `explanation.py` (what moved a score), `fact.py` and `reasons.py` (the same in facts of
the catalogue) and `scoring.py` (all of it together).
`curve_scoring.py` adds up the trees for all intervals of an item at once, with `tree_text.py`, `flat_trees.py` and
`kernels/`; `tree_shap.py` with `shap_layout.py` tells in the same way what each column adds. `bundle.py` with
`shelf.py` say how a fitted model is kept: text and JSON under a manifest of hashes (`bundle_files.py`,
`shelf_contents.py`, `shelf_entry.py`, `pointer.py`) with `papers.py` beside them; fitted bundles live in the data
directory. `overruled.py` is how often people disagreed. `reference.py` is what the open items looked like then.
"""
