"""The file to fill in: the communes of a province that have not begun."""

import csv
import io

from sqlmodel import Session, col, select

from app.commune.areas import Commune
from app.core.strings import _


def make_template(session: Session, province_code: str) -> bytes:
    """A CSV file; its byte order mark tells Excel that it is UTF-8."""
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow([_("Mã"), _("Xã, phường"), _("Họ và tên"), _("Tên đăng nhập")])
    waiting = select(Commune).where(Commune.province_code == province_code, col(Commune.started_at).is_(None))
    for commune in session.exec(waiting.order_by(Commune.code)):
        writer.writerow([commune.code, commune.full_name, "", ""])
    return content.getvalue().encode("utf-8-sig")
