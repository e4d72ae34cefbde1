"""What `serve` checks before it starts, and the lines that it prints."""

import hashlib
import os
import shutil
import socket
from collections.abc import Iterator

from sqlmodel import Session, col, func, select

from app import __version__
from app.cli.common import CommandRefused
from app.commune.areas import Commune
from app.core.config import Settings
from app.core.db import Database
from app.upkeep import demo
from app.upkeep.maintenance.mode import has_demo_commune
from app.upkeep.storage import storage_state
from app.web.middleware.security import is_loopback
from app.web.rendering import DIST

_ASSETS = DIST / "assets.json"
_NAMED = 3  # communes in the line of `serve`; an instance may have 3,321


def refuse_start(settings: Settings, port: int) -> None:
    """Raises `CommandRefused` if the server cannot listen at its address, or the app is not built."""
    host = settings.host
    if settings.is_demo and not is_loopback(host):
        raise CommandRefused(f"Demo mode has public passwords: it does not start on {host}.")
    if not _ASSETS.exists():
        raise CommandRefused("The phone's app is not built: run make build first.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise CommandRefused(f"Nothing can listen on {host}, port {port}: {error.strerror}.") from None


def begin_metrics(settings: Settings) -> None:
    """Have the processes of this server count in an empty folder, where `/metrics` adds it up."""
    if settings.workers > 1:
        folder = settings.data_dir.absolute() / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def lines(settings: Settings, port: int, database: Database) -> Iterator[str]:
    """What the operator reads when the server starts."""
    address = settings.local_address(port)
    yield f"Từng Nhà {_build()}, {settings.mode} mode"
    yield f"  Address   {address}"
    yield f"  Database  {settings.database_shown}"
    yield f"  Communes  {database.read(_communes) or 'none yet: create-operator begins one'}"
    if not settings.is_demo:
        yield f"  At rest   {storage_state(settings).sentence}"
    if settings.is_demo and database.read(has_demo_commune):
        yield ""
        yield from _accounts(address)
    yield ""
    yield "Stop with Ctrl+C."


def _build() -> str:
    """*0.1.0+4f2c9a1b*: the version, and the build of the phone's app that is served."""
    return f"{__version__}+{hashlib.sha256(_ASSETS.read_bytes()).hexdigest()[:8]}"


def _communes(session: Session) -> str:
    """The first of those that have begun, and how many more."""
    has_begun = col(Commune.started_at).is_not(None)
    count = session.exec(select(func.count()).select_from(Commune).where(has_begun)).one()
    first = session.exec(select(Commune).where(has_begun).order_by(Commune.code).limit(_NAMED))
    names = ", ".join(f"{commune.kind} {commune.name} ({commune.code})" for commune in first)
    return f"{names} and {count - _NAMED:,} more" if count > _NAMED else names


def _accounts(address: str) -> Iterator[str]:
    name, sign_in_name, password = demo.SUPERVISOR
    yield "The demo commune's people are invented:"
    yield f"  Desk   {address}/desk/          {sign_in_name} / {password}  ({name})"
    name, sign_in_name, password = demo.VIEWER
    yield f"  Province  {address}/province/   {sign_in_name} / {password}  ({name})"
    for person, phone, code in (demo.VOLUNTEERS[0], demo.VOLUNTEERS[2]):
        yield f"  Phone  {address}/field/sign-in  code {code}, phone {phone}  ({person})"
