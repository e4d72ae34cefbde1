"""The commands of backups, `id-key`, `restore` and `check` (docs/operate.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import (
    CommandRefused,
    make_folder,
    open_database,
    open_existing_database,
    refuse_unwritable,
)
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.desk_log import Entry
from app.fieldwork.derived import rebuild
from app.upkeep.maintenance import backup, desk_log, new_server, restore
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.nightly import encryption, run, verification
from app.upkeep.maintenance.restore import RestoreResult
from app.upkeep.migrations import schema_state
from app.upkeep.storage import storage_state

commands = typer.Typer()

PrivateKey = Annotated[
    Path | None, typer.Option("--key", help="A file with the private key, for one that is encrypted.")
]
_NOT_READY = {"older": "The schema is of an older version: start the server, which brings it up to date."}
_NONE, _UNKNOWN = "No commune has started yet.", "No commune that has started has the code {}."
_SCHEMAS = {
    "none": "There is nothing to check: this database is not of this application.",
    "older": "The schema is of an older version: start the server, which brings it up to date, then check.",
    "changed": "The schema is of this version, but made by another content of its revisions.",
    "newer": "The database is of a newer version of the application: update it first.",
}


@commands.command("backup")
def write_backup(
    file: Annotated[Path, typer.Argument(help="A new file; it contains personal data.")],
) -> None:
    """Write the whole database to FILE, while the server runs. Never overwrites a file."""
    settings = Settings()
    open_existing_database(settings).close()
    with _refuse():
        size = backup.backup(settings, file)
    typer.echo(f"{file}: {size} bytes.")


@commands.command("backup-keys")
def print_keys() -> None:
    """Print a new pair of keys for nightly backups: the server gets the public one only."""
    keys = encryption.KeyPair()
    typer.echo("Without this line no backup can be read. Store it in two places, and never on the server:")
    typer.echo(keys.private_key)
    typer.echo("The server's settings get this one:")
    typer.echo(f"TUNGNHA_BACKUP_PUBLIC_KEY={keys.public_key}")


@commands.command("nightly-backup")
def make_nightly_backup(
    is_new_place: Annotated[
        bool, typer.Option("--new-place", help="TUNGNHA_BACKUP_DIR has another disk since the last one.")
    ] = False,
) -> None:
    """Write an encrypted backup to TUNGNHA_BACKUP_DIR, restore it into a scratch database and check that, and
    delete those of more than 30 days. Exit code 1 if it was made and has problems, 2 if it was not made."""
    settings = Settings()
    database = open_existing_database(settings)
    make_folder(settings.data_dir)
    try:
        with _refuse():
            result = run.run(database, settings, utc_now(), is_new_place=is_new_place)
    finally:
        database.close()
    if result.is_beside_data:
        typer.echo("The backup is on the database's disk: what breaks that disk takes both.", err=True)
    if result.overdue:
        typer.echo(f"{result.overdue} backups are past their day: too few good ones are newer.", err=True)
    if result.problems:
        typer.echo(
            f"{result.file}: {result.size} bytes. It does not count as good: check finds problems "
            f"({', '.join(result.problems)}).",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo(f"{result.file}: {result.size} bytes, restored and checked. {result.deleted} older deleted.")


@commands.command("check-backup")
def check_backup(
    file: Annotated[Path, typer.Argument(help="A file that `nightly-backup` wrote.")],
    key: Annotated[Path, typer.Option("--key", help="A file with the private key.")],
) -> None:
    """Prove that FILE can be restored with the private key, in a scratch database. Exit code 1 if that has
    problems."""
    settings = Settings()
    make_folder(settings.data_dir)
    with _refuse(), run.work_folder(settings.data_dir) as work:
        keys, store = encryption.read_key_pair(key), backup.database_store(settings)
        if not encryption.is_encrypted(file):
            raise MaintenanceRefused(f"{file} is not encrypted.")
        problems = verification.verify(store, file, keys, work)
    typer.echo(f"{file}: {', '.join(problems) or 'ok'}")
    if problems:
        raise typer.Exit(1)


@commands.command("id-key")
def write_id_key(file: Annotated[Path, typer.Argument(help="A new file; keep it secret.")]) -> None:
    """Write the key from which ids are derived to FILE. Keep it apart: it is for the day without a backup."""
    database = open_existing_database(Settings())
    try:
        with _refuse():
            database.read(lambda session: new_server.write_key(session, file))
    finally:
        database.close()


@commands.command("restore")
def restore_backup(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Also if the database has accounts; it stays under another name."),
    ] = False,
    key: PrivateKey = None,
) -> None:
    """Replace the database by a backup and start a new epoch. Stop the server first."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    with _refuse(), _decrypted(settings, file, key) as plain:
        result = restore.restore(settings, plain, utc_now(), replace=replace)
    typer.echo("\n".join(report_lines(result)))


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
            raise CommandRefused(_NOT_READY.get(schema, _SCHEMAS[schema]))
        with _refuse():
            result = restore.begin_history(database, settings.desk_log_file, desk_logs or [], utc_now())
    finally:
        database.close()
    typer.echo("A new history has begun. Phones will send again what they sent in the last 30 days.")
    typer.echo("\n".join(reverted_lines(result, "in the time that was lost")))


@commands.command("check")
def check_database(
    commune: Annotated[str, typer.Option(help="Official code; without it every commune, one by one.")] = "",
) -> None:
    """Check the consistency of the database; exit code 1 if there are problems."""
    settings = Settings()
    refuse_unwritable(settings.desk_log_file)
    database = open_existing_database(settings)
    if (schema := schema_state(database)) != "newest":
        raise CommandRefused(_SCHEMAS[schema])
    results = check(database, code=commune)
    if not results:
        raise CommandRefused(_UNKNOWN.format(commune))
    for result in results:
        remarks = "".join(f" ({one})" for one in result.remarks)
        typer.echo(f"{result.name}: {' '.join(result.problems) or 'ok'}{remarks}")
    if not commune:  # the log is the instance's
        added = desk_log.catch_up(database, is_whole=True).added
        typer.echo(f"desk log: {f'{added} lines were missing and have been added' if added else 'ok'}")
        typer.echo(f"at rest: {storage_state(settings).sentence}")
    database.close()
    if any(result.problems for result in results):
        raise typer.Exit(1)


@commands.command("rebuild-derived")
def rebuild_derived(
    commune: Annotated[str, typer.Option(help="Official code; without it every commune.")] = "",
) -> None:
    """Write what follows from visits and accounts anew, where check finds it wrong."""
    database = open_database(Settings())
    rebuilt = rebuild.rebuild(database, commune, utc_now())
    database.close()
    if not rebuilt:
        raise CommandRefused(_UNKNOWN.format(commune) if commune else _NONE)
    for code, tables in rebuilt.items():
        rows = ", ".join(f"{count} rows of {name}" for name, count in tables.items())
        typer.echo(f"{code}: {f'{rows} were written anew' if rows else 'ok'}")


@contextmanager
def _refuse() -> Iterator[None]:
    """Turn `MaintenanceRefused` into the command's refusal."""
    try:
        yield
    except MaintenanceRefused as reason:
        raise CommandRefused(reason.sentence) from None


@contextmanager
def _decrypted(settings: Settings, file: Path, key: Path | None) -> Iterator[Path]:
    """The backup itself, or what is in an encrypted one. Raises `MaintenanceRefused`."""
    if not encryption.is_encrypted(file):
        yield file
        return
    if key is None:
        raise MaintenanceRefused(f"{file} is encrypted: add --key with a file that has the private key.")
    make_folder(settings.data_dir)
    with run.work_folder(settings.data_dir) as work:
        packed, plain = work / "decrypted", work / "restored"
        encryption.decrypt(file, packed, encryption.read_key_pair(key))
        encryption.decompress(packed, plain)
        yield plain


def report_lines(result: RestoreResult) -> Iterator[str]:
    """What the operator reads after a restore."""
    yield "Restored. Phones will send again what they sent since the backup."
    if result.previous_database:
        yield f"What was here before is kept: {result.previous_database}. Delete it once all is well."
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
