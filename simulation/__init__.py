"""A company with planted truth: demo data today, decision value later.

Read `company.py`: customers of known type, and the files that their supplier's ERP would export.
"""
