"""The commands for phones' files of what they could not send: `take-in`, `new-backup-key`."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from app.areas import Commune
from app.command_line import Refused, open_database
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.errors import Unavailable
from app.core.strings import _
from app.sync.backup import keys, taking_in
from app.sync.backup.sealed import LARGEST, FileRefused

commands = typer.Typer()


@commands.command("take-in")
def take_in(file: Annotated[Path, typer.Argument(help="A file that a phone copied out.")]) -> None:
    """Take in what a phone could not send. The same file again doubles nothing."""
    database = open_database(Settings())
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        taken = taking_in.take_in(database, content, utc_now())
    except FileRefused as refused:
        raise Refused(refused.sentence) from None
    except Unavailable:
        raise Refused(_("Cơ sở dữ liệu đang bận hoặc đã đầy: hãy nhận lại tệp này.")) from None
    except OSError:
        raise Refused(_("Không đọc được tệp này: hãy xem lại tên và quyền đọc.")) from None
    typer.echo(taking_in.sentence(taken))
    database.close()


@commands.command("new-backup-key")
def new_backup_key(
    commune: Annotated[str, typer.Option(help="Official code; needed when several communes began.")] = "",
) -> None:
    """Have phones make such files for a new key. Files made for the older ones can still be read."""

    def work(session: Session) -> str:
        begun = select(Commune).where(col(Commune.started_at).is_not(None))
        found = session.exec(begun.where(Commune.code == commune) if commune else begun).all()
        if len(found) != 1:
            raise Refused(_("Hãy nói rõ xã nào đã bắt đầu: --commune MÃ."))
        return keys.make(session, found[0].id, utc_now()).id

    database = open_database(Settings())
    key_id = database.write(work)
    database.close()
    typer.echo(_("Khóa mới: %(id)s. Điện thoại nhận khóa ở lần gửi tới.", id=key_id))
