"""Noticing that PostgreSQL writes on another timeline: a standby was promoted, or a copy was recovered.

What its primary had acknowledged and not sent it is lost, and phones offer it again only in a new epoch. Each
process of each machine looks every second; the timeline is stored with the epoch, so one of them begins the
new one, also if the promotion came while no server ran. The others revert what only their machine's desk log
has. Until then no phone is answered (`current_epoch`).
"""

from datetime import datetime
from typing import Literal, NamedTuple

from sqlmodel import Session, select

from app.core import logs
from app.core.clock import Clock
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.core.epoch import ServerEpoch, current_timeline
from app.upkeep.maintenance.desk_log import Lost, find_lost
from app.upkeep.maintenance.epoch import RevertedChanges, knows_epoch, record_epoch, revert_lost
from app.upkeep.maintenance.restore import begin_epoch

Policy = Literal["begin-history", "same-history", "refuse"]


class _Seen(NamedTuple):
    epoch: str
    is_first: bool
    stored: str | None
    timeline: str | None


class Promotions:
    """What one process knows of promotions."""

    def __init__(self, database: Database, log: DeskLog, policy: Policy, clock: Clock) -> None:
        self._database, self._log, self._policy, self._clock = database, log, policy, clock
        self._known_epoch: str | None = None

    def look(self) -> None:
        """Compare the timeline with that of the epoch, and do what the setting says if it is another one.
        Raises `Unavailable`."""
        seen = self._database.read(_look)
        is_other = seen.timeline is not None and seen.timeline != seen.stored
        is_promoted = is_other and seen.stored is not None
        if is_promoted and self._policy == "refuse":
            logs.event("promotion.refused", logs.ERROR, command="begin-history")
        elif is_promoted and self._policy == "begin-history":
            self._begin(seen)
        elif is_other:
            self._database.write(_note_timeline)
        elif seen.epoch != self._known_epoch and not seen.is_first:
            self._follow(seen)
        self._known_epoch = seen.epoch

    def _begin(self, seen: _Seen) -> None:
        lost = find_lost(self._database, [self._log])
        now = self._clock()
        started = self._database.write(lambda session: _start(session, self._log, lost, seen, now))
        if started is not None:  # else another process was first
            _report("epoch.started", started)

    def _follow(self, seen: _Seen) -> None:
        """Another machine began this epoch, or a restore or a command did on this one."""
        if knows_epoch(self._log, seen.epoch):
            return
        lost = find_lost(self._database, [self._log], is_followed=True)
        now = self._clock()
        _report(
            "epoch.followed", self._database.write(lambda session: _follow(session, self._log, lost, now))
        )


def _look(session: Session) -> _Seen:
    epoch = session.exec(select(ServerEpoch)).one()
    return _Seen(epoch.epoch, epoch.version_floor == 0, epoch.timeline, current_timeline(session))


def _note_timeline(session: Session) -> None:
    _locked(session).timeline = current_timeline(session)


def _start(session: Session, log: DeskLog, lost: Lost, seen: _Seen, now: datetime) -> RevertedChanges | None:
    is_still_other = _locked(session).timeline == seen.stored
    return begin_epoch(session, log, lost, now)[1] if is_still_other else None


def _follow(session: Session, log: DeskLog, lost: Lost, now: datetime) -> RevertedChanges:
    epoch, reverted = _locked(session), revert_lost(session, lost, now)
    record_epoch(log, epoch, now, is_strict=True)
    return reverted


def _locked(session: Session) -> ServerEpoch:
    return session.exec(select(ServerEpoch).with_for_update()).one()


def _report(what: str, reverted: RevertedChanges) -> None:
    """The counts; the desk log has what they are about."""
    logs.event(
        what,
        logs.WARNING,
        suspended=len(reverted.suspended_devices),
        ended=len(reverted.ended_accounts),
        decisions=len(reverted.decisions),
    )
