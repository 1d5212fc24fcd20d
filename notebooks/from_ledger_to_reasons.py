# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # From a ledger to the reasons of one account
#
# A guided tour on a small invented company: its ERP's files, what was known on one evening, the features of that
# evening, the payment curve, and why one account stands on top of the list. Everything runs in a temporary folder.
#
# Open it as a notebook with jupytext (`jupytext --to ipynb notebooks/from_ledger_to_reasons.py`) or run it as a script.

# %%
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from features.compute import feature_rows
from ledger.book import Ledger
from ledger.importing import import_files
from ledger.options import ImportOptions
from models.shelf import Shelf
from payrisk.migrations.run import upgrade
from serving.daily import queue_of, score_items
from serving.listing.placing import ListSettings
from simulation.company import generate
from simulation.export import write_export
from training.monthly import Plan, train

home = Path(tempfile.mkdtemp())
evening = date(2026, 3, 31)
now = datetime(2026, 4, 1, 6, tzinfo=UTC)

# %% [markdown]
# ## The ledger
# The company writes the files that an ERP would export; the importer accounts for every row.

# %%
company = generate(seed=11, ends_on=evening, customers=100, invoices=3_000, years=1.75)
files = write_export(company, home / "export")

url = f"sqlite:///{home / 'payrisk.db'}"
upgrade(url)
ledger = Ledger.open(url)
report = import_files(ledger, files, options=ImportOptions(as_of=evening), today=date(2026, 4, 1), recorded_at=now)
print(report.text())

# %% [markdown]
# ## One evening
# `Ledger.as_of` shows what was known at the end of a day. Two weeks earlier fewer payments were known, and nothing
# that was booked later is visible, whenever it was made.

# %%
for day in (date(2026, 3, 17), evening):
    view = ledger.as_of(day)
    book = view.open_items()
    print(day, f"{len(book):,} open items, {int((book['dpd'] > 0).sum()):,} past due")
print(ledger.reconcile(evening))

# %% [markdown]
# ## What we say about an invoice
# One row per open item, each column declared once with its unit, its sentence and its reason to exist.

# %%
table = feature_rows(view)
print(table.values.iloc[:3].T)

# %% [markdown]
# ## The payment curve
# Training asks the same rows about past evenings and joins what happened next. The gates say whether the version
# may serve.

# %%
shelf = Shelf(home / "models")
result = train(ledger, evening, shelf, now=now, plan=Plan(folds=1, trials=0))  # a real run judges more, and tunes
for gate in result.gates:
    print("passed " if gate.passed else "refused", gate.name, "-", gate.reason)
print(result.version, result.kind)

# %% [markdown]
# ## Why this account?
# The typical account's risk plus all points is the account's late risk.

# %%
scored = score_items(ledger, shelf, evening)
body = queue_of(scored, ListSettings(capacity=10), now=now).body()
top = body["items"][0]
print(f"#{top['rank']} {top['customer_name']}: {top['overdue']['amount']} {top['overdue']['currency']} overdue")
print(f"late risk {top['late_risk']:.1%} = typical {top['base']:.1%}")
for reason in top["reasons"]:
    print(f"  {reason['arrow'] or ' '} {reason['points'] * 100:+6.1f} points  {reason['text']}")

# %%
total = top["base"] + sum(reason["points"] for reason in top["reasons"])
assert abs(total - top["late_risk"]) < 1e-9
print(f"the points add up to {total:.6f}")
