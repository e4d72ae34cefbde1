"""The commands `backup`, `id-key`, `restore` and `check` (docs/operate.md)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import CommandRefused, open_existing_database, refuse_unwritable
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.desk_log import Entry
from app.maintenance import backup, desk_log, new_server, restore
from app.maintenance.check import check
from app.maintenance.files import MaintenanceRefused
from app.maintenance.restore import RestoreResult
from app.migrations import schema_state

commands = typer.Typer()

_SCHEMAS = {
    "none": "There is nothing to check: this database is not of this application.",
    "older": "The schema is of an older version: start the server, which brings it up to date, then check.",
    "newer": "The database is of a newer version of the application: update it first.",
}


@commands.command("backup")
def write_backup(
    file: Annotated[Path, typer.Argument(help="A new file; it contains personal data.")],
) -> None:
    """Write the whole database to FILE, while the server runs. Never overwrites a file."""
    settings = Settings()
    open_existing_database(settings).close()
    try:
        size = backup.backup(settings, file)
    except MaintenanceRefused as reason:
        raise CommandRefused(reason.sentence) from None
    typer.echo(f"{file}: {size} bytes.")


@commands.command("id-key")
def write_id_key(file: Annotated[Path, typer.Argument(help="A new file; keep it secret.")]) -> None:
    """Write the key from which ids are derived to FILE. Keep it apart: it is for the day without a backup."""
    database = open_existing_database(Settings())
    try:
        database.read(lambda session: new_server.write_key(session, file))
    except MaintenanceRefused as reason:
        raise CommandRefused(reason.sentence) from None
    finally:
        database.close()


@commands.command("restore")
def restore_backup(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Also if the database has accounts; it stays under another name."),
    ] = False,
) -> None:
    """Replace the database by a backup and start a new epoch. Stop the server first."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    try:
        result = restore.restore(settings, file, utc_now(), replace=replace)
    except MaintenanceRefused as reason:
        raise CommandRefused(reason.sentence) from None
    typer.echo("\n".join(report_lines(result)))


@commands.command("check")
def check_database() -> None:
    """Check the consistency of the database; exit code 1 if there are problems."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    database = open_existing_database(settings)
    if (schema := schema_state(database)) != "newest":
        raise CommandRefused(_SCHEMAS[schema])
    results = check(database)
    for result in results:
        typer.echo(f"{result.name}: {' '.join(result.problems) or 'ok'}")
    added = desk_log.catch_up(database, is_whole=True).added
    typer.echo(f"desk log: {f'{added} lines were missing and have been added' if added else 'ok'}")
    database.close()
    if any(result.problems for result in results):
        raise typer.Exit(1)


def report_lines(result: RestoreResult) -> Iterator[str]:
    """What the operator reads after a restore."""
    reverted = result.reverted
    yield "Restored. Phones will send again what they sent since the backup."
    if result.previous_database:
        yield f"What was here before is kept: {result.previous_database}. Delete it once all is well."
    if not result.has_desk_log:
        yield "There is no desk log: what was decided at the desk since the backup is not known."
    yield from _invited_lines(result)
    yield from _device_lines(result)
    if count := len(reverted.ended_accounts):
        yield f"{count} accounts ended since the backup and have been ended again."
    if count := len(reverted.imports):
        yield f"{count} lists were imported since the backup. Import them again:"
        yield from (f"  {entry['at']} {entry['count']} households" for entry in reverted.imports)
    if count := len(reverted.decisions):
        yield f"{count} decisions were made since the backup. Make them again:"
        for entry in reverted.decisions:
            yield from _decision_lines(entry)


def _invited_lines(result: RestoreResult) -> Iterator[str]:
    """Who has to be invited again. The desk log has ids only; the names are those in the databases."""
    if count := len(result.reverted.invited_accounts):
        yield f"{count} people were invited or given a password since the backup. Do it again,"
        yield "with the same phone numbers and sign-in names:"
        yield from (f"  {_name(result, account)}" for account in result.reverted.invited_accounts)


def _device_lines(result: RestoreResult) -> Iterator[str]:
    if count := len(result.reverted.suspended_devices):
        yield f"{count} phones came or were revoked since the backup and are suspended:"
        for device in result.reverted.suspended_devices:
            yield f"  device {device} of {_name(result, result.reverted.device_accounts.get(device))}"
        yield "  Invite their people again."


def _name(result: RestoreResult, account_id: str | None) -> str:
    """*Nguyễn Thị Lan, Tổ Thôn Đông*, or the account's id if neither database has the name."""
    return result.account_names.get(account_id or "") or f"account {account_id or 'unknown'}"


def _decision_lines(entry: Entry) -> Iterator[str]:
    """*2026-11-25T03:14:00.000Z visit.returned by a1 (reason other): /desk/visits/v1*."""
    codes = ", ".join(f"{name} {entry[name]}" for name in ("reason", "field", "account") if name in entry)
    head = f"  {entry['at']} {entry['what']} by {entry.get('by', 'nobody')}{f' ({codes})' if codes else ''}"
    yield from (f"{head}{f': {address}' if address else ''}" for address in list(_addresses(entry)) or [""])


def _addresses(entry: Entry) -> Iterator[str]:
    """The desk's addresses at which the decision can be made again."""
    yield from (f"/desk/visits/{visit}" for visit in entry.get("visits", []))
    if "operation" in entry:
        yield f"/desk/quarantine/{entry['operation']}/{entry['payload']}"
    if "households" in entry:
        yield f"/desk/duplicates/{'/'.join(entry['households'])}"
    if "device" in entry:
        yield "/desk/devices"
