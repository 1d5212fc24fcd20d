"""The team and the settings, as the API says and takes them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.people.person import Role, Scope
from serving.published.schemas import Day, MoneyOut, Out
from serving.team.room import Period
from serving.team.team import Weekday
from serving.web.activities.schemas import ActivityOut, Text

Count = Annotated[int, Field(ge=0)]
CollectorId = Annotated[str, Field(min_length=1, max_length=200, description="by the id in the team")]


class AbsenceOut(Out):
    """Days on which somebody is away, both included."""

    first: Day
    last: Day


class CollectorOut(Out):
    """One who calls, and for how long on which days."""

    collector_id: str
    name: str
    minutes_a_day: float = Field(ge=0)
    works_on: list[Weekday]
    absent: list[AbsenceOut]
    languages: list[str]
    countries: list[str] = Field(description="whose customers may be called; empty for every country")
    skills: list[str]
    group: str
    owns: Count = Field(description="how many accounts")


class TeamOut(Out):
    """Everybody who calls; empty where no file names anybody, and the team is a number of calls a day."""

    items: list[CollectorOut]
    next_cursor: str | None


class TeamListOut(Out):
    """What every list of the team says: the newest list, and the day on which it is looked at."""

    as_of: Day
    run_id: str
    today: Day
    currency: str = Field(pattern="^[A-Z]{3}$", description="of its money")


class CallMinutesOut(Out):
    """What phone contacts took by the minutes that people noted, beside what the list plans for one."""

    noted: Count = Field(description="of how many contacts of the period")
    median: float | None
    planned: float | None = Field(description="median of today's calls; null where the order goes by no minutes")


class LoadOut(Out):
    """One collector over a period. Small numbers vary by chance: no order of people follows from them."""

    collector_id: str
    name: str
    capacity_minutes: float = Field(ge=0, description="of calling, today")
    listed: Count = Field(description="accounts of today's list")
    worked: Count = Field(description="of those, about which something was recorded since its evening")
    planned_minutes: float = Field(ge=0, description="of the calls that were worked, as the list planned them")
    noted_minutes: Count = Field(description="of contacts of the period, as far as somebody noted them")
    tried: Count = Field(description="accounts that somebody tried to speak to in the period")
    spoken: Count = Field(description="of those, where the right party answered")
    expected_spoken: float | None = Field(
        description="the team's result shared out over the accounts that each one tried; null where nobody compares"
    )
    promises: Count
    promised: MoneyOut = Field(description="in the currency of the list alone")
    expected_promised: MoneyOut | None
    without_next_step: Count


class WorkloadOut(TeamListOut):
    """Who does what: today's list, and the results of a period, one entry per collector in the order of the team."""

    period: Period
    staffing: str = Field(description="what one more hour would bring; '' where nothing is known")
    call_minutes: CallMinutesOut
    promises_due_today: Count
    promises_broken: Count
    items: list[LoadOut]
    next_cursor: str | None


class PlacesOut(Out):
    """Where the past due accounts stand; each in one place, so they add up."""

    listed: Count
    held: Count
    held_open: Count
    handed_on: Count
    agreed_since: Count
    without: Count


class IdleAccountOut(Out):
    """A past due account without a next step."""

    customer_id: str
    customer_name: str
    overdue: MoneyOut
    oldest_dpd: int
    collector: str = Field(description="who called it last; '' for nobody")
    standing: str
    contacted_on: Day | None


class CoverageOut(TeamListOut):
    """That no past due account falls off the list, by now; `items` are a page of those without a next step."""

    past_due: Count
    with_next_step: Count
    places: PlacesOut
    unowned: Count = Field(description="without anybody who looks after them")
    starving: Count = Field(description="long past due, and not contacted for long")
    items: list[IdleAccountOut]
    next_cursor: str | None


class WaitingActivityOut(ActivityOut):
    """A contest, an escalation, or a dispute over its date."""

    late_since: Day | None = Field(description="of a dispute, the day by which it was to be settled")


class WaitingOut(TeamListOut):
    """A page of what waits for a manager: disputes over their date, the oldest first, then what was asked last."""

    items: list[WaitingActivityOut]
    next_cursor: str | None


class In(BaseModel):
    """A body sent to us: fields that it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


class AssignmentIn(In):
    """Who looks after an account from the next list on."""

    to: CollectorId
    reason: Text = ""


class PortfolioIn(AssignmentIn):
    """Whose accounts go to somebody else."""

    whose: CollectorId


class PortfolioOut(Out):
    """How many accounts were given on, each as a change of its own."""

    whose: str
    to: str
    given: Count
    more: bool = Field(description="whether more may be left: ask again, with a new Idempotency-Key")


class TokenOut(Out):
    """A machine's token, without its secret."""

    token_id: str
    scopes: list[Scope]
    created_at: str = Field(description="UTC, ISO 8601")
    expires_at: str = Field(description="UTC, ISO 8601")


class PersonOut(Out):
    """One who may sign in, or a machine."""

    person_id: str
    name: str
    roles: list[Role]
    collector: str | None = Field(description="their id in the team; null for who does not call")
    disabled: bool
    has_password: bool
    tokens: list[TokenOut] = Field(description="of a machine")


class PeopleOut(Out):
    """Everybody, by their name to sign in with."""

    items: list[PersonOut]
    next_cursor: str | None


class RuleChangeOut(Out):
    """One key of the rules that says something else than the rules that payrisk ships."""

    section: str
    line: str = Field(description="as people read it: the key, what it said, what it says, what that means")


class StrategyOut(Out):
    """The rules of the list that are in force."""

    version: str
    valid_from: Day
    sentence: str
    changes: list[RuleChangeOut]
    remarks: list[str] = Field(description="what is allowed, and would surprise somebody who did not mean it")


class HoldOut(Out):
    """A hold that was recorded at the desk and is in force; it is released by undoing the activity."""

    activity_id: str
    customer_id: str
    customer_name: str
    kind: Literal["hold", "snooze"]
    why: str = Field(description="of a hold; '' of a snooze")
    reason: str
    until_on: Day | None = Field(description="null without an end")
    by: str
    known_on: Day


class HoldsOut(Out):
    """A page of the holds that the desk recorded, the newest first."""

    items: list[HoldOut]
    next_cursor: str | None
