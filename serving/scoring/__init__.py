"""What scores an evening, and what becomes of the scores.

`ladder.py` picks what scores: the model, an older one, the rule. `scored_rows.py` and `scored_evening.py` hold what
came out; `notices.py` says what a reader has to know about it. As files: `score_file.py` with the columns of
`score_columns.py`. Of given and supposed invoices: `given_scores.py`.
"""
