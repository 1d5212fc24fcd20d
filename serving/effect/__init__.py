"""Effect: what may be said of what calling changed, from decisions in which lots were drawn.

`logged.py` (the decisions that a lot decided, with what came of them), `outcomes.py` (what came of them, by the
ledger), `answer.py` (an estimate, or why there is none), `resampling.py` (intervals by drawing accounts anew),
`doubly_robust.py` (the effect score of each decision), `weighting.py` (what another order would have brought),
`ranking.py` (whether an order finds those whom a call moves), `checks.py` (what has to hold before anything is said),
`conduct.py` (whether kinds of customers are called as often as others of the same priority),
`evidence.py` (what was measured, by kind), `sentences.py` (the only sentences that a kind of evidence permits).

One list is made for everybody: no account is worked the old way by lot, so nothing is said of one order against another
way of working.
"""
