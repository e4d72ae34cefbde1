"""The commands `restore` and `begin-history`, and what an operator reads after them (docs/operate.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import (
    CommandRefused,
    make_folder,
    open_existing_database,
    refusals_of_maintenance,
    refuse_unwritable,
)
from app.cli.maintenance.checking import NOT_READY
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.desk_log import Entry
from app.core.id_key.stored import KeyFile
from app.upkeep.maintenance import restore
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key import files
from app.upkeep.maintenance.id_key.replacing import CONSEQUENCES
from app.upkeep.maintenance.id_key.restored import Keys
from app.upkeep.maintenance.nightly import encryption, id_keys, run
from app.upkeep.maintenance.restore import RestoreResult
from app.upkeep.migrations import schema_state

commands = typer.Typer()

PrivateKey = Annotated[
    Path | None, typer.Option("--key", help="A file with the private key, for one that is encrypted.")
]


@commands.command("restore")
def restore_backup(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Also if the database has accounts; it stays under another name."),
    ] = False,
    key: PrivateKey = None,
    id_key: Annotated[
        Path | None, typer.Option("--id-key", help="A file of `id-key`, if the key is not beside FILE.")
    ] = None,
    is_lost: Annotated[
        bool, typer.Option("--new-id-key", help="Every copy of the id key is lost: begin another one.")
    ] = False,
) -> None:
    """Replace the database by a backup and start a new epoch. Stop the server first."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    with refusals_of_maintenance(), _decrypted(settings, file, key) as (plain, beside):
        known = [files.read_key(id_key)] if id_key else beside
        result = restore.restore(settings, plain, utc_now(), replace=replace, id_keys=Keys(known, is_lost))
    typer.echo("\n".join([*report_lines(result), *([CONSEQUENCES] if is_lost else [])]))


@commands.command("begin-history")
def begin_new_history(
    desk_logs: Annotated[
        list[Path] | None,
        typer.Option(
            "--desk-log", help="The desk log of another machine that served; repeat it for several."
        ),
    ] = None,
) -> None:
    """Start a new epoch in the database as it is: after the promotion of a standby that may have been behind,
    or if a disk lost its last writes. It costs phones some traffic, and one-time links that are not used."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    database = open_existing_database(settings)
    try:
        if (schema := schema_state(database)) != "newest":
            raise CommandRefused(NOT_READY[schema])
        with refusals_of_maintenance():
            result = restore.begin_history(database, settings.desk_log_file, desk_logs or [], utc_now())
    finally:
        database.close()
    typer.echo("A new history has begun. Phones will send again what they sent in the last 30 days.")
    typer.echo("\n".join(reverted_lines(result, "in the time that was lost")))


@contextmanager
def _decrypted(settings: Settings, file: Path, key: Path | None) -> Iterator[tuple[Path, list[str]]]:
    """The backup itself, or what is in an encrypted one, and the id keys beside that. Raises
    `MaintenanceRefused`."""
    if not encryption.is_encrypted(file):
        beside = KeyFile(files.beside(file)).read()
        yield file, [beside] if beside else []
        return
    if key is None:
        raise MaintenanceRefused(f"{file} is encrypted: add --key with a file that has the private key.")
    make_folder(settings.data_dir)
    with run.work_folder(settings.data_dir) as work:
        packed, plain = work / "decrypted", work / "restored"
        pair = encryption.read_key_pair(key)
        encryption.decrypt(file, packed, pair)
        encryption.decompress(packed, plain)
        yield plain, id_keys.keys_beside(file, pair)


def report_lines(result: RestoreResult) -> Iterator[str]:
    """What the operator reads after a restore."""
    yield "Restored. Phones will send again what they sent since the backup."
    if result.previous_database:
        yield f"What was here before is kept: {result.previous_database}. Delete it once all is well."
    if result.previous_key_file:
        yield f"Its id key is in {result.previous_key_file}."
    yield from reverted_lines(result, "since the backup")


def reverted_lines(result: RestoreResult, since: str) -> Iterator[str]:
    """What was done and is not in the database, and has to be done again; `since`: *since the backup*."""
    reverted = result.reverted
    if not result.has_desk_log:
        yield f"There is no desk log: what was decided at the desk {since} is not known."
    yield from _invited_lines(result, since)
    yield from _device_lines(result, since)
    for code in reverted.arrived:
        yield f"Commune {code} was moved here {since}: import its file again, before the server is started."
    if reverted.ended_links:
        yield f"{reverted.ended_links} one-time links are void: who has not used theirs needs another."
    erased = {"households erased": reverted.erased_households, "people erased": reverted.erased_people}
    again = {"accounts ended": len(reverted.ended_accounts), **erased}
    yield from (f"{count} {what} {since}: that was done again." for what, count in again.items() if count)
    if count := len(reverted.imports):
        yield f"{count} lists were imported {since}. Import them again:"
        yield from (f"  {entry['at']} {entry['count']} households" for entry in reverted.imports)
    if count := len(reverted.decisions):
        yield f"{count} decisions were made {since}. Make them again:"
        for entry in reverted.decisions:
            yield from _decision_lines(entry)


def _invited_lines(result: RestoreResult, since: str) -> Iterator[str]:
    """Who has to be invited again. The desk log has ids only; the names are those in the databases."""
    if count := len(result.reverted.invited_accounts):
        yield f"{count} people were invited or given a password {since}. Do it again,"
        yield "with the same phone numbers and sign-in names:"
        yield from (f"  {_name(result, account)}" for account in result.reverted.invited_accounts)


def _device_lines(result: RestoreResult, since: str) -> Iterator[str]:
    if count := len(result.reverted.suspended_devices):
        yield f"{count} phones came or were revoked {since} and are suspended:"
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
