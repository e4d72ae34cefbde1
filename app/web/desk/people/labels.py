"""Labels of people: their role, their state, the teams to choose from."""

from app.commune.accounts.access import FIELD_ROLES
from app.commune.teams.directory import ACTIVE, ENDED, NEVER, REVOKED, SILENT, Member, TeamInCharge
from app.core.strings import _, labels, lazy
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.labels import Badge, code_age, team_label

ROLES = labels(FIELD_ROLES, {"volunteer": lazy("Thành viên"), "leader": lazy("Tổ trưởng")})
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


def team_options(teams: list[TeamInCharge], chosen: str) -> list[Option]:
    """The teams in charge of a hamlet."""
    return [
        Option(entry.team.id, team_label(entry), entry.team.id == chosen) for entry in teams if entry.hamlets
    ]


def role_options(chosen: str) -> list[Option]:
    """*Thành viên* or *Tổ trưởng*."""
    return [Option(value, label, value == chosen) for value, label in ROLES.items()]
