"""What people record of an account, over the API: `api.py`, `schemas.py`, `examples.py`; `words.py`."""
