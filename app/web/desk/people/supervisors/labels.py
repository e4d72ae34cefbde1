"""Labels of supervisors: their state."""

from app.commune.credentials.supervisors import Supervisor
from app.core.strings import _
from app.web.desk.page.labels import Badge
from app.web.rendering import moment


def state_badge(one: Supervisor) -> Badge:
    """*Đang dùng*, *Chưa đăng nhập* with the end of the link, *Đã nghỉ*."""
    if one.account.ended_at is not None:
        return Badge("withdrawn", _("Đã nghỉ"), "minus", moment(one.account.ended_at))
    link = _("có đường dẫn đến %(when)s", when=moment(one.link_until)) if one.link_until else ""
    if one.last_used_at is not None:
        return Badge("accepted", _("Đang dùng"), "done", link)
    return Badge("received", _("Chưa đăng nhập"), "clock", link)
