"""What people do about an account becomes facts: contacts, promises, disputes, callbacks, holds, notes, contests.

Read `said.py` first (what can be said, and what may be believed), then `facts.py` (the fact that it makes true),
`recording.py` (one transaction: fact, version of the account, audit entry, idempotency key), `reading.py` (what was
recorded) and `bodies.py` (how it is answered). `key_store.py` remembers answers for requests that are sent again
(`once.py` for work that is no single transaction); `claims.py` says what is in dispute already; `worked.py` and
`effort.py` say what of a list was done; `contests.py` says who was right about a contested list; `people.py` says who
acts; `errors.py` refuses.
"""
