"""Forms that add what somebody typed to a list; a correction removes a row and adds another one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from app.core.errors import Invalid, StaleDecision, TextRefused
from app.core.strings import _
from app.web.rendering import moment


class Removable(Protocol):
    """A stored row that can be removed, and brought back. Its attributes are those of its table."""

    id: str
    removed_by: str | None
    removed_at: datetime | None


@dataclass(frozen=True)
class TypedRow:
    """A row of the list: name with value, who typed it with what belongs to it; `removed`: who removed it and
    when, or empty; the addresses to correct, remove or bring it back."""

    name: str
    value: str
    line: str
    removed: str
    edit: str
    action: str


@dataclass(frozen=True)
class TypedForm:
    """The form as it is shown: the id of what it adds, what it corrects, and what was typed, with sentences
    if that was refused."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    replaces: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    status: int = 200


def refused(
    form: TypedForm, error: Exception, problems: Mapping[str, str], notices: Mapping[str, str]
) -> TypedForm:
    """The form again, with why it was not saved: `problems` of fields and `notices` of the whole, by the name
    of what is wrong."""
    names: Sequence[str] = error.fields if isinstance(error, Invalid) else []
    notice = next((str(notices[name]) for name in names if name in notices), "")
    if isinstance(error, StaleDecision):
        notice = _("Dòng này vừa được người khác sửa hoặc bỏ. Xem lại danh sách rồi ghi.")
    elif isinstance(error, TextRefused):
        notice = _("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu.")
    return replace(
        form,
        replaces="" if isinstance(error, StaleDecision) else form.replaces,
        problems={name: str(problems[name]) for name in names if name in problems},
        notice=notice,
        status=422 if names else 409,
    )


def typed_row(row: Removable, texts: tuple[str, str, str], names: Mapping[str, str], base: str) -> TypedRow:
    """A stored row; `texts`: its name, value and line; `names`: of supervisors, by account id; `base`: the
    address of the list."""
    name, value, line = texts
    removed = ""
    if row.removed_at:
        who = names.get(row.removed_by or "", "")
        removed = _("Đã bỏ: %(who)s, %(when)s", who=who, when=moment(row.removed_at))
    return TypedRow(
        name=name,
        value=value,
        line=line,
        removed=removed,
        edit="" if row.removed_at else f"{base}?edit={row.id}",
        action=f"{base}/{row.id}/{'restore' if row.removed_at else 'remove'}",
    )
