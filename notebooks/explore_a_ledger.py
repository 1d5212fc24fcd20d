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
# # Exploring a new ledger
#
# Before anybody trains anything: is the data sound, how do these customers pay, is there enough history, and is there
# something to learn at all? The company here is invented. For your own, run `payrisk import` first and change one line.

# %%
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot

from features.compute import feature_rows
from features.questions import open_questions
from ledger.book import Ledger
from ledger.books.aging_report import aging
from ledger.days import NEVER, to_date, to_day
from ledger.importing import import_files
from ledger.money import exponent_of
from ledger.options import ImportOptions
from ledger.scorecard.card import scorecard
from models.baseline import amount_order, oldest_first
from payrisk.migrations.run import upgrade
from payrisk.settings import Settings  # noqa: F401 - for the one line below
from simulation.company import generate
from simulation.export import write_export
from training.backtest import backtest
from training.cutoffs import months_between
from training.errors import NothingToJudge
from training.figures import between, name, signed, signed_between
from training.labels import outcomes, unpaid_after
from training.metrics import auc_interval
from training.promotion import enough_history, may_serve
from training.walk_forward import folds_of

# %%
own_url = None  # for your own ledger, in the folder that PAYRISK_HOME names: own_url = Settings().url

# %% [markdown]
# ## What came in
# The importer accounts for every row: accepted, set aside with a reason, or ignored.

# %%
if own_url is None:
    evening = date(2026, 3, 31)
    home = Path(tempfile.mkdtemp())
    company = generate(seed=11, ends_on=evening, customers=80, invoices=2_000, years=1.5)
    files = write_export(company, home / "export")
    url = f"sqlite:///{home / 'payrisk.db'}"
    upgrade(url)
    ledger = Ledger.open(url)
    report = import_files(
        ledger,
        files,
        options=ImportOptions(as_of=evening),
        today=evening + timedelta(days=1),
        recorded_at=datetime(2026, 4, 1, 6, tzinfo=UTC),
    )
    print(report.text())
else:
    report, ledger = None, Ledger.open(own_url)
    evening = ledger.newest_day()
    for imported in ledger.imports():
        print(f"export of {imported.as_of}, read as {imported.source}: {', '.join(imported.files)}")
view = ledger.as_of(evening)

# %% [markdown]
# ## Is it sound?
# The scorecard says what looks odd in the data of this evening, and what to do about it. It knows nothing of models.

# %%
card = scorecard(view, report=report)
print(card.text())
proof = ledger.reconcile(evening)
print(proof.to_string(index=False))

# %% [markdown]
# ## What is open
# The aging by due date, per currency, in whole units. Currencies are never added up.

# %%
aged = aging(view)
table = aged.rows.drop(columns=["entity"]).groupby("currency").sum()
units = np.array([10.0 ** exponent_of(str(currency)) for currency in table.index])
shown = [*aged.buckets.names, "unapplied", "total", "past_due"]
print(table[shown].div(units, axis=0).map("{:,.0f}".format).to_string())

# %% [markdown]
# ## How customers pay
# Days late of every invoice that was settled with cash: cleared day less due day. The middle and the tail tell more
# than the mean.

# %%
settled = view.settlements
paid = settled[(settled["taken_back_on"] == NEVER) & settled["by_cash"]].copy()
size = pd.qcut(paid["amount_minor"].rank(method="first"), 3, labels=["small", "medium", "large"])
quarter = pd.PeriodIndex([to_date(int(day)) for day in paid["cleared_on"]], freq="Q").astype(str)


def days_late(by: "pd.Series | np.ndarray") -> pd.DataFrame:
    each = paid["days_late"].groupby(np.asarray(by))
    told = each.quantile([0.1, 0.5, 0.9]).unstack().set_axis(["10 %", "median", "90 %"], axis=1)
    told.insert(0, "invoices", each.size())
    return told.assign(late=(paid["days_late"] > 5).groupby(np.asarray(by)).mean().map("{:.0%}".format))


for by in (paid["currency"], size, quarter):
    print(days_late(by).to_string(), end="\n\n")

# %% [markdown]
# "Late" means more than 5 days after due. Customers differ far more than currencies or sizes do:

# %%
by_customer = paid.groupby("customer_id")["days_late"].agg(["size", "median"]).query("size >= 10").sort_values("median")
print(pd.concat([by_customer.head(3), by_customer.tail(3)]).to_string())
customer_spread = by_customer["median"].quantile(0.9) - by_customer["median"].quantile(0.1)
currency_spread = np.ptp(paid.groupby("currency")["days_late"].median())
print(f"medians of the customers spread over {customer_spread:.0f} days, of the currencies over {currency_spread:.0f}")

figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.5), layout="tight")
left.hist(paid["days_late"].clip(-30, 90), bins=60)
left.set(xlabel="days late (at most 90 shown)", ylabel="invoices", title="all invoices")
right.hist(by_customer["median"], bins=30)
right.set(xlabel="median days late", ylabel="customers", title="one customer, one count")
pyplot.show()

# %% [markdown]
# ### Payment runs
# Some customers pay on one weekday, or on a few days of the month. Who does so gives away the day of the next payment.

# %%
weekday = (paid["cleared_on"] + 3) % 7  # 0 is a Monday
names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
print(weekday.map(dict(enumerate(names))).value_counts().reindex(names, fill_value=0).to_string())
usual = weekday.groupby(paid["customer_id"]).agg(lambda days: days.value_counts(normalize=True).iloc[0])
usual = usual[paid["customer_id"].value_counts().reindex(usual.index) >= 10]
runs = usual[usual >= 0.6].sort_values(ascending=False)
print(f"\n{len(runs)} of {len(usual)} customers with 10 payments or more pay on one weekday in 60 % of the cases:")
print(runs.head(5).map("{:.0%}".format).to_string())

# %% [markdown]
# ## How much history
# A curve needs some hundred settled invoices and half a year. When did this ledger have them?

# %%
known = np.sort(settled.loc[settled["taken_back_on"] == NEVER, "known_on"].to_numpy())
ready = [day for at, day in enumerate(known) if enough_history(at + 1, months_between(known[[0, at]])).passed]
for day in [to_date(int(known[0] + months * 91)) for months in (1, 2, 3)] + [evening]:
    then = known[known <= to_day(day)]
    gate = enough_history(len(then), months_between(then))
    print(f"{day}  {'enough ' if gate.passed else 'too few'}  {gate.reason}")
print(f"enough since: {to_date(int(ready[0])) if ready else 'not yet'}")

# %% [markdown]
# ## What is learnable
# First without any model. We go back to one evening a week of the last half year, put the open invoices that are due
# within 30 days in four simple orders, and look which are unpaid 30 days later. AUC is the chance that an order puts
# one that stays unpaid above one that gets paid: .5 is a coin, 1 is perfect. The ranges are 95 % over customers.

# %%
first, last = to_day(evening) - 180, to_day(evening) - 40
rows = feature_rows(view, open_questions(view, range(first, last, 7)))
unpaid, certain = unpaid_after(rows.keys, outcomes(ledger, view, first), 30)
due = (rows.keys["due_on"] <= rows.keys["day"] + 30).to_numpy() & certain
orders = {
    "amount": amount_order(rows.keys),
    "oldest": oldest_first(rows.keys),
    "customer_rate": rows.values["late_5_share_shrunken_365d"].fillna(0.0).to_numpy(),
    "customer_mean": rows.values["days_late_shrunken_365d"].fillna(0.0).to_numpy(),
}
customer = rows.keys["customer_id"].to_numpy()[due]
reached = {name(one): auc_interval(order[due], unpaid[due], customer) for one, order in orders.items()}
print(f"{int(due.sum()):,} rows of {len(set(customer))} customers, {unpaid[due].mean():.0%} unpaid 30 days later")
for order, area in reached.items():
    print(f"  {order:<32} {area.value:.3f}  ({between(area)})")

# %% [markdown]
# ## Would a model be believed?
# Now the backtest, on two months. Each month is judged with a curve that knew only what came before it.

# %%
found = backtest(ledger, view, folds_of(view, 2), say=print)
if found is None:
    raise NothingToJudge(evening)
at_30 = found.measured.horizons[30]
figures = [
    {"who": name(one.name), "AUC": f"{one.auc.value:.3f}", "late items in first 20 %": f"{one.found20.value:.0%}"}
    for one in sorted(at_30.scores, key=lambda one: -one.auc.value)
]
print(pd.DataFrame(figures).to_string(index=False))

# %%
gain = at_30.difference(at_30.best).auc
print(f"the model less {name(at_30.best)}: AUC {signed(gain.value)} ({signed_between(gain)})")
gates = [enough_history(len(known), months_between(known)), *found.gates()]
for gate in gates:
    said = "passed" if gate.passed else "DECLINED" if gate.blocks == "model" else "warning"
    print(f"{said:<8} {gate.name}\n         {gate.reason}")

# %% [markdown]
# A decline is no failure. Where the customers' own habits tell as much as a learned curve, or nobody has seen enough,
# the simpler thing is the honest one, and serves until a later month's training is better.

# %%
declined = [gate.name for gate in gates if gate.blocks == "model" and not gate.passed]
if may_serve(gates):
    print("A learned curve may serve.")
else:
    print(f"A learned curve is declined by {', '.join(declined)}; each customer's own habit serves instead.")

# %% [markdown]
# ### And if there were nothing to learn?
# One of the gates deals the outcomes out anew among the rows and fits on those: that curve must rank like a coin. If it
# ranked well, something else than the outcomes would be telling it the answer.

# %%
shuffled, error = found.leaks.shuffled
print(f"fitted on shuffled outcomes: AUC {shuffled:.3f}, chance is 0.500 within {3 * error:.3f}")

# %% [markdown]
# ## What was claimed
# These hold for any ledger.

# %%
assert (proof["difference_minor"] == 0).all()
assert int(aged.rows["total"].sum()) == int(view.open_items()["open_minor"].sum())
print(f"the quarters add up to {len(paid):,} invoices, the months to {at_30.rows:,} judged rows")
assert days_late(quarter)["invoices"].sum() == len(paid)
assert at_30.rows == sum(month.rows for month in at_30.months)
assert may_serve(gates) == (not declined)

# %% [markdown]
# And these for the invented company, of which we know how it pays.

# %%
if own_url is None:
    assert all(file.read == file.accepted for file in report.files)
    assert not card.holds
    assert customer_spread > currency_spread
    # Who pays in runs is not in the files; the rhythm shows it all the same.
    truth = company.truth.set_index("customer_id")["type"].reindex(usual.index)
    in_runs = usual.groupby(truth == "payment_run").mean()
    assert in_runs[True] > in_runs[False]
    assert enough_history(len(known), months_between(known)).passed
    assert reached[name("customer_rate")].low > 0.5
    # Shuffled outcomes teach nothing, true ones do.
    assert abs(shuffled - 0.5) <= 3 * error
    assert at_30.score("model").auc.value > at_30.score("amount").auc.value
