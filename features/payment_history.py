"""Payment history: how this customer has paid so far.

An invoice counts as *settled* on the evening its settlement by cash became known. Late means more than
`GRACE_DAYS` after the due day. Invoices that are overdue and still open are evidence too: without them a customer
who stopped paying would look better every day, so several features count them as they stand.
"""

from features.primitives import (
    GRACE_DAYS,
    count,
    days_since_newest,
    decayed_mean,
    largest,
    last,
    last_sum,
    mean,
    minus,
    overdue_count,
    overdue_days,
    plus,
    ratio,
    share,
    shrunken_share,
    std,
    streak,
    total,
)
from features.spec import DRIFT, HABIT, RECENCY, Direction, Feature, Unit, windows

FAST_HALF_LIFE, SLOW_HALF_LIFE = 45, 270
"""Half-lives, in days, of the recent and of the long-run mean of days late."""

PRIOR_LATE_SHARE, PRIOR_WEIGHT = 0.3, 4.0
"""A customer with few invoices is drawn towards 30 % late, as if 4 invoices had told so. A declared constant, not the
portfolio's rate: so no feature crosses customers, and a row never changes because somebody else paid."""

_DECIDED = plus(count("settled"), overdue_count(GRACE_DAYS))
_LATE = plus(total("late", over="settled"), overdue_count(GRACE_DAYS))

DAYS_LATE_MEAN = windows(
    (90, 180, 365),
    Feature(
        name="days_late_mean",
        concept=HABIT,
        value=mean("days_late", over="settled"),
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="paid {value} on average over the last {window}",
        phrase_when_missing="no invoice settled in the last {window}",
        why="Average days delinquent, the field's oldest predictor of the next payment.",
        monotone=-1,
    ),
)

LATENESS = windows(
    (90, 365),
    Feature(
        name="lateness_with_open",
        concept=HABIT,
        value=ratio(plus(total("days_late", over="settled"), overdue_days()), plus(count("settled"), overdue_count())),
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="invoices of the last {window} are {value} on average, overdue ones counted as they stand",
        phrase_when_missing="no invoice settled in the last {window} and none overdue",
        why="A mean over settled invoices forgets the ones that are not being paid; here each overdue invoice counts "
        "with the days it is late already.",
        monotone=-1,
    ),
)

LATE_SHARE = windows(
    (365,),
    Feature(
        name="late_share",
        concept=HABIT,
        value=share(_LATE, _DECIDED),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase=f"{{value}} of invoices more than {GRACE_DAYS} days late over the last {{window}}",
        phrase_when_missing="no invoice came due and was settled in the last {window}",
        why="How often, where the mean says how much. Overdue open invoices beyond the grace count as late.",
        monotone=-1,
    ),
)

LATE_SHARE_SHRUNKEN = windows(
    (365,),
    Feature(
        name="late_share_shrunken",
        concept=HABIT,
        value=shrunken_share(_LATE, _DECIDED, prior=PRIOR_LATE_SHARE, weight=PRIOR_WEIGHT),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="late with about {value} of invoices over the last {window}, few invoices weighing little",
        phrase_when_missing="no invoice came due and was settled in the last {window}",
        why="One late invoice of one is not a habit of 100 %: the share drawn towards a constant as if four more "
        "invoices had been seen. Told through the plain share.",
        monotone=-1,
        spoken_by="late_share",
    ),
)

SPREAD = windows(
    (365,),
    Feature(
        name="days_late_std",
        concept=HABIT,
        value=std("days_late", over="settled"),
        unit=Unit.DAYS,
        direction=Direction.MORE_IS_RISKIER,
        phrase="payment days scatter by {value} over the last {window}",
        phrase_when_missing="fewer than two invoices settled in the last {window}",
        why="A customer who pays on day 20 every time needs no call on day 15; an erratic one may.",
    ),
)

SLOWEST = windows(
    (365,),
    Feature(
        name="days_late_max",
        concept=HABIT,
        value=largest("days_late", over="settled"),
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="slowest invoice of the last {window} paid {value}",
        phrase_when_missing="no invoice settled in the last {window}",
        why="The worst seen bounds what this customer lets happen.",
    ),
)

NEWEST = (
    Feature(
        name="days_late_last",
        concept=HABIT,
        value=last("days_late", over="settled"),
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="last settled invoice paid {value}",
        phrase_when_missing="no invoice settled yet",
        why="People pay several invoices in one run, so the last one foretells its neighbours.",
    ),
    Feature(
        name="late_of_last_5",
        concept=HABIT,
        value=last_sum("late", over="settled", of=5),
        unit=Unit.COUNT,
        direction=Direction.MORE_IS_RISKIER,
        phrase=f"{{value}} of the last 5 settled invoices more than {GRACE_DAYS} days late",
        phrase_when_missing="fewer than 5 invoices settled yet",
        why="The newest habit in the words collectors use.",
        monotone=-1,
        phrase_when_zero=f"none of the last 5 settled invoices more than {GRACE_DAYS} days late",
    ),
    Feature(
        name="on_time_streak",
        concept=HABIT,
        value=streak("on_time", over="settled"),
        unit=Unit.INVOICES,
        direction=Direction.LESS_IS_RISKIER,
        phrase="{value} in a row paid on time",
        phrase_when_missing="no invoice settled yet",
        why="A long streak of punctual payments seldom ends without a reason such as a dispute.",
        monotone=1,
        phrase_when_zero="the last settled invoice was paid late",
    ),
)

_FAST = decayed_mean("days_late", over="settled", half_life=FAST_HALF_LIFE)
_SLOW = decayed_mean("days_late", over="settled", half_life=SLOW_HALF_LIFE)

USUAL = _SLOW
"""A customer's usual days late, for the features that compare with it."""

TREND = (
    Feature(
        name="days_late_recent",
        concept=HABIT,
        value=_FAST,
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="lately pays {value} on average",
        phrase_when_missing="no invoice settled yet",
        why=f"The mean in which an invoice counts half as much every {FAST_HALF_LIFE} days: habits of this season.",
        monotone=-1,
    ),
    Feature(
        name="days_late_usual",
        concept=HABIT,
        value=_SLOW,
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="usually pays {value}",
        phrase_when_missing="no invoice settled yet",
        why=f"The long-run mean, with a half-life of {SLOW_HALF_LIFE} days: robust when the last months are thin.",
        monotone=-1,
    ),
    Feature(
        name="days_late_drift",
        concept=DRIFT,
        value=minus(_FAST, _SLOW),
        unit=Unit.DAYS_SHIFT,
        direction=Direction.MORE_IS_RISKIER,
        phrase="lately pays {value} than before",
        phrase_when_missing="no invoice settled yet, so no trend",
        why="A customer getting slower is the earliest sign of trouble; the level alone shows it months later.",
        monotone=-1,
        phrase_when_zero="pays as before",
    ),
)

RECENT = (
    Feature(
        name="days_since_payment",
        concept=RECENCY,
        value=days_since_newest("happened", over="paid"),
        unit=Unit.DAYS,
        direction=Direction.MORE_IS_RISKIER,
        phrase="last payment {value} ago",
        phrase_when_missing="no payment received yet",
        why="Money that has stopped coming; also the rhythm of payment runs.",
        phrase_when_zero="last payment today",
    ),
)

FEATURES = (
    *DAYS_LATE_MEAN,
    *LATENESS,
    *LATE_SHARE,
    *LATE_SHARE_SHRUNKEN,
    *SPREAD,
    *SLOWEST,
    *NEWEST,
    *TREND,
    *RECENT,
)
