"""The desk in a browser and for machines: JSON and pages that render the same objects.

Read `schemas.py` first (the objects), then `api.py`, `pages.py`, and `app.py`, which puts them together.
"""
