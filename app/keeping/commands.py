"""The commands of keeping: `backup`, `restore`, `check` (docs/operate.md)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from app.command_line import Refused, open_as_it_is, refuse_unwritable
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.desk_log import Entry
from app.keeping import keeper
from app.keeping.check import check, missing_lines
from app.keeping.files import Impossible
from app.keeping.keeper import Restored
from app.migrations import standing

commands = typer.Typer()

_SCHEMAS = {
    "none": "There is nothing to check: this database is not of this application.",
    "older": "The schema is of an older version: start the server, which brings it up to date, then check.",
    "newer": "The database is of a newer version of the application: update it first.",
}


@commands.command("backup")
def backup(file: Annotated[Path, typer.Argument(help="A new file; it holds personal data.")]) -> None:
    """Write the whole database to FILE while the server runs. Never overwrites."""
    settings = Settings()
    open_as_it_is(settings).close()
    try:
        size = keeper.back_up(settings, file)
    except Impossible as reason:
        raise Refused(reason.sentence) from None
    typer.echo(f"{file}: {size} bytes.")


@commands.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Although people have begun here; what is here is kept aside.")
    ] = False,
) -> None:
    """Put a backup in the database's place and begin a new history. Stop the server first."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    try:
        done = keeper.restore(settings, file, utc_now(), replace=replace)
    except Impossible as reason:
        raise Refused(reason.sentence) from None
    typer.echo("\n".join(said(done)))


@commands.command("check")
def check_database() -> None:
    """Look whether what the database holds fits together; exit code 1 if something does not."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    database = open_as_it_is(settings)
    if (schema := standing(database)) != "newest":
        raise Refused(_SCHEMAS[schema])
    found = check(database)
    for one in found:
        typer.echo(f"{one.what}: {' '.join(one.problems) or 'ok'}")
    added = missing_lines(database)
    typer.echo(f"desk log: {f'{added} lines were missing and have been added' if added else 'ok'}")
    database.close()
    if any(one.problems for one in found):
        raise typer.Exit(1)


def said(done: Restored) -> Iterator[str]:
    """What the operator reads after a restore, line by line."""
    yield "Restored. Phones will send again what they sent since the backup."
    if done.kept:
        yield f"What was here before is kept: {done.kept}. Delete it once all is well."
    if not done.log:
        yield "There is no desk log: what was decided at the desk since the backup is not known."
    yield from _people(done)
    if done.undone.accounts:
        yield f"{len(done.undone.accounts)} accounts ended since the backup and have been ended again."
    if done.undone.lists:
        yield f"{len(done.undone.lists)} lists were imported since the backup. Import them again:"
        yield from (f"  {entry['at']} {entry['count']} households" for entry in done.undone.lists)
    if done.undone.decisions:
        yield f"{len(done.undone.decisions)} decisions were made since the backup. Make them again:"
        for entry in done.undone.decisions:
            yield from _decision(entry)


def _people(done: Restored) -> Iterator[str]:
    """Who has to be invited again. The desk log holds ids; names come from the databases."""
    undone = done.undone
    if undone.invited:
        yield f"{len(undone.invited)} people were invited or given a password since the backup. Do it again,"
        yield "with the same phone numbers and sign-in names:"
        yield from (f"  {_person(done, account)}" for account in undone.invited)
    if undone.devices:
        yield f"{len(undone.devices)} phones came or were revoked since the backup and are suspended:"
        for device in undone.devices:
            yield f"  device {device} of {_person(done, undone.owners.get(device))}"
        yield "  Invite their people again."


def _person(done: Restored, account_id: str | None) -> str:
    """*Nguyễn Thị Lan, Tổ Thôn Đông*, or what is left to say."""
    return done.people.get(account_id or "") or f"account {account_id or 'unknown'}"


def _decision(entry: Entry) -> Iterator[str]:
    """*2026-11-25T03:14:00.000Z visit.returned by a1 (reason other): /desk/visits/v1*."""
    codes = ", ".join(f"{name} {entry[name]}" for name in ("reason", "field", "account") if name in entry)
    head = f"  {entry['at']} {entry['what']} by {entry.get('by', 'nobody')}{f' ({codes})' if codes else ''}"
    yield from (f"{head}{f': {address}' if address else ''}" for address in list(_addresses(entry)) or [""])


def _addresses(entry: Entry) -> Iterator[str]:
    """Where each decision is made again."""
    yield from (f"/desk/visits/{visit}" for visit in entry.get("visits", []))
    if "operation" in entry:
        yield f"/desk/quarantine/{entry['operation']}/{entry['payload']}"
    if "households" in entry:
        yield f"/desk/duplicates/{'/'.join(entry['households'])}"
    if "device" in entry:
        yield "/desk/devices"
