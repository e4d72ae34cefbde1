"""The command that gives a commune a name of its own: `commune-host` (docs/operate.md)."""

from typing import Annotated

import typer
from sqlmodel import Session

from app.cli.common import CommandRefused, open_database
from app.commune.credentials import addresses
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.errors import NameTaken, StaleDecision
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.moving.departure import find_leaving

commands = typer.Typer()


@commands.command("commune-host")
def set_host(
    code: Annotated[str, typer.Argument(help="The official code.")],
    host: Annotated[str, typer.Argument(help="The name, which leads here; empty: the instance's own.")],
) -> None:
    """Give a commune a host name of its own, which moves along with it; before its first phone signs in."""
    settings, name = Settings(), host.lower()
    database = open_database(settings)
    if name and not settings.answers_to(name):
        raise CommandRefused(f"This instance does not answer to {name}: add it to TUNGNHA_ALLOWED_HOSTS.")

    def work(session: Session) -> None:
        commune = find_leaving(session, code)
        addresses.set_host(session, commune.id, name, utc_now())

    try:
        database.write(work)
    except MaintenanceRefused as reason:
        raise CommandRefused(reason.sentence) from None
    except NameTaken:
        raise CommandRefused(f"{name} is the name of another commune.") from None
    except StaleDecision:
        raise CommandRefused("A phone has signed in to this commune: its name stays as it is.") from None
    finally:
        database.close()
    typer.echo(
        f"Commune {code} is opened at https://{name} now." if name else f"Commune {code} has no own name."
    )
