"""Imports over the desk: files that a person or a machine brought, on their way into the ledger.

Read in this order: `asked.py` (what may be said about an import), `import_store.py` (what is kept of each, and its
state), `spool.py` (its files), `room.py` (what the web process does: take files in, answer, tell; it imports no
pandas), `questions.py` (a refusal that one word settles, as a question), `work.py` (the process that does the work).
Rows that it set aside, as a file to correct: `quarantine.py`.
"""
