"""Measures: every figure about a ledger that people will read, defined once; docs/measures.md is their table.

Amounts are whole minor units of one currency, days whole numbers (`ledger.days`), results exact fractions: only
`ratios.rounded` rounds, for showing. What has no denominator is None, undefined, never 0. Read `ratios.py` first, then
`sales_days.py` (DSO and its kin), `effectiveness.py`, `rolls.py`, `lateness.py`, `promises.py`, and for money that
lateness costs `interest.py` and `credit_loss.py`.
"""
