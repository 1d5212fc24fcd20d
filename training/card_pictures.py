"""The pictures of a model card: beeswarm, importance and dependence, drawn by shap of our own points, inside the page.

Columns bear words instead of names. Without shap (the training extra) a card has no picture, and says so.
"""

from base64 import b64encode
from dataclasses import dataclass
from textwrap import fill

from features.catalogue import CATALOGUE_BY_NAME
from features.spec import Unit
from models.payment_curve import PaymentCurve
from models.shap_plots import plots
from training.explained import Sample

SHOWN = 10
"""Features in a beeswarm; the rest is one line."""

LINE = 38
"""Letters of a name in one line of a picture."""

INTERVAL_NAMES = {"days_ahead": "the day ahead that is asked about", "dpd_then": "how late the invoice will be by then"}
NUMBERS = {
    Unit.DAYS: "… days",
    Unit.DAYS_AFTER: "… days after",
    Unit.DAYS_LATE: "… days late",
    Unit.DAYS_LATE_HELD: "… days late",
    Unit.DAYS_PAST_DUE: "… days past due",
    Unit.DAYS_SHIFT: "… days later",
    Unit.SHARE: "… %",
    Unit.RATIO: "… %",
    Unit.TIMES: "… times",
    Unit.INVOICES: "… invoices",
    Unit.PROMISES: "… promises",
    Unit.DISPUTES: "… disputes",
    Unit.TRIES: "… tries",
}
"""How a number is told that is not there yet; units without one are told by an ellipsis alone."""

NO_SHAP = "There are no pictures: the shap library, which draws them, was not installed where this version was trained."
ABOUT = {
    "beeswarm": "One dot is one item. Right of the line a feature raises its risk, left of it lowers it; red is a high "
    "value of the feature, blue a low one, grey none.",
    "importance": "How far each feature moves the score on average, in either direction.",
    "dependence": "One dot is one item: the value of the feature, and the points that it adds.",
}
TITLES = {"beeswarm": "What each feature does, item by item", "importance": "How strong each feature is"}


@dataclass(frozen=True)
class Picture:
    """A PNG with the name of its file, its title, and a sentence that tells how to read it."""

    file: str
    title: str
    about: str
    png: bytes

    @property
    def address(self) -> str:
        """The picture itself as an address, so that the card stays one file."""
        return f"data:image/png;base64,{b64encode(self.png).decode()}"


@dataclass(frozen=True)
class Pictures:
    """What was drawn, or why nothing was."""

    drawn: tuple[Picture, ...] = ()
    missing: str = ""


NOT_DRAWN = Pictures()


def pictures_of(curve: PaymentCurve, sample: Sample) -> Pictures:
    """Of the items of a sample, each at its own horizon. Without an item nothing is drawn, and nothing is missing."""
    names = {column: fill(title_of(column), LINE) for column in curve.columns_}
    try:
        drawn = plots(curve, sample.table, sample.horizons, names, SHOWN)
    except ModuleNotFoundError:
        return Pictures(missing=NO_SHAP)
    return Pictures(tuple(_picture(file, png) for file, png in drawn.items()))


def title_of(column: str) -> str:
    """What a column measures, in words: its phrase with an ellipsis where the number stands.

    >>> title_of("days_late_mean_180d"), title_of("currency")
    ('paid … days late on average over the last 180 days', 'invoiced in …')
    """
    if column in INTERVAL_NAMES:
        return INTERVAL_NAMES[column]
    feature = CATALOGUE_BY_NAME[column]
    return feature.phrase.format(
        value=NUMBERS.get(feature.unit, "…"), window=feature.window.words if feature.window else ""
    )


def _picture(file: str, png: bytes) -> Picture:
    kind, _, column = file.removesuffix(".png").partition("_")
    return Picture(file, TITLES.get(kind) or title_of(column), ABOUT[kind], png)
