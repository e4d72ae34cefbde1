"""What supervisors do with their commune's guides: write, undo, return to the project's text."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account, Device
from app.commune.guides.library import library, set_text
from app.commune.guides.models import EarlierText, Guide
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import NotFound, StaleDecision
from app.core.feed import feed
from app.core.text import nfc

MAX_TITLE = 80  # characters
MAX_BODY = 8_000


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
    """The commune's guides in the order of the library."""
    order = {code: place for place, code in enumerate(library())}
    return sorted(
        (guide for guide in session.exec(visible_to(actor, Guide)) if guide.code in order),
        key=lambda guide: order[guide.code],
    )


def find_guide(session: Session, actor: Actor, code: str) -> Guide:
    """One guide. Raises `NotFound`."""
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
    session: Session, actor: Actor, code: str, title: str, body: str, version: int, now: datetime
) -> None:
    """Give the guide the commune's own text. `version`: its `feed_seq` when it was shown.

    The same text again changes nothing. Raises `NotFound`, `StaleDecision`, `TextRefused`.
    """
    guide = _find(session, actor, code, lock=True)
    title, body = nfc(title, "title"), normalize_body(body)
    if (title, body) == (guide.title, guide.body):
        return
    if guide.feed_seq != version:
        raise StaleDecision
    guide.earlier = _text_of(guide)
    set_text(guide, title, body, local_date(now), is_own=True)
    _save(session, actor, guide, "guide.written", now)


def return_to_library(session: Session, actor: Actor, code: str, version: int, now: datetime) -> None:
    """Give the guide the project's text. Raises `NotFound`, `StaleDecision`."""
    guide = _find(session, actor, code, lock=True)
    if not guide.is_own:
        return
    if guide.feed_seq != version:
        raise StaleDecision
    original = library()[code]
    guide.earlier = _text_of(guide)
    set_text(guide, original.title, original.body, original.facts_on, is_own=False)
    _save(session, actor, guide, "guide.returned", now)


def undo_change(session: Session, actor: Actor, code: str, version: int, now: datetime) -> None:
    """*Hoàn tác*: the text before the newest change, whoever made it; only once.

    Raises `NotFound`, `StaleDecision` if there is nothing to undo or somebody changed it since.
    """
    guide = _find(session, actor, code, lock=True)
    earlier = guide.earlier
    if earlier is None or guide.feed_seq != version:
        raise StaleDecision
    guide.earlier = None
    if earlier["is_own"]:
        day = date.fromisoformat(earlier["changed_on"])
        set_text(guide, earlier["title"], earlier["body"], day, is_own=True)
    else:
        original = library()[code]
        set_text(guide, original.title, original.body, original.facts_on, is_own=False)
    _save(session, actor, guide, "guide.undone", now)


def normalize_body(body: str) -> str:
    """Markdown as it is stored: composed (NFC), line feeds, without blanks at the ends of lines; indentation
    stays. Raises `TextRefused`."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").split("\n")
    for line in lines:
        nfc(line, "body")
    return "\n".join(unicodedata.normalize("NFC", line).rstrip() for line in lines).strip("\n")


def _find(session: Session, actor: Actor, code: str, *, lock: bool = False) -> Guide:
    wanted = visible_to(actor, Guide).where(col(Guide.code) == code)
    guide = session.exec(wanted.with_for_update() if lock else wanted).first()
    if guide is None or code not in library():
        raise NotFound
    return guide


def _text_of(guide: Guide) -> EarlierText:
    return EarlierText(
        title=guide.title, body=guide.body, is_own=guide.is_own, changed_on=guide.changed_on.isoformat()
    )


def _save(session: Session, actor: Actor, guide: Guide, what: str, now: datetime) -> None:
    guide.changed_by, guide.changed_at = actor.account_id, now
    feed(session, actor.commune_id, [guide])
    session.add(guide)
    desk_log.note(session, actor.commune_id, what, now, guide=guide.code, by=actor.account_id)
