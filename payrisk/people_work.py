"""Who comes in first: the administrator of a new installation, and the invented people of the demo."""

from typing import TYPE_CHECKING

from serving.people.person import Person, Role

if TYPE_CHECKING:
    from payrisk.gate import Gate

DEMO_PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("carla", "Carla Collector", "collector"),
    ("marc", "Marc Manager", "manager"),
    ("anna", "Anna Analyst", "analyst"),
)


def first_links(gate: "Gate") -> list[tuple[Person, str]]:
    """Who is to be let in by one-time link now that the desk is served, each with the link's key.

    In a demo the invented people, every time; elsewhere the first administrator, once: where anybody is there, nobody.
    """
    register = gate.register
    if gate.is_demo:
        known = {kept.person.person_id for kept in register.everybody()}
        for person_id, name, role in DEMO_PEOPLE:
            if person_id not in known:
                register.add(person_id, [role], name=name)
        there = {kept.person.person_id: kept.person for kept in register.everybody() if not kept.disabled}
        found = [there[person_id] for person_id, _, _ in DEMO_PEOPLE if person_id in there]
    else:
        first = register.first_administrator()
        found = [] if first is None else [first]
    return [(person, register.link(person.person_id)) for person in found]


def link_address(gate: "Gate", key: str, place: str | None = None) -> str:
    """The address of a one-time link at `host:port`; without it where the settings say that the desk is."""
    from serving.web.guard import name_in_header

    settings = gate.settings
    return f"http://{place or f'{name_in_header(settings.host)}:{settings.port}'}/sign-in/{key}"
