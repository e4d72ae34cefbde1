"""What supervisors do with their commune's guides: write, undo, return to the project's text."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account, Device
from app.commune.guides.library import library, place_of, set_text
from app.commune.guides.models import EarlierText, Guide, StoredPlace
from app.commune.guides.positions import GROUPS, Place, is_added
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.feed import feed, lock_feed
from app.core.text import nfc

MAX_TITLE = 80  # characters
MAX_BODY = 8_000


@dataclass(frozen=True)
class GuideText:
    """A guide as a supervisor wrote it; `group` and `services`, codes of the catalog: of one that the commune
    has added."""

    title: str
    body: str
    group: str = ""
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhonesWithGuides:
    """The phones in use of a commune: up to which change of a guide each has them, in `guide_seqs`."""

    guide_seqs: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many phones there are."""
        return len(self.guide_seqs)

    def having(self, guide: Guide) -> int:
        """How many have this text of the guide, or had it by their newest contact."""
        return sum(seq >= guide.feed_seq for seq in self.guide_seqs)


def list_guides(session: Session, actor: Actor) -> list[Guide]:
    """The commune's guides as phones show them: by group, in each first those of the library."""
    return [guide for guide in _in_order(session, actor) if guide.removed_at is None]


def list_removed(session: Session, actor: Actor) -> list[Guide]:
    """The guides that the commune had added and removed, in the same order."""
    return [guide for guide in _in_order(session, actor) if guide.removed_at is not None]


def place_in_use(guide: Guide) -> Place:
    """Where a guide of these lists stands."""
    place = place_of(guide.code, guide.place)
    assert place is not None, "guides without a place are not listed"
    return place


def find_guide(session: Session, actor: Actor, code: str) -> Guide:
    """One guide, also a removed one. Raises `NotFound`."""
    return _find(session, actor, code)


def phones_with_guides(session: Session, actor: Actor) -> PhonesWithGuides:
    """The commune's phones that have signed in, whose account has not ended and that are not revoked."""
    is_owner = (col(Account.commune_id) == actor.commune_id) & (col(Account.id) == Device.account_id)
    wanted = (
        visible_to(actor, Device)
        .join(Account, is_owner)
        .where(
            col(Device.last_contact_at).is_not(None),
            col(Device.revoked_at).is_(None),
            col(Account.ended_at).is_(None),
        )
    )
    return PhonesWithGuides(tuple(session.execute(wanted.with_only_columns(col(Device.guide_seq))).scalars()))


def write_guide(
    session: Session, actor: Actor, code: str, written: GuideText, version: int, now: datetime
) -> None:
    """Give the guide the commune's own text. `version`: its `feed_seq` when it was shown. Only a guide that
    the commune has added changes its group and services too.

    The same text again changes nothing. Raises `NotFound`, `StaleDecision`, also of a removed guide,
    `TextRefused`, and `Invalid`: *group*.
    """
    guide = find_for_change(session, actor, code)
    title, body = nfc(written.title, "title"), normalize_body(written.body)
    place = guide.place and chosen_place(written, guide.place["position"])
    if (title, body, place) == (guide.title, guide.body, guide.place) and guide.removed_at is None:
        return
    if guide.feed_seq != version or guide.removed_at is not None:
        raise StaleDecision
    guide.earlier = _text_of(guide)
    guide.place = place
    set_text(guide, title, body, local_date(now), is_own=True)
    save(session, actor, guide, "guide.written", now)


def return_to_library(session: Session, actor: Actor, code: str, version: int, now: datetime) -> None:
    """Give the guide the project's text. Raises `NotFound`, also of one that the project does not have, and
    `StaleDecision`."""
    guide = find_for_change(session, actor, code)
    if is_added(code):
        raise NotFound
    if not guide.is_own:
        return
    if guide.feed_seq != version:
        raise StaleDecision
    original = library()[code]
    guide.earlier = _text_of(guide)
    set_text(guide, original.title, original.body, original.facts_on, is_own=False)
    save(session, actor, guide, "guide.returned", now)


def undo_change(session: Session, actor: Actor, code: str, version: int, now: datetime) -> None:
    """*Hoàn tác*: the text before the newest change, whoever made it; only once.

    Raises `NotFound`, `StaleDecision` if there is nothing to undo or somebody changed it since.
    """
    guide = find_for_change(session, actor, code)
    earlier = guide.earlier
    if earlier is None or guide.feed_seq != version or guide.removed_at is not None:
        raise StaleDecision
    guide.earlier = None
    guide.place = earlier.get("place", guide.place)
    if earlier["is_own"]:
        day = date.fromisoformat(earlier["changed_on"])
        set_text(guide, earlier["title"], earlier["body"], day, is_own=True)
    else:
        original = library()[code]
        set_text(guide, original.title, original.body, original.facts_on, is_own=False)
    save(session, actor, guide, "guide.undone", now)


def normalize_body(body: str) -> str:
    """Markdown as it is stored: composed (NFC), line feeds, without blanks at the ends of lines; indentation
    stays. Raises `TextRefused`."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    for line in lines:
        nfc(line, "body")
    return "\n".join(unicodedata.normalize("NFC", line).rstrip() for line in lines).strip("\n")


def find_for_change(session: Session, actor: Actor, code: str) -> Guide:
    """One guide, which nobody else changes until the transaction ends. Raises `NotFound`."""
    lock_feed(session, actor.commune_id)
    return _find(session, actor, code)


def chosen_place(written: GuideText, position: int) -> StoredPlace:
    """Where a supervisor has put a guide. Raises `Invalid`: *group*."""
    if written.group not in GROUPS:
        raise Invalid("group")
    return StoredPlace(group=written.group, services=list(written.services), position=position)


def save(session: Session, actor: Actor, guide: Guide, what: str, now: datetime) -> None:
    """Store a guide that a supervisor has changed, and have phones get it."""
    guide.changed_by, guide.changed_at = actor.account_id, now
    feed(session, actor.commune_id, [guide])
    session.add(guide)
    desk_log.note(session, actor.commune_id, what, now, guide=guide.code, by=actor.account_id)


def _in_order(session: Session, actor: Actor) -> list[Guide]:
    guides = session.exec(visible_to(actor, Guide)).all()
    placed = [(place, guide) for guide in guides if (place := place_of(guide.code, guide.place))]
    placed.sort(key=lambda one: (GROUPS.index(one[0].group), one[0].position))
    return [guide for _place, guide in placed]


def _find(session: Session, actor: Actor, code: str) -> Guide:
    wanted = visible_to(actor, Guide).where(col(Guide.code) == code)
    guide = session.exec(wanted.execution_options(populate_existing=True)).first()
    if guide is None or place_of(code, guide.place) is None:
        raise NotFound
    return guide


def _text_of(guide: Guide) -> EarlierText:
    text = EarlierText(
        title=guide.title, body=guide.body, is_own=guide.is_own, changed_on=guide.changed_on.isoformat()
    )
    if guide.place:
        text["place"] = guide.place
    return text
