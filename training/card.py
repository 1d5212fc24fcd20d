"""The model card: what a version is, where it comes from, how good it is and for whom, its limits. One file, no script.

It is made once, at training, and kept and hashed with the version, so the same version has the same card to the byte:
there is no instant and no machine on it, and no customer.
"""

from dataclasses import asdict
from functools import cache
from typing import Any

from jinja2 import Template

from models.bundle import Bundle
from models.bundle_files import canonical
from models.payment_curve import PaymentCurve
from training import card_stability as stability
from training import card_text as text
from training import card_worse as worse
from training.backtest import Backtest
from training.backtest_page import page
from training.backtest_text import CHOSEN_ON_THEM, HEADLINE, About, backtest_text, gate_mark, gate_name
from training.card_figures import HABIT, date_error, quality, rivals
from training.card_tonight import Tonight
from training.cutoffs import FOLD_DAYS
from training.measured import MODEL, Measured
from training.paper import paper
from training.promotion import HORIZONS

CARD, FACTS, BACKTEST, FIGURES = "card.html", "card.json", "backtest.html", "backtest.json"

RIVAL_FIGURES = ("AUC", "The model's gain")
"""Of everything simpler; a habit curve has no gain over it."""

MEANS = {"model": "a no declines the learned curve", "promotion": "a no forbids promotion", "": "a no is a warning"}
"""What a gate's answer does."""


def card_page(bundle: Bundle, judged: Backtest | None, tonight: Tonight | None) -> dict[str, bytes]:
    """What people read of a version, by file name: the card, its figures and, with a backtest, its page and figures.

    Args:
        bundle: the version, its papers not yet with it.
        judged: the backtest that chose or declined the curve; None where there was none.
        tonight: what was seen of tonight's open items; None leaves that out.
    """
    papers = {
        CARD: card(bundle, judged.measured if judged else None, tonight).encode(),
        FACTS: canonical(_facts(bundle, tonight)),
    }
    if judged is None:
        return papers
    about, gates = about_backtest(bundle, judged), text.gates_of(bundle)
    told = {
        "as_of": about.as_of.isoformat(),
        "months": about.months,
        "chosen": judged.choice.why,
        "gates": [asdict(gate) for gate in gates],
        "text": backtest_text(judged.measured, about, gates),
        "measured": judged.measured.as_dict(),
    }
    return papers | {
        BACKTEST: page(judged.measured, about, gates).encode(),
        FIGURES: canonical(told),
    }


def about_backtest(bundle: Bundle, judged: Backtest) -> About:
    """What the backtest's page says it is about; the version cannot be named in what its name is a hash of."""
    folds = judged.walked.folds
    months = round((folds[-1].cutoff - folds[0].cutoff) / FOLD_DAYS) + 1
    trained = f"trained by {bundle.trained_by}" if bundle.trained_by else ""
    return About(bundle.trained_as_of, months, bundle.grace_days, judged.measured.currency, trained=trained)


def card(bundle: Bundle, measured: Measured | None, tonight: Tonight | None) -> str:
    """The card as HTML."""
    learned = isinstance(bundle.curve, PaymentCurve)
    who = MODEL if learned else HABIT
    found = measured.horizons.get(HEADLINE) if measured and learned else None
    return _template().render(
        bundle=bundle,
        text=text,
        worse=worse,
        learned=learned,
        headline=HEADLINE,
        sentences=text.first_words(bundle),
        quality=quality(bundle.metrics, who),
        quality_heads=["", *(f"in {horizon} days" for horizon in HORIZONS)],
        rivals=rivals(bundle.metrics, who),
        rival_heads=["", *(f"{what},\n{h} days" for what in RIVAL_FIGURES[: 1 + learned] for h in HORIZONS)],
        chosen_on_them=CHOSEN_ON_THEM,
        date_error=date_error(bundle.metrics, who),
        told_worse=worse.worse_for(measured, bundle.metrics) if learned else [],
        segments=found.segments if found else (),
        gates=text.gates_of(bundle),
        means=MEANS,
        tonight=tonight,
        stability=stability,
        limits=text.limits(bundle, measured),
        has_backtest=measured is not None,
    )


def _facts(bundle: Bundle, tonight: Tonight | None) -> dict[str, Any]:
    """What the card tells that stands nowhere else, as plain JSON values."""
    seen = {"tonight": None} if tonight is None else {"tonight": tonight.as_dict()}
    return {
        "trained_as_of": bundle.trained_as_of.isoformat(),
        "kind": bundle.kind,
        "model_hash": bundle.model_hash,
        "warnings": stability.warnings(tonight.stability) if tonight else [],
    } | seen


@cache
def _template() -> Template:
    return paper(CARD, gate_mark=gate_mark, gate_name=gate_name)
