"""The daily run: last evening's list made and published while everybody sleeps, whatever happens in between.

Read `runner.py` first (the steps), then `plan.py` (what is settled before the first of them), `run_log.py` (what is
recorded of a run, and the readers' question whether the newest failed), `outputs.py` and `staged.py` (what a step
leaves on the disk) and `alone.py` (that only one runner works). `asked_runs.py` starts one for a person.
"""
