"""The calendar: payment runs follow weekdays and month ends."""

from functools import partial

from features.primitives import of_item
from features.spec import SEASON, Direction, Feature, Theme, Unit

_feature = partial(Feature, theme=Theme.CALENDAR)

FEATURES = (
    _feature(
        name="due_weekday",
        concept=SEASON,
        value=of_item("due_weekday"),
        unit=Unit.WEEKDAY,
        direction=Direction.OPEN,
        phrase="due on a {value}",
        phrase_when_missing="no due day known",
        why="What falls due on a weekend is paid on Monday at the earliest.",
    ),
    _feature(
        name="due_days_to_month_end",
        concept=SEASON,
        value=of_item("due_days_to_month_end"),
        unit=Unit.DAYS,
        direction=Direction.OPEN,
        phrase="due {value} before the end of a month",
        phrase_when_missing="no due day known",
        why="Many customers pay in one run at the end of the month, whatever the due day.",
        phrase_when_zero="due on the last day of a month",
    ),
    _feature(
        name="due_days_to_quarter_end",
        concept=SEASON,
        value=of_item("due_days_to_quarter_end"),
        unit=Unit.DAYS,
        direction=Direction.OPEN,
        phrase="due {value} before the end of a quarter",
        phrase_when_missing="no due day known",
        why="Towards a quarter's end some customers hold money back, and others clear their books.",
        phrase_when_zero="due on the last day of a quarter",
    ),
    _feature(
        name="due_days_to_working_day",
        concept=SEASON,
        value=of_item("due_days_to_working_day"),
        unit=Unit.DAYS,
        direction=Direction.OPEN,
        phrase="due on a day off in the customer's country, {value} before the next working day",
        phrase_when_missing="the customer's country, or its holidays, not known",
        why="What falls due on a week end or a public holiday of the customer's country is paid after it.",
        phrase_when_zero="due on a working day of the customer's country",
    ),
    _feature(
        name="days_to_month_end",
        concept=SEASON,
        value=of_item("days_to_month_end"),
        unit=Unit.DAYS,
        direction=Direction.OPEN,
        phrase="{value} to the end of the month",
        phrase_when_missing="no day known",
        why="How near the next payment run is, seen from this evening.",
        phrase_when_zero="the last day of the month",
    ),
    _feature(
        name="month",
        concept=SEASON,
        value=of_item("month"),
        unit=Unit.MONTH,
        direction=Direction.OPEN,
        phrase="the month is {value}",
        phrase_when_missing="no month known",
        why="Holidays and year ends move payments for everybody.",
    ),
)
