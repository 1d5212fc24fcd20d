"""The manager's pages: `pages.py`, `words.py` (figures in sentences), `charts.py` (geometry)."""
