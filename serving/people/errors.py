"""What is refused at the front door and in the register, each in a sentence with the way out."""

from collections.abc import Iterable

from ledger.errors import PayriskError
from ledger.words import shown
from serving.people.person import ROLES, SCOPES


class SignInRefused(PayriskError):
    """A name and a password that do not belong together; whether the name exists is not told."""

    code = "sign_in_refused"
    field = "password"
    remedy = "Try again, or ask the person who runs payrisk for a one-time link: payrisk people link NAME"

    def __init__(self) -> None:
        super().__init__("This name and password do not belong together.")


class TryLater(PayriskError):
    """Too many tries: the next one has to wait, whatever it is."""

    code = "try_later"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.remedy = f"Try again in {seconds} seconds."
        super().__init__("Too many tries in a short time.")


class LinkSpent(PayriskError):
    """A one-time link that was used, is too old, or never was one."""

    code = "link_spent"
    remedy = "Ask the person who runs payrisk for a new one: payrisk people link NAME"

    def __init__(self) -> None:
        super().__init__("This sign-in link was used already, or is too old.")


class SignInNeeded(PayriskError):
    """Nobody is signed in, or the token is not known (any more)."""

    code = "sign_in_needed"
    remedy = "Sign in at /sign-in; a machine sends its token as Authorization: Bearer payrisk_…"

    def __init__(self) -> None:
        super().__init__("This is shown to people who are signed in.")


class NotAllowed(PayriskError):
    """A route that the person may not use: answered like one that is not there."""

    code = "no_such_page"
    remedy = "Start at /queue, or see /docs."

    def __init__(self, path: str) -> None:
        super().__init__(f"Nothing is at {path[:200]}.")


class ForeignForm(PayriskError):
    """A form that this desk did not give to this session: another site's, or one from before the sign-in."""

    code = "foreign_form"
    remedy = "Load the page again and send the form from there."

    def __init__(self) -> None:
        super().__init__("This form did not come from a page of yours. Nothing was changed.")


class NeedsTls(PayriskError):
    """A secret that would travel in the clear."""

    code = "needs_tls"
    remedy = "Open the desk by https, or on the machine itself as http://127.0.0.1"

    def __init__(self) -> None:
        super().__init__("Signing in over plain http is possible on the machine itself only.")


class WeakPassword(PayriskError):
    """A password that is too short, or longer than any."""

    code = "weak_password"
    field = "new_password"

    def __init__(self, least: int, most: int) -> None:
        super().__init__(f"A password has {least} to {most} characters; a few words make a good one.")


class BadPersonId(PayriskError):
    """Not a name to sign in with."""

    code = "bad_person_id"
    field = "person_id"
    exit_code = 2

    def __init__(self, told: str) -> None:
        super().__init__(
            f'"{shown(told)}" is no name to sign in with. Expected 1 to 64 lower-case letters, digits and . _ @ -, '
            "beginning with a letter or digit, as in maria.lopez"
        )


class PersonExists(PayriskError):
    """A name that somebody has."""

    code = "person_exists"
    field = "person_id"

    def __init__(self, person_id: str) -> None:
        super().__init__(f'"{person_id}" is there already. Their roles: payrisk people roles {person_id} ROLE…')


class UnknownPerson(PayriskError):
    """A name that nobody has."""

    code = "unknown_person"
    field = "person_id"

    def __init__(self, person_id: str) -> None:
        super().__init__(f'Nobody is called "{shown(person_id)}". Who there is: payrisk people list')


class BadRoles(PayriskError):
    """Roles that do not exist, or do not go together."""

    code = "bad_roles"
    field = "roles"
    exit_code = 2

    def __init__(self, told: Iterable[str]) -> None:
        super().__init__(
            f"{', '.join(sorted(told)) or 'No role'} cannot be given. Expected one or more of {', '.join(ROLES)}; "
            "service stands alone."
        )


class BadScopes(PayriskError):
    """Scopes that do not exist."""

    code = "bad_scopes"
    field = "scope"
    exit_code = 2

    def __init__(self, told: Iterable[str]) -> None:
        super().__init__(
            f"{', '.join(sorted(told)) or 'No scope'} cannot be given. Expected one or more of {', '.join(SCOPES)}."
        )


class UnknownCollector(PayriskError):
    """An id that nobody in the team has: whoever got it would see an empty list."""

    code = "unknown_collector"
    field = "collector"

    def __init__(self, collector: str, known: Iterable[str]) -> None:
        super().__init__(f'Nobody in the team has the id "{shown(collector)}". There are: {", ".join(sorted(known))}')


class UnknownToken(PayriskError):
    """A token that a machine does not have."""

    code = "unknown_token"
    field = "token_id"

    def __init__(self, person_id: str, token_id: str) -> None:
        super().__init__(f'{person_id} has no token "{shown(token_id)}". The tokens there are: payrisk people list')


class LastAdministrator(PayriskError):
    """A change after which nobody could make another one."""

    code = "last_administrator"

    def __init__(self, person_id: str) -> None:
        super().__init__(
            f"{person_id} is the last administrator. Give the role to somebody else first: "
            "payrisk people roles NAME admin"
        )


class NotForService(PayriskError):
    """A machine was to sign in like a person, or a person to come by token."""

    code = "not_for_service"

    def __init__(self, person_id: str, is_service: bool) -> None:
        why = "a service comes by token, never by password or link" if is_service else "tokens are for services alone"
        way = f"payrisk people token {person_id}" if is_service else "payrisk people add NAME service"
        super().__init__(f"{person_id}: {why}. Instead: {way}")
