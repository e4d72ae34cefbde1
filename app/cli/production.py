"""What `serve` refuses in production, because a server would be unsafe or lose something (decision 30)."""

import errno
import fcntl
import io
import os
import shutil
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.util import to_list

from app.cli.common import CommandRefused, make_folder
from app.core.clock import utc_now
from app.core.config import Settings
from app.upkeep.maintenance.new_server import SERVER_LOCK
from app.web.middleware.security import is_loopback
from app.web.rendering import moment

MIN_FREE_BYTES = (
    64 * 1024 * 1024
)  # a busy day of a commune: 400 visits with their log and a restart's upgrade
MAX_BEHIND = timedelta(minutes=10)
MAX_AHEAD = timedelta(days=366)
CLOCK_SECONDS = 600  # between two records of the time

_VERIFIED = ("verify-full", "verify-ca")  # of sslmode
_ACCEPT = "set the clock, or start once with --accept-clock"


class ServerLock:
    """The file `server.lock` of the data folder: locked as long as the server runs, with the last time at
    which it ran as its text. A file beside a SQLite database is locked with it."""

    def __init__(self, folder: Path, database: Path | None = None) -> None:
        """Raises `CommandRefused` if another server runs here or has the SQLite file `database`, `OSError` if
        the folder cannot be written."""
        self._file = _locked(
            folder / SERVER_LOCK, f"The data folder {folder} is served by another process already."
        )
        # Two servers of one file, each with a desk log and uploads of its own, would not know of each other.
        if database and (real := database.resolve()).parent.is_dir():
            self._database_file = _locked(
                real.with_name(f"{real.name}.server"),
                f"The database {database} is served by another process already, with another data folder.",
            )

    def last_time(self) -> datetime | None:
        """When the server last ran here; None if it never did or the record is damaged."""
        try:
            return datetime.fromisoformat(os.pread(self._file.fileno(), 100, 0).decode("ascii")).astimezone(
                UTC
            )
        except (ValueError, OverflowError):
            return None

    def record_time(self, now: datetime) -> None:
        """Record that the server runs at `now`. Raises `OSError`."""
        text = now.isoformat(timespec="seconds").encode("ascii")
        os.pwrite(self._file.fileno(), text, 0)
        self._file.truncate(len(text))

    def keep_recording(self) -> None:
        """Record the time now, when there is a database, and every ten minutes until the process ends."""
        with suppress(OSError):
            self.record_time(utc_now())
        threading.Thread(target=self._record_for_ever, daemon=True).start()

    def _record_for_ever(self) -> None:
        pause = threading.Event()
        while not pause.wait(CLOCK_SECONDS):
            with suppress(OSError):  # a full disk: what it stops is reported by /healthz
                self.record_time(utc_now())


def _locked(path: Path, refusal: str) -> io.FileIO:
    """The opened and locked file; a refusal if another process has the lock. Raises `OSError`."""
    # A file object: it is closed, and unlocked, when a command that is refused later lets it go.
    file = io.FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandRefused(refusal) from None
    return file


_REASONS = {errno.ENOSPC: "its disk is full.", errno.EACCES: "does it belong to another user?"}


def refuse_unsafe(settings: Settings, *, accept_clock: bool) -> ServerLock:
    """The lock of the data folder, for the life of the process. Raises `CommandRefused` if people would
    reach the server without HTTPS or under a forged address, if what it asks PostgreSQL could be read or
    answered by somebody between, if the folder is in use or its disk almost full, or the clock is wrong."""
    _refuse_address(settings)
    refuse_plain_connection("DATABASE_URL", settings.database)
    refuse_plain_connection("READ_URL", settings.read_url)
    make_folder(settings.data_dir)
    _refuse_full_disk(settings)
    try:
        lock = ServerLock(settings.data_dir, settings.sqlite_file)
        _refuse_clock(lock.last_time(), utc_now(), accept=accept_clock)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"{error.strerror}.")
        raise CommandRefused(f"The data folder {settings.data_dir} cannot be written: {reason}") from None
    return lock


def _refuse_address(settings: Settings) -> None:
    if urlsplit(settings.public_url).scheme == "http":
        raise CommandRefused("TUNGNHA_PUBLIC_URL begins with http://: phones store nothing without https://.")
    if not is_loopback(settings.host) and not settings.trusted_proxies:
        raise CommandRefused(
            f"TUNGNHA_HOST is {settings.host}, which other machines reach: say in TUNGNHA_TRUSTED_PROXIES "
            "from which address the web server with HTTPS comes."
        )


def refuse_plain_connection(setting: str, address: str) -> None:
    """A PostgreSQL on another machine has to prove which one it is. What the address leaves open, libpq takes
    from its variables (PostgreSQL 17, 32.15)."""
    url = make_url(address) if address else None
    if url is None or url.get_backend_name() == "sqlite":
        return
    query = {name: ",".join(to_list(value)) for name, value in url.query.items()}
    named = [url.host, query.get("host"), query.get("hostaddr")]
    hosts = [host for one in named if one for host in one.split(",")]
    hosts = hosts or os.environ.get("PGHOSTADDR", os.environ.get("PGHOST", "")).split(",")
    mode = query.get("sslmode", os.environ.get("PGSSLMODE", ""))
    if mode in _VERIFIED:
        return
    for host in hosts:
        if host and not host.startswith(("/", "@")) and not is_loopback(host):
            raise CommandRefused(
                f"TUNGNHA_{setting} is on another machine, {host}: add sslmode=verify-full (and "
                "sslrootcert=FILE), or nobody knows who reads and answers in between (docs/deploy.md)."
            )


def _refuse_full_disk(settings: Settings) -> None:
    """A SQLite file and the desk log grow here."""
    files = [settings.data_dir, settings.desk_log_file.absolute().parent]
    files += [settings.sqlite_file.absolute().parent] if settings.sqlite_file else []
    for folder in files:
        if folder.is_dir() and (free := shutil.disk_usage(folder).free) < MIN_FREE_BYTES:
            raise CommandRefused(
                f"The disk of {folder} is almost full: {free >> 20} MB are free, "
                f"{MIN_FREE_BYTES >> 20} needed."
            )


def _refuse_clock(last: datetime | None, now: datetime, *, accept: bool) -> None:
    if last is None or accept:
        return
    if now < last - MAX_BEHIND:
        raise CommandRefused(
            f"The clock says {moment(now)}, and this server ran at {moment(last)}: {_ACCEPT}."
        )
    if now > last + MAX_AHEAD:
        days = (now - last).days
        raise CommandRefused(
            f"The clock says {moment(now)}, {days} days after this server last ran: {_ACCEPT}."
        )
