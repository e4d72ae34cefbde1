"""*Mật khẩu được đặt lại*: who has set whose password, in sentences for its owner and the colleagues."""

from datetime import timedelta

from sqlmodel import Session

from app.commune.credentials.resets import Reset, list_resets
from app.core.strings import _
from app.web.desk.page.context import DeskContext
from app.web.rendering import moment

RECENT = timedelta(days=7)  # so long the overview says it


def own_resets(session: Session, desk: DeskContext) -> list[str]:
    """That somebody else has set one's own password."""
    account_id = desk.actor.account_id
    return [_sentence(one, account_id) for one in list_resets(session, desk.actor, desk.now, account_id)]


def all_resets(session: Session, desk: DeskContext) -> list[str]:
    """The passwords of the commune's supervisors that others have set."""
    return [_sentence(one, desk.actor.account_id) for one in list_resets(session, desk.actor, desk.now)]


def recent_resets(session: Session, desk: DeskContext) -> list[str]:
    """Those of the last days."""
    found = list_resets(session, desk.actor, desk.now)
    return [_sentence(one, desk.actor.account_id) for one in found if one.at > desk.now - RECENT]


def _sentence(one: Reset, reader: str) -> str:
    when, by = moment(one.at), one.by or _("lệnh trên máy chủ")
    if one.account_id == reader:
        return _(
            "Mật khẩu của bạn được đặt lại %(when)s, do %(by)s. Không phải bạn thì đổi mật khẩu và báo ngay.",
            when=when,
            by=by,
        )
    return _("Mật khẩu của %(person)s được đặt %(when)s, do %(by)s.", person=one.person, when=when, by=by)
