"""What is refused at the front door and in the register, each in a sentence with the way out."""

from collections.abc import Iterable
from shlex import quote

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


class ProviderUnreachable(PayriskError):
    """The company's sign-in cannot be asked."""

    code = "provider_unreachable"
    remedy = "Try again in a moment, or sign in with a password or a one-time link: payrisk people link NAME"

    def __init__(self, issuer: str, why: str) -> None:
        self.why = why
        super().__init__(f"The sign-in of {issuer} cannot be used right now: {why}.")


class NotProved(PayriskError):
    """What the company's sign-in sent does not prove who came."""

    code = "not_proved"
    remedy = "Begin again at /sign-in; if it stays so, tell the person who runs payrisk."

    def __init__(self, why: str) -> None:
        super().__init__(f"The company's sign-in was not accepted: {why}.")


class SignInAbandoned(PayriskError):
    """A way back from the company's sign-in that nobody in this browser waits for."""

    code = "sign_in_abandoned"
    remedy = "Begin again at /sign-in."

    def __init__(self) -> None:
        super().__init__("This sign-in was finished already, took too long, or began in another browser.")


class NoRole(PayriskError):
    """Somebody whom the company knows, and to whom it gives no role here."""

    code = "no_role"
    remedy = "Ask the person who runs payrisk which group of the company gives a role."

    def __init__(self, name: str, claim: str) -> None:
        super().__init__(
            f'{shown(name)} is signed in at the company and has no role here: nothing in "{claim}" gives one.'
        )


class UnusableName(PayriskError):
    """A name of the company that nobody can have here."""

    code = "unusable_name"
    remedy = "The person who runs payrisk names another claim in PAYRISK_OIDC_NAME_CLAIM."

    def __init__(self, name: str, claim: str) -> None:
        super().__init__(f'"{shown(name)}", as the company\'s claim "{claim}" says, is no name to sign in with.')


class NameTaken(PayriskError):
    """Somebody else at the company with a name that is here already."""

    code = "name_taken"

    def __init__(self, name: str, subject: str) -> None:
        command = f"payrisk people identity {name} {quote(subject)}"
        self.remedy = f"If both are one person, the person who runs payrisk says so: {command}"
        super().__init__(f"{name} is here already, and does not sign in with this account of the company.")


class IdentityTaken(PayriskError):
    """An account of the company that lets somebody in already."""

    code = "identity_taken"
    field = "subject"

    def __init__(self, subject: str) -> None:
        super().__init__(f'The account "{shown(subject)}" of the company lets somebody in already.')


class SignInClosed(PayriskError):
    """Somebody who was let go here, whatever the company says."""

    code = "sign_in_closed"
    remedy = "Ask the person who runs payrisk."

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot sign in any more.")


class PasswordElsewhere(PayriskError):
    """A password for somebody who signs in with the company's account."""

    code = "password_elsewhere"
    field = "new_password"

    def __init__(self) -> None:
        super().__init__("Your password is the company's; it is changed there.")


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
