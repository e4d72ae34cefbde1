"""The operator's commands, one module for each group: `tung-nha --help` or `python -m app.cli --help`."""

import typer

from app.cli import accounts, export, household_import, operators, private_files, server, status
from app.cli.common import Commands
from app.cli.communes import address, moving
from app.cli.maintenance import backups, checking, keys, restoring
from app.cli.privacy import retention
from app.core import logs

cli = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for group in (
    server, accounts, operators, household_import, export, address, moving, backups, restoring, checking,
    keys, retention, status,
):  # fmt: skip
    cli.add_typer(group.commands)


@cli.callback()
def begin() -> None:
    """The operator's commands."""
    private_files.set_private_umask()
    logs.configure()
