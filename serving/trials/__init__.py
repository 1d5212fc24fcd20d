"""Trials: what has to be drawn and written down today, so that an effect can be measured later.

`exploration.py` (whom chance adds to a list, and how likely that was), `designs.py` (the chances of each design),
`draw.py` (the draw itself), `decision.py` (what was decided about one account), `decided.py` (about many, as columns),
`decision_log.py` (where that is kept for good), `errors.py`.

Which design permits which estimate. With the design `off` nothing is drawn and every chance is 0 or 1: no effect of
being listed can be estimated from such a log. A `slice` lists the best as ever and adds some from below the cut by
lot: it tells what a call does for accounts *below* the cut, and nothing about those at the top. `smooth` gives every
account a chance above 0 and mostly below 1: it permits to compare rankings with each other, and the top of a list
with its end, at the price of some good calls not made. Whoever is listed for certain (a quota, an appointment, a
large exposure) is in no estimate, and whatever is claimed speaks of the others only. Estimates compare accounts by
whether they were *listed*, which was drawn, never by whether they were reached, which was not.
"""
