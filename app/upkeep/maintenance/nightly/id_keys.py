"""The id key beside the backups of a place, in a file of its own that is encrypted as they are: whoever has
the place and the private key can restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.id_key.stored import parse
from app.upkeep.maintenance.files import MaintenanceRefused, atomic_write
from app.upkeep.maintenance.nightly import encryption
from app.upkeep.maintenance.nightly.encryption import KeyPair

_BESIDE, _END = "id-key-of-", ".age"
_MAX_BESIDE = 50  # files that are tried


def beside(folder: Path, tag: str) -> Path:
    """The file in a place that has the key of the instance with this tag."""
    return folder / f"{_BESIDE}{tag}{_END}"


def write_beside(file: Path, key: str, work: Path, public_keys: list[str]) -> None:
    """Write the key, encrypted for `public_keys`, instead of what was there. Raises `MaintenanceRefused` and
    `OSError`."""
    with _private_file(work) as plain:
        plain.write_text(f"{key}\n", "ascii")
        with atomic_write(file, replaces=True) as part:
            encryption.encrypt(plain, part, public_keys)


def keys_beside(backup: Path, keys: KeyPair, work: Path) -> list[str]:
    """The id keys in the folder of a backup that `keys` can read."""
    files = sorted(backup.absolute().parent.glob(f"{_BESIDE}*{_END}"))[:_MAX_BESIDE]
    return [key for file in files if (key := _decrypted(file, keys, work))]


def _decrypted(file: Path, keys: KeyPair, work: Path) -> str | None:
    with _private_file(work) as plain:
        try:
            encryption.decrypt(file, plain, keys)
        except (MaintenanceRefused, OSError):  # another instance's, for another key
            return None
        return parse(plain.read_bytes())


@contextmanager
def _private_file(work: Path) -> Iterator[Path]:
    """A private file that is there for a moment."""
    plain = work / "id-key"
    plain.touch(mode=0o600)
    try:
        yield plain
    finally:
        plain.unlink(missing_ok=True)
