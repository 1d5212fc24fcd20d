"""Versions of the model, promotions, scores on demand: `api.py` with `schemas.py` and `examples.py`, `pages.py` with
`words.py` and `pictures.py` for analysts.
"""
