"""An authenticator in software: makes passkeys and signs with them, as a browser would send it."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


class SoftAuthenticator:
    """One passkey for one site."""

    def __init__(self, origin: str, host: str, id: bytes = b"one passkey") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._origin, self._host, self.id = origin, host, id
        self.count = 0
        self.flags = PRESENT | VERIFIED

    def make(self, options: dict[str, Any]) -> str:
        """What a browser sends for the options of a new passkey."""
        numbers = self._key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(key)
        data = self._data(self.flags | ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._credential({"clientDataJSON": client, "attestationObject": encoded(statement)})

    def show(self, options: dict[str, Any]) -> str:
        """What a browser sends for the options of showing it."""
        self.count += 1
        data, client = self._data(self.flags), self._client("webauthn.get", options["challenge"])
        content = data + hashlib.sha256(urlsafe_b64decode(client + "==")).digest()
        signature = self._key.sign(content, ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {"clientDataJSON": client, "authenticatorData": encoded(data), "signature": encoded(signature)}
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self._host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> str:
        return encoded(json.dumps({"type": kind, "challenge": challenge, "origin": self._origin}).encode())

    def _credential(self, response: dict[str, str]) -> str:
        id = encoded(self.id)
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})
