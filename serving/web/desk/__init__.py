"""The list and an account, as people work them.

`pages.py` (what is drawn) and `routes.py`; `list_view.py` and `list_tabs.py` (which part of the list), `list_rows.py`
and `row_facts.py` (its rows); `account_parts.py` (what panel and page show of an account); `outcome_forms.py` and
`work.py` (what people say, and what came of it); sentences: `account_words.py`, `evidence_words.py`, `opening.py` and
`local_time.py` (the first words of a call, and when); geometry: `waterfall.py`, `timeline.py` with
`timeline_axes.py`, `past.py`, `pictures.py`.
"""
