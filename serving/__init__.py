"""The day: the ranked list, the rules it stands under, the API and the pages.

What a call is worth: `priority.py` (the interface), `call_value.py` over `acceleration.py`, `response.py`, `habits.py`,
`answering.py` and `scored_rows.py`. What is known of accounts: `accounts.py`, `customers.py`, `history_reading.py`
(`history.py`), `dealings_reading.py` (`dealings.py`), `covered.py` (`item_call.py`), `reporting.py`.

How a list comes about: `daily.py` (one evening) over `ladder.py` (what scores it) and `scored_evening.py`;
`placing.py`, `considering.py` and `queue.py` put accounts in their places (`standing.py`), `choosing.py` says who is on
the list by the rules of `strategy/`, the minutes of `team/` and the lot of `trials/`; `deciding.py` tells the decision
log. `publishing.py` makes the JSON (`queue_run.py`) that `store.py` keeps with its `inputs.py` (`plain.py`);
`listed_before.py` is what the next one remembers, `replay.py` makes one again, and `morning/` runs it all by a timer.
`reports/` is what a manager asks of the evening.

What people do about an account: `activities/`, and `audit/` over who changed what; `contests.py` says whether who
contested a list was right. Whom no score places: `rule_order.py`. Files people bring: `imports/`. Persons are erased,
and not named to analysts, by `privacy/`; `erased_lists.py` takes their names out of what was published.

Who reads it: `desk.py`, then `web/`, `workbook.py` (which comes back through `call_sheet/`), `tabular/` (any list as a
file), `star_schema/` (an evening for other tools), `exports.py` and `score_file.py`; `wording.py` and `notices.py` say
amounts, reasons and warnings. Why somebody has a place: `decomposition.py`, `way_out.py`, `rank_explanation.py`; what a
payment would change: `what_if.py`; which documents stand behind a reason: `evidence.py`. What calling changed:
`effect/`.
"""
