"""Labels of people: their role, their state, the teams to choose from, and the fields of their forms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.commune.accounts.access import FIELD_ROLES
from app.commune.teams.directory import ACTIVE, ENDED, NEVER, REVOKED, SILENT, Member, TeamInCharge
from app.core.numbers.phone import normalize_phone
from app.core.strings import _, labels, lazy
from app.web.desk.page.labels import Badge, code_age
from app.web.forms import Field, FieldError, Id, name_field

ROLES = labels(FIELD_ROLES, {"volunteer": lazy("Thành viên"), "leader": lazy("Tổ trưởng")})
MAX_PHONE = 20
NO_TEAM = lazy("Chọn một tổ.")
# A state's text, icon and the kind that gives its colour.
_STATES = {
    NEVER: (lazy("Chưa đăng nhập"), "clock", "received"),
    ACTIVE: (lazy("Đang dùng"), "done", "accepted"),
    SILENT: (lazy("Im lặng"), "alert", "returned"),
    REVOKED: (lazy("Máy đã thu hồi"), "minus", "withdrawn"),
    ENDED: (lazy("Đã nghỉ"), "minus", "withdrawn"),
}


@dataclass(frozen=True)
class _Phone(Field):
    """A telephone number; `missing`: the sentence for nothing."""

    missing: str = field(default="", kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> str:
        text = texts[-1] if texts else ""
        if not text.strip():
            raise FieldError(str(self.missing))
        if len(text) > MAX_PHONE or normalize_phone(text) is None:
            raise FieldError(str(self.wrong))
        return text


NAME = name_field("name", lazy("Họ và tên"), lazy("Nhập họ và tên."))
PHONE = _Phone(
    "phone",
    lazy("Số điện thoại"),
    wrong=lazy("Số điện thoại chưa đúng. Viết như 0900 000 001."),
    missing=lazy("Nhập số điện thoại của người này."),
    maxlength=MAX_PHONE,
    type="tel",
    inputmode="tel",
)


def team_field(label: str, empty: str = "") -> Id:
    """The choice of a team."""
    return Id("team", label, wrong=NO_TEAM, empty=empty)


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


def team_options(teams: list[TeamInCharge]) -> list[tuple[str, str]]:
    """The teams in charge of a hamlet."""
    return [(entry.team.id, entry.label) for entry in teams if entry.hamlets]
