"""The tables of people: who they are, and digests of what they prove it with.

Instants are UTC, ISO 8601 to the second.
"""

import sqlalchemy as sa

people_metadata = sa.MetaData()

people = sa.Table(
    "people",
    people_metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("collector", sa.Text, nullable=True),
    sa.Column("password_hash", sa.Text, nullable=True),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("disabled_at", sa.Text, nullable=True),
    sa.Column("language", sa.Text, nullable=False, server_default=""),  # '' for what the browser asks for
    sa.Column("tour", sa.Text, nullable=False, server_default=""),  # 'done', 'asked', or '' for neither
)


def _whose() -> "sa.Column[str]":
    return sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), nullable=False)


roles = sa.Table(
    "people_roles",
    people_metadata,
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
)

sessions = sa.Table(
    "people_sessions",
    people_metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _whose(),
    sa.Column("via", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Text, nullable=False),
    sa.Index("people_sessions_by_person", "person_id"),
)

links = sa.Table(
    "people_links",
    people_metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _whose(),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
)

tokens = sa.Table(
    "people_tokens",
    people_metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("token_id", sa.Text, nullable=False, unique=True),
    _whose(),
    sa.Column("scopes", sa.Text, nullable=False),  # separated by blanks
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Index("people_tokens_by_person", "person_id"),
)

devices = sa.Table(
    "people_devices",
    people_metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the key that a browser keeps beside its session's
    sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), primary_key=True),
    sa.Column("seen_at", sa.Text, nullable=False),
    sa.Index("people_devices_by_person", "person_id"),
)

identities = sa.Table(
    "people_identities",
    people_metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    _whose(),
    sa.Column("roles_follow", sa.Boolean, nullable=False),  # those of the claims, at every sign-in
    sa.Column("created_at", sa.Text, nullable=False),
)

under_way = sa.Table(
    "people_sign_ins_under_way",
    people_metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the state that the provider gives back
    sa.Column("browser", sa.Text, nullable=False),  # digest of the key in the browser that began
    sa.Column("goes_to", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
)

failed = sa.Table(
    "people_failed_sign_ins",
    people_metadata,
    sa.Column("key", sa.Text, primary_key=True),  # a digest: somebody may type a password where a name belongs
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_at", sa.Text, nullable=False),
)
