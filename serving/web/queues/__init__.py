"""The list and its accounts, over the API: `api.py`, `schemas.py`, `examples.py`."""
