"""Secrets that are handed out once, and what is kept of them: a digest, from which no secret can be made."""

import hashlib
import hmac
import secrets

TOKEN_PREFIX = "payrisk_"
"""What a machine's token begins with, so that a scan for secrets finds one that was left lying about."""


def new_key() -> str:
    """A secret of 256 random bits, fit for a cookie or an address."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is stored of a secret. It is random and long, so a fast hash without salt gives nothing away."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def form_key(session_key: str) -> str:
    """What the forms of one session carry, so that no other site can send them."""
    return digest(f"form {session_key}")


def is_form_key(told: str, session_key: str) -> bool:
    """Whether a form was made for this session."""
    return hmac.compare_digest(told.encode("utf-8", "replace"), form_key(session_key).encode())
