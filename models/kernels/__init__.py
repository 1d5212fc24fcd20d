"""Compiled loops (numba) over the trees of a model: `tree_walk.py` adds up what the trees say of many rows at once,
`tree_shap.py` what each column adds to that, with the vector instructions of `shap_lanes.py`.

Types are checked by the callers: a loop reads what it is told to, without looking at bounds.
"""
