"""What a model card says in sentences: what a version is and is for, where it comes from, for whom it is worse."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.words import count_text
from models.bundle import Bundle
from models.payment_curve import PaymentCurve
from models.readings import LAST_DAY
from models.recalibration import NONE as NOT_RECALIBRATED
from models.scoring import THIN
from models.until_due_curve import PaymentCurveUntilDue
from training.backtest_text import HEADLINE
from training.card_figures import bounded, figure
from training.figures import between, day, decimal
from training.measured import MODEL, Measured
from training.promotion import Gate

MEANT_FOR = (
    "To put a team's collection calls in an order, and to say why an account stands where it stands.",
    "To say when open money may be expected: the chance that an item is still unpaid on a day, a date with its range, "
    "cash by week.",
    "A person reads the score with its reasons and decides. Nothing is sent, stopped or booked by it.",
)
NOT_FOR = (
    "Credit: it sets no credit limit, grants no terms and judges nobody's creditworthiness.",
    "Stopping supply, sending letters, charging fees or handing an account to an agency without a person's decision.",
    "Natural persons: their creditworthiness is not what it learned, and other law holds for them.",
    "The chance that a customer fails: an item that is paid late is no loss.",
    "The effect of a call: it was never measured what would have happened without one.",
)
KEPT = (
    "It is kept on the shelf as a folder of text files; a manifest states the SHA-256 of each, this card included, and "
    "a folder that differs by one byte is refused. Nothing in it is code. The version's name ends with the beginning "
    "of the manifest's hash, which is why the name cannot stand on this card.",
    "A training never replaces what is in use; only the first version on an empty shelf is put to use at once, marked "
    "as not yet approved. Whoever trained a version cannot approve it: payrisk promote VERSION --by NAME.",
    "To go back to the version that was in use before: payrisk rollback --by NAME. It takes seconds and needs neither "
    "the database nor the model registry.",
    "The model registry only tells of the shelf; where the two differ, the shelf is right.",
)
RECIPES = {
    "hazard": "boosted trees for the share paid in each interval of the days ahead (a discrete-time hazard)",
    "stacked_by_due": "boosted trees for the share still unpaid, with the days ahead as a column (a stacked "
    "classifier)",
    "until_due": "boosted trees for the share paid in each interval of the days ahead (a discrete-time hazard); until "
    "an item is due half of it is a stacked classifier, boosted trees for the share still unpaid",
}


def first_words(bundle: Bundle) -> list[str]:
    """What it is, in the sentences that stand first."""
    if isinstance(bundle.curve, PaymentCurve):
        told = [
            "This version is a payment curve: for every open item it says which share of tonight's balance will still "
            "be unpaid after any number of days. The chance of late payment, the expected day and the cash forecast "
            "are all read from that one curve.",
            _how_good(bundle, MODEL),
        ]
        if not bundle.passed:
            told.append("A gate of promotion said no: it cannot be put to use in the place of another version.")
        return [sentence for sentence in told if sentence]
    return [
        "This version is the habit curve: for every open item it says which share of tonight's balance will still be "
        "unpaid after any number of days, from how this customer, and customers with similar terms and amounts, paid "
        "before. It is counted, not learned: there is no model in it.",
        why_no_model(bundle),
        *([good] if (good := _how_good(bundle, "habit")) else []),
    ]


def why_no_model(bundle: Bundle) -> str:
    """Why a habit curve serves, or waits."""
    declined = [gate for gate in gates_of(bundle) if not gate.passed and gate.blocks == "model"]
    if declined:
        return f"A learned curve was declined by the gate “{declined[0].name.replace('_', ' ')}”: {declined[0].reason}."
    held = [gate for gate in gates_of(bundle) if not gate.passed and gate.blocks == "promotion"]
    if held and bundle.metrics:
        return f"A learned curve was held back by the gate “{held[0].name.replace('_', ' ')}”: {held[0].reason}."
    return (
        "A learned curve was made on the same evening. This one waits beside it, and serves if that is damaged or "
        "declined."
    )


def _how_good(bundle: Bundle, who: str) -> str:
    own = "" if who == MODEL else f"{who}_"
    auc = bounded(bundle.metrics, f"{own}auc_{HEADLINE}")
    if math.isnan(auc.value):
        return "" if bundle.metrics else "How good it is was not measured: there was no backtest of this version."
    interval = "" if math.isnan(auc.low) else f" (95% {between(auc, 2)})"
    error = decimal(figure(bundle.metrics, f"{own}ece_{HEADLINE}"))
    return (
        f"On past evenings it ranked which items would still be unpaid {HEADLINE} days later with AUC "
        f"{decimal(auc.value, 2)}{interval}; on average its chances lay {error} from what happened."
    )


def gates_of(bundle: Bundle) -> list[Gate]:
    """The gates that were asked, in their order."""
    return [Gate(**dict(gate)) for gate in bundle.gates]


def origin(bundle: Bundle) -> list[tuple[str, str]]:
    """Who trained it, on what: term and value, what is not known left out."""
    told, curve = bundle.learned_from, bundle.curve
    facts = [
        ("Trained by", bundle.trained_by or "not recorded"),
        ("With the knowledge of", f"the evening of {day(bundle.trained_as_of)}"),
        ("Data", _data(told, bundle.trained_as_of)),
        ("Learned from", _learned(told)),
        ("Judged on", _judged_on(told)),
        ("Late means", f"later than {count_text(bundle.grace_days, 'day')} after due"),
        ("Ledger version", str(told.get("ledger_version", ""))),
        ("SHA-256 of the data", str(told.get("data_hash", ""))),
        ("Features", _features(bundle)),
        ("Seed", str(told.get("seed", "")) if isinstance(curve, PaymentCurve) else ""),
        ("SHA-256 of what predicts", bundle.model_hash),
    ]
    return [(term, value) for term, value in facts if value]


def _data(told: Mapping[str, Any], as_of: date) -> str:
    if "first_known" not in told:
        return ""
    return (
        f"{count_text(told['items'], 'item')} of {count_text(told['customers'], 'customer')}, as they became known "
        f"from {day(date.fromisoformat(told['first_known']))} to {day(as_of)}"
    )


def _learned(told: Mapping[str, Any]) -> str:
    if "snapshots" not in told:
        return ""
    return (
        f"{count_text(told['snapshots'], 'snapshot')} of open items and {count_text(told['intervals'], 'interval')} "
        "whose outcome was known by then"
    )


def _judged_on(told: Mapping[str, Any]) -> str:
    cutoffs = [day(date.fromisoformat(one)) for one in told.get("folds", ())]
    if not cutoffs:
        return ""
    return (
        f"{count_text(len(cutoffs), 'month')}, each by curves fitted only on what was known at its cutoff: "
        f"{'; '.join(cutoffs)}"
    )


def _features(bundle: Bundle) -> str:
    if not isinstance(bundle.curve, PaymentCurve):
        return ""
    count = len(bundle.curve.encoding_.columns)
    return f"{count_text(count, 'feature')} of the catalogue with fingerprint {bundle.fingerprint}"


def recipe(bundle: Bundle) -> list[str]:
    """Family, size, restraint and recalibration, and why they were chosen."""
    curve, told = bundle.curve, bundle.learned_from
    if not isinstance(curve, PaymentCurve):
        return [
            "A Kaplan-Meier curve along the days past due: the customer's own items, drawn towards items with similar "
            "terms and size, and those towards the portfolio."
        ]
    trees = curve.rounds * (2 if isinstance(curve, PaymentCurveUntilDue) else 1)
    size = f"{curve.leaves:,} leaves in {trees:,} trees" if curve.trees_ is not None else "no trees"
    least = f"{curve.min_rows_in_leaf:,}" if curve.min_rows_in_leaf else "as many as the number of rows asks for"
    imposed = sum(1 for sign in (curve.monotone or {}).values() if sign)
    lines = [
        f"Family: {RECIPES.get(curve.family, curve.family)}; {_linear(curve.linear_share)}.",
        f"Chosen by the judged months: {told['family_why']}." if told.get("family_why") else "",
        f"Size: {size} of at most {curve.num_leaves}; {len(curve.edges) - 1} intervals up to {curve.edges[-1]} days "
        "ahead. Restraint: "
        f"learning rate {curve.learning_rate:.3g}, L2 {curve.lambda_l2:.3g}, {curve.feature_fraction:.0%} of the "
        f"columns tried for each tree, rows in a leaf: {least} at least; on {count_text(imposed, 'feature')} the sign "
        "of the effect is imposed.",
        f"Tuning: {told['tuning']}." if told.get("tuning") else "",
        _recalibration(curve),
    ]
    return [line for line in lines if line]


def _linear(share: float) -> str:
    return f"{share:.0%} of the log-odds come from a logistic regression" if share else "without logistic regression"


def _recalibration(curve: PaymentCurve) -> str:
    move = curve.recalibration_
    if move == NOT_RECALIBRATED:
        return "Not recalibrated: it did not help on months that it was not fitted on."
    return (
        f"Recalibrated, because it helped on months that it was not fitted on: the intensity (−log of the unpaid "
        f"share) is {move.alpha:g} × the trees' own to the power of {move.beta:g}. The order of the items stays."
    )


def left_out(bundle: Bundle) -> list[str]:
    """What a run did without to keep its time budget."""
    skipped = [str(one) for one in bundle.learned_from.get("skipped", ())]
    return [f"{one[:1].upper()}{one[1:]}." for one in skipped] or ["Nothing was left out to save time."]


def limits(bundle: Bundle, measured: Measured | None) -> list[str]:
    """What everybody who uses it has to know."""
    learned = isinstance(bundle.curve, PaymentCurve)
    work = (
        "The team's own contacts were known for part of the judged time and were compared with"
        if measured is not None and measured.knows_work
        else "No contacts of the team were known for the judged time"
    )
    told = [
        "It is the curve under the calls of the past. Customers were called while it learned, and nobody knows from it "
        f"how they would have paid without. {work}; a contact, a promise or a dispute that is not recorded does not "
        "exist for it.",
        "Another way of calling, other terms, another source system or a crisis changes what it learned. Its drift is "
        "looked at every month (payrisk drift); until then nothing warns of a change that is a few days old.",
        "Chances of items of one customer must not be multiplied: they are paid in one run. Add up money instead.",
        f"Beyond {bundle.curve.edges[-1]} days ahead the curve goes on as it ended, and no date later than {LAST_DAY} "
        "days is named.",
        "What is settled by credit, written off or in insolvency leaves it without an outcome; it says nothing of bad "
        "debt.",
    ]
    if learned:
        told.append(f"A customer with fewer than {THIN} settled items is judged by customers like it, and flagged.")
    return told
