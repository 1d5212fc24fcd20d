"""What a call is worth.

`priority.py` is the interface, and its arithmetic is pure; `call_value.py` is the order that we ship, over
`acceleration.py` (the days by which money comes sooner), `response.py` (how customers are taken to answer: assumed),
`habits.py` and `answering.py` (what the features and the tries say of one), `item_call.py` (an item, and what of it is
covered). Whom no score places: `rule_order.py`.
"""
