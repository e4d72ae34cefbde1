"""One nightly backup, from the database to a file that counts (decision 86)."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.core.config import Settings
from app.core.db import Database
from app.core.errors import Unavailable
from app.upkeep.audit.witness import take
from app.upkeep.maintenance import record
from app.upkeep.maintenance.backup import database_store
from app.upkeep.maintenance.files import MaintenanceRefused, atomic_write, fsync
from app.upkeep.maintenance.id_key.place import known_key
from app.upkeep.maintenance.nightly import encryption, id_keys, place, restic
from app.upkeep.maintenance.nightly.encryption import KeyPair
from app.upkeep.maintenance.nightly.place import Place
from app.upkeep.maintenance.nightly.verification import Content, Found, Store, read_content, verify
from app.upkeep.maintenance.record import BackupState

_LOCK, _WORK = "backup.lock", "backup-work"
_RESERVE = 1 << 20
"""Bytes that stay free."""


@dataclass(frozen=True)
class NightlyResult:
    """A backup that was made. `problems`: the checks that found problems in it, which then does not count.
    `deleted`: how many older ones were; `overdue`: how many are past their day and stay, because too few good
    ones are newer; `is_beside_data`: it is on the disk of the database; `log_changed`: see `Found`."""

    file: Path
    size: int
    problems: list[str]
    deleted: int
    overdue: int
    is_beside_data: bool
    log_changed: bool


def run(
    database: Database, settings: Settings, now: datetime, *, is_new_place: bool = False
) -> NightlyResult:
    """Make a backup in the settings' place, prove that it can be restored, and delete expired ones.

    What became of it is recorded in the database. `is_new_place`: the newest good one need not be there.
    Raises `MaintenanceRefused`; then this run has left no file that could be taken for a backup.
    """
    try:
        with work_folder(settings.data_dir) as work:
            return _Run(database, settings, now, work).run(is_new_place=is_new_place)
    except (MaintenanceRefused, OSError) as error:
        sentence = _sentence(error, settings)
        with suppress(Unavailable, DBAPIError):
            database.write(lambda session: record.record_failure(session, now, sentence))
        raise MaintenanceRefused(sentence) from error


@contextmanager
def work_folder(data_dir: Path) -> Iterator[Path]:
    """A private, empty folder for copies that are not encrypted, deleted afterwards; what an interrupted run
    left is deleted first. Raises `MaintenanceRefused` if another command uses it."""
    folder = data_dir / _WORK
    with (data_dir / _LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MaintenanceRefused("Another backup or restore is running.") from None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _Run:
    """A run: `work` has the copy before it is encrypted, and after it was decrypted again."""

    def __init__(self, database: Database, settings: Settings, now: datetime, work: Path) -> None:
        self._database, self._settings, self._now, self._work = database, settings, now, work
        self._store: Store = database_store(settings)
        self._id_key = known_key(database)
        self._place = Place(_folder(settings), self._id_key)
        self._key_file = id_keys.beside(self._place.folder, self._place.tag, settings.backup_public_key)

    def run(self, *, is_new_place: bool) -> NightlyResult:
        content, state = self._database.read(_read)
        known = state.good.file if state.good else ""
        if known and not is_new_place and not (self._place.folder / known).exists():
            raise MaintenanceRefused(
                f"The newest good backup {known} is not in {self._place.folder}: is its disk mounted? "
                "If the place is new, add --new-place."
            )
        self._place.remove_parts()
        witness = self._database.read(partial(take, now=self._now))
        file, found = self._write(content)
        problems, size, deleted = found.problems, file.stat().st_size, 0
        if problems:
            reason = f"{file.name} does not count as good: check finds problems ({', '.join(problems)})."
            self._database.write(lambda session: record.record_failure(session, self._now, reason))
        else:
            restic.copy(self._key_file, f"{self._place.tag}-id-key", place.RETENTION.days)
            self._place.add_witness(witness.line())
            restic.copy(self._place.witnesses, f"{self._place.tag}-witnesses", place.RETENTION.days)
            restic.copy(file, self._place.tag, place.RETENTION.days)  # last: it is restic's *latest*
            self._database.write(lambda session: record.record_good(session, self._now, file.name, size))
            deleted = len(self._place.prune(self._now))
        overdue = self._place.overdue(self._now)
        is_beside_data = self._is_beside_data()
        return NightlyResult(file, size, problems, deleted, overdue, is_beside_data, found.log_changed)

    def _write(self, content: Content) -> tuple[Path, Found]:
        """The file of the backup, once it was restored from where it lies; what was found in it."""
        file = self._place.new_file(self._now, self._store.extension)
        packed = self._dump()
        # Nobody has this key after the run. With it the file is read as whoever restores will read it.
        keys = KeyPair()
        public_keys = [self._settings.backup_public_key, keys.public_key]
        id_keys.write_beside(self._key_file, self._id_key, public_keys)
        known = id_keys.keys_beside(self._key_file, keys)
        try:
            with atomic_write(file) as part:
                encryption.encrypt(packed, part, public_keys)
                packed.unlink()
                fsync(part)
                found = verify(self._store, part, keys, self._work, content, known)
                if found.problems:
                    file = self._place.name_with_problems(file)
                    part.rename(file)
                    fsync(self._place.folder)
                    raise _ProblemsFound
        except _ProblemsFound:
            pass
        return file, found

    def _dump(self) -> Path:
        """A copy of the database in the work folder, compressed. Raises `MaintenanceRefused`."""
        self._refuse_full_disk()
        plain = self._work / "dumped"
        self._store.dump(plain)
        if not self._store.is_compressible:
            return plain
        packed = self._work / "packed"
        encryption.compress(plain, packed)
        plain.unlink()
        return packed

    def _refuse_full_disk(self) -> None:
        size, folder = self._store.dump_size(), self._settings.data_dir
        needed, free = size + _RESERVE, shutil.disk_usage(folder).free
        if free < needed:
            raise MaintenanceRefused(
                f"The disk of {folder} has no room for a backup: {free >> 20} MB are free, "
                f"{needed >> 20} needed."
            )

    def _is_beside_data(self) -> bool:
        data = self._settings.sqlite_file or self._settings.data_dir
        return os.stat(data).st_dev == os.stat(self._place.folder).st_dev


class _ProblemsFound(Exception):  # noqa: N818 - a fact, as in core/errors.py
    """`check` has found problems: the file gets another name."""


def _folder(settings: Settings) -> Path:
    """The settings' place. Raises `MaintenanceRefused` if there are none."""
    if not settings.backup_dir or not settings.backup_public_key:
        raise MaintenanceRefused(
            "TUNGNHA_BACKUP_DIR and TUNGNHA_BACKUP_PUBLIC_KEY are not both set: backup-keys prints a key."
        )
    return settings.backup_dir


def _read(session: Session) -> tuple[Content, BackupState]:
    return read_content(session), record.read_state(session)


def _sentence(error: MaintenanceRefused | OSError, settings: Settings) -> str:
    if isinstance(error, MaintenanceRefused):
        return error.sentence
    where = error.filename or settings.backup_dir or settings.data_dir
    return f"The backup could not be made: {where}: {error.strerror or error}."
