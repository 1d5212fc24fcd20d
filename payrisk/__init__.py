"""The gate: settings, clock, commands, migrations. The one place that knows every room.

Read `cli.py` first (the commands), then `settings.py` and `gate.py` (the rooms behind one object). What a command does
is in `*_work.py` (`book_work.py`, `import_work.py`, `model_work.py`, `shelf_work.py`, `evening_work.py`, …), what it
prints in `show*.py`; the desk as a server: `desk_app.py` and `server.py`.
"""
