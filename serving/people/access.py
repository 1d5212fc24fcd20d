"""Who may see what: one row for each route and method. What has no row is answered to nobody.

A new route needs a row here, or the application does not start (`serving.web.door`); the matrix of
`tests/web/test_access_matrix.py` is generated from these rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from serving.people.person import Person, Scope
from serving.team.team import ANONYMOUS

Extent = Literal["none", "unnamed", "own", "all"]
"""`unnamed`: everybody's accounts under pseudonyms; `own`: those of one collector and those of nobody; `all`:
everybody's. Not more than the role needs."""

WIDER: tuple[Extent, ...] = ("none", "unnamed", "own", "all")


@dataclass(frozen=True)
class Access:
    """Who may use one route with one method, and how much of it they see.

    Attributes:
        path: the route's template, to the letter.
        service: the scope that a machine's token needs; None: no machine.
        public: whoever asks, signed in or not.
    """

    method: str
    path: str
    collector: Extent = "none"
    manager: Extent = "none"
    analyst: Extent = "none"
    admin: Extent = "none"
    service: Scope | None = None
    public: bool = False


@dataclass(frozen=True)
class Sight:
    """How much of a route one person sees.

    Attributes:
        collector: the id in the team file of who sees their own; None where they have none, and see nobody's.
    """

    extent: Extent
    collector: str | None = None

    @property
    def collectors(self) -> frozenset[str] | None:
        """The collectors whose accounts are seen, '' among them for those of nobody; None: everybody's.

        >>> sorted(Sight("own", "ada").collectors), Sight("all").collectors, Sight("none").collectors
        (['', 'ada', 'team'], None, frozenset())
        """
        if self.extent == "all":
            return None
        if self.extent in ("none", "unnamed"):
            return frozenset()
        return frozenset({"", ANONYMOUS, self.collector or ""})

    @property
    def unnamed(self) -> bool:
        """Whether everybody's accounts are seen, and nobody's name or id: only who asks for this shows anything."""
        return self.extent == "unnamed"

    def sees(self, owner: str) -> bool:
        """Whether an account of this collector is seen; '' is an account of nobody."""
        return self.collectors is None or owner in self.collectors


EVERYTHING, NOTHING = Sight("all"), Sight("none")


def sight_of(person: Person | None, row: Access) -> Sight:
    """What a person sees of a route: of several roles the widest counts. Nobody sees what is not public."""
    if row.public:
        return EVERYTHING
    if person is None:
        return NOTHING
    if person.is_service:
        return EVERYTHING if row.service in person.scopes else NOTHING
    extents: tuple[Extent, ...] = tuple(getattr(row, role) for role in person.roles)
    return Sight(max(extents, key=WIDER.index, default="none"), person.collector)


def _list(method: str, path: str, *, service: Scope | None = None) -> Access:
    """The list and its accounts: collectors see their own, managers everybody's."""
    return Access(method, path, collector="own", manager="all", service=service)


def _explained(method: str, path: str, *, service: Scope | None = None) -> Access:
    """The same, and analysts everybody's without names."""
    return Access(method, path, collector="own", manager="all", analyst="unnamed", service=service)


def _signed_in(method: str, path: str, *, service: Scope | None = None) -> Access:
    """For every person who is signed in."""
    return Access(method, path, "all", "all", "all", "all", service=service)


def _figures(method: str, path: str) -> Access:
    """Figures of the whole team, without names to call."""
    return Access(method, path, manager="all", analyst="all")


def _named(method: str, path: str) -> Access:
    """Lists of the whole team's accounts by name."""
    return Access(method, path, manager="all")


def _models(method: str, path: str, *, service: Scope | None = None) -> Access:
    """What the versions of the model are and how good: no account, no money of one."""
    return Access(method, path, collector="all", manager="all", analyst="all", service=service)


def _state(method: str, path: str) -> Access:
    """How the daily runs went: no account, no money."""
    return Access(method, path, manager="all", analyst="all", admin="all", service="read")


def _brings(method: str, path: str) -> Access:
    """Files into the ledger: administrators, and machines that are for it."""
    return Access(method, path, admin="all", service="ingest")


def _imported(method: str, path: str, *, named: bool = False, service: Scope | None = "ingest") -> Access:
    """What became of imports; `named` for rows of files, in which customers stand by name."""
    return Access(method, path, manager="all", analyst="none" if named else "all", admin="all", service=service)


FIGURES = ("overview", "aging", "past-due", "dso", "effectiveness", "cash-forecast")
NAMED = ("high-risk", "over-90", "without-next-step")
"""The reports: of figures alone, and of accounts with their names."""

SIGN_IN = "/sign-in"
"""What the paths of signing in begin with."""

ACCESS: tuple[Access, ...] = (
    # the desk
    _signed_in("GET", "/"),
    _explained("GET", "/queue"),
    _list("GET", "/queue/panel"),
    _list("GET", "/queue.xlsx"),
    _list("GET", "/call-sheets"),
    _list("POST", "/call-sheets"),
    _explained("GET", "/accounts/{customer_id:path}"),
    _list("GET", "/accounts/{customer_id:path}/evidence/{code}"),
    _list("GET", "/accounts/{customer_id:path}/news"),
    _list("POST", "/accounts/{customer_id:path}/record"),
    _list("POST", "/accounts/{customer_id:path}/undo"),
    _figures("GET", "/portfolio"),
    _figures("GET", "/portfolio/reconciliation"),
    _named("GET", "/portfolio.xlsx"),
    _named("GET", "/portfolio/{name}"),
    _models("GET", "/models"),
    _models("GET", "/models/{version}"),
    _models("GET", "/models/{version}/{paper}"),
    Access("GET", "/models/{version}/approval", manager="all"),
    Access("POST", "/models/{version}/approval", manager="all"),
    Access("GET", "/models/rollback", manager="all"),
    Access("POST", "/models/rollback", manager="all"),
    _imported("GET", "/imports", service=None),
    _imported("GET", "/imports/{import_id}", service=None),
    _imported("GET", "/imports/{import_id}/set-aside.csv", named=True, service=None),
    Access("POST", "/imports", admin="all"),
    Access("POST", "/imports/{import_id}/answers", admin="all"),
    _named("GET", "/team"),
    _named("POST", "/team/reassign"),
    Access("GET", "/settings", admin="all"),
    Access("POST", "/settings/people", admin="all"),
    Access("POST", "/settings/team", admin="all"),
    _named("POST", "/settings/holds/release"),
    _signed_in("GET", "/docs"),
    # the API
    _signed_in("GET", "/api/v1/openapi.json", service="read"),
    _explained("GET", "/api/v1/queues/{as_of}", service="read"),
    _explained("GET", "/api/v1/queues/{as_of}/items/{customer_id:path}", service="read"),
    _explained("GET", "/api/v1/accounts/{customer_id:path}", service="read"),
    _explained("GET", "/api/v1/accounts/{customer_id:path}/items", service="read"),
    _explained("GET", "/api/v1/accounts/{customer_id:path}/history", service="read"),
    _list("GET", "/api/v1/accounts/{customer_id:path}/evidence/{code}", service="read"),
    _list("GET", "/api/v1/accounts/{customer_id:path}/activities", service="read"),
    _list("POST", "/api/v1/accounts/{customer_id:path}/activities"),
    _list("POST", "/api/v1/accounts/{customer_id:path}/activities/{activity_id}/undo"),
    _list("POST", "/api/v1/call-sheets"),
    *(_figures("GET", f"/api/v1/reports/{name}") for name in FIGURES),
    *(_named("GET", f"/api/v1/reports/{name}") for name in NAMED),
    _state("GET", "/api/v1/runs"),
    _state("GET", "/api/v1/runs/{run_id}"),
    Access("POST", "/api/v1/runs", admin="all", service="ingest"),
    Access("GET", "/api/v1/audit", collector="own", manager="own", admin="all"),
    _models("GET", "/api/v1/models", service="score"),
    _models("GET", "/api/v1/models/{version}", service="score"),
    Access("POST", "/api/v1/models/{version}/promotions", manager="all"),
    Access("POST", "/api/v1/models/rollbacks", manager="all", admin="all"),
    _list("POST", "/api/v1/scores", service="score"),
    _brings("POST", "/api/v1/imports"),
    _imported("GET", "/api/v1/imports"),
    _imported("GET", "/api/v1/imports/{import_id}"),
    _imported("GET", "/api/v1/imports/{import_id}/quarantine", named=True),
    _brings("POST", "/api/v1/imports/{import_id}/answers"),
    _named("GET", "/api/v1/team/workload"),
    _named("GET", "/api/v1/team/coverage"),
    _named("GET", "/api/v1/team/waiting"),
    _named("POST", "/api/v1/team/assignments"),
    _named("POST", "/api/v1/accounts/{customer_id:path}/assignments"),
    Access("GET", "/api/v1/team", manager="all", admin="all"),
    _named("GET", "/api/v1/holds"),
    Access("GET", "/api/v1/people", admin="all"),
    Access("GET", "/api/v1/strategy", admin="all"),
    # signing in and out
    Access("GET", "/sign-in", public=True),
    Access("POST", "/sign-in", public=True),
    Access("GET", "/sign-in/company", public=True),
    Access("GET", "/sign-in/company/back", public=True),
    Access("GET", "/sign-in/company/out", public=True),
    Access("GET", "/sign-in/{link}", public=True),
    Access("POST", "/sign-in/{link}", public=True),
    _signed_in("POST", "/sign-out"),
    _signed_in("GET", "/me"),
    _signed_in("POST", "/me/password"),
    _signed_in("POST", "/me/language"),
    _signed_in("POST", "/me/tour"),
    # operations
    Access("GET", "/healthz", public=True),
    Access("GET", "/readyz", public=True),
    Access("GET", "/metrics", admin="all", service="read"),
    Access("GET", "/static", public=True),
)

BY_ROUTE: Mapping[tuple[str, str], Access] = {(row.method, row.path): row for row in ACCESS}
