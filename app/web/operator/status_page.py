"""/operator/status: what needs an operator: backups, communes that are silent, failures of phones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.credentials.silence import silent_communes
from app.commune.second_factor import losses
from app.core.strings import _, lazy
from app.sync import phone_failures
from app.sync.phone_failures import OTHER
from app.upkeep.maintenance import record
from app.upkeep.maintenance.record import BackupState
from app.upkeep.replica import Replica, Seen
from app.upkeep.storage import storage_state
from app.web.operator.context import STATUS, Context
from app.web.rendering import moment, second
from app.web.screens import screen

router = APIRouter()
MAX_FAILURES = 100
# What keeps pages from being read from the replica.
_REPLICA_PROBLEMS = {
    "unreachable": lazy("Không tới được bản sao: trang xem và tệp đọc từ cơ sở dữ liệu chính."),
    "writable": lazy("TUNGNHA_READ_URL dẫn tới một cơ sở dữ liệu ghi được, không phải bản sao."),
    "foreign": lazy("TUNGNHA_READ_URL dẫn tới bản sao của một cơ sở dữ liệu khác."),
    "behind": lazy("Bản sao chậm hơn năm phút: trang xem và tệp đọc từ cơ sở dữ liệu chính."),
}
# Whether the operator has stated that data are encrypted at rest.
_STORAGE = {"yes": lazy("khai đã mã hóa"), "no": lazy("khai CHƯA mã hóa"), "": lazy("chưa khai")}


@router.get(STATUS)
def show_status(request: Request, context: Context) -> Response:
    replica: Replica | None = request.app.state.replica
    seen = replica.seen if replica else None

    def load(session: Session) -> Mapping[str, Any]:
        backups, archives = record.read_state(session), record.read_state(session, record.ARCHIVE)
        return {
            "backup": newest_backup(backups),
            "backup_problem": backup_problem(backups, context.now),
            "archive": _newest_archive(archives),
            "archive_problem": _archive_problem(archives, context.now),
            "replica": replica_text(seen),
            "replica_problem": _REPLICA_PROBLEMS.get(seen.state, "") if seen else "",
            "storage": _STORAGE[storage_state(context.settings).stated],
            "losses": losses.communes_with_open(session, context.now),
            "silent": silent_communes(session, context.now),
            "failures": phone_failures.newest(session, MAX_FAILURES),
            "other": OTHER,
        }

    return screen(context, "operator/status.html", STATUS, load)


def newest_backup(state: BackupState) -> str:
    """A sentence about the newest good backup; empty if there is none."""
    if state.good is None:
        return ""
    return _("Bản sao lưu mới nhất: %(when)s, đã thử khôi phục.", when=moment(state.good.begun_at))


def replica_text(seen: Seen | None) -> str:
    """A sentence about a replica that pages are read from; empty if none is."""
    if seen is None or seen.as_of is None:
        return ""
    return _("Trang xem và tệp đọc từ bản sao, số liệu tính đến %(when)s.", when=second(seen.as_of))


def backup_problem(state: BackupState, now: datetime) -> str:
    """Why somebody has to look at the backups; empty if all is well."""
    if state.failure:
        when = moment(state.failure.begun_at)
        return _("Lần sao lưu %(when)s không thành công. Lệnh tung-nha status cho biết lý do.", when=when)
    if state.good is None:
        return _("Chưa có bản sao lưu nào: máy chủ hỏng thì mất dữ liệu. Đặt sao lưu hằng đêm cho máy chủ.")
    if state.is_overdue(now):
        return _("Đêm qua không sao lưu. Lệnh tung-nha status cho biết bản sao lưu mới nhất.")
    return ""


def _newest_archive(state: BackupState) -> str:
    if state.good is None:
        return ""
    when = moment(state.good.begun_at)
    return _("Bản lưu trữ của PostgreSQL: đến %(when)s, đã khôi phục và kiểm tra.", when=when)


def _archive_problem(state: BackupState, now: datetime) -> str:
    """Why somebody has to look at the archive; empty if all is well, or none is made."""
    if state.failure:
        when = moment(state.failure.begun_at)
        return _("Lần lưu trữ %(when)s không thành công. Lệnh tung-nha status cho biết lý do.", when=when)
    if state.is_used and state.is_overdue(now):
        return _("Đêm qua không lưu trữ. Lệnh tung-nha status cho biết bản lưu trữ mới nhất.")
    return ""
