"""A named fake of the service that asks the makers of devices: it signs whatever verdict a test wants."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

NAME = "https://attest.house.example"
HERE = "http://testserver"


@dataclass
class AttestationService:
    """Signs by ES256; `keys` is what the house is told of it."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def keys(self) -> dict[str, Any]:
        """Its JWK set, as KONTOR_DEVICE_KEYS holds it."""
        public = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"issuer": NAME, "keys": [{**public, "kid": "1", "use": "sig", "alg": "ES256"}]}

    def verdict(self, nonce: str, *, at: datetime, device: str = "a1b2", **more: Any) -> str:
        """Return a verdict of now, good for an hour, with one thing otherwise."""
        told = {
            "iss": NAME, "aud": HERE, "sub": device, "nonce": nonce, "integrity": "intact",
            "iat": at, "exp": at + timedelta(hours=1), **more,
        }  # fmt: skip
        return jwt.encode(told, self.key, algorithm="ES256", headers={"kid": "1"})
