"""What is said of supervisors: their state, whose passwords others have set, who has lost a second factor."""

from datetime import timedelta

from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.credentials.resets import Reset, list_resets
from app.commune.credentials.second_step.losing import Refusal
from app.commune.credentials.supervisors import Supervisor
from app.commune.second_factor import losses
from app.commune.second_factor.losses import OpenLoss
from app.core.strings import _, lazy
from app.web.desk.page.context import DeskContext
from app.web.desk.page.labels import Badge
from app.web.rendering import moment

RECENT = timedelta(days=7)  # so long the overview says that a password was set
_REASONS = {
    "own": lazy("Đây là yêu cầu của chính bạn: cần một người khác xác nhận."),
    "operator": lazy("Yêu cầu của người vận hành tự có hiệu lực sau ba ngày, không cần xác nhận."),
    "no_factor": lazy("Bạn cần đặt xác thực hai lớp cho mình trước, rồi mới xác nhận cho người khác."),
    "new_factor": lazy("Bạn mới đặt xác thực hai lớp: sau 24 giờ mới xác nhận cho người khác được."),
}


def state_badge(one: Supervisor) -> Badge:
    """*Đang dùng*, *Chưa đăng nhập* with the end of the link, *Đã nghỉ*."""
    if one.account.ended_at is not None:
        return Badge("withdrawn", _("Đã nghỉ"), "minus", moment(one.account.ended_at))
    link = _("có đường dẫn đến %(when)s", when=moment(one.link_until)) if one.link_until else ""
    if one.last_used_at is not None:
        return Badge("accepted", _("Đang dùng"), "done", link)
    return Badge("received", _("Chưa đăng nhập"), "clock", link)


def own_resets(session: Session, desk: DeskContext) -> list[str]:
    """That somebody else has set one's own password."""
    account_id = desk.actor.account_id
    return [
        _reset_sentence(one, account_id) for one in list_resets(session, desk.actor, desk.now, account_id)
    ]


def all_resets(session: Session, desk: DeskContext) -> list[str]:
    """The passwords of the commune's supervisors that others have set."""
    return [_reset_sentence(one, desk.actor.account_id) for one in list_resets(session, desk.actor, desk.now)]


def recent_resets(session: Session, desk: DeskContext) -> list[str]:
    """Those of the last days."""
    found = list_resets(session, desk.actor, desk.now)
    return [_reset_sentence(one, desk.actor.account_id) for one in found if one.at > desk.now - RECENT]


def _reset_sentence(one: Reset, reader: str) -> str:
    when, by = moment(one.at), one.by or _("lệnh trên máy chủ")
    if one.account_id == reader:
        return _(
            "Mật khẩu của bạn được đặt lại %(when)s, do %(by)s. Không phải bạn thì đổi mật khẩu và báo ngay.",
            when=when,
            by=by,
        )
    return _("Mật khẩu của %(person)s được đặt %(when)s, do %(by)s.", person=one.person, when=when, by=by)


def open_losses(session: Session, desk: DeskContext) -> list[tuple[str, str]]:
    """What was asked for and is not decided, each with its page."""
    found = losses.list_open(session, desk.actor, desk.now)
    return [(loss_sentence(one), f"/desk/factor-losses/{one.loss.id}") for one in found]


def refusal_sentences(actor: Actor, one: OpenLoss, refusal: Refusal) -> list[str]:
    """Why the actor cannot confirm it, and who can."""
    if refusal.reason not in ("own", "same"):
        return [str(_REASONS[refusal.reason])]
    why = _same(actor, one, refusal) if refusal.reason == "same" else str(_REASONS["own"])
    return [why, confirmers_sentence(refusal.others)]


def confirmers_sentence(names: list[str]) -> str:
    """Which supervisors can confirm a loss, or that none can."""
    if not names:
        return _("Ở đây không còn ai khác xác nhận được: người vận hành xác nhận.")
    return _("Người xác nhận được: %(names)s.", names=", ".join(names))


def _same(actor: Actor, one: OpenLoss, refusal: Refusal) -> str:
    """Why the actor and the owner count as one person."""
    person = one.person
    if actor.account_id in refusal.shared:
        why = _("30 ngày qua bạn cấp quyền đăng nhập cho %(person)s, có thể qua người khác.", person=person)
    elif one.loss.account_id in refusal.shared:
        why = _("30 ngày qua %(person)s cấp quyền đăng nhập cho bạn, có thể qua người khác.", person=person)
    else:
        by = refusal.giver or _("người vận hành")
        why = _("30 ngày qua %(by)s cấp quyền đăng nhập cho cả hai, có thể qua người khác.", by=by)
    same = _("Hai người được tính là một người.")
    return f"{why} {same}"


def loss_sentence(one: OpenLoss) -> str:
    loss, person = one.loss, one.person
    due = moment(loss.due_at) if loss.due_at else ""
    if loss.operator:
        return _(
            "%(by)s, người vận hành, xin đặt lại lớp thứ hai của %(person)s, có hiệu lực từ %(when)s.",
            by=loss.operator,
            person=person,
            when=due,
        )
    if loss.confirmed_at:
        return _(
            "%(person)s được xác nhận mất lớp thứ hai: từ %(when)s đặt được lớp mới.", person=person, when=due
        )
    return _(
        "%(person)s báo mất lớp thứ hai lúc %(when)s, từ %(where)s: cần một người khác xác nhận.",
        person=person,
        when=moment(loss.asked_at),
        where=loss.browser,
    )
