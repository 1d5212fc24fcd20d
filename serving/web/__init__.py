"""The desk in a browser and for machines: JSON and pages that render the same objects.

Read `schemas.py` first (the objects), then `api.py`, `pages.py`, and `app.py`, which puts them together. Nobody passes
`guard.py` and `door.py` otherwise than by the table of `serving.people.access`; `problems.py` says what was wrong.

One theme a group of files: the list and its accounts (`desk_routes.py`, `desk_pages.py`, `list_*.py`,
`outcome_forms.py`, `work.py`), the portfolio, the team, the settings, the models, the imports (each `…_pages.py` or
`…_api.py` with its `…_words.py`), signing in (`sign_in_pages.py`, `company_pages.py`), call sheets (`call_sheets.py`,
`call_sheet_pages.py`), files (`accept.py`, `file_kinds.py`, `uploads.py`), pictures (`charts.py`, `timeline.py`,
`waterfall.py`, `model_pictures.py`), languages, and the examples of the API.
"""
