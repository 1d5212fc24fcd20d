"""Who comes in first: the administrator of a new installation, and the invented people of the demo."""

from typing import TYPE_CHECKING

from payrisk.errors import NoProvider
from serving.people.errors import UnknownCollector
from serving.people.person import Person, Role

if TYPE_CHECKING:
    from payrisk.gate import Gate

DEMO_PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("carla", "Carla Collector", "collector"),
    ("marc", "Marc Manager", "manager"),
    ("anna", "Anna Analyst", "analyst"),
    ("adam", "Adam Administrator", "admin"),
)
"""The collector is in the demo's team under the same name (`payrisk.demo.TEAM`)."""


def first_links(gate: "Gate") -> list[tuple[Person, str]]:
    """Who is to be let in by one-time link now that the desk is served, each with the link's key.

    In a demo the invented people, every time; elsewhere the first administrator, once: where anybody is there, nobody.
    """
    register = gate.register
    if gate.is_demo:
        known = {kept.person.person_id: kept.person for kept in register.everybody()}
        for person_id, name, role in DEMO_PEOPLE:
            collector = person_id if role == "collector" else None
            if person_id not in known:
                register.add(person_id, [role], name=name, collector=collector)
            elif collector and not known[person_id].collector:  # from a demo of before, whose team had no names
                register.set_roles(person_id, known[person_id].roles, collector)
        there = {kept.person.person_id: kept.person for kept in register.everybody() if not kept.disabled}
        found = [there[person_id] for person_id, _, _ in DEMO_PEOPLE if person_id in there]
    else:
        first = register.first_administrator()
        found = [] if first is None else [first]
    return [(person, register.link(person.person_id)) for person in found]


def link_address(gate: "Gate", key: str, place: str | None = None) -> str:
    """The address of a one-time link: at `host:port` where that is given, else where others reach the desk (the first
    trusted host, by https), else on this machine."""
    from serving.web.guard import name_in_header

    if place is None and gate.settings.trusted_hosts:
        return f"https://{name_in_header(gate.settings.trusted_hosts[0])}/sign-in/{key}"
    return f"http://{place or f'127.0.0.1:{gate.settings.port}'}/sign-in/{key}"


def issuer_of(gate: "Gate") -> str:
    """The company's provider. Raises `NoProvider` where none is set."""
    if not gate.settings.oidc_issuer:
        raise NoProvider
    return gate.settings.oidc_issuer


def require_in_team(gate: "Gate", collector: str | None) -> None:
    """That an id is one of the team file's, where there is one. Raises `UnknownCollector`, `BadTeam`."""
    from serving.team.reading import read_team

    file = gate.settings.team_file
    if not collector or not file.exists():
        return
    known = [one.collector_id for one in read_team(file).collectors]
    if collector not in known:
        raise UnknownCollector(collector, known)
