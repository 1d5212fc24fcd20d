"""The pictures that analysts know, beeswarm, dependence and importance, drawn by the shap library from our own values.

What is drawn are points of the unpaid share at a horizon, as `models.explanation` tells them: they add up to the
score, and they are told against the typical item. They are no log-odds, and not what `shap.TreeExplainer` would say of
one interval. Path-dependent TreeSHAP underneath: the pictures describe the model, not causes.

shap and matplotlib come with the training extra and are imported when a picture is drawn, never by what serves.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from features.table import FeatureTable
from ledger.errors import PayriskError
from models.explanation import explain
from models.payment_curve import INTERVAL_COLUMNS, PaymentCurve
from models.readings import HEADLINE_DAYS, Days

if TYPE_CHECKING:  # heavy, and not there without the training extra
    from matplotlib.figure import Figure

SHOWN = 15
"""Columns that a beeswarm or an importance shows; the rest is one bar."""

DEPENDENCES = 3
"""Columns whose dependence is among the pictures of a training."""

ROWS = 1_000
"""Items that the pictures of a training show at most."""

Horizon = int | Days
"""Days ahead: one for all rows, or one a row, shape (n,)."""


class NothingToDraw(PayriskError):
    """A picture of nothing."""

    code = "nothing_to_draw"

    def __init__(self, expected: str, came: str) -> None:
        self.expected, self.came = expected, came
        super().__init__(
            f"A picture needs {expected}; {came}. Choose another, or draw it on an evening with open items."
        )


def explanation_of(curve: PaymentCurve, table: FeatureTable, horizon: Horizon) -> Any:
    """A `shap.Explanation` of the unpaid share at `horizon`, in points (0 to 100), for any plot of the library.

    `values` has shape (n, n_columns) and `base_values` (n,): the unpaid share of the typical item, so that each row
    adds up to the item's own. `data` is what the trees read; of the interval's own columns the day asked about, and how
    late the item will then be. `display_data` has categories as text.

    Raises `NothingToDraw` without a row.
    """
    import shap

    if len(table) == 0:
        raise NothingToDraw("an open item", "the table has no row")
    days = np.broadcast_to(np.asarray(horizon, dtype=np.int64), (len(table),))
    found = explain(curve, table, days)
    dpd = table.keys["dpd"].to_numpy(dtype=np.float64)
    read = curve.encoding_.matrix(table.values).astype(np.float64)
    data = np.column_stack([read, days.astype(np.float64), dpd + days])
    shown = data.astype(object)
    for at, name in enumerate(found.columns):
        if name in curve.encoding_.categories:
            column = table.values[name]
            shown[:, at] = column.astype(object).where(column.notna(), "missing").astype(str).to_numpy()
    return shap.Explanation(
        found.points * 100.0,
        base_values=found.base * 100.0,
        data=data,
        display_data=shown,
        feature_names=list(found.columns),
    )


def beeswarm(curve: PaymentCurve, table: FeatureTable, horizon: Horizon = HEADLINE_DAYS, shown: int = SHOWN) -> bytes:
    """A PNG: of each of the strongest columns one dot per item, by what it adds, coloured by its value."""
    return _beeswarm(explanation_of(curve, table, horizon), _asked(horizon), shown)


def importance(curve: PaymentCurve, table: FeatureTable, horizon: Horizon = HEADLINE_DAYS, shown: int = SHOWN) -> bytes:
    """A PNG: the mean of what each column adds or takes away, whatever its sign."""
    return _importance(explanation_of(curve, table, horizon), _asked(horizon), shown)


def dependence(curve: PaymentCurve, table: FeatureTable, column: str, horizon: Horizon = HEADLINE_DAYS) -> bytes:
    """A PNG: what a column adds, by its value; items without a value stand as ticks on the left.

    Raises `NothingToDraw` for a column that the curve does not read, and without a row.
    """
    if column not in curve.columns_:
        raise NothingToDraw(f"one of {', '.join(curve.columns_)}", f"the curve reads no column {column!r}")
    return _dependence(explanation_of(curve, table, horizon), _asked(horizon), curve.columns_.index(column))


def plots(
    curve: PaymentCurve,
    table: FeatureTable,
    horizon: Horizon = HEADLINE_DAYS,
    names: Mapping[str, str] | None = None,
    shown: int = SHOWN,
) -> dict[str, bytes]:
    """File name -> PNG of the pictures of a training: beeswarm, importance, and dependence of the strongest columns.

    At most `ROWS` items are drawn, evenly from the table. Without an item there is no picture. `names` are what columns
    are called in the pictures; one that has none bears its own.
    """
    if len(table) == 0:
        return {}
    rows = evenly(len(table), ROWS)
    days = np.broadcast_to(np.asarray(horizon, dtype=np.int64), (len(table),))[rows]
    told, asked = explanation_of(curve, table.take(rows.tolist()), days), _asked(horizon)
    strength = np.abs(told.values).mean(axis=0)
    columns = list(told.feature_names)
    told.feature_names = [(names or {}).get(column, column) for column in columns]
    # The interval's own columns move with the day asked about, and say little of a customer.
    usable = [at for at in np.argsort(-strength, kind="stable") if columns[at] not in INTERVAL_COLUMNS]
    drawn = {"beeswarm.png": _beeswarm(told, asked, shown), "importance.png": _importance(told, asked, shown)}
    for at in usable[:DEPENDENCES]:
        drawn[f"dependence_{columns[at]}.png"] = _dependence(told, asked, int(at))
    return drawn


def evenly(count: int, wanted: int) -> npt.NDArray[np.int64]:
    """The positions of `wanted` rows spread evenly over `count`, all of them where there are no more; rising.

    >>> evenly(10, 4), evenly(3, 4)
    (array([0, 3, 6, 9]), array([0, 1, 2]))
    """
    return np.linspace(0, count - 1, wanted).astype(np.int64) if count > wanted else np.arange(count, dtype=np.int64)


def _beeswarm(told: Any, asked: str, shown: int) -> bytes:
    import shap

    with _drawing(9.0, 1.5 + 0.4 * min(shown, told.shape[1])) as figure:
        axes = figure.add_subplot()
        shap.plots.beeswarm(told, max_display=shown, ax=axes, plot_size=None, show=False)
        axes.set_xlabel(f"points added to the share {asked},\nagainst the typical item")
        return _png(figure)


def _importance(told: Any, asked: str, shown: int) -> bytes:
    import shap

    with _drawing(9.0, 1.5 + 0.4 * min(shown, told.shape[1])) as figure:
        axes = figure.add_subplot()
        shap.plots.bar(told, max_display=shown, ax=axes, show=False)
        axes.set_xlabel(f"mean |points| of the share {asked},\nover {told.shape[0]:,} items")
        return _png(figure)


def _dependence(told: Any, asked: str, column: int) -> bytes:
    import shap

    with _drawing(8.0, 5.0) as figure:
        axes = figure.add_subplot()
        shap.plots.scatter(told[:, column], ax=axes, show=False)
        axes.set_ylabel(f"points added to the share\n{asked}")
        return _png(figure)


def _asked(horizon: Horizon) -> str:
    days = np.unique(np.asarray(horizon))
    return f"still unpaid in {int(days[0])} days" if len(days) == 1 else "still unpaid at each item's own horizon"


@contextmanager
def _drawing(width: float, height: float) -> "Iterator[Figure]":
    """A figure, in inches, off any screen and in matplotlib's own style; nothing of it is left behind.

    shap draws through pyplot and shuffles with numpy's global generator. Whoever calls us, in a notebook too, finds the
    settings, the backend, the open figures and the random numbers as they were.
    """
    import matplotlib
    from matplotlib import pyplot

    backend, drawn_before = matplotlib.get_backend(auto_select=False), np.random.get_state()
    with pyplot.style.context("default"):
        pyplot.switch_backend("Agg")
        matplotlib.rcParams["text.parse_math"] = False  # names and categories are text, never formulas
        np.random.seed(7)
        figure = pyplot.figure(figsize=(width, height), layout="tight")
        try:
            yield figure
        finally:
            pyplot.close(figure)
            np.random.set_state(drawn_before)
            if backend is not None:
                pyplot.switch_backend(backend)


def _png(figure: "Figure") -> bytes:
    """The same bytes for the same figure: no time, and no version of the program that wrote it."""
    content = BytesIO()
    figure.savefig(content, format="png", dpi=110, metadata={"Software": None})
    return content.getvalue()
