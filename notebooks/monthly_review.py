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
# # The monthly review
#
# The monthly job has put a challenger on the shelf. Before a person promotes it, somebody looks: did the gates agree,
# is it better than what is in use, does it rank for reasons that we believe, are its chances honest, whom does it serve
# badly, in which months did it lose, and has the world moved? Then one decides, in words.
#
# Here is that review on a small invented company: the champion was trained at the end of the year, the challenger now.

# %%
import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import Image, display
from matplotlib import pyplot

from features.catalogue import CATALOGUE_BY_NAME
from features.compute import feature_rows
from ledger.book import Ledger
from ledger.importing import import_files
from ledger.options import ImportOptions
from models.errors import DeclinedVersion, SamePerson
from models.payment_curve import INTERVAL_COLUMNS
from models.shap_plots import beeswarm, dependence, explanation_of
from models.shelf import Shelf
from payrisk.migrations.run import upgrade
from simulation.company import generate
from simulation.export import write_export
from training.drift import drift_report
from training.figures import name
from training.monthly import Plan, train
from training.promotion import SLOPES, Gate, may_be_promoted, may_serve

home = Path(tempfile.mkdtemp())
before, evening = date(2025, 12, 31), date(2026, 3, 31)

# %%
company = generate(seed=11, ends_on=evening, customers=80, invoices=2_500, years=1.75)
files = write_export(company, home / "export")
url = f"sqlite:///{home / 'payrisk.db'}"
upgrade(url)
ledger = Ledger.open(url)
today = datetime(2026, 4, 1, 6, tzinfo=UTC)
import_files(ledger, files, options=ImportOptions(as_of=evening), today=today.date(), recorded_at=today)
shelf = Shelf(home / "models")

# %% [markdown]
# ## Champion and challenger
# In December the schedule trained the first version, and Maria Keller approved it. Tonight the schedule trained again.
# (A real run tunes, and judges more months; a notebook wants to be quick.)

# %%
december = train(ledger, before, shelf, now=datetime(2026, 1, 1, 6, tzinfo=UTC), plan=Plan(folds=1, trials=0))
shelf.promote(december.version, by="Maria Keller", at=datetime(2026, 1, 2, 9, tzinfo=UTC))
tonight = train(ledger, evening, shelf, now=today, plan=Plan(folds=2, trials=0), progress=print)

print(pd.DataFrame(shelf.versions())[["version", "kind", "passed", "in_use", "trained_by", "approved_by"]].to_string())
champion, challenger = shelf.bundle(december.version), shelf.bundle(tonight.version)

# %% [markdown]
# ## The gates
# A gate of trust decides whether the curve may be believed at all; a gate of promotion whether it may replace the one
# in use; a warning stops nothing and wants to be read.

# %%
kinds = {"model": "trust", "promotion": "promotion", "": "warning only"}
for gate in tonight.gates:
    print(f"{'passed ' if gate.passed else 'NO     '} {gate.name} ({kinds[gate.blocks]})\n        {gate.reason}")
assert champion.kind == challenger.kind == "model", "where the gates decline the curve, there is nothing to promote"

# %% [markdown]
# ## The family
# Several families were judged on the same evenings. A challenging family must win in four folds of five and
# beyond chance, so with few folds the curve of two voices stays (docs/adr/0037).

# %%
print(challenger.learned_from["family"], "-", challenger.learned_from["family_why"])
print("recalibration:", challenger.learned_from["recalibration"])

# %% [markdown]
# ## Better than what is in use?
# The backtest is kept with the version. Its figures at 30 days: of the items due by then, which are still unpaid? The
# model here is what was walked forward: each month by a curve that knew what came before it, never tonight's curve on
# its own past. The champion is asked only about evenings after its own training, so its AUC is of fewer rows; read
# the differences, which are paired on the same rows.

# %%
measured = json.loads(challenger.papers["backtest.json"])["measured"]
at_30 = measured["horizons"]["30"]
print(
    f"{measured['rows']:,} rows of {measured['evenings']} evenings, {measured['first_day']} to {measured['last_day']}"
)


def interval(value: dict) -> str:
    if value["value"] is None:
        return "not measured"
    return f"{value['value']:+.3f} ({value['low']:+.3f} to {value['high']:+.3f})"


scores = sorted(at_30["scores"], key=lambda one: -one["auc"]["value"])
print(
    pd.DataFrame(
        [
            {
                "who": name(one["name"]),
                "rows": one["rows"],
                "AUC": f"{one['auc']['value']:.3f}",
                "late items in first 20 %": f"{one['found20']['value']:.0%}",
                "late money in first 20 %": f"{one['money_found20']['value']:.0%}",
            }
            for one in scores
        ]
    ).to_string(index=False)
)

# %%
difference = {one["other"]: one for one in at_30["differences"]}
for other in ("champion", at_30["best"], "habit", "logistic"):
    print(f"the model less {name(other)}")
    print(f"  AUC {interval(difference[other]['auc'])}, late items found first {interval(difference[other]['found'])}")
worse_than_champion = difference["champion"]["auc"]["high"] < 0
better_than_champion = difference["champion"]["auc"]["low"] > 0

# %% [markdown]
# ## Does it rank for reasons that we believe?
# The points are our own contributions: shares still unpaid in 30 days, in points, which add up to each item's score.
# Red dots on the right: high values raise the risk.

# %%
table = feature_rows(ledger.as_of(evening))
points = explanation_of(challenger.curve, table, 30)
display(Image(beeswarm(challenger.curve, table, shown=10)))

# %%
strength = pd.Series(np.abs(points.values).mean(axis=0), index=points.feature_names)
strength = strength.drop(list(INTERVAL_COLUMNS)).sort_values(ascending=False, kind="stable")
strongest = str(strength.index[0])
print(strength.head(8).map("{:.2f} points".format).to_string())
print(f"\n{strongest}: {CATALOGUE_BY_NAME[strongest].why}")
display(Image(dependence(challenger.curve, table, strongest)))

# %% [markdown]
# Look whether the shape is one that a collector would recognise, and whether a few odd customers make it. Then trust
# the picture only if its points are the score:

# %%
said = challenger.curve.survival(table).survival_at(30)
rest = np.abs(points.base_values + points.values.sum(axis=1) - said * 100).max()
print(f"the points of each of {len(table)} items add up to its score within {rest:.1e}")

# %% [markdown]
# ## Will collectors be told other reasons than yesterday?
# The training explained the same open items with other curves too: the version in use, the curve of the newest judged
# month, and the same recipe on customers drawn anew, which tells how much is chance.

# %%
held = json.loads(challenger.papers["card.json"])["tonight"]["reason_stability"]
print(
    pd.DataFrame(
        [
            {
                "against": one["against"].replace("_", " "),
                "items": one["items"],
                "same first reason": f"{one['first_same']['value']:.0%}",
                "of the first three": f"{one['first_three']:.0%}",
                "turned sign": f"{one['turned']:.0%}",
                "chance moved, points": f"{one['risk_moved']:.1f}",
            }
            for one in held
        ]
    ).to_string(index=False)
)

# %% [markdown]
# ## Are its chances honest?
# Rows with about the same chance are put together: of those said to be 70 %, were 70 % unpaid? Bars are 95 % over
# customers, the diagonal is honesty.

# %%
calibration = at_30["calibration"]
bins = pd.DataFrame([{"said": one["said"], **one["happened"], "rows": one["rows"]} for one in calibration["bins"]])
figure, axes = pyplot.subplots(figsize=(4.5, 4.5), layout="tight")
axes.plot([0, 1], [0, 1], color="0.7")
reach = [bins["value"] - bins["low"], bins["high"] - bins["value"]]
axes.errorbar(bins["said"], bins["value"], yerr=reach, fmt="o", capsize=2)
axes.set(xlabel="said: unpaid in 30 days", ylabel="happened", xlim=(0, 1), ylim=(0, 1))
pyplot.show()
print(f"calibration error {calibration['ece']:.3f}; chance alone shows up to {calibration['ece_noise_high']:.3f}")
print(f"slope {interval(calibration['slope'])}; 1 is honest, allowed {SLOPES[0]} to {SLOPES[1]}")

# %% [markdown]
# ## Whom does it serve badly?
# Every kind of customer and money, against the simple order that was best there. A gain below zero is a kind for which
# a simple list would have been better.

# %%
segments = pd.DataFrame(
    [
        {
            "segment": f"{one['kind']} {one['name']}",
            "rows": one["rows"],
            "unpaid": f"{one['unpaid_share']:.0%}",
            "AUC": f"{one['auc']['value']:.3f}",
            "best simple order": name(one["best"]),
            "gain": interval(one["gain"]),
            "ECE": f"{one['ece']:.3f}",
        }
        for one in at_30["segments"]
        if not one["too_small"]
    ]
)
print(segments.to_string(index=False))
small = [f"{one['kind']} {one['name']} ({one['rows']})" for one in at_30["segments"] if one["too_small"]]
print("too few rows to judge:", ", ".join(small) or "none")

# %% [markdown]
# ## Which months did it lose?
# A mean hides months. A month is lost when something simpler ranked better in it.

# %%
for month in at_30["months"]:
    reached = {one["name"]: one["auc"]["value"] for one in month["scores"]}
    lost = ", ".join(f"{name(other)} ({reached[other]:.3f})" for other in month["lost_to"])
    outcome = f"lost to {lost}" if lost else "not lost"
    print(f"{month['first_day']} to {month['last_day']}: AUC {reached['model']:.3f}, {month['rows']:,} rows, {outcome}")
losing = [month for month in at_30["months"] if month["lost_to"]]

# %% [markdown]
# ## Has the world moved?
# Drift compares tonight's open items with those that the champion was trained on, and what it said with what came. It
# says whether the champion still fits: *fine* lets you wait, *retrain* and *stop* do not.

# %%
drift = drift_report(
    ledger,
    champion.curve,
    champion.reference,
    evening,
    version=champion.version,
    trained_as_of=champion.trained_as_of,
    grace_days=champion.grace_days,
)
print(f"verdict on the champion, {drift.age_days} days old: {drift.verdict}")
for finding in drift.findings:
    print(f"  {finding.verdict}: {finding.text}")
moved = sorted((one for one in drift.features if one.psi is not None), key=lambda one: -one.psi)
print(pd.DataFrame([{"feature": one.name, "PSI": round(one.psi, 3), "state": one.state} for one in moved[:6]]))

# %% [markdown]
# A verdict says that something is to be done, not that the challenger does it. So compare the level of the two: what
# the champion expected of items whose 30 days are over and what came, and what each expects of tonight's items.

# %%
if drift.matured is not None:
    print(
        f"the champion expected {drift.matured.said:.1%} to be unpaid 30 days later, {drift.matured.happened:.1%} were"
    )
    print(f"  expected less happened: at least {drift.matured.low:+.1%}, at most {drift.matured.high:+.1%}")
theirs = champion.curve.survival(table).survival_at(30)
print(f"tonight the champion expects {theirs.mean():.1%}, the challenger {said.mean():.1%}")
alike = pd.Series(said).corr(pd.Series(theirs), "spearman")
print(f"do the two order tonight's {len(table)} items alike? rank correlation {alike:.3f}")

# %% [markdown]
# ## The decision
# In words, for whoever reads the history in a year. The rule is plain: a version that a gate of promotion declined
# stays on the shelf; one that ranks worse than the champion is not wanted; otherwise the fresher knowledge wins.

# %%
against = [gate for gate in tonight.gates if not gate.passed and gate.blocks == "promotion"]
warnings = [gate for gate in tonight.gates if not gate.passed and not gate.blocks]
if against:
    decision = "We keep the champion: the challenger was declined by " + ", ".join(gate.name for gate in against)
    decision += ". Next: find out why, and train again."
elif worse_than_champion:
    decision = "We keep the champion: the challenger ranks worse beyond chance."
elif better_than_champion:
    decision = "We promote the challenger: it ranks better than the champion beyond chance."
else:
    decision = "We promote the challenger: no detectable difference in rank, and it knows three more months."
print(decision)
print(f"Against each customer's own habit, which needs no training: AUC {interval(difference['habit']['auc'])}.")
print(f"Lost months: {len(losing)} of {len(at_30['months'])}. Drift of the champion: {drift.verdict}.")
for gate in warnings + against:
    print(f"To read: {gate.name}: {gate.reason}")
print("\nThe commands, for another person than the one who trained:\n")
print(f"  {f'payrisk promote {challenger.version} --by NAME':<48}  # to put the challenger to use")
print(f"  {'payrisk rollback --by NAME':<48}  # to go back, in seconds")
print(f"  {'payrisk backtest --months 12 --out backtest.html':<48}  # for the meeting")

# %% [markdown]
# Reviewing promotes nothing. Here we try what the shelf must refuse: whoever trained a version cannot approve it, and
# what a gate of promotion declined nobody can.

# %%
refused: type[Exception] | None = None
try:
    shelf.promote(challenger.version, by=challenger.trained_by, at=today)
except (SamePerson, DeclinedVersion) as refusal:
    refused = type(refusal)
    print(refusal)

# %% [markdown]
# ## What was claimed

# %%
gates = [Gate(**gate) for gate in challenger.gates]
assert may_serve(gates)
assert challenger.passed == may_be_promoted(gates) == (not against)

# The review changed nothing: the champion is in use, approved by a person who did not train it.
entry = shelf.champion()
assert (entry.version, entry.approved_by, entry.trained_by) == (december.version, "Maria Keller", "service")
assert refused is (SamePerson if challenger.passed else DeclinedVersion)

# The champion was compared on evenings after its training alone, on fewer rows than the others where it is so.
rows = {one["name"]: one["rows"] for one in scores}
assert 0 < rows["champion"] <= rows["model"] == at_30["rows"]

# Our points add up to the score.
assert rest < 1e-7

# Its reasons were held against the champion's, on the same items.
assert held[0]["against"] == "in_use"
assert held[0]["trained_as_of"] == before.isoformat()

# Calibration bins, segments and months are parts of the same judged rows.
assert bins["rows"].sum() == at_30["rows"] == sum(month["rows"] for month in at_30["months"])
assert sum(one["rows"] for one in at_30["segments"] if one["kind"] == "currency") == at_30["rows"]
assert at_30["unpaid"] == round(float((bins["value"] * bins["rows"]).sum()))
assert drift.verdict in ("fine", "watch", "retrain", "stop")
assert drift.age_days == (evening - before).days
print("the rows of bins, months and currencies add up to", at_30["rows"])
