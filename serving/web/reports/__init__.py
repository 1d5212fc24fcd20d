"""The reports of an evening over the API: `api.py`, `schemas.py`, `examples.py`."""
