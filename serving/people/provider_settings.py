"""What an administrator says of the company's own sign-in, and which addresses may be asked."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from serving.people.person import Role

UNNAMED = "your company account"
"""What the button calls it where nobody said otherwise; pages tell it in their language."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class ProviderSettings:
    """What an administrator says of the provider.

    Attributes:
        roles: value of the claim → a role that it gives; a value may stand there more than once.
        roles_claim, name_claim, collector_claim: which claims are the groups, the name to sign in with, and the id in
            the team file ('' for none); with dots, what lies inside.
        label: what the button calls it.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    roles: tuple[tuple[str, Role], ...] = ()
    scopes: str = "openid profile email"
    roles_claim: str = "groups"
    name_claim: str = "preferred_username"
    collector_claim: str = ""
    label: str = UNNAMED


def may_be_asked(address: str) -> bool:
    """Whether an address is one that secrets may be sent to.

    >>> [may_be_asked(one) for one in ("https://login.example", "http://login.example", "http://127.0.0.1:9/x")]
    [True, False, True]
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
