"""The desk as the server runs it: API and pages over the rooms of a gate."""

from datetime import date
from typing import TYPE_CHECKING, Any

from payrisk.clock import instant
from payrisk.program import program_version

if TYPE_CHECKING:
    from payrisk.gate import Gate
    from serving.people.company_sign_in import CompanySignIn
    from serving.people.front_door import FrontDoor

PLAN_SECONDS = 120.0
"""For a daily run that is started from the desk to be planned: the ledger is opened for it."""


def web_app(gate: "Gate", host: str) -> Any:
    """The API and the pages over what was published, answering to loopback, `host` and the trusted hosts."""
    from payrisk.migrations.run import require_current
    from payrisk.side_process import command
    from serving.morning.asked_runs import AskedRuns
    from serving.people.front_door import FrontDoor
    from serving.published.desk import Desk
    from serving.side import Side, once
    from serving.strategy.reading import strategy_for
    from serving.versions.version_changes import VersionChanges
    from serving.versions.version_shelf import VersionShelf
    from serving.web.app import create_app
    from serving.web.guard import LOOPBACK_HOSTS
    from serving.web.models.api import ModelRooms

    def start_run(as_of: date | None, asked_by: str) -> dict[str, Any]:
        return once(command("daily", asked_by, *([as_of.isoformat()] if as_of else [])), PLAN_SECONDS)

    trusted = (*LOOPBACK_HOSTS, host, *gate.settings.trusted_hosts)
    front = FrontDoor(gate.people, instant)
    # Two: a change of the version in use does not wait for scores.
    changes = VersionChanges(gate.store, gate.shelf, Side(command()), lambda: gate.now)
    return create_app(
        Desk(gate.store),
        front,
        demo=gate.is_demo,
        trusted_hosts=trusted,
        version=program_version(),
        open_ledger=lambda: gate.ledger,
        recorder=gate.recorder,
        imports=gate.import_room,
        require_current=lambda: require_current(gate.store.engine, gate.store.url),
        company=_company(gate, front),
        models=ModelRooms(VersionShelf(gate.shelf), changes, Side(command())),
        asked_runs=AskedRuns(gate.store, start_run, lambda: gate.now),
        team=gate.team,
        strategy=lambda: strategy_for(gate.settings.strategy_folder, gate.today),
    )


def _company(gate: "Gate", front: "FrontDoor") -> "CompanySignIn | None":
    from serving.people.company_sign_in import CompanySignIn
    from serving.people.provider import Provider

    settings = gate.settings.provider
    return None if settings is None else CompanySignIn(front, Provider(settings, instant))
