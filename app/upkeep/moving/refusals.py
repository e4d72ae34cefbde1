"""Why the file of a commune cannot be imported into this instance."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session, col, or_, select

from app.commune.accounts.models import SignInName
from app.commune.areas import Commune, Province
from app.commune.moving import CommuneArrival
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.migrations import newest_revision
from app.upkeep.moving.file import Content

_MOST_NAMES = 10


@contextmanager
def refusing_values() -> Iterator[None]:
    """The message of the database may quote values: it is not repeated."""
    try:
        yield
    except (DataError, IntegrityError):
        raise MaintenanceRefused("The database refuses a row of the file.") from None


def refuse(
    session: Session,
    content: Content,
    mode: str,
    arrival: CommuneArrival | None,
) -> None:
    """Raises `MaintenanceRefused` if the commune cannot arrive here. `mode`: of this instance; `arrival`:
    an import of it that has begun."""
    head, code = content.head, content.head.commune["code"]
    if head.revision != newest_revision():
        raise MaintenanceRefused(
            f"The file is of revision {head.revision} and this instance of {newest_revision()}: "
            "both need the same version of the application."
        )
    if head.mode != mode:
        raise MaintenanceRefused(f"The file is of an instance in {head.mode} mode, and this one is not.")
    if arrival is not None:
        raise MaintenanceRefused(f"An import of another file of commune {code} has begun: complete that one.")
    if session.get(Province, head.commune["province_code"]) is None:
        raise MaintenanceRefused("The commune's province is not in the list: run load-areas.")
    same = or_(col(Commune.id) == head.commune_id, col(Commune.code) == code)
    for commune in session.exec(select(Commune).where(same)):
        if commune.moved_at is not None:
            raise MaintenanceRefused(
                f"Commune {code} was here and has moved: what is left of it is in the way of its return."
            )
        if commune.started_at is not None:
            raise MaintenanceRefused(f"Commune {code} has started on this instance already.")


def refuse_host(session: Session, content: Content, host: str, hosts: frozenset[str]) -> None:
    """Raises `MaintenanceRefused` if the commune cannot have its own name here, or the name `host` if it has
    none. `hosts`: the names to which this instance answers."""
    wanted = content.head.commune["host"] or host
    if host and wanted != host:
        raise MaintenanceRefused(f"The commune's phones know it as {wanted}: leave out --host.")
    if wanted and session.exec(select(Commune).where(Commune.host == wanted)).first():
        raise MaintenanceRefused(f"{wanted} is the name of another commune.")
    if wanted and content.head.mode == "production" and wanted not in hosts:
        raise MaintenanceRefused(
            f"This instance does not answer to {wanted}: add it to TUNGNHA_ALLOWED_HOSTS."
        )


def refuse_names(session: Session, found: list[str], names: Mapping[str, str]) -> None:
    """Raises `MaintenanceRefused` if one of the sign-in names `found` in the file, or what it is to become,
    is in use here."""
    if unknown := names.keys() - {*found}:
        raise MaintenanceRefused(f"Nobody in the file signs in as {', '.join(sorted(unknown))}.")
    wanted = [names.get(name, name) for name in found]
    if len({*wanted}) < len(wanted):
        raise MaintenanceRefused("Two people of the file would sign in with the same name.")
    used = set(session.exec(select(SignInName.name).where(col(SignInName.name).in_(wanted))))
    if used:
        shown = ", ".join(sorted(used)[:_MOST_NAMES])
        raise MaintenanceRefused(
            f"{len(used)} sign-in names of the file are in use here: {shown}. "
            "Give each another one: --rename OLD=NEW."
        )
