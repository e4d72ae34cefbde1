"""Labels of people: their role, their state, the teams to choose from."""

from datetime import timedelta

from app.core.strings import _, lazy
from app.teams.directory import ACTIVE, ENDED, NEVER, REVOKED, SILENT, Member, TeamInCharge
from app.web.desk.labels import Badge
from app.web.desk.visits.filters import Option

ROLES = {"volunteer": lazy("Thành viên"), "leader": lazy("Tổ trưởng")}
# A state's text, icon and the kind that gives its colour.
_STATES = {
    NEVER: (lazy("Chưa đăng nhập"), "clock", "received"),
    ACTIVE: (lazy("Đang dùng"), "done", "accepted"),
    SILENT: (lazy("Im lặng"), "alert", "returned"),
    REVOKED: (lazy("Máy đã thu hồi"), "minus", "withdrawn"),
    ENDED: (lazy("Đã nghỉ"), "minus", "withdrawn"),
}


def state_badge(member: Member) -> Badge:
    """*Đang dùng*, *Im lặng* with the days of silence, *Chưa đăng nhập*; with the age of a code that is not
    used."""
    text, icon, kind = _STATES[member.state]
    why = ""
    if member.state == SILENT:
        why = _("đã %(days)s ngày không liên lạc", days=member.silence.days)
    if member.invited_at is not None:
        why = _("mã mời chưa dùng, %(age)s", age=code_age(member.now - member.invited_at))
    elif member.state == NEVER:
        why = _("không còn mã mời")
    return Badge(kind, text, icon, why)


def code_age(age: timedelta) -> str:
    """*cấp hôm nay*, *cấp 4 ngày trước*."""
    return _("cấp %(days)s ngày trước", days=age.days) if age.days else _("cấp hôm nay")


def team_label(team: TeamInCharge | None) -> str:
    """*Tổ Thôn Đông (Thôn Đông, Thôn Bắc)*; empty without a team."""
    if team is None:
        return ""
    hamlets = ", ".join(team.hamlets)
    return f"{team.team.name} ({hamlets})" if hamlets else team.team.name


def team_options(teams: list[TeamInCharge], chosen: str) -> list[Option]:
    """The teams in charge of a hamlet."""
    return [
        Option(entry.team.id, team_label(entry), entry.team.id == chosen) for entry in teams if entry.hamlets
    ]


def role_options(chosen: str) -> list[Option]:
    """*Thành viên* or *Tổ trưởng*."""
    return [Option(value, label, value == chosen) for value, label in ROLES.items()]
