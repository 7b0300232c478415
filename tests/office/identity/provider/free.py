"""A directory that says whatever a test makes it say: wrong issuers, old tokens, keys nobody knows."""

import json
import queue
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


class Free:
    """
    keys    key id -> private key; the published ones are `published`
    says    the token endpoint's next answer
    asked   what the token endpoint was asked last
    fetched how often the keys were fetched
    """

    def __init__(self) -> None:
        self.keys = {name: rsa.generate_private_key(65537, 2048) for name in ("first", "second")}
        self.published = ["first"]
        self.says: dict[str, Any] = {}
        self.profile: dict[str, Any] = {}
        self.asked: dict[str, list[str]] = {}
        self.fetched = 0
        self.heard: queue.Queue[dict[str, list[str]]] = queue.Queue()
        self.stated: dict[str, Any] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def next_heard(self) -> dict[str, list[str]]:
        """Return what was posted to `/heard`, such as another provider's logout token."""
        return self.heard.get(timeout=20)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.stated,
        }

    def key_set(self) -> dict[str, Any]:
        self.fetched += 1
        public = [(name, RSAAlgorithm.to_jwk(self.keys[name].public_key(), as_dict=True)) for name in self.published]
        return {"keys": [{**key, "kid": name, "use": "sig"} for name, key in public]}

    def token(self, *, kid: str = "first", algorithm: str = "RS256", key: Any = None, **claims: Any) -> str:
        """Return a token that is good for the client "kontor" but for what `claims` say; None leaves a claim out."""
        now = datetime.now(UTC)
        good = {"iss": self.issuer, "aud": "kontor", "sub": "anna", "iat": now, "exp": now + timedelta(minutes=5)}
        told = {name: value for name, value in (good | claims).items() if value is not None}
        return jwt.encode(told, key or self.keys[kid], algorithm=algorithm, headers={"kid": kid})


def _handler(free: Free) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"configuration": free.metadata, "keys": free.key_set, "me": lambda: free.profile}
            self._answer(known[self.path.rpartition("openid-")[2].rpartition("/")[2]]())

        def do_POST(self) -> None:
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if self.path == "/heard":
                free.heard.put(asked)
                return self._answer({})
            free.asked = asked
            return self._answer(free.says)

        def _answer(self, told: Mapping[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(400 if "error" in told else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler
