"""The day: the ranked list, the rules it stands under, the API and the pages.

`daily.py` is one evening, step by step: `scoring/` says what scores it, `accounts/` what is known of the accounts,
`value/` what a call is worth, `listing/` who gets which place by the rules of `strategy/`, the minutes of `team/` and
the lot of `trials/`, `reports/` what a manager asks of it, and `published/` makes, keeps and reads the list. `morning/`
runs it all by a timer.

What people do about an account: `activities/`, and `audit/` over who changed what. Files people bring: `imports/` and
`call_sheet/`. Files people take: `tabular/` (any list), `star_schema/` (an evening for other tools). Persons are
erased, and not named to analysts, by `privacy/`; who may see what: `people/`. The versions of the model: `versions/`.
Why somebody has a place: `why/`. What calling changed: `effect/`. Who reads all of it: `web/`.

For all of them: `errors.py`; `etags.py` (which version a change is made on); `wording.py` (amounts, reasons, chances
as words); `at_a_time.py`, `progress.py` and `files.py`; `garbage.py`, `apart.py` and `side.py` (heavy work made light,
in a child, in a process of its own).
"""
