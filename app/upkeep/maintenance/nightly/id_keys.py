"""The id key beside the backups of a place, in a file of its own that is encrypted as they are: whoever has
the place and the private key can restore."""

import hashlib
from pathlib import Path

from app.core.id_key.stored import parse
from app.upkeep.maintenance.files import atomic_write
from app.upkeep.maintenance.nightly import encryption
from app.upkeep.maintenance.nightly.encryption import KeyPair

_BESIDE, _END = "id-key-of-", ".age"
_MAX_BESIDE = 50  # files that are tried
_MAX_BYTES = 10_000


def beside(folder: Path, tag: str, public_key: str) -> Path:
    """The file in a place that has the key of the instance with this tag, for backups that are encrypted for
    this public key: those of before have one of their own."""
    recipient = hashlib.sha256(public_key.encode()).hexdigest()[:8]
    return folder / f"{_BESIDE}{tag}-{recipient}{_END}"


def write_beside(file: Path, key: str, public_keys: list[str]) -> None:
    """Write the key, encrypted for `public_keys`, instead of what was there. Raises `MaintenanceRefused`."""
    with atomic_write(file, replaces=True) as part:
        part.write_bytes(encryption.encrypt_bytes(f"{key}\n".encode(), public_keys))


def keys_beside(backup: Path, keys: KeyPair) -> list[str]:
    """The id keys in the folder of a backup that `keys` can read."""
    files = sorted(backup.absolute().parent.glob(f"{_BESIDE}*{_END}"))[:_MAX_BESIDE]
    return [key for file in files if (key := _decrypted(file, keys))]


def _decrypted(file: Path, keys: KeyPair) -> str | None:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_BYTES)
    except OSError:
        return None
    plain = encryption.decrypt_bytes(content, keys)
    return parse(plain) if plain else None
