"""/operator/status: what needs an operator: backups, communes that are silent, failures of phones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Commune
from app.commune.credentials.silence import SilentCommune, silent_communes
from app.commune.second_factor import losses
from app.core.strings import _, lazy
from app.sync import phone_failures
from app.sync.phone_failures import OTHER, PhoneFailure
from app.upkeep.maintenance import record
from app.upkeep.maintenance.record import BackupState
from app.upkeep.replica import Replica, Seen
from app.upkeep.storage import storage_state
from app.web.desk.page.labels import Link
from app.web.frame import Frame
from app.web.operator.context import STATUS, OperatorContext, operator_frame
from app.web.rendering import html, moment, number, second

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


@dataclass(frozen=True)
class SilentRow:
    """A commune from which nothing is heard; `heard` is empty if nothing ever was."""

    href: str
    name: str
    phones: str
    heard: str


@dataclass(frozen=True)
class FailureRow:
    """A failure that phones told of; `code` is empty for all those beyond what is stored."""

    code: str
    build: str
    browser: str
    count: str
    last: str


@dataclass(frozen=True)
class StatusPage:
    """What templates/operator/status.html shows. `backup`, `backup_problem`, `archive`, `archive_problem`,
    `replica`, `replica_problem`: sentences or empty. `storage`: what is stated of encryption at rest.
    `losses`: the communes in which a lost second factor was reported."""

    title: str
    frame: Frame
    as_of: str
    backup: str
    backup_problem: str
    archive: str
    archive_problem: str
    replica: str
    replica_problem: str
    storage: str
    losses: list[Link]
    silent: list[SilentRow]
    failures: list[FailureRow]


@router.get(STATUS)
def show_status(request: Request, context: Annotated[OperatorContext, Depends()]) -> Response:
    replica: Replica | None = request.app.state.replica
    seen = replica.seen if replica else None

    def load(session: Session) -> StatusPage:
        backups, archives = record.read_state(session), record.read_state(session, record.ARCHIVE)
        return StatusPage(
            title=_("Tình trạng"),
            frame=operator_frame(context.operator, STATUS),
            as_of=moment(context.now),
            backup=newest_backup(backups),
            backup_problem=backup_problem(backups, context.now),
            archive=_newest_archive(archives),
            archive_problem=_archive_problem(archives, context.now),
            replica=replica_text(seen),
            replica_problem=_REPLICA_PROBLEMS.get(seen.state, "") if seen else "",
            storage=_STORAGE[storage_state(context.settings).stated],
            losses=[_loss(one) for one in losses.communes_with_open(session, context.now)],
            silent=[_silent(one) for one in silent_communes(session, context.now)],
            failures=[_failure(one) for one in phone_failures.newest(session, MAX_FAILURES)],
        )

    return html("operator/status.html", context.database.read(load))


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


def _loss(commune: Commune) -> Link:
    return Link(commune.full_name, f"/operator/communes/{commune.id}")


def _silent(one: SilentCommune) -> SilentRow:
    return SilentRow(
        href=f"/operator/communes/{one.commune.id}",
        name=one.commune.full_name,
        phones=number(one.phones),
        heard=moment(one.heard_at) if one.heard_at else "",
    )


def _failure(one: PhoneFailure) -> FailureRow:
    return FailureRow(
        code="" if one.code == OTHER else one.code,
        build=one.build,
        browser="" if one.browser == OTHER else one.browser,
        count=number(one.count),
        last=moment(one.last_at),
    )
