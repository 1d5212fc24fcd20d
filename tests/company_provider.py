"""A small OpenID Connect provider on loopback, for the tests of signing in with the company's account.

It signs with a key of its own whatever a test tells it to say, and keeps what it was asked.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from web_clients import NOW

Json = dict[str, Any]
CLIENT, SECRET = "payrisk-desk", "a secret of the provider"


class CompanyProvider:
    """What the provider says, and was asked.

    Attributes:
        issuer: its address; claims: what a token says beside what every token says.
        change: a last change of a token's claims; sign: makes a token of header and claims.
        forms: what came to the token endpoint, with the header that named the client.
        discovery: a last change of the discovery document; token_status: what the token endpoint answers with.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer, self.key = issuer, ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
        self.claims: Json = {
            "sub": "u-17",
            "preferred_username": "Nora",
            "name": "Nora Diaz",
            "groups": ["collections"],
        }
        self.change: Callable[[Json], Json] = dict
        self.sign: Callable[[Json], str] = self.signed
        self.forms: list[Json] = []
        self.discovery: Json = {}
        self.token_status = 200
        self.asked: Json = {}

    def signed(self, claims: Json) -> str:
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key, algorithms=["ES256"])

    def arrive(self, address: str) -> Json:
        """What the provider gives back to the browser that came to an address, as if somebody had signed in there."""
        assert address.startswith(f"{self.issuer}/authorize?")
        self.asked = dict(parse_qsl(urlsplit(address).query))
        return {"state": self.asked["state"], "code": "code-1", "iss": self.issuer}

    def answer(self, path: str, form: Json, told_by: str) -> tuple[int, Json]:
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys",
                     "end_session_endpoint": "out"}  # fmt: skip
            return 200, {"issuer": self.issuer, **{k: f"{self.issuer}/{v}" for k, v in names.items()}, **self.discovery}
        if path == "/keys":
            return 200, KeySet([self.key]).as_dict(private=False)
        if path == "/token":
            self.forms.append({**form, "authorization": told_by})
            return self.token_status, {"id_token": self.sign(self.change(self._token())), "token_type": "Bearer"}
        return 404, {}

    def proved(self) -> bool:
        """Whether the code was asked for with the verifier of the challenge that began."""
        digest = hashlib.sha256(self.forms[-1]["code_verifier"].encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.asked["code_challenge"]

    def _token(self) -> Json:
        at = int(NOW.timestamp())
        told = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": self.asked.get("nonce")}
        return {**told, **self.claims}


@contextmanager
def company_provider() -> Iterator[CompanyProvider]:
    """The provider, while it is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode())))

        def _answer(self, form: Json) -> None:
            status, body = provider.answer(self.path, form, self.headers.get("authorization", ""))
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = CompanyProvider(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield provider
    server.shutdown()
    server.server_close()
