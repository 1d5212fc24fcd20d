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
# # Auditing one score
#
# A collector asks: why is this invoice on top of my list? An auditor asks more: which row of which file is it, what was
# known that evening, how did that become a number, and would you say the same again? This notebook walks the whole way
# for one invoice of a small invented company, and ends by checking each step.

# %%
import tempfile
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot

from features.catalogue import CATALOGUE_BY_NAME
from features.compute import feature_rows
from features.drawn import examples, showing
from features.wording import speaker, tell
from ledger.book import Ledger
from ledger.days import NEVER, to_date, to_day
from ledger.importing import import_files
from ledger.money import money_text
from ledger.options import ImportOptions
from models.explanation import explain
from models.reasons import is_interval_column
from models.shelf import Shelf
from payrisk.migrations.run import upgrade
from serving.daily import score_items
from simulation.company import generate
from simulation.export import write_export
from training.monthly import Plan, train

home = Path(tempfile.mkdtemp())
evening = date(2026, 3, 31)
now = datetime(2026, 4, 1, 6, tzinfo=UTC)

# %%
company = generate(seed=11, ends_on=evening, customers=100, invoices=3_000, years=1.75)
customers_csv, invoices_csv, payments_csv, rates_csv = files = write_export(company, home / "export")
url = f"sqlite:///{home / 'payrisk.db'}"
upgrade(url)
ledger = Ledger.open(url)
import_files(ledger, files, options=ImportOptions(as_of=evening), today=date(2026, 4, 1), recorded_at=now)
shelf = Shelf(home / "models")
result = train(ledger, evening, shelf, now=now, plan=Plan(folds=1, trials=0))
print(f"version {result.version}, {result.kind}, in use: {result.installed}")
assert result.kind == "model", "the company is large enough to learn a curve from"

# %% [markdown]
# ## The score
# Of the invoices one to sixty days past due we take the one with the highest late risk.

# %%
scored = score_items(ledger, shelf, evening)
asked = [score for score in scored.scores if 0 < score.dpd <= 60]
score = max(asked, key=lambda one: (one.late_risk, one.item_id))
print(f"{score.item_id} of {score.customer_id}: {money_text(score.open_minor, score.currency)} open, {score.dpd} dpd")
print(f"{score.late_risk:.1%} of it is expected to be still unpaid on {score.late_risk_on}, said by {score.mode}")

# %% [markdown]
# ## The row of the file
# Every score carries the data row that its item came from. Here it is, as the ERP wrote it, with its payments.

# %%
row = pd.read_csv(invoices_csv, dtype=str).iloc[score.source_row - 1]
paid = pd.read_csv(payments_csv, dtype=str).query("invoice_id == @row.invoice_id")
print(f"{invoices_csv.name}, data row {score.source_row}:")
print(row.to_string())
print(f"\n{payments_csv.name}: {len(paid)} rows for it")
print(paid.to_string(index=False) if len(paid) else "nothing was paid on it")

# %% [markdown]
# ## The fact
# The ledger keeps what the row said, with the day on which it became known. An evening sees no later fact.

# %%
view = ledger.as_of(evening)
item = view.invoice(score.item_id)
print(pd.Series(asdict(item)).to_string())

# %% [markdown]
# ## The features
# From the facts of the evening comes one row of features. We look at the ten that move this score most; the sentence is
# the one a collector would be told.

# %%
table = feature_rows(view)
at = int(np.flatnonzero(table.keys["item_id"] == score.item_id)[0])
one = table.take([at])
bundle = shelf.bundle(result.version)
horizon = np.array([(score.late_risk_on - evening).days])
found = explain(bundle.curve, one, horizon)
moves = pd.Series(found.points[0], index=found.columns)
strongest = moves.loc[moves.abs().sort_values(ascending=False, kind="stable").index[:10]]


def in_words(column: str) -> str:
    if is_interval_column(column):
        return f"the age of the item, {score.dpd} days past due, on the days ahead"
    spoken = speaker(column)
    return tell(spoken, one.values[spoken.name].iloc[0])


print(
    pd.DataFrame(
        {"points": (strongest * 100).map("{:+.1f}".format), "fact": [in_words(str(name)) for name in strongest.index]}
    ).to_string()
)

# %% [markdown]
# ### One feature by hand
# Take the customer's mean lateness over the last 180 days. The documentation draws what it means:

# %%
lateness = CATALOGUE_BY_NAME["days_late_mean_180d"]
print(lateness.why)
print(showing(lateness, examples())[0].text)

# %% [markdown]
# And here are the settlements behind this customer's number, from the evening's own view: those known within the
# window, by cash. What a credit note cleared tells nothing about how somebody pays, and a payment that bounced settled
# nothing.

# %%
settled = view.settlements
mine = settled[
    (settled["customer_id"] == score.customer_id)
    & settled["by_cash"].eq(True)
    & (settled["taken_back_on"] == NEVER)
    & (settled["known_on"] > to_day(evening) - 180)
]
days = ["due_on", "cleared_on", "known_on"]
shown = mine[["item_id", *days, "days_late"]].copy()
shown[days] = shown[days].map(to_date)
print(shown.to_string(index=False))
by_hand = mine["days_late"].mean()
by_program = float(one.values[lateness.name].iloc[0])
print(f"by hand {by_hand:.4f} days, by the program {by_program:.4f} days")

# %% [markdown]
# The catalogue has a second, slow way to answer every question. All features of this item, both ways:

# %%
question = pd.DataFrame({"item_id": [score.item_id], "day": [to_day(evening)]})
slowly = feature_rows(view, question, by_oracle=True)
print(f"{one.values.shape[1]} features, equal both ways: {one.values.equals(slowly.values)}")

# %% [markdown]
# ## The curve
# The model says how much of the balance is still unpaid on each day ahead. Late risk is one point of that curve.

# %%
curve = bundle.curve.survival(one)
ahead = np.arange(0, 121)
unpaid = np.array([curve.survival_at(int(day))[0] for day in ahead])
figure, axes = pyplot.subplots(figsize=(8, 3.5), layout="tight")
axes.plot(ahead, unpaid * 100)
axes.plot(horizon, [score.late_risk * 100], "o", label=f"late risk on {score.late_risk_on}")
axes.set(xlabel=f"days after {evening}", ylabel="still unpaid, %", ylim=(0, 102), title=score.item_id)
axes.legend()
pyplot.show()

# %% [markdown]
# ## The contributions
# Each column adds or takes away points of that share, starting from the typical item. The columns of one idea are told
# as one reason, so that related features do not split the credit.

# %%
base = float(found.base[0])
print(f"typical item  {base:10.6%}")
for reason in score.reasons:
    print(f"  {reason.arrow or ' '} {reason.points * 100:+10.6f}  {reason.concept:<12} {reason.fact.text}")
print(f"late risk     {score.late_risk:10.6%}")
total = base + float(found.points[0].sum())
told = score.base + sum(reason.points for reason in score.reasons)
print(f"columns add up to {total:.12f}, reasons add up to {told:.12f}, the score is {score.late_risk:.12f}")

# %% [markdown]
# ## The same again
# Two days later the customer pays, and the next file says so. The later evening no longer has the item on its list.
# The evening that we audited must not change by a single bit.

# %%
paid_on = evening + timedelta(days=2)
owed = money_text(score.open_minor, score.currency).replace(",", "").split()[0]
later_csv = home / "payments_april.csv"
later_csv.write_text(
    "payment_id,invoice_id,kind,amount,currency,paid_date,booked_date\n"
    f"P-AUDIT,{row.invoice_id},cash,{owed},{score.currency},{paid_on},{paid_on}\n"
)
options = ImportOptions(as_of=paid_on, mode="append")
print(import_files(ledger, [later_csv], options=options, today=paid_on, recorded_at=now + timedelta(days=2)).text())

again = score_items(ledger, shelf, evening)
after = score_items(ledger, shelf, paid_on)
print(f"{evening}, asked again: {len(again.scores):,} scores, all equal: {again.scores == scored.scores}")
print(f"{paid_on}: the item is open: {score.item_id in {one.item_id for one in after.scores}}")

# %% [markdown]
# ## What was claimed
# If one of these were untrue, this notebook would stop here.

# %%
# The row, the fact and the score speak of the same document.
assert row["customer_id"] == item.customer_id == score.customer_id
assert (row["due_date"], row["issue_date"]) == (item.due_on.isoformat(), item.issued_on.isoformat())
assert (row["currency"], round(float(row["amount"]) * 100)) == (item.currency, item.amount_minor)
assert item.open_minor == score.open_minor
assert item.dpd == score.dpd == (evening - item.due_on).days

# The features come out the same by hand, by the slow way and by the fast one.
assert abs(by_hand - by_program) < 1e-4  # days; a feature is kept with 7 digits
assert one.values.equals(slowly.values)

# The score is a point of the curve; columns and reasons add up to it.
assert abs(curve.survival_at(horizon)[0] - score.late_risk) < 1e-9
assert (np.diff(unpaid) <= 0).all()
assert abs(total - score.late_risk) < 1e-9
assert abs(told - score.late_risk) < 1e-9
assert base == score.base

# What was learned later changed the later evening, and nothing of the one before.
assert ledger.version == view.version + 1
assert again.view.version == ledger.version
assert again.scores == scored.scores
assert score.item_id not in {one.item_id for one in after.scores}
