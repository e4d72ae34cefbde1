"""Callers: the phones whose request bodies are read into memory.

An exchange finds out in its own transaction who sent it. A stranger's body must not take memory until then,
and a stranger must not wait for the database's writer.
"""

from app.commune.accounts.sessions import hash_token

MAX_CALLERS = 10_000  # with 64 bytes of hash each; the oldest is forgotten first


class KnownCallers:
    """Cookies that were a phone's when they came first to this process. They prove nothing else."""

    def __init__(self) -> None:
        self._hashes: dict[str, None] = {}

    def __contains__(self, cookie: str | None) -> bool:
        return hash_token(cookie or "") in self._hashes

    def add(self, cookie: str | None) -> None:
        """Know a cookie from now on."""
        if len(self._hashes) >= MAX_CALLERS:
            self._hashes.pop(next(iter(self._hashes)), None)
        self._hashes[hash_token(cookie or "")] = None

    def forget(self, cookie: str | None) -> None:
        """Know it no more: its session has ended."""
        self._hashes.pop(hash_token(cookie or ""), None)
