"""Call sheets that come back filled in: `api.py` and `pages.py`."""
