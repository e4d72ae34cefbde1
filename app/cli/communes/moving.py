"""The commands that move a commune to another instance (docs/operate.md): `export-commune`, `undo-move`,
`import-commune`, and without a name of its own `export-commune-queues`, `import-commune-queues`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import CommandRefused, make_folder, open_database
from app.cli.maintenance.restoring import PrivateKey, reverted_lines
from app.core.clock import utc_now
from app.core.config import Settings, valid_public_key
from app.core.db import Database
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.maintenance.nightly import encryption, run
from app.upkeep.maintenance.restore import RestoreResult, account_names
from app.upkeep.moving import arrival, departure, queues
from app.upkeep.moving.arrival import Arrived, Place

commands = typer.Typer()
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]{1,253}(:\d{1,5})?/?")
_RENAME = re.compile(r"([^=\s]+)=([^=\s]+)")
_LEAVES = (
    "From then on commune {code} is away: nobody signs in to it here, until it is imported at the other "
    "instance{phones}. Add --leave to do it; undo-move takes it back as long as nobody has imported the file."
)
_OWN_NAME = ", and its phones keep what they have until that name leads there"
_OTHER_ADDRESS = (
    ". It has no name of its own: no phone follows. Everybody signs in at {address} with a new code, which "
    "their phone shows at its next contact with this address for 14 days. What phones have not sent by now "
    "they go on sending here: let this server run, and carry it over with export-commune-queues"
)
_COMES_BACK = (
    "If the other instance has imported the commune, there would be two of it: phones would get numbers "
    "twice and records would be lost. Add --not-imported if it has not, and delete the file."
)


@commands.command("export-commune")
def export_commune(
    code: Annotated[str, typer.Argument(help="The official code.")],
    file: Annotated[Path, typer.Argument(help="A new file; it contains personal data and keys.")],
    address: Annotated[
        str, typer.Option("--to", help="Its new address, https://…; needed if it has no name of its own.")
    ] = "",
    public_key: Annotated[
        str, typer.Option("--public-key", help="Encrypt the file for this key, as `backup-keys` prints it.")
    ] = "",
    is_confirmed: Annotated[bool, typer.Option("--leave", help="Do it.")] = False,
) -> None:
    """Have a commune leave this instance and write all of it to FILE, for `import-commune` at another one.

    The server goes on running. Run it again to write the file once more.
    """
    settings = Settings()
    with _database(settings) as database:
        host = database.read(lambda session: departure.find_leaving(session, code)).host
        address = f"https://{host}" if host else address.rstrip("/")
        if not _ADDRESS.fullmatch(address):
            raise CommandRefused("Say where it goes: --to https://NAME, without a path.")
        if not is_confirmed:
            phones = _OWN_NAME if host else _OTHER_ADDRESS.format(address=address)
            raise CommandRefused(_LEAVES.format(code=code, phones=phones))
        key = _key_for(settings, public_key)
        count = departure.export(database, settings, code, file, address, utc_now(), key)
        typer.echo(f"{file}: {count} rows, {file.stat().st_size} bytes. Commune {code} has left.")


def _key_for(settings: Settings, public_key: str) -> str:
    """The key for which a file is encrypted, and the folder in which that is done."""
    make_folder(settings.data_dir)
    try:
        return valid_public_key(public_key)
    except ValueError as error:
        raise CommandRefused(f"--public-key: {error}.") from None


@commands.command("export-commune-queues")
def export_commune_queues(
    code: Annotated[str, typer.Argument(help="The official code.")],
    file: Annotated[Path, typer.Argument(help="A new file; it contains personal data.")],
    public_key: Annotated[
        str, typer.Option("--public-key", help="Encrypt the file for this key, as `backup-keys` prints it.")
    ] = "",
) -> None:
    """Write all that phones have sent here since their commune left to FILE, for `import-commune-queues`.

    Run it again as long as phones still send here: what was in an earlier file is applied once.
    """
    settings = Settings()
    with _database(settings) as database:
        key = _key_for(settings, public_key)
        count = queues.export_queues(database, settings, code, file, key)
        typer.echo(f"{file}: {count} operations, {file.stat().st_size} bytes.")


@commands.command("import-commune-queues")
def import_commune_queues(
    file: Annotated[Path, typer.Argument(help="A file that `export-commune-queues` wrote.")],
    key: PrivateKey = None,
) -> None:
    """Apply what phones have sent to the address that their commune has left, each operation once.

    If it is interrupted, run it again.
    """
    settings = Settings()
    with _database(settings) as database, _decrypted(settings, file, key) as plain:
        done = queues.import_queues(database, plain, utc_now())
        applied = done.total - done.known - done.waiting
        typer.echo(
            f"{done.commune.full_name} ({done.commune.code}): {done.total} operations. {applied} applied, "
            f"{done.known} known before, {done.waiting} to be decided at the desk."
        )


@commands.command("undo-move")
def undo_move(
    code: Annotated[str, typer.Argument(help="The official code.")],
    is_confirmed: Annotated[
        bool, typer.Option("--not-imported", help="The file is imported nowhere.")
    ] = False,
) -> None:
    """Have a commune be here again that has left, as long as no other instance has imported its file."""
    with _database(Settings()) as database:
        if not is_confirmed:
            raise CommandRefused(_COMES_BACK)
        departure.undo(database, code, utc_now())
        typer.echo(f"Commune {code} is here again.")


@commands.command("import-commune")
def import_commune(
    file: Annotated[Path, typer.Argument(help="A file that `export-commune` wrote.")],
    host: Annotated[str, typer.Option("--host", help="A name of its own that it gets, if it had none.")] = "",
    renames: Annotated[
        list[str] | None,
        typer.Option("--rename", help="OLD=NEW: a sign-in name that is in use here; repeat it for several."),
    ] = None,
    key: PrivateKey = None,
) -> None:
    """Import a commune that has left another instance. Exit code 1 if `check` finds problems in it.

    What is wrong with the file is said before anything is stored. If it is interrupted, run it again.
    """
    settings = Settings()
    names = dict(_rename(one) for one in renames or [])
    with _database(settings) as database, _decrypted(settings, file, key) as plain:
        place = Place(settings.mode, host.lower(), settings.public_hosts, names)
        arrived = arrival.import_commune(database, plain, place, utc_now())
        typer.echo("\n".join(_arrived_lines(database, arrived)))
        if any(result.problems for result in arrived.checks):
            raise typer.Exit(1)


@contextmanager
def _decrypted(settings: Settings, file: Path, key: Path | None) -> Iterator[Path]:
    """The file itself, or what is in an encrypted one. Raises `MaintenanceRefused`."""
    if not encryption.is_encrypted(file):
        yield file
        return
    if key is None:
        raise MaintenanceRefused(f"{file} is encrypted: add --key with a file that has the private key.")
    with run.work_folder(settings.data_dir) as work:
        encryption.decrypt(file, work / "commune", encryption.read_key_pair(key))
        yield work / "commune"


def _rename(text: str) -> tuple[str, str]:
    found = _RENAME.fullmatch(text)
    if found is None:
        raise CommandRefused(f"--rename {text}: it is OLD=NEW.")
    return found[1].lower(), found[2].lower()


def _arrived_lines(database: Database, arrived: Arrived) -> Iterator[str]:
    commune = arrived.commune
    yield f"{commune.full_name} ({commune.code}) has arrived: {arrived.rows} rows."
    if commune.host:
        yield f"Its phones go on at https://{commune.host} as soon as that name leads here."
    if arrived.reverted:
        yield "It was here before this database was restored. Its phones will send again what they sent."
        result = RestoreResult(None, arrived.reverted, True, database.read(account_names))
        yield from reverted_lines(result, "since it was imported first")
    for found in arrived.checks:
        if found.problems:
            yield f"{found.name}: {' '.join(found.problems)}"
    if not any(found.problems for found in arrived.checks):
        yield "check: ok"


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """The instance's database; turns `MaintenanceRefused` into the command's refusal."""
    database = open_database(settings)
    try:
        yield database
    except MaintenanceRefused as reason:
        raise CommandRefused(reason.sentence) from None
    finally:
        database.close()
