"""Versions of the model, promotions, scores on demand: `api.py` with `schemas.py` and `examples.py`, `pages.py` with
`words.py`, `pictures.py`, `never_seen.py` and `overruled.py` for analysts.
"""
