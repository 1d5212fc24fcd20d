"""The lists of the team and of the settings as tables. The API's own bodies go in."""

from collections.abc import Mapping
from typing import Any

from serving.tabular.lists import ACTIVITIES, activity_row
from serving.tabular.table import Cell, Column, Table, amount_of

Json = dict[str, Any]

TEAM = (
    Column("collector_id", "text", "one who calls"),
    Column("name", "text", "as colleagues read it"),
    Column("minutes_a_day", "number", "of calling"),
    Column("works_on", "text", "the weekdays"),
    Column("absent", "text", "days away, first to last"),
    Column("languages", "text", "spoken"),
    Column("countries", "text", "whose customers may be called; empty for every country"),
    Column("skills", "text", "that some accounts ask for"),
    Column("group", "text", "colleagues who know each other's accounts"),
    Column("owns", "whole", "how many accounts"),
)

WORKLOAD = (
    Column("collector_id", "text", "one who calls"),
    Column("name", "text", "as colleagues read it"),
    Column("period", "text", "of the results: today, week or month"),
    Column("capacity_minutes", "number", "of calling, today"),
    Column("listed", "whole", "accounts of today's list"),
    Column("worked", "whole", "of those, about which something was recorded"),
    Column("planned_minutes", "number", "of the calls that were worked, as the list planned them"),
    Column("noted_minutes", "whole", "of contacts, as far as somebody noted them"),
    Column("tried", "whole", "accounts that somebody tried to speak to"),
    Column("spoken", "whole", "of those, where the right party answered"),
    Column("expected_spoken", "number", "the team's result shared out over these accounts"),
    Column("promises", "whole", "recorded and not taken back"),
    Column("promised", "amount", "their money"),
    Column("expected_promised", "amount", "the team's result shared out over these accounts"),
    Column("currency", "text", "ISO 4217"),
    Column("without_next_step", "whole", "past due accounts"),
)

COVERAGE = (
    Column("customer_id", "text", "a past due account without a next step"),
    Column("customer_name", "text", "its name"),
    Column("overdue", "amount", "past due"),
    Column("currency", "text", "ISO 4217"),
    Column("oldest_dpd", "whole", "days past due of its oldest item"),
    Column("collector", "text", "who called it last"),
    Column("standing", "text", "where the list has it"),
    Column("contacted_on", "day", "of the newest contact"),
)

WAITING = (*ACTIVITIES, Column("late_since", "day", "of a dispute, the day by which it was to be settled"))

PEOPLE = (
    Column("person_id", "text", "the name to sign in with"),
    Column("name", "text", "as colleagues read it"),
    Column("roles", "text", "separated by blanks"),
    Column("collector", "text", "their id in the team"),
    Column("disabled", "flag", "whether they may sign in no more"),
    Column("has_password", "flag", "whether they have a password of their own"),
    Column("tokens", "text", "of a machine: each with its scopes and its end"),
)

HOLDS = (
    Column("activity_id", "text", "the hold"),
    Column("customer_id", "text", "the account"),
    Column("customer_name", "text", "its name"),
    Column("kind", "text", "hold or snooze"),
    Column("why", "text", "of a hold"),
    Column("reason", "text", "as it was written"),
    Column("until_on", "day", "first day on which it holds no more; empty without an end"),
    Column("by", "text", "who recorded it"),
    Column("known_on", "day", "the day on which it was recorded"),
)


def team_table(body: Json) -> Table:
    """Everybody who calls."""
    return Table.of(TEAM, map(_collector, body["items"]))


def workload_table(body: Json) -> Table:
    """What each collector has before them and did."""
    beside = {"period": body["period"], "currency": body["currency"]}
    return Table.of(
        WORKLOAD, (_with_amounts({**one, **beside}, "promised", "expected_promised") for one in body["items"])
    )


def coverage_table(body: Json) -> Table:
    """The past due accounts without a next step."""
    beside = {"currency": body["currency"]}
    return Table.of(COVERAGE, (_with_amounts({**one, **beside}, "overdue") for one in body["items"]))


def waiting_table(body: Json) -> Table:
    """What waits for a manager."""
    return Table.of(WAITING, ({**activity_row(one), "late_since": one["late_since"]} for one in body["items"]))


def people_table(body: Json) -> Table:
    """Everybody who may sign in, and the machines."""
    return Table.of(PEOPLE, map(_person, body["items"]))


def holds_table(body: Json) -> Table:
    """The holds that the desk recorded."""
    return Table.of(HOLDS, body["items"])


def _collector(one: Json) -> Mapping[str, Cell]:
    away = ", ".join(f"{span['first']} to {span['last']}" for span in one["absent"])
    lists = {name: " ".join(one[name]) for name in ("works_on", "languages", "countries", "skills")}
    return {**one, **lists, "absent": away}


def _person(one: Json) -> Mapping[str, Cell]:
    tokens = ", ".join(f"{token['token_id']} ({' '.join(token['scopes'])}) until {token['expires_at']}"
                       for token in one["tokens"])  # fmt: skip
    return {**one, "roles": " ".join(one["roles"]), "tokens": tokens}


def _with_amounts(one: Json, *names: str) -> Mapping[str, Cell]:
    return {**one, **{name: amount_of(one[name]) for name in names}}
