"""The commands about people: who may sign in, in which roles, and the links and tokens that let them in."""

from typing import Annotated

import typer

from payrisk.arguments import Json, answer, open_gate

people = typer.Typer(
    name="people", help="Say who may sign in, and as what.", no_args_is_help=True, rich_markup_mode=None
)

_NAME = "the name to sign in with, as in maria.lopez"
_ROLES = "collector, manager, analyst, admin; or service alone, for a machine"

Name = Annotated[str, typer.Argument(help=_NAME)]
Roles = Annotated[list[str], typer.Argument(help=_ROLES)]
Collector = Annotated[
    str | None, typer.Option(help="their id in team.toml, whose accounts are their own; '' takes it away")
]


@people.command()
def add(
    name: Name,
    roles: Roles,
    called: Annotated[str, typer.Option("--called", help="the name that colleagues read; default: NAME")] = "",
    collector: Collector = None,
    as_json: Json = False,
) -> None:
    """Add a person or a machine.

    A person signs in by a one-time link first (`payrisk people link NAME`), a machine by token.
    """
    from payrisk.people_work import require_in_team
    from payrisk.program import this_program
    from payrisk.show_people import person_body, show_person

    gate = open_gate()
    require_in_team(gate, collector)
    person = gate.register.add(name, roles, name=called, collector=collector or None)
    way = f"token {name} --scope read" if person.is_service else f"link {name}"
    answer(person_body(person), as_json, lambda: show_person(person, f"{this_program()} people {way}"))


@people.command(name="list")
def list_(as_json: Json = False) -> None:
    """Show who there is, in which roles, and the tokens of machines."""
    from payrisk.show_people import everybody_body, show_everybody

    body = everybody_body(open_gate().register)
    answer(body, as_json, lambda: show_everybody(body))


@people.command()
def roles(name: Name, roles: Roles, collector: Collector = None, as_json: Json = False) -> None:
    """Give a person these roles, and no others."""
    from payrisk.people_work import require_in_team
    from payrisk.show_people import person_body, show_person

    gate = open_gate()
    require_in_team(gate, collector)
    person = gate.register.set_roles(name, roles, collector)
    answer(person_body(person), as_json, lambda: show_person(person))


@people.command()
def disable(name: Name) -> None:
    """Let a person go: sessions, links and tokens end at once.

    The name stays taken, for what was recorded under it.
    """
    open_gate().register.disable(name)
    print(f"{name} cannot sign in any more.")


@people.command()
def link(name: Name, as_json: Json = False) -> None:
    """Print an address that signs a person in once, within 24 hours."""
    from payrisk.people_work import link_address

    gate = open_gate()
    key = gate.register.link(name)
    address = link_address(gate, key)
    answer({"person_id": name, "address": address, "path": f"/sign-in/{key}"}, as_json, lambda: print(address))


@people.command()
def identity(
    name: Name,
    subject: Annotated[str, typer.Argument(help="who they are at the company's provider: the claim `sub`")],
) -> None:
    """Let a person who is here already sign in with the company's account, too.

    Their roles stay those given here. The subject stands in what was told to who came with that account.
    """
    from payrisk.people_work import issuer_of

    gate = open_gate()
    gate.register.identify(name, issuer_of(gate), subject)
    print(f"{name} signs in with the company's account, too.")


@people.command()
def token(
    name: Name,
    scope: Annotated[
        list[str] | None, typer.Option(help="read (the list and its accounts), ingest or score; may be given again")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="how long it lasts")] = 365,
    end: Annotated[str | None, typer.Option(metavar="TOKEN_ID", help="end this token instead of making one")] = None,
    as_json: Json = False,
) -> None:
    """Print a token for a machine. It is shown once; only a digest is kept."""
    from payrisk.show_people import show_token, token_body

    register = open_gate().register
    if end is not None:
        register.end_token(name, end)
        answer({"token_id": end, "ended": True}, as_json, lambda: print(f"Token {end} opens nothing any more."))
        return
    key, made = register.token(name, scope or [], days)
    answer({**token_body(made), "token": key}, as_json, lambda: show_token(key, made))


@people.command()
def password(
    name: Name,
    word: Annotated[
        str, typer.Option("--password", prompt=True, confirmation_prompt=True, hide_input=True, help="asked for")
    ] = "",
) -> None:
    """Set a person's password. Better let them do it, signed in by a link."""
    open_gate().register.set_password(name, word)
    print(f"{name} has a new password, and is signed out everywhere.")
