"""The gate: settings, clock, commands, migrations. The one place that knows every room.

Read `cli.py` first (the commands), then `settings.py`.
"""
