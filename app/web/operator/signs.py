"""What operators are told of a commune: whom to call, its phones and their releases, its size, its backup."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.core.config import Settings
from app.core.strings import _, current_language
from app.province import instance
from app.province.instance import CommuneSigns
from app.province.models import CommuneStatus
from app.upkeep.maintenance import record
from app.upkeep.maintenance.status import database_size
from app.web.rendering import moment, number

_MEGABYTE, _GIGABYTE = 10**6, 10**9


@dataclass(frozen=True)
class InstanceSigns:
    """What the signs of communes are compared with: the database's size in bytes, the changes of all
    communes, and when the newest good backup, or archive of PostgreSQL, was begun."""

    size: int
    changes: int
    backed_up_at: datetime | None


@dataclass(frozen=True)
class SignTexts:
    """Signs in words; each is empty if there is nothing to say. `calls`: why somebody should call."""

    calls: list[str]
    contact: str
    phones: str
    build: str
    size: str
    backup: str


def read_instance(session: Session, settings: Settings) -> InstanceSigns:
    """The figures of this moment."""
    states = [record.read_state(session, kind) for kind in (record.BACKUP, record.ARCHIVE)]
    return InstanceSigns(
        database_size(session, settings),
        instance.count_changes(session),
        max((state.good.begun_at for state in states if state.good), default=None),
    )


def sign_texts(one: CommuneSigns, compared: InstanceSigns) -> SignTexts:
    """The signs of a commune; of one that has not begun, or has moved, nothing."""
    started_at, signs = one.commune.started_at, one.signs
    if started_at is None or one.commune.moved_at is not None:
        return SignTexts([], "", "", "", "", "")
    backup = _backup(started_at, compared.backed_up_at)
    if signs is None:
        return SignTexts([], "", "", "", "", backup)
    return SignTexts(
        calls=list(_calls(signs)),
        contact=moment(signs.heard_at) if signs.heard_at else _("chưa máy nào"),
        phones=number(signs.phones),
        build=_build(signs),
        size=size_text(instance.share_of(compared.size, signs, compared.changes)),
        backup=backup,
    )


def size_text(size: int) -> str:
    """*12 MB*, *1,2 GB*; anything below a megabyte is that."""
    if size < _MEGABYTE:
        return _("dưới 1 MB")
    if size < _GIGABYTE:
        return f"{number(round(size / _MEGABYTE))} MB"
    text = f"{size / _GIGABYTE:.1f} GB"
    return text if current_language() == "en" else text.replace(".", ",")


def _calls(signs: CommuneStatus) -> Iterator[str]:
    if signs.lost:
        yield _("%(count)s máy mất bản ghi", count=number(signs.lost))
    if signs.full:
        yield _("%(count)s máy gửi vượt hạn mức", count=number(signs.full))
    if signs.is_silent:
        yield _("Im lặng ba ngày làm việc")
    if signs.behind:
        yield _("%(count)s máy có lượt chưa gửi quá một ngày", count=number(signs.behind))


def _build(signs: CommuneStatus) -> str:
    """*0.1.0*, or the oldest release with the number of phones that have an older one than the server."""
    if not signs.outdated:
        return signs.oldest_build
    return _("%(build)s (%(count)s máy bản cũ)", build=signs.oldest_build, count=number(signs.outdated))


def _backup(started_at: datetime, backed_up_at: datetime | None) -> str:
    """When it was backed up last; a backup from before its beginning does not have it."""
    if backed_up_at is None or backed_up_at < started_at:
        return _("chưa có")
    return moment(backed_up_at)
