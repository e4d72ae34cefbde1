"""Encrypted backups: files of the format age (age-encryption.org), which the program `age` can read too.

The server knows the public key only. Whoever restores has the private one, which `backup-keys` printed.
"""

import gzip
import io
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from pyrage import x25519

from app.upkeep.maintenance.files import MaintenanceRefused, starts_with

MAGIC = b"age-encryption.org/v1\n"
_GZIP = b"\x1f\x8b"
_MAX_KEY_FILE = 10_000
_PRIVATE_KEY = re.compile(r"^AGE-SECRET-KEY-1[0-9A-Z]+$", re.MULTILINE)


class KeyPair:
    """A private key and the public key that belongs to it."""

    def __init__(self, private_key: str = "") -> None:
        """A new pair, or that of a private key. Raises `ValueError`."""
        try:
            identity = x25519.Identity.from_str(private_key) if private_key else x25519.Identity.generate()
        except pyrage.IdentityError:
            raise ValueError("no private key of age") from None
        self.identity = identity
        self.private_key, self.public_key = str(identity), str(identity.to_public())


def read_key_pair(file: Path) -> KeyPair:
    """The pair of the private key in a file, as `backup-keys` or `age-keygen` wrote it. Raises
    `MaintenanceRefused`."""
    try:
        with file.open("rb") as opened:
            found = _PRIVATE_KEY.search(opened.read(_MAX_KEY_FILE).decode("utf-8", "replace"))
        return KeyPair(found[0] if found else "none")
    except OSError as error:
        raise MaintenanceRefused(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise MaintenanceRefused(f"{file} holds no private key: it is a line AGE-SECRET-KEY-1….") from None


def is_encrypted(file: Path) -> bool:
    """Whether a file is encrypted. Raises `MaintenanceRefused` if it cannot be read."""
    return starts_with(file, MAGIC)


def encrypt(plain: Path, file: Path, public_keys: Sequence[str]) -> None:
    """Write `plain` so that the private key of any of `public_keys` can read it. Raises `OSError`."""
    recipients = [x25519.Recipient.from_str(key) for key in public_keys]
    with plain.open("rb") as source, file.open("wb") as target, _Writer(target) as writer:
        try:
            pyrage.encrypt_io(source, writer, recipients)
        except pyrage.EncryptError:
            raise writer.failure or OSError(0, "encryption failed") from None


def decrypt(file: Path, plain: Path, keys: KeyPair) -> None:
    """Write what is in `file` to `plain`.

    Raises `MaintenanceRefused` if it is for another key or if a byte of it has changed, `OSError` if `plain`
    cannot be written.
    """
    with file.open("rb") as source, plain.open("wb") as target, _Writer(target) as writer:
        try:
            pyrage.decrypt_io(source, writer, [keys.identity])
        except (pyrage.DecryptError, OSError) as error:
            if writer.failure:
                raise writer.failure from None
            if "No matching keys" in str(error):
                raise MaintenanceRefused(f"{file} is encrypted for another key.") from None
            raise MaintenanceRefused(f"{file} is damaged or not whole.") from None


def encrypt_bytes(plain: bytes, public_keys: Sequence[str]) -> bytes:
    """A few bytes, encrypted as a backup is."""
    encrypted: bytes = pyrage.encrypt(plain, [x25519.Recipient.from_str(key) for key in public_keys])
    return encrypted


def decrypt_bytes(content: bytes, keys: KeyPair) -> bytes | None:
    """The same back; None if it is for another key, or was changed."""
    try:
        plain: bytes = pyrage.decrypt(content, [keys.identity])
    except pyrage.DecryptError:
        return None
    return plain


def compress(plain: Path, file: Path) -> None:
    """Write `plain` with gzip. Raises `OSError`."""
    with plain.open("rb") as source, gzip.open(file, "wb", compresslevel=6) as target:
        shutil.copyfileobj(source, target, 1 << 20)


def decompress(file: Path, plain: Path) -> None:
    """Turn `file` into `plain`; what is not compressed is renamed. Raises `OSError`."""
    if not starts_with(file, _GZIP):
        file.rename(plain)
        return
    with gzip.open(file, "rb") as source, plain.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    file.unlink()


class _Writer(io.RawIOBase):
    """Passes on to a file, and stores the error that its caller would only describe."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        self._file.flush()
