"""The calendar: payment runs follow weekdays and month ends."""

from features.primitives import of_item
from features.spec import SEASON, Direction, Feature, Unit

FEATURES = (
    Feature(
        name="due_weekday",
        concept=SEASON,
        value=of_item("due_weekday"),
        unit=Unit.WEEKDAY,
        direction=Direction.OPEN,
        phrase="due on a {value}",
        phrase_when_missing="no due day known",
        why="What falls due on a weekend is paid on Monday at the earliest.",
    ),
    Feature(
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
    Feature(
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
    Feature(
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
