"""Compiled loops (numba), by what they walk over: `arranging.py` columns, `event_walks.py` events, `book_walks.py` the
open book. Types are checked by the callers: a loop reads what it is told to, without looking at bounds.
"""
