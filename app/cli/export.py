"""The commands for export files of phones: `take-in`, `new-export-key`."""

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from app.cli.common import CommandRefused, open_database
from app.commune.areas import Commune
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.errors import Unavailable
from app.core.strings import _
from app.sync.export import importer, keys
from app.sync.export.envelope import MAX_FILE_BYTES
from app.sync.export.refusals import FileRefused

commands = typer.Typer()


@commands.command("take-in")
def import_export_file(file: Annotated[Path, typer.Argument(help="An export file of a phone.")]) -> None:
    """Import what a phone could not send. Importing the same file again changes nothing."""
    database = open_database(Settings())
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
        result = importer.import_file(database, content, utc_now(), by="")
    except FileRefused as refused:
        raise CommandRefused(refused.sentence) from None
    except Unavailable:
        raise CommandRefused(_("Cơ sở dữ liệu đang bận hoặc đã đầy: hãy nhập lại tệp này.")) from None
    except OSError:
        raise CommandRefused(_("Không đọc được tệp này: hãy xem lại tên và quyền đọc.")) from None
    typer.echo(importer.summary_sentence(result))
    database.close()


@commands.command("new-export-key")
def new_export_key(
    commune: Annotated[str, typer.Option(help="Official code; needed if several have started.")] = "",
) -> None:
    """Have phones encrypt export files for a new key. Older files can still be read."""

    def work(session: Session) -> str:
        started = select(Commune).where(col(Commune.started_at).is_not(None))
        found = session.exec(started.where(Commune.code == commune) if commune else started).all()
        if len(found) != 1:
            raise CommandRefused(_("Hãy nói rõ xã, phường nào đã bắt đầu: --commune MÃ."))
        return keys.create(session, found[0].id, utc_now()).id

    database = open_database(Settings())
    key_id = database.write(work)
    database.close()
    typer.echo(_("Khóa mới: %(id)s. Điện thoại nhận khóa ở lần gửi tới.", id=key_id))
