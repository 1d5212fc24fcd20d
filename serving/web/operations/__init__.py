"""For those who run payrisk: `probes.py` (alive, ready), `metrics.py`, `runs.py` (daily runs),
`audit.py` (who did what), `schemas.py`, `examples.py`.
"""
