"""Payment history: how this customer has paid so far.

An invoice counts as *settled* on the evening its settlement by cash became known. Late means more than
`GRACE_DAYS` after the due day where nothing else is said. Invoices that are overdue and still open are evidence too:
without them a customer who stopped paying would look better every day, so shares and `lateness_with_open` count them
as they stand. Where the history is thin a figure is also given shrunken: drawn towards everyone's as if a few more
invoices had been seen.
"""

from dataclasses import replace
from functools import partial

from features.primitives import (
    GRACE_DAYS,
    LATE_DAYS,
    count,
    days_since_newest,
    days_since_oldest,
    decayed_mean,
    distinct,
    everyones,
    highest,
    last,
    last_sum,
    longest_streak,
    mean,
    minus,
    overdue_count,
    overdue_days,
    peak,
    plus,
    quantile,
    ratio,
    share,
    shifted,
    shrunken,
    std,
    streak,
    times,
    total,
    when_at_least,
)
from features.spec import CLIMATE, DRIFT, HABIT, RECENCY, Direction, Feature, Theme, Unit, windows

_feature = partial(Feature, theme=Theme.PAYMENT_HISTORY)

FAST_HALF_LIFE, SLOW_HALF_LIFE = 45, 270
"""Half-lives, in days, of the recent and of the long-run mean of days late."""

PRIOR_WEIGHT = 4.0
"""A customer with few invoices is drawn towards everyone's figure as if 4 more invoices had told so."""

LONG_PAST = 365
"""The window, in days, of what changes slowly."""

LATE = f"late_{GRACE_DAYS}"
"""The column of settled invoices that were more than the grace late."""

DAYS_LATE_MEAN = windows(
    (90, 180, 365),
    _feature(
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

SHRUNKEN_MEAN = windows(
    (LONG_PAST,),
    _feature(
        name="days_late_shrunken",
        concept=HABIT,
        value=shrunken(
            total("days_late", over="settled"),
            count("settled"),
            prior=ratio(everyones(total("days_late", over="settled")), everyones(count("settled"))),
            weight=PRIOR_WEIGHT,
        ),
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="pays about {value} over the last {window}, few invoices weighing little",
        phrase_when_missing="no invoice settled in the last {window}",
        why="One invoice paid 60 days late is not a habit of 60 days: the mean drawn towards everyone's. Told through "
        "the plain mean.",
        monotone=-1,
        spoken_by="days_late_mean",
    ),
)

AMOUNT_WEIGHTED = windows(
    (LONG_PAST,),
    _feature(
        name="days_late_by_amount",
        concept=HABIT,
        value=ratio(total("amount_days_late", over="settled_in_currency"), total("amount", over="settled_in_currency")),
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="by amount, what was settled in the last {window} came {value} on average",
        phrase_when_missing="no invoice in this currency settled in the last {window}",
        why="Days late weighed by amount: some customers pay the small invoices on time and the large ones late. "
        "Within the invoice's currency, so that no rate is needed.",
        monotone=-1,
    ),
)

LATENESS = windows(
    (90, LONG_PAST),
    _feature(
        name="lateness_with_open",
        concept=HABIT,
        value=ratio(plus(total("days_late", over="settled"), overdue_days()), plus(count("settled"), overdue_count())),
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="over the last {window} {value} on average, overdue invoices counted as they stand",
        phrase_when_missing="no invoice settled in the last {window} and none overdue",
        why="A mean over settled invoices forgets the ones that are not being paid; here each overdue invoice counts "
        "with the days it is late already.",
        monotone=-1,
    ),
)


def _late_shares(days: int) -> tuple[Feature, ...]:
    """The share of invoices more than so many days late: of the last 90, 180, 365 days, and of all."""
    declared = _feature(
        name=f"late_{days}_share",
        concept=HABIT,
        value=share(
            plus(total(f"late_{days}", over="settled"), overdue_count(days)),
            plus(count("settled"), overdue_count(days)),
        ),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase=f"{{value}} of invoices {_late_by(days)} over the last {{window}}",
        phrase_when_missing=f"no invoice settled in the last {{window}} and none {_overdue_by(days)}",
        phrase_when_zero=f"no invoice {_late_by(days)} over the last {{window}}",
        why="How often, where the mean says how much. Open invoices overdue by so much already count as late.",
        monotone=-1,
    )
    all_time = replace(
        declared,
        phrase=f"{{value}} of all invoices so far {_late_by(days)}",
        phrase_when_missing=f"no invoice settled yet and none {_overdue_by(days)}",
        phrase_when_zero=f"no invoice so far {_late_by(days)}",
    )
    return *windows((90, 180, LONG_PAST), declared), all_time


def _late_by(days: int) -> str:
    return f"more than {days} days late" if days else "beyond their due day"


def _overdue_by(days: int) -> str:
    return f"more than {days} days overdue" if days else "overdue"


LATE_SHARES = tuple(feature for days in LATE_DAYS for feature in _late_shares(days))

_EVERYONES_LATE = ratio(
    plus(everyones(total(LATE, over="settled")), everyones(overdue_count(GRACE_DAYS))),
    plus(everyones(count("settled")), everyones(overdue_count(GRACE_DAYS))),
)

LATE_SHARE_SHRUNKEN = windows(
    (LONG_PAST,),
    _feature(
        name="late_5_share_shrunken",
        concept=HABIT,
        value=shrunken(
            plus(total(LATE, over="settled"), overdue_count(GRACE_DAYS)),
            plus(count("settled"), overdue_count(GRACE_DAYS)),
            prior=_EVERYONES_LATE,
            weight=PRIOR_WEIGHT,
        ),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="late with about {value} of invoices over the last {window}, few invoices weighing little",
        phrase_when_missing=f"no invoice settled in the last {{window}} and none {_overdue_by(GRACE_DAYS)}",
        why="One late invoice of one is not a habit of 100 %: the share drawn towards everyone's as if four more "
        "invoices had been seen. Told through the plain share.",
        monotone=-1,
        spoken_by="late_5_share",
    ),
)

SPREAD = windows(
    (LONG_PAST,),
    _feature(
        name="days_late_std",
        concept=HABIT,
        value=std("days_late", over="settled"),
        unit=Unit.DAYS,
        direction=Direction.MORE_IS_RISKIER,
        phrase="payment days scatter by {value} over the last {window}",
        phrase_when_missing="fewer than two invoices settled in the last {window}",
        why="A customer who pays on day 20 every time needs no call on day 15; an erratic one may.",
        phrase_when_zero="payment days hardly scatter over the last {window}",
    ),
    _feature(
        name="days_late_max",
        concept=HABIT,
        value=highest("days_late", over="settled"),
        unit=Unit.DAYS_LATE_HELD,
        direction=Direction.MORE_IS_RISKIER,
        phrase="slowest invoice of the last {window} paid {value}",
        phrase_when_missing="no invoice settled in the last {window}",
        why="The worst seen bounds what this customer lets happen. Held within 30 days early and 365 late.",
    ),
    _feature(
        name="days_to_pay_mean",
        concept=HABIT,
        value=mean("days_to_pay", over="settled"),
        unit=Unit.DAYS_AFTER,
        direction=Direction.MORE_IS_RISKIER,
        phrase="money came {value} the invoice day on average over the last {window}",
        phrase_when_missing="no invoice settled in the last {window}",
        why="Days from invoice to money: many customers pay in a rhythm of their own, whatever terms were agreed.",
        phrase_when_zero="money came on the invoice day on average over the last {window}",
    ),
)

NEWEST = (
    _feature(
        name="days_late_last",
        concept=HABIT,
        value=last("days_late", over="settled"),
        unit=Unit.DAYS_LATE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="last settled invoice paid {value}",
        phrase_when_missing="no invoice settled yet",
        why="People pay several invoices in one run, so the last one foretells its neighbours.",
    ),
    *(
        _feature(
            name=f"days_late_last_{number}",
            concept=HABIT,
            value=times(last_sum("days_late", over="settled", of=number), 1 / number),
            unit=Unit.DAYS_LATE,
            direction=Direction.MORE_IS_RISKIER,
            phrase=f"last {number} settled invoices paid {{value}} on average",
            phrase_when_missing=f"fewer than {number} invoices settled yet",
            why="The newest habit, whenever it was: a customer who buys twice a year has it too.",
            monotone=-1,
        )
        for number in (3, 5)
    ),
    _feature(
        name="late_of_last_5",
        concept=HABIT,
        value=last_sum(LATE, over="settled", of=5),
        unit=Unit.COUNT,
        direction=Direction.MORE_IS_RISKIER,
        phrase=f"{{value}} of the last 5 settled invoices more than {GRACE_DAYS} days late",
        phrase_when_missing="fewer than 5 invoices settled yet",
        why="The newest habit in the words collectors use.",
        monotone=-1,
        phrase_when_zero=f"none of the last 5 settled invoices more than {GRACE_DAYS} days late",
    ),
    _feature(
        name="on_time_streak",
        concept=HABIT,
        value=streak("on_time", over="settled"),
        unit=Unit.INVOICES,
        direction=Direction.LESS_IS_RISKIER,
        phrase="{value} in a row paid on time",
        phrase_when_missing="no invoice settled yet",
        why="A long streak of punctual payments seldom ends without a reason such as a dispute.",
        monotone=1,
        phrase_when_zero=f"the last settled invoice was more than {GRACE_DAYS} days late",
    ),
    _feature(
        name="on_time_streak_longest",
        concept=HABIT,
        value=longest_streak("on_time", over="settled"),
        unit=Unit.INVOICES,
        direction=Direction.LESS_IS_RISKIER,
        phrase="once paid {value} in a row on time",
        phrase_when_missing="no invoice settled yet",
        why="What this customer was able to keep up at its best.",
        phrase_when_zero="never paid an invoice on time",
    ),
)

_FAST = decayed_mean("days_late", over="settled", half_life=FAST_HALF_LIFE)
_SLOW = decayed_mean("days_late", over="settled", half_life=SLOW_HALF_LIFE)

USUAL = _SLOW
"""A customer's usual days late, for the features that compare with it."""

SLOW_DAY = when_at_least(quantile("days_late", over="settled", percent=80), count("settled"), needed=5)
"""Days late by which four of five of its invoices were paid."""

TREND = (
    _feature(
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
    _feature(
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
    _feature(
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
    _feature(
        name="days_late_q80",
        concept=HABIT,
        value=SLOW_DAY,
        unit=Unit.DAYS_LATE_HELD,
        direction=Direction.MORE_IS_RISKIER,
        phrase="four of five invoices paid {value} or sooner",
        phrase_when_missing="fewer than 5 invoices settled yet",
        why="The slow end of what is usual: an invoice older than this is no longer just slow.",
        monotone=-1,
    ),
)

_RUNS = distinct("happened", over="paid")
_GAP = ratio(
    minus(days_since_oldest("happened", over="paid"), days_since_newest("happened", over="paid")),
    shifted(when_at_least(_RUNS, _RUNS, needed=3), -1),
)
"""Days between two payment days on average, of a customer who had at least three."""

RECENT = (
    _feature(
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
    _feature(
        name="payment_gap_ratio",
        concept=RECENCY,
        value=ratio(days_since_newest("happened", over="paid"), _GAP),
        unit=Unit.TIMES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="last payment {value} as long ago as payments usually lie apart",
        phrase_when_missing="fewer than 3 payment days so far",
        why="Thirty days without money are nothing for who pays monthly and a sign for who pays every week.",
        phrase_when_zero="last payment today",
    ),
)

RUNS = windows(
    (LONG_PAST,),
    *(
        _feature(
            name=name,
            concept=HABIT,
            value=when_at_least(share(peak(column, over="paid"), count("paid")), count("paid"), needed=3),
            unit=Unit.SHARE,
            direction=Direction.LESS_IS_RISKIER,
            phrase=phrase,
            phrase_when_missing="fewer than 3 payments in the last {window}",
            why=why,
        )
        for name, column, phrase, why in (
            (
                "pay_weekday_share", "weekday", "{value} of payments of the last {window} on one weekday",
                "A payment run on a fixed weekday: what misses Thursday's run waits a week.",
            ),
            (
                "pay_month_part_share", "month_part",
                "{value} of payments of the last {window} in the same five days of the month",
                "A monthly payment run: money comes around one day of the month, moved a little by week ends.",
            ),
        )
    ),
)  # fmt: skip

CLIMATES = windows(
    (90,),
    _feature(
        name="portfolio_late_share",
        concept=CLIMATE,
        value=_EVERYONES_LATE,
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase=f"{{value}} of all customers' invoices more than {GRACE_DAYS} days late over the last {{window}}",
        phrase_when_missing=f"no invoice of anybody settled in the last {{window}} and none {_overdue_by(GRACE_DAYS)}",
        why="Hard months are hard for everybody: how the whole portfolio pays at the moment.",
        phrase_when_zero=f"no invoice of anybody more than {GRACE_DAYS} days late over the last {{window}}",
    ),
)

FEATURES = (
    *DAYS_LATE_MEAN,
    *SHRUNKEN_MEAN,
    *AMOUNT_WEIGHTED,
    *LATENESS,
    *LATE_SHARES,
    *LATE_SHARE_SHRUNKEN,
    *SPREAD,
    *NEWEST,
    *TREND,
    *RECENT,
    *RUNS,
    *CLIMATES,
)
