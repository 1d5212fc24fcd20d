"""Signing in: `pages.py` with a password or a link, `company.py` with the company's account."""
