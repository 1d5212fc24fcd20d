"""The desk in a browser and for machines: JSON and pages that render the same objects.

Read `app.py` first, which puts the rooms together. Nobody passes `guard.py` and `door.py` otherwise than by the table
of `serving.people.access`; `problems.py` says what was wrong. A room for each theme, with `api.py`, `schemas.py` and
`examples.py` for machines, `pages.py` and `words.py` for people, or both: `desk` (the list and an account), `queues`
(the same for machines), `activities`, `portfolio`, `reports`, `team`, `settings`, `models`, `imports`, `call_sheets`,
`sign_in`, `operations`.

What all of them use, and what knows none of them: `pages.py` (the templates) with `words.py`, `icons.py`,
`languages.py`, `navigation.py`, `forms.py`, `static_files.py`, `plots.py`; `parameters.py`, `schemas.py`, `writes.py`
and `as_sent.py` (of the API); files: `accept.py`, `file_kinds.py`, `uploads.py`; `traffic.py` counts. `openapi.py`
describes all of them, with `problem_examples.py`.
"""
