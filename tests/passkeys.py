"""A device that keeps passkeys, in software: what a browser would answer, right or with one thing wrong."""

import json
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


@dataclass
class Device:
    """Makes one passkey for `host` and shows it; `flags` says whether it looked at who holds it."""

    host: str = "localhost"
    flags: int = PRESENT | VERIFIED
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: bytes = b"passkey-of-the-test"
    owner: str = ""

    def made(self, options: dict[str, Any]) -> str:
        """Return what the browser sends for a new passkey."""
        asked = options["publicKey"]
        self.owner = asked["user"]["id"]
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        about = self._about(NEW) + bytes(16) + struct.pack(">H", len(self.name)) + self.name + public
        answer = {
            "clientDataJSON": websafe_encode(self._client("webauthn.create", asked["challenge"])),
            "attestationObject": websafe_encode(cbor.encode({"fmt": "none", "attStmt": {}, "authData": about})),
        }
        return self._sent(answer)

    def shown(self, options: dict[str, Any]) -> str:
        """Return what the browser sends where the passkey is shown."""
        client, about = self._client("webauthn.get", options["publicKey"]["challenge"]), self._about()
        signature = self.key.sign(about + sha256(client).digest(), ec.ECDSA(SHA256()))
        answer = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(about),
            "signature": websafe_encode(signature),
            "userHandle": self.owner,
        }
        return self._sent(answer)

    def _about(self, more: int = 0) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([self.flags | more]) + bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": f"http://{self.host}"}).encode()

    def _sent(self, answer: dict[str, Any]) -> str:
        name = websafe_encode(self.name)
        told = {"id": name, "rawId": name, "type": "public-key", "response": answer, "clientExtensionResults": {}}
        return json.dumps(told)
