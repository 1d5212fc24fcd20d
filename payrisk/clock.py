"""The clock: read here and nowhere else. Everything below the gate takes `as_of`, `today` or `now`."""

from datetime import UTC, date, datetime, time

from payrisk.settings import Settings


def today(settings: Settings) -> date:
    """The local calendar day, or the day at which `PAYRISK_TODAY` has stopped the clock."""
    return settings.today or date.today()


def instant() -> datetime:
    """This instant in UTC, whatever the settings say: sessions and links end by it, not by a stopped clock."""
    return datetime.now(UTC)


def now(settings: Settings) -> datetime:
    """This instant in UTC; noon of the stopped day when the clock is stopped."""
    if settings.today:
        return datetime.combine(settings.today, time(12), tzinfo=UTC)
    return datetime.now(UTC)
