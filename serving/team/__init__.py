"""The team: who calls, when, whom, and who takes which account.

`team.py` (collectors, their minutes, and whom each may call), `reading.py` (a team file as a `Team`), `assignment.py`
(which accounts get a caller, and which), `placing_calls.py` (the arithmetic of that, with `quiet.py`), `errors.py`.
What their own calls tell the next list: `experience.py` (who reached whom last), `handling.py` (how long calls take).
What a manager sees of them: `room.py` over `coverage.py` (`coverage_store.py`), `workload.py`,
`waiting.py`, and `ownership.py` (who was given what); `bodies.py` is how the API tells it. Minutes and absences as they
are recorded: `hours.py`, `hours_store.py`.
"""
