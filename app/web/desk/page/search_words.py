"""Search words in an address, encrypted so that only the browser they were typed in can read them.

Households are searched by name, and the addresses of pages end up in the logs of proxies, in a browser's
history and in `Referer` headers. So the words are encrypted, with a key derived from the browser's cookie.
The same words have the same address (Back, reload and bookmarks work), and nothing is stored on the server.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from fastapi import Request

from app.core.config import Settings
from app.web.deps import cookie_name

_PURPOSE = b"search words of the desk\x00"


class SearchWordCipher:
    """The cipher of a browser; its key comes from the cookie `known`, which outlives sessions, or `desk`."""

    def __init__(self, request: Request, settings: Settings) -> None:
        cookies = [request.cookies.get(cookie_name(kind, settings), "") for kind in ("known", "desk")]
        secret = next((cookie for cookie in cookies if cookie), "")
        # The cookie is 32 random bytes, so one round of a hash is enough to derive a key.
        self._cipher = AESSIV(hashlib.sha512(_PURPOSE + secret.encode("utf-8", "replace")).digest())

    def encrypt(self, words: str) -> str:
        """The value of `words` in an address."""
        if not words:
            return ""
        encrypted = self._cipher.encrypt(words.encode("utf-8", "replace"), None)
        return urlsafe_b64encode(encrypted).rstrip(b"=").decode()

    def decrypt(self, value: str) -> str:
        """The words of a value in an address; empty if this browser did not encrypt it."""
        try:
            data = urlsafe_b64decode(value + "=" * (-len(value) % 4))
            return self._cipher.decrypt(data, None).decode()
        except (ValueError, InvalidTag):
            return ""
