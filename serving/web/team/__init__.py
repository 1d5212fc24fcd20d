"""The team's work: `api.py` with `schemas.py` and `examples.py`, `pages.py` with `words.py` for managers."""
