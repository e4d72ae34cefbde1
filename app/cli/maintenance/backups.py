"""The commands that write backups and prove them (docs/operate.md)."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import LOG_CHANGED, make_folder, open_existing_database, refusals_of_maintenance
from app.core.clock import utc_now
from app.core.config import Settings
from app.upkeep.maintenance import backup
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.id_key import files
from app.upkeep.maintenance.id_key.place import held_key, is_separate, known_key
from app.upkeep.maintenance.nightly import encryption, id_keys, run, verification

commands = typer.Typer()


@commands.command("backup")
def write_backup(
    file: Annotated[Path, typer.Argument(help="A new file; it contains personal data.")],
) -> None:
    """Write the whole database to FILE, while the server runs. Never overwrites a file."""
    settings = Settings()
    database = open_existing_database(settings)
    with refusals_of_maintenance():
        size = backup.backup(settings, file)
        typer.echo(f"{file}: {size} bytes.")
        if database.read(is_separate):
            beside = files.write_beside(file, known_key(database))
            typer.echo(f"{beside} has its id key: store the two apart. A restore elsewhere needs both.")
    database.close()


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
        with refusals_of_maintenance():
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
    if result.log_changed:
        typer.echo(LOG_CHANGED, err=True)
        raise typer.Exit(1)


@commands.command("check-backup")
def check_backup(
    file: Annotated[Path, typer.Argument(help="A file that `nightly-backup` wrote.")],
    key: Annotated[Path, typer.Option("--key", help="A file with the private key.")],
) -> None:
    """Prove that FILE can be restored with the private key, in a scratch database. Exit code 1 if that has
    problems."""
    settings = Settings()
    make_folder(settings.data_dir)
    with refusals_of_maintenance(), run.work_folder(settings.data_dir) as work:
        keys, store = encryption.read_key_pair(key), backup.database_store(settings)
        if not encryption.is_encrypted(file):
            raise MaintenanceRefused(f"{file} is not encrypted.")
        known = [*id_keys.keys_beside(file, keys), *([held] if (held := held_key(settings)) else [])]
        found = verification.verify(store, file, keys, work, id_keys=known)
    typer.echo(f"{file}: {', '.join(found.problems) or 'ok'}")
    if found.log_changed:
        typer.echo(LOG_CHANGED, err=True)
    if found.problems or found.log_changed:
        raise typer.Exit(1)
