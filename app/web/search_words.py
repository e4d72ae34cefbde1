"""Search words in an address, as something that only the browser they were typed in can read.

Households are searched by name, and the addresses of pages end up in the logs of whatever stands between
browser and server, in a browser's history and in what it says it came from. So words are encrypted there,
under a key that the browser brings with each request: the secret of its cookie. The same words have the same
address, Back, reload and bookmarks work, and nothing is stored on the server.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from fastapi import Request

from app.core.config import Settings
from app.web.deps import cookie_name

_PURPOSE = b"search words of the desk\x00"


class SearchWords:
    """Words of one browser. `known` outlives its sessions; `desk` stands in where it was deleted."""

    def __init__(self, request: Request, settings: Settings) -> None:
        cookies = [request.cookies.get(cookie_name(kind, settings), "") for kind in ("known", "desk")]
        secret = next((cookie for cookie in cookies if cookie), "")
        # The cookie is 32 random bytes: one round of a hash makes a key of it.
        self._cipher = AESSIV(hashlib.sha512(_PURPOSE + secret.encode("utf-8", "replace")).digest())

    def seal(self, words: str) -> str:
        """*nguyễn đức* → what stands in the address."""
        if not words:
            return ""
        sealed = self._cipher.encrypt(words.encode("utf-8", "replace"), None)
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, sealed: str) -> str:
        """The words again; empty if another browser sealed them, or nobody did."""
        try:
            data = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            return self._cipher.decrypt(data, None).decode()
        except (ValueError, InvalidTag):
            return ""
