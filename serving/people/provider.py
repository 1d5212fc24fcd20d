"""`Provider`: the company's own sign-in, by OpenID Connect: where it is, what its keys are, and who came from there.

Authorization code with PKCE; the token is believed when a key of the provider signed it with an asymmetric algorithm,
for us, now, and for the sign-in that this browser began. Nothing is asked of anybody but the issuer and what its
discovery document names, each by https (on loopback http will do), without following redirects.

Source: OpenID Connect Core 1.0 §3.1 and Discovery 1.0 §4; RFC 7636 (PKCE), RFC 9700 (what to beware of).
"""

import base64
import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from serving.people.errors import NotProved, ProviderUnreachable
from serving.people.provider_settings import ProviderSettings, may_be_asked

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

Json = dict[str, Any]

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""How a token may be signed: never with a shared secret, and never not at all."""

LEEWAY_SECONDS = 60
"""By which two clocks may differ."""

KEPT_SECONDS, AGAIN_SECONDS = 600.0, 30.0
"""How long discovery and keys are kept, and how soon keys are asked for again when a token names one not among them."""

PATIENCE_SECONDS = 5.0

AWAY_SECONDS = 5.0
"""How long an address that did not answer is not asked again: else everybody would wait for it, one after the other."""

MOST_BYTES = 2**20


class Provider:
    """One provider, asked over the network when somebody signs in, and not before.

    Args:
        clock: gives this instant, with its zone; seconds: a clock that only goes forward.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        clock: Callable[[], datetime],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings, self.clock, self.seconds = settings, clock, seconds
        self._kept: dict[str, tuple[float, Json]] = {}
        self._away: dict[str, tuple[float, str]] = {}
        self._asking = Lock()

    def address(self, *, state: str, nonce: str, verifier: str, back: str) -> str:
        """Where the browser goes to sign in, and comes `back` from. Raises `ProviderUnreachable`."""
        query = {
            "response_type": "code", "client_id": self.settings.client_id, "redirect_uri": back,
            "scope": self.settings.scopes, "state": state, "nonce": nonce,
            "code_challenge": _one_way(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        return _with_query(self._endpoint("authorization_endpoint"), query)

    def claims(self, *, code: str, nonce: str, verifier: str, back: str) -> Json:
        """Who signed in: the claims of the token that a code is exchanged for.

        Raises `ProviderUnreachable`, or `NotProved` with what is wrong with the token.
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        answer = self._asked(self._endpoint("token_endpoint"), form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotProved("it sent no token" if "error" not in answer else "the code was refused")
        return self._believed(token, nonce)

    def address_out(self, back: str) -> str | None:
        """Where the browser ends the session at the provider; None where it has no such place."""
        if not self._discovered().get("end_session_endpoint"):
            return None
        query = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return _with_query(self._endpoint("end_session_endpoint"), query)

    def _believed(self, token: str, nonce: str) -> Json:
        from joserfc import jwt  # with its cryptography: only who signs in so needs it
        from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError, MissingClaimError

        registry = jwt.JWTClaimsRegistry(
            now=int(self.clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            nonce={"essential": True, "value": nonce},
        )
        try:
            try:
                claims = jwt.decode(token, self._keys(), algorithms=ALGORITHMS).claims
            except InvalidKeyIdError:
                claims = jwt.decode(token, self._keys(anew=True), algorithms=ALGORITHMS).claims
            registry.validate(claims)
        except ExpiredTokenError:
            raise NotProved("its token has expired") from None
        except (InvalidClaimError, MissingClaimError) as error:
            raise NotProved(f"its token is not for this sign-in ({error.description or error.error})") from None
        except (JoseError, ValueError, TypeError, KeyError):
            raise NotProved("its token is not signed as it should be") from None
        self._require_our_party(claims)
        return claims

    def _require_our_party(self, claims: Json) -> None:
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self.settings.client_id) != self.settings.client_id:
            raise NotProved("its token is for another program")

    def _keys(self, *, anew: bool = False) -> "KeySet":
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        told = self._remembered(self._endpoint("jwks_uri"), AGAIN_SECONDS if anew else KEPT_SECONDS)
        try:
            return KeySet.import_key_set(told)  # type: ignore[arg-type]  # as told; what is none raises
        except (JoseError, KeyError, TypeError, ValueError):
            raise ProviderUnreachable(self.settings.issuer, "its keys cannot be read") from None

    def _endpoint(self, name: str) -> str:
        told = self._discovered().get(name)
        if not isinstance(told, str) or not may_be_asked(told):
            raise ProviderUnreachable(self.settings.issuer, f"it names no {name} by https")
        return told

    def _discovered(self) -> Json:
        issuer = self.settings.issuer
        told = self._remembered(f"{issuer.rstrip('/')}/.well-known/openid-configuration", KEPT_SECONDS)
        if told.get("issuer") != issuer:
            raise ProviderUnreachable(issuer, "it calls itself by another name")
        return told

    def _remembered(self, address: str, most_seconds: float) -> Json:
        with self._asking:
            at, told = self._kept.get(address, (float("-inf"), {}))
            if self.seconds() - at > most_seconds:
                since, why = self._away.get(address, (float("-inf"), ""))
                if self.seconds() - since <= AWAY_SECONDS:
                    raise ProviderUnreachable(self.settings.issuer, why)
                try:
                    told = self._asked(address)
                except ProviderUnreachable as error:
                    self._away[address] = (self.seconds(), error.why)
                    raise
                self._kept[address] = (self.seconds(), told)
        return told

    def _asked(self, address: str, form: Mapping[str, str] | None = None) -> Json:
        """What an address answers to GET, or to a form with our name and secret."""
        request = urllib.request.Request(address, headers={"accept": "application/json"})
        if form is not None:
            request.data = urlencode({**form, **self._as_ourselves(request)}).encode()
        try:
            with _STRAIGHT.open(request, timeout=PATIENCE_SECONDS) as answer:
                told = json.loads(answer.read(MOST_BYTES))
        except urllib.error.HTTPError as error:
            if form is not None and error.code in (400, 401):  # RFC 6749 §5.2: what is wrong stands in the answer
                return {"error": error.code}
            raise ProviderUnreachable(self.settings.issuer, f"it answers {error.code}") from None
        except (OSError, http.client.HTTPException, ValueError, RecursionError):
            raise ProviderUnreachable(self.settings.issuer, "it does not answer") from None
        if not isinstance(told, dict):
            raise ProviderUnreachable(self.settings.issuer, "it answers something else")
        return told

    def _as_ourselves(self, request: urllib.request.Request) -> Json:
        """Our name, and how the secret is told: in a header, or where the provider does not take that, in the form."""
        client_id, secret = self.settings.client_id, self.settings.client_secret
        ways = self._discovered().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if not secret:
            return {"client_id": client_id}
        if "client_secret_basic" not in ways:
            return {"client_id": client_id, "client_secret": secret}
        both = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        request.add_header("authorization", f"Basic {base64.b64encode(both.encode()).decode()}")
        return {}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A code and a secret go where they were meant to go, or nowhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_STRAIGHT = urllib.request.build_opener(_NoRedirect)


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; where none is called so, what lies inside, name by name; None where nothing does.

    >>> claim({"realm": {"roles": ["a"]}, "https://x.example/groups": ["b"]}, "realm.roles")
    ['a']
    """
    if not name or name in claims:
        return claims.get(name)
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _one_way(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _with_query(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"
