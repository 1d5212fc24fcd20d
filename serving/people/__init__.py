"""Who works here, how they prove it, and what each may see.

Read `person.py` (roles), `access.py` (the one table of routes and roles), `delays.py` (guessing gets slower),
`pace.py` (so do too many requests), `passwords.py` and `keys.py` (what is kept of secrets: never the secret),
`people_tables.py` and `people_store.py` (SQL), `front_door.py` (signing in and out), `register.py` (what an
administrator does), `errors.py`. With the company's own account: `provider_settings.py`, `provider.py` (what it is
asked, and what is believed), `company_sign_in.py` (who comes in by it), `company_store.py` (SQL).
"""
