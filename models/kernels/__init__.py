"""Compiled loops (numba) over the trees of a model: `tree_walk.py` adds up what the trees say of many rows at once.

Types are checked by the callers: a loop reads what it is told to, without looking at bounds.
"""
