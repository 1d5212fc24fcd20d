"""People and their tokens, for people and for machines. Secrets are in neither, but for the one just made."""

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from payrisk.program import this_program
from payrisk.show import console

if TYPE_CHECKING:
    from serving.people.people_store import Token
    from serving.people.person import Person
    from serving.people.register import Register


def person_body(person: "Person") -> dict[str, Any]:
    """A person as JSON."""
    return {
        "person_id": person.person_id,
        "name": person.name,
        "roles": sorted(person.roles),
        "collector": person.collector,
    }


def token_body(token: "Token") -> dict[str, Any]:
    """A token without its secret."""
    return {
        "token_id": token.token_id,
        "scopes": list(token.scopes),
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
    }


def everybody_body(register: "Register") -> list[dict[str, Any]]:
    """Everybody, with the tokens of machines."""
    return [
        {
            **person_body(kept.person),
            "disabled": kept.disabled,
            "has_password": kept.password_hash is not None,
            "tokens": [token_body(token) for token in register.tokens_of(kept.person.person_id)],
        }
        for kept in register.everybody()
    ]


def show_person(person: "Person", next_command: str = "") -> None:
    """One person, and how they come in."""
    collector = f", in the team as {person.collector}" if person.collector else ""
    print(f"{person.person_id} ({person.name}): {', '.join(sorted(person.roles))}{collector}")
    if next_command:
        print(f"Let them in: {next_command}")


def show_everybody(body: list[dict[str, Any]]) -> None:
    """One line for each person, and one for each token below its machine."""
    out = console()
    if not body:
        out.print(f"Nobody yet. The first `{this_program()} serve` makes an administrator.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("Name", "Called", "Roles", "In the team", ""):
        table.add_column(name)
    for one in body:
        signs_in = "gone" if one["disabled"] else "" if one["has_password"] or one["tokens"] else "no password yet"
        told = (one["person_id"], one["name"], ", ".join(one["roles"]), one["collector"] or "", signs_in)
        table.add_row(*map(escape, told))
        for token in one["tokens"]:
            lasts = f"until {token['expires_at'][:10]}"
            table.add_row("", f"token {token['token_id']}", ", ".join(token["scopes"]), lasts, "")
    out.print(table)


def show_token(key: str, token: "Token") -> None:
    """The secret, once, and how to end it."""
    print(key)
    print(
        f"Shown once. For {', '.join(token.scopes)}, until {token.expires_at.date().isoformat()}; to end it: "
        f"{this_program()} people token {token.person_id} --end {token.token_id}"
    )
