"""What supervisors do with their commune's catalog: on and off, order, and services of the commune's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.catalog.services import OUTCOMES, OWN, PILLARS, Outcome, Pillar, Service
from app.core import desk_log
from app.core.errors import Invalid, LastService, NameTaken, NotFound, StaleDecision
from app.core.feed import feed
from app.core.id_key.derived import Ids
from app.core.text import fold, nfc
from app.core.types import code_of

MAX_OWN_SERVICES = 40
FIRST_OUTCOMES = 3


@dataclass(frozen=True)
class ServiceContent:
    """What a supervisor writes of a service. `first`: the outcomes offered first; `outcomes`: all allowed."""

    label: str
    pillar: str
    first: tuple[str, ...]
    outcomes: tuple[str, ...]
    first_day: date | None = None
    last_day: date | None = None


def is_own(service: Service) -> bool:
    """Whether the commune has defined the service itself."""
    return service.code.startswith(OWN)


def list_services(session: Session, actor: Actor) -> list[Service]:
    """The commune's catalog in its order, with the services that are switched off."""
    return list(session.exec(visible_to(actor, Service).order_by(col(Service.position), col(Service.code))))


def find_own_service(session: Session, actor: Actor, code: str) -> Service:
    """A service of the commune's own. Raises `NotFound`."""
    return _require_own(_find(list_services(session, actor), code))


def switch_on(session: Session, actor: Actor, code: str, now: datetime) -> None:
    """Offer a service again, at the place that it had. Raises `NotFound`."""
    service = _find(_lock_catalog(session, actor), code)
    if not service.active:
        service.active = True
        _save(session, actor, "service.on", now, service)


def switch_off(session: Session, actor: Actor, code: str, now: datetime) -> None:
    """Stop offering a service; visits with it, also those that arrive later, count. Raises `NotFound`,
    `LastService`."""
    services = _lock_catalog(session, actor)
    service = _find(services, code)
    if not service.active:
        return
    if sum(one.active for one in services) == 1:
        raise LastService
    service.active = False
    _save(session, actor, "service.off", now, service)


def move(session: Session, actor: Actor, code: str, steps: int, position: int, now: datetime) -> None:
    """Exchange a service with the one before (`steps` -1) or after it (1) among those that are on.

    `position`: its place when it was shown. The first cannot go up, the last not down: nothing changes.
    Raises `NotFound`, `StaleDecision`.
    """
    services = _lock_catalog(session, actor)
    service = _find(services, code)
    if service.position != position or not service.active:
        raise StaleDecision
    offered = [one for one in services if one.active]
    place = offered.index(service) + steps
    if 0 <= place < len(offered):
        other = offered[place]
        service.position, other.position = other.position, service.position
        _save(session, actor, "service.moved", now, service, other)


def reorder(
    session: Session, actor: Actor, shown: Sequence[str], wanted: Sequence[str], now: datetime
) -> None:
    """Offer the services in the order `wanted`. `shown`: the order in which they were seen, by codes.

    Raises `StaleDecision` if they are offered in another by now, and `Invalid` if `wanted` has others.
    """
    offered = {one.code: one for one in _lock_catalog(session, actor) if one.active}
    if list(offered) != list(shown):
        raise StaleDecision
    if sorted(wanted) != sorted(shown):
        raise Invalid("wanted")
    places = [one.position for one in offered.values()]
    moved = [code for code, place in zip(wanted, places, strict=True) if offered[code].position != place]
    for code, place in zip(wanted, places, strict=True):
        offered[code].position = place
    if moved:
        _save(session, actor, "service.ordered", now, *(offered[code] for code in moved))


def add_service(session: Session, actor: Actor, content: ServiceContent, now: datetime) -> Service:
    """A service of the commune's own, last in the order.

    Raises `NameTaken`, `TextRefused`, and `Invalid` with *count* if there are `MAX_OWN_SERVICES`. Its code is
    derived from the label: added again after a restore, it is the one that phones know.
    """
    services = _lock_catalog(session, actor)
    if sum(is_own(one) for one in services) >= MAX_OWN_SERVICES:
        raise Invalid("count")
    _refuse_known_label(services, content.label)
    used = {one.code.removeprefix(OWN) for one in services}
    label = nfc(content.label)
    service = Service(
        commune_id=actor.commune_id,
        code=OWN + Ids(session, "service", actor.commune_id).token(label.lower(), used=used),
        pillar=_pillar(content),
        label_vi=label,
        label_en=label,
        outcomes=_in_order((*content.first, *content.outcomes)),
        first=_firsts(content),
        position=max((one.position for one in services), default=0) + 1,
        first_day=content.first_day,
        last_day=content.last_day,
        feed_seq=0,
    )
    _save(session, actor, "service.added", now, service)
    return service


def change_service(
    session: Session, actor: Actor, code: str, content: ServiceContent, version: int, now: datetime
) -> None:
    """Change a service of the commune's own; outcomes that it allows stay allowed, because visits with them
    may still wait on a phone.

    `version`: its `feed_seq` when it was shown. Raises `NotFound`, `StaleDecision`, `NameTaken`,
    `TextRefused`.
    """
    services = _lock_catalog(session, actor)
    service = _require_own(_find(services, code))
    if service.feed_seq != version:
        raise StaleDecision
    _refuse_known_label([one for one in services if one is not service], content.label)
    service.label_vi = service.label_en = nfc(content.label)
    service.pillar, service.first = _pillar(content), _firsts(content)
    service.outcomes = _in_order((*service.outcomes, *content.first, *content.outcomes))
    service.first_day, service.last_day = content.first_day, content.last_day
    _save(session, actor, "service.edited", now, service)


def _lock_catalog(session: Session, actor: Actor) -> list[Service]:
    """The catalog in its order, locked: two supervisors change it one after the other."""
    wanted = visible_to(actor, Service).order_by(col(Service.code)).with_for_update()
    return sorted(session.exec(wanted), key=lambda service: (service.position, service.code))


def _find(services: Iterable[Service], code: str) -> Service:
    service = next((one for one in services if one.code == code), None)
    if service is None:
        raise NotFound
    return service


def _require_own(service: Service) -> Service:
    if not is_own(service):
        raise NotFound
    return service


def _refuse_known_label(services: Iterable[Service], label: str) -> None:
    if fold(nfc(label)) in {fold(one.label_vi) for one in services}:
        raise NameTaken("label")


def _pillar(content: ServiceContent) -> Pillar:
    pillar = code_of(PILLARS, content.pillar)
    if pillar is None:
        raise Invalid("pillar")
    return pillar


def _firsts(content: ServiceContent) -> list[Outcome]:
    return [outcome for chosen in content.first if (outcome := code_of(OUTCOMES, chosen))]


def _in_order(outcomes: Iterable[str]) -> list[Outcome]:
    wanted = set(outcomes)
    return [outcome for outcome in OUTCOMES if outcome in wanted]


def _save(session: Session, actor: Actor, what: str, now: datetime, *services: Service) -> None:
    """Store changed services, of which the first is the one that the supervisor named."""
    services[0].changed_by, services[0].changed_at = actor.account_id, now
    feed(session, actor.commune_id, services)
    session.add_all(services)
    desk_log.note(session, actor.commune_id, what, now, service=services[0].code, by=actor.account_id)
